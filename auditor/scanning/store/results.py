"""What became of each page: kept in full, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.scanning.models import PAGES_A_TASK, QUOTATIONS_A_PAGE, PageRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from auditor.scanning.models import Analysis

_PAGE_COLUMNS = ", ".join(PageRow._fields)
_INSERT_PAGE = (
    f"INSERT INTO pages (page, task, visit, {_PAGE_COLUMNS}) VALUES ({', '.join('?' * (3 + len(PageRow._fields)))})"
)
_UPDATE_PAGE = f"UPDATE pages SET {', '.join(f'{name} = ?' for name in PageRow._fields)}, attempts = ? WHERE page = ?"


def count_rows(connection: sqlite3.Connection, visit: int) -> int:
    """Return how many pages of *visit* there are, whatever became of them."""
    return int(connection.execute("SELECT count(*) FROM pages WHERE visit = ?", (visit,)).fetchone()[0])


def count_pages(connection: sqlite3.Connection, visit: int) -> tuple[int, int]:
    """Return how many pages of *visit* are done with, and how many of these failed; what was never asked for is not counted."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(state = 'failed'), 0) FROM pages WHERE visit = ? AND state <> 'waiting' "
        "AND (attempts > 0 OR task IN (SELECT task FROM tasks WHERE kind <> 'crawl'))",
        (visit,),
    ).fetchone()
    return int(row[0]), int(row[1])


def add_results(
    connection: sqlite3.Connection, visit: int, task: int, results: Iterable[Analysis], *, first: int = 0
) -> None:
    """Keep the *results* of a part of saved pages, numbered in their order after the *first* so many."""
    numbered = list(enumerate(results, task * PAGES_A_TASK + first + 1))
    connection.executemany(_INSERT_PAGE, [(page, task, visit, *clean_row(each.page)) for page, each in numbered])
    _add_details(connection, numbered)


def update_page(connection: sqlite3.Connection, page: int, result: Analysis, *, attempts: int) -> None:
    """Keep the *result* of a page that was queued."""
    connection.execute(_UPDATE_PAGE, (*clean_row(result.page), attempts, page))
    _add_details(connection, [(page, result)])


def _add_details(connection: sqlite3.Connection, numbered: Sequence[tuple[int, Analysis]]) -> None:
    """Keep what was found on pages, by their numbers."""
    found = [(page, *row) for page, each in numbered for row in each.findings]
    _keep(connection, "findings (page, rule, kind, severity, quotes, note)", 6, found)
    _keep_quotes(connection, numbered)
    _keep(connection, "disclosures", 2, [(page, rule) for page, each in numbered for rule in each.disclosures])
    _keep(connection, "traits", 3, [(page, *row) for page, each in numbered for row in each.traits])
    _keep(connection, "texts", 2, [(page, each.passages) for page, each in numbered if each.passages])


def _keep_quotes(connection: sqlite3.Connection, numbered: Sequence[tuple[int, Analysis]]) -> None:
    """Keep what is quoted of pages: what several of them say once, for every page of a site repeats its phrases."""
    known: dict[tuple[Any, ...], int] = {}
    quoted = []
    for page, each in numbered:
        new = page * QUOTATIONS_A_PAGE
        for rule, number, passage, quotation in each.quotes:
            place = known.get(quotation)
            if place is None:
                place = known[quotation] = new
                new += 1
            quoted.append((page, rule, number, passage, place))
    _keep(connection, "quotations", 15, [(place, *quotation) for quotation, place in known.items()])
    _keep(connection, "quoted", 5, quoted)


def _keep(connection: sqlite3.Connection, place: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
    """Insert *rows* as they are, and only if that fails as `clean_row` makes them: to look at each costs as much as to keep it."""
    if not rows:
        return
    insert = f"INSERT OR REPLACE INTO {place} VALUES ({', '.join('?' * width)})"
    try:
        connection.executemany(insert, rows)
    except UnicodeEncodeError:
        connection.executemany(insert, map(clean_row, rows))


def clean_row(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return *row* as SQLite takes it, which knows no half of a surrogate pair."""
    return tuple(
        value.encode("utf-8", "replace").decode() if isinstance(value, str) and not value.isascii() else value
        for value in row
    )
