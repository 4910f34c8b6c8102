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
    from collections.abc import Iterable, Iterator, Mapping

    from auditor.models import Document, Passage, PreparedPattern

_NOT_LATIN = frozenset({"zh", "ja", "ko", "ru", "ar", "hi", "th"})
_OTHER_SCRIPT = re.compile(r"[\u0400-\u1fff\u3040-\ud7af]")
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


Found = tuple["PreparedPattern", int, int]
"""A pattern with the span of its hit."""


class Piece(NamedTuple):
    """A stretch of a passage, short enough to be searched at once, with one language to search it by."""

    passage: int
    low: int
    text: str
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
    be written in, so that a sentence half English and half Chinese is read by both. What excuses a hit or must stand
    beside it is looked for only on pages where its rule has a hit.
    """
    hits: dict[str, list[Hit]] = {}
    waiting: dict[str, list[tuple[Piece, PreparedPattern]]] = {}
    ran: dict[tuple[str, str], list[tuple[int, int]]] = {}
    known: dict[tuple[str, str], tuple[list[Found], list[PreparedPattern]]] = {}
    for piece in _list_pieces(document, indexes):
        searched = known.get((piece.language, piece.text))
        if searched is None:
            searched = known[piece.language, piece.text] = _search_piece(piece.text, indexes[piece.language])
        _collect(hits, piece, searched[0])
        for pattern in searched[1]:
            waiting.setdefault(pattern.owner, []).append((piece, pattern))
    for owner in hits.keys() & waiting.keys():
        for piece, pattern in waiting[owner]:
            _collect(hits, piece, _run_pattern(pattern, piece.text))
    return hits


def _list_pieces(document: Document, indexes: Mapping[str, Index]) -> Iterator[Piece]:
    for passage in document.passages:
        languages = [language for language in find_languages(passage) if language in indexes]
        if not languages:
            continue
        folded = fold_text(passage.text)
        for low, high in split_pieces(folded):
            for language in languages:
                yield Piece(passage.index, low, folded[low:high], language)


def _collect(hits: dict[str, list[Hit]], piece: Piece, found: Iterable[Found]) -> None:
    for pattern, start, end in found:
        hit = Hit(piece.passage, piece.low + start, piece.low + end, pattern, piece.language)
        hits.setdefault(pattern.owner, []).append(hit)


def find_languages(passage: Passage) -> tuple[str, ...]:
    """Return the languages whose patterns may apply to *passage*: its own, and those of the scripts in it."""
    own, text = passage.language, passage.text
    if not _OTHER_SCRIPT.search(text):
        return ("en",) if own in _NOT_LATIN else (own,)
    languages = [own]
    if _HAN.search(text):
        languages.append("ja" if _KANA.search(text) else "zh")
    languages.extend(language for language, script in _SCRIPTS.items() if script.search(text))
    if own in _NOT_LATIN and _LATIN.search(text):
        languages.append("en")
    return tuple(dict.fromkeys(languages))


def _search_piece(text: str, index: Index) -> tuple[list[Found], list[PreparedPattern]]:
    """Return the hits in *text*, and the patterns that may hit but matter only if their rule has a hit."""
    present = {match[0] for match in index.automaton.find_matches_as_indexes(text.lower(), overlapping=True)}
    found: list[Found] = []
    waiting: list[PreparedPattern] = []
    for number in sorted({number for literal in present for number in index.postings[literal]}):
        if any(gate.isdisjoint(present) for gate in index.gates[number]):
            continue
        pattern = index.patterns[number]
        if pattern.slot == "match":
            found.extend(_run_pattern(pattern, text))
        else:
            waiting.append(pattern)
    return found, waiting


def _run_pattern(pattern: PreparedPattern, text: str) -> Iterator[Found]:
    """Yield the hits of *pattern*; each search begins where the last hit ended, whose edge may serve the next."""
    program = _compile_once(pattern.expression)
    data = text.encode("utf-8", "replace")
    plain = len(data) == len(text)
    position = 0
    while (match := program.search(data, position)) is not None:
        start, end = match.span(1)
        position = max(end, position + 1)
        if plain:
            yield pattern, start, end
        else:
            first = len(data[:start].decode())
            yield pattern, first, first + len(data[start:end].decode())


@cache
def _compile_once(expression: str) -> Any:
    return compile_expression(expression)
