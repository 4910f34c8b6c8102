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

_Ranges = tuple[tuple[int, int], ...]

# What is no letter, mark, digit, apostrophe or hyphen of any script: the other ASCII and Unicode punctuation.
_NO_WORD: _Ranges = (
    (0x00, 0x26), (0x28, 0x2C), (0x2E, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xA9), (0xAB, 0xB4), (0xB6, 0xB9),
    (0xBB, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7), (0x2000, 0x206F), (0x2190, 0x2BFF), (0x2E00, 0x2E7F), (0x3000, 0x303F),
    (0xFF00, 0xFF0F), (0xFF1A, 0xFF20),
)  # fmt: skip
# What may stand beside a word: punctuation, space, or a script that puts no space there.
_EDGES: _Ranges = (
    (0x00, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xA9), (0xAB, 0xB4), (0xB6, 0xB9), (0xBB, 0xBF), (0xD7, 0xD7),
    (0xF7, 0xF7), (0x2000, 0x206F), (0x2190, 0xA4CF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF), (0x1F000, 0x2FA1F),
)  # fmt: skip


def _write_class(ranges: _Ranges) -> str:
    return "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in ranges)


# What \w means within brackets, what it and \W mean elsewhere, and what parts words. The ASCII ones also know the control
# characters of reduced texts, by the three bits of their numbers less one: edge, word, word within brackets.
_CLASSES = (
    r"\p{L}\p{M}\p{N}'\-",
    f"[^{_write_class(_NO_WORD)}]",
    f"[{_write_class(_NO_WORD)}]",
    f"[{_write_class(_EDGES)}]",
)
_ASCII_CLASSES = (
    r"0-9a-z'\-\x05-\x08", r"[0-9a-z'\-\x03\x04\x07\x08]", r"[^0-9a-z'\-\x03\x04\x07\x08]", r"[^0-9a-z\x01\x03\x05\x07]",
)  # fmt: skip
_LAST_REDUCED = 0x08
_INSIDE_MARK, _WORD_MARK, _OTHER_MARK = "\ue000", "\ue001", "\ue002"
_INSIDE = {r"\w": _INSIDE_MARK, r"\s": " "}
_OUTSIDE = {r"\w": _WORD_MARK, r"\W": _OTHER_MARK, r"\s": " ", r"\S": "[^ ]"}
_ESCAPE_OR_CAPITALS = re.compile(r"\\.|[^\W\d_a-z]+")


class _Folding(dict[int, str]):
    """Character to the one that is seen; all are listed once they are met, for one that is not takes twice the time."""

    def __missing__(self, code: int) -> str:
        """Return the character itself."""
        seen = self[code] = chr(code)
        return seen


_FOLD = _Folding({0x130: "I", 0x131: "i", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}})
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
_MIXED_WORD = re.compile(r"[A-Za-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][A-Za-z]")
_WORDS_OF_LETTERS = r"[A-Za-z\u0370-\u03ff\u0400-\u04ff\u0500-\u052f]+"

_NAME = re.compile(r"\{([a-z][a-z0-9-]*|_[0-9]+)\}")
_GROUPING = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|[)|]")
_MANY = 4
"""Alternatives from which on a group of them is treated as a list."""
_PLAIN = re.compile(r"[^\\.^$*+?{}\[\]|()]*")
_CLASS_PARTS = re.compile(r"\\.|[\[\]]")


def fold_text(text: str) -> str:
    """Return *text* as patterns see it: same length, plain quotes, dashes and spaces, no look-alike letters."""
    if text.isascii():
        return text
    text = text.translate(_FOLD)
    if _MIXED_WORD.search(text):
        return re.sub(_WORDS_OF_LETTERS, _unmask_word, text)
    return text


def _unmask_word(word: re.Match[str]) -> str:
    return word[0].translate(_LOOKALIKES) if any("A" <= letter <= "z" for letter in word[0]) else word[0]


def is_plain(pattern: str) -> bool:
    """Return whether *pattern* is nothing but characters that stand for themselves, as most terms of lists are."""
    return _PLAIN.fullmatch(pattern) is not None


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


def mark_escapes(pattern: str) -> str:
    """Return *pattern* in lower case, with a character of its own for each word escape, which is written out later.

    So most of the work is done once, and not each time that a pattern is compiled for a page.
    """
    lowered = _ESCAPE_OR_CAPITALS.sub(lambda part: part[0] if part[0][0] == "\\" else part[0].lower(), pattern)
    return _CLASS_PARTS.sub(_Marking(), lowered)


def write_expression(marked: str, language: str, *, ascii_only: bool) -> str:
    """Return a *marked* pattern, without names, in RE2's syntax, for text with a space around it; its only group is the hit.

    One for *ascii_only* text compiles and runs in half the time. It serves for reduced text too if it is ASCII itself.
    """
    inside, word, other, edge = _ASCII_CLASSES if ascii_only else _CLASSES
    body = marked.replace(_INSIDE_MARK, inside).replace(_WORD_MARK, word).replace(_OTHER_MARK, other)
    # Two edges are cheaper than what also takes the ends of the text.
    return f"({body})" if language in UNSPACED else f"{edge}({body}){edge}"


def compile_expression(expression: str, *, within_lines: bool = False) -> Any:
    """Return the RE2 program for *expression*, if asked one that matches no line break.

    Raises ValueError with RE2's own words.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_nl = within_lines
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        message = error.args[0] if error.args else "refused"
        raise ValueError(f"RE2 refuses it: {message.decode() if isinstance(message, bytes) else message}") from error


def compile_pattern(pattern: str, language: str, *, ascii_only: bool = False) -> Any:
    """Return the RE2 program for *pattern*, without names, over folded lower-case text with a space around it."""
    return compile_expression(write_expression(mark_escapes(pattern), language, ascii_only=ascii_only))


def open_search(
    program: Any, *, group: int = 1, from_start: bool = False
) -> Callable[[bytes, int], tuple[int, int] | None]:
    """Return what tells where *group* of *program* next stands in bytes, from a place on or right there.

    RE2 itself is asked where its package keeps it at hand: the match made of its answer takes four times as long.
    """
    own = getattr(program, "_regexp", None)
    if own is None:
        search = program.match if from_start else program.search
        return lambda data, position: (found := search(data, position)) and found.span(group)
    find, anchors = own.Match, type(own).Anchor
    anchor = anchors.ANCHOR_START if from_start else anchors.UNANCHORED

    def search_directly(data: bytes, position: int) -> tuple[int, int] | None:
        size = len(data)
        span: tuple[int, int] = find(anchor, data, min(position, size), size)[group]
        return span if span[0] >= 0 else None

    return search_directly


def reduce_text(folded: str) -> str:
    """Return *folded* text with an ASCII control character for every other character, by what classes make of it.

    An expression that is ASCII itself sees no more of them. So one small program serves for a page, whatever names,
    signs and scripts stand among its words.
    """
    return folded if folded.isascii() and folded.isprintable() else folded.translate(_REDUCED)


class _Marking:
    """Replaces word and space escapes by marks; a class because it must know whether it is in brackets."""

    def __init__(self) -> None:
        """Begin outside of brackets."""
        self.in_class = False

    def __call__(self, part: re.Match[str]) -> str:
        """Return what stands for *part*, an escape or a bracket."""
        text = part[0]
        if text in "[]":
            self.in_class = text == "["
            return text
        return (_INSIDE if self.in_class else _OUTSIDE).get(text, text)


class _Reduction(dict[int, str]):
    """Character to the one that stands for it, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        """Return the control character with the same answers: whether it is an edge, a word, a word within brackets."""
        if code < 0x80:
            reduced = 0x1F if code <= _LAST_REDUCED else code
        else:
            from unicodedata import category

            is_word, is_edge = not _holds(_NO_WORD, code), _holds(_EDGES, code)
            reduced = 1 + is_edge + 2 * is_word + 4 * (category(chr(code))[0] in "LMN")
        seen = self[code] = chr(reduced)
        return seen


_REDUCED = _Reduction()


def _holds(ranges: Iterable[tuple[int, int]], code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)
