"""A crawl's connection: one after the other over one line, byte for byte, and every failure a reason in words."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import SourceError
from auditor.sources import connecting
from auditor.sources.connecting import open_carrier_async
from auditor.sources.http import fetch_page_async
from auditor.sources.settings import FetchSettings
from tests.fetches import HTML, OK, SAVE, Reply, now, repeat, say, serve
from tests.test_sources_carrying import certificate, fall_silent, reset

if TYPE_CHECKING:
    from auditor.models import Page
    from auditor.sources.stepping import Exchange

__all__ = ["certificate"]

LENGTH = b"Content-Length: 36\r\n\r\n"


def fetch_all(*urls: str, pause: float = 0, **settings: Any) -> tuple[list[Page], list[Exchange]]:
    """Fetch *urls*, whatever hosts they name on this machine, over one carrier; return what was exchanged, too."""
    known: dict[str, Any] = {"allow_private": True, "keep_alive": True}
    exchanges: list[Exchange] = []

    async def run() -> list[Page]:
        carrier = open_carrier_async()
        pages = []
        try:
            for url in urls:
                pages.append(
                    await fetch_page_async(
                        url,
                        settings=FetchSettings(**known | settings),
                        now=now,
                        carry=lambda _: carrier,
                        resolve=resolve,
                        pace=pace,
                        permit=lambda _: None,
                        exchanges=exchanges,
                    )
                )
                await asyncio.sleep(pause)
        finally:
            await carrier.aclose()
        return pages

    async def resolve(_host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async def pace(_host: str) -> None:
        """Ask at once."""

    return asyncio.run(run()), exchanges


def refuse(reply: Reply, **settings: Any) -> str:
    """Return the reason for which a server that does *reply* gives no page."""
    with serve(reply) as port, pytest.raises(SourceError) as caught:
        fetch_all(f"http://127.0.0.1:{port}/", **settings)
    return caught.value.reason


def answer_often(*answers: bytes, heard: list[str]) -> Reply:
    """Give *answers* over one connection, each but the first to another request, and note where each connection begins."""

    def reply(stream: socket.socket) -> None:
        heard.append("opened")
        for answer in answers:
            stream.sendall(answer)
            if not stream.recv(65536):
                break
            heard.append("asked")

    return reply


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (OK + LENGTH + HTML, ["opened", "asked"]),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK + LENGTH + HTML, ["opened", "asked"]),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n24\r\n" + HTML + b"\r\n0\r\n\r\n", ["opened", "asked"]),
        (OK + b"Connection: close\r\n" + LENGTH + HTML, ["opened", "opened"]),
        (b"HTTP/1.0" + (OK + LENGTH + HTML)[8:], ["opened", "opened"]),
        (OK + LENGTH + HTML + OK + b"Content-Length: 4\r\n\r\nfake", ["opened", "opened"]),
    ],
    ids=["length", "early hints", "chunks", "close", "HTTP/1.0", "more than was asked for"],
)
def test_a_connection_carries_one_request_after_the_other(answer: bytes, heard: list[str]) -> None:
    """Unless the server ends it, or says more than it was asked: that would be taken for the next answer."""
    found: list[str] = []

    with serve(answer_often(answer, answer, heard=found)) as port:
        pages, _ = fetch_all(f"http://127.0.0.1:{port}/a", f"http://127.0.0.1:{port}/b")

    assert ([HTML, HTML], heard) == ([page.body for page in pages], found)


def test_what_came_without_being_asked_for_ends_a_connection() -> None:
    """An answer that is there before its question is nobody's, also when it comes late."""
    found: list[str] = []

    def reply(stream: socket.socket) -> None:
        found.append("opened")
        stream.sendall(OK + LENGTH + HTML)
        stream.sendall(OK + b"Content-Length: 4\r\n\r\nfake")
        stream.recv(65536)

    with serve(reply) as port:
        pages, _ = fetch_all(f"http://127.0.0.1:{port}/a", f"http://127.0.0.1:{port}/b", pause=0.05)

    assert ([HTML, HTML], ["opened", "opened"]) == ([page.body for page in pages], found)


def test_a_connection_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was idle for long may be closed at the other end without a word."""
    monkeypatch.setattr(connecting, "_MOST_IDLE", 0.0)
    found: list[str] = []

    with serve(answer_often(OK + LENGTH + HTML, heard=found)) as port:
        fetch_all(f"http://127.0.0.1:{port}/a", f"http://127.0.0.1:{port}/b")

    assert ["opened", "opened"] == found


def test_a_server_may_close_a_connection_without_a_word() -> None:
    """Many do after an answer, although they did not say so; the next request opens another one."""
    with serve(say(OK, LENGTH, HTML)) as port:
        pages, _ = fetch_all(f"http://127.0.0.1:{port}/a", f"http://127.0.0.1:{port}/b", pause=0.05)

    assert [HTML, HTML] == [page.body for page in pages]


def test_another_port_is_another_connection() -> None:
    """A host's second server is asked for itself."""
    other = HTML.replace(b"knees", b"ankle")

    with serve(say(OK, LENGTH, HTML)) as first, serve(say(OK, LENGTH, other)) as second:
        pages, _ = fetch_all(f"http://127.0.0.1:{first}/", f"http://127.0.0.1:{second}/")

    assert [HTML, other] == [page.body for page in pages]


def test_an_exchange_is_noted_byte_for_byte() -> None:
    """The names of headers keep their letters, their order and their number, and so does the reason."""
    head = b"HTTP/1.1 200 Fine\r\nX-Knee: 1\r\ncontent-type: text/html\r\nX-KNEE: \xe9\r\n"

    with serve(say(head, LENGTH, HTML)) as port:
        _, (exchange,) = fetch_all(f"http://127.0.0.1:{port}/a")

    assert ("200 Fine", "HTTP/1.1") == (exchange.status, exchange.version)
    assert (
        (b"X-Knee", b"1"),
        (b"content-type", b"text/html"),
        (b"X-KNEE", b"\xe9"),
        (b"Content-Length", b"36"),
    ) == exchange.headers


def test_what_is_noted_is_what_was_sent() -> None:
    """The request lies in the archive as it went over the wire."""
    heard: list[bytes] = []

    with socket.create_server(("127.0.0.1", 0)) as listener:

        async def run() -> Exchange:
            def listen() -> None:
                stream, _ = listener.accept()
                with stream:
                    heard.append(stream.recv(65536))
                    stream.sendall(OK + LENGTH + HTML)

            url = f"http://127.0.0.1:{listener.getsockname()[1]}/a"
            _, (_, (exchange,)) = await asyncio.gather(asyncio.to_thread(listen), asyncio.to_thread(fetch_all, url))
            return exchange

        exchange = asyncio.run(run())

    assert heard == [exchange.request]


def test_a_large_body_comes_whole() -> None:
    """Also one that comes faster than it is taken."""
    body = HTML + b"x" * 3_000_000

    with serve(say(OK, b"Content-Length: %d\r\n\r\n" % len(body), body)) as port:
        (page,), _ = fetch_all(f"http://127.0.0.1:{port}/")

    assert body == page.body


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    """As the first web servers did it."""
    with serve(say(OK, b"\r\n", HTML)) as port:
        (page,), (exchange,) = fetch_all(f"http://127.0.0.1:{port}/")

    assert (HTML, True) == (page.body, exchange.is_whole)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (reset, "the connection to 127.0.0.1 broke off"),
        (say(), "127.0.0.1 broke off or did not answer as a web server should"),
        (say(b"SSH-2.0-knee\r\n"), "127.0.0.1 broke off or did not answer as a web server should"),
        (say(OK, b"Content-Length: 99\r\n\r\n", HTML), "127.0.0.1 broke off or did not answer as a web server should"),
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
    ids=["reset", "nothing", "other protocol", "short", "short chunk", "wrong chunk", "huge header"],
)
def test_a_broken_answer_is_told(reply: Reply, reason: str) -> None:
    """In the words in which the audit of one page tells it."""
    assert f"{reason}: try again later, or {SAVE}" == refuse(reply)


def test_what_no_request_can_hold_costs_one_page() -> None:
    """It is a reason and no defect."""
    reason = refuse(say(OK, LENGTH, HTML), user_agent="knee\x0bhip")

    assert f"127.0.0.1 broke off or did not answer as a web server should: try again later, or {SAVE}" == reason


def test_a_host_that_falls_silent_is_told() -> None:
    """Nothing for too long is a reason in words."""
    reason = refuse(fall_silent, read_timeout=0.2)

    assert f"127.0.0.1 sent nothing for 0.2 seconds: try again later, or {SAVE}" == reason


def test_a_page_that_comes_too_slowly_is_told() -> None:
    """A byte now and then never meets the limit of one read, but that of the page."""
    reason = refuse(repeat(OK + b"\r\n", b"x", 0.02), total_timeout=0.3)

    assert f"the page did not arrive within 0.3 seconds: try again later, or {SAVE}" == reason


def test_a_host_that_refuses_is_told() -> None:
    """Nobody listens: the reason says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SourceError) as caught:
        fetch_all(f"http://127.0.0.1:{port}/")

    assert caught.value.reason == "127.0.0.1 refused the connection: check the address, or try again later"


@pytest.mark.parametrize(
    ("is_trusted", "host", "reason"),
    [
        (True, "knees.example", None),
        (True, "hips.example", "is not valid for 'hips.example'"),
        (False, "knees.example", "the certificate of knees.example cannot be trusted"),
    ],
)
def test_a_certificate_is_checked(
    certificate: str, monkeypatch: pytest.MonkeyPatch, is_trusted: bool, host: str, reason: str | None
) -> None:
    """The connection goes to the checked address, the handshake names the host."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    if is_trusted:
        trusted = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(connecting, "trust_authorities", lambda: trusted)

    with serve(say(OK, LENGTH, HTML), server) as port:
        try:
            told = str(fetch_all(f"https://{host}:{port}/")[0][0].body)
        except SourceError as error:
            told = error.reason

    assert (reason or str(HTML)) in told


def test_a_host_that_speaks_no_tls_is_told() -> None:
    """Plain HTTP behind https:// is a reason in words."""
    with serve(say(OK, b"\r\n", HTML)) as port, pytest.raises(SourceError) as caught:
        fetch_all(f"https://127.0.0.1:{port}/")

    assert (
        f"no secure connection to 127.0.0.1 could be made: try the address with http://, or {SAVE}"
        == caught.value.reason
    )
