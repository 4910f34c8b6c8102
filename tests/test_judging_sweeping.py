"""Patterns run over many texts at once find what they find in each."""

from __future__ import annotations

import pytest

from auditor.judging.patterns import mark_escapes
from auditor.judging.sweeping import Sweeper
from auditor.models import PreparedList

LISTS = {"joints": PreparedList("knees?\nhips?", "knee\nhip")}


@pytest.mark.parametrize(
    ("language", "pattern", "texts", "expected"),
    [
        ("en", "mends knees", ["it mends knees", "it mends", "mends knees"], ["0 mends knees", "2 mends knees"]),
        ("en", "mends {joints}", ["mends hips", "mends hipsters", "mends knee"], ["0 mends hips", "2 mends knee"]),
        ("en", "knees", ["knees knees, knees"], ["0 knees", "0 knees", "0 knees"]),
        ("en", r"mends (?:\w+ ){0,2}knees", ["mends", "our knees"], []),
        ("en", "mends[^.]{0,9}knees", ["mends", "knees"], []),
        ("en", "mends knees", ["mends\nknees", "mends knees"], ["1 mends knees"]),
        ("en", r"mends \w+ knees", ["it mends naïve knees", "it mends our knees"], ["0 mends naïve knees", "1 mends our knees"]),
        ("de", "heilt für", ["“heilt für”", "heilt fürwahr"], ["0 heilt für"]),
        ("en", "knees?", ["“knees” – knee", "我 knee"], ["0 knees", "0 knee", "1 knee"]),
        ("zh", "治愈", ["我们治愈关节炎，治愈", "ok"], ["0 治愈", "0 治愈"]),
        ("zh", "knees", ["我们knees", "kneesknees"], ["0 knees", "1 knees", "1 knees"]),
        ("en", "knees", [], []),
    ],
)  # fmt: skip
def test_hits_are_told_with_their_text_and_place(
    language: str, pattern: str, texts: list[str], expected: list[str]
) -> None:
    """No hit goes over the end of a text, and the edge behind one serves the next."""
    sweeper = Sweeper(language, LISTS)
    hits = sweeper.sweep(mark_escapes(pattern), list(map(sweeper.write_line, texts)), range(len(texts)))

    assert expected == [f"{number} {texts[number][start:end]}" for number, (start, end) in sorted(hits)]
