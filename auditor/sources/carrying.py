"""Requests, the connections that carry them, and what it means when one fails: all that httpx does for us.

Importing this module costs what httpx costs.
"""

from __future__ import annotations

import re
import socket
import ssl
import zlib
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import httpx

from auditor.errors import NoPageError, RefusedError, SourceError
from auditor.sources.addresses import read_literal
from auditor.sources.settings import SAVE, USER_AGENT, USUAL

if TYPE_CHECKING:
    from auditor.sources.deadlines import Deadline
    from auditor.sources.settings import FetchSettings
    from auditor.sources.stepping import Fetch

_HOST = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.1"

URL = httpx.URL
Cookies = httpx.Cookies
Request = httpx.Request
Response = httpx.Response
Carrier = httpx.BaseTransport
AsyncCarrier = httpx.AsyncBaseTransport

ConnectionFailure = (httpx.ConnectError, httpx.ConnectTimeout)
"""What is raised when an address accepts no connection."""
RequestFailure = httpx.RequestError
"""What is raised when a request, which it names, gets no whole answer."""
FAILURES = (httpx.HTTPError, httpx.InvalidURL, NoPageError, zlib.error)
"""What may keep a page from coming; `explain` says it in words."""


# --- requests ----------------------------------------------------------------------------------


def build_request(url: URL, cookies: Cookies, settings: FetchSettings) -> Request:
    """Return what asks for the page at *url*; raise `NoPageError` if nothing there could be asked."""
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
    request = Request("GET", url.copy_with(fragment=None) if url.fragment else url, headers=headers)
    if len(cookies.jar):
        cookies.set_cookie_header(request)
    return request


def _check_label(url: URL) -> None:
    """Refuse a host whose letters cannot be told, such as ``xn--a``: cookies and reports would ask for them."""
    try:
        _ = url.host
    except UnicodeError as error:
        raise NoPageError("the address holds no valid host name: check its spelling") from error


def join_address(url: URL, location: str) -> URL:
    """Return the address to which *location* leads from *url*; raise `NoPageError` if it is none."""
    try:
        return url.join(location.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise NoPageError(f"it redirects to something that is no web address: {SAVE}") from error


def keep_cookies(cookies: Cookies, response: Response) -> None:
    """Add to *cookies* what *response* asks to be sent back."""
    cookies.extract_cookies(response)
    for cookie in tuple(cookies.jar):
        # What is not ASCII cannot be sent back in a header, and would keep the others from being sent.
        if not f"{cookie.name}{cookie.value}".isascii():
            cookies.jar.clear(cookie.domain, cookie.path, cookie.name)


def pin_request(request: Request, address: str, fetch: Fetch) -> Request:
    """Return *request* as it goes to *address*, which was checked, with the time that is left for it."""
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
    return Request(request.method, request.url.copy_with(host=address), headers=request.headers, extensions=extensions)


# --- connections -------------------------------------------------------------------------------


def open_carrier() -> Carrier:
    """Return a transport for one page, to whatever hosts it leads."""
    return httpx.HTTPTransport(verify=_trust_authorities(), trust_env=False)


def open_carrier_async() -> AsyncCarrier:
    """Return a transport for the pages of one host, with one connection at a time."""
    return httpx.AsyncHTTPTransport(
        verify=_trust_authorities(), trust_env=False, limits=httpx.Limits(max_connections=2, keepalive_expiry=30)
    )


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
        raise SourceError(hide_credentials(url), f"the service answered {status}: check its address") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(hide_credentials(url), _explain_transport(error, USUAL)) from error
    return response.content


@cache
def _trust_authorities() -> ssl.SSLContext:
    """Trust what browsers trust, or what the environment names in SSL_CERT_FILE; to load it takes 20 ms."""
    return httpx.create_ssl_context()


# --- failures ----------------------------------------------------------------------------------


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


def hide_credentials(url: str) -> str:
    """Keep a password out of error messages and reports."""
    return re.sub(r"^(\s*[a-z][a-z0-9+.-]*://)[^/?#]*@", r"\1", url, flags=re.IGNORECASE)


def explain(error: Exception, settings: FetchSettings, deadline: Deadline) -> str:
    """Say in one sentence what *error* means and what to do."""
    if deadline.is_over:
        return f"the page did not arrive within {settings.total_timeout:g} seconds: try again later, or {SAVE}"
    if isinstance(error, NoPageError):
        return str(error)
    if isinstance(error, httpx.InvalidURL):
        return "this is not a valid web address: check its spelling"
    if isinstance(error, zlib.error):
        return f"the server sent damaged compressed data: {SAVE}"
    return _explain_transport(error, settings)


def _explain_transport(error: Exception, settings: FetchSettings) -> str:
    host = error.request.url.raw_host.decode("ascii") if isinstance(error, httpx.RequestError) else "the server"
    if isinstance(error, httpx.ConnectTimeout):
        return (
            f"{host} did not answer within {settings.connect_timeout:g} seconds: check the address, or try again later"
        )
    if isinstance(error, httpx.TimeoutException):
        return f"{host} sent nothing for {settings.read_timeout:g} seconds: try again later, or {SAVE}"
    if isinstance(error, httpx.ConnectError):
        return _explain_connection(error, host)
    if isinstance(error, httpx.ProtocolError):
        return f"{host} broke off or did not answer as a web server should: try again later, or {SAVE}"
    return f"the connection to {host} broke off: try again later, or {SAVE}"


def _explain_connection(error: Exception, host: str) -> str:
    if trouble := _find_cause(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} cannot be trusted ({trouble.verify_message.rstrip('.')}): {SAVE}"
    if _find_cause(error, ssl.SSLError):
        return f"no secure connection to {host} could be made: try the address with http://, or {SAVE}"
    cause = _find_cause(error, ConnectionRefusedError)
    return f"{host} {'refused the connection' if cause else 'cannot be reached'}: check the address, or try again later"


_Cause = TypeVar("_Cause", bound=BaseException)


def _find_cause(error: BaseException, kind: type[_Cause]) -> _Cause | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, kind):
        cause = cause.__cause__ or cause.__context__
    return cause
