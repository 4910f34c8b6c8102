"""A patient visitor: not too often, again when a host was busy, later when it says so, and never for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from auditor.scanning.fetching import MOST_PATIENCE, Carriers, Visitor
from auditor.sources.settings import FetchSettings
from tests.runs import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.scanning.fetching import Fetched

HOST = "8.8.4.4"
URL = f"http://{HOST}/cells"
HTML = {"Content-Type": "text/html"}


class Watch:
    """A clock that only sleeping moves, and that remembers every sleep."""

    def __init__(self) -> None:
        """Begin at some moment."""
        self.time = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the moment."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def visit(watch: Watch, **fields: Any) -> Visitor:
    """Build a visitor whose time is that of *watch*."""
    known: dict[str, Any] = {"settings": FetchSettings(), "delay": 0.0, "retries": 2, "now": now}
    return Visitor(**(known | fields), clock=watch, sleep=watch.sleep)


def fetch(
    *answers: httpx.Response | Exception,
    watch: Watch | None = None,
    permit: Callable[[str], str | None] = lambda _url: None,
    any_type: bool = False,
    **fields: Any,
) -> tuple[Fetched, list[httpx.Request]]:
    """Return what comes of asking a host that gives *answers* one after the other, and what it was asked."""
    left, asked = list(answers), []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    async def run() -> Fetched:
        carriers = Carriers({HOST: httpx.MockTransport(answer)})
        visitor = visit(watch or Watch(), **fields)
        try:
            return await visitor.fetch(URL, carriers=carriers, permit=permit, any_type=any_type)
        finally:
            await carriers.close()

    return asyncio.run(run()), asked


def page(status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status,
        headers=HTML | {name.replace("_", "-"): value for name, value in headers.items()},
        content=b"<p>We cure.",
    )


# --- not too often -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay", "asked", "between"), [(1.0, None, 1.0), (1.0, 3.0, 3.0), (1.0, 0.2, 1.0), (0.0, 0.5, 0.5)]
)
def test_a_host_is_asked_with_a_pause(delay: float, asked: float | None, between: float) -> None:
    """The longer of our delay and that of the site lies between two requests; the first is made at once."""
    watch = Watch()
    visitor = visit(watch, delay=delay)
    if asked is not None:
        visitor.slow_down(HOST, asked)

    async def run() -> None:
        for _ in range(3):
            await visitor.pace(HOST)

    asyncio.run(run())

    assert [between, between] == watch.slept


def test_time_that_passed_is_not_waited_for_again() -> None:
    """A page that took long to judge was a pause as well."""
    watch = Watch()
    visitor = visit(watch, delay=5.0)

    async def run() -> None:
        await visitor.pace(HOST)
        watch.time += 4.0
        await visitor.pace(HOST)
        watch.time += 9.0
        await visitor.pace(HOST)

    asyncio.run(run())

    assert [1.0] == watch.slept


def test_hosts_do_not_wait_for_each_other() -> None:
    """A delay holds for the host that it was asked for."""
    watch = Watch()
    visitor = visit(watch, delay=0.0)
    visitor.slow_down(HOST, 60.0)

    async def run() -> None:
        for host in (HOST, "8.8.8.8", "8.8.8.8"):
            await visitor.pace(host)

    asyncio.run(run())

    assert [] == watch.slept


def test_two_crawls_of_one_host_take_turns() -> None:
    """Whoever asks at the same time waits for all before."""
    watch = Watch()
    visitor = visit(watch, delay=2.0)
    times = []

    async def ask() -> None:
        await visitor.pace(HOST)
        times.append(watch.time)

    async def run() -> None:
        await asyncio.gather(ask(), ask(), ask())

    asyncio.run(run())

    assert [1000.0, 1002.0, 1004.0] == times


def test_a_site_cannot_make_us_faster() -> None:
    """Of several delays that a host asks for the longest holds."""
    watch = Watch()
    visitor = visit(watch)
    visitor.slow_down(HOST, 3.0)
    visitor.slow_down(HOST, 0.0)

    async def run() -> None:
        await visitor.pace(HOST)
        await visitor.pace(HOST)

    asyncio.run(run())

    assert [3.0] == watch.slept


# --- again -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "kind", "reason", "slept"),
    [
        ([page()], "page", "", []),
        ([page(404)], "page", "", []),
        ([page(500), page(502), page()], "page", "", [1.0, 2.0]),
        ([page(429), page()], "page", "", [1.0]),
        ([page(503)] * 3, "error", "the server answered 503 Service Unavailable", [1.0, 2.0]),
        ([httpx.ReadError("broken off"), page()], "page", "", [1.0]),
    ],
)
def test_a_busy_host_is_asked_again(answers: list[Any], kind: str, reason: str, slept: list[float]) -> None:
    """Later each time, and as often as --retries says; a page that is not there is not asked for twice."""
    watch = Watch()

    fetched, asked = fetch(*answers, watch=watch)

    assert (kind, reason, len(answers)) == (fetched.kind, fetched.reason, fetched.attempts)
    assert (slept, len(answers)) == (watch.slept, len(asked))
    assert len(answers) == len(fetched.exchanges)


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_a_host_that_stays_busy_is_left(retries: int) -> None:
    """After the last answer nobody waits any more."""
    watch = Watch()

    fetched, asked = fetch(*[page(503)] * (retries + 1), watch=watch, retries=retries)

    assert (retries + 1, retries + 1) == (fetched.attempts, len(asked))
    assert [2.0**number for number in range(retries)] == watch.slept


@pytest.mark.parametrize(
    ("wait", "slept"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 1.0),
        ("Fri, 14 Mar 2031 09:27:23 GMT", 30.0),
        ("Fri, 14 Mar 2031 09:00:00 GMT", 1.0),
        ("Fri, 14 Mar 2031 09:27:23 -0000", 30.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("", 1.0),
        (f"{MOST_PATIENCE:.0f}", MOST_PATIENCE),
    ],
)
def test_a_busy_host_is_asked_again_when_it_says(wait: str, slept: float) -> None:
    """Retry-After is kept, in seconds or as a moment; what it does not say we decide."""
    watch = Watch()

    fetched, _ = fetch(page(429, Retry_After=wait), page(), watch=watch)

    assert ([slept], "page", 2) == (watch.slept, fetched.kind, fetched.attempts)


@pytest.mark.parametrize("wait", ["86400", "Sat, 15 Mar 2031 09:26:53 GMT", "9" * 400])
def test_a_host_that_asks_for_too_much_patience_is_left(wait: str) -> None:
    """A page that may be had again tomorrow is given up today."""
    watch = Watch()

    fetched, asked = fetch(page(429, Retry_After=wait), watch=watch)

    assert ("error", 1, []) == (fetched.kind, len(asked), watch.slept)
    assert fetched.reason.startswith("the server answered 429 Too Many Requests and asked to come back after ")


# --- what came of it ---------------------------------------------------------------------------


def test_a_redirect_that_is_not_permitted_is_refused() -> None:
    """Its reason is told, what the server said is kept, and nobody asks again."""
    fetched, asked = fetch(page(302, Location="http://8.8.4.4/private"), permit=lambda url: f"no: {url}")

    assert ("refused", "no: http://8.8.4.4/private", None) == (fetched.kind, fetched.reason, fetched.page)
    assert (1, ["302 Found"]) == (len(asked), [exchange.status for exchange in fetched.exchanges])


def test_what_is_no_page_fails_and_is_no_error_of_the_host() -> None:
    """A host that answers is not given up for its pictures."""
    fetched, _ = fetch(httpx.Response(200, headers={"Content-Type": "image/png"}, content=b"\x89PNG\r\n\x1a\n"))

    assert ("failed", 1) == (fetched.kind, fetched.attempts)


def test_a_host_that_never_answers_is_an_error() -> None:
    """Every try is told of in the exchanges, without an answer."""
    fetched, _ = fetch(*[httpx.ReadError("broken off")] * 3)

    assert ("error", 3) == (fetched.kind, fetched.attempts)
    assert [""] * 3 == [exchange.status for exchange in fetched.exchanges]


@pytest.mark.parametrize(("any_type", "sent"), [(False, True), (True, False)])
def test_only_pages_are_asked_whether_they_changed(any_type: bool, sent: bool) -> None:
    """A robots.txt that has not changed is needed all the same."""
    since = "Sat, 01 Mar 2031 00:00:00 GMT"

    _, (request,) = fetch(page(), settings=FetchSettings(since=since), any_type=any_type)

    assert sent == (request.headers.get("If-Modified-Since") == since)


def test_each_host_has_its_connections() -> None:
    """They are opened once and closed together."""

    async def run() -> tuple[bool, bool, int]:
        carriers = Carriers()
        first = carriers.take("a.example")
        found = first is carriers.take("a.example"), first is carriers.take("b.example")
        await carriers.close()
        return *found, len(carriers)

    assert (True, False, 0) == asyncio.run(run())
