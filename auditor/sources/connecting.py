"""Connections of a crawl: requests to one host, one after the other over one connection, with other hosts' going on meanwhile.

What is written and read goes through h11 (https://h11.readthedocs.io); httpx's own transport does the same at four times
the processor time, most of it for what a crawl never asks of it: many connections at once, and other loops than asyncio.
Importing this module costs what httpx costs.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, Any

import h11

from auditor.sources.carrying import (
    AsyncCarrier,
    ConnectError,
    ConnectTimeout,
    LocalProtocolError,
    ReadError,
    ReadTimeout,
    RemoteProtocolError,
    Response,
    ResponseBody,
    trust_authorities,
)
from auditor.sources.deadlines import wait_within

if TYPE_CHECKING:
    from auditor.sources.carrying import Request

_MOST_IDLE = 30.0
"""Seconds after which a connection is not used again."""
_MOST_WAITING = 262_144
"""Bytes that may have come and wait to be taken, before the other side is let wait."""
_LONGEST_HEAD = 102_400


def open_carrier_async() -> AsyncCarrier:
    """Return what carries the requests of one crawl to one host, one after the other."""
    return _Carrier()


class _Carrier(AsyncCarrier):
    """Carries requests over a connection that is kept open as long as it leads to where the next one goes.

    A class because httpx makes it one.
    """

    def __init__(self) -> None:
        self._line: _Line | None = None
        self._origin: tuple[object, ...] = ()

    async def handle_async_request(self, request: Request) -> Response:
        """Send *request* and return the response before its body has come."""
        times = request.extensions["timeout"]
        line = await self._take_line(request, times["connect"])
        try:
            line.send(request)
            head = await line.receive_head(times["read"])
        except BaseException:
            line.close()
            raise
        return Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(self, line, times["read"]),
            extensions={"http_version": b"HTTP/" + head.http_version, "reason_phrase": head.reason},
        )

    async def aclose(self) -> None:
        """Close the connection."""
        if self._line:
            self._line.close()
            # It closes in the next turn of the loop, which may be the last one.
            await asyncio.sleep(0)
        self._line = None

    def give_back(self, line: _Line) -> None:
        """Keep *line* for the next request, if it can carry one."""
        if line.end_cycle():
            self._line = line
        else:
            line.close()

    async def _take_line(self, request: Request, seconds: float) -> _Line:
        url = request.url
        name = str(request.extensions.get("sni_hostname") or url.host)
        origin = (url.scheme, url.host, url.port, name)
        kept, self._line = self._line, None
        if kept:
            if origin == self._origin and kept.is_usable:
                return kept
            kept.close()
        is_secure = url.scheme == "https"
        opening = asyncio.get_running_loop().create_connection(
            _Line,
            url.host,
            url.port or (443 if is_secure else 80),
            ssl=trust_authorities() if is_secure else None,
            server_hostname=name if is_secure else None,
        )
        try:
            _, line = await wait_within(seconds, opening)
        except (asyncio.TimeoutError, TimeoutError) as error:
            raise ConnectTimeout(str(error)) from error
        except OSError as error:
            raise ConnectError(str(error)) from error
        self._origin = origin
        return line


class _Line(asyncio.Protocol):
    """One connection, and where the exchange over it stands. A class because asyncio makes it one."""

    def __init__(self) -> None:
        self._state = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._received = bytearray()
        self._is_paused = False
        self._is_over = False
        self._failure: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._idle_since = 0.0
        self._transport: Any = None

    # --- what asyncio calls --------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > _MOST_WAITING and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._is_over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._failure, self._is_over = exc, True
        self._wake()

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    # --- what a carrier asks for ---------------------------------------------------------------

    @property
    def is_usable(self) -> bool:
        """Whether another request may be sent; what came without being asked for would be taken for its answer."""
        idle = asyncio.get_running_loop().time() - self._idle_since
        if self._is_over or self._received or idle >= _MOST_IDLE:
            return False
        # Its end, too, may have come and not been read yet.
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not poll.poll(0)

    def send(self, request: Request) -> None:
        """Send *request*; that it could not be shows when its answer is read, which may have come all the same."""
        try:
            asked = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            head = self._state.send(asked)
            self._state.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            # What no request can hold, from wherever it came, costs this page alone.
            raise LocalProtocolError(str(error)) from error
        self._transport.write(head)

    async def receive_head(self, seconds: float) -> h11.Response:
        """Return the head of the answer; what a server says before, as that it is busy with it, is passed over."""
        while True:
            event = await self._receive(seconds)
            if isinstance(event, h11.Response):
                return event

    async def receive_chunk(self, seconds: float) -> bytes | None:
        """Return the next bytes of the body, None at its end."""
        event = await self._receive(seconds)
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def end_cycle(self) -> bool:
        """Tell whether the exchange is complete and another one may begin."""
        if not (self._state.our_state is self._state.their_state is h11.DONE) or self._state.trailing_data[0]:
            return False
        self._state.start_next_cycle()
        self._idle_since = asyncio.get_running_loop().time()
        return True

    def close(self) -> None:
        """Close the connection at once; nobody is told, which would be to wait for him."""
        self._transport.abort()

    async def _receive(self, seconds: float) -> Any:
        try:
            while (event := self._state.next_event()) is h11.NEED_DATA:
                if not self._received and not self._is_over:
                    await wait_within(seconds, self._wait())
                if self._failure and not self._received:
                    raise self._failure
                if not self._received and self._state.their_state is h11.SEND_RESPONSE:
                    raise RemoteProtocolError("it closed the connection without an answer")
                data = bytes(self._received)
                self._received.clear()
                if self._is_paused and not self._is_over:
                    self._transport.resume_reading()
                self._is_paused = False
                self._state.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise RemoteProtocolError(str(error)) from error
        except (asyncio.TimeoutError, TimeoutError) as error:
            raise ReadTimeout(str(error)) from error
        except OSError as error:
            raise ReadError(str(error)) from error
        return event

    async def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting


class _Body(ResponseBody):
    """The body of a response while it comes. A class because httpx makes it one."""

    def __init__(self, carrier: _Carrier, line: _Line, seconds: float) -> None:
        self._carrier = carrier
        self._line: _Line | None = line
        self._seconds = seconds

    def __aiter__(self) -> _Body:
        return self

    async def __anext__(self) -> bytes:
        chunk = await self._line.receive_chunk(self._seconds) if self._line else None
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        line, self._line = self._line, None
        if line:
            self._carrier.give_back(line)
