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

from auditor.judging.literals import blur_text
from auditor.judging.patterns import fold_text
from auditor.judging.programs import Programs, Runner, Span
from auditor.judging.sentences import split_pieces
from auditor.judging.sighting import Sight, build_finder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from auditor.judging.context import Reading
    from auditor.models import Document, Passage, PreparedPattern, PreparedPatterns, RuleSet

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
        self.owners = {rule.id for rule in rules.rules if rule.unless or rule.beside}
        """Rules with patterns that matter only beside a hit."""
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


class Search(NamedTuple):
    """What one text holds."""

    found: list[Found]
    waiting: dict[str, list[tuple[PreparedPattern, list[Span] | None]]]
    """Owner to patterns that matter only if it has a hit, with their hits, or None where they are still to be run."""
    looked: set[str]
    """Owners whose patterns of that kind were looked for."""
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
    searches = indexes.searches
    sights = [sight for sight in _find_matches(pieces, indexes) if sight.is_whole]
    for piece in pieces:
        _collect(hits, piece, searches[piece.language, piece.text].found)
    passages = {owner: {hit.passage for hit in found} for owner, found in hits.items()}
    _look_for_others(pieces, passages.keys() & indexes.owners, sights, indexes)
    waiting = list(_list_waiting(pieces, passages, searches))
    _expect_waiting(waiting)
    for piece, runner, pattern, exact in waiting:
        spans = runner.run(pattern.pattern, piece.text) if exact is None else exact
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


def _find_matches(pieces: Iterable[Piece], indexes: Indexes) -> Iterator[Sight]:
    """Search those of *pieces* whose text has not been searched, and yield what was seen; each text is searched once."""
    searches = indexes.searches
    fresh = [piece for piece in pieces if (piece.language, piece.text) not in searches]
    for sight in _list_sights(fresh, indexes):
        found = [Search([], {}, set(), sight.runner) for _ in sight.texts]
        searches.update(((sight.language, text), search) for text, search in zip(sight.texts, found, strict=True))
        for pattern, number, exact in sight.find_matches():
            spans = sight.runner.run(pattern.pattern, sight.texts[number]) if exact is None else exact
            found[number].found.extend([(pattern, start, end) for start, end in spans])
        yield sight


def _look_for_others(
    pieces: Iterable[Piece], owners: AbstractSet[str], sights: Iterable[Sight], indexes: Indexes
) -> None:
    """Note where the patterns of *owners* that only matter beside a hit may hit in *pieces*, of which *sights* were had."""
    searches = indexes.searches
    for sight in sights:
        _note_waiting(sight, owners, searches)
    blind = [piece for piece in pieces if not owners <= searches[piece.language, piece.text].looked]
    for sight in _list_sights(blind, indexes):
        _note_waiting(sight, owners, searches)


def _note_waiting(sight: Sight, owners: AbstractSet[str], searches: dict[tuple[str, str], Search]) -> None:
    seen = [searches[sight.language, text] for text in sight.texts]
    for pattern, number, exact in sight.find_others(owners):
        if pattern.owner not in seen[number].looked:
            seen[number].waiting.setdefault(pattern.owner, []).append((pattern, exact))
    for search in seen:
        search.looked.update(owners)


def _list_waiting(
    pieces: Iterable[Piece], passages: Mapping[str, AbstractSet[int]], searches: Mapping[tuple[str, str], Search]
) -> Iterator[tuple[Piece, Runner, PreparedPattern, list[Span] | None]]:
    """Yield the patterns that wait in *pieces* and matter there, because of the *passages* in which their owner has hits."""
    for piece in pieces:
        search = searches[piece.language, piece.text]
        for owner in passages.keys() & search.waiting.keys():
            for pattern, exact in search.waiting[owner]:
                if piece.passage in passages[owner] or pattern.far:
                    yield piece, search.runner, pattern, exact


def _expect_waiting(waiting: Iterable[tuple[Piece, Runner, PreparedPattern, list[Span] | None]]) -> None:
    """Tell runners all texts that they are to run a pattern on, before the first: so each is compiled once, for these."""
    expected: dict[tuple[int, str], tuple[Runner, list[str]]] = {}
    for piece, runner, pattern, exact in waiting:
        if exact is None:
            expected.setdefault((id(runner), pattern.pattern), (runner, []))[1].append(piece.text)
    for (_, source), (runner, texts) in expected.items():
        runner.expect(source, texts)


def _list_sights(pieces: Iterable[Piece], indexes: Indexes) -> Iterator[Sight]:
    """Yield what is seen in the texts of *pieces*, each once, some at a time: their literals must not fill the memory."""
    by_language: dict[str, dict[str, str]] = {}
    for piece in pieces:
        texts = by_language.setdefault(piece.language, {})
        if piece.text not in texts:
            texts[piece.text] = blur_text(piece.text, piece.language)
    for language, texts in by_language.items():
        finder = build_finder(texts.values(), indexes[language].prepared, language)
        runner = Runner(indexes[language].programs, finder.words)
        batches = list(_list_batches(texts))
        for batch in batches:
            blurred = [texts[text] for text in batch]
            yield Sight(batch, blurred, finder, indexes[language].prepared, runner, is_whole=len(batches) == 1)


def _list_batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size > _LARGEST_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
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
