"""A web on this machine: many hosts on 127.0.0.x, each doing what a test wants, with a record of who asked what and when."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORDS = (
    "Our clinic in Eastmere looks after guests from many lands, and our doctors speak several languages. The house stands in "
    "a park by the lake; the rooms are quiet and the kitchen is known for its fish. A driver fetches you from the station, "
    "and a nurse stays with you all day. In the evening there is music in the hall. Book your free consultation now."
)


class Asked(NamedTuple):
    """One request that came."""

    when: float
    host: str
    path: str
    headers: dict[str, str]


Writer = asyncio.StreamWriter
Reply = bytes | str | Callable[[Writer, Asked], Awaitable[None]]
"""HTML, or what writes an answer by itself."""
Site = dict[str, Reply]


def page(title: str, words: str = "", links: Iterator[str] | list[str] | tuple[str, ...] = ()) -> str:
    """Return a page long enough to be assessed that says *words* and leads to *links*."""
    led = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f"<!DOCTYPE html><html lang=en><title>{title}</title><body><main><h1>{title}</h1><p>{words}</p><p>{WORDS}</p>"
        f"<ul>{led}</ul></main></body></html>"
    )


def answer(
    status: str = "200 OK",
    body: str | bytes = "",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
    pause: float = 0,
) -> Reply:
    """Return a reply with a *status*, and a length that need not be true."""

    async def write(writer: Writer, _asked: Asked) -> None:
        if pause:
            await asyncio.sleep(pause)
        content = body.encode() if isinstance(body, str) else body
        fields = {"Content-Type": "text/html", "Content-Length": str(len(content) if length is None else length)}
        lines = [f"{name}: {value}" for name, value in (fields | dict(headers or {})).items()]
        writer.write("\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + content)
        if length is not None:
            writer.close()

    return write


def in_turn(*replies: Reply) -> Reply:
    """Return a reply that is another one each time; the last one stays."""
    left = list(replies)

    async def write(writer: Writer, asked: Asked) -> None:
        await _reply(left.pop(0) if len(left) > 1 else left[0], writer, asked)

    return write


class Web:
    """Hosts that answer, and what they were asked."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        """Take the pages of every host, ``127.0.0.2`` and so on."""
        self.sites = dict(sites)
        self.asked: list[Asked] = []
        self.port = 0
        self._open: set[Writer] = set()

    def url(self, host: str, path: str = "/") -> str:
        """Return the address of *path* on *host*."""
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str | None = None) -> list[str]:
        """Return what *host* was asked for, in order."""
        return [asked.path for asked in self.asked if host in (None, asked.host)]

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        host = writer.get_extra_info("sockname")[0]
        self._open.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
                asked = Asked(time.monotonic(), host, head[0].split(" ")[1], fields)
                self.asked.append(asked)
                site = self.sites[host]
                default = site.get("*", answer("404 Not Found", page("Not found")))
                await _reply(site.get(asked.path, default), writer, asked)
                await writer.drain()
        writer.close()
        self._open.discard(writer)

    async def _run(self, ready: threading.Event, done: asyncio.Event) -> None:
        servers: list[asyncio.Server] = []
        for host in self.sites:
            servers.append(await asyncio.start_server(self._serve, host, self.port))
            self.port = servers[0].sockets[0].getsockname()[1]
        ready.set()
        await done.wait()
        for server in servers:
            server.close()
        for writer in self._open:
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _reply(reply: Reply, writer: Writer, asked: Asked) -> None:
    if callable(reply):
        await reply(writer, asked)
    else:
        write = answer(body=reply)
        assert callable(write)
        await write(writer, asked)


@contextmanager
def serve(sites: Mapping[str, Site]) -> Iterator[Web]:
    """Run a web of *sites* for as long as a test lasts."""
    web = Web(sites)
    ready = threading.Event()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        done = asyncio.Event()
        ends.append((asyncio.get_running_loop(), done))
        await web._run(ready, done)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(10)
    try:
        yield web
    finally:
        loop, done = ends[0]
        loop.call_soon_threadsafe(done.set)
        thread.join()
