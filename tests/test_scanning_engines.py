"""The engines: every piece of work once, and no process whose death costs another's work."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from auditor.models import Failure
from auditor.scanning import analysing
from auditor.scanning.addresses import name_site
from auditor.scanning.engine import run_processes
from auditor.scanning.manifest import find_changes
from auditor.scanning.models import Judgement, Part, Politeness, Target
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from tests.archives import Record, write_warc
from tests.runs import dump_run
from tests.test_scanning_crawling import crawl, now
from tests.web import Site, page, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


def square(number: int) -> int:
    return number * number


def die_of(number: int, *, deadly: int) -> int:
    if number == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die_once(number: int, *, deadly: int, mark: Path) -> int:
    if number == deadly and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def write_archive(folder: Path) -> str:
    pages = (page(f"Page {number}", "We cure arthritis.") for number in range(200))
    records = (
        Record(f"https://clinic-{number % 5}.example/{number}", text.encode()) for number, text in enumerate(pages)
    )
    return str(write_warc(folder / "saved.warc.gz", records))


def test_every_piece_is_done_once() -> None:
    """Pieces come back with their results, whatever the number of processes."""
    assert {number: number * number for number in range(20)} == dict(run_processes(square, range(20), jobs=2))


def test_a_process_that_dies_costs_only_its_piece() -> None:
    """The piece of which processes die fails in words, and all others are done."""
    done = dict(run_processes(partial(die_of, deadly=7), range(20), jobs=2))

    assert isinstance(done[7], Failure)
    assert "the process that read it died" in done[7].reason
    assert {number: number * number for number in range(20) if number != 7} == {
        number: result for number, result in done.items() if number != 7
    }


def test_a_process_that_was_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    """Work that was lost with a process is done again."""
    done = dict(run_processes(partial(die_once, deadly=3, mark=tmp_path / "died"), range(9), jobs=2))

    assert {number: number * number for number in range(9)} == done


def test_work_may_be_added_meanwhile() -> None:
    """What a result brings with it is done too, for as long as something is in hand."""
    waiting = [3]

    class Queue:
        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            if not waiting:
                raise StopIteration
            return waiting.pop()

    done = []
    for number, _ in run_processes(square, Queue(), jobs=1):
        done.append(number)
        if number:
            waiting.append(number - 1)

    assert [3, 2, 1, 0] == done


def test_long_archives_are_judged_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed over at once is limited, and nothing is lost or doubled between two pieces."""
    archive = write_archive(tmp_path)
    whole = analysing.analyse_part(Part(task=1, source=archive), Judgement())
    monkeypatch.setattr(analysing, "MOST_AT_ONCE", 60)

    part, urls = Part(task=1, source=archive), []
    while True:
        judged = analysing.analyse_part(part, Judgement())
        urls += [result.page.url for result in judged.results]
        if judged.rest is None:
            break
        part = Part(task=1, source=archive, start=judged.rest)

    assert [result.page.url for result in whole.results] == urls


@pytest.mark.cluster
def test_a_cluster_comes_to_the_same_result(tmp_path: Path) -> None:
    """Judged as Ray tasks saved pages give what they give in processes here, byte for byte."""
    pytest.importorskip("ray")
    from auditor.scanning.cluster import run_ray

    order = Order(saved=(write_archive(tmp_path),))
    scan(order, tmp_path / "local", jobs=2, now=now)

    scan(order, tmp_path / "cluster", jobs=2, now=now, engine=partial(run_ray, address=None))

    assert dump_run(tmp_path / "local") == dump_run(tmp_path / "cluster")


@pytest.mark.cluster
def test_work_of_a_worker_that_dies_goes_to_another(tmp_path: Path) -> None:
    """A piece is retried when its worker is killed; one of which all workers die fails in words."""
    pytest.importorskip("ray")
    from auditor.scanning.cluster import run_ray

    once = dict(run_ray(partial(die_once, deadly=3, mark=tmp_path / "died"), range(6)))
    always = dict(run_ray(partial(die_of, deadly=3), range(6)))

    assert {number: number * number for number in range(6)} == once
    failed = always.pop(3)
    assert isinstance(failed, Failure)
    assert {number: number * number for number in range(6) if number != 3} == always


def test_crawls_that_are_shared_out_come_to_the_same_result(tmp_path: Path) -> None:
    """Sites crawled in shards of their own and merged give what one crawl of all gives, and every capture."""
    site: Site = {"/": page("Home", "We cure arthritis.", ["/a", "/b"]), "/a": page("A"), "/b": page("A")}
    with serve({f"127.0.0.{number}": site for number in range(2, 5)}) as web:
        crawl(web, tmp_path / "whole").close()
        targets = tuple(
            Target(site=name_site(web.url(host)), url=web.url(host), line=line)
            for line, host in enumerate(web.sites, 1)
        )
        order = Order(targets=targets, politeness=Politeness(delay=0.0, allow_private=True, timeout=5.0))

        scan(order, tmp_path / "shared", jobs=1, now=now, engine=run_here)

    assert dump_run(tmp_path / "whole") == dump_run(tmp_path / "shared")
    assert [] == list(find_changes(tmp_path / "shared"))
    captures = [sorted(path.name for path in (tmp_path / run / "captures").iterdir()) for run in ("whole", "shared")]
    assert captures[0] == captures[1]


def run_here(function: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Do everything at once and here."""
    for piece in pieces:
        yield piece, function(piece)
