"""Sitemaps (https://www.sitemaps.org/protocol.html), read in time linear in their length whatever a site puts into them."""

from __future__ import annotations

import re
import zlib
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

from auditor.sources.sniffing import detect_charset

# Each piece ends at the first place where it can end: what may end in several is tried in all of them, for ever.
_SITEMAP = re.compile(
    r"\s*(?:<(?:\?[^>]*>|!--(?:[^-]|-(?!->))*-->|!doctype[^<>]*>)\s*)*<(?:\w+:)?(?:urlset|sitemapindex)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)(?:\w+:)?(url|sitemap|loc|lastmod)\b[^<>]*>", re.IGNORECASE)
_VALUE = re.compile(r"\s*<!\[CDATA\[([^\]<]*)\]\]>|[^<]*", re.IGNORECASE)
_ADDRESS = re.compile(r"/[^/]+\.xml(?:\.gz)?\Z|/[^/]*sitemap[^/]*\.gz\Z", re.IGNORECASE)
_PACKED = b"\x1f\x8b"


class Located(NamedTuple):
    """One entry of a sitemap."""

    url: str
    changed: str | None
    is_sitemap: bool
    """Whether it leads to another sitemap."""
    line: int
    """Where it ends."""


def is_sitemap(text: str) -> bool:
    """Tell whether *text* is a sitemap or an index of sitemaps."""
    return bool(_SITEMAP.match(text))


def is_sitemap_address(url: str) -> bool:
    """Tell whether a sitemap is what is usually found at *url*."""
    return bool(_ADDRESS.search(urlsplit(url).path))


def read_sitemap(text: str) -> list[Located]:
    """Return the entries of a sitemap, or of an index of sitemaps, in its order; what is damaged is passed over."""
    found = []
    kind, told = "", dict[str, str]()
    line, counted = 1, 0
    for tag in _TAG.finditer(text):
        is_end, name = bool(tag[1]), tag[2].lower()
        if name in ("url", "sitemap"):
            if is_end and name == kind and told.get("loc"):
                line, counted = line + text.count("\n", counted, tag.start()), tag.start()
                found.append(Located(told["loc"], told.get("lastmod") or None, kind == "sitemap", line))
            kind, told = "" if is_end else name, {}
        elif kind and not is_end:
            told.setdefault(name, _read_value(text, tag.end()))
    return found


def unpack_text(content: bytes, *, most: int = 0) -> str:
    """Return what *content* says, in whatever encoding it is, unpacked if it is packed with gzip; nothing if it is damaged.

    Of what is packed only the first *most* bytes are read, if that is not 0.
    """
    if content.startswith(_PACKED):
        try:
            content = zlib.decompressobj(31).decompress(content, most)
        except zlib.error:
            return ""
    return content.decode(detect_charset(content, declared=None), errors="replace").removeprefix("\ufeff")


def _read_value(text: str, start: int) -> str:
    value = _VALUE.match(text, start)
    assert value
    return unescape(value[1] if value[1] is not None else value[0]).strip()
