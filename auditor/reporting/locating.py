"""Find the words of passages again in a page's runs of text, which another parser cut differently.

Both sides are folded to what they have in common: no white space, nothing invisible, no accents. Passages are looked for
in their order, each behind the last, so that a sentence that stands twice is found twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate, product
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ANCHOR = 12
"""Characters that begin a match with gaps, or go on with it; where a gap comes early, half of them."""
_WIDEST_GAP = 2_000
_MOST_TRIED = 60
_CONTEXTS = (60, 20, 0)
_SHORTEST_ALONE = 6
"""Shorter words stand anywhere: without what is around them they are not looked for."""


class Span(NamedTuple):
    """A stretch of a passage's text."""

    passage: int
    start: int
    end: int


class Piece(NamedTuple):
    """A stretch of one run of text."""

    run: int
    start: int
    end: int


class Passage(NamedTuple):
    """What a passage of a record must tell to be found."""

    text: str
    aside: bool
    """Whether its words come from an attribute rather than from text."""


def locate_spans(
    runs: Sequence[str], asides: Mapping[int, str], passages: Sequence[Passage | None], spans: Sequence[Span]
) -> dict[Span, tuple[Piece, ...]]:
    """Return where each of *spans* stands in *runs*; those that are not found are left out.

    *asides* are runs by their number that hold the words of attributes; ``None`` is a passage that no run holds.
    """
    text = _Stream({number: run for number, run in enumerate(runs) if number not in asides})
    aside = _Stream(dict(asides))
    wanted: dict[int, list[Span]] = {}
    for span in spans:
        wanted.setdefault(span.passage, []).append(span)
    found: dict[Span, tuple[Piece, ...]] = {}
    last = max(wanted, default=-1)
    for index, passage in enumerate(passages[: last + 1]):
        if passage is None:
            continue
        streams = (aside, text) if passage.aside else (text, aside)
        folded, offsets = fold_text(passage.text)
        stream, match = _find_passage(streams, folded)
        for span in wanted.get(index, ()):
            first, end = bisect_left(offsets, span.start), bisect_left(offsets, span.end)
            if match:
                pieces = stream.cut(match, first, end)
            else:
                pieces = next(filter(None, (one.find_words(folded, first, end) for one in streams)), ())
            if pieces:
                found[span] = pieces
    return found


def fold_text(text: str) -> tuple[str, list[int]]:
    """Return *text* folded, and for each character of that the place in *text* that it comes from."""
    folded = [(char, place) for place, letter in enumerate(text) for char in _fold_letter(letter)]
    return "".join(char for char, _ in folded), [place for _, place in folded]


@lru_cache(maxsize=8192)
def _fold_letter(letter: str) -> str:
    # Marks and format characters go, controls and blanks too; what is left is what both readers keep.
    return "".join(char for char in normalize("NFKD", letter) if category(char)[0] not in "MCZ" and char != "⠀")


class _Match(NamedTuple):
    """Stretches that a passage and a stream have in common, in order: place in each, and length."""

    stretches: tuple[tuple[int, int, int], ...]


class _Stream:
    """The runs of a page as one folded string, with a cursor behind the passage that was found last."""

    def __init__(self, runs: Mapping[int, str]) -> None:
        folded = [(number, *fold_text(run)) for number, run in runs.items()]
        folded = [(number, text, offsets) for number, text, offsets in folded if text]
        self.runs = runs
        self.numbers = [number for number, _, _ in folded]
        self.offsets = [offsets for _, _, offsets in folded]
        self.text = "".join(text for _, text, _ in folded)
        ends = list(accumulate(len(text) for _, text, _ in folded))
        self.starts = [0, *ends[:-1]] if ends else []
        self.edges = frozenset((0, *ends))
        self.cursor = 0

    def find(self, folded: str) -> _Match | None:
        """Return where the passage *folded* stands, next behind the cursor if it can be."""
        place = next(self._whole(folded, self.cursor), None)
        if place is None:
            place = next(self._whole(folded, 0), None)
        match = _Match(((0, place, len(folded)),)) if place is not None else self._find_gapped(folded)
        if match:
            _, begin, length = match.stretches[-1]
            self.cursor = begin + length
        return match

    def find_words(self, folded: str, first: int, end: int) -> tuple[Piece, ...]:
        """Return where the words from *first* to *end* of a passage stand, by as much around them as can be found."""
        for reach in _CONTEXTS:
            begin = max(first - reach, 0)
            part = folded[begin : end + reach]
            if len(part) < _SHORTEST_ALONE:
                continue
            place = self.text.find(part, self.cursor)
            if place < 0:
                place = self.text.find(part)
            if place >= 0:
                return self.cut(_Match(((begin, place, len(part)),)), first, end)
        return ()

    def cut(self, match: _Match, first: int, end: int) -> tuple[Piece, ...]:
        """Return the pieces of runs that hold the characters from *first* to *end* of the passage of *match*."""
        pieces: list[Piece] = []
        for place, begin, length in match.stretches:
            low, high = max(first, place), min(end, place + length)
            if low < high:
                pieces.extend(self._split(begin + low - place, begin + high - place))
        return tuple(pieces)

    def _split(self, low: int, high: int) -> Iterator[Piece]:
        """Yield the stretch from *low* to *high* run by run."""
        index = bisect_right(self.starts, low) - 1
        begun = False
        while low < high:
            start, offsets, number = self.starts[index], self.offsets[index], self.numbers[index]
            stop = min(high - start, len(offsets))
            run = self.runs[number]
            # White space between two pieces belongs to both.
            begin = 0 if begun else offsets[low - start]
            end = len(run) if start + stop < high else _end_of(run, offsets[stop - 1])
            yield Piece(number, begin, end)
            low, begun = start + stop, True
            index += 1

    def _whole(self, folded: str, start: int) -> Iterator[int]:
        """Yield places where *folded* fills runs from edge to edge."""
        place = self.text.find(folded, start) if folded else -1
        tried = 0
        while place >= 0 and tried < _MOST_TRIED:
            if place in self.edges and place + len(folded) in self.edges:
                yield place
            tried += 1
            place = self.text.find(folded, place + 1)

    def _find_gapped(self, folded: str) -> _Match | None:
        """Return where *folded* stands with other words in between, such as hidden ones."""
        for head, origin in product((folded[:_ANCHOR], folded[: _ANCHOR // 2]), (self.cursor, 0)):
            place = self.text.find(head, origin) if head else -1
            tried = 0
            while place >= 0 and tried < _MOST_TRIED:
                stretches = self._stretch(folded, place)
                if stretches:
                    return _Match(stretches)
                tried += 1
                place = self.text.find(head, place + 1)
        return None

    def _stretch(self, folded: str, place: int) -> tuple[tuple[int, int, int], ...]:
        """Return how *folded* lies over the stream from *place* on; nothing if it does not."""
        stretches = []
        done = 0
        while done < len(folded):
            length = _count_common(folded, done, self.text, place)
            stretches.append((done, place, length))
            done += length
            if done == len(folded):
                break
            begin = place + length
            place = self.text.find(folded[done : done + _ANCHOR], begin, begin + _WIDEST_GAP)
            if place < 0:
                return ()
        return tuple(stretches)


def _find_passage(streams: Sequence[_Stream], folded: str) -> tuple[_Stream, _Match | None]:
    for stream in streams:
        match = stream.find(folded)
        if match:
            return stream, match
    return streams[0], None


def _count_common(one: str, start: int, other: str, place: int) -> int:
    """Return how many characters *one* from *start* and *other* from *place* have in common."""
    length, step = 0, 64
    most = min(len(one) - start, len(other) - place)
    while length < most:
        step = min(step, most - length)
        if one[start + length : start + length + step] == other[place + length : place + length + step]:
            length += step
        elif step == 1:
            break
        else:
            step //= 2
    return length


def _end_of(run: str, last: int) -> int:
    """Return the place behind the letter at *last* and the marks that belong to it."""
    end = last + 1
    while end < len(run) and category(run[end])[0] == "M":
        end += 1
    return end
