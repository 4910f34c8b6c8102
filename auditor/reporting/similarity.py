"""What became of texts: which stayed, wherever they moved, which were reworded, and how, word by word."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from auditor.reporting.fingerprints import fold_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIMILAR = 0.5
"""Share of words in common from which one text counts as another reworded."""
MOST_PAIRED = 200
"""More texts than this, gone or new, are not compared with each other: a page rewritten has no pairs to find."""
LONGEST_COMPARED = 4_000
"""Characters of a text that are compared word by word."""
_UNITS = re.compile(
    r"\s*[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|\s*[^\s\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+|\s+"
)


class Pairing(NamedTuple):
    """Two lists of texts, as places in them: which stayed, which were reworded, which are gone or new."""

    kept: list[tuple[int, int]]
    reworded: list[tuple[int, int]]
    gone: list[int]
    new: list[int]


def pair_texts(old: Sequence[str], new: Sequence[str]) -> Pairing:
    """Pair the texts *old* with *new*: equal but for case and punctuation first, wherever they stand, then the similar."""
    folded = [fold_words(text) for text in new]
    places: dict[str, list[int]] = {}
    for place in range(len(new) - 1, -1, -1):
        places.setdefault(folded[place], []).append(place)
    kept, gone = [], []
    for place, text in enumerate(old):
        found = places.get(fold_words(text))
        if found:
            kept.append((place, found.pop()))
        else:
            gone.append(place)
    left = sorted(place for found in places.values() for place in found)
    reworded = _pair_similar(old, new, gone, left)
    done_old, done_new = {one for one, _ in reworded}, {other for _, other in reworded}
    return Pairing(
        kept,
        reworded,
        [place for place in gone if place not in done_old],
        [place for place in left if place not in done_new],
    )


def measure_similarity(one: str, other: str) -> float:
    """Return the share of words that two texts have in common, from 0 to 1; of scripts without spaces, of characters."""
    return _measure(_count_units(one), _count_units(other))


def diff_words(old: str, new: str) -> list[dict[str, str]]:
    """Return both texts as one list of pieces, each with its ``text`` and whether it is ``same``, ``gone`` or ``new``."""
    from difflib import SequenceMatcher

    before, after = _split_units(old[:LONGEST_COMPARED]), _split_units(new[:LONGEST_COMPARED])
    pieces: list[dict[str, str]] = []
    for tag, start, end, first, last in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            pieces.append({"kind": "same", "text": "".join(before[start:end])})
            continue
        if start < end:
            pieces.append({"kind": "gone", "text": "".join(before[start:end])})
        if first < last:
            pieces.append({"kind": "new", "text": "".join(after[first:last])})
    return pieces


def _pair_similar(old: Sequence[str], new: Sequence[str], gone: list[int], left: list[int]) -> list[tuple[int, int]]:
    """Return pairs of the most similar of the places *gone* and *left*, best first, each place once."""
    if len(gone) > MOST_PAIRED or len(left) > MOST_PAIRED:
        return []
    counted = {place: _count_units(new[place]) for place in left}
    scored = sorted(_score_pairs(old, gone, counted), key=lambda found: (-found[0], found[1], found[2]))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, before, after in scored:
        if before not in pairs and after not in taken:
            pairs[before] = after
            taken.add(after)
    return sorted(pairs.items())


def _score_pairs(
    old: Sequence[str], gone: list[int], counted: dict[int, Counter[str]]
) -> Iterator[tuple[float, int, int]]:
    for before in gone:
        units = _count_units(old[before])
        for after, others in counted.items():
            score = _measure(units, others)
            if score >= SIMILAR:
                yield score, before, after


def _measure(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _count_units(text: str) -> Counter[str]:
    folded = fold_words(text[:LONGEST_COMPARED])
    words = folded.split()
    return Counter(words if len(words) > 2 or folded.isascii() else folded)


def _split_units(text: str) -> list[str]:
    """Return *text* in words, each with the space before it; where words are not spaced, in characters."""
    return _UNITS.findall(text)
