"""Fetch one page over HTTP as a careful visitor would: who it came from, by which way, and no more than asked for.

The way to the page is walked in `following`; `fetch_page` takes its steps one after the other, `fetch_page_async` lets
other fetches go on meanwhile.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.errors import NoPageError, SourceError
from auditor.sources.addresses import resolve_host
from auditor.sources.carrying import FAILURES, explain, hide_credentials, open_carrier
from auditor.sources.deadlines import Deadline
from auditor.sources.following import follow
from auditor.sources.settings import USUAL
from auditor.sources.stepping import Fetch, take_steps, take_steps_async

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from auditor.models import Page
    from auditor.sources.addresses import Resolve
    from auditor.sources.carrying import AsyncCarrier, Carrier
    from auditor.sources.settings import FetchSettings
    from auditor.sources.stepping import Clock, Exchange


def fetch_page(
    url: str,
    *,
    settings: FetchSettings = USUAL,
    now: Clock,
    transport: Carrier | None = None,
    resolve: Resolve = resolve_host,
) -> Page:
    """Return the page at *url*, whatever its status; raise `SourceError` if nothing came that could be a page.

    *transport* gets requests whose URL holds the checked network address; the host's name is in their Host header.
    """
    deadline = Deadline(settings.total_timeout)
    source = hide_credentials(url)
    try:
        with deadline, transport or open_carrier() as carrier:
            fetch = Fetch(settings=settings, now=now, deadline=deadline, trace=deadline.watch)
            page = take_steps(follow(url, fetch), carrier, resolve)
            deadline.check()
    except FAILURES as error:
        raise SourceError(source, explain(error, settings, deadline)) from error
    return replace(page, source=source)


async def fetch_page_async(
    url: str,
    *,
    settings: FetchSettings = USUAL,
    now: Clock,
    carry: Callable[[str], AsyncCarrier],
    resolve: Callable[[str], Awaitable[Sequence[str]]],
    pace: Callable[[str], Awaitable[None]],
    permit: Callable[[str], str | None],
    exchanges: list[Exchange],
) -> Page:
    """Return the page at *url* as `fetch_page` does, with others under way.

    *carry* gives the transport for a host, *pace* waits until its next request is due, for which no time is counted,
    *permit* says why a redirect must not be followed, and *exchanges* takes what was sent and received, also of a
    fetch that fails.
    """
    deadline = Deadline(settings.total_timeout)
    source = hide_credentials(url)
    fetch = Fetch(settings=settings, now=now, deadline=deadline, permit=permit, exchanges=exchanges)
    try:
        page = await take_steps_async(follow(url, fetch), deadline, carry, resolve, pace)
    except FAILURES as error:
        if exchanges and not exchanges[-1].cut and not exchanges[-1].is_whole:
            # What was not to be read on was not broken off by the server.
            is_ours = isinstance(error, (NoPageError, zlib.error))
            exchanges[-1].cut = "time" if deadline.is_over else "unspecified" if is_ours else "disconnect"
        raise SourceError(source, explain(error, settings, deadline)) from error
    return replace(page, source=source)
