"""A page is what its bytes say, unpacked and in bounded size."""

from __future__ import annotations

import gzip
import itertools
import zlib
from typing import Any

import httpx
import pytest

from tests.fetches import HTML, OK, SAVE, URL, fetch, fetch_local, refuse, repeat, serve


@pytest.mark.parametrize(
    ("path", "content", "content_type", "expected"),
    [
        ("", b"%PDF-1.7", "text/html", ("application/pdf", None)),
        ("", b"We help.", "text/plain", ("text/plain", "utf-8")),
        ("", "größer".encode("latin-1"), "text/html; charset=latin1", ("text/html", "windows-1252")),
        ("", "größer".encode(), "text/html; charset=iso-8859-1", ("text/html", "utf-8")),
        ("", "Für Größeres.".encode("latin-1"), "text/html; charset=utf-8", ("text/html", "windows-1252")),
        ("", "größer".encode(), "text/html; charset=klingon", ("text/html", "utf-8")),
        ("", b"", None, ("text/plain", "utf-8")),
        ("/a.md", b"<p>We help.", None, ("text/plain", "utf-8")),
        ("/a%2Emd", b"<p>We help.", "application/octet-stream", ("text/plain", "utf-8")),
    ],
)
def test_type_and_encoding_are_told_from_the_bytes(
    path: str, content: bytes, content_type: str | None, expected: Any
) -> None:
    """A wrong header does not spoil a page."""
    page = fetch(httpx.Response(200, content=content, headers={"Content-Type": content_type or ""}), URL + path)

    assert expected == (page.media_type, page.charset)


@pytest.mark.parametrize(
    ("content", "content_type", "kind"),
    [
        (b"PK\x03\x04\0\0", "application/zip", "neither HTML nor PDF nor text but application/zip"),
        (b"\x89PNG\r\n\0", "text/html", "no page, although the server calls it text/html"),
        (b"{}", "application/json; charset=utf-8", "neither HTML nor PDF nor text but application/json"),
        (b"\0\1\2\3", "\x1b[31m", "neither HTML nor PDF nor text but something unknown"),
        (b"\0\1\2\3", None, "neither HTML nor PDF nor text but something unknown"),
    ],
)
def test_what_is_no_page_is_told(content: bytes, content_type: str | None, kind: str) -> None:
    """An archive, a picture or data is not taken for a page without findings."""
    headers = {} if content_type is None else {"Content-Type": content_type}

    reason = refuse(httpx.Response(200, content=content, headers=headers))

    assert f"what came is {kind}: give the address of a page" == reason


def test_an_error_without_a_readable_body_is_a_page() -> None:
    """A status above 400 counts, whatever came with it."""
    page = fetch(httpx.Response(403, content=b'{"error": 1}', headers={"Content-Type": "application/json"}))

    assert (page.status, page.media_type) == (403, "text/plain")


def pack_raw(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(HTML)),
        ("X-GZIP", gzip.compress(HTML)),
        ("identity, gzip", gzip.compress(HTML)),
        ("gzip", gzip.compress(HTML[:9]) + gzip.compress(HTML[9:])),
        ("gzip", gzip.compress(HTML) + b"litter"),
        ("deflate", zlib.compress(HTML)),
        ("deflate", pack_raw(HTML)),
        ("identity", HTML),
        ("", HTML),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_packed_pages_are_unpacked(coding: str, packed: bytes, size: int) -> None:
    """Every way of packing that was asked for is undone, in whatever pieces it comes."""
    pieces = (packed[start : start + size] for start in range(0, len(packed), size))

    page = fetch(httpx.Response(200, content=pieces, headers={"Content-Encoding": coding}))

    assert (page.body, page.truncated) == (HTML, False)


def test_a_packed_page_that_ends_early_is_marked_as_cut_off() -> None:
    """What a browser would show of it is kept."""
    packed = gzip.compress(HTML)[:-10]

    page = fetch(httpx.Response(200, content=iter([packed]), headers={"Content-Encoding": "gzip"}))

    assert page.truncated
    assert HTML.startswith(page.body)


@pytest.mark.parametrize(
    ("coding", "packed", "reason"),
    [
        ("br", HTML, f"the server packed the page in a way that was not asked for: {SAVE}"),
        ("gzip, gzip", HTML, f"the server packed the page in a way that was not asked for: {SAVE}"),
        ("gzip", HTML, f"the server sent damaged compressed data: {SAVE}"),
        ("deflate", b"x\x9c" + HTML, f"the server sent damaged compressed data: {SAVE}"),
    ],
)
def test_what_cannot_be_unpacked_is_told(coding: str, packed: bytes, reason: str) -> None:
    """An unknown or broken packing is a reason in words."""
    answer = httpx.Response(200, content=iter([packed]), headers={"Content-Encoding": coding})

    assert reason == refuse(answer)


@pytest.mark.parametrize(("limit", "expected"), [(35, True), (36, False), (37, False)])
@pytest.mark.parametrize(
    ("coding", "content"), [("", HTML), ("gzip", gzip.compress(HTML)), ("deflate", pack_raw(HTML))]
)
def test_a_page_is_cut_off_at_the_limit_and_says_so(coding: str, content: bytes, limit: int, expected: bool) -> None:
    """The limit counts what is unpacked."""
    answer = httpx.Response(200, content=iter([content]), headers={"Content-Encoding": coding})

    page = fetch(answer, max_bytes=limit)

    assert (HTML[:limit], expected) == (page.body, page.truncated)


def test_a_bomb_unpacks_to_the_limit_and_no_further() -> None:
    """A few kilobytes that stand for a gigabyte cost no more than the limit."""
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(HTML)
    bomb += b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()

    page = fetch(httpx.Response(200, content=iter([bomb]), headers={"Content-Encoding": "gzip"}))

    assert (len(page.body), page.truncated) == (20_000_000, True)


def test_packed_data_that_unpacks_to_nothing_ends_at_the_limit() -> None:
    """An endless row of empty archives is as long as it is sent."""
    pieces = itertools.repeat(gzip.compress(b"") * 100)

    page = fetch(httpx.Response(200, content=pieces, headers={"Content-Encoding": "gzip"}), max_bytes=100_000)

    assert (page.body, page.truncated) == (b"", True)


def test_an_endless_page_is_cut_off() -> None:
    """A stream that never ends is read up to the limit."""
    with serve(repeat(OK + b"\r\n" + HTML, b"x" * 10_000, 0)) as port:
        page = fetch_local(port, max_bytes=50_000)

    assert (len(page.body), page.truncated) == (50_000, True)
