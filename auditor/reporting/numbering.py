"""What the report and the annotated page call the same things: the anchors of findings, the numbers of marks."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from auditor.reporting.clipping import SHOWN_FINDINGS
from auditor.reporting.locating import Span
from auditor.reporting.wording import rank_findings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MOST_MARKS = 1_000
"""Marks that the annotated page holds at most."""


def name_findings(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each finding that the report shows, gravest first, then each strength, with its anchor there."""
    for number, finding in enumerate(rank_findings(record)[:SHOWN_FINDINGS], 1):
        yield f"finding-{number}", finding
    for number, strength in enumerate(record["strengths"][:SHOWN_FINDINGS], 1):
        yield f"strength-{number}", strength


def number_marks(record: dict[str, Any]) -> dict[Span, int]:
    """Return the words that are evidence in the order of the page, numbered from 1; the same words have one number."""
    spans = {read_span(item) for _, finding in name_findings(record) for item in finding["evidence"]}
    return {span: number for number, span in enumerate(sorted(spans)[:MOST_MARKS], 1)}


def read_span(evidence: dict[str, Any]) -> Span:
    """Return where the words of *evidence* stand."""
    return Span(evidence["passage"]["index"], evidence["start"], evidence["end"])


def count_unmarked(record: dict[str, Any], marks: Collection[Span]) -> int:
    """Return how many pieces of evidence have no mark, because there are too many."""
    found = chain(record["findings"], record["strengths"])
    return sum(read_span(item) not in marks for finding in found for item in finding["evidence"])
