"""The steps by which a fetch touches the world, taken one after the other or with other fetches going on meanwhile.

What a fetch does is written once, as a walk that yields every such step and gets back what came of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from auditor.errors import NoPageError
from auditor.sources.deadlines import wait_within

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
    from datetime import datetime

    from auditor.models import Page
    from auditor.sources.addresses import Resolve
    from auditor.sources.carrying import AsyncCarrier, Carrier, Request, Response
    from auditor.sources.deadlines import Deadline
    from auditor.sources.settings import FetchSettings

    Clock = Callable[[], datetime]
    Result = TypeVar("Result")
    Walk = Generator["Step", Any, Result]


class Lookup(NamedTuple):
    """Find the addresses of a host."""

    host: str


class Send(NamedTuple):
    """Send a request, whose URL holds the checked address, and return the response before its body has come."""

    request: Request
    host: str


class Pull(NamedTuple):
    """Return the next bytes of a body, None at its end."""

    chunks: Any


class Close(NamedTuple):
    """Let go of a response."""

    response: Response


Step = Lookup | Send | Pull | Close


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and what answered it, byte for byte, for an archive."""

    url: str
    began: datetime
    """When the request was sent."""
    request: bytes
    address: str
    status: str = ""
    """``200 OK``; empty if nothing answered."""
    version: str = "HTTP/1.1"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytearray = field(default_factory=bytearray)
    """As it was sent, but for chunked transfer, which is undone."""
    cut: str | None = None
    """Why the body is not whole: ``length``, ``time``, ``disconnect`` or ``unspecified`` (WARC-Truncated)."""
    is_whole: bool = False
    """Whether the body came to its end."""
    ended: datetime | None = None
    """When the last of the body came; None if none was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """What every step of one fetch needs."""

    settings: FetchSettings
    now: Clock
    deadline: Deadline
    trace: Callable[[str, Mapping[str, object]], None] | None = None
    permit: Callable[[str], str | None] | None = None
    exchanges: list[Exchange] | None = None


def take_steps(walk: Walk[Page], carrier: Carrier, resolve: Resolve) -> Page:
    """Return the page that *walk* finds, one step after the other."""

    def take(step: Step) -> Any:
        match step:
            case Lookup(host):
                return resolve(host)
            case Send(request):
                return carrier.handle_request(request)
            case Pull(chunks):
                return next(chunks, None)
            case Close(response):
                return response.close()

    try:
        step = next(walk)
        while True:
            try:
                came = take(step)
            except Exception as error:  # noqa: BLE001, PERF203 - the walk knows what it can go on from
                step = walk.throw(error)
            else:
                step = walk.send(came)
    except StopIteration as ended:
        return cast("Page", ended.value)


async def take_steps_async(
    walk: Walk[Page],
    deadline: Deadline,
    carry: Callable[[str], AsyncCarrier],
    resolve: Callable[[str], Awaitable[Sequence[str]]],
    pace: Callable[[str], Awaitable[None]],
) -> Page:
    """Return the page that *walk* finds, each step in what the *deadline* leaves of its time."""
    import asyncio

    async def take(step: Step) -> Any:
        match step:
            case Lookup(host):
                return await wait_within(deadline.remaining, resolve(host))
            case Send(request, host):
                began = time.monotonic()
                await pace(host)
                deadline.extend(time.monotonic() - began)
                return await wait_within(deadline.remaining, carry(host).handle_async_request(request))
            case Pull(chunks):
                if not hasattr(chunks, "__anext__"):
                    return next(chunks, None)
                return await wait_within(deadline.remaining, anext(chunks, None))
            case Close(response):
                return await response.aclose()

    try:
        step = next(walk)
        while True:
            try:
                came = await take(step)
            except Exception as error:  # noqa: BLE001, PERF203 - the walk knows what it can go on from
                is_late = isinstance(error, (asyncio.TimeoutError, TimeoutError))
                if is_late:
                    deadline.expire()
                step = walk.throw(NoPageError() if is_late else error)
            else:
                step = walk.send(came)
    except StopIteration as ended:
        return cast("Page", ended.value)
    finally:
        walk.close()
