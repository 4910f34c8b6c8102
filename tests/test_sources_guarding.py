"""The browser's only way out: what it connects to, and what it refuses."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from auditor.sources.guarding import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC = "93.184.216.34"


@contextmanager
def serve(answer: bytes, heard: list[bytes]) -> Iterator[int]:
    """Listen on the loopback interface, note what is said and say *answer*; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        heard.append(client.recv(65_536))
                        client.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def ask(guard: Guard, request: bytes, then: bytes = b"") -> bytes:
    """Return what the guard answers to *request*, and to what follows where it opens a tunnel."""
    host, _, port = guard.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(request)
        answer = client.recv(65_536)
        if then and b" 200 " in answer:
            client.sendall(then)
        while data := client.recv(65_536):
            answer += data
        return answer


def test_a_request_is_passed_on_in_the_form_for_servers() -> None:
    """The server is asked for a path, without what concerns only the proxy, and answers through it."""
    heard: list[bytes] = []
    with serve(b"HTTP/1.1 200 OK\r\n\r\nHello", heard) as port, Guard(online=True, allow_private=True) as guard:
        head = b"Host: knees.example\r\nProxy-Connection: keep-alive\r\n\r\n"
        answer = ask(guard, b"GET http://127.0.0.1:%d/a?b HTTP/1.1\r\n%s" % (port, head))

    assert b"HTTP/1.1 200 OK\r\n\r\nHello" == answer
    assert [b"GET /a?b HTTP/1.1\r\nHost: knees.example\r\nConnection: close\r\n\r\n"] == heard


def test_a_tunnel_passes_everything() -> None:
    """What is encrypted goes through unread, both ways."""
    heard: list[bytes] = []
    with serve(b"back", heard) as port, Guard(online=True, allow_private=True) as guard:
        answer = ask(guard, b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % port, b"there")

    assert b"HTTP/1.1 200 Connection established\r\n\r\nback" == answer
    assert [b"there"] == heard


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", ()),
        ("[::1]", ()),
        ("169.254.169.254", ()),
        ("10.0.0.1", ()),
        ("2130706433", ()),
        ("0x7f.1", ()),
        ("[::ffff:127.0.0.1]", ()),
        ("knees.example", ("127.0.0.1",)),
        ("knees.example", ("192.168.1.1", "fd00::1")),
    ],
)
@pytest.mark.parametrize("form", [b"CONNECT %s:%d HTTP/1.1\r\n\r\n", b"GET http://%s:%d/ HTTP/1.1\r\n\r\n"])
def test_private_addresses_are_refused(host: str, addresses: tuple[str, ...], form: bytes) -> None:
    """Whatever a name or number leads to inside private networks is not connected to, and noted."""
    heard: list[bytes] = []
    with serve(b"secret", heard) as port, Guard(online=True, resolve=lambda _: addresses) as guard:
        answer = ask(guard, form % (host.encode(), port))
        refused = list(guard.refused)

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert [] == heard
    assert [host.strip("[]")] == refused


def test_a_name_is_resolved_once_for_each_connection() -> None:
    """A name that leads elsewhere the second time it is asked is not asked a second time."""
    asked: list[str] = []
    answers = iter([(PUBLIC,), ("127.0.0.1",)])

    def resolve(host: str) -> tuple[str, ...]:
        asked.append(host)
        return next(answers)

    def dial(address: tuple[str, int]) -> socket.socket:
        connected.append(address[0])
        raise OSError

    connected: list[str] = []
    with Guard(online=True, resolve=resolve) as guard:
        guard.dial = dial
        ask(guard, b"CONNECT knees.example:443 HTTP/1.1\r\n\r\n")

    assert (["knees.example"], [PUBLIC]) == (asked, connected)


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\r\n\r\n", b"GET ftp://a/ HTTP/1.1\r\n\r\n", b"CONNECT a b:1 HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n"]
)  # fmt: skip
def test_what_is_no_request_to_a_proxy_is_refused(request_: bytes) -> None:
    """The guard serves nothing itself."""
    with Guard(online=True, allow_private=True) as guard:
        assert ask(guard, request_).startswith(b"HTTP/1.1 403 ")


def test_until_a_page_is_online_everything_is_refused() -> None:
    """A saved page loads nothing, whatever the settings allow."""
    heard: list[bytes] = []
    with serve(b"HTTP/1.1 200 OK\r\n\r\n", heard) as port, Guard(allow_private=True) as guard:
        request = b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % port
        offline = ask(guard, request)
        guard.start_page(online=True)
        online = ask(guard, request)

    assert (b"HTTP/1.1 403 Forbidden", b"HTTP/1.1 200 OK") == (offline.split(b"\r\n")[0], online.split(b"\r\n")[0])
    assert 1 == len(heard)


def test_what_a_page_loads_is_bounded() -> None:
    """Beyond the limit a connection ends."""
    with serve(b"x" * 100_000, []) as port, Guard(online=True, allow_private=True, max_bytes=1_000) as guard:
        answer = ask(guard, b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % port)

    assert len(answer) < 1_000


def test_a_server_that_cannot_be_reached_is_told() -> None:
    """A closed port answers as proxies do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Guard(online=True, allow_private=True) as guard:
        assert ask(guard, b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % port).startswith(b"HTTP/1.1 502 ")
