"""Fetch one page over HTTP as a careful visitor would: who it came from, by which way, and no more than asked for.

A page's author chooses where its redirects and its host name lead, so every address is checked just before the
connection is made, and the connection is made to that very address. Importing this module costs what httpx costs.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timezone
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

import httpx

from auditor import __version__
from auditor.errors import SourceError
from auditor.models import Page, Redirect
from auditor.sources.sniffing import PAGE_TYPES, detect_charset, read_label, sniff_media_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    Clock = Callable[[], datetime]
    Resolve = Callable[[str], Sequence[str]]

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


USUAL = FetchSettings()

_HOST = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.1"
_DECODERS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_SLICE = 4096
"""Of compressed data, small because zlib copies what is left over whenever one gzip member ends in it."""
_OVERHEAD = 65_536
"""By which packed data may be longer than what it holds."""
_MAX_ADDRESSES = 4
_SAVE = "open the page in a browser, save it and audit the file"

# https://www.iana.org/assignments/iana-ipv4-special-registry and the IPv6 one; the module ipaddress knows them too, but
# answers differently from one Python to the next.
_CLOSED_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_OPEN_IPV6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
# Networks whose addresses stand for an IPv4 address, and by how many bits that is shifted: 6to4, NAT64, mapped.
_EMBEDDED_IPV4 = (
    (ipaddress.IPv6Network("2002::/16"), 80),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
)


class _NoPageError(Exception):
    """The reason in words for which no page came."""


def resolve_host(host: str) -> tuple[str, ...]:
    """Return the network addresses of *host*, in the order in which the system prefers them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


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
    deadline = _Deadline(settings.total_timeout)
    source = _hide_credentials(url)
    try:
        with deadline, transport or httpx.HTTPTransport(verify=_trust_authorities(), trust_env=False) as carrier:
            fetch = _Fetch(settings=settings, now=now, transport=carrier, resolve=resolve, deadline=deadline)
            page = _follow(url, fetch)
            deadline.check()
    except (httpx.HTTPError, httpx.InvalidURL, _NoPageError, zlib.error) as error:
        raise SourceError(source, _explain(error, settings, deadline)) from error
    return replace(page, source=source)


def is_public(address: str) -> bool:
    """Tell whether *address* is one of the open internet: not private, local, multicast, reserved or a disguise of such."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _CLOSED_IPV4)
    for network, shift in _EMBEDDED_IPV4:
        if parsed in network:
            return is_public(str(ipaddress.IPv4Address(int(parsed) >> shift & 0xFFFFFFFF)))
    return parsed in _OPEN_IPV6 and not any(parsed in network for network in _CLOSED_IPV6)


class _Deadline:
    """Ends a fetch that takes too long, whatever it waits for.

    The timeouts of single reads cannot do that: a server that sends one byte now and then never meets them. So the
    sockets are shut when the time is over, which wakes whoever reads from them.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._expired = False

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        return self._expired or time.monotonic() >= self._end

    @property
    def remaining(self) -> float:
        return max(self._end - time.monotonic(), 0.001)

    def check(self) -> None:
        if self.is_over:
            raise _NoPageError

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetch:
    """What every step of one fetch needs."""

    settings: FetchSettings
    now: Clock
    transport: httpx.BaseTransport
    resolve: Resolve
    deadline: _Deadline


def _hide_credentials(url: str) -> str:
    """Keep a password out of error messages and reports."""
    return re.sub(r"^(\s*[a-z][a-z0-9+.-]*://)[^/?#]*@", r"\1", url, flags=re.IGNORECASE)


@cache
def _trust_authorities() -> ssl.SSLContext:
    """Trust what browsers trust, or what the environment names in SSL_CERT_FILE; to load it takes 20 ms."""
    return httpx.create_ssl_context()


# --- the way to the page -----------------------------------------------------------------------


def _follow(url: str, fetch: _Fetch) -> Page:
    target = httpx.URL(url.strip())
    cookies = httpx.Cookies()
    redirects: list[Redirect] = []
    seen: set[tuple[str, str | None]] = set()
    while True:
        request = _build_request(target, cookies, fetch.settings)
        # Some pages send a visitor back to where he was, with a cookie; only without a new one is that a loop.
        step = (str(request.url), request.headers.get("cookie"))
        if step in seen:
            raise _NoPageError(f"its redirects lead in a circle, back to {request.url}: {_SAVE}")
        seen.add(step)
        try:
            answer = _visit(request, tuple(redirects), fetch)
        except httpx.RequestError as error:
            error.request = request
            raise
        if isinstance(answer, Page):
            return answer
        redirects.append(_describe_redirect(answer))
        if len(redirects) > fetch.settings.max_redirects:
            raise _NoPageError(f"it redirects more than {fetch.settings.max_redirects} times: {_SAVE}")
        _keep_cookies(cookies, answer)
        target = _join(request.url, redirects[-1].location)


def _visit(request: httpx.Request, redirects: tuple[Redirect, ...], fetch: _Fetch) -> Page | httpx.Response:
    """Return the page that answers *request*, or the closed response that leads elsewhere."""
    response, address = _send(request, fetch)
    response.request = request
    try:
        return response if response.has_redirect_location else _receive(response, address, redirects, fetch)
    finally:
        response.close()


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
        raise _NoPageError(f"it redirects to something that is no web address: {_SAVE}") from error


def _build_request(url: httpx.URL, cookies: httpx.Cookies, settings: FetchSettings) -> httpx.Request:
    if url.scheme not in {"http", "https"}:
        leads = f"it leads to a {url.scheme}: address" if url.scheme else "this is not a complete web address"
        raise _NoPageError(f"{leads}, and only http:// and https:// pages can be fetched: check the address")
    if url.userinfo:
        raise _NoPageError("the address holds a user name or password, which a report must not: leave it out")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise _NoPageError("the address holds no valid host name: check its spelling")
    if url.port is not None and not 0 < url.port < 65536:
        raise _NoPageError(f"there is no port {url.port}: check the address")
    headers = {
        "User-Agent": settings.user_agent,
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip, deflate",
        # Two hosts may share an address, and a connection must not outlive the check of its certificate's name.
        "Connection": "close",
    }
    request = httpx.Request("GET", url.copy_with(fragment=None), headers=headers)
    cookies.set_cookie_header(request)
    return request


def _send(request: httpx.Request, fetch: _Fetch) -> tuple[httpx.Response, str]:
    """Send *request* to the first address of its host that accepts a connection."""
    host = request.url.raw_host.decode("ascii")
    failure: httpx.TransportError | None = None
    for address in _find_addresses(host, fetch):
        fetch.deadline.check()
        try:
            return fetch.transport.handle_request(_pin_request(request, address, fetch)), address
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = failure or error
    raise failure or _NoPageError(f"{host} has no address on the internet: check its spelling")


def _pin_request(request: httpx.Request, address: str, fetch: _Fetch) -> httpx.Request:
    left = fetch.deadline.remaining
    connect, read = min(fetch.settings.connect_timeout, left), min(fetch.settings.read_timeout, left)
    extensions: dict[str, object] = {
        "timeout": {"connect": connect, "read": read, "write": read, "pool": connect},
        "trace": fetch.deadline.watch,
    }
    host = request.url.raw_host.decode("ascii")
    if _read_literal(host) is None:
        extensions["sni_hostname"] = host.rstrip(".")
    return httpx.Request(
        request.method, request.url.copy_with(host=address), headers=request.headers, extensions=extensions
    )


def _find_addresses(host: str, fetch: _Fetch) -> tuple[str, ...]:
    literal = _read_literal(host)
    try:
        found = (literal,) if literal else tuple(fetch.resolve(host))
    except (OSError, UnicodeError) as error:
        raise _NoPageError(f"no address is known for {host}: check its spelling and your connection") from error
    allowed = tuple(address for address in found if fetch.settings.allow_private or is_public(address))
    if found and not allowed:
        raise _NoPageError(
            f"{host} leads to {found[0]}, inside a private or reserved network, which is only fetched with --allow-private"
        )
    return allowed[:_MAX_ADDRESSES]


def _read_literal(host: str) -> str | None:
    """Return the address that *host* itself is, also in the short, octal, decimal and hexadecimal ways to write one."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    if re.fullmatch(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", host, re.IGNORECASE):
        with suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
    return None


# --- what came ---------------------------------------------------------------------------------


def _receive(response: httpx.Response, address: str, redirects: tuple[Redirect, ...], fetch: _Fetch) -> Page:
    retrieved = fetch.now().astimezone(timezone.utc).isoformat(timespec="seconds")
    body, truncated = _read_body(response, fetch)
    declared = response.headers.get("content-type")
    url = response.request.url
    media_type = sniff_media_type(body, declared=declared, name=url.path.rpartition("/")[2])
    if media_type is None and response.status_code < 400:
        raise _NoPageError(f"what came is {_describe_other(declared)}: give the address of a page")
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


def _read_body(response: httpx.Response, fetch: _Fetch) -> tuple[bytes, bool]:
    """Return the decompressed body and whether it is cut off."""
    named = response.headers.get("content-encoding", "").lower().split(",")
    codings = [coding.strip() for coding in named if coding.strip() not in {"", "identity"}]
    # The stream is read itself, because httpx's own decoders make all at once what a small piece unpacks to.
    pieces = _slice_stream(cast("Iterable[bytes]", response.stream), fetch.deadline)
    limit = fetch.settings.max_bytes
    if not codings:
        return _take(pieces, limit)
    if len(codings) > 1 or codings[0] not in _DECODERS:
        raise _NoPageError(f"the server packed the page in a way that was not asked for: {_SAVE}")
    return _inflate(pieces, _DECODERS[codings[0]], limit)


def _slice_stream(stream: Iterable[bytes], deadline: _Deadline) -> Iterator[bytes]:
    for chunk in stream:
        deadline.check()
        for start in range(0, len(chunk), _SLICE):
            yield chunk[start : start + _SLICE]


def _take(pieces: Iterable[bytes], limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            return bytes(memoryview(body)[:limit]), True
    return bytes(body), False


def _inflate(pieces: Iterable[bytes], window: int, limit: int) -> tuple[bytes, bool]:
    """Unpack *pieces* and stop at *limit*, however small the packed data is."""
    body = bytearray()
    inflater = None
    received = 0
    for piece in pieces:
        received += len(piece)
        rest = piece
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
                return bytes(memoryview(body)[:limit]), True
            rest = inflater.unconsumed_tail or inflater.unused_data
        if received > limit + _OVERHEAD:
            return bytes(body), True
    return bytes(body), inflater is not None and not inflater.eof


# --- why nothing came --------------------------------------------------------------------------


def _explain(error: Exception, settings: FetchSettings, deadline: _Deadline) -> str:
    """Say in one sentence what *error* means and what to do."""
    if deadline.is_over:
        return f"the page did not arrive within {settings.total_timeout:g} seconds: try again later, or {_SAVE}"
    if isinstance(error, _NoPageError):
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
