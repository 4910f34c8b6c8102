"""Measure what a run of very many pages needs at its end: ``python -m tests.benchmarks.bench_report``."""

from __future__ import annotations

import argparse
import json
import tempfile
import zlib
from datetime import datetime, timezone
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from auditor.pipeline import load_default_rules
from auditor.scanning import store
from auditor.scanning.exporting import export_run
from auditor.scanning.models import PAGE_TABLES, QUOTATIONS_A_PAGE
from auditor.scanning.networks import find_alike, note_networks
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.summarizing import write_report
from tests.benchmarks.bench_scan import PAGES_A_SITE, make_archives, show

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

SITES = 10
MOST_SECONDS = 30
"""Of processor time for the report of 100,000 pages."""
_BY_SITE = ("site_findings", "site_codes", "verdicts", "sites")


def main() -> None:
    """Scan some sites, copy them in the store until there are as many pages as asked for, and write what ends a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    options = parser.parse_args()
    rules = load_default_rules()
    find_alike(["what is loaded only once is no part of what is measured"])
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        archives = make_archives(Path(place) / "archives", SITES * PAGES_A_SITE, 1)
        scan(
            Order(saved=tuple(map(str, archives))), run, jobs=1, now=lambda: datetime(2031, 3, 14, tzinfo=timezone.utc)
        )
        connection = store.open_store(run)
        grow_store(connection, options.pages // (SITES * PAGES_A_SITE))
        share = options.pages / 100_000
        began = process_time()
        with store.write(connection):
            note_networks(connection, 1)
        networks = process_time() - began
        began = process_time()
        write_report(connection, run, rules)
        report = process_time() - began
        store.close_store(connection)
        began = perf_counter()
        export_run(run, Path(place) / "tables", "csv", rules)
        export = perf_counter() - began
    print(f"{options.pages} pages; networks {networks:.1f} s, export as CSV {export:.1f} s")
    show("report, for 100,000 pages", report / share, "s", most=MOST_SECONDS)


def grow_store(connection: sqlite3.Connection, times: int) -> None:
    """Copy all that *connection* holds until it is so many *times* as much, each site under names of its own."""
    pages = [row[1] for row in connection.execute("PRAGMA table_info(pages)")]
    rest = ", ".join(name for name in pages if name not in ("page", "site", "same_as"))
    for copy in range(1, times):
        gap, name = copy * 10_000_000, f"{copy}."
        with store.write(connection):
            connection.execute(
                f"INSERT INTO pages (page, site, {rest}) SELECT page + {gap}, '{name}' || site, {rest} "
                "FROM pages WHERE page < 10000000"
            )
            for table in PAGE_TABLES:
                _copy_rows(connection, table, "page < 10000000", {"page": gap, "quotation": gap * QUOTATIONS_A_PAGE})
            _copy_rows(
                connection,
                "quotations",
                f"quotation < {10_000_000 * QUOTATIONS_A_PAGE}",
                {"quotation": gap * QUOTATIONS_A_PAGE},
            )
            for table in _BY_SITE:
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                taken = ", ".join(column for column in columns if column != "site")
                connection.execute(
                    f"INSERT INTO {table} (site, {taken}) SELECT '{name}' || site, {taken} FROM {table} "
                    "WHERE site NOT GLOB '[0-9]*.clinic*'"
                )
            _name_texts(connection, copy, gap)


def _copy_rows(connection: sqlite3.Connection, table: str, where: str, gaps: Mapping[str, int]) -> None:
    """Copy the rows of *table* for which *where* holds, with numbers that are so much higher."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    moved = ", ".join(f"{column} + {gaps[column]}" if column in gaps else column for column in columns)
    connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {moved} FROM {table} WHERE {where}")


def _name_texts(connection: sqlite3.Connection, copy: int, gap: int) -> None:
    """Give a copied site its own words and its own worst pages, so that there is something to compare."""
    for site, worst in connection.execute(
        "SELECT site, worst FROM verdicts WHERE site GLOB ?", (f"{copy}.*",)
    ).fetchall():
        own = [page + gap for page in json.loads(worst)]
        connection.execute("UPDATE verdicts SET worst = ? WHERE site = ?", (json.dumps(own), site))
        for page in own:
            row = connection.execute("SELECT passages FROM texts WHERE page = ?", (page,)).fetchone()
            passages = json.loads(zlib.decompress(row[0]))
            for passage in passages:
                passage[4] = passage[4].replace(" the ", f" the {copy} ").replace(" of ", f" {site} of ")
            packed = zlib.compress(json.dumps(passages).encode(), 1)
            connection.execute("UPDATE texts SET passages = ? WHERE page = ?", (packed, page))


if __name__ == "__main__":
    main()
