"""How far each crawl of a site has come: the addresses that it met, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.scanning.models import PAGE_TABLES, PAGES_A_TASK, QUOTATIONS_A_PAGE
from auditor.scanning.store.opening import batch
from auditor.scanning.store.results import clean_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


def list_crawls(connection: sqlite3.Connection, visit: int) -> list[tuple[sqlite3.Row, sqlite3.Row]]:
    """Return the crawls that *visit* has still to do, each with its site."""
    tasks = connection.execute(
        "SELECT * FROM tasks WHERE visit = ? AND kind = 'crawl' AND state IN ('waiting', 'started') ORDER BY task",
        (visit,),
    ).fetchall()
    return [
        (task, connection.execute("SELECT * FROM sites WHERE site = ?", (task["site"],)).fetchone()) for task in tasks
    ]


def list_archives(connection: sqlite3.Connection, visit: int) -> list[tuple[int, str, str, int]]:
    """Return the archives of the crawls of *visit* that have begun: task, site, archive, and how long it is known to be."""
    rows = connection.execute(
        "SELECT task, site, archive, archived FROM tasks WHERE visit = ? AND kind = 'crawl' AND archive NOT NULL",
        (visit,),
    )
    return [tuple(row) for row in rows]


def begin_crawl(connection: sqlite3.Connection, task: int, *, robots: str, archive: str, archived: int) -> None:
    """Note that a crawl has begun, with what the site asks for."""
    connection.execute(
        "UPDATE tasks SET state = 'started', robots = ?, archive = ?, archived = ? WHERE task = ?",
        (*clean_row((robots,)), archive, archived, task),
    )


def note_crawl(connection: sqlite3.Connection, task: int, *, archived: int, errors: int, requests: int) -> None:
    """Note how far a crawl has come."""
    connection.execute(
        "UPDATE tasks SET archived = ?, errors = ?, requests = ? WHERE task = ?", (archived, errors, requests, task)
    )


def forget_crawl(connection: sqlite3.Connection, task: int) -> None:
    """Forget all that is known of a crawl."""
    of_task = "(SELECT page FROM pages WHERE task = ?)"
    with batch(connection):
        for table in PAGE_TABLES:
            connection.execute(f"DELETE FROM {table} WHERE page IN {of_task}", (task,))
        connection.execute(
            "DELETE FROM quotations WHERE quotation >= ? AND quotation < ?",
            (task * PAGES_A_TASK * QUOTATIONS_A_PAGE, (task + 1) * PAGES_A_TASK * QUOTATIONS_A_PAGE),
        )
        connection.execute("DELETE FROM pages WHERE task = ?", (task,))
        connection.execute(
            "UPDATE tasks SET state = 'waiting', robots = NULL, archived = 0, errors = 0, requests = 0 WHERE task = ?",
            (task,),
        )


def queue_pages(
    connection: sqlite3.Connection,
    task: int,
    visit: int,
    site: str,
    rows: Iterable[tuple[int, str, int, int, str | None]],
) -> None:
    """Keep addresses that were met: page, address, rank, depth, and why it is not fetched."""
    connection.executemany(
        "INSERT INTO pages (page, task, visit, site, url, rank, depth, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (page, task, visit, site, url, rank, depth, "skipped" if reason else "waiting", reason)
            for page, url, rank, depth, reason in rows
        ],
    )


def list_known(connection: sqlite3.Connection, task: int) -> list[sqlite3.Row]:
    """Return the addresses that a crawl has met, in their order, with the texts of those that were read."""
    return connection.execute(
        "SELECT pages.page, url, rank, depth, state, reason, sha256, final_url, characters, passages FROM pages "
        "LEFT JOIN texts ON texts.page = pages.page WHERE task = ? ORDER BY pages.page",
        (task,),
    ).fetchall()


def skip_waiting(connection: sqlite3.Connection, task: int, reason: str) -> None:
    """Note that what still waits of a crawl is not fetched."""
    connection.execute(
        "UPDATE pages SET state = 'skipped', reason = ? WHERE task = ? AND state = 'waiting'", (reason, task)
    )


def set_same(connection: sqlite3.Connection, page: int, same: int | None) -> None:
    """Note which page *page* repeats."""
    connection.execute("UPDATE pages SET same_as = ? WHERE page = ?", (same, page))


def mark_duplicate(connection: sqlite3.Connection, page: int, same: int) -> None:
    """Note that *page*, which was not fetched, is another address of *same*."""
    connection.execute("UPDATE pages SET state = 'duplicate', reason = NULL, same_as = ? WHERE page = ?", (same, page))
