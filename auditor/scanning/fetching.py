"""Ask a host for its pages as a patient visitor would: not too often, again when it was busy, and later when it says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import SourceError
from auditor.sources.addresses import resolve_host
from auditor.sources.carrying import is_refused, is_transient, open_carrier_async
from auditor.sources.http import fetch_page_async

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime
    from typing import Any

    from auditor.models import Page
    from auditor.sources.settings import FetchSettings
    from auditor.sources.stepping import Exchange

BUSY = (429, 500, 502, 503, 504)
MOST_PATIENCE = 120.0
"""Seconds that a site may ask us to come back after; if it asks for more, the page is given up."""
_FIRST_WAIT = 1.0


class Fetched(NamedTuple):
    """What came of asking for a page."""

    page: Page | None
    reason: str
    """Why there is no page."""
    kind: str
    """``page``, ``refused`` (a redirect was not followed), ``error`` (of the host) or ``failed``."""
    exchanges: tuple[Exchange, ...]
    attempts: int


class Carriers(dict[str, "Any"]):
    """The connections of one crawl: a small pool for each host.

    httpx slows to a third when one pool serves many (encode/httpx#3215), and a connection must not outlive the check of
    its certificate's name.
    """

    def take(self, host: str) -> Any:
        """Return what carries requests to *host*."""
        if host not in self:
            self[host] = open_carrier_async()
        return self[host]

    async def close(self) -> None:
        """Close every connection."""
        while self:
            _, carrier = self.popitem()
            await carrier.aclose()


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Keeps the manners of one scan: when each host may be asked again, and by which connection.

    A class because what a host was asked last decides when it is asked next.
    """

    settings: FetchSettings
    delay: float
    retries: int
    now: Callable[[], datetime]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    _due: dict[str, float] = field(default_factory=dict)
    _delays: dict[str, float] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least *delay* seconds between two requests to *host*."""
        self._delays[host] = max(delay, self._delays.get(host, 0.0))

    async def pace(self, host: str) -> None:
        """Wait until *host* may be asked again."""
        async with self._turns.setdefault(host, asyncio.Lock()):
            wait = self._due.get(host, 0.0) - self.clock()
            if wait > 0:
                await self.sleep(wait)
            self._due[host] = self.clock() + max(self.delay, self._delays.get(host, 0.0))

    async def fetch(
        self, url: str, *, carriers: Carriers, permit: Callable[[str], str | None], any_type: bool = False
    ) -> Fetched:
        """Return what comes of asking for *url*, again and again while the host is busy."""
        exchanges: list[Exchange] = []
        settings = replace(self.settings, any_type=True, since=None) if any_type else self.settings
        for attempt in range(self.retries + 1):
            wait = _FIRST_WAIT * 2**attempt
            try:
                page = await fetch_page_async(
                    url,
                    settings=settings,
                    now=self.now,
                    carry=carriers.take,
                    resolve=_resolve,
                    pace=self.pace,
                    permit=permit,
                    exchanges=exchanges,
                )
            except SourceError as error:
                if is_refused(error):
                    return Fetched(None, error.reason, "refused", tuple(exchanges), attempt + 1)
                kind, reason = "error", error.reason
                if not is_transient(error):
                    kind = "failed" if exchanges and exchanges[-1].status else "error"
                    return Fetched(None, reason, kind, tuple(exchanges), attempt + 1)
            else:
                if page.status not in BUSY:
                    return Fetched(page, "", "page", tuple(exchanges), attempt + 1)
                kind, reason = "error", f"the server answered {exchanges[-1].status}"
                asked = _read_patience(dict(page.headers).get("retry-after"), self.now())
                if asked is not None and asked > MOST_PATIENCE:
                    reason += f" and asked to come back after {asked:.0f} seconds"
                    return Fetched(None, reason, kind, tuple(exchanges), attempt + 1)
                wait = max(wait, asked) if asked is not None else wait
            if attempt < self.retries:
                await self.sleep(wait)
        return Fetched(None, reason, kind, tuple(exchanges), self.retries + 1)


async def _resolve(host: str) -> Sequence[str]:
    return await asyncio.get_running_loop().run_in_executor(None, resolve_host, host)


def _read_patience(value: str | None, now: datetime) -> float | None:
    """Return how many seconds a Retry-After header asks for."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())
