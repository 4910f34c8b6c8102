"""The whole of a scan: from what is to be scanned to a run that is complete, taken up where it was left."""

from __future__ import annotations

import asyncio
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from auditor.errors import AuditorError
from auditor.scanning import store
from auditor.scanning.analysing import load_rules_once
from auditor.scanning.changes import note_changes
from auditor.scanning.engine import run_processes
from auditor.scanning.folders import hold_run
from auditor.scanning.manifest import MANIFEST, AlteredError, describe_changes, write_manifest
from auditor.scanning.networks import note_networks
from auditor.scanning.opening import open_run, open_update
from auditor.scanning.orders import describe_run, format_moment, list_inputs
from auditor.scanning.pagereports import write_page_reports
from auditor.scanning.session import REPORTING, Session, Step, Stopped, catch_interrupt
from auditor.scanning.summarizing import write_report
from auditor.scanning.verdicts import judge_sites
from auditor.scanning.working import begin_lost, crawl_targets, judge_parts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from auditor.scanning.orders import Order
    from auditor.scanning.session import Clock, Engine, Sleep


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


def _say_nothing(_step: Step) -> None:
    """Tell nobody."""


def scan(
    order: Order | None,
    folder: Path,
    *,
    jobs: int,
    now: Clock,
    sites: int | None = None,
    tell: Callable[[Step], None] = _say_nothing,
    sleep: Sleep = asyncio.sleep,
    engine: Engine | None = None,
    page_reports: str = "worst",
    first: int = 1,
) -> Outcome:
    """Scan what *order* names into *folder*, or go on with the scan that was begun there.

    Without an order everything in the run in *folder* is visited again, or a visit that was begun is gone on with; every
    capture is kept. So many *sites* are crawled at once, which no run keeps; a new run begins with the visit *first*, after
    which its captures are called. Raises `AuditorError` if another process is at
    work there, or if the folder holds something else, and `AlteredError` if what it holds is not as it was left.
    """
    if order is None and not (folder / store.STORE).is_file():
        raise AuditorError(f"{folder} is not the folder of a run: name one that auditor scan made")
    with hold_run(folder), _tell_full(folder):
        is_sealed = (folder / MANIFEST).exists()
        # A new seal over what was altered would make it look whole.
        if is_sealed and (changed := describe_changes(folder)):
            raise AlteredError(f"{changed}: bring back what it was, or scan into another folder")
        if order is None:
            connection, visit, order = open_update(folder, jobs, now)
            if sites:
                order = replace(order, politeness=replace(order.politeness, sites=sites))
        else:
            connection, visit = open_run(order, folder, jobs, now, reading=is_sealed, first=first)
            if is_sealed:
                with closing(connection):
                    return _sum_up(connection, folder, visit, is_new=False)
        with catch_interrupt() as stop:
            return _complete(
                Session(
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


def _complete(session: Session) -> Outcome:
    """Do what is still to be done of a run, and seal it."""
    try:
        again = begin_lost(session)
        _go_on(session)
        _write_reports(session)
        outcome = _sum_up(session.connection, session.folder, session.visit, is_new=True, again=again)
        about, inputs = describe_run(session.connection), list_inputs(session.connection)
    finally:
        store.close_store(session.connection)
    store.settle_store(session.folder)
    # What a process left that was killed while it wrote a file is no part of the run.
    for draft in session.folder.glob(".*.part"):
        draft.unlink()
    write_manifest(session.folder, about=about, inputs=inputs)
    return outcome


def _write_reports(session: Session) -> None:
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


def _go_on(session: Session) -> None:
    """Do what is still to be done. Raises `Stopped` if that is asked for meanwhile."""
    judge_parts(session)
    crawl_targets(session)
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


@contextmanager
def _tell_full(folder: Path) -> Iterator[None]:
    """Say in one sentence that nothing more can be kept in *folder*."""
    try:
        yield
    except (OSError, store.StoreError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "close the program that has it open" if "locked" in reason else "make room there"
        raise AuditorError(
            f"nothing more can be kept in {folder} ({reason}): {remedy}, then give the same command to go on; "
            "what was done is kept"
        ) from error


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
