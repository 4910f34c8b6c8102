"""What the report and the annotated page call the same things: anchors of findings, numbers of marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.models import Severity
from auditor.reporting import numbering
from auditor.reporting.numbering import count_unmarked, name_findings, number_marks
from auditor.reporting.record import to_record
from tests.factories import audit, evidence, finding, passage

if TYPE_CHECKING:
    import pytest

    from auditor.models import Evidence

TEXT = passage("We cure knees and heal hips.", index=0)


def met(words: str) -> Evidence:
    """Build the quotation of a sentence that met a rule by its *words*."""
    start = TEXT.text.index(words)
    return evidence(TEXT.text, words, passage=TEXT, start=start, end=start + len(words))


RECORD = to_record(
    audit(
        finding(met("heal"), rule="curative/heals", severity=Severity.LOW),
        finding(met("cure"), met("heal"), rule="curative/cures", severity=Severity.HIGH),
        strengths=(finding("We measure.", words="measure", rule="strengths/measures"),),
    )
)


def test_findings_are_named_gravest_first() -> None:
    """Then the strengths, counted anew: an anchor leads from one page to the other."""
    assert [
        ("finding-1", "curative/cures"),
        ("finding-2", "curative/heals"),
        ("strength-1", "strengths/measures"),
    ] == [(anchor, found["rule"]["id"]) for anchor, found in name_findings(RECORD)]


def test_marks_are_numbered_in_the_order_of_the_page() -> None:
    """Words that two rules met have one number."""
    marks = number_marks(RECORD)

    assert [1, 2, 3] == list(marks.values())
    assert ["cure", "heal", "measure"] == [
        RECORD["document"]["passages"][span.passage]["text"][span.start : span.end] for span in marks
    ]
    assert 0 == count_unmarked(RECORD, marks)


def test_marks_that_are_too_many_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece of evidence that has none, also where two share their words."""
    monkeypatch.setattr(numbering, "MOST_MARKS", 1)

    marks = number_marks(RECORD)

    assert ([1], 3) == (list(marks.values()), count_unmarked(RECORD, marks))
