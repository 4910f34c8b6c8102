"""All passages as one text: searched at once, each hit brought back to its passage."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.reading.remembering import LONGEST, MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_KNOWN: dict[object, tuple[set[str], set[str]]] = {}
"""Words, or a test, to texts that hold one of them and texts that do not: so that only what is new on a page is searched."""


class JoinedText:
    """The texts of all passages, a line each, also in lower case with the same offsets."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = list(texts)

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

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Every text once."""
        return frozenset(self.texts)

    def find_passages(self, words: tuple[str, ...], *, cased: bool = False) -> list[int]:
        """Return the indices of the passages that hold one of *words*, in order; words are in lower case unless *cased*."""

        def search(fresh: frozenset[str]) -> set[str]:
            part = self if len(fresh) == len(self.distinct) else JoinedText(sorted(fresh))
            return {part.texts[index] for index in _search(words, part.text if cased else part.lowered, part.starts)}

        return self._find((cased, words), search)

    def select(self, test: Callable[[str], bool]) -> list[int]:
        """Return the indices of the passages of which *test* holds, in order."""
        return self._find(test, lambda fresh: set(filter(test, fresh)))

    def _find(self, asked: object, search: Callable[[frozenset[str]], set[str]]) -> list[int]:
        """Return the indices of the passages that hold what is *asked*; those that are not known are searched."""
        holding, clean = _KNOWN.setdefault(asked, (set(), set()))
        if len(holding) + len(clean) > MOST:
            holding.clear()
            clean.clear()
        found = self.distinct & holding
        fresh = self.distinct - clean - found
        if fresh:
            new = search(fresh)
            holding.update(text for text in new if len(text) <= LONGEST)
            clean.update(text for text in fresh - new if len(text) <= LONGEST)
            found |= new
        return [index for index, text in enumerate(self.texts) if text in found] if found else []


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
