"""A request says who asks, and its failure is a reason in words."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from auditor import __version__
from auditor.errors import SourceError
from auditor.sources.http import fetch_page
from auditor.sources.settings import FetchSettings
from tests.fetches import HTML, OK, PUBLIC, SAVE, Reply, fetch, fetch_local, now, refuse, refuse_local, say, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.models import Page


def test_a_request_says_who_asks_and_goes_to_the_checked_address() -> None:
    """The name of the host is only in the header and in the TLS handshake, the checked address is in the URL."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, content=HTML)

    fetch(answer, "https://kniegrün.example:8443/a?b")

    (request,) = requests
    assert f"https://{PUBLIC}:8443/a?b" == str(request.url)
    assert request.extensions["sni_hostname"] == "xn--kniegrn-s2a.example"
    assert {
        "host": "xn--kniegrn-s2a.example:8443",
        "user-agent": f"clinic-auditor/{__version__} (+https://github.com/clinic-auditor/clinic-auditor)",
        "accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.1",
        "accept-encoding": "gzip, deflate",
        "connection": "close",
    } == dict(request.headers)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "",
            "this is not a complete web address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "knees.example/a",
            "this is not a complete web address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "file:///etc/passwd",
            "it leads to a file: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        (
            "javascript:alert(1)",
            "it leads to a javascript: address, and only http:// and https:// pages can be fetched: check the address",
        ),
        ("http:///path", "the address holds no valid host name: check its spelling"),
        ("http://a..example/", "the address holds no valid host name: check its spelling"),
        (f"http://{'a' * 64}.example/", "the address holds no valid host name: check its spelling"),
        ("http://a%20b.example/", "the address holds no valid host name: check its spelling"),
        ("http://.example/", "the address holds no valid host name: check its spelling"),
        ("http://xn--a/", "the address holds no valid host name: check its spelling"),
        ("http://knees.example:99999/", "there is no port 99999: check the address"),
        ("http://knees.example:0/", "there is no port 0: check the address"),
        ("http://knees.example:x/", "this is not a valid web address: check its spelling"),
        ("http://0177.0.0.1/", "this is not a valid web address: check its spelling"),
        ("http://[::1", "this is not a valid web address: check its spelling"),
        ("http://１２７.0.0.1/", "this is not a valid web address: check its spelling"),
        ("http://knees.example/\x1b[31m", "this is not a valid web address: check its spelling"),
        ("http://knees.example/" + "a" * 70_000, "this is not a valid web address: check its spelling"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_no_web_address_is_told(url: str, reason: str) -> None:
    """A mistake in the address is one sentence, and nothing is sent."""
    assert reason == refuse(httpx.Response(200, content=HTML), url)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """A report must not give away how to log in."""
    with pytest.raises(SourceError) as caught:
        fetch(httpx.Response(200, content=HTML), "https://ann:pass@word@knees.example/a")

    assert str(caught.value) == (
        "https://knees.example/a: the address holds a user name or password, which a report must not: leave it out"
    )


def fall_silent(stream: socket.socket) -> None:
    """Wait until the other side has given up."""
    stream.recv(1)


def test_a_host_that_falls_silent_is_told() -> None:
    """Nothing for too long is a reason in words."""
    reason = refuse_local(fall_silent, read_timeout=0.2)

    assert f"127.0.0.1 sent nothing for 0.2 seconds: try again later, or {SAVE}" == reason


def reset(stream: socket.socket) -> None:
    """Break off as a crashed host does."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    stream.close()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (reset, "the connection to 127.0.0.1 broke off"),
        (say(), "127.0.0.1 broke off or did not answer as a web server should"),
        (say(b"SSH-2.0-knee\r\n"), "127.0.0.1 broke off or did not answer as a web server should"),
        (say(b"\x15\x03\x01\0\2\2\x46"), "127.0.0.1 broke off or did not answer as a web server should"),
        (
            say(OK, b"Content-Length: 99\r\n\r\n", HTML),
            "127.0.0.1 broke off or did not answer as a web server should",
        ),
        (
            say(OK, b"Transfer-Encoding: chunked\r\n\r\nfff\r\n", HTML),
            "127.0.0.1 broke off or did not answer as a web server should",
        ),
        (
            say(OK, b"Transfer-Encoding: chunked\r\n\r\nknee\r\n", HTML),
            "127.0.0.1 broke off or did not answer as a web server should",
        ),
        (say(OK, b"X-Huge: ", b"x" * 1_000_000), "127.0.0.1 broke off or did not answer as a web server should"),
    ],
    ids=["reset", "nothing", "other protocol", "TLS", "short", "short chunk", "wrong chunk", "huge header"],
)
def test_a_broken_answer_is_told(reply: Reply, reason: str) -> None:
    """Half a page is not judged as a whole one."""
    assert f"{reason}: try again later, or {SAVE}" == refuse_local(reply)


def test_a_host_that_refuses_is_told() -> None:
    """Nobody listens: the reason says so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SourceError) as caught:
        fetch_local(port)

    assert caught.value.reason == "127.0.0.1 refused the connection: check the address, or try again later"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a certificate for knees.example that no authority has signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    path = str(tmp_path_factory.mktemp("tls") / "both.pem")
    subject = ["-subj", "/CN=knees.example", "-addext", "subjectAltName=DNS:knees.example"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]
    made = subprocess.run(
        [openssl, "req", "-x509", *key, "-out", f"{path}.crt", *subject], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this openssl cannot make the certificate")
    with Path(path).open("ab") as both:
        both.write(Path(f"{path}.crt").read_bytes())
    return path


@contextmanager
def serve_tls(certificate: str) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serve(say(OK, b"Content-Length: 36\r\n\r\n", HTML), context) as port:
        yield port


def fetch_tls(port: int, host: str, transport: httpx.BaseTransport | None = None) -> Page:
    settings = FetchSettings(allow_private=True)
    url = f"https://{host}:{port}/"
    return fetch_page(url, settings=settings, now=now, transport=transport, resolve=lambda _: ("127.0.0.1",))


def test_a_certificate_that_nobody_signed_is_told(certificate: str) -> None:
    """The reason says what was wrong with the certificate."""
    with serve_tls(certificate) as port, pytest.raises(SourceError) as caught:
        fetch_tls(port, "knees.example")

    assert f"the certificate of knees.example cannot be trusted (self-signed certificate): {SAVE}" == (
        caught.value.reason.replace("self signed", "self-signed")
    )


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(certificate: str) -> None:
    """The connection goes to the checked address, the handshake names the host."""
    trusted = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=certificate), trust_env=False)

    with serve_tls(certificate) as port:
        page = fetch_tls(port, "knees.example", trusted)

    assert (HTML, f"https://knees.example:{port}/") == (page.body, page.url)


def test_a_certificate_for_another_host_is_told(certificate: str) -> None:
    """A trusted certificate of somebody else does not do."""
    trusted = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=certificate), trust_env=False)

    with serve_tls(certificate) as port, pytest.raises(SourceError, match="is not valid for 'hips\\.example'"):
        fetch_tls(port, "hips.example", trusted)


def test_a_host_that_speaks_no_tls_is_told() -> None:
    """Plain HTTP behind https:// is a reason in words."""
    with serve(say(OK, b"\r\n", HTML)) as port, pytest.raises(SourceError) as caught:
        fetch_local(port, "https://127.0.0.1:{}/")

    assert (
        f"no secure connection to 127.0.0.1 could be made: try the address with http://, or {SAVE}"
        == caught.value.reason
    )
