"""Make text from a page inert: no control character, no change of direction, no endless string."""

from __future__ import annotations

from typing import Any

LONGEST = 4_000
"""No string is shown at greater length."""

_REPLACEMENT = "\ufffd"
_SURROGATES = range(0xD800, 0xE000)
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = (0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x2060, 0x2066), *range(0x206A, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))  # fmt: skip
_SPACES = (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0xA0, 0x2028, 0x2029)

# Joiners (U+200C, U+200D) stay: Persian, Hindi and many others are misspelt without them.
_TABLE: dict[int, str] = (
    dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *_BIDI, *_SURROGATES), _REPLACEMENT)
    | dict.fromkeys(_INVISIBLE, "")
    | dict.fromkeys(_SPACES, " ")
)


def clean_text(text: str, longest: int = LONGEST) -> str:
    """Return *text* on one line, cut at *longest* characters, with what could act made visible or dropped."""
    shown = text if len(text) <= longest else text[:longest].rstrip() + "…"
    return shown if shown.isprintable() else shown.translate(_TABLE)


def clean_value(value: Any) -> Any:
    """Return *value* with every string in it cleaned, in keys too."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_value(key): clean_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_value(item) for item in value]
    return value
