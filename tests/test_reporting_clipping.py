"""How much a report shows: a page made to flood it stays readable, and what is left out is counted."""

from __future__ import annotations

import pytest

from auditor.reporting.clipping import SHOWN_ROWS, cap_rows, clip, clip_middle, clip_start, count_left

WORDS = "We cure your knees"


@pytest.mark.parametrize(
    ("longest", "begin", "end", "both"),
    [
        (18, WORDS, WORDS, WORDS),
        (17, "We cure your knee…", "…e cure your knees", "We cure […] ur knees"),
        (8, "We cure…", "…ur knees", "We c […] nees"),
        (6, "We cur…", "…knees", "We […] ees"),
    ],
)
def test_long_text_is_cut(longest: int, begin: str, end: str, both: str) -> None:
    """Its beginning, its end or both stay, with a mark for what is left out and no gap before it."""
    assert (begin, end, both) == (clip(WORDS, longest), clip_start(WORDS, longest), clip_middle(WORDS, longest))


@pytest.mark.parametrize(("rows", "last"), [(0, None), (SHOWN_ROWS, None), (SHOWN_ROWS + 1, "1"), (5000, "4,940")])
def test_very_many_rows_end_with_their_number(rows: int, last: str | None) -> None:
    """Those that are left out stand in the record."""
    capped = cap_rows(list(range(rows)))

    assert list(range(min(rows, SHOWN_ROWS))) == capped[:SHOWN_ROWS]
    assert ([f"{last} more in the audit’s record"] if last else []) == capped[SHOWN_ROWS:]


@pytest.mark.parametrize(("number", "left"), [(-3, 0), (0, 0), (3, 3)])
def test_no_fewer_than_none_are_left_out(number: int, left: int) -> None:
    """Where there is room for more than there are."""
    assert left == count_left(number)
