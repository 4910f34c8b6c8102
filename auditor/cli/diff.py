"""``auditor diff``: what changed between two audits of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cli.options import locale_option, output_option, put_out, templates_option
from auditor.cli.printing import measure_width, wants_color
from auditor.errors import ExitCode, RecordError


@click.command("diff")
@click.argument("old_path", metavar="OLD.json", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("new_path", metavar="NEW.json", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "html", "json"]),
    default="terminal",
    help="How to show it. Default: terminal.",
)
@output_option
@templates_option("diff.html")
@locale_option
@click.option("--no-color", is_flag=True, help="Print without colour; so does the environment variable NO_COLOR.")
def diff_command(
    *,
    old_path: Path,
    new_path: Path,
    form: str,
    output: Path | None,
    templates: Path | None,
    locale: str,
    no_color: bool,
) -> ExitCode:
    """Show what changed between two audits of a page: findings, score and text.

    OLD.json and NEW.json are what auditor audit --json-output has written, each of one page.
    """
    from auditor.reporting.comparing import compare_records

    if templates and form != "html":
        raise click.UsageError(f"--template is for html; {form} has no template")
    comparison = compare_records(_read_one(old_path), _read_one(new_path))
    text = _render(comparison, form, templates, locale, color=output is None and wants_color(no_color=no_color))
    put_out(text, output, "Comparison")
    return ExitCode.DONE


def _read_one(path: Path) -> dict[str, Any]:
    from auditor.reporting.recordfile import read_records

    records = read_records(path)
    if len(records) > 1:
        raise RecordError(path, f"holds {len(records)} records; a comparison takes one page and the same page later")
    return records[0]


def _render(comparison: dict[str, Any], form: str, templates: Path | None, locale: str, *, color: bool) -> str:
    if form == "json":
        from auditor.reporting.record import render_json

        return render_json(comparison)
    if form == "html":
        from auditor.reporting.difference import render_diff_html

        return render_diff_html(comparison, locale=locale, templates=templates)
    from auditor.reporting.difference import render_diff_summary

    return render_diff_summary(comparison, color=color, width=measure_width(), locale=locale)
