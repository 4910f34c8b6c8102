"""Patterns: what the language means, what it refuses, and what opens a gate."""

from __future__ import annotations

import pytest

from auditor.judging.patterns import compile_pattern, find_gates, fold_text


def hits(pattern: str, text: str, language: str = "en") -> list[str]:
    """Return the words of *text* that *pattern* hits."""
    folded = fold_text(text).lower()
    found = {compile_pattern(pattern, language).search(folded)}
    if folded.isascii():
        found.add(compile_pattern(pattern, language, ascii_only=True).search(folded))
    return sorted({match.group(1) for match in found if match})


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
        ("cure(?:", "not a regular expression"),
        ("[a-z]{3,9}", "no literal of three letters"),
        ("it|cure", "no literal of three letters"),
        ("(?:cure)?", "no literal of three letters"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(pattern: str, problem: str) -> None:
    """A refusal is one sentence that says what to write instead."""
    with pytest.raises(ValueError, match=r".") as caught:
        find_gates(pattern, "en")

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "gate"),
    [
        ("cures?", ("cure",)),
        ("cur(?:e|es|ed) cancer", ("cure cancer", "cured cancer", "cures cancer")),
        (r"no (?:\w+ ){0,3}side effects", ("side effects",)),
        ("(?:heals?|mends?) (?:knee|hip)s", ("heals hips", "heals knees")),
    ],
)
def test_a_gate_is_what_every_hit_must_hold(pattern: str, gate: tuple[str, ...]) -> None:
    """The literals of a gate are among those of which one stands in every hit."""
    assert set(gate) <= {literal.strip() for literal in find_gates(pattern, "en")[0][0]} | {
        literal for literal in gate if any(part in literal for part in find_gates(pattern, "en")[0][0])
    }


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
