"""The report of a run: every site in it, nothing in it that acts, the same bytes for the same run."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from auditor.pipeline import load_default_rules
from auditor.reporting.run import name_page
from auditor.scanning import summarizing
from auditor.scanning.manifest import find_changes
from auditor.scanning.store import open_store
from auditor.scanning.summarizing import write_report
from tests.runs import SITES, attack_run, hash_files, scan_sites

if TYPE_CHECKING:
    from pathlib import Path


class Page(HTMLParser):
    """What a page could do, and where it leads."""

    def __init__(self, html: str) -> None:
        """Read *html*."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a tag with what it has."""
        self.tags.append(tag)
        self.attributes.extend((name, value or "") for name, value in attributes)

    def links(self) -> list[str]:
        """Return where the page leads."""
        return [value for name, value in self.attributes if name == "href"]


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run of some saved pages with its report."""
    return scan_sites(tmp_path_factory.mktemp("report"))


@pytest.fixture(name="attacked", scope="module")
def _attacked(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same run with everything hostile that a list and a server can say, reported again."""
    return attack_run(run, tmp_path_factory.mktemp("attacked"))


def parse_pages(run: Path) -> list[Page]:
    """Return all pages of a report."""
    return [Page(path.read_text(encoding="utf-8")) for path in [run / "index.html", *sorted((run / "sites").iterdir())]]


def test_every_site_is_a_row(run: Path) -> None:
    """Sites stand in a table by score, and one that could not be assessed with the reason."""
    html = (run / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr data-state="(\w+)" data-score="(\d*)" data-site="(\w+)"', html)

    assert {site for _, _, site in rows} == SITES.keys()
    scores = [int(score) for _, score, _ in rows if score]
    assert scores == sorted(scores)
    assert rows[-1][0] != "assessed"
    assert "no text that a visitor could read" in html


def test_every_link_within_the_run_leads_somewhere(run: Path) -> None:
    """All pages of the report are there, and every mark they lead to."""
    for path in [run / "index.html", *(run / "sites").iterdir()]:
        for link in Page(path.read_text(encoding="utf-8")).links():
            place, _, mark = link.partition("#")
            if not place.startswith("http"):
                target = path.parent / place if place else path
                assert f'id="{mark}"' in target.read_text(encoding="utf-8") or not mark


def test_a_site_is_shown_with_its_words(run: Path) -> None:
    """The page of a site quotes what was found, says where, and how the score came about."""
    html = (run / "sites" / name_page("lumora")).read_text(encoding="utf-8")

    assert "<mark>cures</mark> arthritis for good" in html
    assert "lumora/index.html" in html
    assert "How the score came about" in html
    assert "group 1" in html


def test_published_figures_stand_beside_ours(run: Path) -> None:
    """Every variable of the codebook is a row with its interval and with what studies found."""
    rules = load_default_rules()
    html = (run / "index.html").read_text(encoding="utf-8")

    for variable in rules.codebook.values():
        assert f"<code>{variable.id}</code>" in html
    assert "46.1% of 243 sites named fat tissue" in html
    assert rules.basis["study.murdoch2018"].url in html


def test_nothing_hostile_acts(attacked: Path) -> None:
    """Whatever list, server or page say, it is text: no tag, no attribute and no address of theirs is alive."""
    for page in parse_pages(attacked):
        assert page.tags.count("script") <= 1
        assert "img" not in page.tags
        assert [] == [name for name, _ in page.attributes if name.startswith("on")]
        assert [] == [link for link in page.links() if link.lower().startswith("javascript:")]
        assert any(name == "http-equiv" for name, _ in page.attributes)


def test_no_page_needs_the_network(run: Path) -> None:
    """Nothing is loaded from anywhere: no source, and the policy of every page forbids it."""
    for page in parse_pages(run):
        assert [] == [value for name, value in page.attributes if name == "src"]
        assert any("default-src 'none'" in value for name, value in page.attributes if name == "content")


def test_the_report_is_sealed_and_the_same_again(run: Path, tmp_path: Path) -> None:
    """The manifest holds the report, and written again it is the same byte for byte."""
    assert [] == list(find_changes(run))
    connection = open_store(run, reading=True)
    reported = {int(path.stem.rpartition("-")[2]) for path in (run / "pages").iterdir()}
    write_report(connection, tmp_path, load_default_rules(), reported=reported)
    connection.close()

    again = hash_files(tmp_path)
    assert again == {name: digest for name, digest in hash_files(run).items() if name in again}


def test_processes_write_what_one_writes(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of many sites are shared out, and are the same byte for byte."""
    monkeypatch.setattr(summarizing, "_SITES_A_PIECE", 1)
    found = []
    for jobs in (1, 2):
        folder = shutil.copytree(run, tmp_path / str(jobs))
        connection = open_store(folder, reading=True)
        write_report(connection, folder, load_default_rules(), jobs=jobs)
        connection.close()
        found.append(hash_files(folder))

    assert found[0] == found[1]


@pytest.mark.parametrize("site", ["lumora.test/a/../b", "x" * 500, "診所.test", "CON", "", "a/b", "..", "A/B"])
def test_file_names_are_safe(site: str) -> None:
    """The file of a site is a short plain name, whatever the site is called."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,70}-[0-9a-f]{8}\.html", name_page(site))
    assert name_page(site) != name_page(f"{site}/")
