"""Measure scans of saved pages, as ratios within one run: ``python -m tests.benchmarks.bench_scan``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tests.archives import Record, write_warc
from tests.benchmarks.pages import make_page
from tests.web import Site, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGE = 65_000
PAGES_A_SITE = 25
_SHOWN = ("--progress", "json", "--page-reports", "none")
SITES, PAGES_OF_A_SITE, CRAWLED_PAGE = 200, 10, 20_000
LEAST_RATE, LEAST_SPEEDUP, MOST_GROWTH, LEAST_RAY, LEAST_CRAWL = 350, 1.8, 1.1, 0.8, 150


def main() -> None:
    """Print the figures of the local engine with what is asked of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12_000, help="what each process learns once is spread over these")
    parser.add_argument("--size", type=int, default=PAGE, help="bytes of a page")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="make the archives here, and leave them")
    parser.add_argument("--only", choices=["local", "ray", "crawl"], help="measure this alone")
    options = parser.parse_args()
    if options.only != "crawl":
        measure_archives(options)
    if options.only in (None, "crawl"):
        measure_crawl()


def measure_archives(options: argparse.Namespace) -> None:
    """Judge saved pages in one process, in all, and as Ray tasks.

    Whole scans are measured, from the start of the program to the sealed run: all that is read, judged, kept and
    reported, with the verdicts on sites and their networks. Each has as many cores as it has processes that judge, which
    share them with the one that keeps what they find: so one process is compared with all of them on equal terms. A
    first scan, which is not counted, leaves the rules read and compiled as a scan of yesterday would.
    """
    with tempfile.TemporaryDirectory() as place:
        archives = make_archives(options.keep or Path(place), options.pages, 8, options.size)
        time_scan(make_archives(Path(place) / "few", 8, 1, options.size), Path(place) / "first")
        together, sizes = time_scan(archives, Path(place) / "all", "--jobs", str(options.jobs), cores=options.jobs)
        if options.only != "ray":
            alone, _ = time_scan(archives, Path(place) / "one", "--jobs", "1", cores=1)
        if options.only != "local":
            cluster, _ = time_scan(archives, Path(place) / "ray", "--engine", "ray")
            show("Ray against the local engine", together / cluster, "times as fast", least=LEAST_RAY)
    if options.only == "ray":
        return
    rate = options.pages / together
    show(
        f"{options.pages} pages of {options.size // 1000} kB, {options.jobs} processes",
        rate,
        "pages/s",
        least=LEAST_RATE,
    )
    show("against one process", alone / together, "times as fast", least=LEAST_SPEEDUP)
    # The first tenth, as much as 2,000 of 20,000 pages, is needed until all processes hold what they use again and again.
    early = next(size for pages, size in sizes if pages >= options.pages / 10)
    late = sizes[-1][1]
    show(
        f"resident size, {early >> 20} to {late >> 20} MB", late / early, "times its size at a tenth", most=MOST_GROWTH
    )


def measure_crawl() -> None:
    """Crawl many small sites of this machine without delay: fetched, captured and judged."""
    hosts = [f"127.0.{number // 200 + 1}.{number % 200 + 1}" for number in range(SITES)]
    pages = [make_page(CRAWLED_PAGE, number) for number in range(PAGES_OF_A_SITE)]
    links = "".join(f'<a href="/treatments/{number}">Treatment {number}</a>' for number in range(1, len(pages)))
    sites: dict[str, Site] = {}
    for host in hosts:
        named = [text.replace("</title>", f" {host}</title>", 1) for text in pages]
        sites[host] = {"/": named[0].replace("<main", f"<div>{links}</div><main", 1)}
        sites[host] |= {f"/treatments/{number}": text for number, text in enumerate(named) if number}
    with tempfile.TemporaryDirectory() as place, serve(sites) as web:
        listed = Path(place, "list.txt")
        listed.write_text("".join(f"{web.url(host)}\n" for host in hosts), encoding="utf-8")
        options = ("--allow-private", "--delay", "0", "--sites", "32", "--pages", str(PAGES_OF_A_SITE))
        taken, _ = time_scan([listed], Path(place) / "run", *options)
    rate = SITES * PAGES_OF_A_SITE / taken
    show(
        f"crawl of {SITES} sites of {PAGES_OF_A_SITE} pages of {CRAWLED_PAGE // 1000} kB",
        rate,
        "pages/s",
        least=LEAST_CRAWL,
    )


def make_archives(folder: Path, pages: int, archives: int, size: int = PAGE) -> list[Path]:
    """Make *archives* web archives in *folder* that hold *pages* pages of invented sites."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(archives):
        path = folder / f"part-{number}.warc.gz"
        if not path.exists():
            write_warc(path, (make_record(page, size) for page in range(number, pages, archives)))
        made.append(path)
    return made


def make_record(number: int, size: int = PAGE) -> Record:
    """Return page *number* of the invented sites; no two are alike."""
    text = make_page(size, number).replace("</title>", f" {number}</title>", 1)
    return Record(f"https://clinic-{number // PAGES_A_SITE}.example/{number % PAGES_A_SITE}", text.encode())


def time_scan(
    archives: list[Path], run: Path, *how: str, cores: int | None = None
) -> tuple[float, list[tuple[int, int]]]:
    """Return how long a scan takes, and whenever something was kept how many pages were done and the size of all processes.

    It may run on so many *cores*. Reports on single pages are left out: they are judged once more for them.
    """
    shutil.rmtree(run, ignore_errors=True)
    command = [sys.executable, "-m", "auditor", "scan", *map(str, archives), "-o", str(run), *_SHOWN, *how]
    sizes: list[tuple[int, int]] = []
    start = perf_counter()
    with _use_cores(cores), subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        looked = 0.0
        for line in process.stderr:
            if line.startswith("{") and perf_counter() - looked > 0.5:
                looked = perf_counter()
                sizes.append((json.loads(line)["pages"], sum(map(_read_size, _list_family(process.pid)))))
            elif not line.startswith("{"):
                print(line.rstrip(), file=sys.stderr)
        if process.wait():
            raise SystemExit(f"{command} ended with {process.returncode}")
    return perf_counter() - start, sizes


@contextmanager
def _use_cores(number: int | None) -> Iterator[None]:
    """Keep this process, and what it starts, to the first *number* of its cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _list_family(pid: int) -> list[int]:
    """Return *pid* with all that it started."""
    family = [pid]
    for parent in family:
        family += _list_children(parent)
    return family


def _list_children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []


def _read_size(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def show(what: str, value: float, of: str, *, most: float | None = None, least: float | None = None) -> None:
    """Print one figure and whether that is what is asked."""
    good = value <= most if most is not None else value >= (least or 0)
    asked = f"at most {most}" if most is not None else f"at least {least}"
    print(f"{what:<58}{value:9.2f} {of} ({asked}{'' if good else ', MISSED'})", flush=True)


if __name__ == "__main__":
    main()
