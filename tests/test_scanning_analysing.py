"""From a page, or a part of an archive, to the rows that the store keeps: every page one row, whatever is wrong with it."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import SourceError
from auditor.judging import judge_page
from auditor.scanning import analysing
from auditor.scanning.analysing import analyse_page, analyse_part, fail_page, load_rules_once, load_source
from auditor.scanning.models import Judgement, Part
from auditor.sources.warc import find_places, name_place
from tests import factories
from tests.archives import Record, write_warc
from tests.web import page as build_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from auditor.scanning.models import Analysis

URL = "https://www.lumora.example/cells"
CURES = "Our stem cells cure arthritis for good."


def write_archive(folder: Path, count: int = 9) -> str:
    """Write an archive of so many pages of some clinics, and return where it is."""
    records = [
        Record(f"https://clinic-{number % 5}.example/{number}", build_page(f"Page {number}", CURES).encode())
        for number in range(count)
    ]
    return str(write_warc(folder / "saved.warc.gz", records))


def analyse(html: str, **fields: Any) -> Analysis:
    """Return the rows of the page that says *html*."""
    links = fields.pop("links", False)
    page = factories.page(html, source=URL, **({"url": URL} | fields))
    return analyse_page(page, "lumora.example", Judgement(), links=links)


def list_urls(results: list[Analysis]) -> list[str]:
    return [result.page.url for result in results]


# --- parts -------------------------------------------------------------------------------------


def test_every_page_of_a_part_is_a_row(tmp_path: Path) -> None:
    """In the order of the archive, each of the site that its address names, and found again by its source."""
    judged = analyse_part(Part(task=1, source=write_archive(tmp_path)), Judgement())

    assert [f"https://clinic-{number % 5}.example/{number}" for number in range(9)] == list_urls(judged.results)
    assert [f"clinic-{number % 5}.example" for number in range(9)] == [each.page.site for each in judged.results]
    assert list(map(name_place, find_places(tmp_path / "saved.warc.gz"))) == [
        each.page.source for each in judged.results
    ]
    assert ({"assessed"}, None) == ({each.page.state for each in judged.results}, judged.rest)


def test_a_part_begins_and_ends_where_it_says(tmp_path: Path) -> None:
    """Two parts together are the whole, and none has a page of the other."""
    archive = write_archive(tmp_path)
    middle = list(find_places(archive))[4].start

    first = analyse_part(Part(task=1, source=archive, stop=middle), Judgement()).results
    second = analyse_part(Part(task=1, source=archive, start=middle), Judgement()).results

    assert (4, 5) == (len(first), len(second))
    assert analyse_part(Part(task=1, source=archive), Judgement()).results == [*first, *second]


@pytest.mark.parametrize(("most", "bytes_together"), [(1, 10_000_000), (4, 10_000_000), (64, 1), (64, 10_000_000)])
def test_pages_judged_together_come_to_what_each_comes_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, bytes_together: int
) -> None:
    """How many texts are searched at once changes nothing but the time it takes."""
    archive = write_archive(tmp_path)
    alone = [
        analyse_page(load_source(name_place(place)), f"clinic-{number % 5}.example", Judgement())
        for number, place in enumerate(find_places(archive))
    ]
    monkeypatch.setattr(analysing, "MOST_TOGETHER", most)
    monkeypatch.setattr(analysing, "LARGEST_TOGETHER", bytes_together)

    assert alone == analyse_part(Part(task=1, source=archive), Judgement()).results


def cut_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = list(find_places(path))[5].start
    content[place : place + 40] = b"\xff" * 40
    path.write_bytes(content)


@pytest.mark.parametrize(("damage", "kept"), [(cut_end, 8), (flip_middle, 5)], ids=["cut", "changed"])
def test_the_pages_before_a_damage_are_kept(tmp_path: Path, damage: Callable[[Path], None], kept: int) -> None:
    """The damage is a failed page of a site that is called like the archive, behind what could be read."""
    archive = write_archive(tmp_path)
    damage(tmp_path / "saved.warc.gz")

    *pages, failed = analyse_part(Part(task=1, source=archive), Judgement()).results

    assert [f"https://clinic-{number % 5}.example/{number}" for number in range(kept)] == list_urls(pages)[:kept]
    assert ("saved.warc.gz", archive, "failed") == (failed.page.site, failed.page.url, failed.page.state)
    assert "the archive is damaged" in (failed.page.reason or "")
    assert {"assessed"} == {each.page.state for each in pages}


def test_an_archive_that_is_gone_is_a_row(tmp_path: Path) -> None:
    """A source that was there when the scan began may be taken away before it is read."""
    (failed,) = analyse_part(Part(task=1, source=str(tmp_path / "gone.warc.gz")), Judgement()).results

    assert ("gone.warc.gz", "failed") == (failed.page.site, failed.page.state)


@pytest.mark.parametrize(
    ("name", "content", "site", "url"),
    [
        ("lumora/index.html", build_page("Lumora", CURES), "lumora", "lumora/index.html"),
        ("index.html", build_page("Lumora", CURES), "saved", "index.html"),
        (
            "lumora/a.html",
            build_page("A").replace("<title>", f"<link rel=canonical href={URL}><title>"),
            "lumora.example",
            "lumora/a.html",
        ),
        ("lumora/a.html", f"<!-- saved from url=(0033){URL} -->{build_page('A')}", "lumora.example", "lumora/a.html"),
    ],
    ids=["folder", "alone", "canonical", "browser"],
)
def test_a_saved_page_belongs_to_the_site_that_it_names(
    tmp_path: Path, name: str, content: str, site: str, url: str
) -> None:
    """Else to that of its folder; it is known by its name there, and its bytes are where its source says."""
    path = tmp_path / "saved" / name
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")

    (found,) = analyse_part(Part(task=1, source=str(tmp_path / "saved"), files=(name,)), Judgement()).results

    assert (site, url, str(path)) == (found.page.site, found.page.url, found.page.source)
    assert found.page.sha256 == load_source(str(path)).sha256


def test_a_saved_page_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    """It is a row with the reason, in its place."""
    (tmp_path / "a.html").write_text(build_page("A"), encoding="utf-8")
    part = Part(task=1, source=str(tmp_path), files=("gone.html", "a.html"))

    assert ["failed", "assessed"] == [each.page.state for each in analyse_part(part, Judgement()).results]


# --- the rows of a page ------------------------------------------------------------------------


def test_a_page_is_told_in_a_row() -> None:
    """What it is, where it came from, and what it came to."""
    found = analyse(
        build_page("Lumora", CURES), status=203, headers=(("ETag", '"x"'), ("Last-Modified", "Fri, 14 Mar 2031 09:00:00 GMT"))
    ).page  # fmt: skip

    assert ("lumora.example", URL, URL, URL) == (found.site, found.url, found.source, found.final_url)
    assert ("assessed", None, "Lumora", "en") == (found.state, found.reason, found.title, found.language)
    assert (203, '"x"', "Fri, 14 Mar 2031 09:00:00 GMT") == (found.status, found.etag, found.last_modified)
    assert found.score is not None
    assert found.score < 100
    assert 1 == json.loads(found.codes or "")["B1"]


def test_a_quotation_is_a_row_with_its_place() -> None:
    """Rule and number first, in the order of the table's key; the words are cut out of the passage by their places."""
    found = analyse(build_page("Lumora", f"{CURES} {CURES[:-1]} today. And it has no side effects."))

    keys = [row[:2] for row in found.quotes]
    assert sorted(keys) == keys
    assert {rule for rule, *_ in found.findings} >= {rule for rule, _ in keys}
    texts = [text for *_, text in json.loads(zlib.decompress(found.passages))]
    assert found.quotes
    for row in found.quotes:
        _, _, passage, (_, quote, words, *_, start, stop) = row
        assert isinstance(passage, int)
        assert isinstance(start, int)
        assert isinstance(stop, int)
        assert quote in texts[passage]
        assert words == texts[passage][start:stop]


@pytest.mark.parametrize(
    ("html", "trait"),
    [
        ("<a href='tel:+15550100200'>Call</a>", ("telephone", "tel:+15550100200")),
        ("<a href='mailto:info@lumora.example'>Write</a>", ("email", "mailto:info@lumora.example")),
        ("<a href='https://wa.me/15550100200'>Chat</a>", ("whatsapp", "https://wa.me/15550100200")),
        (
            "<form action='https://leads.example/one?id=7' method=post><input name=email></form>",
            ("form", "https://leads.example/one"),
        ),
    ],
)
def test_what_ties_sites_is_a_trait(html: str, trait: tuple[str, str]) -> None:
    """Ways to write and call, and where forms post, each once."""
    traits = analyse(build_page("Lumora", html * 2)).traits

    assert 1 == traits.count(trait)


def test_traits_have_limits() -> None:
    """A page of very many links, or of a very long one, fills no store."""
    many = "".join(f"<a href='mailto:a{number}@lumora.example'>x</a>" for number in range(300))
    found = analyse(build_page("Lumora", many + f"<a href='mailto:{'x' * 999}@lumora.example'>y</a>"))

    assert 200 >= len(found.traits)
    assert 300 >= max(len(value) for _, value in found.traits)


def test_links_are_for_a_crawl() -> None:
    """Only who asks gets them, and only those that lead to pages."""
    html = build_page("Lumora", "<a href='mailto:x@lumora.example'>Write</a>", ["/a"])

    assert () == analyse(html).links
    assert ("https://www.lumora.example/a", "/a") in analyse(html, links=True).links
    assert not any(url.startswith("mailto:") for url, _ in analyse(html, links=True).links)


def test_a_page_that_could_not_be_assessed_says_why() -> None:
    """It has no score, and what kept it from being read is named."""
    found = analyse("<html lang=en><title>x</title><body><div id=root></div><script>run()</script>").page

    assert ("not_assessed", None, None) == (found.state, found.score, found.grade)
    assert found.reason
    assert found.obstacle


def test_a_defect_costs_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that brings the program down is a row that says so; the others are judged."""

    def fail(page: Any, *args: Any, **fields: Any) -> Any:
        if page.url.endswith("/4"):
            raise ZeroDivisionError
        return judge_page(page, *args, **fields)

    monkeypatch.setattr(analysing, "judge_page", fail)

    results = analyse_part(Part(task=1, source=write_archive(tmp_path)), Judgement()).results

    assert [4] == [number for number, each in enumerate(results) if each.page.state == "failed"]
    assert "ZeroDivisionError" in (results[4].page.reason or "")


def test_a_page_that_was_not_had_is_a_row_without_findings() -> None:
    """With its reason and its state."""
    failed = fail_page("lumora.example", url=URL, reason="it asks not to", state="skipped")

    assert ("skipped", "it asks not to", "", None) == (
        failed.page.state, failed.page.reason, failed.page.source, failed.page.score,
    )  # fmt: skip
    assert ((), (), b"") == (failed.findings, failed.quotes, failed.passages)


# --- sources and rules -------------------------------------------------------------------------


def test_a_source_leads_back_to_its_page(tmp_path: Path) -> None:
    """A place in an archive, or a file; what is neither is told."""
    archive = write_archive(tmp_path, 2)
    (tmp_path / "a.html").write_text(build_page("A"), encoding="utf-8")

    assert "https://clinic-1.example/1" == load_source(name_place(list(find_places(archive))[1])).url
    assert build_page("A").encode() == load_source(str(tmp_path / "a.html")).body
    with pytest.raises(SourceError):
        load_source(f"{archive}#7")
    with pytest.raises(SourceError):
        load_source(str(tmp_path / "gone.html"))


def test_rules_are_loaded_once() -> None:
    """A process that judges thousands of pages reads the rules of the first."""
    assert load_rules_once(()) is load_rules_once(())


def test_long_archives_are_judged_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed over at once is limited, and nothing is lost or doubled between two pieces."""
    archive = write_archive(tmp_path, 20)
    whole = analyse_part(Part(task=1, source=archive), Judgement())
    monkeypatch.setattr(analysing, "MOST_AT_ONCE", 6)

    part, results, pieces = Part(task=1, source=archive), [], 0
    while True:
        judged = analyse_part(part, Judgement())
        results += judged.results
        pieces += 1
        if judged.rest is None:
            break
        part = Part(task=1, source=archive, start=judged.rest)

    assert (whole.results, 4) == (results, pieces)
