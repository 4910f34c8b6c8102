"""What lies beside a report as evidence: the annotated page, pictures of the page as a browser shows it, the PDF."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from auditor.models import Screenshot
from auditor.reading.documents import decode_body
from auditor.reporting.annotating import annotate_page, list_passages
from auditor.reporting.locating import locate_spans
from auditor.reporting.numbering import number_marks
from auditor.reporting.paper import set_paper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from auditor.models import Page
    from auditor.reporting.locating import Piece, Span
    from auditor.sources.browser import Browser, Picture

MOST_PICTURES = 100
"""Pictures of evidence that are made of one page, in page order."""


def annotate_audit(page: Page, record: dict[str, Any], *, report: str = "", locale: str = "en") -> str:
    """Return the annotated copy of *page*, whose audit is *record*; *report* is the report's address from there."""
    markup = decode_body(page) if page.media_type == "text/html" else None
    return annotate_page(record, markup=markup, report=report, locale=locale)


def take_pictures(page: Page, record: dict[str, Any], browser: Browser, report: Path) -> tuple[Screenshot, ...]:
    """Write pictures of *page* and of the evidence in *record* into a folder beside *report*, and return what they are.

    A page that *browser* does not show already is shown as it was saved: without scripts and without network. Only HTML
    can be shown. Raises SourceError if the browser cannot.
    """
    if page.media_type != "text/html":
        return ()
    browser.show(page, live=False)
    folder = report.with_name(f"{report.stem}.pictures")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("page.png", "mark-*.png"):
        for stale in folder.glob(name):
            stale.unlink()
    taken = [_keep(browser.shoot_page(), folder, "page", None)]
    for number, span, pieces in _find_evidence(record, browser):
        picture = browser.shoot_words(pieces)
        if picture is not None:
            taken.append(_keep(picture, folder, f"mark-{number}", span))
        if len(taken) > MOST_PICTURES:
            break
    return tuple(taken)


def print_pdf(html: str, path: Path, paper: str) -> None:
    """Print the report *html* to the PDF file *path*. Raises AuditorError where there is no Chromium."""
    from auditor.sources.chromium import print_report

    print_report(set_paper(html, paper), path)


def _find_evidence(record: dict[str, Any], browser: Browser) -> Iterator[tuple[int, Span, tuple[Piece, ...]]]:
    """Yield the number of each mark, its words, and where they stand in what *browser* shows."""
    marks = number_marks(record)
    texts = browser.read_texts()
    asides = {number: text for number, (text, aside) in enumerate(texts) if aside}
    found = locate_spans([text for text, _ in texts], asides, list_passages(record), list(marks))
    return ((number, span, found[span]) for span, number in marks.items() if span in found)


def _keep(picture: Picture, folder: Path, name: str, span: Span | None) -> Screenshot:
    path = folder / f"{name}.png"
    path.write_bytes(picture.data)
    return Screenshot(
        path=f"{folder.name}/{path.name}",
        sha256=sha256(picture.data).hexdigest(),
        width=picture.width,
        height=picture.height,
        passage=span.passage if span else None,
        start=span.start if span else 0,
        end=span.end if span else 0,
    )
