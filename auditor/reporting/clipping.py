"""How much a report shows: a page made to flood it stays readable, and the record holds the rest."""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import say, say_number

SHOWN_FINDINGS = 300
SHOWN_QUOTES = 12
SHOWN_QUOTES_IN_ALL = 600
OPEN_QUOTES = 3
"""Further quotations of a finding beyond these are folded away until asked for, or printed."""
SHOWN_ROWS = 60
SHOWN_SIGNS = 12
SHOWN_BASES = 200
SHOWN_BASES_EACH = 12
LONGEST_QUOTE = 1_500
LONGEST_CONTEXT = 240
LONGEST_TITLE = 300


def clip(text: str, longest: int) -> str:
    """Return *text*, or its beginning."""
    return text if len(text) <= longest else text[:longest].rstrip() + "…"


def clip_start(text: str, longest: int) -> str:
    """Return *text*, or its end."""
    return text if len(text) <= longest else "…" + text[-longest:].lstrip()


def clip_middle(text: str, longest: int) -> str:
    """Return *text*, or its beginning and end."""
    return text if len(text) <= longest else f"{text[: longest // 2].rstrip()} […] {text[-(longest // 2) :].lstrip()}"


def cap_rows(rows: list[Any]) -> list[Any]:
    """Return *rows*, or the first of very many with a last one that says how many are left out."""
    left = len(rows) - SHOWN_ROWS
    if left <= 0:
        return rows
    return [*rows[:SHOWN_ROWS], say("%(number)s more in the audit’s record", number=say_number(left))]


def count_left(number: int) -> int:
    """Return how many are left out, of which there are never fewer than none."""
    return max(number, 0)
