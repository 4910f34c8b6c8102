"""The way to a page is walked to its end, to checked addresses only, or left with a reason in words."""

from __future__ import annotations

import ipaddress
import itertools
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from auditor.models import Redirect
from auditor.sources.http import fetch_page
from auditor.sources.settings import FetchSettings
from tests.fetches import HTML, OK, PUBLIC, SAVE, URL, fetch, now, refuse, refuse_local, say, serve

if TYPE_CHECKING:
    from collections.abc import Callable


def lead_along(way: dict[str, str]) -> Callable[[httpx.Request], httpx.Response]:
    """Answer as hosts that redirect from each address of *way* to the next."""

    def answer(request: httpx.Request) -> httpx.Response:
        target = way.get(f"{request.url.scheme}://{request.headers['host']}{request.url.raw_path.decode()}")
        if target is None:
            return httpx.Response(200, content=HTML)
        return httpx.Response(302, headers={"Location": target}, content=b"elsewhere")

    return answer


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1%eth0"])
def test_a_host_inside_a_private_network_is_refused(address: str) -> None:
    """The name of a host is no proof of where it leads."""
    reason = refuse(httpx.Response(200, content=HTML), resolve=lambda _: (address,))

    assert (
        f"knees.example leads to {address}, inside a private or reserved network, which is only fetched with --allow-private"
    ) == reason


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("0177.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("[::ffff:7f00:1]", str(ipaddress.ip_address("::ffff:7f00:1"))),
        ("[fd00::1]", "fd00::1"),
    ],
)
def test_every_way_to_write_a_private_address_is_refused(host: str, address: str) -> None:
    """Short, decimal, octal and hexadecimal addresses are known without asking a resolver."""
    reason = refuse(httpx.Response(200, content=HTML), f"http://{host}/")

    named = host.strip("[]").lower()
    where = "lies" if named == address else f"leads to {address},"
    assert f"{named} {where} inside a private" == reason[: reason.index(" or reserved")]


def test_a_public_address_of_several_is_taken() -> None:
    """What is private among the addresses of a host is left out."""
    page = fetch(httpx.Response(200, content=HTML), resolve=lambda _: ("10.0.0.1", "2606:4700::1111", PUBLIC))

    assert page.address == "2606:4700::1111"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    """A machine without IPv6 reaches a host that prefers it."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != PUBLIC:
            raise httpx.ConnectError("unreachable")
        return httpx.Response(200, content=HTML)

    assert fetch(answer, resolve=lambda _: ("2606:4700::1111", PUBLIC)).address == PUBLIC


def test_a_name_that_changes_its_address_is_checked_each_time() -> None:
    """A host that is public at first and private at its redirect is refused, and never connected to."""
    addresses = iter([(PUBLIC,), ("127.0.0.1",)])
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "/b"})

    reason = refuse(answer, resolve=lambda _: next(addresses))

    assert reason[: reason.index(" or reserved")] == "knees.example leads to 127.0.0.1, inside a private"
    assert asked == [PUBLIC]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), TimeoutError()])
def test_a_host_without_address_is_told(error: Exception) -> None:
    """A misspelt name is a reason in words."""

    def resolve(_host: str) -> tuple[str, ...]:
        raise error

    reason = refuse(httpx.Response(200, content=HTML), resolve=resolve)

    assert reason == "no address is known for knees.example: check its spelling and your connection"


def test_redirects_are_followed_and_recorded() -> None:
    """The way to a page is kept, and its address is where it ends."""
    way = {
        "http://knees.example/a": "https://knees.example/a?b#c",
        "https://knees.example/a?b": "//www.knees.example/d",
        "https://www.knees.example/d": " ../e ",
    }

    page = fetch(lead_along(way), "http://knees.example/a#top")

    assert page.url == "https://www.knees.example/e"
    assert (
        Redirect(url="http://knees.example/a", status=302, location="https://knees.example/a?b#c"),
        Redirect(url="https://knees.example/a?b", status=302, location="//www.knees.example/d"),
        Redirect(url="https://www.knees.example/d", status=302, location=" ../e "),
    ) == page.redirects


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (URL, f"its redirects lead in a circle, back to {URL}: {SAVE}"),
        ("", f"its redirects lead in a circle, back to {URL}: {SAVE}"),
        ("#top", f"its redirects lead in a circle, back to {URL}: {SAVE}"),
        (
            "ftp://knees.example/",
            "it leads to a ftp: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "data:text/html,x",
            "it leads to a data: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        ("http://[knees]/", f"it redirects to something that is no web address: {SAVE}"),
        ("http://[knees", "the address holds no valid host name: check its spelling"),
        ("http://knees.example:x/", f"it redirects to something that is no web address: {SAVE}"),
        (
            "http://127.0.0.1/admin",
            "127.0.0.1 lies inside a private or reserved network, which is only fetched with --allow-private",
        ),
        ("//ann@knees.example/", "the address holds a user name or password, which a report must not: leave it out"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_told(location: str, reason: str) -> None:
    """Circles, other schemes, private hosts and garbage end the way with a reason."""
    assert reason == refuse(httpx.Response(302, headers={"Location": location}))


def test_too_many_redirects_are_told() -> None:
    """A way that never ends is left after as many steps as are allowed."""
    count = itertools.count()

    reason = refuse(lambda _: httpx.Response(302, headers={"Location": f"/{next(count)}"}), max_redirects=3)

    assert (f"it redirects more than 3 times: {SAVE}", 4) == (reason, next(count))


def test_a_password_in_a_redirect_is_not_kept() -> None:
    """What a report must not repeat is neither sent on nor recorded."""
    page = fetch(lead_along({URL: "https://ann:secret@www.knees.example/"}))

    assert (page.url, page.redirects[0].location) == ("https://www.knees.example/", "https://www.knees.example/")


def test_a_page_that_wants_its_cookie_back_gets_it() -> None:
    """A visitor who is sent to the same address with a cookie is not in a circle; no other host gets the cookie."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == "hips.example":
            return httpx.Response(200, content=HTML + request.headers.get("cookie", " none").encode())
        location = "https://hips.example/" if "cookie" in request.headers else URL
        cookies = [
            (b"Location", location.encode()),
            (b"Set-Cookie", b"seen=1; Path=/"),
            (b"Set-Cookie", "odd=ü".encode()),
        ]
        return httpx.Response(302, headers=cookies if location == URL else cookies[:1])

    assert fetch(answer).body == HTML + b" none"


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that no resolver of this machine knows is fetched from the address that was given for it."""
    asked: list[str] = []

    def resolve(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",)

    with serve(say(OK, b"\r\n", HTML)) as port:
        settings = FetchSettings(allow_private=True)
        page = fetch_page(f"http://knees.invalid:{port}/", settings=settings, now=now, resolve=resolve)

    assert (page.body, page.address, asked) == (HTML, "127.0.0.1", ["knees.invalid"])


def test_a_circle_of_redirects_ends_on_a_real_connection() -> None:
    """A loop is told and not walked until the time is over."""
    reason = refuse_local(say(b"HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))

    assert reason[:30] == "its redirects lead in a circle"
