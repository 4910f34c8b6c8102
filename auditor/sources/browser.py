"""Pages as a browser shows them: what scripts fill, and pictures of it. Needs the extra ``browser`` and a Chromium.

The browser is a stranger's guest: it has no way out but the `Guard`, keeps nothing, may download nothing and is asked for
nothing. A page that was saved is shown without scripts and without any network.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import AuditorError, SourceError
from auditor.models import Rendering
from auditor.sources.chromium import FLAGS, find_chromium, is_sandboxed
from auditor.sources.guarding import OWN_ACCOUNT, Guard
from auditor.sources.settings import USUAL

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import TypeVar

    from auditor.models import Page
    from auditor.sources.settings import FetchSettings

    T = TypeVar("T")

WIDTH, HEIGHT = 1280, 900
"""Of the window, in pixels."""
TALLEST = 16_000
"""Pixels of a page that a picture holds; what Chromium can paint at once ends soon after."""
_SETTLING = 3.0
"""Seconds that a page is given to come to rest after it has loaded."""
_CLOSING = 10.0
_MARGIN = 48
_SHOT_TIMEOUT = 30.0
_SAVED = "http://saved-page.invalid/"

# The words that a page shows, and those that attributes hold, each with the node that shows it.
_COLLECT = """() => {
  const nodes = [];
  const take = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (nodes.length > 200000) return;
      if (node.nodeType === 3) {
        const parent = node.parentElement;
        if (!parent || !/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TITLE)$/i.test(parent.tagName)) nodes.push(node);
      } else if (/^(IMG|INPUT|TEXTAREA)$/i.test(node.tagName)) nodes.push(node);
      if (node.shadowRoot) take(node.shadowRoot);
    }
  };
  if (document.body) take(document.body);
  return nodes;
}"""
_READ = """nodes => nodes.map(node => node.nodeType === 3 ? [node.data, false] : [
  node.getAttribute('alt') || (/^(submit|button|reset)$/i.test(node.type) ? node.value : '') || node.getAttribute('placeholder') || '', true])"""
_MEASURE = """(nodes, pieces) => {
  let box = null;
  for (const [run, start, end] of pieces) {
    const node = nodes[run];
    let rects;
    if (node.nodeType === 3) {
      const range = document.createRange();
      range.setStart(node, Math.min(start, node.data.length));
      range.setEnd(node, Math.min(end, node.data.length));
      rects = [...range.getClientRects()];
    } else rects = [node.getBoundingClientRect()];
    for (const rect of rects) {
      if (rect.width < 1 || rect.height < 1) continue;
      const left = rect.left + scrollX, top = rect.top + scrollY;
      box = box === null ? [left, top, left + rect.width, top + rect.height] : [
        Math.min(box[0], left), Math.min(box[1], top), Math.max(box[2], left + rect.width), Math.max(box[3], top + rect.height)];
    }
  }
  if (box === null) return null;
  // The paragraph, the item or the cell around the words tells how they are said.
  let holder = nodes[pieces[0][0]];
  if (holder.nodeType === 3) holder = holder.parentElement;
  while (holder && holder !== document.body && getComputedStyle(holder).display.startsWith('inline')) holder = holder.parentElement;
  const rect = holder ? holder.getBoundingClientRect() : null;
  if (rect && rect.height <= 480) box = [
    Math.min(box[0], rect.left + scrollX), Math.min(box[1], rect.top + scrollY),
    Math.max(box[2], rect.right + scrollX), Math.max(box[3], rect.bottom + scrollY)];
  return box;
}"""
_SIZE = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
# Open shadow roots are part of what a visitor reads, and plain serialisation leaves them out.
_SERIALIZE = """() => {
  const roots = [];
  const look = root => { for (const one of root.querySelectorAll('*')) if (one.shadowRoot) { roots.push(one.shadowRoot); look(one.shadowRoot); } };
  look(document);
  const whole = document.documentElement;
  if (!roots.length || !whole.getHTML) return null;
  return '<!DOCTYPE html>' + whole.outerHTML.match(/^<html[^>]*>/i)[0] + whole.getHTML({shadowRoots: roots}) + '</html>';
}"""


class Picture(NamedTuple):
    """A picture in PNG format."""

    data: bytes
    width: int
    height: int


class Browser:
    """A Chromium that shows one page after the other, from ``with`` to its end.

    Raises AuditorError if Playwright or Chromium is missing, or does not start.
    """

    def __init__(self, settings: FetchSettings = USUAL, *, guard: Guard | None = None) -> None:
        """Remember how pages are asked for; the *guard* is made of *settings* unless it is given."""
        self.settings = settings
        self.guard = guard or Guard(allow_private=settings.allow_private)
        self._playwright: Any = None
        self._browser: Any = None
        self._context: Any = None
        self._tab: Any = None
        self._nodes: Any = None
        self._shown: str | None = None

    def __enter__(self) -> Browser:  # noqa: PYI034 - Self is of Python 3.11
        """Start Chromium."""
        try:
            from playwright.async_api import async_playwright
        except ImportError as error:
            problem = "the browser needs Playwright, which is not installed: pip install 'clinic-auditor[browser]'"
            raise AuditorError(problem) from error
        program = find_chromium()
        self._loop = asyncio.new_event_loop()
        # What was under way when it was interrupted fails unheard: it is told once, by whoever runs this.
        self._loop.set_exception_handler(lambda *_: None)
        self.guard.__enter__()
        try:
            self._run(self._start(async_playwright, program), _SHOT_TIMEOUT)
        except BaseException as error:
            self.__exit__()
            if not isinstance(error, Exception):
                raise
            told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise AuditorError(f"Chromium ({program}) does not start: {told[:300]}") from error
        return self

    def __exit__(self, *_: object) -> None:
        """Close Chromium, whatever state it is in."""
        with suppress(Exception):
            self._run(self._stop(), _CLOSING)
        self.guard.__exit__()
        with suppress(Exception):
            self._loop.run_until_complete(self._forget())
        self._loop.close()

    def render(self, page: Page) -> Page:
        """Return *page*, an HTML page just received, with what its scripts make of it as its body."""
        if page.media_type != "text/html" or not page.url:
            return page
        body, url = self._attempt(page, self._show_live(page))
        self._refuse_detour(page, url)
        limit = self.settings.max_bytes
        kept = body.encode("utf-8", "replace")
        rendering = Rendering(
            browser=f"Chromium {self._browser.version}",
            received_sha256=page.sha256,
            received_bytes=len(page.body),
            width=WIDTH,
            refused=tuple(self.guard.refused)[:100],
        )
        made = replace(
            page,
            body=kept[:limit],
            sha256=sha256(kept[:limit]).hexdigest(),
            url=url.partition("#")[0],
            charset="utf-8",
            truncated=page.truncated or len(kept) > limit,
            rendering=rendering,
        )
        self._shown = made.sha256
        return made

    def show(self, page: Page, *, live: bool) -> None:
        """Show *page*, if it is not shown already: *live*, with its scripts and what it loads, or as it was saved."""
        if self._shown == page.sha256:
            return
        self._attempt(page, self._show_live(page) if live and page.url else self._show_saved(page))
        self._shown = page.sha256

    def read_texts(self) -> list[tuple[str, bool]]:
        """Return the texts of the page that is shown, in order, and of each whether an attribute holds it."""
        return [(str(text), bool(aside)) for text, aside in self._run(self._read(), _SHOT_TIMEOUT)]

    def shoot_page(self) -> Picture:
        """Return a picture of the page that is shown, from its top."""
        return self._run(self._shoot(None), _SHOT_TIMEOUT)

    def shoot_words(self, pieces: Sequence[tuple[int, int, int]]) -> Picture | None:
        """Return a picture of what is around *pieces* of texts, each number, start and end; ``None`` if they do not show."""
        box = self._run(self._measure(pieces), _SHOT_TIMEOUT)
        return None if box is None else self._run(self._shoot(box), _SHOT_TIMEOUT)

    def _refuse_detour(self, page: Page, url: str) -> None:
        """Refuse what a script has led the browser to, if that is no page of the open internet."""
        scheme, _, rest = url.partition("://")
        host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        name = host[: host.find("]") + 1].strip("[]") if host.startswith("[") else host.partition(":")[0]
        if scheme not in {"http", "https"} or name in self.guard.refused:
            reason = "its scripts led the browser to where no page can be fetched: audit it without the browser"
            raise SourceError(page.source, reason)

    # --- steps that Chromium does ---------------------------------------------------------------------

    def _run(self, step: Coroutine[Any, Any, T], seconds: float) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(step, seconds))

    def _attempt(self, page: Page, step: Coroutine[Any, Any, T]) -> T:
        self._shown = None
        try:
            return self._run(step, self.settings.total_timeout)
        except (TimeoutError, asyncio.TimeoutError) as error:
            reason = f"the page did not come to rest in the browser within {self.settings.total_timeout:g} seconds: audit it without the browser, or give it more time by --timeout"
            raise SourceError(page.source, reason) from error
        except Exception as error:
            told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            reason = f"the browser could not show the page ({told[:200]}): audit it without the browser, or save it"
            raise SourceError(page.source, reason) from error

    async def _start(self, make: Any, program: str) -> None:
        self._playwright = await make().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=program,
            headless=True,
            args=[
                *FLAGS,
                "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
                "--dns-prefetch-disable",
                f"--gaia-url=https://{OWN_ACCOUNT}",
            ],
            chromium_sandbox=is_sandboxed(),
            proxy={"server": self.guard.address, "bypass": "<-loopback>"},
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    async def _stop(self) -> None:
        if self._browser is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._browser.close(), _CLOSING / 2)
        if self._playwright is not None:
            await self._playwright.stop()

    async def _forget(self) -> None:
        """End what was left under way by an interruption."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    async def _open(self, *, live: bool) -> None:
        """Open a window that knows nothing of the one before."""
        if self._context is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._context.close(), _CLOSING / 2)
        self.guard.start_page(online=live)
        self._context = await self._browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            user_agent=self.settings.user_agent,
            accept_downloads=False,
            service_workers="block",
            java_script_enabled=live,
            color_scheme="light",
            reduced_motion="reduce",
            offline=not live,
        )
        self._tab = await self._context.new_page()
        self._context.on("page", lambda window: asyncio.ensure_future(window.close()))
        self._nodes = None

    async def _show_live(self, page: Page) -> tuple[str, str]:
        """Show *page* as it was received, let it run, and return what it has become and where it is."""
        url = page.url or _SAVED
        await self._open(live=True)
        await self._serve(url, page)
        with suppress(Exception):
            # A page that never finishes loading is judged by what it shows meanwhile.
            await self._tab.goto(url, wait_until="load", timeout=self.settings.total_timeout * 500)
        await self._settle()
        made = None
        with suppress(Exception):
            made = await asyncio.wait_for(self._tab.evaluate(_SERIALIZE), _SETTLING)
        return str(made) if isinstance(made, str) else str(await self._tab.content()), str(self._tab.url)

    async def _show_saved(self, page: Page) -> tuple[str, str]:
        """Show the bytes of *page* without scripts and without any network."""
        await self._open(live=False)
        await self._context.route("**/*", _refuse)
        url = page.url or _SAVED
        await self._serve(url, page)
        await self._tab.goto(url, wait_until="load", timeout=self.settings.total_timeout * 500)
        return "", url

    async def _serve(self, url: str, page: Page) -> None:
        """Let the browser take the page from us the first time it asks: what was received is what is shown."""
        text = page.body.decode(page.charset or "utf-8", "replace").encode("utf-8", "replace")
        headers = {"content-type": "text/html; charset=utf-8"}
        policies = [value for name, value in page.headers if name.lower() == "content-security-policy"]
        if policies:
            headers["content-security-policy"] = ", ".join(policies)
        plain = url.partition("#")[0]

        async def fulfil(route: Any) -> None:
            await route.fulfill(status=200, headers=headers, body=text)

        await self._tab.route(lambda asked: str(asked).partition("#")[0] == plain, fulfil, times=1)

    async def _settle(self) -> None:
        with suppress(Exception):
            await self._tab.wait_for_load_state("networkidle", timeout=_SETTLING * 1000)
        with suppress(Exception):
            # Pictures further down are loaded when they come into view.
            for _ in range(20):
                await self._tab.mouse.wheel(0, HEIGHT)
                await asyncio.sleep(0.02)
            await asyncio.wait_for(self._tab.evaluate("() => window.scrollTo(0, 0)"), _SETTLING)
            await self._tab.wait_for_load_state("networkidle", timeout=_SETTLING * 1000)

    async def _read(self) -> Any:
        self._nodes = await self._tab.evaluate_handle(_COLLECT)
        return await self._nodes.evaluate(_READ)

    async def _measure(self, pieces: Sequence[tuple[int, int, int]]) -> tuple[float, float, float, float] | None:
        box = await self._nodes.evaluate(_MEASURE, [list(piece) for piece in pieces])
        return tuple(float(edge) for edge in box) if box else None  # type: ignore[return-value]

    async def _shoot(self, box: tuple[float, float, float, float] | None) -> Picture:
        wide, high = (int(side) for side in await self._tab.evaluate(_SIZE))
        wide, high = max(wide, 1), min(max(high, 1), TALLEST)
        left, top, right, bottom = (0, 0, min(wide, 2 * WIDTH), high) if box is None else _widen(box, wide, high)
        clip = {"x": left, "y": top, "width": max(right - left, 1), "height": max(bottom - top, 1)}
        data = await self._tab.screenshot(
            type="png", full_page=True, clip=clip, animations="disabled", timeout=_SHOT_TIMEOUT * 1000
        )
        return Picture(data, clip["width"], clip["height"])


async def _refuse(route: Any) -> None:
    """Let a request come to nothing, as it does by itself when its window is closing."""
    with suppress(Exception):
        await route.abort()


def _widen(box: tuple[float, float, float, float], wide: int, high: int) -> tuple[int, int, int, int]:
    """Return *box* with a margin, at least half a window wide, within a page of the size *wide* by *high*."""
    left, top, right, bottom = box
    lacking = max(WIDTH / 2 - (right - left), 2 * _MARGIN) / 2
    return (
        max(int(left - lacking), 0),
        max(int(top - _MARGIN), 0),
        min(int(right + lacking), wide),
        min(int(bottom + _MARGIN), high),
    )
