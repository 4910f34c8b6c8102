"""Crawls shared out: hosts stay together, and what a shard gave is merged whole under the numbers of the whole run."""

from __future__ import annotations

import signal
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from auditor.models import Failure
from auditor.scanning import store
from auditor.scanning.addresses import name_site
from auditor.scanning.analysing import load_source
from auditor.scanning.manifest import find_changes
from auditor.scanning.models import PAGES_A_TASK, Politeness, Target
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.session import Step, Stopped
from auditor.scanning.sharing import SITES_A_SHARD, Crawled, Shard, list_shards, merge_shard
from tests import stores
from tests.runs import dump_run, hash_files, now
from tests.test_scanning_crawling import crawl as crawl_web
from tests.test_scanning_store_results import read
from tests.web import Site, Web, page, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path


def aim(host: str, path: str = "/") -> Target:
    return Target(site=f"{host}{path}".rstrip("/"), url=f"https://{host}{path}", line=1)


TARGETS = tuple(aim(f"{name}.example") for name in ("a", "b", "c"))


@pytest.mark.parametrize(
    ("hosts", "shards"),
    [
        ([], []),
        (["a"], [[1]]),
        ([f"h{number}" for number in range(8)], [list(range(1, 9))]),
        ([f"h{number}" for number in range(9)], [list(range(1, 9)), [9]]),
        (["a", "b", "a", "c", "a"], [[1, 3, 5, 2, 4]]),
        ([*"abcdefg", "x", "y", "x"], [[*range(1, 8)], [8, 10, 9]]),
        (["a"] * 10, [list(range(1, 11))]),
        (["a"] * 10 + ["b"], [list(range(1, 11)), [11]]),
    ],
)
def test_the_sites_of_a_host_stay_together(hosts: Sequence[str], shards: list[list[int]]) -> None:
    """So that its delay is kept; each site is in one shard, with its own number, and few hosts fill one."""
    tasks = [(number, aim(f"{host}.example", f"/{number}/")) for number, host in enumerate(hosts, 1)]

    listed = list_shards(tasks)

    assert shards == [list(shard.tasks) for shard in listed]
    assert sorted(tasks, key=lambda task: task[0]) == sorted(
        (pair for shard in listed for pair in zip(shard.tasks, shard.targets, strict=True)), key=lambda task: task[0]
    )
    assert 8 == SITES_A_SHARD


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return the store of the whole run, with three crawls."""
    (tmp_path / "run").mkdir()
    with stores.open_new(tmp_path / "run", Order(targets=TARGETS)) as connection:
        yield connection


def crawl(folder: Path, *targets: Target) -> Crawled:
    """Return what crawling *targets* would give: of each two pages, of which the second repeats the first."""
    folder.mkdir()
    with stores.open_new(folder, Order(targets=targets)) as connection:
        for task, target in enumerate(targets, 1):
            first = task * PAGES_A_TASK + 1
            archive = f"captures/{target.site}.warc.gz"
            store.begin_crawl(connection, task, robots="", archive=archive, archived=4)
            found = stores.result(f"We cure {target.site}.", site=target.site, url=target.url, traits=(("email", "x"),))
            store.add_results(connection, 1, task, [found, stores.result(site=target.site, findings=(), quotes=())])
            store.mark_duplicate(connection, first + 1, first)
            store.note_crawl(connection, task, archived=4, errors=0, requests=2)
            store.finish_task(connection, task)
    captures = {f"captures/{target.site}.warc.gz": b"WARC" for target in targets}
    return Crawled((folder / "run.sqlite").read_bytes(), captures)


def test_a_shard_is_merged_under_the_numbers_of_the_whole(tmp_path: Path, kept: sqlite3.Connection) -> None:
    """Its first task is the third of the run, its second the first: pages, what was found on them and captures follow."""
    shard = Shard((3, 1), (TARGETS[2], TARGETS[0]))

    merge_shard(kept, tmp_path / "run", 1, shard, crawl(tmp_path / "shard", *shard.targets))

    first, third = PAGES_A_TASK + 1, 3 * PAGES_A_TASK + 1
    assert [
        (first, 1, "a.example", "assessed", None),
        (first + 1, 1, "a.example", "duplicate", first),
        (third, 3, "c.example", "assessed", None),
        (third + 1, 3, "c.example", "duplicate", third),
    ] == read(kept, "SELECT page, task, site, state, same_as FROM pages ORDER BY page")
    for table in ("findings", "quotes", "traits", "texts"):
        assert [(first,), (third,)] == read(kept, f"SELECT page FROM {table} ORDER BY page")
    assert [("done", "captures/a.example.warc.gz", 4, 2), ("waiting", None, 0, 0), ("done", "captures/c.example.warc.gz", 4, 2)] == read(
        kept, "SELECT state, archive, archived, requests FROM tasks ORDER BY task"
    )  # fmt: skip
    assert ["a.example.warc.gz", "c.example.warc.gz"] == sorted(
        path.name for path in (tmp_path / "run" / "captures").iterdir()
    )


def test_a_shard_that_failed_is_told_of_each_of_its_sites(tmp_path: Path, kept: sqlite3.Connection) -> None:
    """Every one is a failed page with the reason, and the others are still to do."""
    merge_shard(kept, tmp_path / "run", 1, Shard((1, 2), TARGETS[:2]), Failure(source="", reason="every worker died"))

    assert [("a.example", "failed", "every worker died"), ("b.example", "failed", "every worker died")] == read(
        kept, "SELECT site, state, reason FROM pages ORDER BY page"
    )
    assert ["c.example"] == [task["site"] for task, _ in store.list_crawls(kept, 1)]


def test_a_shard_is_merged_whole_or_not_at_all(tmp_path: Path, kept: sqlite3.Connection) -> None:
    """One that cannot be merged leaves nothing, and the run can be gone on with."""
    crawled = crawl(tmp_path / "shard", *TARGETS[:2])
    store.add_results(kept, 1, 2, [stores.result(site="b.example")])

    with pytest.raises(sqlite3.IntegrityError):
        merge_shard(kept, tmp_path / "run", 1, Shard((1, 2), TARGETS[:2]), crawled)

    assert [(2,)] == read(kept, "SELECT task FROM pages")
    merge_shard(kept, tmp_path / "run", 1, Shard((3,), TARGETS[2:]), crawl(tmp_path / "other", TARGETS[2]))
    assert [(2,), (3,), (3,)] == read(kept, "SELECT task FROM pages ORDER BY page")


def test_crawls_that_are_shared_out_come_to_the_same_result(tmp_path: Path) -> None:
    """Sites crawled in shards of their own and merged give what one crawl of all gives, and every capture."""
    site: Site = {"/": page("Home", "We cure arthritis.", ["/a", "/b"]), "/a": page("A"), "/b": page("A")}
    with serve({f"127.0.0.{number}": site for number in range(2, 5)}) as web:
        crawl_web(web, tmp_path / "whole").close()
        order = order_crawl(web)

        scan(order, tmp_path / "shared", jobs=1, now=now, engine=run_here)

    assert dump_run(tmp_path / "whole") == dump_run(tmp_path / "shared")
    assert [] == list(find_changes(tmp_path / "shared"))
    captures = [sorted(path.name for path in (tmp_path / run / "captures").iterdir()) for run in ("whole", "shared")]
    assert captures[0] == captures[1]


def test_a_later_visit_that_is_shared_out_keeps_every_capture(tmp_path: Path) -> None:
    """Its captures stand beside those of the visit before, whose bytes stay as they were, and the run is whole."""
    site: Site = {"/": page("Home", "We cure arthritis.", ["/a"]), "/a": page("A")}
    run = tmp_path / "run"
    with serve({f"127.0.0.{number}": site for number in range(2, 4)}) as web:
        scan(order_crawl(web), run, jobs=1, now=now, engine=run_here)
        before = hash_files(run / "captures")

        scan(None, run, jobs=1, now=now, engine=run_here)

    after = hash_files(run / "captures")
    assert before.items() <= after.items()
    assert {name.replace("-1.warc", "-2.warc") for name in before} == after.keys() - before.keys()
    assert [] == list(find_changes(run))
    connection = store.open_store(run, reading=True)
    sources = [source for (source,) in read(connection, "SELECT source FROM pages ORDER BY page")]
    connection.close()
    assert 8 == len(sources)
    assert all(load_source(f"{run}/{source}").body for source in sources)


def test_a_crawl_that_was_begun_here_begins_again_in_a_shard(tmp_path: Path) -> None:
    """An engine does crawls as a whole: the result is that of an unbroken run, and no capture is left of the first try."""
    site: Site = {"/": page("Home", "We cure arthritis.", ["/a", "/b"]), "/a": page("A"), "/b": page("B")}
    with serve({f"127.0.0.{number}": site for number in range(2, 4)}) as web:
        order = order_crawl(web)
        scan(order, tmp_path / "whole", jobs=1, now=now, engine=run_here)
        run = tmp_path / "broken"

        def stop(step: Step) -> None:
            if step.pages == 2:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(Stopped):
            scan(order, run, jobs=1, now=now, tell=stop)
        assert list((run / "captures").iterdir())

        scan(order, run, jobs=1, now=now, engine=run_here)

    assert dump_run(tmp_path / "whole") == dump_run(run)
    assert [] == list(find_changes(run))


def order_crawl(web: Web) -> Order:
    """Ask for a crawl of all sites of *web*."""
    targets = tuple(
        Target(site=name_site(web.url(host)), url=web.url(host), line=line) for line, host in enumerate(web.sites, 1)
    )
    return Order(targets=targets, politeness=Politeness(delay=0.0, allow_private=True, timeout=5.0))


def run_here(function: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Do everything at once and here."""
    for piece in pieces:
        yield piece, function(piece)
