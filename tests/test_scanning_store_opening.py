"""The store: what is kept is kept whole, one file when it is closed, and told in words where it is none."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError
from auditor.scanning import store
from auditor.scanning.store import batch, close_store, commit, create_store, is_begun, open_finished, open_store, write
from tests import stores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return the store of a run that has begun."""
    with stores.open_new(tmp_path) as connection:
        yield connection


def note(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("INSERT INTO run VALUES (?, '')", (name,))


def list_noted(folder: Path) -> set[str]:
    """Return what another process sees of what was noted."""
    connection = open_store(folder, reading=True)
    noted = store.read_run(connection).keys() - {"format", "created", "targets"}
    connection.close()
    return noted


def note_and_fail(connection: sqlite3.Connection, name: str) -> None:
    note(connection, name)
    raise ZeroDivisionError


# --- made, opened, closed ----------------------------------------------------------------------


def test_a_store_that_was_not_kept_was_never_begun(tmp_path: Path) -> None:
    """A process that is killed while it makes a store leaves nothing that another would go on with."""
    connection = create_store(tmp_path, created="2031-03-14", targets="5f")
    connection.close()
    assert not is_begun(tmp_path)

    connection = create_store(tmp_path, created="2031-03-14", targets="5f")
    commit(connection)
    connection.close()
    assert is_begun(tmp_path)


@pytest.mark.parametrize(("content", "begun"), [(None, False), (b"", False), (b"no store at all" * 99, True)])
def test_what_may_be_a_store_is_not_made_anew(tmp_path: Path, content: bytes | None, begun: bool) -> None:
    """Nothing is written over a file that holds something, whatever that is."""
    if content is not None:
        (tmp_path / "run.sqlite").write_bytes(content)

    assert begun == is_begun(tmp_path)


def change_format(folder: Path) -> None:
    connection = open_store(folder)
    connection.execute("UPDATE run SET value = 'another/2' WHERE name = 'format'")
    close_store(connection)


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        (lambda folder: (folder / "run.sqlite").unlink(), "is not the folder of a run, it holds no run.sqlite"),
        (lambda folder: (folder / "run.sqlite").write_bytes(b"none" * 999), "run.sqlite is damaged"),
        (lambda folder: (folder / "run.sqlite").write_bytes(b""), "run.sqlite is damaged"),
        (change_format, r"was made by another version of this program \(another/2\)"),
    ],
    ids=["missing", "damaged", "empty", "format"],
)
@pytest.mark.parametrize("reading", [True, False])
def test_what_is_no_store_is_told(tmp_path: Path, touch: Callable[[Path], object], told: str, reading: bool) -> None:
    """In one sentence that says what to do, whether it is to be read or written."""
    with stores.open_new(tmp_path):
        pass
    touch(tmp_path)

    with pytest.raises(AuditorError, match=told):
        open_store(tmp_path, reading=reading)


def test_a_closed_store_is_one_file(tmp_path: Path) -> None:
    """Nothing lies beside it, what was not kept is gone, and no reader changes a byte of it."""
    with stores.open_new(tmp_path) as connection:
        connection.execute("BEGIN")
        note(connection, "lost")
    before = (tmp_path / "run.sqlite").read_bytes()

    assert set() == list_noted(tmp_path)
    connection = open_store(tmp_path, reading=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        note(connection, "never")
    close_store(connection, reading=True)

    assert (["run.sqlite"], before) == (
        [path.name for path in tmp_path.iterdir()],
        (tmp_path / "run.sqlite").read_bytes(),
    )


def test_only_a_complete_run_is_opened_as_one(tmp_path: Path) -> None:
    """A report on half a scan would look like one on the whole; a second visit under way counts as half."""
    with stores.open_new(tmp_path) as connection:
        with pytest.raises(AuditorError, match="is not complete"):
            open_finished(tmp_path)
        store.finish_visit(connection, 1, "2031-03-14T10:00:00Z")
        open_finished(tmp_path).close()
        stores.add_visit(connection)
        with pytest.raises(AuditorError, match="is not complete"):
            open_finished(tmp_path)


def test_the_latest_visit_is_found(kept: sqlite3.Connection) -> None:
    """Also where there is none."""
    stores.add_visit(kept)
    assert 2 == store.find_visit(kept)["visit"]

    kept.execute("DELETE FROM visits")
    assert store.find_visit(kept) is None


# --- pieces of work ----------------------------------------------------------------------------


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path, kept: sqlite3.Connection) -> None:
    """At its end others see it; of one that fails nothing is left."""
    with write(kept):
        note(kept, "one")
        assert set() == list_noted(tmp_path)
    assert {"one"} == list_noted(tmp_path)

    with pytest.raises(ZeroDivisionError), write(kept):
        note_and_fail(kept, "two")
    assert {"one"} == list_noted(tmp_path)


def test_pieces_are_kept_together_by_the_next_commit(tmp_path: Path, kept: sqlite3.Connection) -> None:
    """A piece that fails leaves nothing, those before and after it stand."""
    with batch(kept):
        note(kept, "one")
    with pytest.raises(ZeroDivisionError), batch(kept):
        note_and_fail(kept, "two")
    with batch(kept):
        note(kept, "three")
    assert set() == list_noted(tmp_path)

    commit(kept)

    assert {"one", "three"} == list_noted(tmp_path)


def test_to_keep_nothing_is_no_mistake(tmp_path: Path, kept: sqlite3.Connection) -> None:
    """A clock may commit whenever it likes."""
    commit(kept)
    commit(kept)

    assert set() == list_noted(tmp_path)
