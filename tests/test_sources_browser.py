"""Pages as a browser shows them: what scripts fill, what is refused, and pictures."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import datetime, timezone
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from auditor import pipeline
from auditor.errors import AuditorError, SourceError
from auditor.reading import read_page
from auditor.sources.browser import Browser
from auditor.sources.settings import FetchSettings
from tests.browsers import needs_browser, require_browser
from tests.factories import page as make_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from auditor.models import Page

OPEN = FetchSettings(allow_private=True)
MOMENT = datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


@contextmanager
def serve(files: Mapping[str, bytes | str]) -> Iterator[tuple[str, list[str]]]:
    """Serve *files* on the loopback interface; yield its address and the list of what is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        """Answer from the files; a value that begins with "->" is a redirect."""

        def do_GET(self) -> None:
            asked.append(self.path)
            found = files.get(self.path)
            body = found.encode() if isinstance(found, str) else found or b""
            self.send_response(404 if found is None else 302 if body.startswith(b"->") else 200)
            if body.startswith(b"->"):
                self.send_header("Location", body[2:].decode())
            self.send_header(
                "Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module", name="browser")
def open_browser() -> Iterator[Browser]:
    """Open a browser that may fetch from this machine."""
    require_browser()
    with Browser(OPEN) as browser:
        yield browser


@pytest.fixture(scope="module", name="guarded")
def open_guarded() -> Iterator[Browser]:
    """Open a browser that may fetch from nothing private, as a user's may not."""
    require_browser()
    with Browser(FetchSettings()) as browser:
        yield browser


def received(address: str, body: str) -> Page:
    """Build the page that was received from *address* as *body*."""
    return make_page(body, url=address, source=address)


@needs_browser
def test_what_scripts_fill_is_the_page(browser: Browser) -> None:
    """The body is what the scripts have made, and the record keeps what was received."""
    markup = "<body><div id=app></div><script src=/app.js></script>"
    script = "document.getElementById('app').innerHTML = '<h1>Our stem cells cure arthritis</h1>' + navigator.userAgent"
    with serve({"/app.js": script}) as (address, asked):
        made = browser.render(received(f"{address}/", markup))

    assert b"<h1>Our stem cells cure arthritis</h1>clinic-auditor/" in made.body
    assert sha256(made.body).hexdigest() == made.sha256
    assert made.rendering is not None
    assert (sha256(markup.encode()).hexdigest(), len(markup)) == (
        made.rendering.received_sha256,
        made.rendering.received_bytes,
    )
    assert made.rendering.browser.startswith("Chromium ")
    assert "/" not in asked, "what was received is shown; the server is not asked a second time"


@needs_browser
def test_shadow_roots_are_part_of_the_page(browser: Browser) -> None:
    """What a component draws is read like any other words."""
    made = browser.render(
        received(
            "http://knees.example/",
            "<body><x-card></x-card><script>document.querySelector('x-card').attachShadow({mode: 'open'}).innerHTML = '<p>We cure knees.</p>'</script>",
        )
    )

    passages = read_page(made).passages
    assert ["We cure knees."] == [passage.text for passage in passages]


ATTEMPTS = """<body><p id=p>Knees</p><img src="{inner}/img"><iframe src="{inner}/frame"></iframe>
<link rel=stylesheet href="{inner}/css"><link rel=prefetch href="{inner}/prefetch"><link rel=preconnect href="{inner}">
<script src="{inner}/script"></script><script>
fetch("{inner}/fetch", {{mode: "no-cors"}}).catch(() => 0); navigator.sendBeacon("{inner}/beacon");
new WebSocket("{inner}/socket".replace("http", "ws")); new EventSource("{inner}/events"); new Image().src = "{outer}/redirect";
new Worker(URL.createObjectURL(new Blob(["fetch('{inner}/worker', {{mode: 'no-cors'}})"])));
try {{ navigator.serviceWorker.register("/sw.js"); }} catch (e) {{}}
try {{ window.open("{inner}/popup"); }} catch (e) {{}}
try {{ new WebTransport("{inner}/transport".replace("http:", "https:")); }} catch (e) {{}}
</script>"""


@needs_browser
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_page_reaches_nothing_private(host: str, guarded: Browser) -> None:
    """By no way that a page has does its browser connect inside private networks, and the record says it tried."""
    with serve({}) as (address, asked):
        inner = f"http://{host}:{address.rpartition(':')[2]}"
        made = guarded.render(received("http://knees.example/", ATTEMPTS.format(inner=inner, outer=inner)))

    assert [] == asked
    assert b"Knees" in made.body
    assert made.rendering is not None
    assert made.rendering.refused


@needs_browser
def test_a_redirect_and_a_name_that_lead_inside_are_refused() -> None:
    """A public server that redirects inside, and a name that changes its address, gain nothing."""
    require_browser()
    from auditor.sources.guarding import Guard

    answers = {"knees.example": ["127.0.0.1"], "public.example": ["93.184.216.34"]}
    with serve({"/redirect": "->http://10.0.0.1/", "/img": "secret"}) as (address, asked):
        port = address.rpartition(":")[2]
        guard = Guard(resolve=lambda host: answers.get(host, []))
        dial = guard.dial
        # What lies at the public address is, for this test, the server on this machine.
        guard.dial = lambda place: dial(("127.0.0.1", place[1]))
        with Browser(FetchSettings(), guard=guard) as browser:
            markup = (
                f"<body>Knees<img src=http://public.example:{port}/redirect><img src=http://knees.example:{port}/img>"
            )
            made = browser.render(received("http://page.example/", markup))

    assert ["/redirect"] == [path for path in asked if path != "/favicon.ico"]
    assert made.rendering is not None
    assert ["10.0.0.1", "knees.example"] == sorted(made.rendering.refused)


@needs_browser
def test_a_script_that_leads_the_browser_inside_gives_no_page(guarded: Browser) -> None:
    """Where the browser ends at a refused address there is no page, and the reason is told."""
    with pytest.raises(SourceError, match="led the browser to where no page can be fetched"):
        guarded.render(received("http://knees.example/", "<script>location = 'http://127.0.0.1:9/'</script>"))


@needs_browser
@pytest.mark.parametrize(
    "script", ["while (true) {}", "document.write('<iframe src=/never>'.repeat(3)); alert(1); confirm(2); print()"]
)
def test_a_page_that_never_rests_is_given_up(script: str) -> None:
    """A script without end costs the time that is given and no more; the browser is usable afterwards."""
    require_browser()
    with Browser(FetchSettings(total_timeout=6.0, allow_private=True)) as browser:
        try:
            made = browser.render(received("http://knees.example/", f"<body>Knees<script>{script}</script>"))
        except SourceError as error:
            assert "did not come to rest in the browser within 6 seconds" in error.reason  # noqa: PT017
        else:
            assert b"Knees" in made.body
        after = browser.render(received("http://knees.example/b", "<body>Ankles"))

    assert b"Ankles" in after.body


@needs_browser
def test_nothing_is_kept_from_one_page_to_the_next(browser: Browser) -> None:
    """Cookies and storage of a page are gone when the next one is shown."""
    tell = "<body><script>document.body.append('old: ' + localStorage.getItem('k') + document.cookie); localStorage.setItem('k', 1); document.cookie = 'k=1'</script>"
    with serve({}) as (address, _):
        bodies = [browser.render(received(f"{address}/{name}", tell)).body for name in "ab"]

    assert all(b"old: null<" in body or b"old: null" in body for body in bodies)


@needs_browser
def test_a_saved_page_is_shown_without_scripts_and_network(browser: Browser) -> None:
    """What is held is shown as it was saved: nothing runs and nothing is asked for."""
    with serve({"/x.png": "x", "/x.js": "x"}) as (address, asked):
        markup = f"<body><p id=p>Knees</p><img alt='A knee' src={address}/x.png><script src={address}/x.js></script><script>document.getElementById('p').textContent = 'Run'</script>"
        browser.show(received(f"{address}/", markup), live=False)
        texts = browser.read_texts()

    assert [("Knees", False), ("A knee", True)] == [(text, aside) for text, aside in texts if text.strip()]
    assert [] == asked


@needs_browser
def test_pictures_show_page_and_words(browser: Browser) -> None:
    """A picture of the page is as wide as the window; one of words holds their block; hidden words have none."""
    browser.show(
        make_page("<body><div style='height: 1500px'>Top</div><p>We cure knees.</p><p hidden>Hidden", url=None),
        live=False,
    )
    texts = [text for text, _ in browser.read_texts()]
    whole = browser.shoot_page()
    words = browser.shoot_words([(texts.index("We cure knees."), 3, 7)])

    assert whole.data.startswith(b"\x89PNG")
    assert (1280, True) == (whole.width, whole.height > 1500)
    assert words is not None
    assert words.data.startswith(b"\x89PNG")
    assert (1280, True) == (words.width, words.height < 250)
    assert None is browser.shoot_words([(texts.index("Hidden"), 0, 6)])


@needs_browser
def test_a_fetched_page_is_audited_as_shown(browser: Browser) -> None:
    """The whole walk: fetched, shown, read and judged by what scripts have filled; a limit less is listed."""
    files = {
        "/": "<div id=app></div><script>document.getElementById('app').textContent = 'Our stem cells cure arthritis and reverse diabetes. ' + 'We treat every patient with care. '.repeat(30)</script>"
    }
    with serve(files) as (address, _):
        settings = pipeline.Settings(allow_private=True, rendered=True)
        page = pipeline.collect_page(f"{address}/", settings=settings, now=lambda: MOMENT, browser=browser)
        audit = pipeline.audit_page(page, now=lambda: MOMENT)

    assert any(finding.rule.category == "curative" for finding in audit.findings)
    assert not any("Scripts were not run" in limit for limit in audit.limits)
    assert any("once its scripts had run" in limit for limit in audit.limits)


def test_a_missing_playwright_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "playwright.async_api", None)

    with pytest.raises(AuditorError, match=r"clinic-auditor\[browser\]"), Browser():
        pass


def test_a_missing_chromium_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a browser the error says which names were looked for."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.platform", "linux")
    module: Any = type("module", (), {"async_playwright": None})
    monkeypatch.setitem(__import__("sys").modules, "playwright.async_api", module)

    with pytest.raises(AuditorError, match="no Chromium is on the PATH"), Browser():
        pass
