"""``auditor export``: a finished run as tables."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import load_rules_of, rules_option
from auditor.cli.printing import print_data
from auditor.errors import ExitCode


@click.command("export")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the tables into this folder.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    default="csv",
    help="Spreadsheet, JSON lines, or Parquet (needs the extra export). Default: csv.",
)
@rules_option
@click.option("-q", "--quiet", is_flag=True, help="Do not print where the tables are.")
def export_command(run: Path, folder: Path, form: str, rule_folders: tuple[Path, ...], *, quiet: bool) -> ExitCode:
    """Write what a run found as tables.

    They are: findings (a row a quotation), pages, sites, codebook (a row a site, 0, 1 or NA a variable), prevalence,
    networks, changes and mistakes. Sites and pages that failed or were skipped are rows with the reason.
    """
    from auditor.scanning.exporting import export_run

    for path in export_run(run, folder, form, load_rules_of(rule_folders)):
        if not quiet:
            print_data(f"{path}\n")
    return ExitCode.DONE
