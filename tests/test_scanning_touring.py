"""Many crawls at once: each with its manners, none that stops the others, and an end that does not wait for waiting."""

from __future__ import annotations

import asyncio
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from auditor.models import Failure
from auditor.scanning import store, touring
from auditor.scanning.models import Judgement, Politeness, Target
from auditor.scanning.orders import Order
from auditor.scanning.touring import crawl_sites, describe_crawl
from auditor.sources.settings import USER_AGENT
from tests import factories, stores
from tests.runs import now
from tests.test_scanning_store_results import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SITES = ("a.example", "b.example", "c.example")
ORDER = Order(targets=tuple(Target(site=site, url=f"https://{site}/", line=1) for site in SITES))


def crawl(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: Callable[[str, Any], Any],
    *,
    stop: threading.Event | None = None,
    **polite: Any,
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Crawl three sites, of which each does *step* and no more; return the tasks then, and the sites that were told of."""
    told: list[str] = []

    class Crawl:
        def __init__(self, task: Any, _target: object, world: Any) -> None:
            self.site, self.task, self.world = task["site"], task["task"], world

        async def run(self) -> None:
            done = step(self.site, self.world)
            if done is not None:
                await done
            store.finish_task(self.world.connection, self.task)

    monkeypatch.setattr(touring, "Crawl", Crawl)
    with stores.open_new(folder, ORDER) as connection:
        asyncio.run(
            crawl_sites(
                connection,
                folder,
                1,
                politeness=Politeness(**polite),
                judgement=Judgement(),
                jobs=1,
                now=now,
                tell=lambda site, _state: told.append(site),
                stop=stop or threading.Event(),
            )
        )
        store.commit(connection)
        return read(connection, "SELECT site, state, reason FROM tasks ORDER BY task"), told


@pytest.mark.parametrize(("sites", "most"), [(1, 1), (2, 2), (16, 3)])
def test_so_many_sites_are_crawled_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sites: int, most: int
) -> None:
    """One after the other takes the place of one that is done, until all are."""
    at_work: set[str] = set()
    seen = []

    async def work(site: str) -> None:
        at_work.add(site)
        for _ in range(3):
            seen.append(len(at_work))
            await asyncio.sleep(0)
        at_work.discard(site)

    tasks, _ = crawl(tmp_path, monkeypatch, lambda site, _world: work(site), sites=sites)

    assert (most, {"done"}) == (max(seen), {state for _, state, _ in tasks})


def test_a_defect_costs_one_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site that met it fails with the place of the defect, is told of, and the others are crawled."""

    def step(site: str, _world: object) -> None:
        if site == "b.example":
            raise ZeroDivisionError

    tasks, told = crawl(tmp_path, monkeypatch, step, sites=1)

    assert ["done", "failed", "done"] == [state for _, state, _ in tasks]
    assert "ZeroDivisionError" in tasks[1][2]
    assert ["b.example"] == told


@pytest.mark.parametrize("error", [OSError("no room"), store.StoreError("disk is full")])
def test_a_full_disk_ends_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Where nothing can be kept nothing more is fetched."""

    def step(_site: str, _world: object) -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        crawl(tmp_path, monkeypatch, step, sites=1)


def test_a_scan_that_is_to_stop_begins_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one in hand ends by itself, the others wait for another start."""
    stop = threading.Event()

    tasks, _ = crawl(tmp_path, monkeypatch, lambda _site, _world: stop.set(), stop=stop, sites=1)

    assert ["done", "waiting", "waiting"] == [state for _, state, _ in tasks]


def test_who_only_waits_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl that keeps a delay of an hour when the scan is to stop ends at once, and is taken up again later."""
    stop = threading.Event()

    async def wait(world: Any) -> None:
        stop.set()
        await world.visitor.sleep(3600.0)

    tasks, told = crawl(tmp_path, monkeypatch, lambda _site, world: wait(world), stop=stop, sites=3)

    assert (["waiting"] * 3, []) == ([state for _, state, _ in tasks], told)


def test_who_does_not_stop_sleeps_to_the_end() -> None:
    """A sleep that nobody ends is one of so many seconds."""
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def run() -> None:
        stopped = asyncio.Event()
        await touring._sleep(sleep, stopped, 7.0)
        await touring._sleep(asyncio.sleep, stopped, 0.001)

    asyncio.run(run())

    assert [7.0] == slept


@pytest.mark.parametrize(
    ("polite", "said"),
    [
        ({}, {"robots": "obey", "http-header-user-agent": USER_AGENT}),
        ({"user_agent": "ours/1"}, {"robots": "obey", "http-header-user-agent": "ours/1"}),
        ({"robots": False, "robots_reason": "Order 7"}, {"robots": "ignore", "robots-reason": "Order 7"}),
    ],
)
def test_an_archive_says_how_it_was_made(polite: dict[str, Any], said: dict[str, str]) -> None:
    """By which program, under which name, and whether robots.txt was asked; only a reason not to is told."""
    about = describe_crawl(Politeness(**polite))

    assert said.items() <= about.items()
    assert ("robots-reason" in said) == ("robots-reason" in about)
    assert "UTC" in about["clock"]


@pytest.mark.parametrize(
    ("polite", "settings"),
    [
        ({}, {"total_timeout": 60.0, "connect_timeout": 10.0, "read_timeout": 20.0, "since": None, "keep_alive": True}),
        ({"timeout": 5.0}, {"total_timeout": 5.0, "connect_timeout": 5.0, "read_timeout": 5.0}),
        ({"since": "2031-03-01"}, {"since": "Sat, 01 Mar 2031 00:00:00 GMT"}),
        ({"allow_private": True, "max_bytes": 9}, {"allow_private": True, "max_bytes": 9}),
    ],
)
def test_pages_are_asked_for_as_a_scan_is_asked_to(polite: dict[str, Any], settings: dict[str, Any]) -> None:
    """No part of a fetch may take longer than all of it, and a day begins at midnight in UTC."""
    chosen = touring._choose_settings(Politeness(**polite))

    assert settings == {name: getattr(chosen, name) for name in settings}


def test_a_page_of_which_the_judges_die_is_judged_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails with that reason if it kills that process too, what was received is packed all the same, and new judges take the next page."""
    opened = []

    class Pool:
        def __init__(self, jobs: int) -> None:
            opened.append(jobs)

        def submit(self, *_: object) -> Any:
            raise RuntimeError("cannot schedule new futures")

        def shutdown(self, **_: object) -> None:
            pass

    monkeypatch.setattr(touring, "open_pool", Pool)
    monkeypatch.setattr(touring, "run_alone", lambda *_: Failure(source="", reason="it died of it"))
    judges = touring._Judges(Judgement(), 2, {"software": "tests"})

    async def run() -> list[tuple[str, str | None]]:
        judged = [
            await judges.judge(
                factories.page(), "knees.example", factories.URL, [stores.exchange(factories.URL)], "a.gz"
            )
            for _ in range(2)
        ]
        assert all(packed.last and zlib.decompress(packed.records, 31).startswith(b"WARC/1.1") for packed, _ in judged)
        return [(row.page.state, row.page.reason) for _, row in judged]

    assert [("failed", "it died of it")] * 2 == asyncio.run(run())
    judges.close()
    assert [2, 2] == opened
