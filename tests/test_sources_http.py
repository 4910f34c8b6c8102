"""Pages come over HTTP from where they say they come, in bounded time and size, or with a reason in words."""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import itertools
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from auditor import __version__
from auditor.errors import SourceError
from auditor.models import Page, Redirect
from auditor.sources.addresses import is_public
from auditor.sources.http import FetchSettings, fetch_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.sources.addresses import Resolve

    Reply = Callable[[socket.socket], None]

URL = "https://knees.example/treatments"
PUBLIC = "8.8.4.4"
HTML = b"<!DOCTYPE html><p>We care for knees."
SAVE = "open the page in a browser, save it and audit the file"


def now() -> datetime:
    return datetime(2031, 3, 14, 10, 26, 53, 589, tzinfo=timezone(timedelta(hours=1)))


def answer_public(_host: str) -> tuple[str, ...]:
    return (PUBLIC,)


def fetch(
    answer: Callable[[httpx.Request], httpx.Response] | httpx.Response,
    url: str = URL,
    *,
    resolve: Resolve = answer_public,
    **settings: Any,
) -> Page:
    """Fetch *url* from a server that gives *answer*."""
    transport = httpx.MockTransport(answer if callable(answer) else lambda _: answer)
    return fetch_page(url, settings=FetchSettings(**settings), now=now, transport=transport, resolve=resolve)


def refuse(*args: Any, **options: Any) -> str:
    """Return the reason for which a fetch gives no page."""
    with pytest.raises(SourceError) as caught:
        fetch(*args, **options)
    return caught.value.reason


def lead_along(way: dict[str, str]) -> Callable[[httpx.Request], httpx.Response]:
    """Answer as hosts that redirect from each address of *way* to the next."""

    def answer(request: httpx.Request) -> httpx.Response:
        target = way.get(f"{request.url.scheme}://{request.headers['host']}{request.url.raw_path.decode()}")
        if target is None:
            return httpx.Response(200, content=HTML)
        return httpx.Response(302, headers={"Location": target}, content=b"elsewhere")

    return answer


# --- what a page records -----------------------------------------------------------------------


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


def test_a_request_says_who_asks_and_goes_to_the_checked_address() -> None:
    """The name of the host is only in the header and in the TLS handshake, the checked address is in the URL."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, content=HTML)

    fetch(answer, "https://kniegrün.example:8443/a?b")

    (request,) = requests
    assert f"https://{PUBLIC}:8443/a?b" == str(request.url)
    assert request.extensions["sni_hostname"] == "xn--kniegrn-s2a.example"
    assert {
        "host": "xn--kniegrn-s2a.example:8443",
        "user-agent": f"clinic-auditor/{__version__} (+https://github.com/clinic-auditor/clinic-auditor)",
        "accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.1",
        "accept-encoding": "gzip, deflate",
        "connection": "close",
    } == dict(request.headers)


@pytest.mark.parametrize("status", [204, 304, 403, 404, 429, 500, 503])
def test_an_error_is_a_page_with_its_status(status: int) -> None:
    """What an error page means is for its reader to say."""
    page = fetch(httpx.Response(status, content=b"<html>no"))

    assert (status, b"<html>no") == (page.status, page.body)


def test_an_error_without_a_readable_body_is_a_page() -> None:
    """A status above 400 counts, whatever came with it."""
    page = fetch(httpx.Response(403, content=b'{"error": 1}', headers={"Content-Type": "application/json"}))

    assert (page.status, page.media_type) == (403, "text/plain")


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


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "",
            "this is not a complete web address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "knees.example/a",
            "this is not a complete web address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "file:///etc/passwd",
            "it leads to a file: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "javascript:alert(1)",
            "it leads to a javascript: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        ("http:///path", "the address holds no valid host name: check its spelling"),
        ("http://a..example/", "the address holds no valid host name: check its spelling"),
        (f"http://{'a' * 64}.example/", "the address holds no valid host name: check its spelling"),
        ("http://a%20b.example/", "the address holds no valid host name: check its spelling"),
        ("http://.example/", "the address holds no valid host name: check its spelling"),
        ("http://xn--a/", "the address holds no valid host name: check its spelling"),
        ("http://knees.example:99999/", "there is no port 99999: check the address"),
        ("http://knees.example:0/", "there is no port 0: check the address"),
        ("http://knees.example:x/", "this is not a valid web address: check its spelling"),
        ("http://0177.0.0.1/", "this is not a valid web address: check its spelling"),
        ("http://[::1", "this is not a valid web address: check its spelling"),
        ("http://１２７.0.0.1/", "this is not a valid web address: check its spelling"),
        ("http://knees.example/\x1b[31m", "this is not a valid web address: check its spelling"),
        ("http://knees.example/" + "a" * 70_000, "this is not a valid web address: check its spelling"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_no_web_address_is_told(url: str, reason: str) -> None:
    """A mistake in the address is one sentence, and nothing is sent."""
    assert reason == refuse(httpx.Response(200, content=HTML), url)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """A report must not give away how to log in."""
    with pytest.raises(SourceError) as caught:
        fetch(httpx.Response(200, content=HTML), "https://ann:pass@word@knees.example/a")

    assert str(caught.value) == (
        "https://knees.example/a: the address holds a user name or password, which a report must not: leave it out"
    )


CLOSED = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::1", "2002:c0a8:101::", "3fff::1",
    "4000::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "localhost",
)  # fmt: skip
OPEN = (
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1",
    "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:200::1", "2001:4860:4860::8888",
    "2002:808:808::1", "2606:4700::1111", "2a00:1450::1",
)  # fmt: skip


@pytest.mark.parametrize(("address", "expected"), [*((a, False) for a in CLOSED), *((a, True) for a in OPEN)])
def test_only_addresses_of_the_open_internet_are_public(address: str, expected: bool) -> None:
    """Private, local and reserved networks are closed, and so are addresses that stand for one in them."""
    assert expected == is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1%eth0"])
def test_a_host_inside_a_private_network_is_refused(address: str) -> None:
    """The name of a host is no proof of where it leads."""
    reason = refuse(httpx.Response(200, content=HTML), resolve=lambda _: (address,))

    assert (
        f"knees.example leads to {address}, inside a private or reserved network, which is only fetched with --allow-private"
    ) == reason


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("0177.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("[::ffff:7f00:1]", str(ipaddress.ip_address("::ffff:7f00:1"))),
        ("[fd00::1]", "fd00::1"),
    ],
)
def test_every_way_to_write_a_private_address_is_refused(host: str, address: str) -> None:
    """Short, decimal, octal and hexadecimal addresses are known without asking a resolver."""
    reason = refuse(httpx.Response(200, content=HTML), f"http://{host}/")

    named = host.strip("[]").lower()
    where = "lies" if named == address else f"leads to {address},"
    assert f"{named} {where} inside a private" == reason[: reason.index(" or reserved")]


def test_a_public_address_of_several_is_taken() -> None:
    """What is private among the addresses of a host is left out."""
    page = fetch(httpx.Response(200, content=HTML), resolve=lambda _: ("10.0.0.1", "2606:4700::1111", PUBLIC))

    assert page.address == "2606:4700::1111"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    """A machine without IPv6 reaches a host that prefers it."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != PUBLIC:
            raise httpx.ConnectError("unreachable")
        return httpx.Response(200, content=HTML)

    assert fetch(answer, resolve=lambda _: ("2606:4700::1111", PUBLIC)).address == PUBLIC


def test_a_name_that_changes_its_address_is_checked_each_time() -> None:
    """A host that is public at first and private at its redirect is refused, and never connected to."""
    addresses = iter([(PUBLIC,), ("127.0.0.1",)])
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "/b"})

    reason = refuse(answer, resolve=lambda _: next(addresses))

    assert reason[: reason.index(" or reserved")] == "knees.example leads to 127.0.0.1, inside a private"
    assert asked == [PUBLIC]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), TimeoutError()])
def test_a_host_without_address_is_told(error: Exception) -> None:
    """A misspelt name is a reason in words."""

    def resolve(_host: str) -> tuple[str, ...]:
        raise error

    reason = refuse(httpx.Response(200, content=HTML), resolve=resolve)

    assert reason == "no address is known for knees.example: check its spelling and your connection"


# --- redirects ---------------------------------------------------------------------------------


def test_redirects_are_followed_and_recorded() -> None:
    """The way to a page is kept, and its address is where it ends."""
    way = {
        "http://knees.example/a": "https://knees.example/a?b#c",
        "https://knees.example/a?b": "//www.knees.example/d",
        "https://www.knees.example/d": " ../e ",
    }

    page = fetch(lead_along(way), "http://knees.example/a#top")

    assert page.url == "https://www.knees.example/e"
    assert (
        Redirect(url="http://knees.example/a", status=302, location="https://knees.example/a?b#c"),
        Redirect(url="https://knees.example/a?b", status=302, location="//www.knees.example/d"),
        Redirect(url="https://www.knees.example/d", status=302, location=" ../e "),
    ) == page.redirects


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (URL, f"its redirects lead in a circle, back to {URL}: {SAVE}"),
        ("", f"its redirects lead in a circle, back to {URL}: {SAVE}"),
        ("#top", f"its redirects lead in a circle, back to {URL}: {SAVE}"),
        (
            "ftp://knees.example/",
            "it leads to a ftp: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "data:text/html,x",
            "it leads to a data: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        ("http://[knees]/", f"it redirects to something that is no web address: {SAVE}"),
        ("http://[knees", "the address holds no valid host name: check its spelling"),
        ("http://knees.example:x/", f"it redirects to something that is no web address: {SAVE}"),
        (
            "http://127.0.0.1/admin",
            "127.0.0.1 lies inside a private or reserved network, which is only fetched with --allow-private",
        ),
        ("//ann@knees.example/", "the address holds a user name or password, which a report must not: leave it out"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_told(location: str, reason: str) -> None:
    """Circles, other schemes, private hosts and garbage end the way with a reason."""
    assert reason == refuse(httpx.Response(302, headers={"Location": location}))


def test_too_many_redirects_are_told() -> None:
    """A way that never ends is left after as many steps as are allowed."""
    count = itertools.count()

    reason = refuse(lambda _: httpx.Response(302, headers={"Location": f"/{next(count)}"}), max_redirects=3)

    assert (f"it redirects more than 3 times: {SAVE}", 4) == (reason, next(count))


def test_a_password_in_a_redirect_is_not_kept() -> None:
    """What a report must not repeat is neither sent on nor recorded."""
    page = fetch(lead_along({URL: "https://ann:secret@www.knees.example/"}))

    assert (page.url, page.redirects[0].location) == ("https://www.knees.example/", "https://www.knees.example/")


def test_a_page_that_wants_its_cookie_back_gets_it() -> None:
    """A visitor who is sent to the same address with a cookie is not in a circle; no other host gets the cookie."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == "hips.example":
            return httpx.Response(200, content=HTML + request.headers.get("cookie", " none").encode())
        location = "https://hips.example/" if "cookie" in request.headers else URL
        cookies = [
            (b"Location", location.encode()),
            (b"Set-Cookie", b"seen=1; Path=/"),
            (b"Set-Cookie", "odd=ü".encode()),
        ]
        return httpx.Response(302, headers=cookies if location == URL else cookies[:1])

    assert fetch(answer).body == HTML + b" none"


# --- compression and limits --------------------------------------------------------------------


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


# --- real connections --------------------------------------------------------------------------


@contextmanager
def serve(reply: Reply, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run a server on this machine that reads each request and then does what *reply* does; yield its port."""
    done = threading.Event()
    workers: list[threading.Thread] = []

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
                request = b""
                # A handshake that was not expected is an end as well.
                while b"\r\n\r\n" not in request and request[:1] != b"\x16" and (piece := stream.recv(65536)):
                    request += piece
                reply(stream)

    def accept() -> None:
        while not done.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                workers.append(threading.Thread(target=handle, args=(connection,)))
                workers[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            acceptor.join()
            for worker in workers:
                worker.join()


def say(*pieces: bytes) -> Reply:
    return lambda stream: stream.sendall(b"".join(pieces))


def repeat(start: bytes, piece: bytes, pause: float) -> Reply:
    """Send *start* and then *piece* for as long as anyone listens."""

    def reply(stream: socket.socket) -> None:
        stream.sendall(start)
        while True:
            threading.Event().wait(pause)
            stream.sendall(piece)

    return reply


def fetch_local(port: int, url: str = "http://127.0.0.1:{}/", **settings: Any) -> Page:
    return fetch_page(url.format(port), settings=FetchSettings(allow_private=True, **settings), now=now)


def refuse_local(reply: Reply, **settings: Any) -> str:
    with serve(reply) as port, pytest.raises(SourceError) as caught:
        fetch_local(port, **settings)
    return caught.value.reason


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


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


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that no resolver of this machine knows is fetched from the address that was given for it."""
    asked: list[str] = []

    def resolve(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",)

    with serve(say(OK, b"\r\n", HTML)) as port:
        settings = FetchSettings(allow_private=True)
        page = fetch_page(f"http://knees.invalid:{port}/", settings=settings, now=now, resolve=resolve)

    assert (page.body, page.address, asked) == (HTML, "127.0.0.1", ["knees.invalid"])


def test_an_endless_page_is_cut_off() -> None:
    """A stream that never ends is read up to the limit."""
    with serve(repeat(OK + b"\r\n" + HTML, b"x" * 10_000, 0)) as port:
        page = fetch_local(port, max_bytes=50_000)

    assert (len(page.body), page.truncated) == (50_000, True)


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


def fall_silent(stream: socket.socket) -> None:
    """Wait until the other side has given up."""
    stream.recv(1)


def test_a_host_that_falls_silent_is_told() -> None:
    """Nothing for too long is a reason in words."""
    reason = refuse_local(fall_silent, read_timeout=0.2)

    assert f"127.0.0.1 sent nothing for 0.2 seconds: try again later, or {SAVE}" == reason


def reset(stream: socket.socket) -> None:
    """Break off as a crashed host does."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    stream.close()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (reset, "the connection to 127.0.0.1 broke off"),
        (say(), "127.0.0.1 broke off or did not answer as a web server should"),
        (say(b"SSH-2.0-knee\r\n"), "127.0.0.1 broke off or did not answer as a web server should"),
        (say(b"\x15\x03\x01\0\2\2\x46"), "127.0.0.1 broke off or did not answer as a web server should"),
        (
            say(OK, b"Content-Length: 99\r\n\r\n", HTML),
            "127.0.0.1 broke off or did not answer as a web server should",
        ),
        (
            say(OK, b"Transfer-Encoding: chunked\r\n\r\nfff\r\n", HTML),
            "127.0.0.1 broke off or did not answer as a web server should",
        ),
        (
            say(OK, b"Transfer-Encoding: chunked\r\n\r\nknee\r\n", HTML),
            "127.0.0.1 broke off or did not answer as a web server should",
        ),
        (say(OK, b"X-Huge: ", b"x" * 1_000_000), "127.0.0.1 broke off or did not answer as a web server should"),
    ],
    ids=["reset", "nothing", "other protocol", "TLS", "short", "short chunk", "wrong chunk", "huge header"],
)
def test_a_broken_answer_is_told(reply: Reply, reason: str) -> None:
    """Half a page is not judged as a whole one."""
    assert f"{reason}: try again later, or {SAVE}" == refuse_local(reply)


def test_a_host_that_refuses_is_told() -> None:
    """Nobody listens: the reason says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SourceError) as caught:
        fetch_local(port)

    assert caught.value.reason == "127.0.0.1 refused the connection: check the address, or try again later"


def test_a_circle_of_redirects_ends_on_a_real_connection() -> None:
    """A loop is told and not walked until the time is over."""
    reason = refuse_local(say(b"HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))

    assert reason[:30] == "its redirects lead in a circle"


# --- TLS ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a certificate for knees.example that no authority has signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    path = str(tmp_path_factory.mktemp("tls") / "both.pem")
    subject = ["-subj", "/CN=knees.example", "-addext", "subjectAltName=DNS:knees.example"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]
    made = subprocess.run(
        [openssl, "req", "-x509", *key, "-out", f"{path}.crt", *subject], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this openssl cannot make the certificate")
    with Path(path).open("ab") as both:
        both.write(Path(f"{path}.crt").read_bytes())
    return path


@contextmanager
def serve_tls(certificate: str) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serve(say(OK, b"Content-Length: 36\r\n\r\n", HTML), context) as port:
        yield port


def fetch_tls(port: int, host: str, transport: httpx.BaseTransport | None = None) -> Page:
    settings = FetchSettings(allow_private=True)
    url = f"https://{host}:{port}/"
    return fetch_page(url, settings=settings, now=now, transport=transport, resolve=lambda _: ("127.0.0.1",))


def test_a_certificate_that_nobody_signed_is_told(certificate: str) -> None:
    """The reason says what was wrong with the certificate."""
    with serve_tls(certificate) as port, pytest.raises(SourceError) as caught:
        fetch_tls(port, "knees.example")

    assert f"the certificate of knees.example cannot be trusted (self-signed certificate): {SAVE}" == (
        caught.value.reason.replace("self signed", "self-signed")
    )


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(certificate: str) -> None:
    """The connection goes to the checked address, the handshake names the host."""
    trusted = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=certificate), trust_env=False)

    with serve_tls(certificate) as port:
        page = fetch_tls(port, "knees.example", trusted)

    assert (HTML, f"https://knees.example:{port}/") == (page.body, page.url)


def test_a_certificate_for_another_host_is_told(certificate: str) -> None:
    """A trusted certificate of somebody else does not do."""
    trusted = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=certificate), trust_env=False)

    with serve_tls(certificate) as port, pytest.raises(SourceError, match="is not valid for 'hips\\.example'"):
        fetch_tls(port, "hips.example", trusted)


def test_a_host_that_speaks_no_tls_is_told() -> None:
    """Plain HTTP behind https:// is a reason in words."""
    with serve(say(OK, b"\r\n", HTML)) as port, pytest.raises(SourceError) as caught:
        fetch_local(port, "https://127.0.0.1:{}/")

    assert (
        f"no secure connection to 127.0.0.1 could be made: try the address with http://, or {SAVE}"
        == caught.value.reason
    )
