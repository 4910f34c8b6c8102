"""Measure what is made of a store of many pages: ``python -m tests.benchmarks.bench_store``.

The store is filled by its own functions with what judging some hundred pages gave, said of ever new sites: to judge all of
them would take an hour, and says nothing about the store.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import zlib
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from auditor.models import Page
from auditor.scanning import store
from auditor.scanning.analysing import analyse_page, load_rules_once
from auditor.scanning.changes import note_changes
from auditor.scanning.models import Judgement, Part
from auditor.scanning.networks import note_networks
from auditor.scanning.summarizing import write_report
from auditor.scanning.verdicts import judge_sites
from tests.benchmarks.bench_scan import PAGES_A_SITE, show
from tests.benchmarks.pages import make_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.scanning.models import Analysis

SIZES = (1_000, 10_000, 100_000)
MODELS = 200
PART = 100
MOST_SECONDS, MOST_GROWTH = 30, 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a store of some pages came to; times in seconds by the clock on the wall."""

    pages: int
    bytes: int
    verdicts: float
    networks: float
    report: float


def main() -> None:
    """Print how large a store gets, and how long it takes to judge its sites and to write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="*", default=SIZES)
    parser.add_argument("--keep", type=Path, help="make the last run here, and leave it")
    options = parser.parse_args()
    models = [make_model(number) for number in range(MODELS)]
    found = []
    for pages in options.pages:
        with tempfile.TemporaryDirectory() as place:
            folder = options.keep or Path(place, "run")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            each = measure(folder, models, pages)
        found.append(each)
        print(
            f"{each.pages:>7} pages: {each.bytes / each.pages / 1000:.2f} kB a page; verdicts {each.verdicts:.1f} s, "
            f"networks {each.networks:.1f} s, report {each.report:.1f} s",
            flush=True,
        )
    least, most = min(each.bytes / each.pages for each in found), max(each.bytes / each.pages for each in found)
    show("bytes a page, the most against the least", most / least, "times", most=MOST_GROWTH)
    show(f"report of {found[-1].pages} pages", found[-1].report, "s", most=MOST_SECONDS)


def make_model(number: int) -> Analysis:
    """Return what judging page *number* of the invented clinics gave."""
    body = make_page(65_000, number).encode()
    page = Page(
        source="",
        body=body,
        media_type="text/html",
        sha256=sha256(body).hexdigest(),
        retrieved="2031-03-14T09:26:53+00:00",
        url=f"https://lumora.example/{number}",
        charset="utf-8",
        status=200,
    )
    return analyse_page(page, "lumora.example", Judgement())


def measure(folder: Path, models: list[Analysis], pages: int) -> Measured:
    """Fill a store in *folder* with *pages* pages, and take the time that concluding and telling of them takes."""
    rules = load_rules_once(())
    connection = store.create_store(folder, created="2031-03-14T09:26:53Z", targets="")
    visit = store.add_visit(
        connection, started="2031-03-14T09:26:53Z", version="0", rules=rules, settings={}, settings_digest=""
    )
    store.add_parts(connection, visit, [Part(task=0, source="saved.warc.gz")] * (pages // PART))
    store.commit(connection)
    for task in range(1, pages // PART + 1):
        with store.write(connection):
            store.add_results(connection, visit, task, _repeat(models, (task - 1) * PART))
            store.finish_task(connection, task)
    with store.write(connection):
        verdicts = _time(partial(judge_sites, connection, visit, rules))
        networks = _time(partial(note_networks, connection, visit)) + _time(partial(note_changes, connection, visit))
        store.finish_visit(connection, visit, "2031-03-14T10:00:00Z")
    report = _time(partial(write_report, connection, folder, rules, jobs=os.cpu_count() or 1))
    store.close_store(connection)
    size = (folder / store.STORE).stat().st_size
    return Measured(pages=pages, bytes=size, verdicts=verdicts, networks=networks, report=report)


def _repeat(models: list[Analysis], start: int) -> Iterator[Analysis]:
    """Yield the pages from *start* of sites that say the same in their own names."""
    for number in range(start, start + PART):
        model = models[number % len(models)]
        site = f"clinic-{number // PAGES_A_SITE}.example"
        url = f"https://{site}/{number % PAGES_A_SITE}"
        mark = sha256(url.encode()).hexdigest()
        row = model.page._replace(site=site, url=url, final_url=url, source=f"saved.warc.gz#{number}", sha256=mark)
        texts = json.loads(zlib.decompress(model.passages))
        for text in texts:
            text[4] = text[4].replace("Lumora Clinic", f"Clinic {mark[:6]}")
        yield model._replace(page=row, passages=zlib.compress(json.dumps(texts).encode(), 1))


def _time(step: Callable[[], object]) -> float:
    began = perf_counter()
    step()
    return perf_counter() - began


if __name__ == "__main__":
    main()
