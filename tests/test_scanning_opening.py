"""A run is begun once, gone on with by the same command, and visited again when it is complete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import AuditorError
from auditor.scanning import opening, orders, store
from auditor.scanning.manifest import AlteredError, write_manifest
from auditor.scanning.models import Judgement, Mistake, Politeness, Target
from auditor.scanning.opening import open_run, open_update
from auditor.scanning.orders import Order
from tests.runs import now
from tests.test_scanning_store_results import read

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

ORDER = Order(
    targets=(Target(site="a.example", url="https://a.example/", line=1),),
    mistakes=(Mistake(source="list.txt", line=2, text="?!", problem="this is no web address"),),
)


def begin(folder: Path, order: Order = ORDER) -> None:
    """Begin the run of *order* in *folder*, and leave it."""
    connection, _ = open_run(order, folder, 1, now, reading=False)
    store.close_store(connection)


def complete(folder: Path) -> None:
    """Let the run in *folder* be complete and sealed."""
    connection = store.open_store(folder)
    store.finish_visit(connection, int(store.find_visit(connection)["visit"]), "2031-03-14T10:00:00Z")
    store.close_store(connection)
    write_manifest(folder, about={}, inputs={})


def count_tasks(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return read(connection, "SELECT visit, kind, count(*) FROM tasks GROUP BY visit, kind ORDER BY visit, kind")


def test_a_new_run_queues_all_that_is_asked_for(tmp_path: Path) -> None:
    """Sites, mistakes of the list and saved pages are kept at once; a source that gives nothing is a failed page."""
    (tmp_path / "page.html").write_text("<p>We cure.", encoding="utf-8")
    saved = (str(tmp_path / "none.wacz"), str(tmp_path / "page.html"))
    run = tmp_path / "run"
    run.mkdir()
    begin(run, replace(ORDER, saved=saved))

    connection = store.open_store(run, reading=True)
    assert [(1, "archive", 1), (1, "crawl", 1), (1, "files", 1)] == count_tasks(connection)
    assert [("?!",)] == read(connection, "SELECT text FROM mistakes")
    assert [(saved[0], "failed")] == read(connection, "SELECT source, state FROM pages")
    assert ("2031-03-14T09:26:53Z", None) == tuple(
        store.find_visit(connection)[name] for name in ("started", "finished")
    )


def test_the_same_command_goes_on(tmp_path: Path) -> None:
    """Nothing is queued twice, and the visit is the same; how many sites are crawled at once may change."""
    begin(tmp_path)

    connection, visit = open_run(replace(ORDER, politeness=Politeness(sites=2)), tmp_path, 1, now, reading=False)

    assert (1, [(1, "crawl", 1)]) == (visit, count_tasks(connection))


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (replace(ORDER, targets=()), "holds a scan of something else: name another folder"),
        (replace(ORDER, saved=("samples",)), "holds a scan of something else: name another folder"),
        (replace(ORDER, politeness=Politeness(delay=9.0)), r"was begun with other settings \(delay\)"),
        (
            replace(ORDER, judgement=Judgement(language="en"), politeness=Politeness(pages=3)),
            r"was begun with other settings \(language, pages\)",
        ),
    ],
)
def test_another_command_does_not_go_on(tmp_path: Path, order: Order, told: str) -> None:
    """Other settings, or another list, would mix two scans in one folder; what differs is named."""
    begin(tmp_path)
    before = (tmp_path / "run.sqlite").read_bytes()

    with pytest.raises(AuditorError, match=told):
        open_run(order, tmp_path, 1, now, reading=True)

    assert before == (tmp_path / "run.sqlite").read_bytes()


def change_version(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (orders, opening):
        monkeypatch.setattr(module, "__version__", "99.0")


def test_another_program_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a run judged by other rules would be no run; there is no setting to name."""
    begin(tmp_path)
    change_version(monkeypatch)

    with pytest.raises(AuditorError, match=r"other settings \(rules or version of the program\)"):
        open_run(ORDER, tmp_path, 1, now, reading=True)
    with pytest.raises(AuditorError, match="was begun with other rules or another version of the program"):
        open_update(tmp_path, 1, now)


@pytest.mark.parametrize("kept", ["captures", "manifests", "manifest.json"])
@pytest.mark.parametrize("emptied", [True, False])
def test_a_run_whose_store_was_emptied_does_not_begin_anew(tmp_path: Path, kept: str, emptied: bool) -> None:
    """What a scan kept is not scanned over."""
    (tmp_path / kept).mkdir()
    if emptied:
        (tmp_path / "run.sqlite").touch()

    with pytest.raises(AlteredError, match="holds nothing, but"):
        open_run(ORDER, tmp_path, 1, now, reading=False)


def test_a_complete_run_is_visited_again(tmp_path: Path) -> None:
    """By the order that made it: all is queued once more, the first visit stands, and its seal is put aside."""
    begin(tmp_path)
    complete(tmp_path)

    connection, visit, order = open_update(tmp_path, 1, now)

    assert (2, ORDER) == (visit, order)
    assert [(1, "crawl", 1), (2, "crawl", 1)] == count_tasks(connection)
    assert ["1-manifest.json"] == [path.name for path in (tmp_path / "manifests").iterdir()]
    assert not (tmp_path / "manifest.json").exists()


def test_a_visit_under_way_is_gone_on_with(tmp_path: Path) -> None:
    """A run is not visited again before it is complete and sealed, whether it was killed early, late or just before its seal."""
    begin(tmp_path)
    for finished in (None, "2031-03-14T10:00:00Z"):
        connection, visit, _ = open_update(tmp_path, 1, now)
        assert (1, [(1, "crawl", 1)]) == (visit, count_tasks(connection))
        connection.execute("UPDATE visits SET finished = ?", (finished,))
        store.close_store(connection)

    complete(tmp_path)
    for _ in range(2):
        connection, visit, _ = open_update(tmp_path, 1, now)
        assert 2 == visit
        store.close_store(connection)


def test_a_visit_begins_after_a_seal_that_was_just_put_aside(tmp_path: Path) -> None:
    """Killed between putting the seal aside and beginning the visit, an update begins it."""
    begin(tmp_path)
    complete(tmp_path)
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifest.json").rename(tmp_path / "manifests" / "1-manifest.json")

    assert 2 == open_update(tmp_path, 1, now)[1]
