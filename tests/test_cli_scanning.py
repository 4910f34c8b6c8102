"""What a scan is to do: sources told apart, options put together, and how it ends by what came of it."""

from __future__ import annotations

from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.scanning import ScanWishes, choose_politeness, read_order
from auditor.errors import AuditorError
from auditor.scanning.models import Judgement, Politeness

PAGE = b"<!DOCTYPE html><title>Knees</title>"


@pytest.fixture(name="here", autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds a list, a page, an archive, a folder of pages and a workbook."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("https://lumora.example/\nveridian.example\n", encoding="utf-8")
    (tmp_path / "paths.txt").write_text("crawl-data/a.warc.gz\nb.warc.gz\n", encoding="utf-8")
    (tmp_path / "knees.html").write_bytes(PAGE)
    (tmp_path / "knees").write_bytes(PAGE)
    (tmp_path / "saved" / "inner").mkdir(parents=True)
    (tmp_path / "saved" / "hips.html").write_bytes(PAGE)
    (tmp_path / "list.xlsx").write_bytes(b"PK\x03\x04")
    return tmp_path


def wish(*sources: str, **fields: Any) -> ScanWishes:
    return ScanWishes(sources=sources, jobs=1, **fields)


@pytest.mark.parametrize(
    ("sources", "sites", "saved"),
    [
        (("list.txt",), ("lumora.example", "veridian.example"), ()),
        (("https://lumora.example/knees",), ("lumora.example",), ()),
        (("knees.html", "./knees"), (), ("knees.html", "knees")),
        (("saved", "crawl.warc.gz", "https://data.example/a.wacz"), (), ("saved", "crawl.warc.gz", "https://data.example/a.wacz")),
        (("saved", "saved/", "saved/hips.html", "saved/inner"), (), ("saved",)),
        (("list.txt", "saved", "veridian.example.warc.gz"), ("lumora.example", "veridian.example"), ("saved", "veridian.example.warc.gz")),
    ],
    ids=["list", "address", "pages", "folder and archives", "named twice", "all"],
)  # fmt: skip
def test_sources_are_told_apart(sources: tuple[str, ...], sites: tuple[str, ...], saved: tuple[str, ...]) -> None:
    """A list is read, an address begins a crawl, and what is saved is only named, once, and not inside of another."""
    order = read_order(wish(*sources))

    assert (sites, saved) == (tuple(target.site for target in order.targets), order.saved)


def test_paths_of_archives_come_first(here: Path) -> None:
    """Those of Common Crawl lead to where it keeps its data."""
    order = read_order(wish("saved", warc_paths=here / "paths.txt"))

    assert ("https://data.commoncrawl.org/crawl-data/a.warc.gz", "b.warc.gz", "saved") == order.saved


@pytest.mark.parametrize(
    ("source", "given", "told"),
    [
        ("gone.txt", b"", "gone.txt: the list cannot be read, No such file or directory: check the path"),
        ("list.xlsx", b"", "list.xlsx is a workbook and no list: save it as CSV from the program that made it"),
        ("-", b"PK\x03\x04", "standard input is a workbook and no list: save it as CSV from the program that made it"),
        ("-", PAGE, "standard input is a page and no list: save it to a file, or use auditor audit -"),
    ],
)
def test_what_is_no_list_is_told(source: str, given: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What, where, and what to do."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(given)))

    with pytest.raises(AuditorError) as caught:
        read_order(wish(source))

    assert told == str(caught.value)


def test_slips_are_carried_along() -> None:
    """A line that is wrong does not keep the others from being scanned."""
    Path("list.txt").write_text("lumora.example\nno address\n", encoding="utf-8")
    order = read_order(wish("list.txt"))

    assert ["lumora.example"] == [target.site for target in order.targets]
    assert [("list.txt", 2, True)] == [
        (slip.source, slip.line, slip.refused) for slip in order.mistakes if slip.refused
    ]


def test_what_was_not_asked_for_is_as_usual() -> None:
    """Only what is named on the command line differs from a usual crawl."""
    assert Politeness() == choose_politeness(wish())
    assert Politeness(pages=3, delay=0.0, include=("/knees",), robots=False, robots_reason="agreed by letter") == (
        choose_politeness(wish(pages=3, delay=0.0, include=("/knees",), robots_reason="agreed by letter"))
    )


def test_judging_is_told_to_every_worker(here: Path) -> None:
    """Folders of rules by their whole paths: a worker may be at home elsewhere."""
    asked = {"rule_folders": (Path("saved"),), "excluded": ("hype/best",), "language": "de", "max_bytes": 9}

    assert (
        Judgement(rule_folders=(str(here.resolve() / "saved"),), exclude=("hype/best",), language="de", max_bytes=9)
        == read_order(wish("list.txt", **asked)).judgement
    )
    assert Judgement() == read_order(wish("list.txt")).judgement
