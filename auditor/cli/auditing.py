"""Carry out ``auditor audit``: files first, then what is printed, then the exit code."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor import pipeline
from auditor.cli.outputs import FORMS, Outputs
from auditor.cli.printing import measure_width, print_data, say_problem, tell_progress, wants_color
from auditor.cli.wishes import REPORTS, Wishes, names_file
from auditor.errors import AuditorError, ExitCode
from auditor.keeping import name_report, write_file
from auditor.models import Audit, Failure, Page
from auditor.reporting.html import render_html
from auditor.reporting.record import to_record
from auditor.reporting.terminal import render_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from auditor.cli.outputs import Output
    from auditor.models import RuleSet
    from auditor.sources.browser import Browser

CAPTURES = Path("captures")


def carry_out(wishes: Wishes, rules: RuleSet | None) -> ExitCode:
    """Audit, or only capture, the sources of *wishes* one after the other; *rules* of ``None`` are the usual ones."""
    reports: list[Path] = []
    targets = pipeline.expand_sources(wishes.sources, set_aside=reports.append)
    if reports:
        _tell(f"Left out, as reports of this program: {len(reports)}, such as {reports[0]}", wishes)
    if len(targets) > 1 and (wishes.stdout_format == "html" or names_file(wishes.output)):
        problem = "one report holds one page; for several, print another format or let --output name a folder"
        raise AuditorError(problem)
    if len(targets) > 1 and (wishes.pdf or names_file(wishes.annotated_output)):
        problem = "--pdf and an .html file for --annotated-output hold one page; for several, let --annotated-output name a folder"
        raise AuditorError(problem)
    settings = _choose_settings(wishes)
    results: Iterator[Page | Audit | Failure]
    with _open_browser(wishes, settings) as browser:
        pages = pipeline.collect_pages(_announce(targets, wishes), settings=settings, browser=browser)
        if wishes.capture_only or wishes.save_page:
            pages = _keep_pages(pages, wishes)
        results = pages if wishes.capture_only else pipeline.audit_pages(pages, rules=rules, settings=settings)
        return _present_all(results, len(targets), wishes, browser)


def _open_browser(wishes: Wishes, settings: pipeline.Settings) -> AbstractContextManager[Browser | None]:
    if not (wishes.browser or wishes.screenshot or wishes.pdf):
        return nullcontext()
    from auditor.cli.companions import open_browser

    return open_browser(wishes, settings)


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
        rendered=wishes.browser,
    )


def _announce(targets: Sequence[str | Failure], wishes: Wishes) -> Iterator[str | Failure]:
    for number, target in enumerate(targets, 1):
        if isinstance(target, str):
            shown = re.sub(r"//[^/?#]*@", "//", pipeline.name_source(target))  # a password is nobody's business
            if len(targets) > 1:
                _tell(f"[{number}/{len(targets)}] {shown}", wishes)
            elif "://" in target:
                _tell(f"Fetching {shown}", wishes)
        yield target


def _keep_pages(pages: Iterable[Page | Failure], wishes: Wishes) -> Iterator[Page | Failure]:
    """Save each page as it passes, before anything else is done with it."""
    from auditor.sources.captures import save_page

    folder = wishes.save_page or CAPTURES
    for page in pages:
        if isinstance(page, Page):
            _tell(f"Page: {save_page(page, folder)}", wishes)
        yield page


def _present_all(
    results: Iterable[Page | Audit | Failure], total: int, wishes: Wishes, browser: Browser | None
) -> ExitCode:
    codes: list[ExitCode] = []
    outputs = Outputs(wishes, total)
    outputs.open()
    try:
        for result in results:
            codes.append(_present(result, outputs, wishes, browser))
            if isinstance(result, Audit):
                wishes = replace(wishes, open_report=False)
    except KeyboardInterrupt:
        outputs.close()
        say_problem(f"interrupted after {len(codes)} of {total}; what was written is kept")
        return ExitCode.INTERRUPTED
    outputs.close()
    if total > 1:
        _conclude(codes, wishes)
    return combine_codes(codes)


def _present(result: Page | Audit | Failure, outputs: Outputs, wishes: Wishes, browser: Browser | None) -> ExitCode:
    if isinstance(result, Page):
        return ExitCode.DONE
    if isinstance(result, Failure):
        outputs.write_missing(result)
        return _say_failure(result)
    if wishes.screenshot and browser:
        from auditor.cli.companions import add_pictures

        result = add_pictures(result, to_record(result), browser, _choose_path(result.page, wishes))
    rendered = pipeline.attempt(result.page.source, partial(_render, result, outputs, wishes))
    if isinstance(rendered, Failure):
        outputs.write_missing(rendered)
        return _say_failure(rendered)
    _write(rendered, result.page, outputs, wishes)
    return _weigh(result, wishes)


def _say_failure(failure: Failure) -> ExitCode:
    say_problem(f"{pipeline.name_source(failure.source)}: {failure.reason}")
    return ExitCode.NOT_ASSESSED


class _Rendered(NamedTuple):
    """One audit in the forms that are wished for."""

    record: dict[str, Any]
    report: str
    summary: str
    others: list[tuple[Output, str]]


def _render(audit: Audit, outputs: Outputs, wishes: Wishes) -> _Rendered:
    record = to_record(audit, jurisdictions=wishes.jurisdictions)
    summary = ""
    if wishes.stdout_format == "terminal" and not wishes.quiet:
        named = record | {"page": record["page"] | {"source": pipeline.name_source(record["page"]["source"])}}
        color = wants_color(no_color=wishes.no_color)
        summary = (
            render_summary(named, color=color, width=measure_width(), locale=wishes.locale) + "\n" * outputs.several
        )
    report = render_html(record, locale=wishes.locale, annotated=_link_annotated(audit.page, wishes))
    return _Rendered(record, report, summary, outputs.render(record))


def _link_annotated(page: Page, wishes: Wishes) -> str:
    if wishes.annotated_output is None:
        return ""
    from auditor.cli.companions import choose_annotated, link_file

    path = choose_annotated(page, wishes)
    return link_file(path, _choose_path(page, wishes)) if path else ""


def _write(rendered: _Rendered, page: Page, outputs: Outputs, wishes: Wishes) -> None:
    """Write the files, then print: what was printed and not written would be lost."""
    path = None
    if wishes.stdout_format != "html" or wishes.output or wishes.open_report:
        path = _choose_path(page, wishes)
        write_file(path, rendered.report)
        _tell(f"Report: {path}", wishes)
    if wishes.annotated_output or wishes.pdf:
        from auditor.cli.companions import write_annotated, write_pdf

        write_annotated(page, rendered.record, path, wishes)
        write_pdf(rendered.report, wishes)
    if path and wishes.open_report:
        _show_report(path)
    outputs.write(rendered.others, rendered.record)
    if wishes.stdout_format not in FORMS:
        print_data(rendered.summary if wishes.stdout_format == "terminal" else rendered.report.encode())


def _choose_path(page: Page, wishes: Wishes) -> Path:
    if wishes.output and names_file(wishes.output):
        return wishes.output
    return (wishes.output or REPORTS) / name_report(page)


def _weigh(audit: Audit, wishes: Wishes) -> ExitCode:
    """Return what *audit* means for the exit code, and say what breaches a threshold."""
    name = pipeline.name_source(audit.page.source)
    if wishes.fail_on and any(finding.severity >= wishes.fail_on for finding in audit.findings):
        say_problem(f"{name}: has a finding at or above {wishes.fail_on.name.lower()} (--fail-on)")
        return ExitCode.THRESHOLD
    if audit.score is None:
        if wishes.quiet or wishes.stdout_format != "terminal":
            say_problem(f"{name}: not assessed: {audit.meaning}")
        return ExitCode.NOT_ASSESSED
    if wishes.min_score is not None and audit.score < wishes.min_score:
        say_problem(f"{name}: scores {audit.score}, below {wishes.min_score} (--min-score)")
        return ExitCode.THRESHOLD
    return ExitCode.DONE


def _conclude(codes: Sequence[ExitCode], wishes: Wishes) -> None:
    failed = sum(code is ExitCode.NOT_ASSESSED for code in codes)
    done = "captured" if wishes.capture_only else "assessed"
    closing = f"{len(codes)} pages: {len(codes) - failed} {done}, {failed} not {done}."
    if wishes.stdout_format == "terminal" and not wishes.quiet:
        print_data(closing + "\n")
    else:
        _tell(closing, wishes)


def _show_report(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.absolute().as_uri()):
        say_problem(f"no browser could be started; the report is {path}")


def _tell(text: str, wishes: Wishes) -> None:
    if not wishes.quiet:
        tell_progress(text)
