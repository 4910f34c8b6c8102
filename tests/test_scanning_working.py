"""The work of a scan: piece by piece into the store, stopped between two, and begun again where captures were lost."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from auditor.models import Failure
from auditor.scanning import store
from auditor.scanning.models import PAGES_A_TASK, Judged, Part, Target
from auditor.scanning.orders import Order
from auditor.scanning.session import Session, Step
from auditor.scanning.working import begin_lost, crawl_targets, judge_parts
from tests import stores
from tests.runs import now
from tests.test_scanning_store_results import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from auditor.scanning.sharing import Crawled

TARGETS = tuple(Target(site=f"{name}.example", url=f"https://{name}.example/", line=1) for name in "ab")


@contextmanager
def open_session(folder: Path, order: Order | None = None, **fields: Any) -> Iterator[tuple[Session, list[Step]]]:
    """Open a run in *folder* on which one process is at work, and what it tells."""
    told: list[Step] = []
    order = order or Order()
    with stores.open_new(folder, order) as connection:
        known: dict[str, Any] = {
            "connection": connection, "folder": folder, "order": order, "visit": 1, "jobs": 1, "now": now,
            "tell": told.append, "stop": threading.Event(), "sleep": asyncio.sleep, "engine": fail_to_start,
            "is_shared": False, "page_reports": "none",
        }  # fmt: skip
        yield Session(**(known | fields)), told


def fail_to_start(_function: object, _pieces: object) -> Iterator[Any]:
    raise AssertionError("nothing was to be done")


def answer(judge: Callable[[Part], Judged | Failure]) -> Callable[..., Iterator[tuple[Part, Judged | Failure]]]:
    """Return an engine that gives of every part what *judge* does, without judging."""

    def engine(_function: object, parts: Iterable[Part]) -> Iterator[tuple[Part, Judged | Failure]]:
        for part in parts:
            yield part, judge(part)

    return engine


# --- saved pages -------------------------------------------------------------------------------


def test_every_part_is_kept_and_told(tmp_path: Path) -> None:
    """In the order in which they are done, with all pages so far and those that failed."""

    def judge(part: Part) -> Judged:
        return Judged([stores.result(), stores.result(state="failed")] if part.start else [stores.result()])

    with open_session(tmp_path, engine=answer(judge)) as (session, told):
        store.add_parts(session.connection, 1, [Part(task=0, source="a", start=start) for start in (0, 50)])
        judge_parts(session)

        assert [Step("a", "", 1, 0, 1, 2), Step("a", "", 3, 1, 2, 2)] == told
        assert [] == store.list_parts(session.connection, 1)
        assert [(PAGES_A_TASK + 1,), (2 * PAGES_A_TASK + 1,), (2 * PAGES_A_TASK + 2,)] == read(
            session.connection, "SELECT page FROM pages ORDER BY page"
        )


def test_a_long_part_is_judged_to_its_end(tmp_path: Path) -> None:
    """Its rest is put back before the others, and its pages are numbered on."""
    seen = []

    def judge(part: Part) -> Judged:
        seen.append((part.source, part.start, part.first))
        return Judged([stores.result()] * 3, {0: 40, 40: 80}.get(part.start) if part.source == "a" else None)

    with open_session(tmp_path, engine=answer(judge)) as (session, told):
        store.add_parts(session.connection, 1, [Part(task=0, source="a"), Part(task=0, source="b")])
        judge_parts(session)
        pages = [page for (page,) in read(session.connection, "SELECT page FROM pages ORDER BY page")]

    assert [("a", 0, 0), ("a", 40, 3), ("a", 80, 6), ("b", 0, 0)] == seen
    assert [(3, 0), (6, 0), (9, 1), (12, 2)] == [(step.pages, step.done) for step in told]
    assert [*range(PAGES_A_TASK + 1, PAGES_A_TASK + 10), *range(2 * PAGES_A_TASK + 1, 2 * PAGES_A_TASK + 4)] == pages


def test_a_part_whose_process_died_is_a_failed_page(tmp_path: Path) -> None:
    """It is not tried for ever, and the others are kept."""

    def judge(part: Part) -> Judged | Failure:
        return (
            Failure(source="", reason="its process died") if part.source == "x/a.warc.gz" else Judged([stores.result()])
        )

    with open_session(tmp_path, engine=answer(judge)) as (session, _):
        store.add_parts(session.connection, 1, [Part(task=0, source="x/a.warc.gz"), Part(task=0, source="b")])
        judge_parts(session)

        assert [("a.warc.gz", "failed", "its process died"), ("lumora.example", "assessed", None)] == read(
            session.connection, "SELECT site, state, reason FROM pages ORDER BY page"
        )
        assert [] == store.list_parts(session.connection, 1)


def test_a_scan_stops_between_two_parts(tmp_path: Path) -> None:
    """What is in hand is kept, what waits waits, and a later start does only that."""
    stop = threading.Event()

    def judge(part: Part) -> Judged:
        stop.set()
        return Judged([stores.result()])

    with open_session(tmp_path, engine=answer(judge), stop=stop) as (session, _):
        store.add_parts(session.connection, 1, [Part(task=0, source=source) for source in "abc"])
        judge_parts(session)
        assert ["b", "c"] == [part.source for part in store.list_parts(session.connection, 1)]

        stop.clear()
        judge_parts(session)
        assert ["c"] == [part.source for part in store.list_parts(session.connection, 1)]


def test_where_nothing_waits_nothing_is_started(tmp_path: Path) -> None:
    """No engine, no loop, and nothing told."""
    with open_session(tmp_path) as (session, told):
        judge_parts(session)
        crawl_targets(session)

    assert [] == told


# --- crawls ------------------------------------------------------------------------------------


def test_a_scan_that_is_to_stop_begins_no_crawl(tmp_path: Path) -> None:
    """Ctrl-C while saved pages are judged is an end for the crawls as well."""
    stop = threading.Event()
    stop.set()

    with open_session(tmp_path, Order(targets=TARGETS), stop=stop, is_shared=True) as (session, told):
        crawl_targets(session)

        assert (2, []) == (len(store.list_crawls(session.connection, 1)), told)


def test_crawls_are_shared_out_and_told(tmp_path: Path) -> None:
    """What still waits is given to the engine, and each shard is kept and told of as it is done."""

    def engine(_function: object, shards: Iterable[Any]) -> Iterator[tuple[Any, Crawled | Failure]]:
        for shard in shards:
            assert (2,) == shard.tasks
            yield shard, Failure(source="", reason="every worker died")

    with open_session(tmp_path, Order(targets=TARGETS), engine=engine, is_shared=True) as (session, told):
        store.finish_task(session.connection, 1)
        crawl_targets(session)

        assert [] == store.list_crawls(session.connection, 1)
        assert [("b.example", 2, 2)] == [(step.what, step.done, step.total) for step in told]


@pytest.mark.parametrize(
    ("content", "length", "lost"),
    [(None, 0, False), (None, 9, True), (b"", 0, False), (b"x" * 9, 9, True), (b"more", 0, False)],
    ids=["not begun", "gone", "empty", "no archive", "not known"],
)
def test_a_crawl_whose_captures_were_lost_begins_anew(
    tmp_path: Path, content: bytes | None, length: int, lost: bool
) -> None:
    """What the store knows of it goes with what is left of the archive; a whole one is left as it is."""
    archive = tmp_path / "captures" / "a.warc.gz"
    archive.parent.mkdir()
    if content is not None:
        archive.write_bytes(content)
    with open_session(tmp_path, Order(targets=TARGETS)) as (session, _):
        store.begin_crawl(session.connection, 1, robots="", archive="captures/a.warc.gz", archived=length)
        store.queue_pages(session.connection, 1, 1, "a.example", [(PAGES_A_TASK + 1, "/", 0, 0, None)])

        again = begin_lost(session)

        assert (("a.example",) if lost else ()) == again
        assert (0 if lost else 1) == store.count_rows(session.connection, 1)
    assert (content is not None and not lost) == archive.exists()
