"""The nouns of a scan: frozen, typed, without logic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES_A_TASK = 100_000
"""A page's number is its task's number times this, plus its own in that task."""

QUOTATIONS_A_PAGE = 1_000_000
"""A quotation's number is that of the first page that says it times this, plus its own on that page."""

PAGE_TABLES = ("findings", "quoted", "disclosures", "traits", "texts")
"""Tables of the store whose rows belong to one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A site to be crawled, as a line of the list names it."""

    site: str
    """Its key: the host without ``www.``, with port and folder where they tell it from others."""
    url: str
    """Where the crawl begins."""
    line: int
    columns: Mapping[str, str] = field(default_factory=dict)
    """What else the list says of it, carried through to every output."""
    seeds: tuple[str, ...] = ()
    """Further addresses to begin with, such as those of a sitemap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong with a line of a list, and what was made of it."""

    source: str
    line: int
    text: str
    problem: str
    refused: bool = False
    """Whether it names something that could not be taken for a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How pages are read and judged; it travels to every worker."""

    rule_folders: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    language: str | None = None
    facts: str = "quick"
    max_bytes: int = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """How sites are crawled; times are in seconds."""

    pages: int = 25
    """The most that are judged of a site."""
    depth: int = 5
    """How many links away from where a crawl begins."""
    delay: float = 1.0
    """Between two requests to one host."""
    sites: int = 16
    """How many are crawled at once."""
    robots: bool = True
    robots_reason: str = ""
    """Why robots.txt was not asked, for the record."""
    user_agent: str | None = None
    include: tuple[str, ...] = ()
    """Expressions of which an address must match one."""
    exclude: tuple[str, ...] = ()
    timeout: float = 60.0
    """For one page, redirects included, waiting for a turn not."""
    max_bytes: int = 20_000_000
    retries: int = 2
    """How often a page is asked for again."""
    max_host_errors: int = 10
    """In a row, after which a site is given up."""
    since: str = ""
    """Date: only pages that changed later."""
    allow_private: bool = False
    browser: bool = False
    """Whether a page that its scripts fill is shown by a browser, and judged as it then is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of work on saved pages: a stretch of a web archive, or some files of a folder."""

    task: int
    source: str
    """The archive or the folder."""
    member: str = ""
    start: int = 0
    stop: int | None = None
    files: tuple[str, ...] = ()
    """Names in the folder; empty for an archive."""
    first: int = 0
    """Pages of the same task that were judged before."""


class Judged(NamedTuple):
    """What judging a part gave."""

    results: list[Analysis]
    rest: int | None = None
    """Where the part goes on, if it is not done."""


class PageRow(NamedTuple):
    """What the store keeps of a page that was judged, in the order of its columns."""

    site: str
    url: str
    source: str
    state: str
    reason: str | None
    final_url: str | None = None
    status: int | None = None
    retrieved: str | None = None
    media_type: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    truncated: bool | None = None
    title: str | None = None
    language: str | None = None
    intent: str | None = None
    characters: int | None = None
    obstacle: str | None = None
    score: int | None = None
    grade: str | None = None
    meaning: str | None = None
    codes: str | None = None
    """Variable of the codebook to 1 or 0, JSON; those that were not looked for are left out."""


class Analysis(NamedTuple):
    """What reading and judging one page gave; plain tuples, because thousands a minute pass between processes."""

    page: PageRow
    findings: tuple[tuple[str, str, int, int, str], ...] = ()
    """Rule, kind, severity, number of quotations, note."""
    quotes: tuple[tuple[str, int, int, tuple[Any, ...]], ...] = ()
    """Rule, number, passage, and the row of the table of quotations, which is one object for all pages that say the same."""
    disclosures: tuple[str, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()
    """Kind and value of what may tie one site to another."""
    passages: bytes = b""
    links: tuple[tuple[str, str], ...] = ()
    """Address and words, for a crawl."""
    canonical: str | None = None
