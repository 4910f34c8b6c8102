"""A proxy for a browser, which connects only where a page may be fetched from.

A page makes its browser ask for anything: subresources, redirects, sockets. So the browser is given no other way out than
this proxy. Every connection is checked here, and made to the very address that was checked: a name that leads elsewhere
the next time gains nothing.
"""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from auditor.errors import NoPageError
from auditor.sources.addresses import find_addresses, resolve_host

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.sources.addresses import Resolve

MAX_BYTES = 200_000_000
"""What one page may load, all in all."""

_LONGEST_HEAD = 65_536
_CHUNK = 65_536
_IDLE = 30.0
_CONNECT_TIMEOUT = 10.0
_MOST_CONNECTIONS = 256
OWN_ACCOUNT = "accounts.invalid"
"""Where Chromium is told to look for its user's account, which it does whatever is said."""
_BROWSERS_OWN = frozenset((OWN_ACCOUNT, "update.googleapis.com"))
"""What Chromium asks for on its own account: never connected to, and nothing that the page asked for."""
_TUNNEL = re.compile(rb"CONNECT (\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5}) HTTP/1\.[01]\Z", re.IGNORECASE)
_ABSOLUTE = re.compile(
    rb"([A-Z]{1,20}) http://(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(/[^ ]*|\?[^ ]*)? (HTTP/1\.[01])\Z", re.IGNORECASE
)
# What holds for one connection only (RFC 9110, 7.6.1), and what a server need not know.
_HOP = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:", b"te:", b"trailer:")
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_FAILED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Guard:
    """The proxy, from ``with`` to its end; until a page is *online* it refuses everything."""

    def __init__(
        self,
        *,
        online: bool = False,
        allow_private: bool = False,
        max_bytes: int = MAX_BYTES,
        resolve: Resolve = resolve_host,
    ) -> None:
        """Refuse private networks unless *allow_private*, and what comes after *max_bytes*."""
        self.online = online
        self.allow_private = allow_private
        self.resolve = resolve
        self.dial: Callable[[tuple[str, int]], socket.socket] = _dial
        self.refused: dict[str, None] = {}
        """Hosts that were asked for and lie in private networks, in order."""
        self._left = max_bytes
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False
        self.address = ""
        """Where the browser finds it."""

    def __enter__(self) -> Guard:  # noqa: PYI034 - Self is of Python 3.11
        """Begin to listen."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End every connection."""
        self._closed = True
        with suppress(OSError):
            # A thread that waits in accept() is not woken by close().
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for opened in self._open:
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

    def start_page(self, *, online: bool, max_bytes: int = MAX_BYTES) -> None:
        """Forget the page before: the next one may load as much, and has been refused nothing."""
        with self._lock:
            self.online, self._left = online, max_bytes
            self.refused = {}

    def _listen(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if threading.active_count() > _MOST_CONNECTIONS:
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._hold(client)
            try:
                client.settimeout(_IDLE)
                self._answer(client)
            finally:
                self._release(client)

    def _answer(self, client: socket.socket) -> None:
        head, rest = _read_head(client)
        line, *fields = head.split(b"\r\n")
        tunnel, absolute = _TUNNEL.match(line), _ABSOLUTE.match(line)
        if tunnel:
            host, port, greeting = tunnel[1], int(tunnel[2]), b""
        elif absolute:
            host, port = absolute[2], int(absolute[3] or 80)
            kept = [field for field in fields if field and not field.lower().startswith(_HOP)]
            path = absolute[4] or b"/"
            request = absolute[1] + b" " + (path if path.startswith(b"/") else b"/" + path) + b" " + absolute[5]
            greeting = b"\r\n".join((request, *kept, b"Connection: close", b"", b"")) + rest
        else:
            client.sendall(_REFUSED)
            return
        try:
            server = self._connect(host.decode("ascii").strip("[]"), port)
        except NoPageError:
            client.sendall(_REFUSED)
            return
        except OSError:
            client.sendall(_FAILED)
            return
        with server:
            self._hold(server)
            try:
                if tunnel:
                    client.sendall(_OPENED)
                    server.sendall(rest)
                else:
                    server.sendall(greeting)
                self._relay(client, server)
            finally:
                self._release(server)

    def _connect(self, host: str, port: int) -> socket.socket:
        if not self.online or host.lower() in _BROWSERS_OWN:
            raise NoPageError
        try:
            addresses = find_addresses(host, resolve=self.resolve, allow_private=self.allow_private)
        except NoPageError as error:
            if error.__cause__ is None:  # it has addresses, and all are private
                self.refused[host] = None
            raise
        failure: OSError = OSError("no address")
        for address in addresses:
            try:
                return self.dial((address, port))
            except OSError as error:  # noqa: PERF203 - the next address may answer
                failure = error
        raise failure

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what both say until one has done."""
        other = {client: server, server: client}
        last = time.monotonic()
        while not self._closed and time.monotonic() - last < _IDLE:
            ready, _, _ = select.select([client, server], [], [], 1.0)
            for speaker in ready:
                data = speaker.recv(_CHUNK)
                if not data or not self._allow(len(data)):
                    return
                other[speaker].sendall(data)
                last = time.monotonic()

    def _allow(self, size: int) -> bool:
        with self._lock:
            self._left -= size
            return self._left >= 0

    def _hold(self, opened: socket.socket) -> None:
        with self._lock:
            self._open.add(opened)

    def _release(self, opened: socket.socket) -> None:
        with self._lock:
            self._open.discard(opened)


def _dial(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=_CONNECT_TIMEOUT)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    """Return the head of a request, and what came behind it."""
    received = b""
    while b"\r\n\r\n" not in received and len(received) < _LONGEST_HEAD:
        data = client.recv(_CHUNK)
        if not data:
            break
        received += data
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest
