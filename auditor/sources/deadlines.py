"""An end to fetches that take too long."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from auditor.errors import NoPageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

T = TypeVar("T")


async def wait_within(seconds: float, step: Awaitable[T]) -> T:
    """Return what *step* comes to; raise TimeoutError, of asyncio in Python 3.10, if it takes longer than so many seconds."""
    import asyncio

    if sys.version_info >= (3, 11):
        # Of itself wait_for makes a task, and the loop turns twice more for it.
        async with asyncio.timeout(seconds):
            return await step
    return await asyncio.wait_for(step, seconds)


class Deadline:
    """Ends a fetch that takes too long, whatever it waits for.

    The timeouts of single reads cannot do that: a server that sends one byte now and then never meets them. So the
    sockets are shut when the time is over, which wakes whoever reads from them.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._expired = False

    def __enter__(self) -> None:
        self._timer = threading.Timer(self._seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._expired or time.monotonic() >= self._end

    @property
    def remaining(self) -> float:
        """The seconds that are left; never none, which would mean no limit to a socket."""
        return max(self._end - time.monotonic(), 0.001)

    def check(self) -> None:
        """Raise NoPageError if the time is over."""
        if self.is_over:
            raise NoPageError

    def extend(self, seconds: float) -> None:
        """Do not count *seconds* that were spent waiting for a turn."""
        self._end += seconds

    def expire(self) -> None:
        """Know that the time is over, whatever the clock says."""
        self._expired = True

    def watch(self, _event: str, info: Mapping[str, object]) -> None:
        """Note every socket that httpcore opens; it calls this at each step of a request."""
        stream = info.get("return_value")
        if not hasattr(stream, "get_extra_info"):
            return
        with self._lock:
            self._sockets.append(stream.get_extra_info("socket"))
            if self._expired:
                self._shut()

    def _expire(self) -> None:
        with self._lock:
            self._expired = True
            self._shut()

    def _shut(self) -> None:
        for opened in self._sockets:
            with suppress(OSError):
                # Not the method of SSLSocket, which would pull the TLS state from under the thread that reads.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)
