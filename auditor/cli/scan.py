"""``auditor scan``: its options, and what is wished for with them."""

from __future__ import annotations

import os
import re
from datetime import date as Date  # noqa: N812 - the option is called so
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import check_agent, check_language, find_rule, load_rules_of, rules_option
from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.errors import ExitCode

_ANEW = ("update", "engine", "address", "jobs", "sites", "page_reports", "timestamp_url", "progress", "quiet")
"""Options that may be another each time; all others decide what is found, and hold for all visits of a run."""


def _check_reason(_context: click.Context, _option: click.Parameter, reason: str | None) -> str | None:
    if reason is not None and len(reason.split()) < 2:
        raise click.BadParameter("say in two words or more why, for the record.")
    return reason


def _check_number(_context: click.Context, _option: click.Parameter, number: float | None) -> float | None:
    if number is not None and isnan(number):
        raise click.BadParameter("this is no number.")
    return number


def _check_patterns(_context: click.Context, _option: click.Parameter, patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        _check_pattern(pattern)
    return patterns


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise click.BadParameter(f"{pattern} is no regular expression: {error}.") from error


def _check_date(_context: click.Context, _option: click.Parameter, date: str | None) -> str | None:
    try:
        return None if date is None else Date.fromisoformat(date).isoformat()
    except ValueError as error:
        raise click.BadParameter("write a day as 2031-03-14.") from error


def _name_settings(context: click.Context) -> str:
    """Return the options that were given and decide what is found."""
    return ", ".join(
        each.opts[0]
        for each in context.command.params
        if each.name
        and each.name not in _ANEW
        and context.get_parameter_source(each.name) == click.core.ParameterSource.COMMANDLINE
        and context.params.get(each.name)
    )


@click.command("scan")
@click.argument("sources", nargs=-1, metavar="LIST...")
@click.option(
    "-o",
    "--output",
    metavar="RUN",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything in this folder; if a scan was begun there, go on with it.",
)
@click.option(
    "--update",
    metavar="RUN",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Visit everything in this run again, as it was scanned before; every capture is kept.",
)
@rules_option
@click.option("--exclude-rule", "excluded", metavar="ID", multiple=True, help="Leave this rule out. Repeatable.")
@click.option(
    "--language",
    metavar="CODE",
    callback=check_language,
    help="Take the pages to be in this language, such as en or zh.",
)
@click.option(
    "--pages", metavar="N", type=click.IntRange(1, 10_000), help="Judge at most so many pages of a site. Default: 25."
)
@click.option(
    "--depth", metavar="N", type=click.IntRange(0, 100), help="Follow links so far from the start. Default: 5."
)
@click.option(
    "--delay",
    metavar="SECONDS",
    type=click.FloatRange(0, 3600),
    callback=_check_number,
    help="Wait between two requests to one host; a longer Crawl-delay is honoured. Default: 1.",
)
@click.option("--sites", metavar="N", type=click.IntRange(1, 1000), help="Crawl so many sites at once. Default: 16.")
@click.option(
    "--no-robots",
    "robots_reason",
    metavar="REASON",
    callback=_check_reason,
    help="Do not ask robots.txt, and write into the record why.",
)
@click.option(
    "--include",
    metavar="REGEX",
    multiple=True,
    callback=_check_patterns,
    help="Fetch only addresses that one such expression matches. Repeatable.",
)
@click.option(
    "--exclude",
    metavar="REGEX",
    multiple=True,
    callback=_check_patterns,
    help="Do not fetch addresses that this expression matches. Repeatable.",
)
@click.option(
    "--since", metavar="DATE", callback=_check_date, help="Only pages that changed since this day, such as 2031-03-14."
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, 86_400, min_open=True),
    callback=_check_number,
    help="Give a page up after this time. Default: 60.",
)
@click.option(
    "--retries", metavar="N", type=click.IntRange(0, 20), help="Ask a busy or broken host so often again. Default: 2."
)
@click.option(
    "--max-host-errors",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Give a site up after so many errors in a row. Default: 10.",
)
@click.option(
    "--max-bytes", metavar="N", type=click.IntRange(min=1), help="Cut a page off at this size. Default: 20000000."
)
@click.option("--user-agent", metavar="TEXT", callback=check_agent, help="Name yourself so to web servers.")
@click.option("--browser", is_flag=True, help="Let a browser show pages that scripts fill, and judge them so.")
@click.option("--allow-private", is_flag=True, help="Also fetch from private, local and reserved addresses.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 256),
    help="Read and judge in so many processes. Default: one for each processor.",
)
@click.option(
    "--warc-paths",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge the web archives that this file names, one a line: paths, addresses, or paths of Common Crawl.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    help="Judge saved pages in processes here, or as tasks of a Ray cluster. Default: local.",
)
@click.option("--address", metavar="ADDRESS", help="The Ray cluster to use. Default: one of this machine alone.")
@click.option(
    "--page-reports",
    type=click.Choice(["worst", "all", "none"]),
    default="worst",
    help="Write the full report on the worst page of every site, on all pages, or on none. Default: worst.",
)
@click.option("--timestamp-url", metavar="URL", help="Have the manifest stamped by this authority (RFC 3161).")
@click.option(
    "--progress",
    type=click.Choice(["auto", "bars", "lines", "json", "none"]),
    default="auto",
    help="How progress is shown: bars on a terminal, else lines. Default: auto.",
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress, only what goes wrong.")
def scan_command(sources: tuple[str, ...], excluded: tuple[str, ...], **options: Any) -> ExitCode:
    """Scan many sites, or many saved pages, into a folder that holds all evidence.

    LIST is a text or CSV file of addresses, a sitemap, an address, or - for a list on standard input; or it is a web
    archive (WARC, WACZ), a folder of saved pages, or a single one. The same command goes on with a scan that was
    interrupted; --update visits all of it once more.
    """
    if lacking := [name for name in ("courlan", "datasketch", "protego", "rich", "warcio") if find_spec(name) is None]:
        raise AuditorError(
            f"auditor scan needs {lacking[0]}: install the extra with pip install 'clinic-auditor[scan]'"
        )
    from auditor.cli.scanning import ScanWishes, carry_out

    if bool(options["output"]) == bool(options["update"]) or bool(sources or options["warc_paths"]) == bool(
        options["update"]
    ):
        raise click.UsageError("name what to scan and --output, or a run to --update")
    if options["update"] and (named := _name_settings(click.get_current_context())):
        raise click.UsageError(
            f"--update visits a run as it was scanned before: leave {named} out, or scan into another folder"
        )
    if "" in sources:
        raise click.UsageError("a list is empty; name a file, a folder or an address")
    rules = load_rules_of(options["rule_folders"])
    for name in excluded:
        find_rule(name, rules)
    asked = {name: value for name, value in options.items() if value is not None}
    return carry_out(ScanWishes(sources=sources, excluded=excluded, **({"jobs": os.cpu_count() or 1} | asked)))
