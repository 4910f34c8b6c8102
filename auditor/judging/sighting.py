"""Which patterns may hit in which text: all their gates are open, in their order and near each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.literals import list_parts
from auditor.judging.patterns import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from auditor.judging.programs import Runner, Span
    from auditor.judging.sweeping import Sweeper
    from auditor.models import PreparedLiteral, PreparedPattern, PreparedPatterns

_MOST_PAIRS = 60
"""Pairs of places in one text up to which it pays to look at their order: a crowd of them is a hit, or an attack."""


class Finder(NamedTuple):
    """Literals of one language, ready to be searched for."""

    language: str
    automaton: Any
    literals: list[PreparedLiteral]
    placed: frozenset[int] | None = None
    """Those among the literals of which it is kept where they stand, if not all."""
    opens: Sequence[Sequence[int]] | None = None
    """The gates that each literal opens, by its number, if many are asked for."""


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
    # All but lists of words is swept, and told of by its program.
    listed = {gate for pattern in prepared.patterns if pattern.exact is not None for gate in pattern.ways[0][0]}
    asked = {number for gate in listed for number in prepared.gates[gate]}
    placed = frozenset(place for place, literal in enumerate(literals) if literal.number in asked)
    opens: list[list[int]] = [[] for _ in literals]
    for gate, members in enumerate(prepared.gates):
        for number in members:
            opens[number].append(gate)
    return Finder(language, automaton, literals, placed, opens)


def unpack_patterns(prepared: PreparedPatterns) -> PreparedPatterns:
    """Return *prepared* with what every search asks for at hand: reading it row by row pays only for a single document."""
    return prepared._replace(
        patterns=list(prepared.patterns),
        callers=list(map(tuple, prepared.callers)),
    )


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
        sweeper: Sweeper | None,
        is_whole: bool,
    ) -> None:
        """Search *blurred*, which is what literals see of *texts*, all those of their document if it *is_whole*.

        With a *sweeper* patterns are run where all their gates are open, else only where these are in order and near
        each other: to compile one takes longer than to look.
        """
        self.texts = texts
        self.language = finder.language
        self.runner = runner
        self.is_whole = is_whole
        self._sweeper = sweeper
        self._lines = list(map(sweeper.write_line, texts)) if sweeper else []
        self._prepared = prepared
        self._literals = finder.literals
        self._found: list[Sequence[tuple[int, int, int]]] = []
        """For each text literals, by their places among those of the finder, with start and end."""
        self._seen: dict[int, list[int]] = {}
        """Literal to texts."""
        self._open: dict[int, tuple[set[int], list[int]]] = {}
        """Gate to the texts in which it is open, and to the literals that open it."""
        self._spans: dict[int, dict[int, list[Span]]] = {}
        self._places: dict[tuple[int, int], list[Span]] = {}
        self._texts: dict[str, list[int]] = {}
        self._exact: dict[tuple[int, int], list[Span]] = {}
        self._swept: dict[tuple[str, tuple[int, ...]], list[tuple[int, Span]]] = {}
        seen: dict[int, list[int]] = {}
        placed = finder.placed
        for number, text in enumerate(blurred):
            found = finder.automaton.find_matches_as_indexes(text, overlapping=True)
            for place in {place for place, _, _ in found}:
                if place in seen:
                    seen[place].append(number)
                else:
                    seen[place] = [number]
            self._found.append(found if placed is None else [each for each in found if each[0] in placed])
        called: set[int] = set()
        for place, numbers in seen.items():
            literal = finder.literals[place]
            self._seen[literal.number] = numbers
            for gate in literal.calls:
                called.update(prepared.callers[gate])
        self._called = sorted(called)
        self._openers = self._list_openers(finder.opens) if finder.opens is not None else None

    def _list_openers(self, opens: Sequence[Sequence[int]]) -> dict[int, list[int]]:
        """Return all gates of the literals that were seen: for many texts that takes less than to ask gate by gate."""
        openers: dict[int, list[int]] = {}
        for literal in self._seen:
            for gate in opens[literal]:
                if gate in openers:
                    openers[gate].append(literal)
                else:
                    openers[gate] = [literal]
        return openers

    def list_patterns(self) -> Iterator[PreparedPattern]:
        """Yield the patterns that are worth a look."""
        return map(self._prepared.patterns.__getitem__, self._called)

    def run(self, pattern: PreparedPattern, numbers: list[int]) -> Iterable[tuple[int, Span]]:
        """Return where *pattern* hits the texts of these *numbers*, which it may hit."""
        if not numbers:
            return []
        if pattern.exact is not None:
            return [(number, span) for number in numbers for span in self._pick_exact(pattern, number)]
        if self._sweeper is None:
            texts = [self.texts[number] for number in numbers]
            self.runner.expect(pattern.pattern, texts)
            hits = [self.runner.run(pattern.pattern, text) for text in texts]
            return [(number, span) for number, spans in zip(numbers, hits, strict=True) for span in spans]
        key = pattern.pattern, tuple(numbers)
        swept = self._swept.get(key)
        if swept is None:
            swept = self._swept[key] = self._sweeper.sweep(pattern.pattern, self._lines, numbers)
        return swept

    def find_texts(self, pattern: PreparedPattern, wanted: AbstractSet[int] | None = None) -> list[int]:
        """Return the numbers of the texts that *pattern*, whoever owns it, may hit: of those *wanted*, or of all."""
        known = self._texts.get(pattern.pattern)
        if known is None:
            numbers: set[int] = set()
            # To look at the order of gates takes longest: where few texts are wanted, it is for these alone.
            few = wanted if self._sweeper is None else None
            for gates, spaces in pattern.ways:
                found = self._find_open(gates[0])
                for gate in gates[1:]:
                    found = found and found & self._find_open(gate)
                if few is not None:
                    found = found & few
                if found and len(gates) > 1 and self._sweeper is None:
                    found = {number for number in found if self._are_near(gates, spaces, number)}
                numbers |= found
            known = sorted(numbers)
            if few is None:
                self._texts[pattern.pattern] = known
        return known if wanted is None else [number for number in known if number in wanted]

    def _are_near(self, gates: Sequence[int], spaces: int, number: int) -> bool:
        return _is_near([self._find_places(gate, number) for gate in gates], spaces, self.texts[number])

    def _find_open(self, gate: int) -> set[int]:
        """Return the texts in which *gate* is open."""
        known = self._open.get(gate)
        if known is None:
            if self._openers is None:
                literals = [literal for literal in self._prepared.gates[gate] if literal in self._seen]
            else:
                literals = self._openers.get(gate, [])
            known = self._open[gate] = (set().union(*map(self._seen.__getitem__, literals)), literals)
        return known[0]

    def _find_places(self, gate: int, text: int) -> list[Span]:
        """Return the places in *text* of the literals of *gate*, in order."""
        known = self._places.get((gate, text))
        if known is None:
            spans = self._spans.get(text) or self._sort_spans(text)
            self._find_open(gate)
            first, *others = [spans[literal] for literal in self._open[gate][1] if literal in spans]
            known = sorted(first + [span for more in others for span in more]) if others else first
            self._places[gate, text] = known
        return known

    def _sort_spans(self, text: int) -> dict[int, list[Span]]:
        """Return the places of literals in *text* by their number."""
        spans: dict[int, list[Span]] = defaultdict(list)
        literals = self._literals
        for place, start, end in self._found[text]:
            spans[literals[place].number].append((start, end))
        self._spans[text] = spans
        return spans

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
