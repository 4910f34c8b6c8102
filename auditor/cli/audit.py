"""``auditor audit``: its options, and what is wished for with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import (
    check_agent,
    check_language,
    find_rule,
    jurisdiction_option,
    load_rules_of,
    locale_option,
    rules_option,
)

if TYPE_CHECKING:
    from auditor.errors import ExitCode
    from auditor.models import Severity

LEVELS = ("low", "medium", "high", "critical")
LONGEST_TIMEOUT = 86_400
MEDIA_TYPES = {"html": "text/html", "pdf": "application/pdf", "text": "text/plain"}


def _read_level(_context: click.Context, _option: click.Parameter, name: str | None) -> Severity | None:
    from auditor.models import Severity

    return Severity[name.upper()] if name else None


def _check_timeout(_context: click.Context, _option: click.Parameter, seconds: float | None) -> float | None:
    # Neither infinity nor what is no number at all can be waited for.
    if seconds is not None and not 0 < seconds <= LONGEST_TIMEOUT:
        raise click.BadParameter(f"use a number of seconds above 0 and up to {LONGEST_TIMEOUT}.")
    return seconds


_LEVEL = click.Choice(LEVELS, case_sensitive=False)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("audit")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Write the HTML report to this folder, or to this .html file. Default: reports/.",
)
@click.option(
    "--format",
    "stdout_format",
    type=click.Choice(["terminal", "json", "html", "markdown", "csv", "sarif"]),
    default="terminal",
    help="Print a summary, the JSON record (for several pages one a line), the HTML report, or one of the forms below. "
    "Default: terminal.",
)
@click.option(
    "--json-output",
    metavar="FILE",
    type=_FILE,
    help="Also write the JSON record to this file, for several pages one a line.",
)
@click.option("--csv-output", metavar="FILE", type=_FILE, help="Also write a table of all pages, one row a finding.")
@click.option("--markdown-output", metavar="FILE", type=_FILE, help="Also write the reports on all pages as Markdown.")
@click.option("--sarif-output", metavar="FILE", type=_FILE, help="Also write the findings of all pages as SARIF 2.1.0.")
@locale_option
@jurisdiction_option
@click.option(
    "--annotated-output",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Also write the page itself, made inert and with the evidence marked, to this folder, or to this .html file.",
)
@click.option("--pdf", metavar="FILE", type=_FILE, help="Also print the report to this PDF file; needs a Chromium.")
@click.option(
    "--paper",
    type=click.Choice(["a4", "letter"], case_sensitive=False),
    default="a4",
    help="Size of the pages of the PDF. Default: a4.",
)
@click.option(
    "--screenshot",
    is_flag=True,
    help="Also take pictures of the page and of the evidence on it, beside the report; needs a Chromium and the extra browser.",
)
@click.option(
    "--browser",
    is_flag=True,
    help="Let a Chromium run the scripts of fetched pages, and audit what it shows; needs the extra browser.",
)
@click.option("--open", "open_report", is_flag=True, help="Show the report in the browser; of several, the first.")
@rules_option
@click.option(
    "--severity",
    metavar="LEVEL",
    type=_LEVEL,
    callback=_read_level,
    default="low",
    help="List only findings at or above this level: low, medium, high or critical; the score counts all. Default: low.",
)
@click.option("--exclude-rule", "excluded", metavar="ID", multiple=True, help="Leave this rule out. Repeatable.")
@click.option(
    "--fail-on",
    metavar="LEVEL",
    type=_LEVEL,
    callback=_read_level,
    help="Exit with 1 if there is a finding at or above this level.",
)
@click.option("--min-score", metavar="N", type=click.IntRange(0, 100), help="Exit with 1 if a score is below N.")
@click.option(
    "--save-page", metavar="DIR", type=_FOLDER, help="Keep every page as received in this folder, to be audited again."
)
@click.option(
    "--capture-only",
    is_flag=True,
    help="Keep the pages without auditing them, in captures/ unless --save-page names a folder.",
)
@click.option(
    "--type",
    "media_type",
    type=click.Choice(list(MEDIA_TYPES)),
    help="What standard input holds, where that cannot be told.",
)
@click.option(
    "--language",
    metavar="CODE",
    callback=check_language,
    help="Take the pages to be in this language, such as en or zh; a passage plainly in another is judged by its own rules.",
)
@click.option(
    "--facts",
    type=click.Choice(["quick", "full"]),
    default="quick",
    help="Take author and date from what the page states, or also search its text for them, which is slow. Default: quick.",
)
@click.option("--allow-private", is_flag=True, help="Also fetch from private, local and reserved addresses.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=float,
    callback=_check_timeout,
    help="Give a page up after this time. Default: 60.",
)
@click.option(
    "--max-bytes", metavar="N", type=click.IntRange(min=1), help="Cut a page off at this size. Default: 20000000."
)
@click.option("--user-agent", metavar="TEXT", callback=check_agent, help="Name yourself so to web servers.")
@click.option("-q", "--quiet", is_flag=True, help="Print no summary and no progress, only what goes wrong.")
@click.option("--no-color", is_flag=True, help="Print without colour; so does the environment variable NO_COLOR.")
def audit_command(media_type: str | None, **options: Any) -> ExitCode:
    """Audit pages and write a report on each.

    SOURCE is an address, a file, a saved capture, a web archive (WARC, WACZ), a folder or - for standard input. Of a
    folder every .html, .htm, .xhtml, .pdf, .txt and .md file is read, in folders below it too; reports of this program
    are left out.
    """
    from auditor.cli.wishes import Wishes, find_contradiction

    wishes = Wishes(media_type=MEDIA_TYPES[media_type] if media_type else None, **options)
    if problem := find_contradiction(wishes):
        raise click.UsageError(problem)
    from auditor.cli.auditing import carry_out

    if wishes.capture_only:
        return carry_out(wishes, None)
    rules = load_rules_of(wishes.rule_folders)
    for name in wishes.excluded:
        find_rule(name, rules)
    return carry_out(wishes, rules)
