r"""Patterns as rule authors write them, turned into RE2 expressions and the literals that gate them.

RE2 runs in time linear in the text, whatever the pattern (https://swtch.com/~rsc/regexp/regexp1.html). Its ``\b`` and
``\w`` are ASCII, so boundaries and word characters are supplied here as classes that know Unicode. They are written as
negations – everything but spaces and punctuation – because that compiles ten times as fast as ``\p{L}``.
"""

from __future__ import annotations

import re
import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

if sys.version_info >= (3, 11):
    from re import _constants as sre
    from re import _parser as sre_parser
else:
    import sre_constants as sre
    import sre_parse as sre_parser

UNSPACED = frozenset({"zh", "ja", "th"})
"""Languages written without spaces, where a word has no boundary that an expression could see."""

# Letters, marks, digits, apostrophe and hyphen of any script: all but the other ASCII and Unicode punctuation.
_WORD = (
    r"\x00-&(-,./:-@\[-^`{-\x{A9}\x{AB}-\x{B4}\x{B6}-\x{B9}\x{BB}-\x{BF}\x{D7}\x{F7}\x{2000}-\x{206F}"
    r"\x{2190}-\x{2BFF}\x{2E00}-\x{2E7F}\x{3000}-\x{303F}\x{FF00}-\x{FF0F}\x{FF1A}-\x{FF20}"
)
# What may stand beside a word: punctuation, space, or a script that puts no space there.
_EDGE = (
    r"[\x00-/:-@\[-`{-\x{A9}\x{AB}-\x{B4}\x{B6}-\x{B9}\x{BB}-\x{BF}\x{D7}\x{F7}\x{2000}-\x{206F}\x{2190}-\x{A4CF}"
    r"\x{AC00}-\x{D7AF}\x{F900}-\x{FAFF}\x{FE30}-\x{FE4F}\x{FF00}-\x{FFEF}\x{1F000}-\x{2FA1F}]"
)

# The same blocks in numbers: Python takes two milliseconds to compile such a class.
_UNSPACED_BLOCKS = (
    (0x2000, 0x206F),
    (0x2190, 0xA4CF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x1F000, 0x2FA1F),
)
_ASCII_EDGE = "[^0-9a-z]"
_INSIDE = {r"\w": r"\p{L}\p{M}\p{N}'\-", r"\s": " "}
_OUTSIDE = {r"\w": f"[^{_WORD}]", r"\W": f"[{_WORD}]", r"\s": " ", r"\S": "[^ ]"}
_ASCII_INSIDE = {r"\w": r"0-9a-z'\-", r"\s": " "}
_ASCII_OUTSIDE = {r"\w": r"[0-9a-z'\-]", r"\W": r"[^0-9a-z'\-]", r"\s": " ", r"\S": "[^ ]"}
_ESCAPE_OR_CAPITALS = re.compile(r"\\.|[^\W\d_a-z]+")

_FOLD = {0x130: "I", 0x131: "i", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_FOLD.update(
    zip(map(ord, "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡօոսհցⅽⅾⅼⅿⅰⅴⅹ"), "abcdefghijklmnoprstuvwyzagonuhgcdlmivx", strict=True)
)
_FOLD.update({0x17F: "s", 0x212A: "K", 0x212B: "Å"})
_FOLD.update(dict.fromkeys(map(ord, "‘’‚‛ʼʹ′＇`´"), "'"))
_FOLD.update(dict.fromkeys(map(ord, "“”„‟«»″＂"), '"'))
_FOLD.update(dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹣－"), "-"))
_FOLD.update(dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"), " "))
_FOLD.update(dict.fromkeys(range(0x2000, 0x200B), " "))

# Letters that look Latin but are not: a way to hide a claim from every rule (Unicode TR 39, confusables).
_LOOKALIKES = str.maketrans(
    "аеорсухівкмтнАВЕКМНОРСТУХІЅѕԁԛԝαοντιρυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxibkmthABEKMHOPCTYXISsdqwaovtipuABEZHIKMNOPTYX"
)
_MIXED_WORD = re.compile(r"[A-Za-z]+[\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff]+[A-Za-z]")
_WORDS_OF_LETTERS = re.compile(r"[A-Za-z\u0370-\u03ff\u0400-\u04ff\u0500-\u052f]+")

_UNBOUNDED = re.compile(r"(?<!\\)\.[*+]|\.\{\d+,\}")
_REFUSED = {
    sre.AT: r"anchors and \b are not part of the pattern language; word boundaries are supplied",
    sre.ASSERT: "look-around is not part of the pattern language; use 'unless' or 'beside'",
    sre.ASSERT_NOT: "look-around is not part of the pattern language; use 'unless' or 'beside'",
    sre.GROUPREF: "back-references are not part of the pattern language",
    sre.GROUPREF_EXISTS: "back-references are not part of the pattern language",
}
_NAME = re.compile(r"\{([a-z][a-z0-9-]*)\}")
_MAX_GATES = 3
_EVERYWHERE = frozenset(
    [
        "the",
        "and",
        "for",
        "you",
        "our",
        "are",
        "was",
        "were",
        "has",
        "had",
        "have",
        "can",
        "not",
        "all",
        "its",
        "his",
        "her",
        "she",
        "who",
        "may",
        "use",
        "any",
        "one",
        "new",
        "out",
        "but",
        "get",
        "how",
        "now",
        "see",
        "way",
        "per",
        "off",
        "own",
        "too",
        "your",
        "with",
        "that",
        "this",
        "from",
        "will",
        "when",
        "they",
        "them",
        "their",
        "than",
        "then",
        "into",
        "more",
        "most",
        "some",
        "such",
        "what",
        "been",
        "also",
        "only",
        "over",
        "very",
        "just",
        "each",
        "other",
    ]
)
_MAX_PRODUCT = 16
_CLASS_PARTS = re.compile(r"\\.|[\[\]]")


def fold_text(text: str) -> str:
    """Return *text* as patterns see it: same length, plain quotes, dashes and spaces, no look-alike letters."""
    if text.isascii():
        return text
    text = text.translate(_FOLD)
    if _MIXED_WORD.search(text):
        return _WORDS_OF_LETTERS.sub(_unmask_word, text)
    return text


def _unmask_word(word: re.Match[str]) -> str:
    return word[0].translate(_LOOKALIKES) if any("A" <= letter <= "z" for letter in word[0]) else word[0]


def names_in(pattern: str) -> tuple[str, ...]:
    """Return the names of the word lists that *pattern* refers to."""
    return tuple(_NAME.findall(pattern))


def expand_names(pattern: str, lists: Mapping[str, Iterable[str]]) -> str:
    """Return *pattern* with every ``{name}`` replaced by the terms of that list.

    Raises KeyError with the name if there is no such list.
    """
    return _NAME.sub(lambda name: f"(?:{'|'.join(lists[name[1]])})", pattern)


def find_gates(pattern: str, language: str) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the gates of *pattern*, which holds no names any more, and whether its only gate is all that it can hit.

    Each gate lists lower-case literals of which one must occur in a text before the pattern is worth running; the first
    gate is the most telling. Raises ValueError with one sentence for what is no part of the pattern language.
    """
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
    shortest = 2 if language in UNSPACED else 3
    exact, required = _read_sequence(tree)
    if exact is not None and min(map(len, exact)) >= shortest:
        return (tuple(sorted(exact)),), True
    usable = {gate for gate in (*required, exact) if gate and min(map(len, gate)) >= shortest}
    best = sorted(usable, key=lambda gate: (-_worth(gate), sorted(gate)))[:_MAX_GATES]
    # Further gates of "to", "the" and the like are open on every page; beside a long word they keep little out.
    gates = tuple(_drop_longer(gate) for gate in best if gate is best[0] or not _is_open(gate))
    if not gates:
        raise ValueError("no literal of three letters (two in Chinese) that every hit must hold; add one")
    return gates, False


def has_edges(text: str, start: int, end: int) -> bool:
    """Return whether what stands between *start* and *end* of *text* are whole words."""
    return (start == 0 or _is_edge(text[start - 1])) and (end == len(text) or _is_edge(text[end]))


@cache
def _is_edge(character: str) -> bool:
    """Return whether a word may end beside *character*, as the class of edges has it."""
    if character.isascii():
        return not character.isalnum()
    if any(low <= ord(character) <= high for low, high in _UNSPACED_BLOCKS):
        return True
    from unicodedata import category

    return category(character) not in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl"}


def compile_pattern(pattern: str, language: str, *, ascii_only: bool = False) -> Any:
    """Return the RE2 program for *pattern*, without names, over folded lower-case text; its only group is the hit.

    A program for *ascii_only* text compiles and runs in half the time. Raises ValueError with RE2's own words.
    """
    import re2

    lowered = _ESCAPE_OR_CAPITALS.sub(lambda part: part[0] if part[0][0] == "\\" else part[0].lower(), pattern)
    body = _CLASS_PARTS.sub(
        _Translation(_ASCII_INSIDE, _ASCII_OUTSIDE) if ascii_only else _Translation(_INSIDE, _OUTSIDE), lowered
    )
    edge = _ASCII_EDGE if ascii_only else _EDGE
    expression = f"({body})" if language in UNSPACED else f"(?:^|{edge})({body})(?:{edge}|$)"
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        message = error.args[0] if error.args else "refused"
        raise ValueError(f"RE2 refuses it: {message.decode() if isinstance(message, bytes) else message}") from error


class _Translation:
    """Replaces word and space escapes by what they mean here; a class because it must know whether it is in brackets."""

    def __init__(self, inside: dict[str, str], outside: dict[str, str]) -> None:
        """Begin outside of brackets."""
        self.inside = inside
        self.outside = outside
        self.in_class = False

    def __call__(self, part: re.Match[str]) -> str:
        """Return what *part*, an escape or a bracket, is in RE2's syntax."""
        text = part[0]
        if text in "[]":
            self.in_class = text == "["
            return text
        return (self.inside if self.in_class else self.outside).get(text, text)


def _refuse_foreign(items: Any) -> None:
    """Raise ValueError for what the pattern language leaves out."""
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
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            _refuse_foreign(value[2])


# --- gates -------------------------------------------------------------------------------------
# The idea of RE2's own FilteredRE2: for each part of the expression either the exact strings it can be, or sets of
# strings of which one must occur (https://github.com/google/re2/blob/main/re2/prefilter.h).


def _drop_longer(gate: frozenset[str]) -> tuple[str, ...]:
    """Return the literals of *gate* that hold no other one of it: where the shorter is absent, so is the longer."""
    kept: list[str] = []
    for literal in sorted(gate, key=lambda literal: (len(literal), literal)):
        if not any(shorter in literal for shorter in kept):
            kept.append(literal)
    return tuple(kept)


def _worth(gate: frozenset[str]) -> float:
    return _shortest_word(gate) - len(gate) / 12


def _is_open(gate: frozenset[str]) -> bool:
    """Return whether *gate* holds a word that stands in nearly every text."""
    return any(
        len(word) < 2 or (word.isascii() and len(word) < 3) or word in _EVERYWHERE for word in map(str.strip, gate)
    )


def _shortest_word(gate: frozenset[str]) -> int:
    return min(len(literal.strip()) for literal in gate)


def _read_sequence(items: Any) -> tuple[frozenset[str] | None, list[frozenset[str]]]:
    """Return the exact strings *items* can be, if few, and the sets of which one member must occur."""
    required: list[frozenset[str]] = []
    run: frozenset[str] | None = frozenset({""})
    whole = True
    for item in items:
        exact, needs = _read_item(item)
        required.extend(needs)
        if (
            exact is not None
            and run is not None
            and (len(exact) * len(run) <= _MAX_PRODUCT or 1 in (len(exact), len(run)))
        ):
            run = frozenset(left + right for left in run for right in exact)
            continue
        whole = False
        if run:
            required.append(run)
        run = exact if exact is not None else frozenset({""})
    if whole:
        return run, required
    if run:
        required.append(run)
    return None, [gate for gate in required if "" not in gate]


def _read_item(item: Any) -> tuple[frozenset[str] | None, list[frozenset[str]]]:
    kind, value = item
    if kind is sre.LITERAL:
        return frozenset({fold_text(chr(value)).lower()}), []
    if kind is sre.SUBPATTERN:
        return _read_sequence(value[-1])
    if kind is sre.BRANCH:
        return _read_branch(value[1])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, high, body = value
        exact, required = _read_sequence(body)
        if high == 1 and low == 0:
            return (exact | {""} if exact is not None else None), []
        if low == high == 1:
            return exact, required
        if low >= 1:
            return None, [*required, *([exact] if exact else [])]
        return None, []
    if kind is sre.IN and all(part[0] is sre.LITERAL for part in value) and len(value) <= 4:
        return frozenset(fold_text(chr(part[1])).lower() for part in value), []
    return None, []


def _read_branch(branches: Any) -> tuple[frozenset[str] | None, list[frozenset[str]]]:
    """Return the union of what the branches can be; a branch without a telling literal spoils the gate."""
    exacts: list[frozenset[str]] = []
    pooled: set[str] = set()
    all_exact = True
    for branch in branches:
        exact, required = _read_sequence(branch)
        if exact is not None:
            exacts.append(exact)
            pooled |= exact
            continue
        all_exact = False
        best = max((gate for gate in required if gate), key=_worth, default=None)
        if best is None:
            return None, []
        pooled |= best
    if all_exact:
        return frozenset().union(*exacts), []
    return None, [frozenset(pooled)]
