"""Measured precision: counts in a file, pooled over corpora, shown where there are enough."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from auditor.errors import RuleError
from auditor.judging import judge_page
from auditor.judging.measured import find_interval, pool_counts, read_counts, render_counts
from auditor.judging.yamlfiles import read_yaml
from tests.factories import document, page
from tests.rulefolders import build_rules

if TYPE_CHECKING:
    from pathlib import Path


def test_counts_are_pooled_over_corpora() -> None:
    """A rule met in fewer than twenty labelled cases in all has no figure."""
    pooled = pool_counts(
        [
            {"ours": {"curative/a": (12, 15), "hype/b": (9, 10), "hype/c": (19, 19)}},
            {"theirs": {"curative/a": (5, 5), "hype/b": (9, 9)}},
        ]
    )

    assert ["curative/a"] == list(pooled)
    assert (17, 20, ("ours", "theirs")) == (
        pooled["curative/a"].right,
        pooled["curative/a"].met,
        pooled["curative/a"].corpora,
    )
    assert (0.6396, 0.9476) == (pooled["curative/a"].low, pooled["curative/a"].high)


def test_a_later_folder_adds_its_figures() -> None:
    """The same corpus measured again counts once, by the later figures."""
    pooled = pool_counts([{"ours": {"hype/a": (1, 30)}}, {"ours": {"hype/a": (30, 30)}}])

    assert (30, 30) == (pooled["hype/a"].right, pooled["hype/a"].met)


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    """The file holds counts alone and is read back whole."""
    counts = {"ours": {"hype/a": (1, 2), "curative/b": (0, 3)}, "empty": {}}
    path = tmp_path / "measured.yaml"

    assert counts == read_counts(path, read_yaml(path, render_counts(counts).encode()))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ours: {hype/a: [1]}", "'hype/a' needs two counts"),
        ("ours: {hype/a: [3, 2]}", "'hype/a' needs two counts"),
        ("ours: {hype/a: [one, 2]}", "a count must be a whole number"),
        ("ours: 5", "ours must be a mapping"),
    ],
)
def test_what_are_no_counts_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    """Strictly, as every file of a rule folder."""
    with pytest.raises(RuleError, match=problem):
        build_rules(tmp_path, measured=text)


def test_an_audit_gives_the_precision_of_the_rules_met(tmp_path: Path) -> None:
    """Beside the bases, by the id of the rule; of rules that were not met nothing is said."""
    rules = build_rules(tmp_path, measured="ours: {curative/mends: [22, 25], hype/none: [20, 20]}")
    audit = judge_page(
        page(),
        document("It mends knees."),
        rules,
        now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc),
        version="0",
    )

    assert ["curative/mends"] == list(audit.measured)
    assert (22, 25) == (audit.measured["curative/mends"].right, audit.measured["curative/mends"].met)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)],
)
def test_intervals_are_wilsons(part: int, whole: int, low: float, high: float) -> None:
    """The interval keeps within 0 and 1 and is wide for few cases."""
    assert (low, high) == pytest.approx(find_interval(part, whole), abs=1e-4)


def test_nothing_labelled_has_no_interval() -> None:
    """No share is claimed without a case."""
    assert find_interval(0, 0) is None
