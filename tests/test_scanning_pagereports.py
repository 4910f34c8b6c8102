"""Full reports on single pages: of the worst, of all or of none, and only of pages that are still what was judged."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from auditor.reporting.run import name_page_report
from auditor.scanning import pagereports, store
from auditor.scanning.addresses import name_site
from auditor.scanning.manifest import find_changes
from auditor.scanning.models import PAGES_A_TASK, Judgement, Part, Politeness, Target
from auditor.scanning.orders import Order
from auditor.scanning.pagereports import write_page_reports
from auditor.scanning.running import scan
from auditor.scanning.session import REPORTING, Step, Stopped
from tests import stores
from tests.runs import hash_files, now
from tests.web import page, serve

if TYPE_CHECKING:
    from pathlib import Path

CURES = "Our stem cells cure arthritis for good."
FIRST = PAGES_A_TASK
CAPTURED = {
    "https://lumora.example/": page("Home"),
    "https://lumora.example/a": page("A", CURES),
    "https://lumora.example/b": "<html lang=en><title>B</title><body><div id=root></div><script>run()</script>",
}


def report(run: Path, which: str) -> tuple[frozenset[int], list[tuple[int, int]]]:
    """Write the reports on the pages of *run*; return which have one, and what was told meanwhile."""
    told: list[tuple[int, int]] = []
    connection = store.open_store(run, reading=True)
    reported = write_page_reports(
        connection,
        run,
        store.find_visit(connection),
        Judgement(),
        which=which,
        jobs=1,
        tell=lambda done, total: told.append((done, total)),
    )
    connection.close()
    return reported, told


@pytest.mark.parametrize(
    ("which", "pages"), [("none", []), ("worst", [FIRST + 2]), ("all", [FIRST + 1, FIRST + 2, FIRST + 3])]
)
def test_the_pages_that_are_asked_for_have_reports(tmp_path: Path, which: str, pages: list[int]) -> None:
    """Each is named for its site and its page, told of when it is done, and the same every time; earlier ones are gone."""
    run = stores.write_run(tmp_path / "run", CAPTURED)
    (run / "pages").mkdir()
    (run / "pages" / "earlier.html").touch()

    reported, told = report(run, which)

    assert (frozenset(pages), [(done, len(pages)) for done in range(1, len(pages) + 1)]) == (reported, told)
    before = hash_files(run)
    assert sorted(f"pages/{name_page_report('lumora.example', number)}" for number in pages) == [
        name for name in before if name.startswith("pages/")
    ]
    report(run, which)
    assert before == hash_files(run)


def test_a_report_is_on_the_page_as_it_was_captured(tmp_path: Path) -> None:
    """It quotes the claim, names the address and no place of this machine, and is dated when the visit ended."""
    run = stores.write_run(tmp_path / "run", CAPTURED)

    report(run, "worst")

    (path,) = (run / "pages").iterdir()
    text = path.read_text(encoding="utf-8")
    assert "Our stem cells cure" in text
    assert "https://lumora.example/a" in text
    assert str(tmp_path) not in text
    assert "14 March 2031" in text or "2031-03-14" in text


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_page_that_is_no_longer_what_was_judged_gets_no_report(tmp_path: Path, damage: str) -> None:
    """It is told of like the others, which have theirs."""
    saved = tmp_path / "saved.html"
    saved.write_text(page("Saved", CURES), encoding="utf-8")
    part = Part(task=0, source=str(tmp_path), files=("saved.html",))
    run = stores.write_run(tmp_path / "run", {"https://lumora.example/": page("Home")}, [part])
    if damage == "gone":
        saved.unlink()
    else:
        saved.write_text(page("Saved", "Nobody can promise that it helps."), encoding="utf-8")

    reported, told = report(run, "all")

    assert (frozenset({FIRST + 1}), [(1, 2), (2, 2)]) == (reported, told)
    assert 1 == len(list((run / "pages").iterdir()))


def test_many_reports_are_made_by_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where starting them takes less time than the reports do."""
    handed = []

    def run_here(function: object, pieces: list[object], *, jobs: int) -> object:
        handed.append((len(pieces), jobs))
        return ((piece, None) for piece in pieces)

    monkeypatch.setattr(pagereports, "_FEW", 2)
    monkeypatch.setattr(pagereports, "run_processes", run_here)
    run = stores.write_run(tmp_path / "run", CAPTURED)

    report(run, "worst")
    assert [] == handed
    report(run, "all")
    assert [(3, 1)] == handed


# --- in a scan ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "reports"), [("worst", 1), ("all", 2), ("none", 0)])
def test_pages_have_reports_of_their_own(tmp_path: Path, which: str, reports: int) -> None:
    """Of the worst page, of all or of none; the page of the site leads there, they are sealed, and the same every time."""
    run = tmp_path / "run"
    with serve({"127.0.0.2": {"/": page("Home", CURES, ["/a"]), "/a": page("A")}}) as web:
        target = Target(site=name_site(web.url("127.0.0.2")), url=web.url("127.0.0.2"), line=1)
        order = Order(targets=(target,), politeness=Politeness(delay=0.0, allow_private=True))
        scan(order, run, jobs=1, now=now, page_reports=which)

    made = sorted((run / "pages").glob("*.html"))
    (site,) = (run / "sites").iterdir()
    text = site.read_text(encoding="utf-8")
    assert sorted(f"../pages/{path.name}" for path in made) == sorted(re.findall(r"\.\./pages/[^\"]+", text))
    assert [] == list(find_changes(run))
    assert reports == len(made)
    assert all("Our stem cells cure" in path.read_text(encoding="utf-8") for path in made[:1])
    before = hash_files(run)
    report(run, which)
    assert before == hash_files(run)


def test_reports_on_pages_can_be_stopped_and_gone_on_with(tmp_path: Path) -> None:
    """Each is told of; Ctrl-C ends with the one in hand, and the next start comes to the same run."""
    order = Order(saved=("samples/regenerative-clinic.html", "samples/dental-clinic.html"))
    steps: list[Step] = []

    def interrupt(step: Step) -> None:
        steps.append(step)
        if step.what == REPORTING:
            signal.raise_signal(signal.SIGINT)

    for place in ("whole", "stopped"):
        run = tmp_path / place
        if place == "stopped":
            with pytest.raises(Stopped):
                scan(order, run, jobs=1, now=now, tell=interrupt, page_reports="all")
            assert not (run / "manifest.json").exists()
        scan(order, run, jobs=1, now=now, page_reports="all")

    assert [(1, 2)] == [(step.done, step.total) for step in steps if step.what == REPORTING]
    assert hash_files(tmp_path / "whole" / "pages") == hash_files(tmp_path / "stopped" / "pages")
    assert [] == list(find_changes(tmp_path / "stopped"))
