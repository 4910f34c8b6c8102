"""Crawl one site: fetch, capture, judge, keep, and go where its pages lead; taken up again where the store left off."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from auditor.scanning import store
from auditor.scanning.addresses import find_domain, name_site, normalize_address, read_folder
from auditor.scanning.analysing import fail_page
from auditor.scanning.archiving import (
    append_exchanges,
    append_packed,
    append_rendering,
    cut_archive,
    name_archive,
    name_new,
    pack_exchanges,
)
from auditor.scanning.fetching import Carriers
from auditor.scanning.frontier import START, Frontier
from auditor.scanning.models import PAGES_A_TASK, Analysis
from auditor.scanning.robots import MOST_DELAY, Robots, parse_robots
from auditor.scanning.sitemaps import is_sitemap, is_sitemap_address, read_sitemap, unpack_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from auditor.models import Page
    from auditor.scanning.archiving import Packed
    from auditor.scanning.fetching import Fetched, Visitor
    from auditor.scanning.frontier import Known
    from auditor.scanning.models import Politeness

MOST_SITEMAPS = 5
MOST_LISTED = 500
"""Addresses that are taken from the sitemaps of one site."""
MOST_UNPACKED = 10_000_000
_REQUESTS_A_PAGE = 4
"""Requests that one judged page may cost, errors and duplicates included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What crawls share: where results are kept, and what touches the world."""

    connection: sqlite3.Connection
    folder: Path
    visit: int
    politeness: Politeness
    visitor: Visitor
    judge: Callable[..., Awaitable[tuple[Packed, Analysis]]]
    """Judges a page of a site under an address, and makes records of the exchanges that brought it for the archive of a name."""
    show: Callable[[Page], Awaitable[Page | None]] | None
    """Lets a browser show a page; None where there is to be none."""
    about: Mapping[str, str]
    """What an archive says of how it was made."""
    is_stopped: Callable[[], bool]
    tell: Callable[[str, str], None]
    """Is told of a site and the state of a page that is done."""


class Crawl:
    """One site under way.

    A class because each page changes what is known of the site, and all of it is taken up again after a break.
    """

    def __init__(self, task: sqlite3.Row, target: sqlite3.Row, world: World) -> None:
        """Take up the crawl *task* of the site *target*."""
        self.world = world
        self.task: int = task["task"]
        self.site: str = task["site"]
        self.url: str = target["url"]
        self.seeds: Sequence[str] = json.loads(task["seeds"] or "[]")
        self.archive: str = task["archive"] or name_archive(self.site, world.visit)
        self.robots = Robots() if task["robots"] is None else parse_robots(task["robots"])
        self.is_begun = task["robots"] is not None
        self.errors: int = task["errors"]
        self.requests: int = task["requests"]
        self.carriers = Carriers()
        self.judged = 0
        self.seen: dict[str, int] = {}
        """SHA-256 of bodies and of texts to the page that had them first."""
        base = name_site(self.url)
        polite = world.politeness
        self.frontier = Frontier(
            hosts={base},
            folder=read_folder(self.url) if "/" in self.site else "/",
            depth=polite.depth,
            include=tuple(map(re.compile, polite.include)),
            exclude=tuple(map(re.compile, polite.exclude)),
        )
        cut_archive(world.folder / self.archive, task["archived"])
        if self.is_begun:
            self._restore()

    async def run(self) -> None:
        """Crawl to the end, or until the scan is stopped."""
        try:
            await self._run()
        finally:
            await self.carriers.close()

    async def _run(self) -> None:
        if not self.is_begun and not await self._begin():
            return None
        polite = self.world.politeness
        self.world.visitor.slow_down(urlsplit(self.url).hostname or "", self.robots.delay)
        while not self.world.is_stopped():
            if self.errors >= polite.max_host_errors:
                return self._end(f"given up after {self.errors} errors in a row (--max-host-errors)")
            if self.judged >= polite.pages:
                return self._end(
                    f"{polite.pages} {'page' if polite.pages == 1 else 'pages'} of the site {'was' if polite.pages == 1 else 'were'} judged (--pages)",
                    is_usual=True,
                )
            if self.requests >= _REQUESTS_A_PAGE * polite.pages + 20:
                return self._end(f"{self.requests} requests were made and {self.judged} pages found")
            known = self.frontier.take()
            if known is None:
                return self._end(None)
            await self._visit(known)
        return None

    # --- the beginning and the end -------------------------------------------------------------

    async def _begin(self) -> bool:
        """Ask for robots.txt and sitemaps, and queue what they and the list name; tell whether the site may be crawled."""
        world = self.world
        robots_text = ""
        exchanges: list[Any] = []
        if world.politeness.robots:
            fetched = await self._fetch(urljoin(self.url, "/robots.txt"), self._permit_any, any_type=True)
            exchanges += fetched.exchanges
            page = fetched.page
            if page is None:
                return self._refuse(f"robots.txt could not be asked for: {fetched.reason}", exchanges, fetched.kind)
            if page.status is not None and page.status < 300:
                robots_text = page.body.decode("utf-8", errors="replace")
            self.robots = parse_robots(robots_text)
            if self.robots.delay > MOST_DELAY:
                return self._refuse(
                    f"robots.txt asks for {self.robots.delay:g} seconds between two requests, and a scan waits no longer "
                    f"than {MOST_DELAY:g}: audit its pages one by one, or give a reason to pass over robots.txt "
                    "(--no-robots)",
                    exchanges,
                    "refused",
                )
        world.visitor.slow_down(urlsplit(self.url).hostname or "", self.robots.delay)
        listed, more = await self._read_sitemaps()
        exchanges += more
        queued = list(self.frontier.add([(self.url, "")], depth=0, rank=START))
        queued += self.frontier.add(
            [(url, "") for url in self.seeds if not is_sitemap_address(url)], depth=0, rank=START + 1
        )
        for url in listed:
            queued += self.frontier.add([(url, "")], depth=1, rank=None)
        for known in queued:
            known.reason = known.reason or self._ask_robots(known.url)
        # In a thread, because to pack a page takes as long as to fetch one.
        archive = world.folder / self.archive
        archived, _ = await asyncio.to_thread(append_exchanges, archive, exchanges, world.about)
        with store.batch(world.connection):
            store.begin_crawl(world.connection, self.task, robots=robots_text, archive=self.archive, archived=archived)
            self._queue(queued)
        return True

    def _refuse(self, reason: str, exchanges: Sequence[Any], kind: str) -> bool:
        archived, _ = append_exchanges(self.world.folder / self.archive, exchanges, self.world.about)
        state = "skipped" if kind == "refused" else "failed"
        with store.batch(self.world.connection):
            connection = self.world.connection
            store.begin_crawl(connection, self.task, robots="", archive=self.archive, archived=archived)
            known = next(self.frontier.add([(self.url, "")], depth=0, rank=START))
            self._queue([known])
            result = fail_page(self.site, url=known.url, reason=reason, state=state)
            store.update_page(connection, self._number(known), result, attempts=1)
            store.finish_task(connection, self.task, state=state, reason=reason)
        self.world.tell(self.site, state)
        self.world.tell(self.site, "")
        return False

    async def _read_sitemaps(self) -> tuple[list[str], list[Any]]:
        """Return the addresses that the site's sitemaps name, and what was exchanged for them."""
        named = [*filter(is_sitemap_address, self.seeds), *filter(self.frontier.holds, self.robots.sitemaps)]
        waiting = named or [urljoin(self.url, "/sitemap.xml")]
        listed: dict[str, None] = {}
        exchanges: list[Any] = []
        since = self.world.politeness.since
        for count, url in enumerate(waiting):
            if count >= MOST_SITEMAPS or len(listed) >= MOST_LISTED:
                break
            if self._ask_robots(url):
                continue
            fetched = await self._fetch(url, self._permit, any_type=True)
            exchanges += fetched.exchanges
            text = (
                unpack_text(fetched.page.body, most=MOST_UNPACKED)
                if fetched.page and fetched.page.status == 200
                else ""
            )
            for entry in read_sitemap(text) if is_sitemap(text) else ():
                if entry.is_sitemap:
                    waiting += [entry.url] if self.frontier.holds(entry.url) else []
                elif not (since and entry.changed and entry.changed[:10] < since) and len(listed) < MOST_LISTED:
                    listed[entry.url] = None
        return list(listed), exchanges

    def _end(self, reason: str | None, *, is_usual: bool = False) -> None:
        """Close the crawl; what still waits is skipped for that *reason*."""
        with store.batch(self.world.connection):
            store.skip_waiting(self.world.connection, self.task, reason or "")
            store.finish_task(self.world.connection, self.task, reason=None if is_usual else reason)
        self.world.tell(self.site, "")

    # --- one page ------------------------------------------------------------------------------

    async def _visit(self, known: Known) -> None:
        world = self.world
        fetched = await self._fetch(known.url, self._permit_from(known))
        self.requests += 1
        archived, result, links = await self._judge(known, fetched)
        if result.page.obstacle == "script" and world.show and fetched.page:
            archived, result, links = await self._show(known, fetched.page, archived, result)
        is_error = fetched.kind == "error"
        self.errors = self.errors + 1 if is_error else 0 if fetched.page else self.errors
        found = list(self.frontier.add(links, depth=known.depth + 1))
        for each in found:
            each.reason = each.reason or self._ask_robots(each.url)
        with store.batch(world.connection):
            number = self._number(known)
            store.update_page(world.connection, number, result, attempts=fetched.attempts)
            if result.page.state == "duplicate":
                store.set_same(world.connection, number, self._find_same(_mark(result)))
            self._queue(found)
            self._settle_variants(known, result, number)
            store.note_crawl(world.connection, self.task, archived=archived, errors=self.errors, requests=self.requests)
        world.tell(self.site, result.page.state)

    async def _judge(self, known: Known, fetched: Fetched) -> tuple[int, Analysis, Sequence[tuple[str, str]]]:
        """Keep what was received, and return the length of the archive then, the rows of the page, and where it leads."""
        world, page, path = self.world, fetched.page, self.world.folder / self.archive
        result = self._find_failure(known, fetched)
        is_judged = result is None
        if result:
            packed = await asyncio.to_thread(pack_exchanges, fetched.exchanges, name_new(path), world.about)
        else:
            if known.rank == START and page and page.url and not self.frontier.holds(page.url):
                self.frontier.hosts.add(name_site(page.url))
            packed, result = await world.judge(page, self.site, known.url, fetched.exchanges, name_new(path))
        archived, place = append_packed(path, packed)
        row = result.page._replace(source=f"{self.archive}#{place}" if place is not None else "")
        marks = _mark(result) if is_judged else ()
        same = self._find_same(marks)
        if same is not None:
            self._remember(marks, same)
            row = row._replace(state="duplicate", reason=None)
            return archived, Analysis(page=row, canonical=result.canonical), ()
        self._remember(marks, self._number(known))
        if row.state in ("assessed", "not_assessed"):
            self.judged += 1
        return archived, result._replace(page=row, links=()), result.links

    def _find_failure(self, known: Known, fetched: Fetched) -> Analysis | None:
        """Return the row of a page that there is nothing to judge of, None if there is."""
        page = fetched.page
        if page is None:
            state = "skipped" if fetched.kind == "refused" else "failed"
            return fail_page(self.site, url=known.url, reason=fetched.reason, state=state)
        if page.status == 304:
            reason = f"it has not changed since {self.world.politeness.since} (--since)"
            return fail_page(self.site, url=known.url, reason=reason, state="unchanged")
        if page.status is not None and page.status >= 400:
            failed = fail_page(self.site, url=known.url, reason=f"the server answered {fetched.exchanges[-1].status}")
            row = failed.page._replace(status=page.status, final_url=page.url, retrieved=page.retrieved)
            return failed._replace(page=row)
        return None

    async def _show(
        self, known: Known, page: Page, archived: int, plain: Analysis
    ) -> tuple[int, Analysis, Sequence[tuple[str, str]]]:
        """Let a browser show a page that its scripts fill, keep that beside what was received, and judge it."""
        assert self.world.show is not None
        shown = await self.world.show(page)
        if shown is None or not shown.url or not self.frontier.holds(shown.url):
            return archived, plain, ()
        path = self.world.folder / self.archive
        archived, place = await asyncio.to_thread(append_rendering, path, shown, plain.page.source)
        _, analysis = await self.world.judge(shown, self.site, known.url)
        row = analysis.page._replace(source=f"{self.archive}#{place}")
        self._remember(_mark(analysis), self._number(known))
        # Sites that scripts fill send the same shell for every page.
        self.judged += plain.page.state == "duplicate" and row.state in ("assessed", "not_assessed")
        return archived, analysis._replace(page=row, links=()), analysis.links

    def _settle_variants(self, known: Known, result: Analysis, number: int) -> None:
        """Do not fetch again what was just read under another address: where it redirected to, and its canonical form."""
        for address in (result.page.final_url, result.canonical):
            url = normalize_address(address or "")
            if url is None or url == known.url or not (address is result.page.final_url or _is_variant(url, known.url)):
                continue
            other = self.frontier.drop(url)
            if other:
                store.mark_duplicate(self.world.connection, self._number(other), number)
            elif url not in self.frontier.known and self.frontier.holds(url):
                other = self.frontier.restore(
                    len(self.frontier.known) + 1, url, rank=known.rank, depth=known.depth, reason="the same page"
                )
                self._queue([other])
                store.mark_duplicate(self.world.connection, self._number(other), number)

    def _find_same(self, marks: Sequence[str]) -> int | None:
        return next((self.seen[mark] for mark in marks if mark in self.seen), None)

    def _remember(self, marks: Sequence[str], number: int) -> None:
        for mark in marks:
            self.seen.setdefault(mark, number)

    async def _fetch(self, url: str, permit: Callable[[str], str | None], *, any_type: bool = False) -> Fetched:
        return await self.world.visitor.fetch(url, carriers=self.carriers, permit=permit, any_type=any_type)

    # --- what a crawl is made of ---------------------------------------------------------------

    def _number(self, known: Known) -> int:
        return self.task * PAGES_A_TASK + known.number

    def _queue(self, found: Sequence[Known]) -> None:
        for known in found:
            # One that robots.txt forbids was put into the queue before it was asked.
            if known.reason:
                self.frontier.drop(known.url)
        rows = [(self._number(known), known.url, known.rank, known.depth, known.reason) for known in found]
        store.queue_pages(self.world.connection, self.task, self.world.visit, self.site, rows)

    def _restore(self) -> None:
        """Take up what the store knows of the site."""
        for row in store.list_known(self.world.connection, self.task):
            waits = row["state"] == "waiting"
            known = self.frontier.restore(
                row["page"] % PAGES_A_TASK,
                row["url"],
                rank=row["rank"],
                depth=row["depth"],
                reason=None if waits else row["reason"] or row["state"],
            )
            self.judged += row["state"] in ("assessed", "not_assessed")
            if row["sha256"] and row["state"] in ("assessed", "not_assessed"):
                self.seen.setdefault(row["sha256"], row["page"])
                if row["passages"] and row["characters"]:
                    self.seen.setdefault(hashlib.sha256(row["passages"]).hexdigest(), row["page"])
            if known.rank == START and row["final_url"]:
                self.frontier.hosts.add(name_site(row["final_url"]))

    def _ask_robots(self, url: str) -> str | None:
        return None if self.robots.allows(url) else "robots.txt asks not to fetch it"

    def _permit_any(self, _url: str) -> str | None:
        return None

    def _permit(self, url: str) -> str | None:
        """Return why a redirect to *url* must not be followed."""
        if not self.frontier.holds(url):
            return f"it redirects off the site, to {url}: add that address to the list if it is meant"
        return self._ask_robots(url)

    def _permit_from(self, known: Known) -> Callable[[str], str | None]:
        """Let the first page lead to another host of the same owner, such as from a bare domain to its www host."""

        def permit(url: str) -> str | None:
            if known.rank == START and find_domain(url) == find_domain(self.url) and "/" not in self.site:
                return self._ask_robots(url)
            return self._permit(url)

        return permit


def _mark(analysis: Analysis) -> tuple[str, ...]:
    marks = [analysis.page.sha256] if analysis.page.sha256 else []
    # Pages without a word, such as pictures of paper, are not the same for that.
    if analysis.passages and analysis.page.characters:
        marks.append(hashlib.sha256(analysis.passages).hexdigest())
    return tuple(marks)


def _is_variant(url: str, other: str) -> bool:
    """Tell whether two addresses are the same place written differently; a page may not speak for any other."""

    def shape(address: str) -> tuple[str, str]:
        path = re.sub(r"(?:/(?:index|default|home)\.\w{3,5})?/?\Z", "", urlsplit(address).path.lower())
        return name_site(address).rpartition(":")[0] or name_site(address), path

    return shape(url) == shape(other)
