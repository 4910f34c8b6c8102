"""Captures: what was sent and received lies in the archive byte for byte, and what was lost of it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from auditor.models import Rendering
from auditor.scanning.archiving import (
    append_exchanges,
    append_rendering,
    append_resources,
    cut_archive,
    digest,
    is_whole,
    name_archive,
)
from auditor.sources.warc import Place, load_archived, parse_place
from tests import factories, stores

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.sources.stepping import Exchange

URL = "https://lumora.example/cells"
BEGAN = datetime(2031, 3, 14, 10, 26, 53, 589, tzinfo=timezone(timedelta(hours=1)))
ABOUT = {"software": "tests", "robots": "obey"}
BODY = b"<html lang=en><title>Lumora</title><body><p>Our cells cure arthritis."


def exchange(**fields: Any) -> Exchange:
    """Build a request for a page and the answer to it."""
    known: dict[str, Any] = {
        "url": URL,
        "body": bytearray(BODY),
        "began": BEGAN,
        "request": b"GET /cells HTTP/1.1\r\nHost: lumora.example\r\nUser-Agent: tests\r\n\r\n",
        "headers": ((b"Content-Type", b"text/html"), (b"X-Name", b"Lumora")),
        "ended": BEGAN + timedelta(seconds=2),
    }
    return stores.exchange(**(known | fields))


def read_records(path: Path) -> list[tuple[str, dict[str, str], list[tuple[str, str]], bytes]]:
    """Return of every record in an archive its kind, its fields, the headers of HTTP and the content."""
    with path.open("rb") as file:
        return [
            (
                record.rec_type,
                dict(record.rec_headers.headers),
                list(record.http_headers.headers) if record.http_headers else [],
                record.raw_stream.read(),
            )
            for record in ArchiveIterator(file)
        ]


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("lumora.example", "lumora.example"),
        ("lumora.example:8443/en", "lumora.example-8443-en"),
        ("../../etc/passwd", "etc-passwd"),
        ("诊所", "site"),
        ("x" * 300, "x" * 80),
        (".hidden", "hidden"),
        ("LUMORA.example", "lumora.example"),
    ],
)
def test_archives_have_safe_names(site: str, name: str) -> None:
    """The name of a site, whatever it holds, leads to one file among the captures."""
    assert re.fullmatch(rf"captures/{re.escape(name)}-[0-9a-f]{{8}}-1\.warc\.gz", name_archive(site, 1))


def test_no_two_sites_share_an_archive() -> None:
    """Names that look the same when they are made safe differ, and so do those of two visits."""
    names = {name_archive(site, visit) for site in ("a:80", "a/80", "A/80") for visit in (1, 2)}

    assert 6 == len(names)


def test_an_exchange_comes_back_as_it_was(tmp_path: Path) -> None:
    """An archive opens with what made it; request and response lie in it with their moments, address and digest."""
    length, place = append_exchanges(tmp_path / "captures" / "a.warc.gz", [exchange()], ABOUT)

    path = tmp_path / "captures" / "a.warc.gz"
    (about, *_), (kind, fields, headers, body), (request, sent, asked, _) = read_records(path)
    assert ("warcinfo", "response", "request") == (about, kind, request)
    assert (BODY, [("Content-Type", "text/html"), ("X-Name", "Lumora")]) == (body, headers)
    assert [("Host", "lumora.example"), ("User-Agent", "tests")] == asked
    assert {
        "WARC-Target-URI": URL,
        "WARC-Date": "2031-03-14T09:26:53.000589Z",
        "X-Capture-Ended": "2031-03-14T09:26:55.000589Z",
        "WARC-IP-Address": "8.8.4.4",
        "WARC-Payload-Digest": digest(BODY),
    }.items() <= fields.items()
    assert "WARC-Truncated" not in fields
    assert fields["WARC-Record-ID"] == sent["WARC-Concurrent-To"]
    assert length == path.stat().st_size
    assert place is not None
    page = load_archived(Place(str(path), "", place))
    assert (URL, BODY, 200) == (page.url, page.body, page.status)


def test_an_archive_grows(tmp_path: Path) -> None:
    """What is added follows what is there; what made the archive is said once."""
    path = tmp_path / "a.warc.gz"
    first, _ = append_exchanges(path, [exchange()], ABOUT)

    second, place = append_exchanges(path, [exchange(), exchange(url=f"{URL}/b")], ABOUT)

    assert ["warcinfo", *["response", "request"] * 3] == [kind for kind, *_ in read_records(path)]
    assert place is not None
    assert first < place < second == path.stat().st_size
    assert f"{URL}/b" == load_archived(Place(str(path), "", place)).url


def test_what_nothing_answered_is_kept_as_a_request(tmp_path: Path) -> None:
    """A host that said nothing was asked all the same; there is no response to point to."""
    path = tmp_path / "a.warc.gz"

    _, place = append_exchanges(path, [exchange(status="", headers=(), body=bytearray(), ended=None)], ABOUT)

    assert (None, ["warcinfo", "request"]) == (place, [kind for kind, *_ in read_records(path)])


@pytest.mark.parametrize("cut", ["length", "time", "disconnect"])
def test_a_body_that_is_not_whole_says_why(tmp_path: Path, cut: str) -> None:
    """What was cut off is marked as the standard has it."""
    append_exchanges(tmp_path / "a.warc.gz", [exchange(cut=cut, ended=None)], ABOUT)

    _, (_, fields, *_), _ = read_records(tmp_path / "a.warc.gz")
    assert (cut, False) == (fields["WARC-Truncated"], "X-Capture-Ended" in fields)


def test_what_no_longer_holds_is_set_aside(tmp_path: Path) -> None:
    """Chunks were put together, so the header that announces them is kept under another name."""
    append_exchanges(tmp_path / "a.warc.gz", [exchange(headers=((b"Transfer-Encoding", b"chunked"),))], ABOUT)

    _, (_, _, headers, _), _ = read_records(tmp_path / "a.warc.gz")
    assert [("X-Archive-Orig-Transfer-Encoding", "chunked")] == headers


# --- what was lost -----------------------------------------------------------------------------


@pytest.fixture(name="archive")
def _archive(tmp_path: Path) -> Path:
    append_exchanges(tmp_path / "a.warc.gz", [exchange(), exchange()], ABOUT)
    return tmp_path / "a.warc.gz"


def test_a_whole_archive_is_whole(archive: Path) -> None:
    """All that the store knows of is there; more may follow, which a process wrote before it was killed."""
    length = archive.stat().st_size
    with archive.open("ab") as file:
        file.write(b"half a rec")

    assert is_whole(archive, length)


@pytest.mark.parametrize("lost", [1, 8, 400])
def test_an_archive_that_is_too_short_is_not_whole(archive: Path, lost: int) -> None:
    """Also the last byte counts."""
    length = archive.stat().st_size
    cut_archive(archive, length - lost)

    assert not is_whole(archive, length)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_an_archive_in_which_a_byte_changed_is_not_whole(archive: Path, part: float) -> None:
    """Every record has its checksum."""
    content = bytearray(archive.read_bytes())
    content[int(len(content) * part)] ^= 0xFF
    archive.write_bytes(content)

    assert not is_whole(archive, len(content))


def test_a_length_within_a_record_is_not_whole(archive: Path) -> None:
    """A store that knows of half a record knows of another archive."""
    assert not is_whole(archive, archive.stat().st_size - 20)


@pytest.mark.parametrize(("length", "whole"), [(0, True), (1, False)])
def test_an_archive_that_is_not_there_was_empty_or_is_lost(tmp_path: Path, length: int, whole: bool) -> None:
    """It depends on what the store knows of it."""
    assert whole == is_whole(tmp_path / "none.warc.gz", length)


def test_an_archive_is_cut_to_what_is_known(archive: Path) -> None:
    """What was written after the last commit goes, and what is appended then can be read."""
    length = archive.stat().st_size
    with archive.open("ab") as file:
        file.write(b"half a rec")

    cut_archive(archive, length)
    append_exchanges(archive, [exchange()], ABOUT)

    assert ["warcinfo", *["response", "request"] * 3] == [kind for kind, *_ in read_records(archive)]
    cut_archive(archive.with_name("none.warc.gz"), 0)
    assert not archive.with_name("none.warc.gz").exists()


# --- what is no exchange -----------------------------------------------------------------------


def test_what_a_browser_made_of_a_page_lies_beside_it(archive: Path) -> None:
    """It is found at its place, names the response that it was made from, and is no page of its own for who reads all."""
    before = archive.stat().st_size
    page = replace(
        factories.page("<p>Filled by a script."),
        rendering=Rendering(browser="Chromium 140", received_sha256="5f" * 32, received_bytes=9, width=1280),
    )

    length, place = append_rendering(archive, page, "a.warc.gz#100")

    kind, fields, _, body = read_records(archive)[-1]
    assert ("conversion", b"<p>Filled by a script.") == (kind, body)
    assert ("a.warc.gz#100", "Chromium 140") == (fields["X-Rendered-From"], fields["X-Rendered-By"])
    assert (before, archive.stat().st_size) == (place, length)
    assert page.body == load_archived(Place(str(archive), "", place)).body


def test_saved_pages_make_the_same_archive_every_time(tmp_path: Path) -> None:
    """A record is named for what it holds; two copies of one page are two records."""
    pages = [("http://saved.invalid/a", factories.page("<p>A")), ("http://saved.invalid/a", factories.page("<p>A"))]
    paths = [tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"]

    assert [2, 2] == [append_resources(path, pages) for path in paths]

    first, second = (read_records(path) for path in paths)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert ["resource", "resource"] == [kind for kind, *_ in first]
    assert 2 == len({fields["WARC-Record-ID"] for _, fields, *_ in second})
    assert parse_place(f"{paths[0]}#0") is not None
    assert (0, False) == (append_resources(tmp_path / "none.warc.gz", []), (tmp_path / "none.warc.gz").exists())
