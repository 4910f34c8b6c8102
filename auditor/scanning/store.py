"""The store of a run: one SQLite file in which the queue and the results stand together.

Everything is written in transactions that hold a whole piece of work, so that a process killed at any moment leaves the
store as if that piece had never been begun. Only the process that holds the run writes; anybody may read beside it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.scanning.models import PAGES_A_TASK, Analysis, PageRow, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from auditor.models import Failure, RuleSet
    from auditor.scanning.models import Mistake, Target

StoreError = sqlite3.Error
"""What is raised when something cannot be kept, for instance because the disk is full."""

STORE = "run.sqlite"
FORMAT = "clinic-auditor/run/1"

_PAGE_COLUMNS = ", ".join(PageRow._fields)
_INSERT_PAGE = (
    f"INSERT INTO pages (page, task, visit, {_PAGE_COLUMNS}) VALUES ({', '.join('?' * (3 + len(PageRow._fields)))})"
)
_UPDATE_PAGE = f"UPDATE pages SET {', '.join(f'{name} = ?' for name in PageRow._fields)}, attempts = ? WHERE page = ?"


def create_store(folder: Path, *, created: str, targets: str) -> sqlite3.Connection:
    """Make the store of a new run in *folder*; *targets* is the digest of what it is to scan.

    Nothing is kept before the first `commit`: a store that was killed while it was made is made anew.
    """
    connection = _connect(folder)
    schema = files("auditor.scanning").joinpath("schema.sql").read_text(encoding="utf-8")
    connection.executescript(f"BEGIN IMMEDIATE;\n{schema}")
    connection.executemany(
        "INSERT INTO run VALUES (?, ?)", [("format", FORMAT), ("created", created), ("targets", targets)]
    )
    return connection


def is_begun(folder: Path) -> bool:
    """Tell whether there is a store in *folder* that holds something."""
    path = folder / STORE
    if not path.exists() or not path.stat().st_size:
        return False
    connection = _connect(folder, reading=True)
    try:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()


def open_store(folder: Path, *, reading: bool = False) -> sqlite3.Connection:
    """Open the store of the run in *folder*; raise `AuditorError` if there is none, or one of another format."""
    if not (folder / STORE).is_file():
        raise AuditorError(f"{folder} is not the folder of a run, it holds no {STORE}: name one that auditor scan made")
    connection = None
    try:
        connection = _connect(folder, reading=reading)
        found = read_run(connection).get("format")
    except sqlite3.DatabaseError as error:
        if connection:
            connection.close()
        raise AuditorError(f"{folder / STORE} is damaged ({error}): scan again into another folder") from error
    if found != FORMAT:
        connection.close()
        raise AuditorError(f"{folder} was made by another version of this program ({found}): scan into another folder")
    return connection


def open_finished(folder: Path) -> sqlite3.Connection:
    """Open the store of the run in *folder* for reading; raise `AuditorError` if its scan is not complete."""
    connection = open_store(folder, reading=True)
    visit = find_visit(connection)
    if visit is None or visit["finished"] is None:
        connection.close()
        raise AuditorError(f"the scan in {folder} is not complete: give the command that began it once more")
    return connection


def _connect(folder: Path, *, reading: bool = False) -> sqlite3.Connection:
    address = f"{(folder / STORE).absolute().as_uri()}?mode={'ro' if reading else 'rwc'}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
    connection.row_factory = sqlite3.Row
    if not reading:
        # Of a new store: a page of a site brings some 50 kB of rows, which are written in three quarters of the time then.
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def close_store(connection: sqlite3.Connection, *, reading: bool = False) -> None:
    """Close the store so that it is one file again, whose bytes no reader changes."""
    if reading:
        connection.close()
        return
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        # A full disk may forbid it; the next who opens the store puts it in order.
        return
    finally:
        connection.close()


@contextmanager
def write(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold a transaction: all of it is kept, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def batch(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold a piece of work that is kept whole or not at all, with others by the next `commit`."""
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")
    connection.execute("SAVEPOINT piece")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO piece")
        raise
    connection.execute("RELEASE piece")


def commit(connection: sqlite3.Connection) -> None:
    """Keep the pieces of work that are done."""
    if connection.in_transaction:
        connection.execute("COMMIT")


def read_run(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what is known of the run as a whole."""
    return dict(connection.execute("SELECT name, value FROM run").fetchall())


# --- visits, sites, tasks ----------------------------------------------------------------------


def add_visit(
    connection: sqlite3.Connection,
    *,
    started: str,
    version: str,
    rules: RuleSet,
    settings: dict[str, Any],
    settings_digest: str,
) -> int:
    """Note that a visit has begun, with the rules that judge, and return its number."""
    row = connection.execute("SELECT coalesce(max(visit), 0) + 1 FROM visits").fetchone()
    visit = int(row[0])
    connection.execute(
        "INSERT INTO visits VALUES (?, ?, NULL, ?, ?, ?, ?)",
        (visit, started, version, rules.digest, _to_json(settings), settings_digest),
    )
    connection.executemany(
        "INSERT INTO rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                visit, rule.id, rule.category, rule.title, int(rule.severity), rule.status, rule.form,
                _to_json(rule.codes), rule.why, rule.ask, _to_json(rule.basis),
            )
            for rule in rules.rules
        ],
    )  # fmt: skip
    return visit


def find_visit(connection: sqlite3.Connection) -> Any:
    """Return the row of the latest visit, None if there is none."""
    return connection.execute("SELECT * FROM visits ORDER BY visit DESC LIMIT 1").fetchone()


def finish_visit(connection: sqlite3.Connection, visit: int, finished: str) -> None:
    """Note that *visit* is complete."""
    connection.execute("UPDATE visits SET finished = coalesce(finished, ?) WHERE visit = ?", (finished, visit))


def add_mistakes(connection: sqlite3.Connection, visit: int, mistakes: Iterable[Mistake]) -> None:
    """Keep the lines of the list that name no site."""
    rows = [(visit, each.source, each.line, each.text, each.problem, each.refused) for each in mistakes]
    connection.executemany("INSERT INTO mistakes VALUES (?, ?, ?, ?, ?, ?)", rows)


def add_crawls(connection: sqlite3.Connection, visit: int, targets: Sequence[Target]) -> None:
    """Queue the crawls of *targets*, each with its site."""
    start = _next_task(connection)
    for position, target in enumerate(targets):
        _add_site(connection, target.site, position, target)
        connection.execute(
            "INSERT INTO tasks (task, visit, kind, site, seeds, state) VALUES (?, ?, 'crawl', ?, ?, 'waiting')",
            (start + position, visit, target.site, _to_json(target.seeds)),
        )


def add_parts(connection: sqlite3.Connection, visit: int, parts: Iterable[Part]) -> None:
    """Queue *parts* of saved pages in their order; their numbers are given here."""
    start = _next_task(connection)
    connection.executemany(
        "INSERT INTO tasks (task, visit, kind, source, member, start, stop, files, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
        [
            (
                number, visit, "files" if part.files else "archive", part.source, part.member,
                part.start, part.stop, _to_json(part.files) if part.files else None,
            )
            for number, part in enumerate(parts, start)
        ],
    )  # fmt: skip


def add_failed_source(connection: sqlite3.Connection, visit: int, failure: Failure) -> None:
    """Note that a source of saved pages gave nothing, as a failed page of a site that is called like it."""
    task = _next_task(connection)
    connection.execute(
        "INSERT INTO tasks (task, visit, kind, source, state, reason) VALUES (?, ?, 'archive', ?, 'failed', ?)",
        (task, visit, failure.source, failure.reason),
    )
    row = PageRow(site=failure.source, url=failure.source, source=failure.source, state="failed", reason=failure.reason)
    add_results(connection, visit, task, [Analysis(page=row)])


def list_parts(connection: sqlite3.Connection, visit: int) -> list[Part]:
    """Return the parts of saved pages that *visit* has still to judge, in their order."""
    rows = connection.execute(
        "SELECT * FROM tasks WHERE visit = ? AND kind IN ('archive', 'files') AND state = 'waiting' ORDER BY task",
        (visit,),
    )
    return [
        Part(
            task=row["task"],
            source=row["source"],
            member=row["member"] or "",
            start=row["start"] or 0,
            stop=row["stop"],
            files=tuple(json.loads(row["files"] or "[]")),
            first=row["judged"],
        )
        for row in rows
    ]


def finish_task(connection: sqlite3.Connection, task: int, *, state: str = "done", reason: str | None = None) -> None:
    """Note that *task* has ended."""
    connection.execute("UPDATE tasks SET state = ?, reason = ? WHERE task = ?", (state, reason, task))


def move_task(connection: sqlite3.Connection, task: int, *, start: int, judged: int) -> None:
    """Note that *task* goes on from *start*, with so many pages *judged*."""
    connection.execute("UPDATE tasks SET start = ?, judged = ? WHERE task = ?", (start, judged, task))


def _next_task(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT coalesce(max(task), 0) + 1 FROM tasks").fetchone()
    return int(row[0])


def _add_site(connection: sqlite3.Connection, site: str, position: int, target: Target | None) -> None:
    columns = dict(target.columns) if target else {}
    connection.execute(
        "INSERT OR IGNORE INTO sites VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            site,
            position,
            target.url if target else None,
            columns.get("name"),
            columns.get("case_ref"),
            target.line if target else None,
            _to_json(columns),
        ),
    )


# --- crawls ------------------------------------------------------------------------------------


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
        (*_clean((robots,)), archive, archived, task),
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
        for table in ("findings", "quotes", "disclosures", "traits", "texts"):
            connection.execute(f"DELETE FROM {table} WHERE page IN {of_task}", (task,))
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
        "SELECT pages.page, url, rank, depth, state, reason, sha256, final_url, passages FROM pages "
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


# --- results -----------------------------------------------------------------------------------


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
    connection.executemany(_INSERT_PAGE, [(page, task, visit, *_clean(each.page)) for page, each in numbered])
    for page, each in numbered:
        add_details(connection, page, each)


def update_page(connection: sqlite3.Connection, page: int, result: Analysis, *, attempts: int) -> None:
    """Keep the *result* of a page that was queued."""
    connection.execute(_UPDATE_PAGE, (*_clean(result.page), attempts, page))
    add_details(connection, page, result)


def add_details(connection: sqlite3.Connection, page: int, result: Analysis) -> None:
    """Keep what was found on *page*."""
    findings = "(page, rule, kind, severity, quotes, note)"
    _keep(connection, f"findings {findings} VALUES ({page}, ?, ?, ?, ?, ?)", result.findings)
    _keep(connection, f"quotes VALUES ({page}{', ?' * 17})", result.quotes)
    _keep(connection, f"disclosures VALUES ({page}, ?)", [(rule,) for rule in result.disclosures])
    _keep(connection, f"traits VALUES ({page}, ?, ?)", result.traits)
    if result.passages:
        connection.execute("INSERT INTO texts VALUES (?, ?)", (page, result.passages))


def _keep(connection: sqlite3.Connection, place: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert *rows* as they are, and only if that fails as `_clean` makes them: to look at each costs as much as to keep it."""
    if not rows:
        return
    try:
        connection.executemany(f"INSERT OR REPLACE INTO {place}", rows)
    except UnicodeEncodeError:
        connection.executemany(f"INSERT OR REPLACE INTO {place}", map(_clean, rows))


def _clean(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return *row* as SQLite takes it, which knows no half of a surrogate pair."""
    return tuple(
        value.encode("utf-8", "replace").decode() if isinstance(value, str) and not value.isascii() else value
        for value in row
    )


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=isinstance(value, dict))
