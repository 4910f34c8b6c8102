r"""What a text must hold before a pattern can hit it: literals, in order, near each other.

The idea is that of RE2's own FilteredRE2 – for each part of an expression either the exact strings it can be, or sets
of strings of which one must occur (https://github.com/google/re2/blob/main/re2/prefilter.h) – with three things added
that keep most patterns from being compiled for nothing: literals know where words begin and end, they must stand in
their order, and no further apart than the pattern reaches.

Literals are compared with *blurred* text, in which everything that may stand beside a word is a space. So ``" als "``
is the word "als" and no part of "also", and "evidence-based" and "evidence based" are one literal.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.patterns import UNSPACED, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable
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

# Blocks whose characters end a Latin word, in numbers: Python takes two milliseconds to compile such a class.
_UNSPACED_BLOCKS = (
    (0x2000, 0x206F),
    (0x2190, 0xA4CF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x1F000, 0x2FA1F),
)


class Literal(NamedTuple):
    """Characters that a hit holds, and whether a word surely begins and ends with them."""

    text: str
    begins: bool
    ends: bool


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


def find_ways(pattern: str, language: str) -> tuple[tuple[Way, ...], frozenset[str]]:
    """Return the ways in which *pattern*, which holds no names any more, can hit, and all it can hit if that is a list.

    Raises ValueError with one sentence for what is no part of the pattern language.
    """
    tree = _parse(pattern)
    shortest = 2 if language in UNSPACED else 3
    exact, _ = _read_sequence(tree, before=True, after=True)
    if exact is not None and min(map(len, exact)) >= shortest:
        literals = tuple(sorted({blur_text(text, language) for text in exact}))
        return (Way((literals,), 0, max(text.count(" ") for text in exact)),), exact
    for branches in (_list_branches(tree), [tree]):
        chains = [_read_chain(items) for items in branches]
        if all(any(_is_telling(gate, shortest) for gate in chain) for chain in chains):
            return tuple(
                _build_way(chain, items, language) for chain, items in zip(chains, branches, strict=True)
            ), frozenset()
    raise ValueError("no literal of three letters (two in Chinese) that every hit must hold; add one")


def blur_text(folded: str, language: str) -> str:
    """Return *folded* lower-case text as literals see it: a space for all that may stand beside a word, and around it.

    So a place in it is one further on than in *folded*, but in a language without spaces the same.
    """
    return folded if language in UNSPACED else f" {folded.translate(_BLUR)} "


def list_parts(blurred: Iterable[str], language: str) -> set[str]:
    """Return the parts of *blurred* texts: words with their beginnings and ends, or characters where words are not spaced."""
    parts: set[str] = {""}
    if language in UNSPACED:
        return parts.union(*blurred)
    words: set[str] = set()
    for text in blurred:
        words.update(text.split())
    return parts.union(words, (f" {word[:3]}" for word in words), (f"{word[-3:]} " for word in words))


def find_part(literal: str, language: str) -> str:
    """Return the part of *literal* that tells most, which a text that holds *literal* has among its own."""
    if language in UNSPACED:
        return max(literal)
    first, *between, last = literal.split(" ") if " " in literal else (literal, "")
    if whole := max(between, key=len, default=""):
        return whole
    if " " in literal and len(last) >= 3:
        return f" {last[:3]}"
    return f"{first[-3:]} " if " " in literal and len(first) >= 3 else ""


class _Blur(dict[int, "int | str"]):
    """Character to what is seen of it, each looked up in Unicode's tables once."""

    def __missing__(self, code: int) -> int | str:
        """Return a space for what ends a word, else the character itself."""
        seen = self[code] = " " if _is_edge(chr(code)) else code
        return seen


_BLUR = _Blur()


def _is_edge(character: str) -> bool:
    """Return whether a word may end beside *character*: for all that compiled patterns take for an edge, and more."""
    if character.isascii():
        return not character.isalnum()
    if any(low <= ord(character) <= high for low, high in _UNSPACED_BLOCKS):
        return True
    from unicodedata import category

    return category(character) not in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl"}


# --- what is refused ---------------------------------------------------------------------------


def _parse(pattern: str) -> Any:
    """Return the syntax tree of *pattern*, or raise ValueError for what the pattern language leaves out."""
    if _UNBOUNDED.search(pattern):
        raise ValueError("an unbounded gap; write (?:\\w+ ){0,4} or [^.!?;]{0,40}")
    if "  " in pattern:
        raise ValueError("two spaces; the text has single ones")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            tree = sre_parser.parse(pattern, re.IGNORECASE)
        _refuse_foreign(tree)
    except (re.error, RecursionError, OverflowError, FutureWarning) as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return tree


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


# --- ways --------------------------------------------------------------------------------------


def _list_branches(items: Any, most: int = _MAX_WAYS) -> list[Any]:
    """Return *items* once for each of its alternatives that are more than lists of words, of these at *most* so many."""
    for number, (kind, value) in enumerate(items):
        inner = list(value[-1]) if kind is sre.SUBPATTERN else [(kind, value)]
        if len(inner) != 1 or inner[0][0] is not sre.BRANCH:
            continue
        branches = inner[0][1][1]
        if len(branches) <= most and _read_item(inner[0], before=False, after=False)[0] is None:
            head, tail = list(items[:number]), list(items[number + 1 :])
            share = most // len(branches)
            return [way for branch in branches for way in _list_branches([*head, *branch, *tail], share)]
    return [items]


def _read_chain(items: Any) -> list[Gate]:
    """Return the gates that stand in the way of *items*, in their order."""
    exact, required = _read_sequence(items, before=True, after=True)
    return required if exact is None else [_close(exact, begins=True, ends=True)]


def _build_way(chain: list[Gate], items: Any, language: str) -> Way:
    gates = tuple(_drop_longer({_write(literal, language) for literal in gate}) for gate in chain)
    return Way(gates, max(range(len(chain)), key=lambda number: _worth(chain[number])), _count_spaces(items))


def _write(literal: Literal, language: str) -> str:
    """Return *literal* as it stands in blurred text."""
    if language in UNSPACED:
        return literal.text
    text = literal.text.translate(_BLUR)
    begins = " " if literal.begins and not text.startswith(" ") else ""
    ends = " " if literal.ends and not text.endswith(" ") else ""
    return f"{begins}{text}{ends}"


def _drop_longer(literals: set[str]) -> tuple[str, ...]:
    """Return those of *literals* that hold no other one: where the shorter is absent, so is the longer."""
    kept: list[str] = []
    for literal in sorted(literals, key=lambda literal: (len(literal), literal)):
        if not any(shorter in literal for shorter in kept):
            kept.append(literal)
    return tuple(kept)


def _is_telling(gate: Gate, shortest: int) -> bool:
    return min(len(literal.text) for literal in gate) >= shortest


def _worth(gate: AbstractSet[Literal]) -> float:
    return min(len(literal.text.strip()) for literal in gate) - len(gate) / 12


def _count_spaces(items: Any) -> int:
    """Return how many spaces *items* can match; whatever repeats without end does so more often than a text is long."""
    count = 0
    for kind, value in items:
        if kind is sre.SUBPATTERN:
            count += _count_spaces(value[-1])
        elif kind is sre.BRANCH:
            count += max(map(_count_spaces, value[1]))
        elif kind in _REPEATS:
            count += _count_spaces(value[2]) * int(value[1])
        elif kind is sre.LITERAL:
            count += value == ord(" ")
        elif kind is sre.NOT_LITERAL:
            count += value != ord(" ")
        elif kind is sre.IN:
            count += _holds_space(value)
        else:
            count += 1 if kind is sre.ANY else int(sre.MAXREPEAT)
    return count


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


# --- what each part can be ---------------------------------------------------------------------
# *before* and *after* tell whether what stands there is surely no part of a word.


def _read_sequence(items: Any, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
    """Return the exact strings *items* can be, if few, and the gates in their order."""
    items = list(items)
    ahead = [after]
    for item in reversed(items):
        ahead.append(_carry_edge([item], -1, edge=ahead[-1]))
    ahead.reverse()
    required: list[Gate] = []
    run: frozenset[str] = frozenset({""})
    begins = edge = before
    whole = True
    for number, item in enumerate(items):
        exact, needs = _read_item(item, before=edge, after=ahead[number + 1])
        past = _carry_edge([item], 1, edge=edge)
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


def _close(run: frozenset[str], *, begins: bool, ends: bool) -> Gate:
    return frozenset(Literal(text, begins, ends) for text in run)


def _read_item(item: Any, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
    kind, value = item
    if kind is sre.LITERAL:
        return frozenset({_fold(value)}), []
    if kind is sre.SUBPATTERN:
        return _read_sequence(value[-1], before=before, after=after)
    if kind is sre.BRANCH:
        return _read_branch(value[1], before=before, after=after)
    if kind in _REPEATS:
        low, high, body = value
        once = high == 1
        exact, required = _read_sequence(body, before=before and once, after=after and once)
        if low == 0:
            return (exact | {""} if once and exact is not None else None), []
        if once:
            return exact, required
        return None, required if exact is None else [_close(exact, begins=False, ends=False)]
    if kind is sre.IN:
        return _read_class(value)
    return None, []


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


def _read_branch(branches: Any, *, before: bool, after: bool) -> tuple[frozenset[str] | None, list[Gate]]:
    """Return the union of what the branches can be; a branch without a telling literal spoils the gate."""
    exacts: set[str] = set()
    pooled: set[Literal] = set()
    all_exact = True
    for branch in branches:
        exact, required = _read_sequence(branch, before=before, after=after)
        if exact is not None:
            exacts |= exact
            pooled |= _close(exact, begins=before, ends=after)
            continue
        all_exact = False
        if not required:
            return None, []
        pooled |= max(required, key=_worth)
    return (frozenset(exacts), []) if all_exact else (None, [frozenset(pooled)])


def _carry_edge(items: Any, step: int, *, edge: bool) -> bool:
    """Return whether what stands at the far side of *items* is surely no part of a word, going forward or backward.

    *edge* tells the same of the near side: it shows through what can be empty.
    """
    for kind, value in list(items)[::step]:
        if kind is sre.SUBPATTERN:
            edge = _carry_edge(value[-1], step, edge=edge)
        elif kind is sre.BRANCH:
            edge = all(_carry_edge(branch, step, edge=edge) for branch in value[1])
        elif kind in _REPEATS:
            edge = _carry_edge(value[2], step, edge=edge) and (value[0] > 0 or edge)
        elif kind is sre.LITERAL:
            edge = _is_edge(chr(value))
        else:
            edge = kind is sre.IN and all(
                (part is sre.LITERAL and _is_edge(chr(meant))) or (part is sre.CATEGORY and meant is sre.CATEGORY_SPACE)
                for part, meant in value
            )
    return edge


def _fold(code: int) -> str:
    return fold_text(chr(code)).lower()
