"""All passages as one text: searched at once, each hit brought back to its passage."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from auditor.reading.remembering import LONGEST, MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_QUESTIONS: dict[object, int] = {}
"""Words, or a test, to the bit that stands for having asked a text for them; the next higher one is set if it holds some."""

_KNOWN: dict[str, int] = {}
"""Texts to the bits of what they were asked: so that only what is new on a page is searched."""


class JoinedText:
    """The texts of all passages, a line each, also in lower case with the same offsets."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = list(texts)
        self._answers = {text: _KNOWN.get(text, 0) for text in self.texts}
        self._asked_of_all = reduce(and_, self._answers.values(), -1)
        self._held_by_any = reduce(or_, self._answers.values(), 0)
        self._part: JoinedText | None = None
        """Those that the last search was about: the next one is mostly about the same."""

    @cached_property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.texts)

    @cached_property
    def lowered(self) -> str:
        """The same in lower case; the dotted capital I is the one letter that would grow, and offsets drift."""
        return self.text.replace("İ", "i").lower()

    @cached_property
    def starts(self) -> list[int]:
        """Where each passage starts, and behind the last one more."""
        starts = [0]
        for text in self.texts:
            starts.append(starts[-1] + len(text) + 1)
        return starts

    def find_passage(self, place: int) -> int:
        """Return the index of the passage that *place* lies in."""
        return bisect_right(self.starts, place) - 1

    def find_passages(self, words: tuple[str, ...], *, cased: bool = False) -> list[int]:
        """Return the indices of the passages that hold one of *words*, in order; words are in lower case unless *cased*."""

        def search(fresh: list[str]) -> set[str]:
            part = self._join_part(fresh)
            return {part.texts[index] for index in _search(words, part.text if cased else part.lowered, part.starts)}

        return self._find((cased, words), search)

    def select(self, test: Callable[[str], bool]) -> list[int]:
        """Return the indices of the passages of which *test* holds, in order."""
        return self._find(test, lambda fresh: set(filter(test, fresh)))

    def _join_part(self, texts: list[str]) -> JoinedText:
        """Return some of the texts, each once, joined by themselves."""
        if len(texts) == len(self._answers):
            return self
        if self._part is None or self._part.texts != texts:
            self._part = JoinedText(texts)
        return self._part

    def _find(self, question: object, search: Callable[[list[str]], set[str]]) -> list[int]:
        """Return the indices of the passages that *search* finds; only those that were not asked before are searched."""
        asked = _QUESTIONS.setdefault(question, 1 << 2 * len(_QUESTIONS))
        held = asked << 1
        answers = self._answers
        if not self._asked_of_all & asked:
            fresh = [text for text, known in answers.items() if not known & asked]
            found = search(fresh)
            if len(_KNOWN) > MOST:
                _KNOWN.clear()
            for text in fresh:
                answers[text] |= asked | held if text in found else asked
                if len(text) <= LONGEST:
                    _KNOWN[text] = answers[text]
            self._asked_of_all |= asked
            self._held_by_any |= held if found else 0
        if not self._held_by_any & held:
            return []
        return [index for index, text in enumerate(self.texts) if answers[text] & held]


def _search(words: tuple[str, ...], text: str, starts: Sequence[int]) -> set[int]:
    """Return the indices of the lines of *text* that hold one of *words*."""
    indices: set[int] = set()
    for word in words:
        place = text.find(word)
        while place >= 0:
            index = bisect_right(starts, place) - 1
            indices.add(index)
            place = text.find(word, starts[index + 1])
    return indices
