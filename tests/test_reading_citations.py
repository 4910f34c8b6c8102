"""Citations: from trial numbers down to "studies show"."""

from __future__ import annotations

import pytest

from tests.factories import cite, passage


def test_an_identified_study_is_not_vague_too() -> None:
    """A sentence that gives a number gives one reference."""
    assert [("trial", "NCT01234567")] == [
        (found.kind, found.identifier) for found in cite("Clinical trials have shown it (NCT01234567).")
    ]


def test_citations_come_in_page_order_and_each_place_once() -> None:
    """The same number twice in a passage is one citation, in two passages two."""
    assert [
        ("trial", "NCT01234567", 0),
        ("vague", "Studies show", 1),
        ("trial", "NCT01234567", 1),
    ] == [
        (found.kind, found.identifier, found.passage)
        for found in cite("NCT01234567 NCT01234567", "Studies show it. See NCT01234567.")
    ]


@pytest.mark.parametrize(
    "text",
    ["studies and " * 40_000, "10.1000/" * 40_000, "“" * 100_000, "et al; 2019;" * 20_000, "Bolt A. " * 40_000],
)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    """No text makes the search run away."""
    assert isinstance(cite(passage(text, index=0, block="references")), list)
