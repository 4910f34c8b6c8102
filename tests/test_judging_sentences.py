"""Sentences: where they end, and that nothing gets lost between them."""

from __future__ import annotations

import pytest

from auditor.judging.sentences import find_sentences, split_pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One here. Two here.", ["One here.", "Two here."]),
        ("See Dr. Vale. She helps.", ["See Dr. Vale.", "She helps."]),
        ("About 2.5 mg. Then more.", ["About 2.5 mg.", "Then more."]),
        ("We help, e.g. with knees. Good.", ["We help, e.g. with knees.", "Good."]),
        ("Is it safe? Yes! It is.", ["Is it safe?", "Yes!", "It is."]),
        ("He said “It works.” Then he left.", ["He said “It works.”", "Then he left."]),
        ("治愈了。没有副作用！好吗？", ["治愈了。", "没有副作用！", "好吗？"]),
        ("It takes time… Then it works.", ["It takes time…", "Then it works."]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    """Abbreviations and numbers do not end a sentence; Chinese marks always do."""
    assert expected == [text[low:high] for low, high in find_sentences(text)]


@pytest.mark.parametrize("text", ["x" * 20_000, "word " * 5_000, "A sentence here. " * 2_000, "a. " * 9_000])
def test_pieces_cover_a_long_text_and_stay_short(text: str) -> None:
    """However hostile the text, no piece is long and no letter is lost."""
    pieces = split_pieces(text)

    assert max(high - low for low, high in pieces) <= 4000
    assert "".join(text.split()) == "".join("".join(text[low:high].split()) for low, high in pieces)
