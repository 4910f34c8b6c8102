"""Full reports on single pages: of the worst, of all or of none, and only of pages that are still what was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.reporting.run import name_page_report
from auditor.scanning import pagereports, store
from auditor.scanning.models import PAGES_A_TASK, Judgement, Part
from auditor.scanning.pagereports import write_page_reports
from tests import stores
from tests.runs import hash_files
from tests.web import page

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

    assert (set(pages), [(done, len(pages)) for done in range(1, len(pages) + 1)]) == (reported, told)
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

    assert ({FIRST + 1}, [(1, 2), (2, 2)]) == (reported, told)
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
