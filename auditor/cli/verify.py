"""``auditor verify``: whether a run is as it was sealed."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.printing import print_data
from auditor.errors import ExitCode


@click.command("verify")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Print nothing, only end with the exit code.")
def verify_command(run: Path, *, quiet: bool) -> ExitCode:
    """Look whether anything in a run was changed, is missing or was added.

    The exit code is 5 if that is so since the run was complete, and 0 if all is whole.
    """
    from auditor.reporting.cleaning import clean_text
    from auditor.scanning.manifest import ManifestError, find_changes, read_manifest
    from auditor.scanning.stamping import StampError, read_stamp

    changes = 0
    try:
        read_manifest(run)
    except ManifestError as error:
        if not quiet:
            print_data(
                f"{clean_text(str(error))}.\n{run}: not whole, and without its manifest nothing more can be told.\n"
            )
        return ExitCode.ALTERED
    for change in find_changes(run):
        changes += 1
        if not quiet:
            print_data(f"{clean_text(change.file)} {change.problem}.\n")
    try:
        stamp = read_stamp(run)
    except StampError as error:
        stamp, changes = None, changes + 1
        if not quiet:
            print_data(f"{error}.\n")
    if not quiet:
        if stamp:
            print_data(f"Stamped at {stamp.moment} (serial {stamp.serial}); openssl ts -verify tells by whom.\n")
        files = len(read_manifest(run)["files"])
        print_data(
            f"{run}: {changes} {'change' if changes == 1 else 'changes'}.\n"
            if changes
            else f"{run}: whole, all {files} files are as they were sealed.\n"
        )
    return ExitCode.ALTERED if changes else ExitCode.DONE
