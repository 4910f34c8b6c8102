"""Text as literals see it: *blurred*, with a space for everything that may stand beside a word.

So ``" als "`` is the word "als" and no part of "also", and "evidence-based" and "evidence based" are one literal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.judging.patterns import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def blur_text(folded: str, language: str) -> str:
    """Return *folded* lower-case text as literals see it: a space for all that may stand beside a word, and around it.

    So a place in it is one further on than in *folded*, but in a language without spaces the same.
    """
    return folded if language in UNSPACED else f" {folded.translate(_BLUR)} "


def list_words(blurred: Iterable[str]) -> set[str]:
    """Return the distinct words of *blurred* texts; where words are not spaced, whole runs of them."""
    words: set[str] = set()
    for text in blurred:
        words.update(text.split())
    return words


def list_parts(words: Iterable[str], language: str) -> set[str]:
    """Return the parts of *words*: themselves, their beginnings and ends; characters where words are not spaced."""
    parts: set[str] = {""}
    if language in UNSPACED:
        return parts.union(*words)
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


class _Blur(dict[int, str]):
    """Character to what is seen of it, each looked up in Unicode's tables once; by numbers texts take longer."""

    def __missing__(self, code: int) -> str:
        """Return a space for what ends a word, else the character itself."""
        seen = self[code] = " " if is_edge(chr(code)) else chr(code)
        return seen


_BLUR = _Blur()


def is_edge(character: str) -> bool:
    """Return whether a word may end beside *character*: for all that compiled patterns take for an edge, and more."""
    if character.isascii():
        return not character.isalnum()
    if any(low <= ord(character) <= high for low, high in _UNSPACED_BLOCKS):
        return True
    from unicodedata import category

    return category(character) not in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl"}
