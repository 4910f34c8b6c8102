"""Which patterns hit where: literals as a gate, then RE2 only where something can hit.

Every text is searched once for the literals of all patterns (Aho–Corasick); a pattern is run only on a piece of text in
which each of its gates is open. So the cost is that of reading the page, and of the few patterns that nearly match.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.patterns import compile_expression, fold_text
from auditor.judging.sentences import split_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from auditor.models import Document, Passage, PreparedPattern

_LATIN = re.compile(r"[A-Za-z]{2}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
}


class Hit(NamedTuple):
    """One pattern met in one passage."""

    passage: int
    start: int
    end: int
    pattern: PreparedPattern
    language: str


class Index(NamedTuple):
    """The patterns of one language by the literals of their first gate."""

    language: str
    automaton: Any
    literals: tuple[str, ...]
    postings: tuple[tuple[int, ...], ...]
    """For each literal the patterns whose first gate holds it."""
    gates: tuple[tuple[frozenset[int], ...], ...]
    """For each pattern its other gates, as literals."""
    patterns: tuple[PreparedPattern, ...]


def build_index(patterns: tuple[PreparedPattern, ...], language: str) -> Index:
    """Return the index over *patterns* of *language*."""
    import ahocorasick_rs

    literals: dict[str, int] = {}
    postings: list[list[int]] = []
    gates = []
    for number, pattern in enumerate(patterns):
        numbered = []
        for gate in pattern.gates:
            ids = []
            for literal in gate:
                if literal not in literals:
                    literals[literal] = len(literals)
                    postings.append([])
                ids.append(literals[literal])
            numbered.append(frozenset(ids))
        for literal_id in numbered[0]:
            postings[literal_id].append(number)
        gates.append(tuple(numbered[1:]))
    return Index(
        language,
        ahocorasick_rs.AhoCorasick(list(literals)),
        tuple(literals),
        tuple(map(tuple, postings)),
        tuple(gates),
        patterns,
    )


def find_hits(document: Document, indexes: Mapping[str, Index]) -> dict[str, list[Hit]]:
    """Return the hits in *document* by owner of the pattern, in page order.

    *indexes* maps languages to their patterns; each piece of text is searched for those of every language that it may
    be written in, so that a sentence half English and half Chinese is read by both.
    """
    hits: dict[str, list[Hit]] = {}
    known: dict[tuple[str, str], list[tuple[PreparedPattern, int, int]]] = {}
    for passage in document.passages:
        folded = fold_text(passage.text)
        languages = [language for language in find_languages(passage) if language in indexes]
        for low, high in split_pieces(folded) if languages else ():
            piece = folded[low:high]
            for language in languages:
                found = known.get((language, piece))
                if found is None:
                    found = known[language, piece] = list(_search_piece(piece, indexes[language]))
                for pattern, start, end in found:
                    hit = Hit(passage.index, low + start, low + end, pattern, language)
                    hits.setdefault(pattern.owner, []).append(hit)
    return hits


def find_languages(passage: Passage) -> tuple[str, ...]:
    """Return the languages whose patterns may apply to *passage*: its own, and those of the scripts in it."""
    text = passage.text
    if text.isascii():
        return (passage.language,) if passage.language not in ("zh", "ja", "ko", "ru", "ar", "hi", "th") else ("en",)
    languages = [passage.language]
    if _HAN.search(text):
        languages.append("ja" if _KANA.search(text) else "zh")
    languages.extend(language for language, script in _SCRIPTS.items() if script.search(text))
    if passage.language in ("zh", "ja", "ko", "ru", "ar", "hi", "th") and _LATIN.search(text):
        languages.append("en")
    return tuple(dict.fromkeys(languages))


def _search_piece(piece: str, index: Index) -> Iterator[tuple[PreparedPattern, int, int]]:
    lowered = piece.lower()
    matches = index.automaton.find_matches_as_indexes(lowered, overlapping=True)
    if not matches:
        return
    present = {match[0] for match in matches}
    candidates = sorted({number for literal in present for number in index.postings[literal]})
    data = None
    for number in candidates:
        if any(gate.isdisjoint(present) for gate in index.gates[number]):
            continue
        if data is None:
            data = piece.encode("utf-8", "replace")
        pattern = index.patterns[number]
        for start, end in _run_pattern(pattern.expression, data):
            if len(data) == len(piece):
                yield pattern, start, end
            else:
                yield pattern, len(data[:start].decode()), len(data[:end].decode())


def _run_pattern(expression: str, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the spans of the hits; each search begins where the last hit ended, whose edge may serve the next."""
    program = _compile_once(expression)
    position = 0
    while position <= len(data):
        match = program.search(data, position)
        if match is None:
            return
        start, end = match.span(1)
        if end > start:
            yield start, end
        position = max(end, position + 1)


@cache
def _compile_once(expression: str) -> Any:
    return compile_expression(expression)
