"""Where a saved page says that it came from, for pages that were kept without a record of their capture."""

from __future__ import annotations

import re
from html import unescape

from auditor.scanning.addresses import normalize_address

_HEAD = 65_536
"""Bytes in which a page says it."""
# What browsers and programs that save pages write into them.
_SAVED = re.compile(
    r"<!--\s*saved from url=\(\d+\)(?P<browser>\S+)"
    r"|<!--\s*Page saved with SingleFile\s+url:\s*(?P<single>\S+)"
    r"|<!--\s*Mirrored from (?P<mirror>\S+) by HTTrack",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?:link|meta)\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![a-z:-])([a-z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BODY = re.compile(r"<body\b", re.IGNORECASE)


def find_origin(body: bytes) -> str | None:
    """Return the address that a saved page gives as its own, None if it gives none.

    What saved it is believed first, then its canonical link, then what it tells social networks (og:url).
    """
    head = body[:_HEAD].decode("latin-1")
    if saved := _SAVED.search(head):
        address = saved["browser"] or saved["single"] or f"http://{saved['mirror']}"
        if found := normalize_address(address):
            return found
    head = _BODY.split(head, maxsplit=1)[0]
    told: dict[str, str] = {}
    for tag in _TAG.findall(head):
        values = {name.lower(): unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(tag)}
        if "canonical" in values.get("rel", "").lower().split():
            told.setdefault("canonical", values.get("href", ""))
        elif values.get("property", values.get("name", "")).lower() == "og:url":
            told.setdefault("shared", values.get("content", ""))
    return normalize_address(told.get("canonical", "")) or normalize_address(told.get("shared", ""))
