"""Contexts: how a thing is said."""

from __future__ import annotations

import pytest

from auditor.judging import contexts


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("Our cells cure arthritis.", "cure", set()),
        ("Our cells do not cure arthritis.", "cure", {"negated"}),
        ("There is no known cure for arthritis.", "cure", {"negated"}),
        ("It does not cure, reverse or prevent it.", "prevent", {"negated"}),
        ("There is no known cure, but our clinic cures it.", "cures", set()),
        ("Doctors cannot cure this; our clinic cures it.", "cures it", set()),
        ("It is not only a cure for pain, it is a cure for age.", "cure for pain", set()),
        ("No doubt this will cure you.", "cure", set()),
        ("Without surgery our method cures the hip.", "cures", set()),
        ("A cure has not been shown.", "cure", {"negated"}),
        ("No surgery — it cures the hip.", "cures", set()),
        ("Is there a cure for arthritis?", "cure", {"question"}),
        ("Talk to us about whether a cure is near.", "cure", {"question"}),
        ("It may cure arthritis.", "cure", {"hedged"}),
        ("If a cure exists, ask for proof.", "cure", {"conditional"}),
        ("Beware of clinics that promise a cure.", "cure", {"warned"}),
        ("Miracle cures are a red flag.", "Miracle cures", {"warned"}),
        ("The firm allegedly sold a cure.", "cure", {"reported"}),
        ("It was once thought to cure gout.", "cure", {"historical", "hedged"}),
        ("In mice the cells cure arthritis.", "cure", {"preclinical"}),
        ("Someday cells might cure arthritis.", "cure", {"hypothetical", "hedged"}),
    ],
)
def test_words_are_read_with_what_stands_around_them(sentence: str, words: str, expected: set[str]) -> None:
    """Triggers reach forward or back, until something ends their reach."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


def test_a_trigger_within_the_words_does_not_count() -> None:
    """The "no" of "no side effects" is part of the claim, not its denial."""
    sentence = "It has no side effects."

    assert frozenset() == contexts(sentence, 7, 22)


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("本疗法治愈关节炎。", "治愈", set()),
        ("本疗法不能治愈关节炎。", "治愈", {"negated"}),
        ("能否治愈关节炎？", "治愈", {"question"}),
        ("干细胞可能治愈关节炎。", "治愈", {"hedged"}),
        ("谨防声称治愈的骗局。", "治愈", {"warned", "reported"}),
    ],
)
def test_chinese_is_read_by_its_own_triggers(sentence: str, words: str, expected: set[str]) -> None:
    """Reach counts characters where words are not spaced."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words), language="zh")


def test_a_language_without_triggers_has_no_contexts() -> None:
    """Nothing is guessed for a language that nobody wrote triggers for."""
    assert frozenset() == contexts("Ez nem gyógyít.", 7, 14, language="hu")
