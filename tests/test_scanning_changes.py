"""What became of a site between two visits: told by rules and by words, and only of pages that both visits read."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from auditor.reporting.run import name_page
from auditor.scanning.addresses import name_site
from auditor.scanning.changes import Change, compare_findings, compare_passages
from auditor.scanning.models import Politeness, Target
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.store import open_store
from tests.runs import SITES, scan_sites
from tests.test_scanning_crawling import A
from tests.test_scanning_exporting import now
from tests.web import Site, answer, in_turn, page, serve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CURE = ("cures arthritis", "Our therapy cures arthritis.")
OTHER = ("cures gout", "Our therapy cures gout for good.")
MOVED = ("Cures arthritis", "And so it is that it cures arthritis, as you see.")
HOUSE = "<p>The house stands by the river. We speak two languages and answer the telephone on weekdays until five.</p>"


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"r": [CURE]}, {"r": [CURE]}, []),
        ({"r": [CURE]}, {"r": [MOVED]}, []),
        ({}, {"r": [CURE]}, [Change("finding", "added", "r", None, CURE[1])]),
        ({"r": [CURE]}, {}, [Change("finding", "removed", "r", CURE[1])]),
        ({"r": [CURE]}, {"r": [OTHER]}, [Change("quotation", "reworded", "r", CURE[1], OTHER[1])]),
        ({"r": [CURE]}, {"r": [CURE, OTHER]}, [Change("quotation", "added", "r", None, OTHER[1])]),
        ({"r": [CURE, OTHER]}, {"r": [CURE]}, [Change("quotation", "removed", "r", OTHER[1])]),
    ],
)
def test_findings_are_known_again(
    old: Mapping[str, Sequence[tuple[str, str]]],
    new: Mapping[str, Sequence[tuple[str, str]]],
    changes: Sequence[Change],
) -> None:
    """A quotation is the same while its words are, wherever they stand; else it is reworded, new or gone."""
    assert changes == list(compare_findings(old, new))


def test_text_that_moves_is_no_change() -> None:
    """Passages are compared wherever they stand."""
    assert [] == list(compare_passages(["one thing", "another"], ["Another!", "one thing"]))
    assert [Change("passage", "reworded", None, "We cure all of you", "We cure many of you")] == list(
        compare_passages(["We cure all of you"], ["We cure many of you"])
    )


def write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Write saved *pages*, by name to what stands in them."""
    for name, body in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<html lang=en><title>Care</title><body><h1>Care</h1>{body}{HOUSE * 2}", encoding="utf-8")


def test_a_run_tells_what_changed(tmp_path: Path) -> None:
    """After an update store and report tell what was added, removed and reworded; what stayed is not told."""
    pages = tmp_path / "pages"
    write_pages(
        pages,
        {
            "lumora/index.html": "<p>Our stem cells cure arthritis for good.</p><p>Our rooms are bright and quiet.</p>",
            "lumora/old.html": "<p>This page will soon be gone from the house.</p>",
            "veridian/index.html": "<p>We treat knees, and nobody can promise that it helps.</p>",
        },
    )
    scan(Order(saved=(str(pages),)), tmp_path / "run", jobs=1, now=now)
    first = open_store(tmp_path / "run", reading=True)
    assert first.execute("SELECT count(*) FROM changes").fetchone()[0] == 0
    first.close()
    (pages / "lumora/old.html").unlink()
    write_pages(
        pages,
        {
            "lumora/index.html": "<p>Our stem cells are being studied.</p><p>Our rooms are bright and calm.</p>",
            "lumora/new.html": "<p>This page was not there before, and now it is.</p>",
        },
    )
    scan(None, tmp_path / "run", jobs=1, now=now)

    connection = open_store(tmp_path / "run", reading=True)
    rows = connection.execute("SELECT * FROM changes").fetchall()
    connection.close()
    told = {(row["what"], row["change"], row["before"], row["after"]) for row in rows}
    assert {row["site"] for row in rows} == {"lumora"}
    assert ("passage", "reworded", "Our rooms are bright and quiet.", "Our rooms are bright and calm.") in told
    assert ("finding", "removed", "Our stem cells cure arthritis for good.", None) in told
    assert {(row["url"], row["change"]) for row in rows if row["what"] == "page"} == {
        ("lumora/new.html", "added"),
        ("lumora/old.html", "removed"),
    }
    html = (tmp_path / "run" / "sites" / name_page("lumora")).read_text(encoding="utf-8")
    assert "<del>" in html
    assert 'id="changes"' in html
    assert f"sites/{name_page('lumora')}#changes" in (tmp_path / "run" / "index.html").read_text(encoding="utf-8")


def test_a_visit_that_could_not_read_a_page_hides_no_change(tmp_path: Path) -> None:
    """A page is compared with what it last said; while it cannot be had nothing is told of it, nor of what the site lacks."""
    run, cures = tmp_path / "run", "Our stem cells cure arthritis for good."
    risks = "Possible risks include infection, bleeding and abnormal growth."
    site: Site = {"/": in_turn(page("Home", cures), answer("500 Broken"), page("Home", f"{cures} {risks}"))}
    told = []
    with serve({A: site}) as web:
        target = Target(site=name_site(web.url(A)), url=web.url(A), line=1)
        politeness = Politeness(delay=0.0, allow_private=True, retries=0)
        scan(Order(targets=(target,), politeness=politeness), run, jobs=1, now=now)
        for visit in (2, 3):
            scan(None, run, jobs=1, now=now)
            with closing(open_store(run, reading=True)) as connection:
                rows = connection.execute("SELECT what, change, rule FROM changes WHERE visit = ?", (visit,)).fetchall()
            told.append({tuple(row) for row in rows})

    assert told[0] == set()
    assert {("finding", "removed", "safety/risks-not-stated"), ("passage", "reworded", None)} == told[1]


def test_sites_that_come_and_go_are_told(tmp_path: Path) -> None:
    """Of saved pages that are no longer there the site is removed, a new one is added, and the report names both, and new pages."""
    run = scan_sites(tmp_path)
    shutil.rmtree(tmp_path / "pages" / "lumora")
    for name in ("marlowe/index.html", "veridian/two.html"):
        path = tmp_path / "pages" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"<html lang=en><body><h1>{name}</h1>{SITES['veridian'] * 2}", encoding="utf-8")

    scan(None, run, jobs=1, now=now)

    with closing(open_store(run, reading=True)) as connection:
        told = [
            tuple(row)
            for row in connection.execute(
                "SELECT site, url, what, change FROM changes WHERE what IN ('site', 'page') ORDER BY site"
            )
        ]
    assert [
        ("lumora", "lumora", "site", "removed"),
        ("marlowe", "marlowe", "site", "added"),
        ("veridian", "veridian/two.html", "page", "added"),
    ] == told
    index = (run / "index.html").read_text("utf-8")
    assert all(words in index for words in ("the whole site removed", "the whole site added", ">1 added<"))
    assert f'href="sites/{name_page("lumora")}' not in index
