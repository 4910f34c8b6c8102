"""The whole of a scan: from what is to be scanned to a run that is complete, taken up where it was left."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import signal
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor import __version__
from auditor.errors import AuditorError
from auditor.models import Failure
from auditor.scanning import store
from auditor.scanning.analysing import analyse_part, fail_page, load_rules_once
from auditor.scanning.engine import run_processes
from auditor.scanning.folders import attempt_parts, hold_run
from auditor.scanning.manifest import MANIFEST, hash_file, write_manifest
from auditor.scanning.models import Judgement, Part, Politeness
from auditor.scanning.verdicts import judge_sites

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from auditor.scanning.models import Analysis, Mistake, Target

    Clock = Callable[[], datetime]
    Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be scanned, and how."""

    targets: tuple[Target, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    saved: tuple[str, ...] = ()
    """Web archives and folders of saved pages."""
    judgement: Judgement = field(default_factory=Judgement)
    politeness: Politeness = field(default_factory=Politeness)


class Step(NamedTuple):
    """What has just been done, for whoever shows progress."""

    what: str
    """The site, or the source of saved pages."""
    state: str
    """Of the page that is done; empty when a site or part is."""
    pages: int
    """All so far."""
    failed: int
    done: int
    """Sites, or parts of saved pages."""
    total: int


class Stopped(Exception):  # noqa: N818 - no error: the user asked for it
    """The scan was stopped from the keyboard; it can be gone on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    folder: Path
    pages: int
    assessed: int
    sites: int
    sites_assessed: int
    is_new: bool
    """Whether anything had still to be done."""


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
) -> Outcome:
    """Scan what *order* names into *folder*, or go on with the scan that was begun there.

    Raises `AuditorError` if another process is at work there, or if the folder holds something else.
    """
    with hold_run(folder):
        is_sealed = (folder / MANIFEST).exists()
        try:
            connection, visit = _open_run(order, folder, jobs, now, reading=is_sealed)
            try:
                if not is_sealed:
                    with catch_interrupt() as stop:
                        _go_on(
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
                            )
                        )
                outcome = _sum_up(connection, folder, visit, is_new=not is_sealed)
                about, inputs = describe_run(connection), list_inputs(connection)
            finally:
                store.close_store(connection, reading=is_sealed)
            if not is_sealed:
                write_manifest(folder, about=about, inputs=inputs)
        except (OSError, store.StoreError) as error:
            raise explain_full(error, folder) from error
    return outcome


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
    settings = describe_settings(order)
    digest = _digest([settings, rules.digest, __version__])
    targets = _digest([[asdict(target) for target in order.targets], order.saved])
    if not (folder / store.STORE).exists():
        parts = _list_parts(order.saved, jobs)
        connection = store.create_store(folder, created=format_moment(now), targets=targets)
        with store.write(connection):
            visit = store.add_visit(
                connection,
                started=format_moment(now),
                version=__version__,
                rules=rules,
                settings=settings,
                settings_digest=digest,
            )
            store.add_mistakes(connection, visit, order.mistakes)
            store.add_crawls(connection, visit, order.targets)
            store.add_parts(connection, visit, [part for part in parts if isinstance(part, Part)])
            for failure in parts:
                if isinstance(failure, Failure):
                    store.add_failed_source(connection, visit, failure)
        return connection, visit
    connection = store.open_store(folder, reading=reading)
    visit_row = store.find_visit(connection)
    if visit_row is None:
        raise AuditorError(f"the run in {folder} was never begun: delete the folder and scan again")
    if store.read_run(connection)["targets"] != targets:
        raise AuditorError(
            f"{folder} holds a scan of something else: name another folder, or the list it was begun with"
        )
    if visit_row["settings_digest"] != digest:
        changed = _name_changes(json.loads(visit_row["settings"]), settings) or ["rules or version of the program"]
        raise AuditorError(
            f"the scan in {folder} was begun with other settings ({', '.join(changed)}): "
            "give the same ones to go on with it, or name another folder"
        )
    return connection, int(visit_row["visit"])


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


def _go_on(session: _Session) -> None:
    """Do what is still to be done. Raises `Stopped` if that is asked for meanwhile."""
    _judge_parts(session)
    _crawl(session)
    if session.stop.is_set():
        raise Stopped
    with store.write(session.connection):
        judge_sites(session.connection, session.visit, load_rules_once(session.order.judgement.rule_folders))
        store.finish_visit(session.connection, session.visit, format_moment(session.now))


def _judge_parts(session: _Session) -> None:
    """Judge the saved pages that are still to be judged; each part is kept whole or not at all."""
    connection = session.connection
    parts = store.list_parts(connection, session.visit)
    pages, failed = store.count_pages(connection, session.visit)
    analyse = partial(analyse_part, judgement=session.order.judgement)
    wanted = itertools.takewhile(lambda _: not session.stop.is_set(), parts)
    for number, (part, made) in enumerate(run_processes(analyse, wanted, jobs=session.jobs) if parts else (), 1):
        results = [_fail_part(part, made)] if isinstance(made, Failure) else made
        with store.write(connection):
            store.add_results(connection, session.visit, part.task, results)
            store.finish_task(connection, part.task)
        pages += len(results)
        failed += sum(each.page.state == "failed" for each in results)
        session.tell(Step(part.source, "", pages, failed, number, len(parts)))


def _crawl(session: _Session) -> None:
    """Crawl the sites that are still to be crawled."""
    left = len(store.list_crawls(session.connection, session.visit))
    if not left or session.stop.is_set():
        return
    from auditor.scanning.touring import crawl_sites

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


def _fail_part(part: Part, failure: Failure) -> Analysis:
    return fail_page(Path(part.source).name, url=part.source, source=part.source, reason=failure.reason)


def _sum_up(connection: sqlite3.Connection, folder: Path, visit: int, *, is_new: bool) -> Outcome:
    pages, assessed, sites, sites_assessed = connection.execute(
        "SELECT (SELECT count(*) FROM pages WHERE visit = :visit), "
        "(SELECT count(*) FROM pages WHERE visit = :visit AND state = 'assessed'), "
        "(SELECT count(*) FROM verdicts WHERE visit = :visit), "
        "(SELECT count(*) FROM verdicts WHERE visit = :visit AND state = 'assessed')",
        {"visit": visit},
    ).fetchone()
    return Outcome(
        folder=folder, pages=pages, assessed=assessed, sites=sites, sites_assessed=sites_assessed, is_new=is_new
    )


def explain_full(error: Exception, folder: Path) -> AuditorError:
    """Return what is said when results can no longer be kept in *folder*."""
    reason = getattr(error, "strerror", None) or str(error)
    return AuditorError(
        f"nothing more can be kept in {folder} ({reason}): make room there, then give the same command to go on; "
        "what was done is kept"
    )


# --- what a run is known by --------------------------------------------------------------------


def describe_run(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return what a manifest says of how a run was made."""
    run = store.read_run(connection)
    visits = [dict(row) for row in connection.execute("SELECT * FROM visits ORDER BY visit")]
    for visit in visits:
        visit["settings"] = json.loads(visit["settings"])
    return {"created": run["created"], "targets": run["targets"], "visits": visits}


def list_inputs(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the archives outside of the run that were read, with their SHA-256."""
    rows = connection.execute("SELECT DISTINCT source FROM tasks WHERE kind = 'archive' ORDER BY source").fetchall()
    return {source: hash_file(Path(source)) for (source,) in rows if Path(source).is_file()}


def describe_settings(order: Order) -> dict[str, Any]:
    """Return the settings of *order* that decide what is found, as plain data."""
    judged = asdict(order.judgement)
    crawled = asdict(order.politeness) if order.targets else {}
    crawled.pop("sites", None)
    return {"judgement": judged, "crawl": crawled}


def format_moment(now: Clock) -> str:
    """Return the present moment as ISO 8601 in UTC, to the second."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=list).encode()).hexdigest()


def _name_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    plain = json.loads(json.dumps(after))
    return sorted(
        name.replace("_", "-")
        for room in plain
        for name in plain[room]
        if plain[room][name] != before.get(room, {}).get(name)
    )
