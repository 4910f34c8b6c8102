"""Open and close the store, and keep whole pieces of work.

Everything is written in transactions that hold a whole piece of work, so that a process killed at any moment leaves the
store as if that piece had never been begun. Only the process that holds the run writes; anybody may read beside it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

StoreError = sqlite3.Error
"""What is raised when something cannot be kept, for instance because the disk is full."""

STORE = "run.sqlite"
FORMAT = "clinic-auditor/run/2"
PATIENCE = 30.0
"""Seconds that are waited for another program that reads or writes."""


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
        if "locked" in str(error):
            raise AuditorError(
                f"{folder / STORE} is in use by another program: close that, then give the same command"
            ) from error
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
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE)
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


def settle_store(folder: Path) -> None:
    """Make the store in *folder*, which has been closed, one file although another program has it open.

    That program keeps what it has; without this its end would change files that are sealed. A copy takes the place of the
    store, because SQLite writes nothing for who has a file open that is no longer there (https://sqlite.org/wal.html).
    """
    log, shared = (folder / f"{STORE}{suffix}" for suffix in ("-wal", "-shm"))
    if not log.exists():
        return
    draft = folder / f".{STORE}.part"
    draft.unlink(missing_ok=True)
    with closing(_connect(folder)) as connection, closing(sqlite3.connect(draft)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    draft.replace(folder / STORE)
    # Only now: without its log the store that was there would not have been whole.
    log.unlink(missing_ok=True)
    shared.unlink(missing_ok=True)


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


def find_visit(connection: sqlite3.Connection) -> Any:
    """Return the row of the latest visit, None if there is none."""
    return connection.execute("SELECT * FROM visits ORDER BY visit DESC LIMIT 1").fetchone()
