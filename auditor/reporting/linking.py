"""Addresses that a reader may follow: only plain web addresses, and those of quotations on the live page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote as quote_url

from auditor.reporting.cleaning import LONGEST, clean_text
from auditor.reporting.clipping import LONGEST_CONTEXT, clip

LONGEST_URL = 2_000
LONGEST_EXACT = 160
"""A longer quotation is found on the live page by its first and last words."""
LONGEST_UNIQUE = 90
"""A shorter quotation may occur twice: the words around it help to find it."""

_SCHOLARLY = (
    ("trial", r"NCT\d{8}", "https://clinicaltrials.gov/study/{}"),
    ("doi", r"10\.\d{4,9}/[^\s<>\"]{1,200}", "https://doi.org/{}"),
    ("pmid", r"\d{1,8}", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    ("pmcid", r"PMC\d{1,9}", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
)
_HTTP = re.compile(r"https?://[^\s/?#\\@]+(?:[/?#]\S*)?", re.IGNORECASE)
_STOPS = re.compile(r"[。，、；：！？,;:!?]")


def link_words(url: str, quote: str, prefix: str = "", suffix: str = "") -> str | None:
    """Return the address of *quote* on the live page at *url*, as a text fragment; ``None`` if it has none."""
    page = link_url(url)
    if page is None or not quote.strip():
        return None
    before, after = "", ""
    # Without spaces, nobody knows where a word around the quotation begins, and a browser finds no half words.
    if len(quote) <= LONGEST_UNIQUE and (" " in quote or quote.isascii()):
        before, after = " ".join(prefix.split()[-3:]), " ".join(suffix.split()[:3])
    first, last = _choose_ends(quote)
    directive = ",".join(
        part
        for part in (
            f"{_encode(before)}-" if before and "…" not in before else "",
            _encode(first),
            _encode(last) if last else "",
            f"-{_encode(after)}" if after and "…" not in after else "",
        )
        if part
    )
    head, _, fragment = page.partition("#")
    address = f"{head}#{fragment.partition(':~:')[0]}:~:text={directive}"
    return address if len(address) < LONGEST else None


def link_url(url: str | None) -> str | None:
    """Return *url* if a reader may follow it: it is http(s) and of a sane length."""
    if url is None or len(url) > LONGEST_URL or not url.isprintable():
        return None
    return url if _HTTP.fullmatch(url) else None


def link_citation(kind: str, identifier: str) -> str | None:
    """Return where a citation of *kind* can be looked up by its *identifier*."""
    for known, pattern, address in _SCHOLARLY:
        if kind == known and re.fullmatch(pattern, identifier):
            return address.format(quote_url(identifier, safe="/.()"))
    return link_url(identifier)


def view_address(url: str) -> dict[str, Any]:
    """Return *url* as text, with a link where a reader may follow it."""
    return {"text": clip(url, LONGEST_CONTEXT * 2), "href": link_url(url)}


def name_source(source: str) -> str:
    """Return *source* as it may be published: of a file its name, not the folders of whoever audited it."""
    if _HTTP.match(source):
        return source
    return re.split(r"[/\\]", source)[-1] or source


def _encode(text: str) -> str:
    # A hyphen, comma or ampersand has a meaning in a text fragment.
    return quote_url(clean_text(text), safe="").replace("-", "%2D")


def _choose_ends(quote: str) -> tuple[str, str]:
    """Return *quote* and nothing, or if it is long its first and last words."""
    if len(quote) <= LONGEST_EXACT:
        return quote, ""
    words = quote.split()
    if len(words) >= 12:
        return " ".join(words[:5]), " ".join(words[-5:])
    # Chinese, Japanese, Thai: only whole clauses are safe ends.
    stops = [found.start() for found in _STOPS.finditer(quote, 4, len(quote) - 4)]
    if len(stops) < 2:
        return quote, ""
    return quote[: stops[0]], quote[stops[-1] + 1 :].strip()
