"""Fetches for tests: from a server that is only said, and from one on this machine that does what it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from auditor.errors import SourceError
from auditor.sources.http import fetch_page
from auditor.sources.settings import FetchSettings

if TYPE_CHECKING:
    import ssl

    from auditor.models import Page
    from auditor.sources.addresses import Resolve

Reply = Callable[[socket.socket], None]
"""What a server does with a connection whose request was read."""

URL = "https://knees.example/treatments"
PUBLIC = "8.8.4.4"
HTML = b"<!DOCTYPE html><p>We care for knees."
SAVE = "open the page in a browser, save it and audit the file"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def now() -> datetime:
    """Return the moment at which every fetch of these tests is made, in a zone of its own."""
    return datetime(2031, 3, 14, 10, 26, 53, 589, tzinfo=timezone(timedelta(hours=1)))


def answer_public(_host: str) -> tuple[str, ...]:
    """Know every host at one public address."""
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
    """Send *pieces* and nothing more."""
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
    """Fetch what the server on this machine at *port* gives."""
    return fetch_page(url.format(port), settings=FetchSettings(allow_private=True, **settings), now=now)


def refuse_local(reply: Reply, **settings: Any) -> str:
    """Return the reason for which a server that does *reply* gives no page."""
    with serve(reply) as port, pytest.raises(SourceError) as caught:
        fetch_local(port, **settings)
    return caught.value.reason
