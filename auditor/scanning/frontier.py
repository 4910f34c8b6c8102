"""Where a crawl goes next: the pages that carry claims first, each once, and not into what never ends. Pure."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from auditor.scanning.addresses import name_site, normalize_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_KNOWN = 2000
"""Pages that are remembered of one site."""
MOST_VARIANTS = 5
"""Queries that are followed for one path."""
MOST_SEGMENTS = 10
START, OTHER = 0, 60

# What a path or the words of a link say that a page is about, the most telling first.
_KINDS: tuple[tuple[int, str], ...] = (
    (10, r"treat|therap|procedure|service|program|exosome|stem.?cell|regenerat|infusion|injection|prp\b|behandlung|tratamiento|治疗|療法|疗法"),
    (11, r"condition|disease|disorder|indication|arthrit|diabet|autism|parkinson|sclero|lupus|erkrankung|krankheit|enfermedad|疾病|病症"),
    (12, r"pric|cost|fee\b|fees|financ|package|payment|preis|kosten|precio|价格|费用"),
    (13, r"testimonial|review|stor(?:y|ies)|success|patient.?experience|before.?after|erfahrung|bewertung|案例|见证"),
    (14, r"research|science|scientific|stud(?:y|ies)|trial|evidence|publication|outcome|result|forschung|studie|研究|临床"),
    (15, r"faq|question|frage|how.?it.?works|问答|常见问题"),
    (16, r"about|team|doctor|physician|staff|who.?we|über|ueber|unternehmen|关于|医生"),
    (17, r"risk|safety|side.?effect|disclaim|imprint|impressum|legal|terms|privacy|datenschutz|contact|kontakt|联系"),
    (70, r"blog|news|article|press|event|aktuell|新闻"),
    (90, r"login|log-in|signin|sign-in|register|account|cart|checkout|basket|wishlist|search|feed|print\b|share"),
)  # fmt: skip
_RANKS = tuple((rank, re.compile(pattern, re.IGNORECASE)) for rank, pattern in _KINDS)
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|mov|avi|webm|ogg|wav|zip|gz|rar|7z|exe|dmg|apk|css|js|mjs"
    r"|json|xml|rss|atom|woff2?|ttf|eot|ics|vcf|docx?|xlsx?|pptx?|csv)\Z",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"(?:/(?:19|20)\d\d[/-][01]?\d(?:[/-][0-3]?\d)?(?:/|\Z).*(?:calendar|event|archive|day|week|month))"
    r"|(?:calendar|events?|archive)s?/.*(?:19|20)\d\d|[?&](?:date|day|month|year|week|tribe-bar-date|ical|eventdisplay)=",
    re.IGNORECASE,
)
_FACETS = frozenset({
    "sort", "order", "orderby", "filter", "filters", "view", "display", "limit", "per_page", "perpage", "color", "size", "min_price",
    "max_price", "price", "brand", "tag", "facet", "add-to-cart", "replytocom", "share", "print", "format", "amp", "lightbox",
})  # fmt: skip
_MOST_PARAMETERS = 3


def rank_page(url: str, words: str = "") -> int:
    """Return when the page at *url* is worth reading, low numbers first, by its path and the *words* that link to it."""
    path = unquote(urlsplit(url).path)
    if path in ("", "/"):
        return START
    found = [rank for rank, pattern in _RANKS if pattern.search(path)]
    if not found and words:
        found = [rank for rank, pattern in _RANKS if pattern.search(words[:200])]
    # A page under /blog/ about a treatment is a page of the blog.
    return max(found) if found and max(found) > OTHER else min(found, default=OTHER)


def find_trap(url: str) -> str | None:
    """Return why the page at *url* is not worth fetching whatever it holds: no page, or one of an endless row."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if _FILES.search(parts.path):
        return "it is a file and no page"
    if len(segments) > MOST_SEGMENTS or any(count > 2 for count in Counter(segments).values()):
        return "its path is deeper than people make them"
    if _CALENDAR.search(url):
        return "it is a sheet of a calendar"
    names = [name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if len(names) > _MOST_PARAMETERS or any(name.partition("[")[0] in _FACETS for name in names):
        return "it is one of many views of a list"
    return None


@dataclass(slots=True, kw_only=True)
class Known:
    """One address that a crawl has met."""

    number: int
    url: str
    rank: int
    depth: int
    reason: str | None = None
    """Why it is not fetched."""


@dataclass(slots=True)
class Frontier:
    """The addresses of one site: those met, and the order in which they are fetched.

    A class because every address that is met is weighed against all that were met before.
    """

    hosts: set[str]
    folder: str
    depth: int
    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    known: dict[str, Known] = field(default_factory=dict)
    _queue: list[tuple[int, int, str]] = field(default_factory=list)
    _variants: Counter[str] = field(default_factory=Counter)

    def add(self, links: Iterable[tuple[str, str]], *, depth: int, rank: int | None = None) -> Iterator[Known]:
        """Yield each address among *links* that is new, with its place in the queue or why it has none."""
        for address, words in links:
            if len(self.known) >= MOST_KNOWN:
                return
            url = normalize_address(address)
            if url is None or url in self.known or not self.holds(url):
                continue
            yield self.restore(
                len(self.known) + 1,
                url,
                rank=rank_page(url, words) if rank is None else rank,
                depth=depth,
                reason=None if rank == START else self._find_reason(url, depth),
            )

    def restore(self, number: int, url: str, *, rank: int, depth: int, reason: str | None) -> Known:
        """Put an address into its place, now or when a run is taken up again."""
        known = self.known[url] = Known(number=number, url=url, rank=rank, depth=depth, reason=reason)
        self._variants[urlsplit(url).path] += 1
        if reason is None:
            heapq.heappush(self._queue, (rank, number, url))
        return known

    def take(self) -> Known | None:
        """Return the address to fetch next, None if there is none left."""
        return self.known[heapq.heappop(self._queue)[2]] if self._queue else None

    def drop(self, url: str) -> Known | None:
        """Take the address *url* out of the queue, if it is there, because its page is known under another."""
        for place, (_, _, queued) in enumerate(self._queue):
            if queued == url:
                del self._queue[place]
                heapq.heapify(self._queue)
                return self.known[url]
        return None

    def holds(self, url: str) -> bool:
        """Tell whether *url* belongs to the site."""
        return name_site(url) in self.hosts and urlsplit(url).path.startswith(self.folder)

    @property
    def waiting(self) -> list[Known]:
        """The addresses that have not been fetched, in their order."""
        return [self.known[url] for _, _, url in sorted(self._queue)]

    def _find_reason(self, url: str, depth: int) -> str | None:
        if depth > self.depth:
            return f"it is more than {self.depth} links away from the start (--depth)"
        if self.include and not any(pattern.search(url) for pattern in self.include):
            return "no --include matches its address"
        if any(pattern.search(url) for pattern in self.exclude):
            return "an --exclude matches its address"
        if trap := find_trap(url):
            return trap
        if urlsplit(url).query and self._variants[urlsplit(url).path] >= MOST_VARIANTS:
            return "it is one of many views of a page"
        return None
