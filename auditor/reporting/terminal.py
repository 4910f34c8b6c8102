"""The audit on a terminal: short, coloured where that is wanted, with nothing from the page that could act."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

from auditor.reporting.catalogue import say, say_many, say_number, speak
from auditor.reporting.cleaning import clean_text
from auditor.reporting.sentences import describe_note, describe_spared, say_sentence
from auditor.reporting.structures import describe_structure
from auditor.reporting.wording import (
    CLOSING,
    NOTHING_FOUND,
    NOTHING_LISTED,
    NOTHING_MEANS,
    SEVERITIES,
    SEVERITY_NAMES,
    count_flags,
    count_severities,
    count_severity,
    count_strengths,
    describe_grade,
    describe_manner,
    describe_nothing,
    describe_support_shortly,
    describe_unassessed,
    describe_unlisted,
    rank_evidence,
    rank_findings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN_FINDINGS = 20
SHOWN_LINES = 3
NARROWEST, WIDEST = 40, 100

SYMBOLS = {"critical": "■", "high": "▲", "medium": "◆", "low": "●"}
STRENGTH = "+"

_COLOURS = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "strength": "32", "bold": "1", "faint": "2"}

# Blocks whose characters may stand on either side of a line break; anything else breaks at a space.
_WIDE = ((0x1100, 0x11FF), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF00, 0xFFEF))
_FIRST_WIDE = _WIDE[0][0]


def render_summary(record: dict[str, Any], *, color: bool, width: int, locale: str = "en") -> str:
    """Return the short form of *record* for a terminal of *width* columns, ending in a line break."""
    with speak(locale):
        return _draw_summary(record, color=color, width=width)


def _draw_summary(record: dict[str, Any], *, color: bool, width: int) -> str:
    lines = Lines(color=color, width=min(max(width, NARROWEST), WIDEST))
    _add_head(lines, record)
    _add_findings(lines, record)
    _add_strengths(lines, record)
    lines.add("")
    lines.add(say(CLOSING), "faint")
    return "\n".join(lines.done) + "\n"


class Lines:
    """Lines under way, wrapped to one width and painted or not."""

    def __init__(self, *, color: bool, width: int) -> None:
        self.color = color
        self.width = width
        self.done: list[str] = []

    def add(self, text: str, paint: str = "", *, indent: int = 0, most: int = 0) -> None:
        """Add *text*, cleaned and wrapped, on at most *most* lines if that is not 0."""
        wrapped = wrap_text(clean_text(text), self.width - indent, most or None) or [""]
        self.done.extend(" " * indent + self.paint(line, paint) for line in wrapped)

    def paint(self, text: str, paint: str) -> str:
        """Return *text* in the colour *paint*, where colour is wanted."""
        return f"\033[{_COLOURS[paint]}m{text}\033[0m" if self.color and paint and text else text


def _add_head(lines: Lines, record: dict[str, Any]) -> None:
    page, facts = record["page"], record["document"]["facts"]
    address = page["url"] or page["source"]
    lines.add(facts["title"] or address, "bold", most=2)
    if facts["title"]:
        lines.add(address, "faint", most=2)
    lines.add("")
    if record["score"] is None:
        lines.add(describe_unassessed(record), "bold")
        lines.add(say_sentence(record["meaning"]), indent=2)
    else:
        grade = describe_grade(record["grade"])
        lines.add(
            " – ".join(part for part in (say("Score %(score)s of 100", score=record["score"]), grade) if part), "bold"
        )
        lines.add(say_sentence(record["meaning"]), indent=2)
    if spared := describe_spared(record):
        lines.add(spared, indent=2)


def _add_findings(lines: Lines, record: dict[str, Any]) -> None:
    findings = rank_findings(record)
    lines.add("")
    unlisted = describe_unlisted(record)
    if not findings:
        lines.add(describe_nothing(record, NOTHING_LISTED if unlisted else NOTHING_FOUND), "bold")
        if unlisted:
            lines.add(unlisted, indent=2)
        elif record["score"] is not None:
            lines.add(say(NOTHING_MEANS), indent=2)
        return
    counts = count_severities(record)
    tally = ", ".join(count_severity(counts[severity], severity) for severity in SEVERITIES if counts[severity])
    lines.add(f"{count_flags(len(findings))}: {tally}", "bold")
    if unlisted:
        lines.add(unlisted, indent=2)
    for finding in findings[:SHOWN_FINDINGS]:
        lines.add("")
        _add_finding(lines, finding, finding["severity"], record)
    if len(findings) > SHOWN_FINDINGS:
        lines.add("")
        lines.add(_count_more(len(findings)))


def _add_finding(lines: Lines, finding: dict[str, Any], paint: str, record: dict[str, Any]) -> None:
    rule = finding["rule"]
    mark = STRENGTH if paint == "strength" else f"{SYMBOLS[paint]} {say(SEVERITY_NAMES[paint]).upper()}"
    hang = len(mark) + 2
    first, *rest = wrap_text(clean_text(rule["title"]), lines.width - hang) or [""]
    lines.done.append(f"{lines.paint(mark, paint)}  {lines.paint(first, 'bold')}")
    lines.done.extend(" " * hang + lines.paint(line, "bold") for line in rest)
    lines.add(rule["id"], "faint", indent=2, most=1)
    if described := describe_structure(finding, record["document"]):
        lines.add(described, indent=4, most=SHOWN_LINES)
    elif finding["evidence"]:
        _add_quotation(lines, finding, paint)
    else:
        lines.add(describe_note(finding), indent=4, most=SHOWN_LINES)
    support = describe_support_shortly(finding)
    if support and paint != "strength":
        lines.add(say("Would support it: %(support)s.", support=support), indent=4)


def _add_quotation(lines: Lines, finding: dict[str, Any], paint: str) -> None:
    evidence = rank_evidence(finding)[0]
    quote, words = clean_text(evidence["quote"]), clean_text(evidence["words"])
    room = lines.width - 6
    for line in wrap_text(_focus_quote(quote, words, room * SHOWN_LINES), room, SHOWN_LINES):
        lines.done.append("    " + lines.paint("│", paint) + " " + line)
    others = len({(item["passage"]["index"], item["quote"]) for item in finding["evidence"]}) - 1
    more = [_count_quotations(others)] if others else []
    place = [say("the page’s title")] if evidence["passage"]["role"] == "title" else []
    if said := "; ".join([*place, *describe_manner(evidence), *more]):
        lines.add(f"({said})", "faint", indent=6)


def _add_strengths(lines: Lines, record: dict[str, Any]) -> None:
    strengths = record["strengths"]
    if not strengths:
        return
    lines.add("")
    lines.add(count_strengths(len(strengths)), "bold")
    for strength in strengths[:SHOWN_FINDINGS]:
        lines.add("")
        _add_finding(lines, strength, "strength", record)
    if len(strengths) > SHOWN_FINDINGS:
        lines.add(_count_more(len(strengths)))


def _count_more(found: int) -> str:
    return say("… and %(number)s more in the report.", number=say_number(found - SHOWN_FINDINGS))


def _count_quotations(number: int) -> str:
    return say_many(
        "and %(number)s more quotation in the report", "and %(number)s more quotations in the report", number
    )


def _focus_quote(quote: str, words: str, room: int) -> str:
    """Return *quote*, or if it is longer than *room* the part of it that holds *words*."""
    start = quote.find(words)
    if len(quote) <= room or start + len(words) < room * 3 // 4:
        return quote
    first = quote.rfind(" ", 0, max(start - room // 4, 1)) + 1 or max(start - room // 4, 0)
    return "… " + quote[first:]


def wrap_text(text: str, width: int, most: int | None = None) -> list[str]:
    """Return *text* in lines of at most *width* columns; what does not fit in *most* lines ends in "…"."""
    lines: list[str] = []
    line, used = "", 0
    for unit in _split_units(text, width):
        taken = _measure(unit)
        if used + taken > width and line:
            lines.append(line.rstrip())
            if most and len(lines) > most:
                break
            line, used = "", 0
        if unit.isspace() and not line:
            continue
        line, used = line + unit, used + taken
    if line.strip():
        lines.append(line.rstrip())
    if most and len(lines) > most:
        return [*lines[: most - 1], _shorten(lines[most - 1], width)]
    return lines


def _split_units(text: str, width: int) -> Iterator[str]:
    """Yield what may stand on a line of its own, none of it wider than *width*."""
    for found in re.finditer(r"\S+|\s+", text):
        unit = " " if found[0].isspace() else found[0]
        if unit.isascii():
            yield from (unit[start : start + width] for start in range(0, len(unit), width))
            continue
        step = max(width // 2, 1)
        for breaks, run in groupby(unit, _breaks_anywhere):
            part = "".join(run)
            size = 1 if breaks else step if not part.isascii() else width
            yield from (part[start : start + size] for start in range(0, len(part), size))


def _breaks_anywhere(character: str) -> bool:
    """Return whether a line may break beside *character*: of wide ones. As an expression that takes 3 ms to compile."""
    code = ord(character)
    return code >= _FIRST_WIDE and any(low <= code <= high for low, high in _WIDE)


def _shorten(line: str, width: int) -> str:
    while line and _measure(line) >= width:
        line = line[:-1]
    return line.rstrip() + "…"


def _measure(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
