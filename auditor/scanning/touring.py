"""Many crawls at once: one loop that fetches and keeps, processes that read and judge, and no site that stops the others."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.errors import SourceError
from auditor.models import Failure
from auditor.pipeline import attempt
from auditor.scanning import store
from auditor.scanning.analysing import analyse_page, fail_page, load_rules_once
from auditor.scanning.archiving import SOFTWARE, pack_exchanges
from auditor.scanning.crawling import Crawl, World
from auditor.scanning.engine import end_processes, open_pool, run_alone
from auditor.scanning.fetching import Visitor
from auditor.sources.settings import USER_AGENT, FetchSettings

if TYPE_CHECKING:
    import sqlite3
    import threading
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import ProcessPoolExecutor
    from datetime import datetime
    from pathlib import Path
    from typing import TypeVar

    from auditor.models import Page
    from auditor.scanning.archiving import Packed
    from auditor.scanning.models import Analysis, Judgement, Politeness
    from auditor.sources.browser import Browser
    from auditor.sources.stepping import Exchange

    T = TypeVar("T")
    U = TypeVar("U")

COMMIT_EVERY = 0.25
"""Seconds after which pages that are done are sure to be kept."""


class _StoppedError(Exception):
    """The scan is to stop, and this crawl was only waiting."""


async def crawl_sites(
    connection: sqlite3.Connection,
    folder: Path,
    visit: int,
    *,
    politeness: Politeness,
    judgement: Judgement,
    jobs: int,
    now: Callable[[], datetime],
    tell: Callable[[str, str], None],
    stop: threading.Event,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Crawl the sites that *visit* has still to crawl, several at once.

    Raises `AuditorError` if results can no longer be kept; what was kept stays.
    """
    waiting = deque(store.list_crawls(connection, visit))
    stopped = asyncio.Event()
    visitor = Visitor(
        settings=_choose_settings(politeness),
        delay=politeness.delay,
        retries=politeness.retries,
        now=now,
        clock=clock,
        sleep=partial(_sleep, sleep, stopped),
    )
    about = describe_crawl(politeness)
    judges = _Judges(judgement, jobs, about)
    screen = await _Screen.open(_choose_settings(politeness)) if politeness.browser else None
    judges.prepare(min(politeness.sites, len(waiting)))
    world = World(
        connection=connection,
        folder=folder,
        visit=visit,
        politeness=politeness,
        visitor=visitor,
        judge=judges.judge,
        show=screen.show if screen else None,
        about=about,
        is_stopped=stop.is_set,
        tell=tell,
    )
    keeper = asyncio.create_task(_keep(connection, stop, stopped))
    crews = [asyncio.create_task(_crew(waiting, world)) for _ in range(min(politeness.sites, len(waiting)))]
    try:
        await asyncio.gather(*crews)
    except asyncio.CancelledError:
        # Who interrupts twice does not wait for a long page.
        end_processes()
        raise
    finally:
        for task in (*crews, keeper):
            task.cancel()
        await asyncio.gather(*crews, keeper, return_exceptions=True)
        judges.close()
        if screen:
            await screen.close()


def describe_crawl(politeness: Politeness) -> dict[str, str]:
    """Return what an archive says of how it was made."""
    about = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey" if politeness.robots else "ignore",
        "http-header-user-agent": politeness.user_agent or USER_AGENT,
        "clock": f"system clock of the machine that scans, UTC; its local zone is {time.strftime('%Z (UTC%z)')}",
    }
    return about if politeness.robots else about | {"robots-reason": politeness.robots_reason}


async def _crew(waiting: deque[tuple[sqlite3.Row, sqlite3.Row]], world: World) -> None:
    """Crawl one site after the other; a defect of ours costs only the site that met it."""
    while waiting and not world.is_stopped():
        task, target = waiting.popleft()
        try:
            await Crawl(task, target, world).run()
        except _StoppedError:
            return
        except (OSError, store.StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - told with its place, and the other sites go on
            failure = attempt(task["site"], partial(_raise, error))
            reason = failure.reason if isinstance(failure, Failure) else str(error)
            with store.batch(world.connection):
                store.skip_waiting(world.connection, task["task"], reason)
                if not store.list_known(world.connection, task["task"]):
                    # A site is told of by a page at least, also if it failed before any was queued.
                    failed = fail_page(task["site"], url=target["url"], reason=reason)
                    store.add_results(world.connection, world.visit, task["task"], [failed])
                store.finish_task(world.connection, task["task"], state="failed", reason=reason)
            world.tell(task["site"], "")


def _raise(error: Exception) -> None:
    raise error


async def _keep(connection: sqlite3.Connection, stop: threading.Event, stopped: asyncio.Event) -> None:
    """Commit what is done now and then, and wake who waits when the scan is to stop."""
    while True:
        await asyncio.sleep(COMMIT_EVERY)
        store.commit(connection)
        if stop.is_set():
            stopped.set()


async def _sleep(sleep: Callable[[float], Awaitable[None]], stopped: asyncio.Event, seconds: float) -> None:
    """Sleep for some *seconds*, unless the scan is to stop: who only waits need not be waited for."""
    if sleep is not asyncio.sleep:
        await sleep(seconds)
    else:
        with suppress(asyncio.TimeoutError, TimeoutError):
            await asyncio.wait_for(stopped.wait(), seconds)
    if stopped.is_set():
        raise _StoppedError


def _choose_settings(politeness: Politeness) -> FetchSettings:
    return FetchSettings(
        user_agent=politeness.user_agent or USER_AGENT,
        total_timeout=politeness.timeout,
        connect_timeout=min(10.0, politeness.timeout),
        read_timeout=min(20.0, politeness.timeout),
        max_bytes=politeness.max_bytes,
        allow_private=politeness.allow_private,
        keep_alive=True,
        since=_format_date(politeness.since) if politeness.since else None,
    )


def _format_date(date: str) -> str:
    """Return the beginning of a day as HTTP writes it."""
    from datetime import datetime, timezone
    from email.utils import format_datetime

    return format_datetime(datetime.fromisoformat(date).replace(tzinfo=timezone.utc), usegmt=True)


def _do(action: Callable[[], T]) -> T:
    return action()


def _do_both(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    return one(), other()


class _Judges:
    """The processes that read and judge; a page of which one dies is tried alone, and the others go on.

    A class because a pool that broke is replaced under those who use it.
    """

    def __init__(self, judgement: Judgement, jobs: int, about: Mapping[str, str]) -> None:
        self._judgement = judgement
        self._jobs = jobs
        self._about = about
        self._pool: ProcessPoolExecutor | None = None

    def prepare(self, pages: int) -> None:
        """Let processes start for so many *pages* at once, while the first are on their way."""
        self._pool = open_pool(self._jobs)
        for _ in range(min(pages, self._jobs)):
            self._pool.submit(load_rules_once, self._judgement.rule_folders)

    async def judge(
        self, page: Page, site: str, url: str, exchanges: Sequence[Exchange] = (), name: str = ""
    ) -> tuple[Packed, Analysis]:
        """Return the rows of *page*, with its links, and the *exchanges* that brought it as records of the archive *name*.

        To pack a page takes as long as to fetch one, and to hand over two things as long as one.
        """
        pack = partial(pack_exchanges, exchanges, name, self._about)
        analyse = partial(analyse_page, page, site, self._judgement, url=url, links=True)
        with suppress(BrokenProcessPool, RuntimeError):
            return await self._submit(_do_both, pack, analyse)
        result = await asyncio.to_thread(run_alone, _do, analyse)
        if isinstance(result, Failure):
            result = fail_page(site, url=url, source=page.source, reason=result.reason)
        return await asyncio.to_thread(pack), result

    async def _submit(self, function: Callable[..., T], *pieces: Any) -> T:
        pool = self._pool = self._pool or open_pool(self._jobs)
        try:
            return await asyncio.wrap_future(pool.submit(function, *pieces))
        except (BrokenProcessPool, RuntimeError):
            if self._pool is pool:
                self._pool = None
                pool.shutdown(wait=False)
            raise

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)


class _Screen:
    """A browser in a thread of its own, which shows one page after the other.

    A class because the browser, once started, stays for the whole scan.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._thread = ThreadPoolExecutor(1)

    @classmethod
    async def open(cls, settings: FetchSettings) -> _Screen:
        """Start the browser; raises AuditorError if there is none."""
        from auditor.sources.browser import Browser

        screen = cls(Browser(settings))
        await screen._call(screen._browser.__enter__)
        return screen

    async def show(self, page: Page) -> Page | None:
        """Return *page* as the browser shows it, None if it cannot."""
        try:
            return await self._call(partial(self._browser.render, page))
        except SourceError:
            return None

    async def close(self) -> None:
        """End the browser."""
        await self._call(self._browser.__exit__)
        self._thread.shutdown()

    async def _call(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, step)
