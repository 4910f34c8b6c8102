"""``auditor scan``: its options, and what is wished for with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import find_rule, load_rules_of, rules_option

if TYPE_CHECKING:
    from auditor.errors import ExitCode


@click.command("scan")
@click.argument("sources", nargs=-1, metavar="LIST...")
@click.option(
    "-o",
    "--output",
    metavar="RUN",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything in this folder; if a scan was begun there, go on with it.",
)
@rules_option
@click.option("--exclude-rule", "excluded", metavar="ID", multiple=True, help="Leave this rule out. Repeatable.")
@click.option("--language", metavar="CODE", help="Take the pages to be in this language, such as en or zh.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 256),
    help="Read and judge in so many processes. Default: one for each processor.",
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress, only what goes wrong.")
def scan_command(sources: tuple[str, ...], excluded: tuple[str, ...], **options: Any) -> ExitCode:
    """Scan many sites, or many saved pages, into a folder that holds all evidence.

    LIST is a text or CSV file of addresses, a sitemap, an address, or - for a list on standard input; or it is a web
    archive (WARC, WACZ) or a folder of saved pages. The same command goes on with a scan that was interrupted.
    """
    from auditor.cli.scanning import carry_out

    rules = load_rules_of(options["rule_folders"])
    for name in excluded:
        find_rule(name, rules)
    return carry_out(sources, excluded=excluded, **(options | {"jobs": options["jobs"] or os.cpu_count() or 1}))
