"""Which patterns may hit in which text: all their gates are open, in their order and near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.literals import list_parts
from auditor.judging.patterns import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from auditor.judging.programs import Runner, Span
    from auditor.models import PreparedLiteral, PreparedPattern, PreparedPatterns

_MOST_PAIRS = 60
"""Pairs of places in one text up to which it pays to look at their order: a crowd of them is a hit, or an attack."""


class Finder(NamedTuple):
    """Literals of one language, ready to be searched for."""

    language: str
    automaton: Any
    literals: list[PreparedLiteral]


def build_finder(words: Iterable[str], prepared: PreparedPatterns, language: str) -> Finder:
    """Return a finder of those literals that texts of these *words* can hold, by the parts they have.

    Built for one document, that takes a tenth of the time that building one for all literals takes.
    """
    import ahocorasick_rs

    literals = [literal for part in list_parts(words, language) for literal in prepared.literals.get(part, ())]
    automaton = ahocorasick_rs.AhoCorasick(
        [literal.text for literal in literals],
        implementation=ahocorasick_rs.Implementation.NoncontiguousNFA,
        store_patterns=False,
    )
    return Finder(language, automaton, literals)


def build_whole_finder(prepared: PreparedPatterns, language: str) -> Finder:
    """Return a finder of all literals, for a process that reads many documents."""
    import ahocorasick_rs

    literals = [literal for found in prepared.literals.values() for literal in found]
    automaton = ahocorasick_rs.AhoCorasick(
        [literal.text for literal in literals],
        implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        store_patterns=False,
    )
    return Finder(language, automaton, literals)


def unpack_patterns(prepared: PreparedPatterns) -> PreparedPatterns:
    """Return *prepared* with what every search asks for at hand: reading it row by row pays only for a single document."""
    return prepared._replace(
        patterns=list(prepared.patterns),
        gates=list(map(tuple, prepared.gates)),
        callers=list(map(tuple, prepared.callers)),
    )


class Maybe(NamedTuple):
    """A pattern that may hit a text."""

    pattern: PreparedPattern
    number: int
    """Of the text among those in sight."""
    exact: list[Span] | None
    """Its hits, where it is a list of words."""


class Sight:
    """The literals seen in some texts; a class because where a gate is open is worked out once for all patterns."""

    def __init__(
        self,
        texts: Sequence[str],
        blurred: Sequence[str],
        finder: Finder,
        prepared: PreparedPatterns,
        runner: Runner,
        *,
        is_whole: bool,
    ) -> None:
        """Search *blurred*, which is what literals see of *texts*, all those of their document if it *is_whole*."""
        self.texts = texts
        self.language = finder.language
        self.runner = runner
        self.is_whole = is_whole
        self._prepared = prepared
        self._seen: dict[int, dict[int, list[Span]]] = {}
        """Literal to text to places."""
        self._open: dict[int, tuple[set[int], list[dict[int, list[Span]]]]] = {}
        self._places: dict[tuple[int, int], list[Span]] = {}
        self._texts: dict[str, list[int]] = {}
        self._exact: dict[tuple[int, int], list[Span]] = {}
        places: dict[int, dict[int, list[Span]]] = {}
        for number, text in enumerate(blurred):
            for literal, start, end in finder.automaton.find_matches_as_indexes(text, overlapping=True):
                places.setdefault(literal, {}).setdefault(number, []).append((start, end))
        called: set[int] = set()
        for place, by_text in places.items():
            literal = finder.literals[place]
            self._seen[literal.number] = by_text
            for gate in literal.calls:
                called.update(prepared.callers[gate])
        self._called = sorted(called)

    def find_matches(self) -> Iterator[Maybe]:
        """Yield each pattern that makes a hit of its rule with each text that it may hit."""
        return self._find_patterns(lambda pattern: pattern.slot == "match")

    def find_others(self, owners: AbstractSet[str]) -> Iterator[Maybe]:
        """Yield each pattern of *owners* that matters only where its rule has a hit with each text that it may hit."""
        return self._find_patterns(lambda pattern: pattern.slot != "match" and pattern.owner in owners)

    def _find_patterns(self, wanted: Callable[[PreparedPattern], bool]) -> Iterator[Maybe]:
        for called in self._called:
            pattern = self._prepared.patterns[called]
            if wanted(pattern):
                numbers = self._find_texts(pattern)
                if pattern.exact is None:
                    self.runner.expect(pattern.pattern, [self.texts[number] for number in numbers])
                for number in numbers:
                    exact = None if pattern.exact is None else self._pick_exact(pattern, number)
                    yield Maybe(pattern, number, exact)

    def _find_texts(self, pattern: PreparedPattern) -> list[int]:
        """Return the numbers of the texts that *pattern*, whoever owns it, may hit."""
        known = self._texts.get(pattern.pattern)
        if known is None:
            numbers: set[int] = set()
            for gates, spaces in pattern.ways:
                for number in set.intersection(*map(self._find_open, gates)):
                    if len(gates) == 1 or _is_near(
                        [self._find_places(gate, number) for gate in gates], spaces, self.texts[number]
                    ):
                        numbers.add(number)
            known = self._texts[pattern.pattern] = sorted(numbers)
        return known

    def _find_open(self, gate: int) -> set[int]:
        """Return the texts in which *gate* is open."""
        known = self._open.get(gate)
        if known is None:
            seen = [self._seen[literal] for literal in self._prepared.gates[gate] if literal in self._seen]
            known = self._open[gate] = (set().union(*seen), seen)
        return known[0]

    def _find_places(self, gate: int, text: int) -> list[Span]:
        """Return the places in *text* of the literals of *gate*, in order."""
        known = self._places.get((gate, text))
        if known is None:
            first, *others = [by_text[text] for by_text in self._open[gate][1] if text in by_text]
            known = sorted(first + [span for spans in others for span in spans]) if others else first
            self._places[gate, text] = known
        return known

    def _pick_exact(self, pattern: PreparedPattern, number: int) -> list[Span]:
        """Return where one of the words that *pattern* lists stands in a text, of several at a place the longest."""
        key = pattern.exact or 0, number
        known = self._exact.get(key)
        if known is None:
            ((gate,), _), *_ = pattern.ways
            text, words = self.texts[number], self._prepared.exact[key[0]]
            around = 0 if self.language in UNSPACED else 2
            known = self._exact[key] = []
            last = 0
            for start, end in sorted(self._find_places(gate, number), key=lambda span: (span[0], -span[1])):
                # Blurred text begins with a space of its own, and so does each literal; each ends with one, too.
                if start >= last and text[start : end - around] in words:
                    last = end - around
                    known.append((start, last))
        return known


def _is_near(gates: list[list[Span]], spaces: int, text: str) -> bool:
    """Return whether places of all *gates* follow each other with no more *spaces* between than a hit can hold."""
    chains, *others = gates
    for places in others:
        if len(chains) * len(places) > _MOST_PAIRS:
            return True
        # Two literals may share the space between them.
        chains = [(begun, end) for start, end in places for begun, ended in chains if ended <= start + 1]
    # Between the first and the last character of a chain the text is the same or, where it is blurred, one ahead.
    return any(text.count(" ", start + 1, end - 2) <= spaces for start, end in chains)
