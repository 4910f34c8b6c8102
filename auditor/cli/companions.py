"""What lies beside a report, where it is wished for: the annotated page, pictures, the PDF."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from auditor import pipeline
from auditor.cli.printing import say_problem, tell_progress
from auditor.cli.wishes import Wishes, names_file
from auditor.keeping import name_report, write_file
from auditor.models import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.models import Audit, Page
    from auditor.sources.browser import Browser


@contextmanager
def open_browser(wishes: Wishes, settings: pipeline.Settings) -> Iterator[Browser | None]:
    """Open a browser for the run if anything needs one; what only prints finds out now whether it could."""
    if wishes.pdf:
        from auditor.sources.chromium import find_chromium

        find_chromium()
    if not wishes.browser and not wishes.screenshot:
        yield None
        return
    with pipeline.open_browser(settings) as browser:
        yield browser


def add_pictures(audit: Audit, record: dict[str, Any], browser: Browser, report: Path) -> Audit:
    """Return *audit* with the pictures that *browser* takes of its page, which lie beside *report*."""
    from auditor.evidence import take_pictures

    source = audit.page.source
    taken = pipeline.attempt(source, lambda: take_pictures(audit.page, record, browser, report))
    if isinstance(taken, Failure):
        say_problem(f"{pipeline.name_source(source)}: no pictures: {taken.reason}")
        return audit
    if not taken:
        say_problem(f"{pipeline.name_source(source)}: no pictures: only HTML pages can be shown in the browser")
    return replace(audit, screenshots=taken)


def choose_annotated(page: Page, wishes: Wishes) -> Path | None:
    """Return where the annotated page goes, if it is wished for."""
    wished = wishes.annotated_output
    if wished is None or names_file(wished):
        return wished
    from auditor.reporting.annotating import name_annotated

    return wished / name_annotated(name_report(page))


def link_file(target: Path, origin: Path) -> str:
    """Return the address of the file *target* from that of *origin*."""
    return quote(Path(os.path.relpath(target.absolute(), origin.absolute().parent)).as_posix())


def write_annotated(page: Page, record: dict[str, Any], report: Path | None, wishes: Wishes) -> None:
    """Write the annotated page if it is wished for; its notes lead to *report* if that is written."""
    path = choose_annotated(page, wishes)
    if path is None:
        return
    from auditor.evidence import annotate_audit

    link = link_file(report, path) if report else ""
    made = pipeline.attempt(page.source, lambda: annotate_audit(page, record, report=link, locale=wishes.locale))
    if isinstance(made, Failure):
        say_problem(f"{pipeline.name_source(page.source)}: no annotated page: {made.reason}")
        return
    write_file(path, made)
    if not wishes.quiet:
        tell_progress(f"Annotated page: {path}")


def write_pdf(html: str, wishes: Wishes) -> None:
    """Print the report *html* if that is wished for."""
    if wishes.pdf is None:
        return
    from auditor.evidence import print_pdf

    print_pdf(html, wishes.pdf, wishes.paper)
    if not wishes.quiet:
        tell_progress(f"PDF: {wishes.pdf}")
