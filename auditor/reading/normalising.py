"""Text as a visitor sees it: one space between words, nothing invisible."""

from __future__ import annotations

import re
from unicodedata import normalize

from auditor.reading.remembering import remember

_CJK = "\u2e80-\u303f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003134f"

# Controls, soft hyphens, zero-width and bidi characters, fillers, variation selectors, tags and non-characters.
_REMOVED = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Strokes, lines and frames laid over letters, which readers look through; one through a sign of mathematics negates it.
_OVERLAID = "[\u0305\u0332\u0333\u0335-\u0337\u033f\u20d0-\u20ea]|(?<![<=>\u2190-\u22ff])\u0338"
# Joiners stay where Arabic, Indic and emoji need them.
_INVISIBLE = f"[{_REMOVED}]|{_OVERLAID}|(?<![\u0600-\u109f\u1780-\u17ff\U0001f000-\U0001faff])[\u200c\u200d]"
# Letters in mathematical, circled and squared dress, which readers take for the plain ones.
_STYLED = "\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f149"
_BLANK = "[\u2800\u3164\uffa0]"
_TURNED = "\u202e([ -~]+)"
# One cheap look for all that the three substitutions below could touch.
_UNCLEAN = re.compile(
    f"[{_REMOVED}{_STYLED}\u2800\u200c\u200d\ud800-\udfff\u0300-\u036f\u20d0-\u20ea\u3099\u309a\u1100-\u11ff]"
)
_SURROGATE = "[\ud800-\udfff]"
_CONTROL = "[\x00-\x08\x0e-\x1b\x7f]"
_WIDE_BREAK = rf"(?<=[{_CJK}])[ \t\r\f\v]*\n\s*(?=[{_CJK}])"
# Short clusters only: normalising a long run of marks takes quadratic time.
_DECOMPOSED = "[^\\s\u0300-\u036f][\u0300-\u036f\u3099\u309a]{1,6}|[\u1100-\u11ff]{2,3}"
_WIDE = f"[{_CJK}]"


def normalise_text(text: str) -> str:
    """Return *text* with white space collapsed and invisible characters removed."""
    if text.isascii():
        text = " ".join(text.split())
        return text if text.isprintable() else re.sub(_CONTROL, "", text)
    if _UNCLEAN.search(text):
        text = re.sub(_TURNED, _turn, re.sub(_BLANK, " ", text))
        text = re.sub(f"[{_STYLED}]", _undress, text)
        text = re.sub(_SURROGATE, "\ufffd", re.sub(_INVISIBLE, "", text))
        text = re.sub(_DECOMPOSED, _compose, text)
    if "\n" in text and not text.isascii() and max(text) >= "\u1100":
        text = re.sub(_WIDE_BREAK, "", text)
    return " ".join(text.split())


recall_normalised = remember(normalise_text)
"""The same for what pages of one site repeat."""


def join_lines(before: str, after: str) -> str:
    """Join two lines of one sentence; Chinese and Japanese put no space between them."""
    if before and after and re.match(_WIDE, before[-1]) and re.match(_WIDE, after[0]):
        return before + after
    return f"{before} {after}"


def _turn(match: re.Match[str]) -> str:
    """Return words in the order in which they show behind a right-to-left override."""
    return match[1][::-1]


def _undress(match: re.Match[str]) -> str:
    """Return the plain letter behind a styled one."""
    return normalize("NFKC", match[0])


def _compose(match: re.Match[str]) -> str:
    """Return the composed form of one letter with its marks."""
    return normalize("NFC", match[0])
