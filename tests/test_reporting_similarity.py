"""What became of texts: stayed, moved, reworded, gone, new."""

from __future__ import annotations

import pytest

from auditor.reporting.similarity import Pairing, diff_words, measure_similarity, pair_texts

A, B, C = "Our cells cure arthritis for good.", "Call us today for a quote.", "We list every risk of the treatment."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([A, B], [A, B], Pairing([(0, 0), (1, 1)], [], [], [])),
        ([A, B], [B, A], Pairing([(0, 1), (1, 0)], [], [], [])),
        ([A], [A.upper().replace(".", "!")], Pairing([(0, 0)], [], [], [])),
        ([A, B], [B], Pairing([(1, 0)], [], [0], [])),
        ([A], [A, C], Pairing([(0, 0)], [], [], [1])),
        ([A], ["Our cells may cure arthritis for good."], Pairing([], [(0, 0)], [], [])),
        ([A], [C], Pairing([], [], [0], [0])),
        ([A, A], [A], Pairing([(0, 0)], [], [1], [])),
        ([], [], Pairing([], [], [], [])),
        (["彻底治愈肝硬化"], ["可以治愈肝硬化"], Pairing([], [(0, 0)], [], [])),
    ],
)
def test_texts_are_paired(old: list[str], new: list[str], expected: Pairing) -> None:
    """A move is no change, a like text is the old one reworded, and each text is paired once."""
    assert expected == pair_texts(old, new)


def test_the_most_alike_are_paired() -> None:
    """Of several candidates the likest is taken."""
    old = ["We cure knees and hips with cells.", "We cure knees and hips with lasers."]
    new = ["We cure knees and hips with strong lasers.", "We cure knees and hips with fresh cells."]

    assert [(0, 1), (1, 0)] == pair_texts(old, new).reworded


def test_a_page_rewritten_has_no_pairs() -> None:
    """Hundreds of texts that are gone are not each compared with hundreds that are new."""
    old = [f"old sentence number {number} of many" for number in range(500)]
    new = [f"new sentence number {number} of many" for number in range(500)]

    assert [] == pair_texts(old, new).reworded


@pytest.mark.parametrize(
    ("one", "other", "expected"), [(A, A, 1.0), (A, C, 0.0), ("", "", 0.0), ("a b c d", "a b x y", 0.5)]
)
def test_similarity_is_a_share(one: str, other: str, expected: float) -> None:
    """From 0, nothing in common, to 1, the same words."""
    assert expected == measure_similarity(one, other)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c", "a b c", [("same", "a b c")]),
        (
            "We cure knees.",
            "We may ease knees.",
            [("same", "We"), ("gone", " cure"), ("new", " may ease"), ("same", " knees.")],
        ),
        ("", "new words", [("new", "new words")]),
        ("old words", "", [("gone", "old words")]),
        ("彻底治愈", "可以治愈", [("gone", "彻底"), ("new", "可以"), ("same", "治愈")]),
    ],
)
def test_words_are_compared(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    """The pieces together are both texts, word by word; in Chinese, sign by sign."""
    pieces = diff_words(old, new)

    assert expected == [(piece["kind"], piece["text"]) for piece in pieces]
    assert old == "".join(piece["text"] for piece in pieces if piece["kind"] != "new")
    assert new == "".join(piece["text"] for piece in pieces if piece["kind"] != "gone")
