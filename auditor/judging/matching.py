"""Which patterns hit where: literals as gates, then RE2 only where something can hit.

The words of a page choose the literals that can occur in it, every text is searched once for these (Aho–Corasick), and
a pattern is run only on a piece of text in which its gates are open, in their order and near each other. So the cost is
that of reading the page, and of the few patterns that hit or nearly do.
"""

from __future__ import annotations

import itertools
import re
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.literals import blur_text, list_words
from auditor.judging.patterns import fold_text
from auditor.judging.programs import Programs, Runner
from auditor.judging.sentences import split_pieces
from auditor.judging.sighting import Sight, build_finder, build_whole_finder, unpack_patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from auditor.judging.sighting import Finder
    from auditor.judging.sweeping import Sweeper
    from auditor.models import Passage, PreparedPattern, PreparedPatterns, RuleSet

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
    "of one language": "[\u0400-\u04ff\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f\uac00-\ud7af]",
}


Text = tuple[str, tuple[str, ...]]
"""What a passage says, with the languages that it may be written in."""


class Hit(NamedTuple):
    """One pattern met in one text."""

    start: int
    end: int
    pattern: PreparedPattern
    language: str


class Hits(NamedTuple):
    """What was met in one text, by the owner of the patterns."""

    matches: dict[str, list[Hit]]
    others: dict[str, list[Hit]]
    """Of what excuses a match or must stand beside it: looked for where a rule has a match, or may have one elsewhere."""


class Piece(NamedTuple):
    """A stretch of a text, folded and in lower case, short enough to be searched at once, with a language."""

    low: int
    text: str
    language: str


class Index(NamedTuple):
    """The patterns of one language, and what has been made of them."""

    language: str
    prepared: PreparedPatterns
    programs: Programs
    finder: Finder | None
    """Of all literals, where many pages are to be searched."""
    sweeper: Sweeper | None
    """Of all patterns, there too."""


class Indexes(dict[str, Index]):
    """Language to index, each built when a text first asks for it: most pages need one of many."""

    def __init__(self, rules: RuleSet, *, many: bool = False) -> None:
        """Remember the *rules* whose patterns are to be indexed, and whether *many* pages are to be searched."""
        super().__init__()
        self.rules = rules
        self.many = many
        self.owners = {rule.id for rule in rules.rules if rule.unless or rule.beside}
        """Rules with patterns that matter only beside a match."""
        self.far = {rule.id for rule in rules.rules if rule.beside and rule.near in ("section", "page")}
        """Those among them for which a hit in another passage serves."""

    def __missing__(self, language: str) -> Index:
        """Build the index for *language*."""
        prepared = self.rules.patterns[language]
        programs = Programs(language, prepared.lists)
        finder = sweeper = None
        if self.many:
            from auditor.judging.sweeping import Sweeper

            prepared = unpack_patterns(prepared)
            finder, sweeper = build_whole_finder(prepared, language), Sweeper(language, prepared.lists)
        self[language] = Index(language, prepared, programs, finder, sweeper)
        return self[language]


_make_hit: Callable[[tuple[int, int, PreparedPattern, str]], Hit] = partial(tuple.__new__, Hit)
"""Make a hit of its values in their order, in half the time that the class takes: a page has a thousand."""


class Search(NamedTuple):
    """What one piece of text holds."""

    hits: Hits
    """With their places in the piece."""
    owners: set[str]
    """Rules that have a match in a text with this piece."""


Searches = dict[tuple[str, str], Search]
"""Language and text of a piece to what it holds."""


def find_hits(texts: Iterable[Text], indexes: Indexes) -> dict[Text, Hits]:
    """Return what hits in each of *texts*, in the order of the patterns.

    *indexes* holds the patterns by language; each piece of text is searched for those of every language that it may
    be written in, so that a sentence half English and half Chinese is read by both. What excuses a match or must stand
    beside it is looked for only where its rule has a match; where many pages are searched, the texts may stand on one
    with others, in which it has a match.
    """
    pieces = {text: list(list_pieces(text, indexes.rules)) for text in texts}
    searches = {
        (piece.language, piece.text): Search(Hits({}, {}), set()) for parts in pieces.values() for piece in parts
    }
    sights: list[Sight] = []
    is_whole = True
    for sight in _list_sights(searches, indexes):
        _find_matches(sight, searches)
        is_whole = is_whole and sight.is_whole
        # What is seen of many texts is not kept: it would fill the memory.
        sights = [*sights, sight] if is_whole else []
    matches = {
        text: _collect(parts, [searches[piece.language, piece.text].hits.matches for piece in parts])
        for text, parts in pieces.items()
    }
    for text, parts in pieces.items():
        for piece in parts:
            searches[piece.language, piece.text].owners.update(matches[text])
    owners = indexes.owners.intersection(itertools.chain.from_iterable(matches.values()))
    far = indexes.far if indexes.many else indexes.far & owners
    for sight in sights if is_whole else _list_sights(searches, indexes):
        _find_others(sight, owners, far, searches)
    return {
        text: Hits(
            matches[text], _collect(parts, [searches[piece.language, piece.text].hits.others for piece in parts])
        )
        for text, parts in pieces.items()
    }


def list_pieces(text: Text, rules: RuleSet) -> Iterator[Piece]:
    """Yield what is to be searched of *text*, once for each language whose patterns may apply to it."""
    words, spoken = text
    languages = [language for language in spoken if language in rules.patterns]
    if languages:
        folded = fold_text(words).lower()
        for low, high in split_pieces(folded):
            for language in languages:
                yield Piece(low, folded[low:high], language)


def _find_matches(sight: Sight, searches: Searches) -> None:
    """Find the matches in the pieces in *sight*."""
    found = [searches[sight.language, text].hits.matches for text in sight.texts]
    for pattern in sight.list_patterns():
        if pattern.slot == "match":
            _note_hits(found, pattern, sight, sight.find_texts(pattern))


def _find_others(sight: Sight, owners: AbstractSet[str], far: AbstractSet[str], searches: Searches) -> None:
    """Find in the pieces in *sight* what only matters beside a match: of *owners* where they have one, of *far* anywhere."""
    searched = [searches[sight.language, text] for text in sight.texts]
    found = [search.hits.others for search in searched]
    owned: dict[str, set[int]] = {}
    for number, search in enumerate(searched):
        for owner in search.owners:
            owned.setdefault(owner, set()).add(number)
    for pattern in sight.list_patterns():
        owner = pattern.owner
        if pattern.slot == "match" or owner not in (far if pattern.far else owners):
            continue
        numbers = sight.find_texts(pattern, None if pattern.far else owned.get(owner, frozenset()))
        _note_hits(found, pattern, sight, numbers)


def _note_hits(
    found: Sequence[dict[str, list[Hit]]], pattern: PreparedPattern, sight: Sight, numbers: list[int]
) -> None:
    """Add to what was *found* in each text in *sight* where *pattern* hits those of these *numbers*."""
    owner, language = pattern.owner, sight.language
    for number, (start, end) in sight.run(pattern, numbers):
        hit = _make_hit((start, end, pattern, language))
        hits = found[number]
        if owner in hits:
            hits[owner].append(hit)
        else:
            hits[owner] = [hit]


def _collect(pieces: Sequence[Piece], found: Sequence[dict[str, list[Hit]]]) -> dict[str, list[Hit]]:
    """Return what was *found* in the *pieces* of a text, with its places in that; most texts are of one piece."""
    if len(pieces) == 1 and pieces[0].low == 0:
        return found[0]
    hits: dict[str, list[Hit]] = {}
    for piece, each in zip(pieces, found, strict=True):
        for owner, members in each.items():
            moved = [_make_hit((hit.start + piece.low, hit.end + piece.low, *hit[2:])) for hit in members]
            hits.setdefault(owner, []).extend(moved)
    return hits


def _list_sights(pieces: Iterable[tuple[str, str]], indexes: Indexes) -> Iterator[Sight]:
    """Yield what is seen in *pieces*, language and text, some at a time: their literals must not fill the memory."""
    by_language: dict[str, dict[str, str]] = {}
    for language, text in pieces:
        by_language.setdefault(language, {})[text] = blur_text(text, language)
    for language, texts in by_language.items():
        _, prepared, programs, finder, sweeper = indexes[language]
        words = set() if finder else list_words(texts.values())
        finder = finder or build_finder(words, prepared, language)
        runner = Runner(programs, words)
        batches = list(_list_batches(texts))
        for batch in batches:
            blurred = [texts[text] for text in batch]
            yield Sight(batch, blurred, finder, prepared, runner, sweeper=sweeper, is_whole=len(batches) == 1)


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


def find_languages(passage: Passage) -> tuple[str, ...]:
    """Return the languages whose patterns may apply to *passage*: its own, and those of the scripts in it."""
    own, text = passage.language, passage.text
    if text.isascii() or not _has_script("other", text):
        return ("en",) if own in _NOT_LATIN else (own,)
    languages = [own]
    if _has_script("han", text):
        languages.append("ja" if _has_script("kana", text) else "zh")
    if _has_script("of one language", text):
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
