"""Text from a page made inert: on one line, of some length, with nothing that acts and nothing that cannot be seen."""

from __future__ import annotations

import pytest

from auditor.reporting.cleaning import clean_text, clean_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a b c"),
        ("a\x00b", "a\ufffdb"),
        ("a\x1b[1mb", "a\ufffd[1mb"),
        ("a\u202eb\u2069", "a\ufffdb\ufffd"),
        ("a\u200bb\u00adc\ufeff\u200f", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u00a0b", "a b"),
        ("\ud800", "\ufffd"),
        ("x" * 5_000, "x" * 4_000 + "…"),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    """What could act is made visible, what cannot be seen goes, what writing needs stays."""
    assert expected == clean_text(text)
    assert [{expected: [expected, 1, None]}] == clean_value([{text: [text, 1, None]}])


@pytest.mark.parametrize(("longest", "expected"), [(3, "We…"), (4, "We c…"), (8, "We cure."), (9, "We cure.")])
def test_text_is_cut_where_it_is_asked_to(longest: int, expected: str) -> None:
    """A mark stands for what is left out, with no gap before it."""
    assert expected == clean_text("We cure.", longest)
