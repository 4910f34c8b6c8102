"""Which patterns hit where: literals as a gate, then RE2 only where something can hit.

Every text is searched once for the literals of all patterns (Aho–Corasick); a pattern is run only on a piece of text in
which each of its gates is open. So the cost is that of reading the page, and of the few patterns that nearly match.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.patterns import UNSPACED, compile_pattern, expand_names, fold_text, has_edges
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
    postings: tuple[tuple[int, ...], ...]
    """For each literal the patterns whose first gate holds it."""
    gates: tuple[tuple[frozenset[int], ...], ...]
    """For each pattern its gates, as literals."""
    exact: frozenset[int]
    """Literals that are by themselves all that some pattern can hit."""
    patterns: tuple[PreparedPattern, ...]
    lists: Mapping[str, tuple[str, ...]]
    """The word lists that patterns name."""
    programs: dict[str, Any]
    """What has been compiled so far, by pattern: most patterns are never needed."""


class Search(NamedTuple):
    """What one piece of text holds."""

    found: list[Found]
    waiting: list[int]
    """Patterns that may hit but matter only if their rule has a hit."""
    spans: dict[int, list[tuple[int, int]]]
    """Literal to its places, for literals that are hits by themselves."""


def build_index(patterns: tuple[PreparedPattern, ...], language: str, lists: Mapping[str, tuple[str, ...]]) -> Index:
    """Return the index over *patterns* of *language*."""
    import ahocorasick_rs

    literals: dict[str, int] = {}
    numbers: dict[tuple[str, ...], frozenset[int]] = {}
    postings: dict[int, list[int]] = {}
    gates = []
    exact: set[int] = set()
    for number, pattern in enumerate(patterns):
        for gate in pattern.gates:
            if gate not in numbers:
                numbers[gate] = frozenset(literals.setdefault(literal, len(literals)) for literal in gate)
        first = numbers[pattern.gates[0]]
        for literal_number in first:
            postings.setdefault(literal_number, []).append(number)
        if pattern.exact:
            exact |= first
        gates.append(tuple(numbers[gate] for gate in pattern.gates))
    return Index(
        language,
        ahocorasick_rs.AhoCorasick(list(literals), implementation=ahocorasick_rs.Implementation.ContiguousNFA),
        tuple(tuple(postings.get(number, ())) for number in range(len(literals))),
        tuple(gates),
        frozenset(exact),
        patterns,
        lists,
        {},
    )


def find_hits(document: Document, indexes: Mapping[str, Index]) -> dict[str, list[Hit]]:
    """Return the hits in *document* by owner of the pattern, in page order.

    *indexes* maps languages to their patterns; each piece of text is searched for those of every language that it may
    be written in, so that a sentence half English and half Chinese is read by both. What excuses a hit or must stand
    beside it is looked for only where its rule has a hit.
    """
    hits: dict[str, list[Hit]] = {}
    waiting: dict[str, list[tuple[Piece, Search, int]]] = {}
    known: dict[tuple[str, str], Search] = {}
    for piece in _list_pieces(document, indexes):
        index = indexes[piece.language]
        search = known.get((piece.language, piece.text))
        if search is None:
            search = known[piece.language, piece.text] = _search_piece(piece.text, index)
        _collect(hits, piece, search.found)
        for number in search.waiting:
            waiting.setdefault(index.patterns[number].owner, []).append((piece, search, number))
    run: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for owner in hits.keys() & waiting.keys():
        passages = {hit.passage for hit in hits[owner]}
        for piece, search, number in waiting[owner]:
            index = indexes[piece.language]
            pattern = index.patterns[number]
            if piece.passage not in passages and not pattern.far:
                continue
            key = pattern.pattern, piece.text
            if key not in run:
                run[key] = list(_run_pattern(number, piece.text, search.spans, index))
            _collect(hits, piece, ((pattern, start, end) for start, end in run[key]))
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


def _search_piece(text: str, index: Index) -> Search:
    """Return the hits in *text*, and what may be needed later."""
    present: set[int] = set()
    spans: dict[int, list[tuple[int, int]]] = {}
    for literal, start, end in index.automaton.find_matches_as_indexes(text.lower(), overlapping=True):
        present.add(literal)
        if literal in index.exact:
            spans.setdefault(literal, []).append((start, end))
    found: list[Found] = []
    waiting: list[int] = []
    for number in sorted({number for literal in present for number in index.postings[literal]}):
        if any(gate.isdisjoint(present) for gate in index.gates[number][1:]):
            continue
        pattern = index.patterns[number]
        if pattern.slot == "match":
            found.extend((pattern, start, end) for start, end in _run_pattern(number, text, spans, index))
        else:
            waiting.append(number)
    return Search(found, waiting, spans)


def _run_pattern(
    number: int, text: str, spans: dict[int, list[tuple[int, int]]], index: Index
) -> Iterator[tuple[int, int]]:
    """Yield where pattern *number* hits *text*: by RE2, or, if its literals are all that it can hit, by their places."""
    pattern = index.patterns[number]
    if not pattern.exact:
        yield from _run_program(_find_program(pattern, index), text)
        return
    places = [span for literal in index.gates[number][0] for span in spans.get(literal, ())]
    last = 0
    for start, end in sorted(places, key=lambda span: (span[0], -span[1])):
        if start >= last and (index.language in UNSPACED or has_edges(text, start, end)):
            last = end
            yield start, end


def _find_program(pattern: PreparedPattern, index: Index) -> Any:
    program = index.programs.get(pattern.pattern)
    if program is None:
        expanded = expand_names(pattern.pattern, index.lists)
        program = index.programs[pattern.pattern] = compile_pattern(expanded, index.language)
    return program


def _run_program(program: Any, text: str) -> Iterator[tuple[int, int]]:
    """Yield the hits of *program*; each search begins where the last hit ended, whose edge may serve the next."""
    data = text.encode("utf-8", "replace")
    plain = len(data) == len(text)
    position = 0
    while (match := program.search(data, position)) is not None:
        start, end = match.span(1)
        position = max(end, position + 1)
        if plain:
            yield start, end
        else:
            first = len(data[:start].decode())
            yield first, first + len(data[start:end].decode())
