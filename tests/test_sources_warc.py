"""Pages out of web archives."""

from __future__ import annotations

import gzip
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from auditor import pipeline
from auditor.errors import SourceError
from auditor.models import Audit, Failure
from auditor.sources.warc import find_places, index_archive, load_archived, name_place, parse_place, read_pages
from tests.archives import CLAIM, MOMENT, Record, pack_warc, write_wacz, write_warc

if TYPE_CHECKING:
    from pathlib import Path

CELLS, RISKS = "https://lumora.example/cells", "https://lumora.example/risks"


def clock() -> datetime:
    return datetime(2032, 1, 1, tzinfo=timezone.utc)


def test_a_page_comes_back_as_it_was_received(tmp_path: Path) -> None:
    """Address, moment, status, headers and network address are those of the capture."""
    path = write_warc(tmp_path / "a.warc.gz", [Record(CELLS, extra={"WARC-IP-Address": "192.0.2.7"})])

    (page,) = read_pages(path)

    assert (page.url, page.body, page.status, page.address) == (CELLS, CLAIM, 200, "192.0.2.7")
    assert page.retrieved == MOMENT.replace("Z", "+00:00")
    assert (("Content-Type", "text/html"),) == page.headers
    assert not page.truncated


@pytest.mark.parametrize("packed", [True, False])
def test_a_place_leads_back_to_its_page(tmp_path: Path, packed: bool) -> None:
    """What is found in an archive can be loaded alone by its name."""
    path = write_warc(tmp_path / "a.warc", [Record(CELLS), Record(RISKS, b"<p>Risks")], gzip=packed)

    places = list(find_places(path))

    assert [CELLS, RISKS] == [load_archived(place).url for place in places]
    assert places == [parse_place(name_place(place)) for place in places]


@pytest.mark.parametrize(
    "record",
    [
        Record(CELLS, b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"}),
        Record(CELLS, status="404 Not Found"),
        Record(CELLS, b"", status="301 Moved", headers={"Location": RISKS}),
        Record(CELLS, b""),
        Record("https://lumora.example/robots.txt", b"User-agent: *", headers={"Content-Type": "text/plain"}),
        Record("https://lumora.example/a.js", b"var cures = 1;", headers={"Content-Type": "text/plain"}),
        Record("dns:lumora.example", b"lumora.example. 60 IN A 192.0.2.7"),
        Record("https://[lumora", CLAIM),
        Record(CELLS, CLAIM, kind="request"),
    ],
    ids=lambda record: f"{record.kind} {record.url} {record.status}",
)
def test_what_is_no_page_is_left_out(tmp_path: Path, record: Record) -> None:
    """Pictures, scripts, errors, redirects and requests are not judged."""
    path = write_warc(tmp_path / "a.warc.gz", [record, Record(RISKS)])

    assert [RISKS] == [page.url for page in read_pages(path)]


@pytest.mark.parametrize(
    ("record", "body", "truncated"),
    [
        (Record(CELLS, gzip.compress(CLAIM), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}), CLAIM, False),
        (Record(CELLS, b"3\r\n<p>\r\n0\r\n\r\n", headers={"Content-Type": "text/html", "Transfer-Encoding": "chunked"}), b"<p>", False),
        (Record(CELLS, extra={"WARC-Truncated": "length"}), CLAIM, True),
        (Record(CELLS, kind="resource"), CLAIM, False),
    ],
    ids=["gzip", "chunked", "cut off", "resource"],
)  # fmt: skip
def test_bodies_are_decoded(tmp_path: Path, record: Record, body: bytes, truncated: bool) -> None:
    """Codings are undone, and what the archive says was cut off stays so."""
    (page,) = read_pages(write_warc(tmp_path / "a.warc.gz", [record]))

    assert (body, truncated) == (page.body, page.truncated)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-Policy": "x" * 200_000, "Content-Type": "text/html"}, CLAIM),
        ({"X-Policy": "x" * 200_000, "Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(CLAIM)),
        ({f"X-Policy-{number}": "x" * 500 for number in range(200)} | {"Content-Type": "text/html"}, CLAIM),
        ({"X-Policy": "x" * 2_000_000, "Content-Type": "text/html"}, CLAIM),
    ],
    ids=["one field", "packed body", "many fields", "two megabytes"],
)
def test_a_long_head_ends_no_archive(tmp_path: Path, headers: dict[str, str], body: bytes, packed: bool) -> None:
    """A page is read whatever the length of its head, and so are those that follow, all at once or by their place."""
    records = [Record(CELLS), Record(RISKS, body, headers=headers), Record(f"{CELLS}/b")]
    path = write_warc(tmp_path / "a.warc.gz", records, gzip=packed)

    pages = list(read_pages(path))

    assert [(CELLS, CLAIM), (RISKS, CLAIM), (f"{CELLS}/b", CLAIM)] == [(page.url, page.body) for page in pages]
    assert [page.source for page in pages] == [name_place(place) for place in find_places(path)]
    assert pages == [load_archived(place) for place in find_places(path)]
    assert not any(page.truncated for page in pages)


def _write_block(path: Path, block: bytes, *, more: str = "", missing: int = 0) -> Path:
    """Write an archive to *path* with a record of *block* between two pages, which says that *missing* bytes more belong to it."""
    head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {RISKS}\r\nWARC-Date: {MOMENT}\r\n{more}"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block) + missing}\r\n\r\n"
    before, after = pack_warc([Record(CELLS)]), pack_warc([Record(f"{CELLS}/b")])
    end = b"" if missing else b"\r\n\r\n"
    path.write_bytes(before + gzip.compress(head.encode() + block + end) + (b"" if missing else after))
    return path


LONG = b"X-Policy: " + b"x" * 60_000
TYPE = b"Content-Type: text/html"


@pytest.mark.parametrize(
    ("block", "status"),
    [
        (b"\n".join([b"HTTP/1.1 200 OK", LONG, TYPE, b"", CLAIM]), 200),
        (b"\r\n".join([b"HTTP/1.1 200 " + b"O" * 60_000, TYPE, b"", CLAIM]), 200),
        (b"\r\n".join([b"HTTP/1.1 404 " + b"O" * 60_000, TYPE, b"", CLAIM]), 404),
        (b"\r\n".join([b"HTTP/1.1", LONG, TYPE, b"", CLAIM]), 0),
        (b"x" * 60_000, 0),
        (b"\r\n" * 60_000, 0),
    ],
    ids=["bare line feeds", "long status", "long error", "no status", "one line", "nothing"],
)
def test_a_strange_long_head_ends_no_archive(tmp_path: Path, block: bytes, status: int) -> None:
    """What can be read is a page, what cannot is passed over alone, and an index lists both."""
    path = _write_block(tmp_path / "a.warc.gz", block)
    read = [(RISKS, CLAIM)] if status == 200 else []

    pages = [(page.url, page.body) for page in read_pages(path)]

    assert [(CELLS, CLAIM), *read, (f"{CELLS}/b", CLAIM)] == pages
    assert [200, status, 200] == [entry.status for entry in index_archive(path)]


@pytest.mark.parametrize("field", [b"X-Policy: x", LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    ("more", "missing", "truncated"), [("", 0, False), ("WARC-Truncated: length\r\n", 0, True), ("", 900, True)]
)
def test_a_page_that_was_cut_off_is_marked(
    tmp_path: Path, field: bytes, more: str, missing: int, truncated: bool
) -> None:
    """The archive says so, or the record is shorter than it should be: with a long head as with a short one."""
    block = b"\r\n".join([b"HTTP/1.1 200 OK", field, TYPE, b"", CLAIM])
    path = _write_block(tmp_path / "a.warc.gz", block, more=more, missing=missing)

    assert [(CELLS, False), (RISKS, truncated)] == [(page.url, page.truncated) for page in read_pages(path)][:2]


def test_a_page_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    """A record longer than the limit is read as far as the limit."""
    (page,) = read_pages(write_warc(tmp_path / "a.warc.gz", [Record(CELLS)]), max_bytes=20)

    assert (CLAIM[:20], True) == (page.body, page.truncated)


def test_a_package_yields_the_pages_that_it_lists(tmp_path: Path) -> None:
    """Frames and fragments that a package holds beside its pages are left out."""
    path = write_wacz(tmp_path / "a.wacz", [Record(CELLS), Record("https://lumora.example/frame")], [CELLS])

    (place,) = find_places(path)

    assert (CELLS, "archive/data.warc.gz") == (load_archived(place).url, place.member)


def test_a_package_without_a_list_yields_all(tmp_path: Path) -> None:
    """Where nothing is listed every page is taken."""
    assert len(list(find_places(write_wacz(tmp_path / "a.wacz", [Record(CELLS), Record(RISKS)])))) == 2


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (None, "a.warc.gz", "there is no such file: check the path"),
        (b"PK no zip", "a.wacz", "the archive is damaged (File is not a zip file): get it again from where it came"),
    ],
)
def test_an_archive_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, name: str, reason: str) -> None:
    """A missing or broken file is a reason in words."""
    path = tmp_path / name
    if content:
        path.write_bytes(content)

    with pytest.raises(SourceError) as error:
        list(find_places(path))

    assert reason == error.value.reason


@pytest.mark.parametrize("lost", [1, 9, 30, 100, 200, 300])
@pytest.mark.parametrize("filler", [b"", b"x"])
@pytest.mark.parametrize("packed", [True, False])
def test_pages_before_the_damage_are_kept(tmp_path: Path, lost: int, filler: bytes, packed: bool) -> None:
    """An archive that breaks off gives what it holds, and then the reason."""
    whole = pack_warc([Record(CELLS), Record(RISKS, kind="request")], gzip=packed)
    path = tmp_path / "a.warc"
    path.write_bytes(whole[:-lost] + filler * lost)

    first, second = pipeline.audit_sources([path], now=clock)

    assert isinstance(first, Audit)
    assert isinstance(second, Failure)
    assert first.page.url == CELLS
    assert second.reason.startswith("the archive is damaged (")


def test_an_archive_is_audited_page_by_page(tmp_path: Path) -> None:
    """An archive stands for its pages, as a folder does."""
    path = write_warc(tmp_path / "a.warc.gz", [Record(CELLS), Record(RISKS)])

    assert [CELLS, RISKS] == [
        audit.page.url for audit in pipeline.audit_sources([path], now=clock) if isinstance(audit, Audit)
    ]


def test_one_page_of_an_archive_is_audited_by_its_place(tmp_path: Path) -> None:
    """The name of a place is a source; an archive alone is its first page."""
    path = write_warc(tmp_path / "a.warc.gz", [Record(CELLS), Record(RISKS)])
    place = list(find_places(path))[1]

    assert pipeline.audit_source(name_place(place), now=clock).page.url == RISKS
    assert pipeline.audit_source(path, now=clock).page.url == CELLS


@pytest.mark.parametrize("content", [pack_warc([]), pack_warc([Record(CELLS, status="500 Broken")])])
def test_an_archive_without_pages_is_told(tmp_path: Path, content: bytes) -> None:
    """An archive in which nothing is a page is no success."""
    (tmp_path / "a.warc.gz").write_bytes(content)

    (failure,) = pipeline.audit_sources([tmp_path / "a.warc.gz"], now=clock)

    assert (
        Failure(
            source=str(tmp_path / "a.warc.gz"), reason="the archive holds no page: check that it was captured whole"
        )
        == failure
    )
