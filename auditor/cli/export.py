"""``auditor export``: what a run holds, as tables or as one package that other programs take."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import load_rules_of, rules_option
from auditor.cli.printing import print_data, say_problem
from auditor.errors import AuditorError, ExitCode


@click.command("export")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Write into this folder.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet", "wacz"]),
    default="csv",
    help="Tables as spreadsheets, JSON lines or Parquet (needs the extra export), or a WACZ package of all captures, "
    "which replayweb.page opens. Default: csv.",
)
@rules_option
@click.option("-q", "--quiet", is_flag=True, help="Do not print what was written.")
def export_command(run: Path, folder: Path, form: str, rule_folders: tuple[Path, ...], *, quiet: bool) -> ExitCode:
    """Write what a run holds into a folder, in a form that other programs take.

    The tables are: findings (a row a quotation), pages, sites, codebook (a row a site, 0, 1 or NA a variable),
    prevalence, networks, changes and mistakes. Sites and pages that failed or were skipped are rows with the reason.
    A folder takes the exports of one run. The exit code is 5 if anything in the run is not as it was sealed; what can be exported is, all the same.
    """
    from auditor.scanning.manifest import describe_changes

    changed = describe_changes(run)
    if changed:
        say_problem(f"{changed}: what is exported is not what was sealed")
    try:
        paths = _write_run(run, folder, form, rule_folders)
    except AuditorError as error:
        if not changed:
            raise
        say_problem(str(error))
        return ExitCode.ALTERED
    for path in paths:
        if not quiet:
            print_data(f"{path}\n")
    return ExitCode.ALTERED if changed else ExitCode.DONE


def _write_run(run: Path, folder: Path, form: str, rule_folders: tuple[Path, ...]) -> list[Path]:
    from auditor.scanning.claiming import claim_folder

    claim_folder(run, folder)
    if form == "wacz":
        from auditor.scanning.packing import write_wacz

        return [write_wacz(run, folder / "captures.wacz")]
    from auditor.scanning.exporting import export_run

    return export_run(run, folder, form, load_rules_of(rule_folders))
