"""Walk from redirect to redirect until a page answers, and check every address just before it is connected to.

A page's author chooses where its redirects and its host name lead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.errors import NoPageError, RefusedError
from auditor.models import Page, Redirect
from auditor.sources.addresses import choose_allowed, read_literal
from auditor.sources.carrying import (
    URL,
    ConnectionFailure,
    Cookies,
    RequestFailure,
    build_request,
    hide_credentials,
    join_address,
    keep_cookies,
    pin_request,
)
from auditor.sources.receiving import receive_page, take_body
from auditor.sources.settings import SAVE
from auditor.sources.stepping import Close, Exchange, Lookup, Send

if TYPE_CHECKING:
    from auditor.sources.carrying import Request, Response
    from auditor.sources.stepping import Fetch, Walk

_MOST_OF_REDIRECT = 100_000
"""Bytes that are read of the body of a redirect, where it is to be archived."""


def follow(url: str, fetch: Fetch) -> Walk[Page]:
    """Return the page to which *url* leads; raise `NoPageError` or one of the other `FAILURES` where it leads to none."""
    target = URL(url.strip())
    cookies = Cookies()
    redirects: list[Redirect] = []
    seen: set[tuple[str, str | None]] = set()
    while True:
        request = build_request(target, cookies, fetch.settings)
        # Some pages send a visitor back to where he was, with a cookie; only without a new one is that a loop.
        step = (str(request.url), request.headers.get("cookie"))
        if step in seen:
            raise NoPageError(f"its redirects lead in a circle, back to {request.url}: {SAVE}")
        seen.add(step)
        try:
            answer = yield from _visit(request, tuple(redirects), fetch)
        except RequestFailure as error:
            error.request = request
            raise
        if isinstance(answer, Page):
            return answer
        redirects.append(_describe_redirect(answer))
        if len(redirects) > fetch.settings.max_redirects:
            raise NoPageError(f"it redirects more than {fetch.settings.max_redirects} times: {SAVE}")
        keep_cookies(cookies, answer)
        target = join_address(request.url, redirects[-1].location)
        if fetch.permit and (reason := fetch.permit(str(target))):
            raise RefusedError(reason)


def _visit(request: Request, redirects: tuple[Redirect, ...], fetch: Fetch) -> Walk[Page | Response]:
    """Return the page that answers *request*, or the closed response that leads elsewhere."""
    response, address = yield from _send(request, fetch)
    response.request = request
    try:
        if not response.has_redirect_location:
            return (yield from receive_page(response, address, redirects, fetch))
        if fetch.exchanges is not None:
            yield from take_body(response, fetch, _MOST_OF_REDIRECT)
        return response
    finally:
        yield Close(response)


def _describe_redirect(response: Response) -> Redirect:
    location = hide_credentials(response.headers["location"])
    return Redirect(url=str(response.request.url), status=response.status_code, location=location)


def _send(request: Request, fetch: Fetch) -> Walk[tuple[Response, str]]:
    """Send *request* to the first address of its host that accepts a connection."""
    host = request.url.raw_host.decode("ascii")
    failure: Exception | None = None
    for address in (yield from _find_addresses(host, fetch)):
        fetch.deadline.check()
        exchange = _note_request(request, address, fetch)
        try:
            response: Response = yield Send(pin_request(request, address, fetch), host)
        except ConnectionFailure as error:
            failure = failure or error
            if exchange and fetch.exchanges:
                fetch.exchanges.remove(exchange)
        else:
            if exchange:
                _note_response(exchange, response)
            return response, address
    raise failure or NoPageError(f"{host} has no address on the internet: check its spelling")


def _note_request(request: Request, address: str, fetch: Fetch) -> Exchange | None:
    if fetch.exchanges is None:
        return None
    lines = [
        b"GET " + request.url.raw_path + b" HTTP/1.1",
        *(name + b": " + value for name, value in request.headers.raw),
    ]
    exchange = Exchange(
        url=str(request.url), began=fetch.now(), request=b"\r\n".join([*lines, b"", b""]), address=address
    )
    fetch.exchanges.append(exchange)
    return exchange


def _note_response(exchange: Exchange, response: Response) -> None:
    reason = response.extensions.get("reason_phrase", b"").decode("latin-1") or response.reason_phrase
    exchange.status = f"{response.status_code} {reason}".rstrip()
    exchange.version = response.extensions.get("http_version", b"HTTP/1.1").decode("latin-1")
    exchange.headers = tuple(response.headers.raw)


def _find_addresses(host: str, fetch: Fetch) -> Walk[tuple[str, ...]]:
    literal = read_literal(host)
    try:
        found = (literal,) if literal else tuple((yield Lookup(host)))
    except (OSError, UnicodeError) as error:
        raise NoPageError(f"no address is known for {host}: check its spelling and your connection") from error
    return choose_allowed(host, found, allow_private=fetch.settings.allow_private)
