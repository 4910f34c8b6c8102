"""RE2 programs for patterns: compiled when first needed, with no more words than the page at hand can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.patterns import compile_expression, expand_names, names_in, reduce_text, write_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Span = tuple[int, int]

_SMALL_ONES = 2
"""Pages for which a pattern is compiled anew before it is compiled once for all: one page needs few of its words."""
_NEVER = r"[^\x00-\x{10FFFF}]"


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

    compiled: Any
    serves_all: bool
    """Whether it also finds what there is to be found in texts that are not ASCII, once they are reduced."""


class Programs:
    """The whole programs of one language, by pattern and whether for ASCII only; a class because it counts who asks."""

    def __init__(self, language: str, lists: Mapping[str, Iterable[tuple[str, tuple[str, ...]]]]) -> None:
        """Remember the *lists* that patterns name, each term with the pieces of words that tell of it."""
        self.language = language
        self.lists = lists
        self._compiled: dict[tuple[str, bool], Program] = {}
        self._asked: dict[tuple[str, bool], int] = {}

    def find(self, pattern: str, *, ascii_only: bool) -> Program | None:
        """Return the program for *pattern*, or None as long as it pays to compile a small one for one page."""
        key = pattern, ascii_only
        if key not in self._compiled:
            self._asked[key] = self._asked.get(key, 0) + 1
            if self._asked[key] <= _SMALL_ONES:
                return None
            terms = _Terms(lambda name: [term for term, _ in self.lists[name]])
            self._compiled[key] = self.compile(pattern, terms, ascii_only=ascii_only)
        return self._compiled[key]

    def compile(self, pattern: str, terms: Mapping[str, list[str]], *, ascii_only: bool) -> Program:
        """Return a program for *pattern* with these *terms* of its lists."""
        expression = write_expression(expand_names(pattern, terms), self.language, ascii_only=ascii_only)
        return Program(compile_expression(expression), ascii_only and expression.isascii())


class Runner:
    """Runs patterns on the texts of one page, whose *words* tell which terms of a list can hit at all."""

    def __init__(self, programs: Programs, words: Iterable[str]) -> None:
        """Take the distinct *words* of the page, blurred."""
        self.programs = programs
        self.words = frozenset(words)
        self._joined = " ".join(sorted(self.words))
        self._terms: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self._small = _Terms(lambda name: [term for term, _ in self._find_terms(name)] or [_NEVER])
        self._programs: dict[tuple[str, bool], Program] = {}
        self._listed: dict[str, str | None] = {}
        self._reduced: dict[str, str] = {}
        self._ran: dict[tuple[str, str], list[Span]] = {}

    def run(self, pattern: str, text: str) -> list[Span]:
        """Return where *pattern* hits *text*, which is folded and in lower case; several rules may ask for the same."""
        known = self._ran.get((pattern, text))
        if known is None:
            known = self._ran[pattern, text] = self._run(pattern, text)
        return known

    def _run(self, pattern: str, text: str) -> list[Span]:
        if pattern not in self._listed:
            names = names_in(pattern)
            self._listed[pattern] = names[0] if names and pattern == f"{{{names[0]}}}" else None
        listed = self._listed[pattern]
        if listed and not any(not pieces or _holds_any(text, pieces) for _, pieces in self._find_terms(listed)):
            return []
        reduced = self._reduced.get(text)
        if reduced is None:
            reduced = self._reduced[text] = reduce_text(text)
        program = self._find_program(pattern, ascii_only=True)
        if program.serves_all or text.isascii():
            return list(run_program(program.compiled, reduced))
        return list(run_program(self._find_program(pattern, ascii_only=False).compiled, text))

    def _find_program(self, pattern: str, *, ascii_only: bool) -> Program:
        program = self._programs.get((pattern, ascii_only))
        if program is None:
            program = self.programs.find(pattern, ascii_only=ascii_only)
            program = program or self.programs.compile(pattern, self._small, ascii_only=ascii_only)
            self._programs[pattern, ascii_only] = program
        return program

    def _find_terms(self, name: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return the terms of the list *name* that can hit on this page, in their order, with the pieces that tell."""
        terms = self._terms.get(name)
        if terms is None:
            terms = self._terms[name] = [
                (term, pieces)
                for term, pieces in self.programs.lists[name]
                if not pieces or any(piece in self.words or piece in self._joined for piece in pieces)
            ]
        return terms


def _holds_any(text: str, pieces: Iterable[str]) -> bool:
    return any(piece in text for piece in pieces)


def run_program(program: Any, text: str) -> Iterator[Span]:
    """Yield the hits of *program*; each search begins where the last hit ended, whose edge may serve the next."""
    data = text.encode("utf-8", "replace")
    plain = len(data) == len(text)
    position = done = characters = 0
    while (match := program.search(data, position)) is not None:
        start, end = match.span(1)
        position = max(end, position + 1)
        if plain:
            yield start, end
        else:
            first = characters + len(data[done:start].decode())
            done, characters = end, first + len(data[start:end].decode())
            yield first, characters
