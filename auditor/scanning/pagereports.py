"""The full reports on single pages of a run, RUN/pages/, judged again from the bytes that were kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import partial
from shutil import rmtree
from typing import TYPE_CHECKING, NamedTuple

from auditor.keeping import write_file
from auditor.models import Failure
from auditor.pipeline import Settings, attempt, audit_page
from auditor.reporting.html import render_html
from auditor.reporting.record import to_record
from auditor.reporting.run import name_page_report
from auditor.scanning.analysing import load_rules_once, load_source
from auditor.scanning.archiving import CAPTURES
from auditor.scanning.engine import run_processes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from auditor.scanning.models import Judgement

PAGES = "pages"
WHICH = ("worst", "all", "none")
_FEW = 12
"""Reports that are made here: to start processes takes longer."""


class _Wanted(NamedTuple):
    """A page that gets a report."""

    page: int
    site: str
    source: str
    """As the store names it."""
    sha256: str


def write_page_reports(
    connection: sqlite3.Connection,
    folder: Path,
    visit: sqlite3.Row,
    judgement: Judgement,
    *,
    which: str,
    jobs: int,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> frozenset[int]:
    """Write the reports on the pages of *visit* that are asked for, in place of earlier ones, and return these pages.

    *which* is one of `WHICH`; ``worst`` is of every site the page with the lowest score. A page whose bytes can no longer
    be had gets none. After each report *tell* hears how many are done, and of how many.
    """
    if (folder / PAGES).exists():
        rmtree(folder / PAGES)
    wanted = _list_wanted(connection, visit["visit"], which)
    write = partial(_write_report, folder=folder, moment=visit["finished"], judgement=judgement)
    made = ((each, write(each)) for each in wanted) if len(wanted) <= _FEW else run_processes(write, wanted, jobs=jobs)
    reported = set()
    for done, (each, failure) in enumerate(made, 1):
        if failure is None:
            reported.add(each.page)
        tell(done, len(wanted))
    return frozenset(reported)


def _list_wanted(connection: sqlite3.Connection, visit: int, which: str) -> list[_Wanted]:
    if which == "none":
        return []
    rows = connection.execute(
        "SELECT page, site, source, sha256 FROM pages WHERE visit = ? AND state IN ('assessed', 'not_assessed') ORDER BY page",
        (visit,),
    )
    if which == "all":
        return [_Wanted(*row) for row in rows]
    verdicts = connection.execute("SELECT worst FROM verdicts WHERE visit = ?", (visit,)).fetchall()
    worst = {pages[0] for pages in (json.loads(row["worst"]) for row in verdicts) if pages}
    return [_Wanted(*row) for row in rows if row["page"] in worst]


def _write_report(wanted: _Wanted, folder: Path, moment: str, judgement: Judgement) -> Failure | None:
    """Write the report on one page; return why there is none."""

    def step() -> str | None:
        is_own = wanted.source.startswith(f"{CAPTURES}/")
        page = load_source(str(folder / wanted.source) if is_own else wanted.source, max_bytes=judgement.max_bytes)
        if page.sha256 != wanted.sha256:
            return None
        audit = audit_page(
            replace(page, source=wanted.source),
            rules=load_rules_once(judgement.rule_folders),
            settings=Settings(facts=judgement.facts, exclude=frozenset(judgement.exclude), language=judgement.language),
            now=lambda: datetime.fromisoformat(moment.replace("Z", "+00:00")),
        )
        return render_html(to_record(audit))

    text = attempt(wanted.source, step)
    if isinstance(text, str):
        write_file(folder / PAGES / name_page_report(wanted.site, wanted.page), text)
        return None
    return text or Failure(source=wanted.source, reason="it is no longer what was judged")
