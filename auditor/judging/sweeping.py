"""Patterns run over many texts at once, by whole programs that are compiled once: for a process that judges many pages."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.patterns import (
    UNSPACED,
    compile_expression,
    expand_names,
    open_search,
    reduce_text,
    write_expression,
)
from auditor.judging.programs import Program, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from auditor.judging.programs import Search, Span
    from auditor.models import PreparedList


class Line(NamedTuple):
    """A text, folded and in lower case, with what most programs see of it."""

    text: str
    is_ascii: bool
    data: bytes
    """Reduced, with an edge on either side where words have edges."""


class Sweeper:
    """Runs the patterns of one language; a class because programs are made once for all pages."""

    def __init__(self, language: str, lists: Mapping[str, PreparedList]) -> None:
        """Remember the *lists* that patterns name."""
        self.language = language
        self._lists = lists
        self._edge = 0 if language in UNSPACED else 1
        self._programs: dict[tuple[str, bool], Program] = {}

    def write_line(self, text: str) -> Line:
        """Return *text*, folded and in lower case, as it is swept: no program matches a line break."""
        text = text.replace("\n", "\x1f")
        around = " " * self._edge
        return Line(text, text.isascii(), f"{around}{reduce_text(text)}{around}".encode("ascii"))

    def sweep(self, pattern: str, lines: Sequence[Line], numbers: Sequence[int]) -> list[tuple[int, Span]]:
        """Return where *pattern* hits those *lines* that have these *numbers*: the number of one, and a span in its text."""
        program = self._find_program(pattern, ascii_only=True)
        plain = numbers if program.serves_all else [number for number in numbers if lines[number].is_ascii]
        hits = self._sweep_reduced(program.search, lines, plain)
        if len(plain) < len(numbers):
            search = self._find_program(pattern, ascii_only=False).search
            for number in numbers:
                if not lines[number].is_ascii:
                    hits += [(number, span) for span in run_program(search, lines[number].text, self.language)]
        return hits

    def _sweep_reduced(self, search: Search, lines: Sequence[Line], numbers: Sequence[int]) -> list[tuple[int, Span]]:
        """Return what a program, whose whole match is the hit with its edges, hits in *lines* once they are reduced."""
        edge = self._edge
        texts = [lines[number].data for number in numbers]
        data = b"\n".join(texts)
        starts = [0]
        hits: list[tuple[int, Span]] = []
        position = 0
        while (found := search(data, position)) is not None:
            start, end = found
            # The edge behind one hit may serve the next.
            position = max(end - edge, position + 1)
            if len(starts) == 1:
                starts = list(itertools.accumulate([len(text) + 1 for text in texts], initial=0))
            place = bisect_right(starts, start) - 1
            hits.append((numbers[place], (start - starts[place], end - starts[place] - 2 * edge)))
        return hits

    def _find_program(self, pattern: str, *, ascii_only: bool) -> Program:
        program = self._programs.get((pattern, ascii_only))
        if program is None:
            terms = _Terms(self._lists)
            expression = write_expression(expand_names(pattern, terms), self.language, ascii_only=ascii_only)
            serves_all = ascii_only and expression.isascii()
            if ascii_only:
                # Without a group RE2 needs no more than its two automata.
                expression = expression.replace("(", "(?:", 1)
            search = open_search(compile_expression(expression, within_lines=True), group=0 if ascii_only else 1)
            program = Program(search, serves_all)
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
