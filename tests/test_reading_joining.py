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


def test_words_are_found_in_what_is_new_and_in_what_was_met_before() -> None:
    """The same question to other texts, some of them known, has the right answer; capitals count where they are asked for."""
    for texts, expected in (
        (["Knee A.", "hip B."], [0]),
        (["hip B.", "knee C.", "Knee A."], [1, 2]),
        (["hip B."], []),
        ([], []),
        (["none D.", "two knees E."], [1]),
    ):
        assert expected == JoinedText(texts).find_passages(("knee",))
    assert [0] == JoinedText(["Knee A.", "knee C."]).find_passages(("Knee",), cased=True)
    assert [1] == JoinedText(["hip B.", "1234"]).select(str.isdigit)
