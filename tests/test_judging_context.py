"""Contexts: how a thing is said."""

from __future__ import annotations

import pytest

from auditor.judging import contexts
from auditor.judging.context import index_triggers
from auditor.models import Trigger


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


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("The drops do not cure, reverse or prevent arthritis.", "cure", {"negated"}),
        ("The drops do not cure, reverse or prevent arthritis.", "reverse", {"negated"}),
        ("The drops do not cure, reverse or prevent arthritis.", "prevent", {"negated"}),
        ("Neither cells nor plasma cure arthritis.", "cure", {"negated"}),
        ("Nothing on this page is a cure.", "cure", {"negated"}),
        ("No treatment offered here cures arthritis.", "cures", {"negated"}),
        ("There is currently no treatment that can cure scleroderma.", "cure", {"negated"}),
        ("It is not true that cells cure arthritis.", "cells cure", {"negated"}),
        ("Arthritis cannot be cured.", "cured", {"negated"}),
        ("None of these products cures arthritis.", "cures", {"negated"}),
        ("Scientists have yet to find a cure.", "cure", {"negated"}),
        ("A cure does not exist.", "cure", {"negated"}),
        ("There isn't a cure for it yet.", "cure", {"negated"}),
        ("Cells hardly ever cure arthritis.", "cure", {"negated"}),
        ("We make no claim to cure arthritis.", "cure", {"negated", "reported"}),
        ("We do not claim that our cells cure arthritis.", "cure", {"negated"}),
        ("No studies have shown that cells cure arthritis.", "cure", {"negated"}),
        ("It has never been shown that cells reverse scarring.", "reverse", {"negated"}),
        ("There is insufficient evidence that cells reverse scarring.", "reverse", {"negated"}),
        ("Cells are no cure.", "cure", {"negated"}),
        ("Far from curing arthritis, it harms.", "curing", {"negated"}),
        ("It isn’t a cure.", "cure", {"negated"}),
    ],
)
def test_denials(sentence: str, words: str, expected: set[str]) -> None:
    """A denial reaches over its clause, and over every item of a list."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("Although no drug helps, our cells cure arthritis.", "cure", set()),
        ("While others cannot help, our cells cure arthritis.", "cure", set()),
        ("It was never easy; our cells cure arthritis.", "cure", set()),
        ("Other clinics do not cure arthritis, however ours cures it.", "ours cures", set()),
        ("Not a pill, yet it cures arthritis.", "cures", set()),
        ("If you are tired of pills, our cells cure arthritis.", "cure", set()),
        ("Because drugs do not work, our cells cure arthritis.", "cure", set()),
        ("Don't wait: we cure arthritis.", "cure", set()),
        ("Without drugs or surgery, we cure arthritis.", "cure", set()),
        ("You don't need surgery because our cells regenerate the joint.", "regenerate", set()),
        ("You do not have to live with pain, our cells cure arthritis.", "cure", set()),
    ],
)
def test_what_ends_a_denial(sentence: str, words: str, expected: set[str]) -> None:
    """A turn, a semicolon, a relative or the page itself ends what came before."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("It not only cures arthritis, it prevents it.", "cures", set()),
        ("There is no doubt that it cures arthritis.", "cures", set()),
        ("It cannot fail to cure arthritis.", "cure", set()),
        ("Nothing cures arthritis like our cells.", "cures", set()),
        ("No other clinic cures arthritis.", "cures", set()),
        ("No matter how old you are, it cures arthritis.", "cures", set()),
        ("Nothing less than a cure.", "cure", set()),
        ("It is no secret that our cells cure arthritis.", "cure", set()),
        ("No wonder that it cures arthritis.", "cures", set()),
        ("It does not merely ease pain, it cures arthritis.", "cures", set()),
        ("Never before has a therapy cured arthritis so fast.", "cured", set()),
        ("Not just a cure, a new life.", "cure", set()),
    ],
)
def test_what_only_looks_like_a_denial(sentence: str, words: str, expected: set[str]) -> None:
    """Some words of denial affirm."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("It is not impossible to cure arthritis.", "cure", set()),
        ("There is no disease that we cannot cure.", "cure", set()),
        ("No patient leaves without being cured.", "cured", set()),
        ("It never fails to cure.", "cure", set()),
        ("It is not true that arthritis cannot be cured.", "cured", set()),
        ("Nobody should believe that arthritis cannot be cured.", "cured", set()),
        ("Do not think that arthritis is incurable; we cure it.", "cure it", set()),
    ],
)
def test_two_denials_affirm(sentence: str, words: str, expected: set[str]) -> None:
    """A denial under a denial takes it back."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("Can cells cure arthritis?", "cure", {"question"}),
        ("Ask whether the clinic promises a cure.", "cure", {"question"}),
        ("Did you know that cells cure arthritis?", "cure", set()),
    ],
)
def test_questions(sentence: str, words: str, expected: set[str]) -> None:
    """Asked is not said, unless the question only knocks."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("Cells may help cure arthritis.", "cure", {"hedged"}),
        ("Cells might one day cure arthritis.", "cure", {"hedged", "hypothetical"}),
        ("Cells have the potential to cure arthritis.", "cure", {"hedged"}),
        ("It could be the cure you sought.", "cure", {"hedged"}),
        ("Researchers hope to cure arthritis.", "cure", {"hedged"}),
        ("A cure may be possible.", "cure", {"hedged"}),
    ],
)
def test_hedges(sentence: str, words: str, expected: set[str]) -> None:
    """What may be is marked, and not excused by that."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("If it cures arthritis, ask for proof.", "cures", {"conditional"}),
        ("Unless cells cure arthritis, surgery follows.", "cure", {"conditional"}),
    ],
)
def test_conditions(sentence: str, words: str, expected: set[str]) -> None:
    """A condition reaches to its comma."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("Beware of anyone who promises to cure arthritis.", "cure", {"warned"}),
        ("Avoid clinics that promise to cure arthritis.", "cure", {"hedged", "warned"}),
        ("Claims to cure arthritis are a red flag.", "cure", {"reported", "warned"}),
        ("The FDA sent a warning letter to a firm that sold drops to cure arthritis.", "cure", {"reported", "warned"}),
        ("Be sceptical of websites that offer a cure for everything.", "cure", {"warned"}),
        ("Do not trust a clinic that says it cures arthritis.", "cures", {"warned"}),
        ("Products that claim to cure arthritis are unapproved.", "cure", {"warned"}),
        ("Scammers sell drops that cure arthritis.", "cure", {"reported", "warned"}),
    ],
)
def test_warnings(sentence: str, words: str, expected: set[str]) -> None:
    """What a page warns of is not its own claim."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("According to the FDA, the firm claimed to cure arthritis.", "cure", {"reported"}),
        ("The firm allegedly cures arthritis.", "cures", {"reported"}),
        ("No person shall advertise a cure for cancer.", "cure", {"reported"}),
        ("It is an offence to advertise that a product cures cancer.", "cures", {"reported"}),
        ("The Act prohibits any claim that a product cures diabetes.", "cures", {"reported"}),
        ("Advertisements must not suggest that a treatment can cure diabetes.", "cure", {"reported"}),
        ("The review found that the drug reversed scarring compared with placebo.", "reversed", {"reported"}),
    ],
)
def test_reports(sentence: str, words: str, expected: set[str]) -> None:
    """Regulators, statutes and studies name what they do not claim."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("In the past mercury was used to cure syphilis.", "cure", {"historical"}),
        ("Mercury was once used to cure syphilis.", "cure", {"historical"}),
        ("In the Middle Ages people believed leeches cure fever.", "cure", {"historical"}),
    ],
)
def test_what_was_once_believed(sentence: str, words: str, expected: set[str]) -> None:
    """What was thought long ago is told, not claimed."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("In mice, the cells reversed scarring.", "reversed", {"preclinical"}),
        ("In a test tube the extract kills cancer.", "kills", {"preclinical"}),
        ("In a rat model the cells reversed scarring.", "reversed", {"preclinical"}),
        ("In cultured cells the drops reversed ageing.", "reversed", {"preclinical"}),
    ],
)
def test_animals_and_cells(sentence: str, words: str, expected: set[str]) -> None:
    """Mice and dishes are no patients."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("Imagine a cure for arthritis.", "cure", {"hypothetical"}),
        ("Someday cells may cure arthritis.", "cure", {"hedged", "hypothetical"}),
        ("Scientists dream of a day when cells cure arthritis.", "cure", {"hypothetical"}),
    ],
)
def test_dreams(sentence: str, words: str, expected: set[str]) -> None:
    """What is imagined is not there."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("According to the World Health Organization there is a cure.", "cure", {"third_party"}),
        ("Patients say that it cured them.", "cured", {"patient"}),
        ("Our patients tell us that it cured them.", "cured", {"patient"}),
        ("According to a patient, it cured her.", "cured", {"patient"}),
        ("I was cured within a week.", "cured", {"patient"}),
        ("The hospital's spokesperson said a cure exists.", "cure", {"third_party"}),
    ],
)
def test_speakers(sentence: str, words: str, expected: set[str]) -> None:
    """Words name who speaks."""
    start = sentence.index(words)

    assert expected == contexts(sentence, start, start + len(words))


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("It does not ease pain but cures arthritis.", "cures", set()),
        ("This is not a supplement but a cure.", "cure", set()),
        ("It will not cure you, but it regenerates the knee.", "cure", {"negated"}),
        ("It will not cure you, but it regenerates the knee.", "regenerates", set()),
        ("Rather than masking pain, it reverses arthritis.", "reverses", set()),
        ("Instead of masking pain our cells reverse arthritis.", "reverse", set()),
        ("It cures arthritis without surgery.", "cures", set()),
        ("Unlike pills, which do not help, our cells cure arthritis.", "cure", set()),
        ("It is not uncommon for our cells to cure arthritis.", "cure", set()),
        ("Unfortunately, arthritis has no cure.", "cure", {"negated"}),
        ("It is a treatment, not a cure.", "cure", {"negated"}),
        ("Myth: cells cure arthritis.", "cure", {"warned"}),
        ("Fact: cells do not cure arthritis.", "cure", {"negated"}),
    ],
)
def test_turns(sentence: str, words: str, expected: set[str]) -> None:
    """One clause denies and the next claims."""
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


def test_longer_phrases_are_looked_up_first() -> None:
    """At one place "no longer" is found before "no", whatever the order of the file."""
    phrases = ("no", "no longer", "not", "no doubt that")
    index = index_triggers(
        [Trigger(phrase=phrase, context="negated", direction="forward", reach=5) for phrase in phrases]
    )

    assert {"no": [3, 2, 1], "not": [1]} == {first: list(by_length) for first, by_length in index.items()}
    assert [("no", "longer")] == list(index["no"][2])
