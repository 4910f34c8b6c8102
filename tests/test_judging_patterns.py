"""Patterns: what the language means."""

from __future__ import annotations

import pytest

from auditor.judging.patterns import (
    compile_pattern,
    expand_names,
    fold_text,
    lift_alternatives,
    open_search,
    reduce_text,
)
from auditor.judging.programs import run_program

MANY = "|".join(f"x{number}" for number in range(12))


def hits(pattern: str, text: str, language: str = "en") -> list[str]:
    """Return the words of *text* that *pattern* hits."""
    folded = fold_text(text).lower()
    spans = set(run_program(open_search(compile_pattern(pattern, language)), folded, language))
    if folded.isascii():
        spans.update(run_program(open_search(compile_pattern(pattern, language, ascii_only=True)), folded, language))
    return sorted({folded[start:end] for start, end in spans})


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("cures?", "It cures knees.", ["cures"]),
        ("cures?", "It CURES knees.", ["cures"]),
        ("cure", "A secure place.", []),
        ("cure", "It is obscured.", []),
        ("cure", "The cure-all.", ["cure"]),
        ("cure", "(cure)", ["cure"]),
        ("cure", "使用cure治疗", ["cure"]),
        ("ähnlich", "ganz ähnlich hier", ["ähnlich"]),
        ("heil", "unheilbar", []),
        ("лечит", "Он лечит всё.", ["лечит"]),
        (r"heal (?:\w+ ){0,2}knees", "heal your own knees", ["heal your own knees"]),
        (r"heal (?:\w+ ){0,2}knees", "heal your own tired knees", []),
        (r"heal (?:\w+ ){0,2}knees", "heal пациента's старые knees", ["heal пациента's старые knees"]),
        ("no side[ -]effects", "no side‑effects at all", ["no side-effects"]),
        ("don't wait", "Don’t wait!", ["don't wait"]),
        ("100 ?% safe", "１００％ safe", ["100% safe"]),
        ("治愈", "本院可治愈癌症", ["治愈"]),
    ],
)
def test_a_pattern_hits_whole_words_in_any_script(pattern: str, text: str, expected: list[str]) -> None:
    """Boundaries, case and typography are supplied: authors write plain words."""
    language = "zh" if pattern == "治愈" else "en"

    assert expected == hits(pattern, text, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It’s “safe” – really", 'It\'s "safe" - really'),
        ("a\u00a0b\u2009c", "a b c"),
        ("сure and сures", "cure and cures"),
        ("Он лечит", "Он лечит"),
        ("İstanbul", "Istanbul"),
    ],
)
def test_folding_keeps_the_length(text: str, expected: str) -> None:
    """Folded text has the offsets of the page's, so that quotations stay verbatim."""
    assert expected == fold_text(text)
    assert len(text) == len(fold_text(text))


@pytest.mark.parametrize(
    ("pattern", "lifted"),
    [
        (f"heals? (?:{MANY}) now", "heals? (?:{_0}) now"),
        (MANY, "{_0}"),
        (f"(?:our|(?:{MANY})s) cure", "(?:our|(?:{_0})s) cure"),
        (f"(?:{MANY}|(?:{MANY})x) cure", "(?:{_1}) cure"),
        (f"(?:{MANY}|{{drugs}}) cure", "(?:{_0}) cure"),
        ("(?:a|b) cure", "(?:a|b) cure"),
        (r"[(|)]\((?:a|b)\|c|d", r"[(|)]\((?:a|b)\|c|d"),
    ],
)
def test_many_alternatives_become_a_list(pattern: str, lifted: str) -> None:
    """They are treated like the words of a list, and nothing else of the pattern is."""
    lists: dict[tuple[str, ...], str] = {}

    assert lifted == lift_alternatives(pattern, lists)[0]
    for terms, name in reversed(lists.items()):
        lifted = lifted.replace(f"{{{name}}}", "|".join(terms))
    assert pattern.replace("(?:", "").replace(")", "") == lifted.replace("(?:", "").replace(")", "")


def test_lists_are_written_out_again() -> None:
    """With its lists in their places a pattern hits what it did."""
    lifted, lists = lift_alternatives(f"heals? (?:{MANY}) now", {})

    assert ["heal x4 now"] == hits(expand_names(lifted, lists), "It will heal x4 now.")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"(?:\w+ ){1,3}cure", "naïve 治療 été cure", ["naïve 治療 été cure"]),
        (r"cure\W+now", "cure ®• now", ["cure ®• now"]),
        (r"cure[^.!?;]{0,9} now", "cure – é 愈 😀 now", ["cure - é 愈 😀 now"]),
        (r"[\w.-]+ cure", "o.été-x cure", ["o.été-x cure"]),
        ("cure", "incuré cure® 治cure愈", ["cure", "cure"]),
    ],
)
def test_a_reduced_text_is_read_like_the_text_itself(pattern: str, text: str, expected: list[str]) -> None:
    """What is not ASCII is an edge, part of a word or neither in the small program as in the wide one."""
    folded = fold_text(text).lower()
    small, wide = compile_pattern(pattern, "en", ascii_only=True), compile_pattern(pattern, "en")
    spans = [
        list(run_program(open_search(small), reduce_text(folded), "en")),
        list(run_program(open_search(wide), folded, "en")),
    ]

    assert [expected, expected] == [[folded[start:end] for start, end in found] for found in spans]
