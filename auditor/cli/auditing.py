"""Carry out ``auditor audit``: files first, then what is printed, then the exit code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import pipeline
from auditor.cli.printing import print_data, say_problem, tell_progress, wants_color
from auditor.cli.wishes import Wishes, names_file
from auditor.errors import AuditorError, ExitCode
from auditor.models import Failure, Page
from auditor.reporting.html import render_html
from auditor.reporting.record import render_json, to_record
from auditor.reporting.terminal import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.models import Audit, RuleSet

REPORTS = Path("reports")
CAPTURES = Path("captures")


def carry_out(wishes: Wishes, rules: RuleSet | None) -> ExitCode:
    """Audit, or only capture, the sources of *wishes* one after the other; *rules* of ``None`` are the usual ones."""
    targets = pipeline.expand_sources(wishes.sources)
    if len(targets) > 1 and (wishes.stdout_format == "html" or names_file(wishes.output)):
        problem = "one report holds one page; for several, print another format or let --output name a folder"
        raise AuditorError(problem)
    settings = _choose_settings(wishes)
    results: Iterator[Page | Audit | Failure]
    pages = pipeline.collect_pages(_announce(targets, wishes), settings=settings)
    if wishes.capture_only or wishes.save_page:
        pages = _keep_pages(pages, wishes)
    results = pages if wishes.capture_only else pipeline.audit_pages(pages, rules=rules, settings=settings)
    return _present_all(results, len(targets), wishes)


def combine_codes(codes: Sequence[ExitCode]) -> ExitCode:
    """Return one exit code for many targets: a breach is certain, whatever else could not be assessed."""
    if ExitCode.THRESHOLD in codes:
        return ExitCode.THRESHOLD
    if ExitCode.NOT_ASSESSED in codes:
        return ExitCode.NOT_ASSESSED if len(codes) == 1 else ExitCode.SOME_NOT_ASSESSED
    return ExitCode.DONE


def _choose_settings(wishes: Wishes) -> pipeline.Settings:
    return pipeline.Settings(
        facts=wishes.facts,
        severity=wishes.severity,
        exclude=frozenset(wishes.excluded),
        language=wishes.language,
        media_type=wishes.media_type,
        allow_private=wishes.allow_private,
        timeout=wishes.timeout,
        max_bytes=wishes.max_bytes,
        user_agent=wishes.user_agent,
    )


def _announce(targets: Sequence[str | Failure], wishes: Wishes) -> Iterator[str | Failure]:
    for number, target in enumerate(targets, 1):
        if len(targets) > 1 and isinstance(target, str):
            _tell(f"[{number}/{len(targets)}] {target}", wishes)
        yield target


def _keep_pages(pages: Iterable[Page | Failure], wishes: Wishes) -> Iterator[Page | Failure]:
    """Save each page as it passes, before anything else is done with it."""
    from auditor.sources.captures import save_page  # noqa: PLC0415 - seldom asked for

    folder = wishes.save_page or CAPTURES
    for page in pages:
        if isinstance(page, Page):
            _tell(f"Page: {save_page(page, folder)}", wishes)
        yield page


def _present_all(results: Iterable[Page | Audit | Failure], total: int, wishes: Wishes) -> ExitCode:
    codes: list[ExitCode] = []
    if wishes.json_output and total > 1:
        pipeline.write_file(wishes.json_output, "")
    try:
        for result in results:
            codes.append(_present(result, total, wishes, is_first=not codes))
    except KeyboardInterrupt:
        say_problem(f"interrupted after {len(codes)} of {total}; what was written is kept")
        return ExitCode.INTERRUPTED
    if total > 1:
        _conclude(codes, wishes)
    return combine_codes(codes)


def _present(result: Page | Audit | Failure, total: int, wishes: Wishes, *, is_first: bool) -> ExitCode:
    if isinstance(result, Page):
        return ExitCode.DONE
    if isinstance(result, Failure):
        say_problem(f"{result.source}: {result.reason}")
        return ExitCode.NOT_ASSESSED
    record = to_record(result)
    report = render_html(record)
    _write_report(report, result, wishes, is_first=is_first)
    line = ""
    if wishes.json_output or wishes.stdout_format == "json":
        line = _render_record(record, total)
        
    if wishes.json_output:
        pipeline.write_file(wishes.json_output, line, append=total > 1)
    if wishes.stdout_format == "json":
        print_data(line.encode())
    return ExitCode.DONE
