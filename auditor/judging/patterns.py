r"""Patterns as rule authors write them, turned into RE2 expressions.

RE2 runs in time linear in the text, whatever the pattern (https://swtch.com/~rsc/regexp/regexp1.html). Its ``\b`` and
``\w`` are ASCII, so boundaries and word characters are supplied here as classes that know Unicode. They are written as
negations – everything but spaces and punctuation – because that compiles ten times as fast as ``\p{L}``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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

_NAME = re.compile(r"\{([a-z][a-z0-9-]*|_[0-9]+)\}")
_GROUPING = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|[)|]")
_MANY = 4
"""Alternatives from which on a group of them is treated as a list."""
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
    """Return *pattern* with every ``{name}`` replaced by the terms of that list, and so on in these.

    Raises KeyError with the name if there is no such list.
    """
    if "{" not in pattern:
        return pattern
    return _NAME.sub(lambda name: f"(?:{'|'.join(expand_names(term, lists) for term in lists[name[1]])})", pattern)


def name_lists(pattern: str, mark: Callable[[str], str]) -> str:
    """Return *pattern* with what *mark* gives for the name of each list in its place."""
    return _NAME.sub(lambda name: mark(name[1]), pattern)


def lift_alternatives(pattern: str, known: dict[tuple[str, ...], str]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return *pattern* with each group of many alternatives replaced by the name of a list, and these lists.

    So they are treated like the words of a list, of which only those are compiled that a page can hold. A list may name
    others: groups are replaced from the inside. What is *known* already keeps its name.
    """
    lists: dict[str, tuple[str, ...]] = {}
    opened: list[list[str]] = [[""]]
    """For each open group its alternatives so far."""

    def close() -> str:
        terms = tuple(opened.pop())
        if len(terms) < _MANY:
            return "|".join(terms)
        name = known.setdefault(terms, f"_{len(known)}")
        lists[name] = terms
        return f"{{{name}}}"

    position = 0
    for token in _GROUPING.finditer(pattern):
        opened[-1][-1] += pattern[position : token.start()]
        position = token.end()
        if token[0] == "(?:":
            opened.append([""])
        elif token[0] == "|":
            opened[-1].append("")
        elif token[0] == ")" and len(opened) > 1:
            inner = close()
            opened[-1][-1] += f"(?:{inner})"
        else:
            opened[-1][-1] += token[0]
    if len(opened) > 1:  # what is no expression is told of where it is read
        return pattern, {}
    opened[-1][-1] += pattern[position:]
    return close(), lists


def split_alternatives(pattern: str) -> tuple[str, ...]:
    """Return the alternatives of *pattern* outside of groups, one if there are no others."""
    depth, bars = 0, []
    for token in _GROUPING.finditer(pattern):
        depth += (token[0] == "(?:") - (token[0] == ")")
        if token[0] == "|" and not depth:
            bars.append(token.start())
    return tuple(pattern[low + 1 : high] for low, high in pairwise([-1, *bars, len(pattern)]))


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
