"""The whole of a scan: from what is to be scanned to a run that is complete, taken up where it was left."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections import deque
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from auditor import __version__
from auditor.errors import AuditorError
from auditor.models import Failure
from auditor.scanning import store
from auditor.scanning.analysing import analyse_part, fail_page, load_rules_once
from auditor.scanning.archiving import CAPTURES, is_whole
from auditor.scanning.changes import note_changes
from auditor.scanning.engine import run_processes
from auditor.scanning.folders import attempt_parts, hold_run
from auditor.scanning.manifest import (
    ASIDE,
    MANIFEST,
    AlteredError,
    describe_changes,
    is_put_aside,
    put_aside,
    write_manifest,
)
from auditor.scanning.models import Judged, Part
from auditor.scanning.networks import note_networks
from auditor.scanning.orders import (
    Order,
    describe_run,
    describe_settings,
    digest_settings,
    digest_targets,
    format_moment,
    list_inputs,
    name_changes,
    restore_order,
)
from auditor.scanning.pagereports import write_page_reports
from auditor.scanning.summarizing import write_report
from auditor.scanning.verdicts import judge_sites

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from auditor.scanning.models import Analysis

    Clock = Callable[[], datetime]
    Sleep = Callable[[float], Awaitable[None]]
    Engine = Callable[[Callable[[Part], Judged], Iterable[Part]], Iterator[tuple[Part, Judged | Failure]]]
    """What has a function done to every part, such as `run_processes` and `run_ray`."""


REPORTING = "page reports"
"""What is said to be done while the full reports on single pages are written."""


class Step(NamedTuple):
    """What has just been done, for whoever shows progress."""

    what: str
    """The site, the source of saved pages, or `REPORTING`."""
    state: str
    """Of the page that is done; empty when a site or part is."""
    pages: int
    """All so far."""
    failed: int
    done: int
    """Sites, or parts of saved pages; while reports are written, these."""
    total: int


class Stopped(Exception):  # noqa: N818 - no error: the user asked for it
    """The scan was stopped from the keyboard; it can be gone on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    folder: Path
    pages: int
    """That were asked for or read, as progress counts them."""
    failed: int
    assessed: int
    sites: int
    sites_assessed: int
    is_refused: bool
    """Whether a line of the list names something that could not be taken for a site."""
    is_new: bool
    """Whether anything had still to be done."""
    again: tuple[str, ...] = ()
    """Sites that were crawled once more because the disk had lost captures of theirs."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """One process at work on a run."""

    connection: sqlite3.Connection
    folder: Path
    order: Order
    visit: int
    jobs: int
    now: Clock
    tell: Callable[[Step], None]
    stop: threading.Event
    sleep: Sleep
    engine: Engine
    is_shared: bool
    """Whether the engine crawls too, wherever its workers are."""
    page_reports: str
    """Which pages get a report of their own."""


def _say_nothing(_step: Step) -> None:
    """Tell nobody."""


def scan(
    order: Order,
    folder: Path,
    *,
    jobs: int,
    now: Clock,
    tell: Callable[[Step], None] = _say_nothing,
    sleep: Sleep = asyncio.sleep,
    engine: Engine | None = None,
    page_reports: str = "worst",
) -> Outcome:
    """Scan what *order* names into *folder*, or go on with the scan that was begun there.

    Raises `AuditorError` if another process is at work there, or if the folder holds something else, and `AlteredError`
    if what it holds is not as it was left.
    """
    with hold_run(folder), _tell_full(folder):
        is_sealed = (folder / MANIFEST).exists()
        if is_sealed and (changed := describe_changes(folder)):
            raise AlteredError(f"{changed}: bring back what it was, or scan into another folder")
        connection, visit = _open_run(order, folder, jobs, now, reading=is_sealed)
        if is_sealed:
            with closing(connection):
                return _sum_up(connection, folder, visit, is_new=False)
        with catch_interrupt() as stop:
            return _complete(
                _Session(
                    connection=connection,
                    folder=folder,
                    order=order,
                    visit=visit,
                    jobs=jobs,
                    now=now,
                    tell=tell,
                    stop=stop,
                    sleep=sleep,
                    engine=engine or partial(run_processes, jobs=jobs),
                    is_shared=engine is not None,
                    page_reports=page_reports,
                )
            )


def update(
    folder: Path,
    *,
    jobs: int,
    now: Clock,
    tell: Callable[[Step], None] = _say_nothing,
    sleep: Sleep = asyncio.sleep,
    engine: Engine | None = None,
    page_reports: str = "worst",
) -> Outcome:
    """Visit everything in the run in *folder* again, or go on with a visit that was begun; every capture is kept."""
    if not (folder / store.STORE).is_file():
        raise AuditorError(f"{folder} is not the folder of a run: name one that auditor scan made")
    with hold_run(folder), _tell_full(folder):
        # A new seal over what was altered would make it look whole.
        if (folder / MANIFEST).exists() and (changed := describe_changes(folder)):
            raise AlteredError(f"{changed}: bring back what it was, or scan into another folder")
        connection, visit, order = _open_update(folder, jobs, now)
        with catch_interrupt() as stop:
            return _complete(
                _Session(
                    connection=connection,
                    folder=folder,
                    order=order,
                    visit=visit,
                    jobs=jobs,
                    now=now,
                    tell=tell,
                    stop=stop,
                    sleep=sleep,
                    engine=engine or partial(run_processes, jobs=jobs),
                    is_shared=engine is not None,
                    page_reports=page_reports,
                )
            )


def _complete(session: _Session) -> Outcome:
    """Do what is still to be done of a run, and seal it."""
    try:
        again = _begin_lost(session)
        _go_on(session)
        _write_reports(session)
        outcome = _sum_up(session.connection, session.folder, session.visit, is_new=True, again=again)
        about, inputs = describe_run(session.connection), list_inputs(session.connection)
    finally:
        store.close_store(session.connection)
    write_manifest(session.folder, about=about, inputs=inputs)
    return outcome


def _write_reports(session: _Session) -> None:
    """Write the report of the run, and those on single pages that are asked for. Raises `Stopped` if that is asked for."""
    judgement = session.order.judgement
    pages, failed = store.count_pages(session.connection, session.visit)

    def tell(done: int, total: int) -> None:
        session.tell(Step(REPORTING, "", pages, failed, done, total))
        if session.stop.is_set():
            raise Stopped

    reported = write_page_reports(
        session.connection,
        session.folder,
        store.find_visit(session.connection),
        judgement,
        which=session.page_reports,
        jobs=session.jobs,
        tell=tell,
    )
    rules = load_rules_once(judgement.rule_folders)
    write_report(session.connection, session.folder, rules, reported=reported, jobs=session.jobs)


@contextmanager
def _tell_full(folder: Path) -> Iterator[None]:
    """Say in one sentence that nothing more can be kept in *folder*."""
    try:
        yield
    except (OSError, store.StoreError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AuditorError(
            f"nothing more can be kept in {folder} ({reason}): make room there, then give the same command to go on; "
            "what was done is kept"
        ) from error


@contextmanager
def catch_interrupt() -> Iterator[threading.Event]:
    """Let Ctrl-C ask for an end instead of making one; a second one makes it."""
    stop = threading.Event()

    def ask(_signal: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _open_run(order: Order, folder: Path, jobs: int, now: Clock, *, reading: bool) -> tuple[sqlite3.Connection, int]:
    """Return the store of the run in *folder* and its latest visit, both made if the run is new."""
    rules = load_rules_once(order.judgement.rule_folders)
    if not store.is_begun(folder):
        if any((folder / place).exists() for place in (CAPTURES, ASIDE, MANIFEST)):
            raise AlteredError(
                f"{folder / store.STORE} holds nothing, but {folder} holds what a scan kept: the store was emptied or "
                "replaced; bring it back, or scan into another folder"
            )
        parts = _list_parts(order.saved, jobs)
        connection = store.create_store(folder, created=format_moment(now), targets=digest_targets(order))
        return connection, _begin_visit(connection, order, parts, now)
    connection = store.open_store(folder, reading=reading)
    visit = store.find_visit(connection)
    problem = ""
    if store.read_run(connection)["targets"] != digest_targets(order):
        problem = f"{folder} holds a scan of something else: name another folder, or the list it was begun with"
    elif visit["settings_digest"] != digest_settings(order, rules):
        changed = name_changes(json.loads(visit["settings"]), describe_settings(order))
        problem = (
            f"the scan in {folder} was begun with other settings "
            f"({', '.join(changed) or 'rules or version of the program'}): "
            "give the same ones to go on with it, or name another folder"
        )
    if problem:
        connection.close()
        raise AuditorError(problem)
    return connection, int(visit["visit"])


def _open_update(folder: Path, jobs: int, now: Clock) -> tuple[sqlite3.Connection, int, Order]:
    """Return the store of the run in *folder*, a visit that is under way or has just been begun, and its order."""
    connection = store.open_store(folder)
    order = restore_order(connection)
    visit = store.find_visit(connection)
    number = int(visit["visit"])
    if visit["finished"] and (is_put_aside(folder, number) or (folder / MANIFEST).exists()):
        parts = _list_parts(order.saved, jobs)
        put_aside(folder, number)
        connection.execute("BEGIN IMMEDIATE")
        number = _begin_visit(connection, order, parts, now)
    elif visit["settings_digest"] != digest_settings(order, load_rules_once(order.judgement.rule_folders)):
        connection.close()
        raise AuditorError(
            f"the visit under way in {folder} was begun with other rules or another version of the program: "
            "finish it with those, or scan into another folder"
        )
    return connection, number, order


def _begin_visit(connection: sqlite3.Connection, order: Order, parts: Sequence[Part | Failure], now: Clock) -> int:
    """Queue all that *order* asks for, and keep it: from here on a run can be taken up again."""
    rules = load_rules_once(order.judgement.rule_folders)
    visit = store.add_visit(
        connection,
        started=format_moment(now),
        version=__version__,
        rules=rules,
        settings=describe_settings(order),
        settings_digest=digest_settings(order, rules),
    )
    store.add_mistakes(connection, visit, order.mistakes)
    store.add_crawls(connection, visit, order.targets)
    store.add_parts(connection, visit, [part for part in parts if isinstance(part, Part)])
    for failure in parts:
        if isinstance(failure, Failure):
            store.add_failed_source(connection, visit, failure)
    store.commit(connection)
    return visit


def _list_parts(saved: Sequence[str], jobs: int) -> list[Part | Failure]:
    """Return the parts of all *saved* pages in their order, and the reason for each source that has none."""
    found: dict[str, list[Part] | Failure] = dict(
        run_processes(attempt_parts, saved, jobs=min(jobs, max(1, len(saved) // 4)))
    )
    parts: list[Part | Failure] = []
    for source in saved:
        each = found[source]
        parts.extend([each] if isinstance(each, Failure) else each)
    return parts


def _begin_lost(session: _Session) -> tuple[str, ...]:
    """Begin the crawls again of which captures were lost, as after a power failure, and return their sites."""
    lost = []
    for task, site, archive, length in store.list_archives(session.connection, session.visit):
        if not is_whole(session.folder / archive, length):
            (session.folder / archive).unlink(missing_ok=True)
            store.forget_crawl(session.connection, task)
            lost.append(site)
    store.commit(session.connection)
    return tuple(lost)


def _go_on(session: _Session) -> None:
    """Do what is still to be done. Raises `Stopped` if that is asked for meanwhile."""
    _judge_parts(session)
    _crawl(session)
    if session.stop.is_set():
        raise Stopped
    if not store.count_rows(session.connection, session.visit):
        raise AlteredError(
            f"{session.folder / store.STORE} holds no page of what was scanned: it was emptied; scan into another folder"
        )
    with store.write(session.connection):
        judge_sites(session.connection, session.visit, load_rules_once(session.order.judgement.rule_folders))
        note_networks(session.connection, session.visit)
        note_changes(session.connection, session.visit)
        store.finish_visit(session.connection, session.visit, format_moment(session.now))


def _judge_parts(session: _Session) -> None:
    """Judge the saved pages that are still to be judged; each piece is kept whole or not at all."""
    connection = session.connection
    waiting = deque(store.list_parts(connection, session.visit))
    if not waiting:
        return
    total = len(waiting)
    pages, failed = store.count_pages(connection, session.visit)
    analyse = partial(analyse_part, judgement=session.order.judgement)
    done = 0
    for part, made in session.engine(analyse, _Queue(waiting, session.stop)):
        judged = Judged([_fail_part(part, made)]) if isinstance(made, Failure) else made
        with store.write(connection):
            store.add_results(connection, session.visit, part.task, judged.results, first=part.first)
            if judged.rest is None:
                store.finish_task(connection, part.task)
                done += 1
            else:
                rest = replace(part, start=judged.rest, first=part.first + len(judged.results))
                store.move_task(connection, part.task, start=rest.start, judged=rest.first)
                waiting.appendleft(rest)
        pages += len(judged.results)
        failed += sum(each.page.state == "failed" for each in judged.results)
        session.tell(Step(part.source, "", pages, failed, done, total))


class _Queue(Generic[T]):
    """The pieces that wait, to which the rest of a long one may be put back; empty when the scan is to stop.

    A class because a generator that has once ended cannot go on.
    """

    def __init__(self, waiting: deque[T], stop: threading.Event) -> None:
        self._waiting = waiting
        self._stop = stop

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._stop.is_set() or not self._waiting:
            raise StopIteration
        return self._waiting.popleft()


def _crawl(session: _Session) -> None:
    """Crawl the sites that are still to be crawled."""
    left = len(store.list_crawls(session.connection, session.visit))
    if not left or session.stop.is_set():
        return
    from auditor.scanning.touring import crawl_sites

    if session.is_shared:
        _share_crawls(session)
        return
    pages, failed = store.count_pages(session.connection, session.visit)
    total = len(session.order.targets)
    done = total - left

    def count(site: str, state: str) -> None:
        nonlocal pages, failed, done
        done += not state
        pages += bool(state)
        failed += state == "failed"
        session.tell(Step(site, state, pages, failed, done, total))

    asyncio.run(
        crawl_sites(
            session.connection,
            session.folder,
            session.visit,
            politeness=session.order.politeness,
            judgement=session.order.judgement,
            jobs=session.jobs,
            now=session.now,
            tell=count,
            stop=session.stop,
            sleep=session.sleep,
        )
    )
    store.commit(session.connection)


def _share_crawls(session: _Session) -> None:
    """Have the sites that are still to be crawled crawled by the engine, some together."""
    from auditor.scanning.sharing import crawl_shard, list_shards, merge_shard

    by_site = {target.site: target for target in session.order.targets}
    waiting = store.list_crawls(session.connection, session.visit)
    shards = list_shards([(task["task"], by_site[task["site"]]) for task, _ in waiting])
    crawl = partial(crawl_shard, judgement=session.order.judgement, politeness=session.order.politeness)
    done = len(session.order.targets) - len(waiting)
    engine: Any = session.engine
    for shard, crawled in engine(crawl, _Queue(deque(shards), session.stop)):
        merge_shard(session.connection, session.folder, session.visit, shard, crawled)
        done += len(shard.tasks)
        pages, failed = store.count_pages(session.connection, session.visit)
        session.tell(Step(shard.targets[-1].site, "", pages, failed, done, len(session.order.targets)))


def _fail_part(part: Part, failure: Failure) -> Analysis:
    return fail_page(Path(part.source).name, url=part.source, source=part.source, reason=failure.reason)


def _sum_up(
    connection: sqlite3.Connection, folder: Path, visit: int, *, is_new: bool, again: tuple[str, ...] = ()
) -> Outcome:
    pages, failed = store.count_pages(connection, visit)
    assessed, sites, sites_assessed, refused = connection.execute(
        "SELECT (SELECT count(*) FROM pages WHERE visit = :visit AND state = 'assessed'), "
        "(SELECT count(*) FROM verdicts WHERE visit = :visit), "
        "(SELECT count(*) FROM verdicts WHERE visit = :visit AND state = 'assessed'), "
        "(SELECT count(*) FROM mistakes WHERE visit = :visit AND refused)",
        {"visit": visit},
    ).fetchone()
    return Outcome(
        folder=folder,
        pages=pages,
        failed=failed,
        assessed=assessed,
        sites=sites,
        sites_assessed=sites_assessed,
        is_refused=bool(refused),
        is_new=is_new,
        again=again,
    )
