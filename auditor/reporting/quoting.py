"""Quotations as a reader meets them: a sentence in its paragraph, the words marked, its place and manner told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.reporting.catalogue import say
from auditor.reporting.clipping import LONGEST_CONTEXT, LONGEST_QUOTE, clip, clip_middle, clip_start
from auditor.reporting.linking import link_words
from auditor.reporting.wording import BLOCKS, LANDMARKS, ROLES, describe_manner, name_language, rank_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

FINDABLE = frozenset(("heading", "paragraph", "list_item", "table_cell", "quote", "caption", "button", "label", "link"))
"""Roles whose words stand on the page itself, so that a browser can find them there."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_MOST_PIECES = 10
_MOST_SPANS = 50


def merge_evidence(finding: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the evidence of *finding* by sentence: one that holds three hits is quoted once."""
    merged: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for item in rank_evidence(finding):
        merged.setdefault((item["passage"]["index"], item["quote"]), []).append(item)
    return list(merged.values())


def view_quote(items: list[dict[str, Any]], record: dict[str, Any], *, marked: bool) -> dict[str, Any]:
    """Return the sentence that holds all *items*, with their words marked if *marked*."""
    first = items[0]
    place = first["passage"]
    findable = place["role"] in FINDABLE and not place["hidden"]
    return {
        "pieces": mark_words(first["quote"], _place_words(items, record) if marked else []),
        "words": clip(first["words"], LONGEST_CONTEXT // 4),
        "prefix": clip_start(first["prefix"], LONGEST_CONTEXT),
        "suffix": clip(first["suffix"], LONGEST_CONTEXT),
        "language": check_language(place["language"]),
        "role": place["role"],
        "place": view_place(place, record["document"]["facts"]),
        "manner": ", ".join(describe_manner(first)),
        "severity": first["severity"],
        "href": link_words(record["page"]["url"] or "", first["quote"], first["prefix"], first["suffix"])
        if findable
        else None,
        "span": (place["index"], first["start"], first["end"]),
        "mark": "",
    }


def view_place(place: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """Return where a passage stands: its role, the headings above it, and what else tells its place."""
    landmark, block = LANDMARKS[place["landmark"]], BLOCKS.get(place["block"] or "", "")
    rest = [say(part) for part in (block, landmark) if part]
    if place["language"] != facts["language"]:
        rest.append(say("in %(language)s", language=name_language(place["language"])))
    if place["hidden"]:
        rest.append(say("not shown at first"))
    # The heading over the whole page says nothing about the place.
    section = [heading for heading in place["section"] if heading not in (facts["title"] or "")]
    return {
        "role": say(ROLES[place["role"]]),
        "section": [clip(heading, LONGEST_CONTEXT) for heading in section[-2:]],
        "rest": rest,
    }


def tell_place(place: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return where a passage stands, in one line of text."""
    seen = view_place(place, facts)
    under = ""
    if seen["section"]:
        headings = " › ".join(say("“%(words)s”", words=heading) for heading in seen["section"])
        under = " " + say("under %(headings)s", headings=headings)
    return ", ".join([seen["role"] + under, *seen["rest"]])


def check_language(language: str) -> str:
    """Return *language* if a page may declare it."""
    return language if _LANGUAGE.fullmatch(language) else ""


def mark_words(quote: str, spans: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return *quote* in pieces, each marked or not, with long stretches between marks left out."""
    pieces: list[dict[str, Any]] = []
    done = 0
    for start, end in spans:
        if start > done:
            pieces.append({"text": quote[done:start], "marked": False})
        if end > done:
            pieces.append({"text": quote[max(start, done) : end], "marked": True})
            done = end
    if done < len(quote):
        pieces.append({"text": quote[done:], "marked": False})
    if len(quote) <= LONGEST_QUOTE:
        return pieces
    room = LONGEST_QUOTE // min(len(pieces), _MOST_PIECES)
    return [{"text": clip_middle(piece["text"], room), "marked": piece["marked"]} for piece in pieces[:_MOST_PIECES]]


def _place_words(items: list[dict[str, Any]], record: dict[str, Any]) -> list[tuple[int, int]]:
    """Return where in their quotation the words of *items* stand."""
    first = items[0]
    passages, index, quote = record["document"]["passages"], first["passage"]["index"], first["quote"]
    text = passages[index]["text"] if index < len(passages) else ""
    spans = []
    for item in items[:_MOST_SPANS]:
        # The same sentence may stand twice in a passage: take the one around the words.
        origin = text.find(quote, max(item["end"] - len(quote), 0), item["start"] + len(quote))
        start = item["start"] - origin
        if origin < 0 or quote[start : start + len(item["words"])] != item["words"]:
            start = quote.find(item["words"])
        if start >= 0:
            spans.append((start, start + len(item["words"])))
    return sorted(spans)
