"""``auditor report``: render again what an audit has found, without the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import jurisdiction_option, locale_option, put_out, templates_option
from auditor.cli.printing import measure_width, tell_progress, wants_color
from auditor.cli.wishes import REPORTS, names_file
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from auditor.models import Page


@click.command("report")
@click.argument("record_path", metavar="AUDIT.json", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "terminal", "json", "markdown", "csv", "sarif"]),
    default="html",
    help="What to make of it. Default: html.",
)
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Write to this file; HTML reports to this folder, or for one record to this file. "
    "Default: HTML in reports/, anything else on standard output.",
)
@templates_option("report.html or report.md")
@locale_option
@jurisdiction_option
def report_command(
    *,
    record_path: Path,
    form: str,
    output: Path | None,
    templates: Path | None,
    locale: str,
    jurisdictions: tuple[str, ...],
) -> ExitCode:
    """Render an audit's record again, in another form, language or template.

    AUDIT.json is what auditor audit --json-output has written; it may hold several records, one a line. The page itself
    is not needed, nor the rules.
    """
    from auditor.reporting.recordfile import read_records

    if templates and form not in {"html", "markdown"}:
        raise click.UsageError(f"--template is for html and markdown; {form} has no template")
    records = read_records(record_path)
    if jurisdictions:
        records = [record | {"jurisdictions": list(jurisdictions)} for record in records]
    if form == "html":
        _write_reports(records, output, templates, locale)
        return ExitCode.DONE
    text = _render(records, form, templates, locale)
    put_out(text, output, "Report")
    return ExitCode.DONE


def _write_reports(records: list[dict[str, Any]], output: Path | None, templates: Path | None, locale: str) -> None:
    from auditor.keeping import name_report, write_file
    from auditor.reporting.html import render_html

    whole = names_file(output)
    if whole and len(records) > 1:
        raise click.UsageError("one report holds one page; for several, let --output name a folder")
    for record in records:
        path = output if output and whole else (output or REPORTS) / name_report(_read_page(record["page"]))
        write_file(path, render_html(record, locale=locale, templates=templates))
        tell_progress(f"Report: {path}")


def _read_page(held: dict[str, Any]) -> Page:
    """Return the page of a record, without its bytes, which the record leaves out."""
    from auditor.models import Page

    kept = ("source", "media_type", "sha256", "retrieved", "url")
    return Page(body=b"", **{name: held[name] for name in kept})


def _render(records: list[dict[str, Any]], form: str, templates: Path | None, locale: str) -> str:
    if form == "markdown":
        from auditor.reporting.markdown import render_markdown

        return render_markdown(records, locale=locale, templates=templates)
    if form == "csv":
        from auditor.reporting.table import render_table

        return render_table(records)
    if form == "sarif":
        from auditor.reporting.sarif import render_sarif

        return render_sarif(records)
    if form == "json":
        from auditor.cli.outputs import render_line
        from auditor.reporting.record import render_json

        return render_json(records[0]) if len(records) == 1 else "".join(map(render_line, records))
    from auditor.reporting.terminal import render_summary

    width, color = measure_width(), wants_color(no_color=False)
    return "\n".join(render_summary(record, color=color, width=width, locale=locale) for record in records)
