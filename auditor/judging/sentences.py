"""Where sentences begin and end, looked up only around hits."""

from __future__ import annotations

import re

# A terminator with the quotation marks and brackets that close after it. CJK terminators end a sentence by themselves.
_TERMINATOR = r"[.!?…]+[\"'”’»)\]]*(?=\s|[\u2e80-\u9fff\uff00-\uffef]|$)|[。！？｡]+[”’」』）)\"]*|[؟।]+"
# Text without wide characters needs no class of them, which takes Python a millisecond to compile.
_NARROW_TERMINATOR = r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[؟।]+"
_ASCII_TERMINATOR = r"[.!?]+[\"')\]]*(?=\s|$)"
_FIRST_WIDE = "\u2e80"
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Drs?|Mrs?|Ms|Profs?|St|Jr|Sr|vs|cf|al|ca|approx|dept|est|[Ff]igs?|Inc|Ltd|Co|No|[Nn]r|vol|pp?|eds?|e\.g|i\.e|etc|z\.B|d\.h|bzw|usw|Dra?|[A-Z]|[A-Z]\.[A-Z])\.$"
)
_OPENERS = "\"'“‘„«([¿¡•-–"
_LONGEST_PIECE = 4000


def find_sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of *text*, which cover it but for the spaces between them."""
    spans = []
    start = 0
    for mark in re.finditer(_choose_terminator(text), text):
        end = mark.end()
        if not _ends_sentence(text, mark):
            continue
        spans.append((start, end))
        start = end
        while start < len(text) and text[start].isspace():
            start += 1
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _choose_terminator(text: str) -> str:
    if text.isascii():
        return _ASCII_TERMINATOR
    return _NARROW_TERMINATOR if max(text) < _FIRST_WIDE else _TERMINATOR


def split_pieces(text: str) -> list[tuple[int, int]]:
    """Return spans of *text* that end where sentences do and are short enough to be worked on one by one.

    A sentence longer than a piece is cut at a space where there is one: the price of bounded work on hostile text.
    """
    if len(text) <= _LONGEST_PIECE:
        return [(0, len(text))]
    pieces: list[tuple[int, int]] = []
    start = 0
    for low, high in find_sentences(text):
        if high - start <= _LONGEST_PIECE:
            if pieces and pieces[-1][0] == start:
                pieces[-1] = (start, high)
            else:
                pieces.append((start, high))
            continue
        start = low
        while high - start > _LONGEST_PIECE:
            cut = text.rfind(" ", start + _LONGEST_PIECE // 2, start + _LONGEST_PIECE)
            cut = cut if cut > 0 else start + _LONGEST_PIECE
            pieces.append((start, cut))
            start = cut
        pieces.append((start, high))
    return pieces


def _ends_sentence(text: str, mark: re.Match[str]) -> bool:
    if mark[0][0] != "." or mark.end() >= len(text):
        return True
    following = text[mark.end() : mark.end() + 3].lstrip()[:1]
    if following.islower() or following in ",;:":
        return False
    before = text[max(0, mark.start() - 12) : mark.start() + 1]
    return not _ABBREVIATION.search(before) or (following in _OPENERS and following not in "(-–")
