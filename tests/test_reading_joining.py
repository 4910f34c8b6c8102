"""All passages as one text, and back."""

from __future__ import annotations

from auditor.reading.joining import JoinedText


def test_a_hit_is_brought_back_to_its_passage() -> None:
    """Offsets in the joined text lead to passages."""
    joined = JoinedText(["One knee.", "Two Knees.", "None."])

    assert [0, 1] == joined.find_passages(("knee",))
    assert 1 == joined.find_passage(joined.text.index("Two"))


def test_lower_case_keeps_offsets() -> None:
    """The dotted capital I does not shift what follows it."""
    joined = JoinedText(["İyi KNEE"])

    assert joined.text.index("KNEE") == joined.lowered.index("knee")
