"""Gates: what a pattern may be, and what a text must hold before it is run."""

from __future__ import annotations

import pytest

from auditor.judging.gates import PatternReader, Way
from auditor.judging.literals import blur_text, find_part, list_parts, list_words

LISTS = {"joints": ("knees?", "hips?"), "drugs": (r"\w+cillin", "aspirin"), "one": ("best",), "two": ("first",)}


def find_ways(pattern: str, language: str = "en") -> tuple[tuple[Way, ...], frozenset[str]]:
    """Return the ways of *pattern*, which may name `LISTS`."""
    return PatternReader(language, LISTS).find_ways(pattern)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"\bcure\b", "word boundaries are supplied"),
        ("(cure)", "groups are written (?:...)"),
        ("(?=cure)x", "look-around"),
        ("(?<!no )cure", "look-around"),
        (r"(?:cure) \1", "not a regular expression"),
        ("^cure", "anchors"),
        ("cure.*knees", "an unbounded gap"),
        ("cure.+knees", "an unbounded gap"),
        ("cure  knees", "two spaces"),
        ("cure\nknees", "a line break"),
        ("cure(?:", "not a regular expression"),
        ("[a-z]{3,9}", "no literal of three letters"),
        ("it|cure", "no literal of three letters"),
        ("(?:cure)?", "no literal of three letters"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(pattern: str, problem: str) -> None:
    """A refusal is one sentence that says what to write instead."""
    with pytest.raises(ValueError, match=r".") as caught:
        find_ways(pattern)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "gates"),
    [
        ("cures?", [(" cure ", " cures ")]),
        ("cur(?:e|es|ed) cancer", [(" cure cancer ", " cured cancer ", " cures cancer ")]),
        (r"no (?:\w+ ){0,3}side[ -]effects", [(" no ",), (" side effects ",)]),
        (
            "(?:heals?|mends?) (?:knee|hip)s",
            [
                (
                    " heal hips ",
                    " heals hips ",
                    " mend hips ",
                    " mends hips ",
                    " heal knees ",
                    " heals knees ",
                    " mend knees ",
                    " mends knees ",
                )
            ],
        ),
        (r"\w+itis", [("itis ",)]),
        (r"anti-?\w+", [(" anti",)]),
        (r"[1-3]\d% cured", [(" 1", " 2", " 3"), tuple("0123456789"), ("  cured ",)]),
        (r"(?:knees|hips)(?: \w+)? heal", [(" hips ", " knees "), (" heal ",)]),
        (r"(?:very )?\w+ cure", [(" cure ",)]),
        ("heal {joints}", [(" heal hip ", " heal hips ", " heal knee ", " heal knees ")]),
        (r"heals? (?:{joints} \w+ )?now", [(" heal ", " heals "), (" now ",)]),
        (r"{joints}(?: \w+)? and \w+", [(" hip ", " hips ", " knee ", " knees "), (" and ",)]),
        ("(?:{one}|{two}) cure", [(" best cure ", " first cure ")]),
        ("{one}? cure", [("  cure ", " best cure ")]),
    ],
)
def test_gates_are_what_every_hit_must_hold(pattern: str, gates: list[tuple[str, ...]]) -> None:
    """One literal of each gate stands in every hit, in their order, with the edges of its words."""
    (way,), _ = find_ways(pattern)

    assert [set(gate) for gate in gates] == [set(gate) for gate in way.gates]


def test_alternatives_are_ways_of_their_own() -> None:
    """Alternatives that are more than words are told apart, so that each has gates that tell."""
    ways, exact = find_ways(r"(?:heal (?:\w+ ){0,2}knees|mend (?:\w+ ){0,5}hips) now")

    assert [((" heal ",), (" knees now ",)), ((" mend ",), (" hips now ",))] == [way.gates for way in ways]
    assert [4, 7] == [way.spaces for way in ways]
    assert not exact


@pytest.mark.parametrize(
    ("pattern", "spaces"),
    [
        (r"heal (?:\w+ ){0,4}knees", 5),
        (r"heal[^.!?;]{0,40}knees", 40),
        (r"heal[^ ]{0,40}knees", 0),
        (r"heal\W{1,3}knees", 3),
        (r"heal(?: \w+)?[a-z]{0,9} knees", 2),
    ],
)
def test_a_pattern_reaches_so_many_spaces(pattern: str, spaces: int) -> None:
    """What stands between gates is counted in spaces, which bound any hit."""
    (way,), _ = find_ways(pattern)

    assert spaces == way.spaces


def test_what_repeats_without_end_has_no_bound() -> None:
    """A hit of such a pattern may be as long as the text."""
    (way,), _ = find_ways(r"heal (?:\w+ )*knees")

    assert way.spaces > 1_000_000


def test_a_list_of_words_needs_no_expression() -> None:
    """Where all that a pattern can hit is known, it is told."""
    (way,), exact = find_ways("evidence-based|proven")

    assert ((" evidence based ", " proven "),) == way.gates
    assert {"evidence-based", "proven"} == exact


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("it's safe, also", "en", " it s safe  also "),
        ("使用cure治疗", "en", "   cure   "),
        ("año – é", "en", " año   é "),
        ("可治愈。", "zh", "可治愈。"),
    ],
)
def test_what_parts_words_is_blurred(text: str, language: str, expected: str) -> None:
    """Whatever may stand beside a word is a space, so that a literal with spaces is a whole word."""
    assert expected == blur_text(text, language)


@pytest.mark.parametrize(
    ("literal", "text", "language"),
    [
        (" cure ", "a cure-all", "en"),
        (" side effects ", "No side-effects!", "en"),
        (" anti", "anti-inflammatory", "en"),
        (" regenerat", "it regenerates", "en"),
        ("itis ", "arthritis.", "en"),
        ("blood cancer ", "myblood cancer", "en"),
        ("ema", "oedemas", "en"),
        (" we", "we", "en"),
        ("治愈", "可治愈癌症", "zh"),
    ],
)
def test_a_text_that_holds_a_literal_has_its_part(literal: str, text: str, language: str) -> None:
    """Literals are chosen by the parts of a page's words, and none that occurs is left out."""
    blurred = blur_text(text.lower(), language)

    assert literal in blurred
    assert find_part(literal, language) in list_parts(list_words([blurred]), language)


def test_other_words_do_not_choose_a_literal() -> None:
    """A word stands for itself, not for the longer ones that hold it."""
    assert find_part(" als ", "en") not in list_parts(list_words([blur_text("it also falls", "en")]), "en")


@pytest.mark.parametrize(
    ("term", "pieces"),
    [
        ("knees?", ("knee", "knees")),
        (r"stem[- ]cells?", ("cells", "stem")),
        (r"\w+cillin", ("cillin",)),
        (r"(?:weak|sore) (?:\w+ ){0,2}shoulders", ("shoulders",)),
        (r"\w+", ()),
        ("%", ()),
    ],
)
def test_a_term_is_told_by_pieces_of_words(term: str, pieces: tuple[str, ...]) -> None:
    """Where a page has none of the pieces, the term of a list cannot hit, and is not compiled."""
    assert pieces == PatternReader("en", {}).find_fragments(term)
