"""RE2 programs for patterns: compiled when first needed, with no more words than the texts at hand can hold."""

from __future__ import annotations

from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.patterns import (
    UNSPACED,
    compile_expression,
    expand_names,
    open_search,
    reduce_text,
    write_expression,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from auditor.models import PreparedList

    Search = Callable[[bytes, int], "Span | None"]

Span = tuple[int, int]

_SMALL_ONES = 2
"""Pages for which a pattern is compiled anew before it is compiled once for all: one page needs few of its words."""
_NEVER = r"[^\x00-\x{10FFFF}]"
_LEAD = "(?s:.*?)"
_MOST_STEPS = 10_000_000
"""Instructions of a program times characters of a text up to which RE2 may backtrack; it remembers where it was.
(https://github.com/google/re2/blob/main/re2/bitstate.cc)"""
_MOST_BACKTRACKED = 100
"""Texts up to which backtracking costs less than the automata for them all."""
_FEW = 3000
"""Characters up to which it pays to look through texts for the words that a program needs for them."""


class _Terms(dict[str, list[str]]):
    """Name of a list to its terms, each made when a pattern asks for it."""

    def __init__(self, make: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> list[str]:
        terms = self[name] = self._make(name)
        return terms


class Program(NamedTuple):
    """What RE2 made of a pattern."""

    search: Search
    serves_all: bool
    """Whether it also finds what there is to be found in texts that are not ASCII, once they are reduced."""


class Programs:
    """The whole programs of one language, by pattern and whether for ASCII only; a class because it counts who asks."""

    def __init__(self, language: str, lists: Mapping[str, PreparedList]) -> None:
        """Remember the *lists* that patterns name."""
        self.language = language
        self.lists = lists
        self._compiled: dict[tuple[str, bool], Program] = {}
        self._asked: dict[tuple[str, bool], int] = {}

    def find(self, pattern: str, *, ascii_only: bool) -> Program | None:
        """Return the program for *pattern*, or None as long as it pays to compile a small one for some texts."""
        key = pattern, ascii_only
        if key not in self._compiled:
            self._asked[key] = self._asked.get(key, 0) + 1
            if self._asked[key] <= _SMALL_ONES:
                return None
            terms = _Terms(lambda name: self.lists[name].terms.split("\n"))
            self._compiled[key] = self.compile(pattern, terms, ascii_only=ascii_only)
        return self._compiled[key]

    def compile(
        self, pattern: str, terms: Mapping[str, list[str]], *, ascii_only: bool, texts: Collection[str] = ()
    ) -> Program:
        """Return a program for *pattern* with these *terms* of its lists, for *texts* or, if there are none, for any."""
        expression = write_expression(expand_names(pattern, terms), self.language, ascii_only=ascii_only)
        serves_all = ascii_only and expression.isascii()
        if 0 < len(texts) <= _MOST_BACKTRACKED:
            # Asked for a match that begins where it is told to, and for its group, RE2 backtracks at once. Building an
            # automaton forward, and another one backward to see where the hit began, takes twice as long for few texts.
            backtracking = compile_expression(_LEAD + expression)
            if backtracking.programsize * max(map(len, texts)) <= _MOST_STEPS:
                return Program(open_search(backtracking, from_start=True), serves_all)
        return Program(open_search(compile_expression(expression)), serves_all)


class _Batch:
    """Texts that are still to be searched for a pattern, and the programs for them."""

    __slots__ = ("programs", "texts")

    def __init__(self, texts: set[str]) -> None:
        self.texts = texts
        self.programs: dict[bool, Program] = {}


class Runner:
    """Runs patterns on the texts of one page, whose *words* tell which terms of a list can hit at all."""

    def __init__(self, programs: Programs, words: Iterable[str]) -> None:
        """Take the distinct *words* of the page, blurred."""
        self.programs = programs
        self._words = frozenset(words)
        self._terms: dict[str, tuple[list[str], list[str]]] = {}
        self._asked: set[str] = set()
        self._batches: dict[str, _Batch] = {}
        self._reduced: dict[str, str] = {}
        self._ran: dict[tuple[str, str], list[Span]] = {}

    def expect(self, pattern: str, texts: Iterable[str]) -> None:
        """Be told which *texts* may be searched for *pattern*: one program is made for them, and gone when all were."""
        fresh = {text for text in texts if (pattern, text) not in self._ran}
        known = self._batches.get(pattern)
        if known is None or not fresh <= known.texts:
            self._batches[pattern] = _Batch(fresh if known is None else fresh | known.texts)

    def run(self, pattern: str, text: str) -> list[Span]:
        """Return where *pattern* hits *text*, which is folded and in lower case; several rules may ask for the same."""
        known = self._ran.get((pattern, text))
        if known is None:
            batch = self._batches.get(pattern)
            if batch is None or text not in batch.texts:
                self.expect(pattern, [text])
                batch = self._batches[pattern]
            known = self._ran[pattern, text] = self._run(pattern, text, batch)
            batch.texts.discard(text)
            if not batch.texts:
                del self._batches[pattern]
        return known

    def _run(self, pattern: str, text: str, batch: _Batch) -> list[Span]:
        reduced = self._reduced.get(text)
        if reduced is None:
            reduced = self._reduced[text] = reduce_text(text)
        program = self._find_program(pattern, batch, ascii_only=True)
        if not (program.serves_all or text.isascii()):
            program, reduced = self._find_program(pattern, batch, ascii_only=False), text
        return list(run_program(program.search, reduced, self.programs.language))

    def _find_program(self, pattern: str, batch: _Batch, *, ascii_only: bool) -> Program:
        program = batch.programs.get(ascii_only)
        if program is None:
            program = self.programs.find(pattern, ascii_only=ascii_only)
            program = program or self._compile(pattern, batch.texts, ascii_only=ascii_only)
            batch.programs[ascii_only] = program
        return program

    def _compile(self, pattern: str, texts: set[str], *, ascii_only: bool) -> Program:
        """Return a program for *pattern* with those terms of its lists that the page can hold, or even these *texts*."""
        near = "\n".join(texts) if sum(map(len, texts)) <= _FEW else None
        terms = _Terms(lambda name: self._pick_terms(name, near) or [_NEVER])
        return self.programs.compile(pattern, terms, ascii_only=ascii_only, texts=texts)

    def _pick_terms(self, name: str, near: str | None) -> list[str]:
        """Return the terms of the list *name* that can hit the text *near* at hand, or this page if there is none."""
        if near is None:
            return self._find_terms(name)[0]
        terms, pieces = self._find_terms(name) if name in self._asked else self._read_terms(name)
        # Most lists are named by one pattern: only others are worth being cut down to the page once.
        self._asked.add(name)
        return [
            term
            for term, told in zip(terms, pieces, strict=True)
            if told in near or (" " in told and any(piece in near for piece in told.split(" ")))
        ]

    def _find_terms(self, name: str) -> tuple[list[str], list[str]]:
        """Return the terms of the list *name* that can hit on this page, in their order, and the pieces that tell."""
        known = self._terms.get(name)
        if known is None:
            terms, pieces = self._read_terms(name)
            held = list(map(self._held.__getitem__, pieces))
            known = self._terms[name] = list(compress(terms, held)), list(compress(pieces, held))
        return known

    def _read_terms(self, name: str) -> tuple[list[str], list[str]]:
        listed = self.programs.lists[name]
        return listed.terms.split("\n"), listed.pieces.split("\n")

    @cached_property
    def _held(self) -> _Held:
        return _Held(self._words, 2 if self.programs.language in UNSPACED else 4)


class _Held(dict[str, bool]):
    """Pieces, a space between, to whether a word holds one of them, looked up once; none are always held."""

    def __init__(self, words: Iterable[str], width: int) -> None:
        """Sort *words* by the parts of them that are *width* characters long: so few are searched for any piece."""
        super().__init__({"": True})
        self._width = width
        self._joined = " ".join(words)
        self._by_part: dict[str, list[str]] = {}
        for word in words:
            for part in {word[place : place + width] for place in range(len(word) - width + 1)}:
                self._by_part.setdefault(part, []).append(word)

    def __missing__(self, pieces: str) -> bool:
        held = self[pieces] = any(map(self._holds, pieces.split(" "))) if " " in pieces else self._holds(pieces)
        return held

    def _holds(self, piece: str) -> bool:
        if len(piece) < self._width:
            return piece in self._joined
        words = self._by_part.get(piece[: self._width])
        return words is not None and any(piece in word for word in words)


def run_program(search: Search, text: str, language: str) -> Iterator[Span]:
    """Yield the hits in *text*, for which a program has *search*: each begins where the last hit ended.

    So the edge of one hit may serve the next. Where words have edges, the text gets one at either end.
    """
    edge = b"" if language in UNSPACED else b" "
    data = edge + text.encode("utf-8", "replace") + edge
    position, done, characters = 0, len(edge), 0
    is_plain = len(data) == len(text) + 2 * done
    while (found := search(data, position)) is not None:
        start, end = found
        position = max(end, position + 1)
        if is_plain:
            yield start - len(edge), end - len(edge)
        else:
            first = characters + len(data[done:start].decode())
            done, characters = end, first + len(data[start:end].decode())
            yield first, characters
