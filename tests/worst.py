"""The worst that a page can do to a rule: texts made from the rule's own patterns, and a count of the work they cause."""

from __future__ import annotations

import re
import sys
from datetime import datetime, timezone
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from auditor.judging import judge_page, matching, programs
from auditor.judging.patterns import UNSPACED, compile_expression, expand_names
from tests.factories import document, page, passage

if sys.version_info >= (3, 11):
    from re import _constants as sre
    from re import _parser as sre_parser
else:
    import sre_constants as sre
    import sre_parse as sre_parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from auditor.models import Document, PreparedPattern, Rule, RuleSet

_MOST_REPEATS = 4
_PAGE = page("")


def write_units(rule: Rule, rules: RuleSet, language: str) -> dict[str, str]:
    """Return short texts in which the patterns of *rule* hit, nearly hit, or begin to, each made to be repeated."""
    gap = "" if language in UNSPACED else " "
    full, close, words = [], [], []
    # What is counted has a pattern for each term, all from one source.
    write_pieces = cache(partial(_write_pieces, words=rules.words.get(language, {})))
    for pattern in _list_run(rule, rules, language):
        pieces = write_pieces(pattern.source)
        full.append("".join(pieces).strip())
        close.append("".join(pieces[:-1] or pieces[0][:-1]).strip())
        words.append(pieces[0].strip())
    return {
        "hits, one a sentence": "".join(f"{text}. " for text in full),
        "hits in one sentence": gap.join(full) + gap,
        "near misses": gap.join(close) + gap,
        "one beginning repeated": words[0] + gap,
    }


def _write_pieces(source: str, words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return for each item of the pattern *source* a text that it takes, but for mere gaps."""
    tree = sre_parser.parse(expand_names(source, words), re.IGNORECASE)
    return [piece for piece in _write_items(tree) if piece.strip()]


def _list_run(rule: Rule, rules: RuleSet, language: str) -> list[PreparedPattern]:
    """Return the patterns of *rule* that RE2 runs, once each, and one of those that need no RE2."""
    own = [pattern for pattern in rules.patterns[language].patterns if pattern.owner == rule.id]
    run = {pattern.pattern: pattern for pattern in own if pattern.exact is None}
    return [*run.values(), *[pattern for pattern in own if pattern.exact is not None][:1]]


def repeat(unit: str, size: int) -> str:
    """Return *unit* over and over, about *size* characters, numbered so that no two stretches are the same text."""
    return "".join(f"{number}\u2003{unit}" for number in range(size // (len(unit) + 5) + 1))


def _write_items(items: Any) -> Iterator[str]:
    """Yield for each item of a parsed pattern a text that it takes: the first branch, gaps as wide as they may be."""
    for kind, value in items:
        if kind is sre.LITERAL:
            yield chr(value)
        elif kind is sre.SUBPATTERN:
            yield "".join(_write_items(value[-1]))
        elif kind is sre.BRANCH:
            yield "".join(_write_items(value[1][0]))
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            low, high, body = value
            yield "".join(_write_items(body)) * max(low, min(high, _MOST_REPEATS))
        else:
            yield _pick_character(kind, value)


def _pick_character(kind: Any, value: Any) -> str:
    if kind is sre.IN and value[0][0] is sre.LITERAL:
        return chr(value[0][1])
    if kind is sre.IN and value[0][0] is sre.RANGE:
        return chr(value[0][1][0])
    is_digit = kind is sre.IN and value[0] == (sre.CATEGORY, sre.CATEGORY_DIGIT)
    return "7" if is_digit else "a"


class Work:
    """Counts what is done; a class because programs and the profiler add to the same number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every program that is compiled from now on count the bytes that it reads."""
        self.done = 0
        self.largest = 0
        monkeypatch.setattr(programs, "compile_expression", lambda text: _Counting(compile_expression(text), self))

    def match(self, text: str, language: str, indexes: matching.Indexes) -> int:
        """Return the bytes that RE2 reads, and the hits, when *text* is matched."""
        self.done = 0
        said = [(passage.text, matching.find_languages(passage)) for passage in _read(text, language).passages]
        found = matching.find_hits(said, indexes).values()
        return self.done + sum(len(hits) for each in found for by_owner in each for hits in by_owner.values())

    def judge(self, text: str, language: str, rules: RuleSet) -> int:
        """Return the calls of functions when *text* is judged by *rules*."""
        read = _read(text, language)
        self.done = 0
        sys.setprofile(self._count)
        try:
            judge_page(_PAGE, read, rules, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc), version="0")
        finally:
            sys.setprofile(None)
        return self.done

    def _count(self, _frame: object, event: str, _argument: object) -> None:
        if event in {"call", "c_call"}:
            self.done += 1


class _Counting:
    """An RE2 program that adds to the work the bytes up to where it stopped."""

    def __init__(self, program: Any, work: Work) -> None:
        self.program = program
        self.work = work
        self.programsize = program.programsize
        work.largest = max(work.largest, self.programsize)

    def search(self, data: bytes, position: int) -> Any:
        return self._count(self.program.search(data, position), data, position)

    def match(self, data: bytes, position: int) -> Any:
        return self._count(self.program.match(data, position), data, position)

    def _count(self, match: Any, data: bytes, position: int) -> Any:
        self.work.done += (len(data) if match is None else match.end()) - position
        return match


def _read(text: str, language: str) -> Document:
    return document(passage(text, language=language))
