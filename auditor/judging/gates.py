r"""What a text must hold before a pattern can hit it: literals, in order, near each other.

The idea is that of RE2's own FilteredRE2 – for each part of an expression either the exact strings it can be, or sets
of strings of which one must occur (https://github.com/google/re2/blob/main/re2/prefilter.h) – with three things added
that keep most patterns from being compiled for nothing: literals know where words begin and end, they must stand in
their order, and no further apart than the pattern reaches.
"""

from __future__ import annotations

import re
import sys
import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.literals import blur_text, is_edge
from auditor.judging.patterns import UNSPACED, fold_text, is_plain, name_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

if sys.version_info >= (3, 11):
    from re import _constants as sre
    from re import _parser as sre_parser
else:
    import sre_constants as sre
    import sre_parse as sre_parser

_UNBOUNDED = re.compile(r"(?<!\\)\.[*+]|\.\{\d+,\}")
_REFUSED = {
    sre.AT: r"anchors and \b are not part of the pattern language; word boundaries are supplied",
    sre.ASSERT: "look-around is not part of the pattern language; use 'unless' or 'beside'",
    sre.ASSERT_NOT: "look-around is not part of the pattern language; use 'unless' or 'beside'",
    sre.GROUPREF: "back-references are not part of the pattern language",
    sre.GROUPREF_EXISTS: "back-references are not part of the pattern language",
}
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
_MAX_PRODUCT = 16
_MAX_WAYS = 12
_MAX_CLASS = 12
_TEXT = "text"
"""Kind of an item of a syntax tree that is a `Text`."""
_FIRST_MARK = 0xA500
"""Where the characters begin that stand for lists: Vai syllables, letters like any other."""
_END_OF_MARK = 0xA4D0
"""A letter that stands for nothing: alternatives of one letter each would be made a class."""


class Literal(NamedTuple):
    """Characters that a hit holds, and whether a word surely begins and ends with them."""

    text: str
    begins: bool
    ends: bool


class Text(NamedTuple):
    """Characters that stand together in a pattern: one item of its syntax tree here, where `re` has one for each."""

    text: str
    """Folded."""
    spaces: int
    first_is_edge: bool
    last_is_edge: bool


Gate = frozenset[Literal]
"""Literals of which one must occur."""


class Way(NamedTuple):
    """One of the ways in which a pattern can hit: what must occur in this order, the most telling, and how near."""

    gates: tuple[tuple[str, ...], ...]
    """Blurred literals; of each gate one must occur."""
    key: int
    """Place of the gate that tells most."""
    spaces: int
    """How many spaces a hit can hold at most; more than any text does, if that has no bound."""


class PatternReader:
    """Reads the patterns of one language.

    A class because word lists are read once for all patterns that name them. In the syntax tree of a pattern a list is
    a character of its own, from a script that no page of ours is written in.
    """

    def __init__(self, language: str, lists: Mapping[str, Iterable[str]]) -> None:
        """Take the terms of all *lists* that patterns may name."""
        self.language = language
        self.lists = lists
        self._codes: dict[str, int] = {}
        self._branches: dict[int, list[Any]] = {_END_OF_MARK: [[]]}
        self._trees: dict[str, list[Any]] = {}
        self._fragments: dict[str, tuple[str, ...]] = {}
        self._known: dict[Any, Any] = {}
        """What was worked out about lists and gates."""

    def find_ways(self, pattern: str) -> tuple[tuple[Way, ...], frozenset[str]]:
        """Return the ways in which *pattern* can hit, and all that it can hit if that is a list.

        Raises KeyError for a list that is not there, ValueError with one sentence for what is no part of the language.
        """
        tree = self._parse(pattern)
        shortest = 2 if self.language in UNSPACED else 3
        exact, _ = self._read_sequence(tree, before=True, after=True)
        if exact is not None and min(map(len, exact)) >= shortest:
            literals = tuple(sorted({blur_text(text, self.language) for text in exact}))
            return (Way((literals,), 0, max(text.count(" ") for text in exact)),), exact
        for branches in (self._list_branches(tree), [tree]):
            chains = [self._read_chain(items) for items in branches]
            if all(any(_is_telling(gate, shortest) for gate in chain) for chain in chains):
                ways = map(self._build_way, chains, branches)
                return tuple(ways), frozenset()
        raise ValueError("no literal of three letters (two in Chinese) that every hit must hold; add one")

    def find_fragments(self, term: str) -> tuple[str, ...]:
        """Return pieces of words of which every hit of *term* holds one, or none if nothing is sure."""
        if term not in self._fragments:
            exact, required = self._read_sequence(self._parse(term), before=False, after=False)
            gate = max(required, key=_worth, default=None) if exact is None else _close(exact, begins=False, ends=False)
            words = [blur_text(literal.text, self.language).split() for literal in gate or ()]
            pieces = sorted({max(inner, key=len) for inner in words}) if all(words) else ()
            self._fragments[term] = tuple(pieces)
        return self._fragments[term]

    def _parse(self, pattern: str) -> list[Any]:
        """Return the syntax tree of *pattern*, or raise ValueError for what the pattern language leaves out."""
        if pattern not in self._trees:
            self._trees[pattern] = self._read_tree(pattern)
        return self._trees[pattern]

    def _read_tree(self, pattern: str) -> list[Any]:
        if _UNBOUNDED.search(pattern):
            raise ValueError("an unbounded gap; write (?:\\w+ ){0,4} or [^.!?;]{0,40}")
        if "  " in pattern:
            raise ValueError("two spaces; the text has single ones")
        if "\n" in pattern:
            raise ValueError("a line break; the text has none")
        if is_plain(pattern):
            return self._join_characters((sre.LITERAL, ord(character)) for character in pattern)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", FutureWarning)
                tree = sre_parser.parse(name_lists(pattern, self._mark_list), re.IGNORECASE)
            _refuse_foreign(tree)
        except (re.error, RecursionError, OverflowError, FutureWarning) as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return self._join_characters(tree)

    def _join_characters(self, items: Any) -> list[Any]:
        """Return *items* with one `Text` for characters that stand together, so that they are looked at once."""
        joined: list[Any] = []
        codes: list[int] = []
        for kind, value in items:
            if kind is sre.LITERAL and value not in self._branches:
                codes.append(value)
                continue
            if codes:
                joined.append((_TEXT, _make_text(codes)))
                codes = []
            if kind is sre.SUBPATTERN:
                joined.append((kind, (*value[:-1], self._join_characters(value[-1]))))
            elif kind is sre.BRANCH:
                joined.append((kind, (value[0], [self._join_characters(branch) for branch in value[1]])))
            elif kind in _REPEATS:
                joined.append((kind, (*value[:2], self._join_characters(value[2]))))
            else:
                joined.append((kind, value))
        return [*joined, (_TEXT, _make_text(codes))] if codes else joined

    def _mark_list(self, name: str) -> str:
        """Return what stands for the list *name*, whose terms are read the first time."""
        code = self._codes.get(name)
        if code is None:
            branches = [self._parse(term) for term in self.lists[name]]
            code = self._codes[name] = _FIRST_MARK + len(self._codes)
            self._branches[code] = branches
        return f"(?:{chr(code)}{chr(_END_OF_MARK)})"

    # --- ways ---

    def _list_branches(self, items: Any, most: int = _MAX_WAYS) -> list[Any]:
        """Return *items* once for each of its alternatives that are more than lists of words, at *most* so many."""
        for number, item in enumerate(items):
            branches = self._find_branches(item)
            if 0 < len(branches) <= most and self._read_item(item, before=False, after=False)[0] is None:
                head, tail = list(items[:number]), list(items[number + 1 :])
                share = most // len(branches)
                return [way for branch in branches for way in self._list_branches([*head, *branch, *tail], share)]
        return [items]

    def _find_branches(self, item: Any) -> Any:
        """Return the alternatives of *item*; none if it is no group of them."""
        kind, value = item
        if kind is sre.LITERAL:
            return self._branches.get(value, ())
        if kind is sre.SUBPATTERN:
            inner = list(value[-1])
            return self._find_branches(inner[0]) if len(inner) == 1 else ()
        return value[1] if kind is sre.BRANCH else ()

    def _read_chain(self, items: Any) -> list[Gate]:
        """Return the gates that stand in the way of *items*, in their order."""
        exact, required = self._read_sequence(items, before=True, after=True)
        return required if exact is None else [_close(exact, begins=True, ends=True)]

    def _build_way(self, chain: list[Gate], items: Any) -> Way:
        gates = tuple(map(self._write_gate, chain))
        return Way(gates, max(range(len(chain)), key=lambda number: _worth(chain[number])), self._count_spaces(items))

    def _write_gate(self, gate: Gate) -> tuple[str, ...]:
        """Return the literals of *gate* but those that hold another one: where the shorter is absent, so is the longer."""
        if gate not in self._known:
            kept: list[str] = []
            for literal in sorted({self._write(literal) for literal in gate}, key=lambda text: (len(text), text)):
                if not any(map(literal.__contains__, kept)):
                    kept.append(literal)
            self._known[gate] = tuple(kept)
        return tuple(self._known[gate])

    def _write(self, literal: Literal) -> str:
        """Return *literal* as it stands in blurred text."""
        if self.language in UNSPACED:
            return literal.text
        text = blur_text(literal.text, self.language)[1:-1]
        begins = " " if literal.begins and not text.startswith(" ") else ""
        ends = " " if literal.ends and not text.endswith(" ") else ""
        return f"{begins}{text}{ends}"

    def _count_spaces(self, items: Any) -> int:
        """Return how many spaces *items* can match; what repeats without end does so more often than a text is long."""
        count = 0
        for kind, value in items:
            if kind is sre.SUBPATTERN:
                count += self._count_spaces(value[-1])
            elif kind is sre.BRANCH:
                count += max(map(self._count_spaces, value[1]))
            elif kind in _REPEATS:
                count += self._count_spaces(value[2]) * int(value[1])
            elif kind is _TEXT:
                count += value.spaces
            elif kind is sre.LITERAL:
                count += self._count_listed(value)
            elif kind is sre.NOT_LITERAL:
                count += value != ord(" ")
            elif kind is sre.IN:
                count += _holds_space(value)
            else:
                count += 1 if kind is sre.ANY else int(sre.MAXREPEAT)
        return count

    def _count_listed(self, code: int) -> int:
        if (code,) not in self._known:
            self._known[code,] = max(map(self._count_spaces, self._branches[code]))
        return int(self._known[code,])

    # --- what each part can be: *before* and *after* tell whether what stands there is surely no part of a word ---

    def _read_sequence(self, items: Any, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
        """Return the exact strings *items* can be, if few, and the gates in their order."""
        if all(kind is _TEXT for kind, _ in items):
            return frozenset({"".join(value.text for _, value in items)}), []
        ahead = [after]
        for item in reversed(items):
            ahead.append(self._carry_edge(item, -1, edge=ahead[-1]))
        ahead.reverse()
        required: list[Gate] = []
        run: frozenset[str] = frozenset({""})
        begins = edge = before
        whole = True
        for number, item in enumerate(items):
            exact, needs = self._read_item(item, before=edge, after=ahead[number + 1])
            past = self._carry_edge(item, 1, edge=edge)
            if exact is not None and (len(exact) * len(run) <= _MAX_PRODUCT or 1 in (len(exact), len(run))):
                run = frozenset(left + right for left in run for right in exact)
            else:
                whole = False
                required += [_close(run, begins=begins, ends=ahead[number]), *needs]
                run, begins = (frozenset({""}), past) if exact is None else (exact, edge)
            edge = past
        if whole:
            return run, []
        required.append(_close(run, begins=begins, ends=after))
        return None, [gate for gate in required if all(any(map(str.isalnum, literal.text)) for literal in gate)]

    def _read_item(self, item: Any, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
        kind, value = item
        if kind is _TEXT:
            return frozenset({value.text}), []
        if kind is sre.LITERAL:
            return self._read_list(value, before=before, after=after)
        if kind is sre.SUBPATTERN:
            return self._read_sequence(value[-1], before=before, after=after)
        if kind is sre.BRANCH:
            return self._read_branches(value[1], before=before, after=after)
        if kind in _REPEATS:
            low, high, body = value
            once = high == 1
            exact, required = self._read_sequence(body, before=before and once, after=after and once)
            if low == 0:
                return (exact | {""} if once and exact is not None else None), []
            if once:
                return exact, required
            return None, required if exact is None else [_close(exact, begins=False, ends=False)]
        if kind is sre.IN:
            return _read_class(value)
        return None, []

    def _read_list(self, code: int, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
        key = code, before, after
        if key not in self._known:
            self._known[key] = self._read_branches(self._branches[code], before=before, after=after)
        exact, required = self._known[key]
        return exact, required

    def _read_branches(self, branches: Any, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
        """Return the union of what the branches can be; a branch without a telling literal spoils the gate."""
        exacts: set[str] = set()
        pooled: set[Literal] = set()
        all_exact = True
        for branch in branches:
            exact, required = self._read_sequence(branch, before=before, after=after)
            if exact is not None:
                exacts |= exact
                pooled |= _close(exact, begins=before, ends=after)
                continue
            all_exact = False
            if not required:
                return None, []
            pooled |= max(required, key=_worth)
        return (frozenset(exacts), []) if all_exact else (None, [frozenset(pooled)])

    def _carry_edge(self, item: Any, step: int, *, edge: bool) -> bool:
        """Return whether what stands at the far side of *item* is surely no part of a word, going forward or backward.

        *edge* tells the same of the near side: it shows through what can be empty.
        """
        kind, value = item
        if kind is _TEXT:
            return bool(value.last_is_edge if step > 0 else value.first_is_edge)
        if kind is sre.LITERAL:
            return self._carry_past_list(value, step, edge=edge)
        if kind is sre.SUBPATTERN:
            return self._carry_past(value[-1], step, edge=edge)
        if kind is sre.BRANCH:
            return all(self._carry_past(branch, step, edge=edge) for branch in value[1])
        if kind in _REPEATS:
            return self._carry_past(value[2], step, edge=edge) and (value[0] > 0 or edge)
        return kind is sre.IN and all(
            (part is sre.LITERAL and is_edge(chr(meant))) or (part is sre.CATEGORY and meant is sre.CATEGORY_SPACE)
            for part, meant in value
        )

    def _carry_past(self, items: Any, step: int, *, edge: bool) -> bool:
        for item in items[::step]:
            edge = self._carry_edge(item, step, edge=edge)
        return edge

    def _carry_past_list(self, code: int, step: int, *, edge: bool) -> bool:
        key = code, step, edge, "edge"
        if key not in self._known:
            self._known[key] = all(self._carry_past(branch, step, edge=edge) for branch in self._branches[code])
        return bool(self._known[key])


def _make_text(codes: list[int]) -> Text:
    return Text(
        text="".join(map(_fold, codes)),
        spaces=codes.count(ord(" ")),
        first_is_edge=is_edge(chr(codes[0])),
        last_is_edge=is_edge(chr(codes[-1])),
    )


def _refuse_foreign(items: Any) -> None:
    for kind, value in items:
        if kind in _REFUSED:
            raise ValueError(_REFUSED[kind])
        if kind is sre.SUBPATTERN:
            if value[0] is not None:
                raise ValueError("groups are written (?:...)")
            _refuse_foreign(value[-1])
        elif kind is sre.BRANCH:
            for branch in value[1]:
                _refuse_foreign(branch)
        elif kind in _REPEATS:
            _refuse_foreign(value[2])


def _is_telling(gate: Gate, shortest: int) -> bool:
    return min(len(literal.text) for literal in gate) >= shortest


def _worth(gate: AbstractSet[Literal]) -> float:
    return min(len(literal.text.strip()) for literal in gate) - len(gate) / 12


def _holds_space(parts: Any) -> bool:
    """Return whether the class of *parts* can match a space."""
    negated = parts[0][0] is sre.NEGATE
    held = any(
        (kind is sre.LITERAL and value == ord(" "))
        or (kind is sre.RANGE and value[0] <= ord(" ") <= value[1])
        or (kind is sre.CATEGORY and value is sre.CATEGORY_SPACE)
        or (kind is sre.CATEGORY and not negated and value in (sre.CATEGORY_NOT_WORD, sre.CATEGORY_NOT_DIGIT))
        for kind, value in parts
    )
    return held is not negated


@lru_cache(maxsize=20_000)
def _close(run: frozenset[str], *, begins: bool, ends: bool) -> Gate:
    return frozenset(Literal(text, begins, ends) for text in run)


def _read_class(parts: Any) -> tuple[frozenset[str] | None, list[Gate]]:
    """Return a class of a few characters as strings, one of some more, such as the digits, as a gate."""
    characters: set[str] = set()
    for kind, value in parts:
        if kind is sre.LITERAL:
            characters.add(_fold(value))
        elif kind is sre.RANGE and value[1] - value[0] < _MAX_CLASS:
            characters.update(map(_fold, range(value[0], value[1] + 1)))
        elif kind is sre.CATEGORY and value is sre.CATEGORY_DIGIT:
            characters.update("0123456789")
        else:
            return None, []
    if len(characters) <= 4:
        return frozenset(characters), []
    return None, [_close(frozenset(characters), begins=False, ends=False)] if len(characters) <= _MAX_CLASS else []


@cache
def _fold(code: int) -> str:
    return fold_text(chr(code)).lower()
