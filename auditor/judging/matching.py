"""Which patterns hit where: literals as a gate, then RE2 only where something can hit.

Every text is searched once for the literals of all patterns (Aho–Corasick); a pattern is run only on a piece of text in
which each of its gates is open. So the cost is that of reading the page, and of the few patterns that nearly match.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.patterns import UNSPACED, compile_pattern, expand_names, fold_text, has_edges
from auditor.judging.sentences import split_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from auditor.models import Document, Passage, PreparedPattern, RuleSet

_NOT_LATIN = frozenset({"zh", "ja", "ko", "ru", "ar", "hi", "th"})
_SCRIPTS = {
    "latin": "[A-Za-z]{2}",
    "other": "[^\x00-\u03ff\u2000-\u303f]",
    "han": "[\u4e00-\u9fff]",
    "kana": "[\u3040-\u30ff]",
    "ru": "[\u0400-\u04ff]",
    "ar": "[\u0600-\u06ff]",
    "hi": "[\u0900-\u097f]",
    "th": "[\u0e00-\u0e7f]",
    "ko": "[\uac00-\ud7af]",
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
    """A stretch of a passage, folded and in lower case, short enough to be searched at once, with a language."""

    passage: int
    low: int
    text: str
    language: str


class Index(NamedTuple):
    """The patterns of one language by the literals of their first gate."""

    language: str
    automaton: Any
    postings: list[list[int]]
    """For each literal the patterns whose first gate holds it."""
    exact: frozenset[int]
    """Literals that are by themselves all that some pattern can hit."""
    patterns: tuple[PreparedPattern, ...]
    lists: Mapping[str, tuple[str, ...]]
    """The word lists that patterns name."""
    programs: dict[tuple[str, bool], Any]
    """What has been compiled so far, by pattern and whether for ASCII only: most patterns are never needed."""


class Indexes(dict[str, Index]):
    """Language to index, each built when a text first asks for it: most pages need one of many."""

    def __init__(self, rules: RuleSet) -> None:
        """Remember the *rules* whose patterns are to be indexed."""
        super().__init__()
        self.rules = rules

    def __missing__(self, language: str) -> Index:
        """Build the index for *language*."""
        self[language] = build_index(self.rules, language)
        return self[language]


class Search(NamedTuple):
    """What one piece of text holds."""

    found: list[Found]
    waiting: list[int]
    """Patterns that may hit but matter only if their rule has a hit."""
    spans: dict[int, list[tuple[int, int]]]
    """Literal to its places, for literals that are hits by themselves."""


def build_index(rules: RuleSet, language: str) -> Index:
    """Return the index over the patterns of *language*."""
    import ahocorasick_rs

    patterns, literals = rules.patterns[language], rules.literals[language]
    postings: list[list[int]] = [[] for _ in literals]
    exact: set[int] = set()
    for number, pattern in enumerate(patterns):
        for literal in pattern.gates[0]:
            postings[literal].append(number)
        if pattern.exact:
            exact |= pattern.gates[0]
    automaton = ahocorasick_rs.AhoCorasick(
        literals, implementation=ahocorasick_rs.Implementation.NoncontiguousNFA, store_patterns=False
    )
    words = rules.words.get(language, {})
    return Index(language, automaton, postings, frozenset(exact), patterns, words, {})


def find_hits(document: Document, indexes: Indexes) -> dict[str, list[Hit]]:
    """Return the hits in *document* by owner of the pattern, in page order.

    *indexes* holds the patterns by language; each piece of text is searched for those of every language that it may
    be written in, so that a sentence half English and half Chinese is read by both. What excuses a hit or must stand
    beside it is looked for only where its rule has a hit.
    """
    hits: dict[str, list[Hit]] = {}
    waiting: dict[str, list[tuple[Piece, Search, int]]] = {}
    known: dict[tuple[str, str], Search] = {}
    for piece in _list_pieces(document, indexes.rules):
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
                run[key] = list(run_pattern(number, piece.text, search.spans, index))
            _collect(hits, piece, ((pattern, start, end) for start, end in run[key]))
    return hits


def _list_pieces(document: Document, rules: RuleSet) -> Iterator[Piece]:
    for passage in document.passages:
        languages = [language for language in find_languages(passage) if language in rules.patterns]
        if not languages:
            continue
        folded = fold_text(passage.text).lower()
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
    if text.isascii() or not _has_script("other", text):
        return ("en",) if own in _NOT_LATIN else (own,)
    languages = [own]
    if _has_script("han", text):
        languages.append("ja" if _has_script("kana", text) else "zh")
    languages.extend(language for language in ("ru", "ar", "hi", "th", "ko") if _has_script(language, text))
    if own in _NOT_LATIN and _has_script("latin", text):
        languages.append("en")
    return tuple(dict.fromkeys(languages))


def _has_script(name: str, text: str) -> bool:
    return _compile_script(name).search(text) is not None


@cache
def _compile_script(name: str) -> re.Pattern[str]:
    """Return the expression for a script, compiled when first asked for: wide classes take a millisecond each."""
    return re.compile(_SCRIPTS[name])


def _search_piece(text: str, index: Index) -> Search:
    """Return the hits in *text*, and what may be needed later."""
    present: set[int] = set()
    spans: dict[int, list[tuple[int, int]]] = {}
    for literal, start, end in index.automaton.find_matches_as_indexes(text, overlapping=True):
        present.add(literal)
        if literal in index.exact:
            spans.setdefault(literal, []).append((start, end))
    found: list[Found] = []
    waiting: list[int] = []
    patterns, postings = index.patterns, index.postings
    candidates: set[int] = set()
    for literal in present:
        candidates.update(postings[literal])
    for number in sorted(candidates):
        pattern = patterns[number]
        for gate in pattern.gates:
            if gate.isdisjoint(present):
                break
        else:
            if pattern.slot == "match":
                found.extend([(pattern, start, end) for start, end in run_pattern(number, text, spans, index)])
            else:
                waiting.append(number)
    return Search(found, waiting, spans)


def run_pattern(
    number: int, text: str, spans: dict[int, list[tuple[int, int]]], index: Index
) -> Iterator[tuple[int, int]]:
    """Yield where pattern *number* hits *text*: by RE2, or, if its literals are all that it can hit, by their places."""
    pattern = index.patterns[number]
    if not pattern.exact:
        yield from _run_program(_find_program(pattern, index, ascii_only=text.isascii()), text)
        return
    places = [span for literal in pattern.gates[0] for span in spans.get(literal, ())]
    last = 0
    for start, end in sorted(places, key=lambda span: (span[0], -span[1])):
        if start >= last and (index.language in UNSPACED or has_edges(text, start, end)):
            last = end
            yield start, end


def _find_program(pattern: PreparedPattern, index: Index, *, ascii_only: bool) -> Any:
    key = pattern.pattern, ascii_only
    program = index.programs.get(key)
    if program is None:
        expanded = expand_names(pattern.pattern, index.lists)
        program = index.programs[key] = compile_pattern(expanded, index.language, ascii_only=ascii_only)
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
