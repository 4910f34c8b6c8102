"""Patterns run over many texts at once, by whole programs that are compiled once: for a process that judges many pages."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.patterns import UNSPACED, compile_expression, expand_names, reduce_text, write_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from auditor.judging.programs import Span
    from auditor.models import PreparedList


class _Program(NamedTuple):
    """What RE2 made of a pattern."""

    compiled: Any
    serves_all: bool
    """Whether it also finds what there is to be found in texts that are not ASCII, once they are reduced."""


class Sweeper:
    """Runs the patterns of one language; a class because programs are made once for all pages."""

    def __init__(self, language: str, lists: Mapping[str, PreparedList]) -> None:
        """Remember the *lists* that patterns name."""
        self.language = language
        self._lists = lists
        self._programs: dict[tuple[str, bool], _Program] = {}

    def sweep(self, pattern: str, texts: Sequence[str]) -> Iterator[tuple[int, Span]]:
        """Yield where *pattern* hits *texts*, which are folded and in lower case: the place of a text, and a span in it."""
        program = self._find_program(pattern, ascii_only=True)
        plain = [number for number, text in enumerate(texts) if program.serves_all or text.isascii()]
        for place, span in self._sweep_reduced(program.compiled, [reduce_text(texts[number]) for number in plain]):
            yield plain[place], span
        if len(plain) < len(texts):
            compiled = self._find_program(pattern, ascii_only=False).compiled
            for number in sorted(set(range(len(texts))).difference(plain)):
                yield from ((number, span) for span in self._run(compiled, texts[number]))

    def _sweep_reduced(self, program: Any, texts: Sequence[str]) -> Iterator[tuple[int, Span]]:
        """Yield what *program*, which matches no line break and takes an edge on either side, hits in ASCII *texts*."""
        edge = 0 if self.language in UNSPACED else 1
        around = " " * edge
        lines = [f"{around}{text}{around}".replace("\n", "\x1f") for text in texts]
        data = "\n".join(lines).encode("ascii")
        starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
        position = 0
        while (match := program.search(data, position)) is not None:
            start, end = match.span()
            # The edge behind one hit may serve the next.
            position = max(end - edge, position + 1)
            place = bisect_right(starts, start) - 1
            yield place, (start - starts[place], end - starts[place] - 2 * edge)

    def _run(self, program: Any, text: str) -> Iterator[Span]:
        """Yield what *program*, whose group is the hit, hits in one text of any characters."""
        around = "" if self.language in UNSPACED else " "
        data = f"{around}{text}{around}".replace("\n", "\x1f").encode("utf-8", "replace")
        position, done, characters = 0, len(around), 0
        while (match := program.search(data, position)) is not None:
            start, end = match.span(1)
            position = max(end, position + 1)
            first = characters + len(data[done:start].decode())
            done, characters = end, first + len(data[start:end].decode())
            yield first, characters

    def _find_program(self, pattern: str, *, ascii_only: bool) -> _Program:
        program = self._programs.get((pattern, ascii_only))
        if program is None:
            terms = _Terms(self._lists)
            expression = write_expression(expand_names(pattern, terms), self.language, ascii_only=ascii_only)
            serves_all = ascii_only and expression.isascii()
            if ascii_only:
                # Without a group RE2 needs no more than its two automata.
                expression = expression.replace("(", "(?:", 1)
            program = _Program(compile_expression(expression, within_lines=True), serves_all)
            self._programs[pattern, ascii_only] = program
        return program


class _Terms(dict[str, list[str]]):
    """Name of a list to its terms, each made when a pattern asks for it."""

    def __init__(self, lists: Mapping[str, PreparedList]) -> None:
        super().__init__()
        self._lists = lists

    def __missing__(self, name: str) -> list[str]:
        terms = self[name] = self._lists[name].terms.split("\n")
        return terms
