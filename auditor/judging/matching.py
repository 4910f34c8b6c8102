"""Which patterns hit where: literals as gates, then RE2 only where something can hit.

The words of a page choose the literals that can occur in it, every text is searched once for these (Aho–Corasick), and
a pattern is run only on a piece of text in which its gates are open, in their order and near each other. So the cost is
that of reading the page, and of the few patterns that hit or nearly do.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.literals import blur_text, list_parts, list_words
from auditor.judging.patterns import UNSPACED, fold_text
from auditor.judging.programs import Programs, Runner, Span
from auditor.judging.sentences import split_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.judging.context import Reading
    from auditor.models import Document, Passage, PreparedLiteral, PreparedPattern, PreparedPatterns, RuleSet

_MOST_PAIRS = 60
"""Pairs of places in one text up to which it pays to look at their order: a crowd of them is a hit, or an attack."""
_LARGEST_BATCH = 200_000
"""Characters of text that are searched before patterns are run."""
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
    """The patterns of one language, and the programs that have been compiled for them."""

    language: str
    prepared: PreparedPatterns
    programs: Programs


class Indexes(dict[str, Index]):
    """Language to index, each built when a text first asks for it: most pages need one of many."""

    def __init__(self, rules: RuleSet) -> None:
        """Remember the *rules* whose patterns are to be indexed."""
        super().__init__()
        self.rules = rules
        self.most_remembered = 0
        """Texts of which what was found outlives their page: none for one audit, many where one process reads whole sites,
        whose pages repeat their menus, footers and phrases."""
        self.searches: dict[tuple[str, str], Search] = {}
        self.readings: dict[tuple[str, str], Reading] = {}

    def forget_oldest(self) -> None:
        """Keep of earlier texts no more than are to be remembered."""
        memories: tuple[dict[tuple[str, str], Any], ...] = (self.searches, self.readings)
        for memory in memories:
            for key in list(itertools.islice(memory, max(0, len(memory) - self.most_remembered))):
                del memory[key]

    def __missing__(self, language: str) -> Index:
        """Build the index for *language*."""
        prepared = self.rules.patterns[language]
        self[language] = Index(language, prepared, Programs(language, prepared.lists))
        return self[language]


class Finder(NamedTuple):
    """The literals that can occur in the texts at hand, ready to be searched for.

    Built for each document: that takes a tenth of the time that building one for all literals takes.
    """

    automaton: Any
    literals: list[PreparedLiteral]
    runner: Runner


class Search(NamedTuple):
    """What one text holds."""

    found: list[Found]
    waiting: dict[str, list[tuple[PreparedPattern, list[Span] | None]]]
    """Owner to patterns that matter only if it has a hit, with their hits, or None where they are still to be run."""
    ran: dict[str, list[Span]]
    """Hits of those that were run, by pattern."""
    runner: Runner


def find_hits(document: Document, indexes: Indexes) -> dict[str, list[Hit]]:
    """Return the hits in *document* by owner of the pattern, in page order.

    *indexes* holds the patterns by language; each piece of text is searched for those of every language that it may
    be written in, so that a sentence half English and half Chinese is read by both. What excuses a hit or must stand
    beside it is looked for only where its rule has a hit.
    """
    hits: dict[str, list[Hit]] = {}
    pieces = list(list_pieces(document, indexes.rules))
    indexes.forget_oldest()
    _search_pieces(pieces, indexes)
    searches = indexes.searches
    for piece in pieces:
        _collect(hits, piece, searches[piece.language, piece.text].found)
    passages = {owner: {hit.passage for hit in found} for owner, found in hits.items()}
    for piece in pieces:
        search = searches[piece.language, piece.text]
        for owner in passages.keys() & search.waiting.keys():
            for pattern, exact in search.waiting[owner]:
                if piece.passage not in passages[owner] and not pattern.far:
                    continue
                if exact is None and pattern.pattern not in search.ran:
                    search.ran[pattern.pattern] = search.runner.run(pattern.pattern, piece.text)
                spans = search.ran[pattern.pattern] if exact is None else exact
                _collect(hits, piece, ((pattern, start, end) for start, end in spans))
    return hits


def list_pieces(document: Document, rules: RuleSet) -> Iterator[Piece]:
    """Yield the texts of *document* to be searched, once for each language whose patterns may apply to them."""
    for passage in document.passages:
        languages = [language for language in find_languages(passage) if language in rules.patterns]
        if not languages:
            continue
        folded = fold_text(passage.text).lower()
        for low, high in split_pieces(folded):
            for language in languages:
                yield Piece(passage.index, low, folded[low:high], language)


def _search_pieces(pieces: Iterable[Piece], indexes: Indexes) -> None:
    """Search those of *pieces* whose text has not been searched; one that a page repeats is searched once."""
    by_language: dict[str, dict[str, str]] = {}
    for piece in pieces:
        texts = by_language.setdefault(piece.language, {})
        if piece.text not in texts and (piece.language, piece.text) not in indexes.searches:
            texts[piece.text] = blur_text(piece.text, piece.language)
    for language, texts in by_language.items():
        if not texts:
            continue
        finder = build_finder(texts.values(), indexes[language])
        for batch in _list_batches(texts.items()):
            found = _search_texts(batch, finder, indexes[language])
            indexes.searches.update(
                (((language, text), search) for (text, _), search in zip(batch, found, strict=True))
            )


def _list_batches(texts: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield *texts* some at a time, so that the places of their literals never fill the memory."""
    batch: list[tuple[str, str]] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text[0])
        if size > _LARGEST_BATCH:
            yield batch
            batch, size = [], 0
    yield batch


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


def build_finder(blurred: Iterable[str], index: Index) -> Finder:
    """Return a finder of those literals of *index* that *blurred* texts can hold by the parts they have."""
    import ahocorasick_rs

    known, words = index.prepared.literals, list_words(blurred)
    literals = [literal for part in list_parts(words, index.language) for literal in known.get(part, ())]
    automaton = ahocorasick_rs.AhoCorasick(
        [literal.text for literal in literals],
        implementation=ahocorasick_rs.Implementation.NoncontiguousNFA,
        store_patterns=False,
    )
    return Finder(automaton, literals, Runner(index.programs, words))


class Sight:
    """The literals seen in some texts; a class because where a gate is open is worked out once for all patterns."""

    def __init__(self, texts: Iterable[tuple[str, str]], finder: Finder, index: Index) -> None:
        """Search the blurred ones of *texts* for the literals of *finder*."""
        self.index = index
        self.seen: dict[int, dict[int, list[Span]]] = {}
        """Literal to text to places."""
        self.called: set[int] = set()
        """Patterns that are worth a look."""
        self._open: dict[int, tuple[set[int], list[dict[int, list[Span]]]]] = {}
        self._places: dict[tuple[int, int], list[Span]] = {}
        callers = index.prepared.callers
        places: dict[int, dict[int, list[Span]]] = {}
        for number, (_, blurred) in enumerate(texts):
            for literal, start, end in finder.automaton.find_matches_as_indexes(blurred, overlapping=True):
                places.setdefault(literal, {}).setdefault(number, []).append((start, end))
        for place, by_text in places.items():
            literal = finder.literals[place]
            self.seen[literal.number] = by_text
            for gate in literal.calls:
                self.called.update(callers[gate])

    def find_open(self, gate: int) -> set[int]:
        """Return the texts in which *gate* is open."""
        known = self._open.get(gate)
        if known is None:
            seen = [self.seen[literal] for literal in self.index.prepared.gates[gate] if literal in self.seen]
            known = self._open[gate] = (set().union(*seen), seen)
        return known[0]

    def find_places(self, gate: int, text: int) -> list[Span]:
        """Return the places in *text* of the literals of *gate*, in order."""
        known = self._places.get((gate, text))
        if known is None:
            first, *others = [by_text[text] for by_text in self._open[gate][1] if text in by_text]
            known = sorted(first + [span for spans in others for span in spans]) if others else first
            self._places[gate, text] = known
        return known


def _search_texts(texts: list[tuple[str, str]], finder: Finder, index: Index) -> list[Search]:
    """Return for each of *texts*, plain and blurred, the hits in it and what may be needed later."""
    sight = Sight(texts, finder, index)
    searches = [Search([], {}, {}, finder.runner) for _ in texts]
    for number in sorted(sight.called):
        pattern = index.prepared.patterns[number]
        for place in _find_texts(pattern, texts, sight):
            text, (found, waiting, _, _) = texts[place][0], searches[place]
            exact = None if pattern.exact is None else _pick_exact(pattern, text, sight, place)
            if pattern.slot != "match":
                waiting.setdefault(pattern.owner, []).append((pattern, exact))
            else:
                spans = finder.runner.run(pattern.pattern, text) if exact is None else exact
                found.extend([(pattern, start, end) for start, end in spans])
    return searches


def _find_texts(pattern: PreparedPattern, texts: list[tuple[str, str]], sight: Sight) -> list[int]:
    """Return the numbers of those *texts* in which the gates of *pattern* are open, in order and near each other."""
    numbers: set[int] = set()
    for gates, spaces in pattern.ways:
        for number in set.intersection(*map(sight.find_open, gates)):
            if len(gates) == 1 or _is_near(
                [sight.find_places(gate, number) for gate in gates], spaces, texts[number][0]
            ):
                numbers.add(number)
    return sorted(numbers)


def _is_near(gates: list[list[Span]], spaces: int, text: str) -> bool:
    """Return whether places of all *gates* follow each other with no more *spaces* between than a hit can hold."""
    chains, *others = gates
    for places in others:
        if len(chains) * len(places) > _MOST_PAIRS:
            return True
        # Two literals may share the space between them.
        chains = [(begun, end) for start, end in places for begun, ended in chains if ended <= start + 1]
    # Between the first and the last character of a chain the text is the same or, where it is blurred, one ahead.
    return any(text.count(" ", start + 1, end - 2) <= spaces for start, end in chains)


def _pick_exact(pattern: PreparedPattern, text: str, sight: Sight, number: int) -> list[Span]:
    """Return where one of the words that *pattern* lists stands in *text*, of several at a place the longest."""
    ((gate,), _), *_ = pattern.ways
    words = sight.index.prepared.exact[pattern.exact or 0]
    around = 0 if sight.index.language in UNSPACED else 2
    picked: list[Span] = []
    last = 0
    for start, end in sorted(sight.find_places(gate, number), key=lambda span: (span[0], -span[1])):
        # Blurred text begins with a space of its own, and so does each literal; each ends with one, too.
        if start >= last and text[start : end - around] in words:
            last = end - around
            picked.append((start, last))
    return picked
