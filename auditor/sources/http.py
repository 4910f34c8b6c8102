"""Fetch one page over HTTP as a careful visitor would: who it came from, by which way, and no more than asked for.

A page's author chooses where its redirects and its host name lead, so every address is checked just before the
connection is made, and the connection is made to that very address. Importing this module costs what httpx costs.

What a fetch does is written once, as a walk that yields every step which touches the world and gets back what came of it;
`fetch_page` takes the steps one after the other, `fetch_page_async` lets other fetches go on meanwhile.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import time
import zlib
from dataclasses import dataclass, field, replace
from datetime import timezone
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import httpx

from auditor import __version__
from auditor.errors import NoPageError, RefusedError, SourceError
from auditor.models import Page, Redirect
from auditor.sources.addresses import choose_allowed, read_literal, resolve_host
from auditor.sources.deadlines import Deadline
from auditor.sources.sniffing import PAGE_TYPES, detect_charset, read_label, sniff_media_type

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from auditor.sources.addresses import Resolve

    Clock = Callable[[], datetime]
    Result = TypeVar("Result")
    Walk = Generator["Step", Any, Result]

USER_AGENT = f"clinic-auditor/{__version__} (+https://github.com/clinic-auditor/clinic-auditor)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How a page is asked for, how long to wait, and how much to take; times are in seconds."""

    user_agent: str = USER_AGENT
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    total_timeout: float = 60.0
    """For everything together, redirects included."""
    max_bytes: int = 20_000_000
    """Counted after decompression."""
    max_redirects: int = 10
    allow_private: bool = False
    """Whether addresses inside private and reserved networks may be fetched."""
    any_type: bool = False
    """Whether what is no page is taken too, such as a robots.txt or a sitemap."""
    keep_alive: bool = False
    """Whether a connection may serve the next page; only for a carrier that serves one host."""
    since: str | None = None
    """HTTP date: a page that has not changed later answers with status 304 and no body."""


USUAL = FetchSettings()

_HOST = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.1"
_DECODERS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_SLICE = 4096
"""Of compressed data, small because zlib copies what is left over whenever one gzip member ends in it."""
_OVERHEAD = 65_536
"""By which packed data may be longer than what it holds."""
_MOST_OF_REDIRECT = 100_000
"""Bytes that are read of the body of a redirect, where it is to be archived."""
_SAVE = "open the page in a browser, save it and audit the file"


class Lookup(NamedTuple):
    """Find the addresses of a host."""

    host: str


class Send(NamedTuple):
    """Send a request, whose URL holds the checked address, and return the response before its body has come."""

    request: httpx.Request
    host: str


class Pull(NamedTuple):
    """Return the next bytes of a body, None at its end."""

    chunks: Any


class Close(NamedTuple):
    """Let go of a response."""

    response: httpx.Response


Step = Lookup | Send | Pull | Close


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and what answered it, byte for byte, for an archive."""

    url: str
    began: datetime
    request: bytes
    address: str
    status: str = ""
    """``200 OK``; empty if nothing answered."""
    version: str = "HTTP/1.1"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytearray = field(default_factory=bytearray)
    """As it was sent, but for chunked transfer, which is undone."""
    cut: str | None = None
    """Why the body is not whole: ``length``, ``time`` or ``disconnect`` (WARC-Truncated)."""


def fetch_page(
    url: str,
    *,
    settings: FetchSettings = USUAL,
    now: Clock,
    transport: httpx.BaseTransport | None = None,
    resolve: Resolve = resolve_host,
) -> Page:
    """Return the page at *url*, whatever its status; raise `SourceError` if nothing came that could be a page.

    *transport* gets requests whose URL holds the checked network address; the host's name is in their Host header.
    """
    deadline = Deadline(settings.total_timeout)
    source = _hide_credentials(url)
    try:
        with deadline, transport or httpx.HTTPTransport(verify=_trust_authorities(), trust_env=False) as carrier:
            fetch = _Fetch(settings=settings, now=now, deadline=deadline, trace=deadline.watch)
            page = _take_steps(_follow(url, fetch), carrier, resolve)
            deadline.check()
    except (httpx.HTTPError, httpx.InvalidURL, NoPageError, zlib.error) as error:
        raise SourceError(source, _explain(error, settings, deadline)) from error
    return replace(page, source=source)


async def fetch_page_async(
    url: str,
    *,
    settings: FetchSettings = USUAL,
    now: Clock,
    carry: Callable[[str], httpx.AsyncBaseTransport],
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
    source = _hide_credentials(url)
    fetch = _Fetch(settings=settings, now=now, deadline=deadline, permit=permit, exchanges=exchanges)
    try:
        page = await _take_steps_async(_follow(url, fetch), deadline, carry, resolve, pace)
    except (httpx.HTTPError, httpx.InvalidURL, NoPageError, zlib.error) as error:
        if exchanges and not exchanges[-1].cut and not isinstance(error, RefusedError):
            exchanges[-1].cut = "time" if deadline.is_over else "disconnect"
        raise SourceError(source, _explain(error, settings, deadline)) from error
    return replace(page, source=source)


def post_bytes(url: str, content: bytes, *, media_type: str, timeout: float = 30.0) -> bytes:
    """Send *content* to a service that the user named, and return what it answers; raise `SourceError` if it does not."""
    try:
        response = httpx.post(
            url,
            content=content,
            headers={"Content-Type": media_type, "User-Agent": USER_AGENT},
            timeout=timeout,
            verify=_trust_authorities(),
            trust_env=False,
        )
        response.raise_for_status()
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise SourceError(_hide_credentials(url), f"the service answered {status}: check its address") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(_hide_credentials(url), _explain_transport(error, USUAL)) from error
    return response.content


def open_carrier() -> httpx.AsyncBaseTransport:
    """Return a transport for the pages of one host, with one connection at a time."""
    return httpx.AsyncHTTPTransport(
        verify=_trust_authorities(), trust_env=False, limits=httpx.Limits(max_connections=2, keepalive_expiry=30)
    )


def is_transient(error: SourceError) -> bool:
    """Tell whether what failed may well succeed a little later."""
    cause = error.__cause__
    if isinstance(cause, NoPageError):
        return isinstance(cause.__cause__, OSError) and cause.__cause__.errno == socket.EAI_AGAIN
    if _find_cause(cause, ssl.SSLCertVerificationError) if cause else None:
        return False
    return isinstance(cause, httpx.TransportError)


def is_refused(error: SourceError) -> bool:
    """Tell whether a redirect was not followed because it was not permitted."""
    return isinstance(error.__cause__, RefusedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetch:
    """What every step of one fetch needs."""

    settings: FetchSettings
    now: Clock
    deadline: Deadline
    trace: Callable[[str, Mapping[str, object]], None] | None = None
    permit: Callable[[str], str | None] | None = None
    exchanges: list[Exchange] | None = None


# --- taking steps ------------------------------------------------------------------------------


def _take_steps(walk: Walk[Page], carrier: httpx.BaseTransport, resolve: Resolve) -> Page:
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


async def _take_steps_async(
    walk: Walk[Page],
    deadline: Deadline,
    carry: Callable[[str], httpx.AsyncBaseTransport],
    resolve: Callable[[str], Awaitable[Sequence[str]]],
    pace: Callable[[str], Awaitable[None]],
) -> Page:
    import asyncio

    async def take(step: Step) -> Any:
        match step:
            case Lookup(host):
                return await asyncio.wait_for(resolve(host), deadline.remaining)
            case Send(request, host):
                began = time.monotonic()
                await pace(host)
                deadline.extend(time.monotonic() - began)
                return await asyncio.wait_for(carry(host).handle_async_request(request), deadline.remaining)
            case Pull(chunks):
                if not hasattr(chunks, "__anext__"):
                    return next(chunks, None)
                return await asyncio.wait_for(anext(chunks, None), deadline.remaining)
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


def _hide_credentials(url: str) -> str:
    """Keep a password out of error messages and reports."""
    return re.sub(r"^(\s*[a-z][a-z0-9+.-]*://)[^/?#]*@", r"\1", url, flags=re.IGNORECASE)


@cache
def _trust_authorities() -> ssl.SSLContext:
    """Trust what browsers trust, or what the environment names in SSL_CERT_FILE; to load it takes 20 ms."""
    return httpx.create_ssl_context()


# --- the way to the page -----------------------------------------------------------------------


def _follow(url: str, fetch: _Fetch) -> Walk[Page]:
    target = httpx.URL(url.strip())
    cookies = httpx.Cookies()
    redirects: list[Redirect] = []
    seen: set[tuple[str, str | None]] = set()
    while True:
        request = _build_request(target, cookies, fetch.settings)
        # Some pages send a visitor back to where he was, with a cookie; only without a new one is that a loop.
        step = (str(request.url), request.headers.get("cookie"))
        if step in seen:
            raise NoPageError(f"its redirects lead in a circle, back to {request.url}: {_SAVE}")
        seen.add(step)
        try:
            answer = yield from _visit(request, tuple(redirects), fetch)
        except httpx.RequestError as error:
            error.request = request
            raise
        if isinstance(answer, Page):
            return answer
        redirects.append(_describe_redirect(answer))
        if len(redirects) > fetch.settings.max_redirects:
            raise NoPageError(f"it redirects more than {fetch.settings.max_redirects} times: {_SAVE}")
        _keep_cookies(cookies, answer)
        target = _join(request.url, redirects[-1].location)
        if fetch.permit and (reason := fetch.permit(str(target))):
            raise RefusedError(reason)


def _visit(request: httpx.Request, redirects: tuple[Redirect, ...], fetch: _Fetch) -> Walk[Page | httpx.Response]:
    """Return the page that answers *request*, or the closed response that leads elsewhere."""
    response, address = yield from _send(request, fetch)
    response.request = request
    try:
        if not response.has_redirect_location:
            return (yield from _receive(response, address, redirects, fetch))
        if fetch.exchanges is not None:
            yield from _take(response, fetch, _MOST_OF_REDIRECT)
        return response
    finally:
        yield Close(response)


def _keep_cookies(cookies: httpx.Cookies, response: httpx.Response) -> None:
    cookies.extract_cookies(response)
    for cookie in tuple(cookies.jar):
        # What is not ASCII cannot be sent back in a header, and would keep the others from being sent.
        if not f"{cookie.name}{cookie.value}".isascii():
            cookies.jar.clear(cookie.domain, cookie.path, cookie.name)


def _describe_redirect(response: httpx.Response) -> Redirect:
    location = _hide_credentials(response.headers["location"])
    return Redirect(url=str(response.request.url), status=response.status_code, location=location)


def _join(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise NoPageError(f"it redirects to something that is no web address: {_SAVE}") from error


def _build_request(url: httpx.URL, cookies: httpx.Cookies, settings: FetchSettings) -> httpx.Request:
    if url.scheme not in {"http", "https"}:
        leads = f"it leads to a {url.scheme}: address" if url.scheme else "this is not a complete web address"
        raise NoPageError(f"{leads}, and only http:// and https:// pages can be fetched: check the address")
    if url.userinfo:
        raise NoPageError("the address holds a user name or password, which a report must not: leave it out")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise NoPageError("the address holds no valid host name: check its spelling")
    _check_label(url)
    if url.port is not None and not 0 < url.port < 65536:
        raise NoPageError(f"there is no port {url.port}: check the address")
    headers = {
        "User-Agent": settings.user_agent,
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip, deflate",
    }
    if not settings.keep_alive:
        # Two hosts may share an address, and a connection must not outlive the check of its certificate's name.
        headers["Connection"] = "close"
    if settings.since:
        headers["If-Modified-Since"] = settings.since
    request = httpx.Request("GET", url.copy_with(fragment=None), headers=headers)
    cookies.set_cookie_header(request)
    return request


def _check_label(url: httpx.URL) -> None:
    """Refuse a host whose letters cannot be told, such as ``xn--a``: cookies and reports would ask for them."""
    try:
        _ = url.host
    except UnicodeError as error:
        raise NoPageError("the address holds no valid host name: check its spelling") from error


def _send(request: httpx.Request, fetch: _Fetch) -> Walk[tuple[httpx.Response, str]]:
    """Send *request* to the first address of its host that accepts a connection."""
    host = request.url.raw_host.decode("ascii")
    failure: httpx.TransportError | None = None
    for address in (yield from _find_addresses(host, fetch)):
        fetch.deadline.check()
        exchange = _note_request(request, address, fetch)
        try:
            response: httpx.Response = yield Send(_pin_request(request, address, fetch), host)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = failure or error
            if exchange and fetch.exchanges:
                fetch.exchanges.remove(exchange)
        else:
            if exchange:
                _note_response(exchange, response)
            return response, address
    raise failure or NoPageError(f"{host} has no address on the internet: check its spelling")


def _note_request(request: httpx.Request, address: str, fetch: _Fetch) -> Exchange | None:
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


def _note_response(exchange: Exchange, response: httpx.Response) -> None:
    reason = response.extensions.get("reason_phrase", b"").decode("latin-1") or response.reason_phrase
    exchange.status = f"{response.status_code} {reason}".rstrip()
    exchange.version = response.extensions.get("http_version", b"HTTP/1.1").decode("latin-1")
    exchange.headers = tuple(response.headers.raw)


def _pin_request(request: httpx.Request, address: str, fetch: _Fetch) -> httpx.Request:
    left = fetch.deadline.remaining
    connect, read = min(fetch.settings.connect_timeout, left), min(fetch.settings.read_timeout, left)
    extensions: dict[str, object] = {
        "timeout": {"connect": connect, "read": read, "write": read, "pool": connect},
    }
    if fetch.trace:
        extensions["trace"] = fetch.trace
    host = request.url.raw_host.decode("ascii")
    if read_literal(host) is None:
        extensions["sni_hostname"] = host.rstrip(".")
    return httpx.Request(
        request.method, request.url.copy_with(host=address), headers=request.headers, extensions=extensions
    )


def _find_addresses(host: str, fetch: _Fetch) -> Walk[tuple[str, ...]]:
    literal = read_literal(host)
    try:
        found = (literal,) if literal else tuple((yield Lookup(host)))
    except (OSError, UnicodeError) as error:
        raise NoPageError(f"no address is known for {host}: check its spelling and your connection") from error
    return choose_allowed(host, found, allow_private=fetch.settings.allow_private)


# --- what came ---------------------------------------------------------------------------------


def _receive(response: httpx.Response, address: str, redirects: tuple[Redirect, ...], fetch: _Fetch) -> Walk[Page]:
    retrieved = fetch.now().astimezone(timezone.utc).isoformat(timespec="seconds")
    body, truncated = yield from _read_body(response, fetch)
    declared = response.headers.get("content-type")
    url = response.request.url
    media_type = sniff_media_type(body, declared=declared, name=url.path.rpartition("/")[2])
    if media_type is None and response.status_code < 400 and not fetch.settings.any_type:
        raise NoPageError(f"what came is {_describe_other(declared)}: give the address of a page")
    media_type = media_type or "text/plain"
    return Page(
        source=str(url),
        body=body,
        media_type=media_type,
        sha256=hashlib.sha256(body).hexdigest(),
        retrieved=retrieved,
        url=str(url),
        charset=None if media_type == "application/pdf" else detect_charset(body, declared=read_label(declared)),
        status=response.status_code,
        headers=tuple(response.headers.multi_items()),
        redirects=redirects,
        address=address,
        truncated=truncated,
    )


def _describe_other(declared: str | None) -> str:
    kind = re.match(r"[\w.+/-]{1,60}", declared or "", re.ASCII)
    if kind and kind[0].lower() in PAGE_TYPES:
        return f"no page, although the server calls it {kind[0]}"
    return f"neither HTML nor PDF nor text but {kind[0] if kind else 'something unknown'}"


def _read_body(response: httpx.Response, fetch: _Fetch) -> Walk[tuple[bytes, bool]]:
    """Return the decompressed body and whether it is cut off."""
    named = response.headers.get("content-encoding", "").lower().split(",")
    codings = [coding.strip() for coding in named if coding.strip() not in {"", "identity"}]
    limit = fetch.settings.max_bytes
    if not codings:
        return (yield from _take(response, fetch, limit))
    if len(codings) > 1 or codings[0] not in _DECODERS:
        raise NoPageError(f"the server packed the page in a way that was not asked for: {_SAVE}")
    return (yield from _inflate(response, fetch, _DECODERS[codings[0]], limit))


def _open_chunks(response: httpx.Response) -> Iterator[bytes] | AsyncIterator[bytes]:
    # The stream is read itself, because httpx's own decoders make all at once what a small piece unpacks to.
    stream: Any = response.stream
    return aiter(stream) if isinstance(stream, httpx.AsyncByteStream) and not _is_both(stream) else iter(stream)


def _is_both(stream: object) -> bool:
    """Tell whether *stream* can be read either way, as what is held already can."""
    return isinstance(stream, httpx.SyncByteStream) and isinstance(stream, httpx.AsyncByteStream)


def _pull(chunks: Any, fetch: _Fetch) -> Walk[bytes | None]:
    """Return the next chunk of a body, None at its end, and note it where exchanges are kept."""
    chunk: bytes | None = yield Pull(chunks)
    fetch.deadline.check()
    if chunk and fetch.exchanges:
        fetch.exchanges[-1].body += chunk
    return chunk


def _take(response: httpx.Response, fetch: _Fetch, limit: int) -> Walk[tuple[bytes, bool]]:
    chunks = _open_chunks(response)
    body = bytearray()
    while (chunk := (yield from _pull(chunks, fetch))) is not None:
        body += chunk
        if len(body) > limit:
            _cut_off(fetch, limit)
            return bytes(memoryview(body)[:limit]), True
    return bytes(body), False


def _inflate(response: httpx.Response, fetch: _Fetch, window: int, limit: int) -> Walk[tuple[bytes, bool]]:
    """Unpack the body and stop at *limit*, however small the packed data is."""
    chunks = _open_chunks(response)
    body = bytearray()
    inflater = None
    received = 0
    while (chunk := (yield from _pull(chunks, fetch))) is not None:
        for start in range(0, len(chunk), _SLICE):
            rest = chunk[start : start + _SLICE]
            received += len(rest)
            while rest:
                if inflater is None:
                    # Some servers send deflate without the zlib header that the standard asks for.
                    bare = window == 15 and rest[0] & 0x8F != 0x08
                    inflater = zlib.decompressobj(-15 if bare else window)
                elif inflater.eof:
                    if window != 31 or rest[0] != 0x1F:
                        return bytes(body), False
                    inflater = zlib.decompressobj(window)
                body += inflater.decompress(rest, limit + 1 - len(body))
                if len(body) > limit:
                    _cut_off(fetch)
                    return bytes(memoryview(body)[:limit]), True
                rest = inflater.unconsumed_tail or inflater.unused_data
            if received > limit + _OVERHEAD:
                _cut_off(fetch)
                return bytes(body), True
    return bytes(body), inflater is not None and not inflater.eof


def _cut_off(fetch: _Fetch, limit: int | None = None) -> None:
    """Note that the rest of a body was not taken."""
    if fetch.exchanges:
        fetch.exchanges[-1].cut = "length"
        if limit is not None:
            del fetch.exchanges[-1].body[limit:]


# --- why nothing came --------------------------------------------------------------------------


def _explain(error: Exception, settings: FetchSettings, deadline: Deadline) -> str:
    """Say in one sentence what *error* means and what to do."""
    if deadline.is_over:
        return f"the page did not arrive within {settings.total_timeout:g} seconds: try again later, or {_SAVE}"
    if isinstance(error, NoPageError):
        return str(error)
    if isinstance(error, httpx.InvalidURL):
        return "this is not a valid web address: check its spelling"
    if isinstance(error, zlib.error):
        return f"the server sent damaged compressed data: {_SAVE}"
    return _explain_transport(error, settings)


def _explain_transport(error: Exception, settings: FetchSettings) -> str:
    host = error.request.url.raw_host.decode("ascii") if isinstance(error, httpx.RequestError) else "the server"
    if isinstance(error, httpx.ConnectTimeout):
        return (
            f"{host} did not answer within {settings.connect_timeout:g} seconds: check the address, or try again later"
        )
    if isinstance(error, httpx.TimeoutException):
        return f"{host} sent nothing for {settings.read_timeout:g} seconds: try again later, or {_SAVE}"
    if isinstance(error, httpx.ConnectError):
        return _explain_connection(error, host)
    if isinstance(error, httpx.ProtocolError):
        return f"{host} broke off or did not answer as a web server should: try again later, or {_SAVE}"
    return f"the connection to {host} broke off: try again later, or {_SAVE}"


def _explain_connection(error: Exception, host: str) -> str:
    if trouble := _find_cause(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} cannot be trusted ({trouble.verify_message.rstrip('.')}): {_SAVE}"
    if _find_cause(error, ssl.SSLError):
        return f"no secure connection to {host} could be made: try the address with http://, or {_SAVE}"
    cause = _find_cause(error, ConnectionRefusedError)
    return f"{host} {'refused the connection' if cause else 'cannot be reached'}: check the address, or try again later"


_Cause = TypeVar("_Cause", bound=BaseException)


def _find_cause(error: BaseException, kind: type[_Cause]) -> _Cause | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, kind):
        cause = cause.__cause__ or cause.__context__
    return cause
