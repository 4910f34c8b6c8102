"""Pages come over HTTP from where they say they come, in bounded time, or with a reason in words."""

from __future__ import annotations

import gzip
import hashlib

import httpx
import pytest

from auditor.errors import SourceError
from auditor.models import Page
from auditor.sources.http import fetch_page
from tests.fetches import HTML, OK, PUBLIC, SAVE, URL, fetch, fetch_local, now, refuse_local, repeat, say, serve


def test_a_page_records_how_it_came() -> None:
    """Body, digest, time, status, headers and address are kept as they were."""
    headers = {"Content-Type": "text/html; charset=utf-8", "X-Powered-By": "steam"}

    page = fetch(httpx.Response(200, content=HTML, headers=headers), f" {URL}?a=%20b#offer ")

    expected = Page(
        source=f" {URL}?a=%20b#offer ",
        body=HTML,
        media_type="text/html",
        sha256=hashlib.sha256(HTML).hexdigest(),
        retrieved="2031-03-14T09:26:53+00:00",
        url=f"{URL}?a=%20b",
        charset="utf-8",
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"), ("x-powered-by", "steam"), ("content-length", "36")),
        address=PUBLIC,
    )
    assert expected == page


@pytest.mark.parametrize("status", [204, 304, 403, 404, 429, 500, 503])
def test_an_error_is_a_page_with_its_status(status: int) -> None:
    """What an error page means is for its reader to say."""
    page = fetch(httpx.Response(status, content=b"<html>no"))

    assert (status, b"<html>no") == (page.status, page.body)


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 36\r\n\r\n" + HTML,
        OK + b"Content-Length: 36\r\n\r\n" + HTML + b" and more than was announced",
        OK + b"Transfer-Encoding: chunked\r\n\r\n24\r\n" + HTML + b"\r\n0\r\n\r\n",
        OK + b"\r\n" + HTML,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"\r\n" + HTML,
    ],
    ids=["length", "wrong length", "chunks", "until the end", "early hints"],
)
def test_a_page_comes_over_a_real_connection(answer: bytes) -> None:
    """Lengths, chunks and the end of a connection all end a page."""
    with serve(say(answer)) as port:
        page = fetch_local(port)

    assert (page.body, page.status, page.address, page.truncated) == (HTML, 200, "127.0.0.1", False)


@pytest.mark.parametrize("status", [b"403 Forbidden", b"500 Internal Server Error"])
def test_an_error_comes_over_a_real_connection(status: bytes) -> None:
    """An error page is a page."""
    with serve(say(b"HTTP/1.1 " + status + b"\r\nContent-Length: 11\r\n\r\n<html>sorry")) as port:
        page = fetch_local(port)

    assert (int(status[:3]), b"<html>sorry") == (page.status, page.body)


def test_this_machine_is_refused_unless_it_is_allowed() -> None:
    """Without leave nothing is even connected to."""
    with (
        serve(say(OK, b"\r\n", HTML)) as port,
        pytest.raises(SourceError, match="inside a private or reserved network"),
    ):
        fetch_page(f"http://localhost:{port}/", now=now)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(OK + b"\r\n" + HTML, b"x", id="body"),
        pytest.param(OK + b"Content-Length: 9999\r\n\r\n" + HTML, b"x", id="body with length"),
        pytest.param(OK, b"X-More: x\r\n", id="headers"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="answers before the answer"),
        pytest.param(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b""), id="packed nothing"),
    ],
)
def test_a_page_that_drips_is_left_when_its_time_is_over(start: bytes, piece: bytes) -> None:
    """No single read takes long, and yet the whole does not take longer than it may."""
    reason = refuse_local(repeat(start, piece, 0.02), total_timeout=0.3)

    assert f"the page did not arrive within 0.3 seconds: try again later, or {SAVE}" == reason
