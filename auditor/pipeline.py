"""The whole walk: from source to page to document to audit, for one source and for many."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import datetime, timezone
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.errors import RuleError, SourceError
from auditor.judging import judge_page, load_rules
from auditor.models import STANDARD_INPUT, Failure, Page, Severity
from auditor.nouns import noun
from auditor.reading import read_page, read_text
from auditor.sources.captures import find_record
from auditor.sources.files import find_pages, load_page, read_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO, TypeVar

    from auditor.models import Audit, Document, RuleSet
    from auditor.sources.browser import Browser
    from auditor.sources.settings import FetchSettings

    Clock = Callable[[], datetime]
    T = TypeVar("T")

# Expressions are compiled where they are used, behind a look for what they cannot do without: a file needs none of them.
_ADDRESS = r"(?i)[a-z][a-z0-9+.-]*://"
_ARCHIVE = r"(?is)\.(?:warc|warc\.gz|wacz)(?:#.+)?\Z"
_HOST = r"(?i)(?:[a-z0-9-]+\.)+[a-z]{2,}"
_REPORT_HEAD = 2048
_NOTHING_ARCHIVED = "the archive holds no page: check that it was captured whole"
_FILE_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".pdf", ".txt", ".md", ".json"})


@noun
class Settings:
    """How pages are fetched, read and judged; ``None`` leaves the choice to the room that decides."""

    facts: str = "quick"
    severity: Severity = Severity.LOW
    exclude: frozenset[str] = frozenset()
    language: str | None = None
    media_type: str | None = None
    """Of standard input, which has no name to tell it."""
    allow_private: bool = False
    timeout: float | None = None
    max_bytes: int | None = None
    user_agent: str | None = None
    rendered: bool = False
    """Whether what scripts make of a page in a browser is judged, rather than what was received."""


USUAL = Settings()


def read_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(timezone.utc)


@cache
def load_default_rules() -> RuleSet:
    """Load the rules that come with the program, once for the process. Raises RuleError if a file of theirs is damaged."""
    return load_rules()


# --- one source --------------------------------------------------------------------------------


def audit_source(
    source: str | Path, *, rules: RuleSet | None = None, settings: Settings = USUAL, now: Clock = read_clock
) -> Audit:
    """Audit the page that *source* names: an address, a file, a saved capture, or ``-`` for standard input.

    Raises SourceError with what to do where it gives no page.
    """
    return audit_page(collect_page(source, settings=settings, now=now), rules=rules, settings=settings, now=now)


def collect_page(
    source: str | Path,
    *,
    settings: Settings = USUAL,
    now: Clock = read_clock,
    stdin: BinaryIO | None = None,
    browser: Browser | None = None,
) -> Page:
    """Return the page that *source* names, received or read just now; *browser* then shows what was received.

    Raises SourceError with what to do where it gives no page.
    """
    limit = {} if settings.max_bytes is None else {"max_bytes": settings.max_bytes}
    if isinstance(source, str) and _is_address(source):
        page = _fetch(source, settings, now)
        return _show(page, browser, settings) if browser else page
    if source == STANDARD_INPUT:
        return _read_stdin(stdin, settings, now, limit)
    if not source:
        raise SourceError("", "the source is empty: name an address or a file")
    if _names_archive(str(source)):
        return _load_archived(str(source), limit)
    _refuse_bare_host(str(source))
    return load_page(Path(source), now=now, **limit)


def audit_page(
    page: Page, *, rules: RuleSet | None = None, settings: Settings = USUAL, now: Clock = read_clock
) -> Audit:
    """Read and judge *page*, which may have been captured long ago."""
    return _judge(page, read_page(page, facts=settings.facts, language=settings.language), rules, settings, now)


def audit_text(
    text: str,
    *,
    url: str | None = None,
    rules: RuleSet | None = None,
    settings: Settings = USUAL,
    now: Clock = read_clock,
) -> Audit:
    """Audit plain *text* as the words of a page, of the one at *url* if that is known."""
    body = text.encode("utf-8", errors="replace")
    page = Page(
        source=url or "text",
        body=body,
        media_type="text/plain",
        sha256=sha256(body).hexdigest(),
        retrieved=now().astimezone(timezone.utc).isoformat(timespec="seconds"),
        url=url,
        charset="utf-8",
    )
    document = read_text(body.decode("utf-8"), url=url, language=settings.language)
    return _judge(page, document, rules, settings, now)


def open_browser(settings: Settings = USUAL) -> Browser:
    """Return a browser that asks for pages as *settings* say, to be used in a ``with`` statement."""
    from auditor.sources.browser import Browser

    return Browser(_choose_fetching(settings))


def _show(page: Page, browser: Browser, settings: Settings) -> Page:
    """Let *browser* show *page* as a visitor meets it; what it shows is judged if its scripts are to fill the page."""
    if settings.rendered:
        return browser.render(page)
    with suppress(SourceError):  # the page can be judged without its picture
        browser.show(page, live=True)
    return page


def _fetch(url: str, settings: Settings, now: Clock) -> Page:
    from auditor.sources.http import fetch_page

    return fetch_page(url, settings=_choose_fetching(settings), now=now)


def _choose_fetching(settings: Settings) -> FetchSettings:
    from auditor.sources.settings import FetchSettings

    asked: dict[str, Any] = {
        "user_agent": settings.user_agent,
        "total_timeout": settings.timeout,
        "max_bytes": settings.max_bytes,
        "allow_private": settings.allow_private,
    }
    return FetchSettings(**{name: value for name, value in asked.items() if value is not None})


def _load_archived(source: str, limit: dict[str, int]) -> Page:
    from auditor.sources.warc import find_places, load_archived, parse_place

    place = parse_place(source) or next(find_places(source), None)
    if place is None:
        raise SourceError(source, _NOTHING_ARCHIVED)
    return load_archived(place, **limit)


def _read_stdin(stdin: BinaryIO | None, settings: Settings, now: Clock, limit: dict[str, int]) -> Page:
    if stdin is None and sys.stdin is None:
        raise SourceError(STANDARD_INPUT, "standard input is closed; send a page through a pipe")
    try:
        return read_stream(stdin or sys.stdin.buffer, media_type=settings.media_type, now=now, **limit)
    except OSError as error:
        raise SourceError(STANDARD_INPUT, f"standard input cannot be read: {error.strerror}") from error


def _refuse_bare_host(source: str) -> None:
    """Tell a user who left out the scheme, where "no such file" would puzzle."""
    host, slash, _ = source.partition("/")
    if not host or _exists(source):
        return
    if re.fullmatch(_HOST, host) and (slash or Path(host).suffix.lower() not in _FILE_SUFFIXES):
        raise SourceError(source, f"there is no such file; if you mean a web page, write https://{source}")


def _is_address(source: str) -> bool:
    return "://" in source and re.match(_ADDRESS, source) is not None


def _names_archive(source: str) -> bool:
    lowered = source.lower()
    return (".warc" in lowered or ".wacz" in lowered) and re.search(_ARCHIVE, source) is not None


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except OSError:
        return False


def _judge(page: Page, document: Document, rules: RuleSet | None, settings: Settings, now: Clock) -> Audit:
    return judge_page(
        page,
        document,
        rules or load_default_rules(),
        now=now,
        severity=settings.severity,
        exclude=settings.exclude,
        version=__version__,
    )


def read_example(text: str, language: str) -> Document:
    """Read a rule's example as what it looks like: a tiny page, or a sentence."""
    if not text.lstrip().startswith("<"):
        return read_text(text, language=language)
    body = text.encode()
    page = Page(source="example", body=body, media_type="text/html", sha256="", retrieved="", charset="utf-8")
    return read_page(page, language=language)


# --- many sources ------------------------------------------------------------------------------


def audit_sources(
    sources: Iterable[str | Path], *, rules: RuleSet | None = None, settings: Settings = USUAL, now: Clock = read_clock
) -> Iterator[Audit | Failure]:
    """Audit every page of *sources*, folders included, in order; what fails is yielded as a `Failure`."""
    pages = collect_pages(expand_sources(sources), settings=settings, now=now)
    return audit_pages(pages, rules=rules, settings=settings, now=now)


def expand_sources(
    sources: Iterable[str | Path], *, set_aside: Callable[[Path], object] = str
) -> tuple[str | Failure, ...]:
    """Return *sources* with folders and web archives replaced by their pages, each once.

    Reports of this program are no pages; each is given to *set_aside*.
    """
    targets: dict[str | Failure, None] = {}
    for source in sources:
        targets.update(dict.fromkeys(_expand(str(source), set_aside)))
    return tuple(targets)


def name_source(source: str) -> str:
    """Return *source* as it is called in a sentence."""
    return "standard input" if source == STANDARD_INPUT else source


def collect_pages(
    targets: Iterable[str | Failure],
    *,
    settings: Settings = USUAL,
    now: Clock = read_clock,
    stdin: BinaryIO | None = None,
    browser: Browser | None = None,
) -> Iterator[Page | Failure]:
    """Yield the page of each target as it is asked for, or the reason why there is none."""
    for target in targets:
        if isinstance(target, Failure):
            yield target
        else:
            yield attempt(
                target, partial(collect_page, target, settings=settings, now=now, stdin=stdin, browser=browser)
            )


def audit_pages(
    pages: Iterable[Page | Failure],
    *,
    rules: RuleSet | None = None,
    settings: Settings = USUAL,
    now: Clock = read_clock,
) -> Iterator[Audit | Failure]:
    """Yield the audit of each page as it comes; failures pass through."""
    rules = rules or load_default_rules()
    for page in pages:
        if isinstance(page, Failure):
            yield page
        else:
            yield attempt(page.source, partial(audit_page, page, rules=rules, settings=settings, now=now))


def _expand(source: str, set_aside: Callable[[Path], object]) -> tuple[str | Failure, ...]:
    if _names_archive(source) and "#" not in source and not _is_address(source):
        return tuple(_expand_archive(source))
    try:
        if not Path(source).is_dir():
            return (source,)
    except (OSError, ValueError):
        return (source,)
    found = attempt(source, partial(find_pages, Path(source)))
    if isinstance(found, Failure):
        return (found,)
    reports = {path for path in found if _is_report(path)}
    for path in sorted(reports):
        set_aside(path)
    pages = tuple(str(path) for path in found if path not in reports)
    return pages or (Failure(source=source, reason="the folder holds nothing but reports of this program: add pages"),)


def _expand_archive(source: str) -> Iterator[str | Failure]:
    """Yield the places of the pages in an archive, and where it breaks off the reason."""
    from auditor.sources.warc import find_places, name_place

    is_empty = True
    try:
        for place in find_places(source):
            is_empty = False
            yield name_place(place)
    except SourceError as error:
        yield Failure(source=error.source, reason=error.reason)
    else:
        if is_empty:
            yield Failure(source=source, reason=_NOTHING_ARCHIVED)


def _is_report(path: Path) -> bool:
    """Tell whether the file at *path* is a report of ours, by its head; what was captured is a page whatever it says."""
    if find_record(path):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_REPORT_HEAD)
    except OSError:
        return False
    return head.startswith(b"<!DOCTYPE html>") and b'<meta name="generator" content="clinic-auditor ' in head


def attempt(source: str, step: Callable[[], T]) -> T | Failure:
    """Return what *step* gives; a source that meets a defect of ours must not cost the others theirs."""
    try:
        return step()
    except SourceError as error:
        return Failure(source=error.source, reason=error.reason)
    except RuleError:
        raise
    except Exception as error:  # noqa: BLE001 - told to the user with its place, and the rest goes on
        return Failure(source=source, reason=_describe_defect(error))


def _describe_defect(error: Exception) -> str:
    trace = error.__traceback__
    place = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if Path(__file__).parent in path.parents:
            place = f" in {path.name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"the program failed on it ({type(error).__name__}{place}); please report this defect with the page"
