"""Packages that replay in a browser: what they hold is described, found by the index, and the same every time."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError, SourceError
from auditor.scanning.models import Part
from auditor.scanning.packing import sort_address, write_wacz
from auditor.sources.warc import find_places, load_archived
from tests import stores
from tests.archives import Record, write_warc
from tests.test_scanning_crawling import A, crawl
from tests.web import answer, page, serve

if TYPE_CHECKING:
    from pathlib import Path

CURES = "Our stem cells cure arthritis for good."


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a complete run of two pages."""
    pages = {"https://lumora.example/": page("Home", CURES), "https://lumora.example/a": page("A")}
    return stores.write_run(tmp_path_factory.mktemp("packing") / "run", pages)


def test_a_package_holds_what_its_description_says(run: Path, tmp_path: Path) -> None:
    """Every file of a package stands in its description with length and SHA-256, and the description with its own."""
    path = write_wacz(run, tmp_path / "run.wacz")

    with zipfile.ZipFile(path) as package:
        described = json.loads(package.read("datapackage.json"))
        digest = json.loads(package.read("datapackage-digest.json"))
        assert f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}" == digest["hash"]
        for resource in described["resources"]:
            content = package.read(resource["path"])
            assert (resource["bytes"], resource["hash"]) == (
                len(content),
                f"sha256:{hashlib.sha256(content).hexdigest()}",
            )
        assert {info.compress_type for info in package.infolist()} == {zipfile.ZIP_STORED}
    assert "1.1.1" == described["wacz_version"]


def test_a_package_can_be_read_back(run: Path, tmp_path: Path) -> None:
    """The pages that were judged come out of the package, each found by its index."""
    path = write_wacz(run, tmp_path / "run.wacz")

    pages = [load_archived(place) for place in find_places(path)]

    assert ["", "a"] == [(each.url or "").rpartition("/")[2] for each in pages]
    with zipfile.ZipFile(path) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
        assert lines == sorted(lines)
        for line in lines:
            fields = json.loads(line.split(" ", 2)[2])
            archive = package.read(f"archive/{fields['filename']}")
            start = int(fields["offset"])
            record = gzip.decompress(archive[start : start + int(fields["length"])])
            assert f"WARC-Target-URI: {fields['url']}".encode() in record


def test_an_answer_with_a_long_head_is_packed_too(tmp_path: Path) -> None:
    """No answer of one server keeps the captures of all others from being packed."""
    long = answer("404 Not Found", page("Gone"), {"X-Policy": "x" * 50_000})
    with serve({A: {"/": page("Home", CURES, ["/a", "/b"]), "/a": long, "/b": page("B")}}) as web:
        crawl(web, tmp_path / "run").close()

    with zipfile.ZipFile(write_wacz(tmp_path / "run", tmp_path / "run.wacz")) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
    found = [json.loads(line.split(" ", 2)[2]) for line in lines]
    assert [("", "200"), ("a", "404"), ("b", "200")] == [
        (place, each["status"]) for each in found if (place := each["url"].rpartition("/")[2]) in ("", "a", "b")
    ]
    assert {"text/html"} == {each["mime"] for each in found}


def test_the_same_run_makes_the_same_package(run: Path, tmp_path: Path) -> None:
    """Packed twice a run gives the same bytes."""
    assert write_wacz(run, tmp_path / "a.wacz").read_bytes() == write_wacz(run, tmp_path / "b.wacz").read_bytes()


def test_saved_pages_are_packed_too(tmp_path: Path) -> None:
    """What was read from files and archives elsewhere is in the package, byte for byte, with the address it says or none."""
    saved = tmp_path / "saved" / "lumora" / "index.html"
    saved.parent.mkdir(parents=True)
    saved.write_text(page("Lumora", CURES), encoding="utf-8")
    archive = write_warc(tmp_path / "in.warc.gz", [Record("https://a.example/", page("A").encode())])
    parts = [
        Part(task=0, source=str(saved.parents[1]), files=("lumora/index.html",)),
        Part(task=0, source=str(archive)),
    ]
    run = stores.write_run(tmp_path / "run", {"https://lumora.example/b": page("B")}, parts)

    path = write_wacz(run, tmp_path / "run.wacz")

    pages = {each.url: each.body for each in map(load_archived, find_places(path))}
    assert {
        "https://lumora.example/b": page("B").encode(),
        "http://saved.invalid/lumora/index.html": saved.read_bytes(),
        "https://a.example/": page("A").encode(),
    } == pages
    assert path.read_bytes() == write_wacz(run, tmp_path / "again.wacz").read_bytes()
    saved.write_text("Another page", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(SourceError, match="it is no longer what was judged"):
        write_wacz(run, path)
    assert before == path.read_bytes()
    assert ["again.wacz", "in.warc.gz", "run", "run.wacz", "saved"] == sorted(each.name for each in tmp_path.iterdir())


def test_a_package_opens_with_its_pages(run: Path, tmp_path: Path) -> None:
    """Those that were judged, each with its title, its moment and the address under which a player finds it."""
    with zipfile.ZipFile(write_wacz(run, tmp_path / "run.wacz")) as package:
        head, *lines = map(json.loads, package.read("pages/pages.jsonl").decode().splitlines())

    assert "json-pages-1.0" == head["format"]
    assert [
        ("https://lumora.example/", "Home", "2031-03-14T09:26:53Z"),
        ("https://lumora.example/a", "A", "2031-03-14T09:26:53Z"),
    ] == [(line["url"], line["title"], line["ts"]) for line in lines]


def test_a_scan_under_way_is_not_packed(tmp_path: Path) -> None:
    """A package is of a complete run."""
    with stores.open_new(tmp_path), pytest.raises(AuditorError, match="is not complete"):
        write_wacz(tmp_path, tmp_path / "run.wacz")

    assert not (tmp_path / "run.wacz").exists()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Clinic.example/Cells?b=2&a=1", "example,clinic)/cells?a=1&b=2"),
        ("http://127.0.0.2:8080/", "2,0,0,127:8080)/"),
        ("https://www2.clinic.example", "example,clinic)/"),
        ("https://clinic.example/a?b=&a", "example,clinic)/a?a=&b="),
    ],
)
def test_addresses_are_sorted_by_their_hosts(url: str, key: str) -> None:
    """An index puts the pages of one host together."""
    assert key == sort_address(url)
