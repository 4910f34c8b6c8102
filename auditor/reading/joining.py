"""All passages as one text: searched at once, each hit brought back to its passage."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.models import Passage


class JoinedText:
    """The texts of all passages, a line each, also in lower case with the same offsets."""

    __slots__ = ("lowered", "starts", "text")

    def __init__(self, passages: Sequence[Passage]) -> None:
        texts = [passage.text for passage in passages]
        self.text = "\n".join(texts)
        # The dotted capital I is the one letter that grows when it is lowered, and offsets would drift.
        self.lowered = self.text.replace("İ", "i").lower()
        self.starts = [0]
        place = 0
        for text in texts:
            place += len(text) + 1
            self.starts.append(place)

    def find_passage(self, place: int) -> int:
        """Return the index of the passage that *place* lies in."""
        return bisect_right(self.starts, place) - 1

    def find_passages(self, words: Iterable[str]) -> list[int]:
        """Return the indices of the passages that hold one of *words*, in order; words are in lower case."""
        lowered, starts = self.lowered, self.starts
        find = lowered.find
        indices: set[int] = set()
        for word in words:
            place = find(word)
            while place >= 0:
                index = bisect_right(starts, place) - 1
                indices.add(index)
                place = find(word, starts[index + 1])
        return sorted(indices)

    def find_all(self, word: str) -> Iterator[int]:
        """Yield every place of *word*, in lower case."""
        place = self.lowered.find(word)
        while place >= 0:
            yield place
            place = self.lowered.find(word, place + len(word))
