"""Measure scans of saved pages, as ratios within one run: ``python -m tests.benchmarks.bench_scan``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, sleep

from tests.archives import Record, write_warc
from tests.benchmarks.pages import make_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = 65_000
PAGES_A_SITE = 25
LEAST_RATE, LEAST_SPEEDUP, MOST_GROWTH = 350, 1.8, 1.1


def main() -> None:
    """Print the figures of the local engine with what is asked of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=4000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="make the archives here, and leave them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        archives = make_archives(options.keep or Path(place), options.pages, 8)
        alone, _ = time_scan(archives, Path(place) / "one", 1)
        together, sizes = time_scan(archives, Path(place) / "all", options.jobs)
    rate = options.pages / together
    show(f"{options.pages} pages of {PAGE // 1000} kB, {options.jobs} processes", rate, "pages/s", least=LEAST_RATE)
    show("against one process", alone / together, "times as fast", least=LEAST_SPEEDUP)
    early, late = sizes[len(sizes) // 10], sizes[-1]
    show(
        f"resident size, {early >> 20} to {late >> 20} MB", late / early, "times its size at a tenth", most=MOST_GROWTH
    )


def make_archives(folder: Path, pages: int, archives: int) -> list[Path]:
    """Make *archives* web archives in *folder* that hold *pages* pages of invented sites."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(archives):
        path = folder / f"part-{number}.warc.gz"
        if not path.exists():
            write_warc(path, (make_record(page) for page in range(number, pages, archives)))
        made.append(path)
    return made


def make_record(number: int) -> Record:
    """Return page *number* of the invented sites; no two are alike."""
    text = make_page(PAGE, number).replace("</title>", f" {number}</title>", 1)
    return Record(f"https://clinic-{number // PAGES_A_SITE}.example/{number % PAGES_A_SITE}", text.encode())


def time_scan(archives: list[Path], run: Path, jobs: int) -> tuple[float, list[int]]:
    """Return how long a scan takes, and the resident size of its processes together, sampled twice a second."""
    shutil.rmtree(run, ignore_errors=True)
    command = [sys.executable, "-m", "auditor", "scan", *map(str, archives), "-o", str(run), "--jobs", str(jobs), "-q"]
    sizes: list[int] = []
    start = perf_counter()
    with subprocess.Popen(command, cwd=ROOT) as process:
        watcher = threading.Thread(target=_watch, args=(process, sizes))
        watcher.start()
        if process.wait():
            raise SystemExit(f"{command} ended with {process.returncode}")
        watcher.join()
    return perf_counter() - start, sizes


def _watch(process: subprocess.Popen[bytes], sizes: list[int]) -> None:
    while process.poll() is None:
        sizes.append(sum(map(_read_size, _list_family(process.pid))))
        sleep(0.5)


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
