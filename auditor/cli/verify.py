"""``auditor verify``: whether a run is as it was sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.printing import count_things, print_data
from auditor.errors import ExitCode
from auditor.reporting.cleaning import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command("verify")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Print nothing, only end with the exit code.")
def verify_command(run: Path, *, quiet: bool) -> ExitCode:
    """Look whether anything in a run was changed, is missing or was added.

    The exit code is 5 if that is so since the run was complete, and 0 if all is whole.
    """
    from auditor.scanning.manifest import ManifestError, read_manifest

    tell: Callable[[str], None] = _print_nothing if quiet else print_data
    try:
        files = len(read_manifest(run)["files"])
    except ManifestError as error:
        tell(f"{clean_text(str(error))}.\n{run}: not whole, and without its manifest nothing more can be told.\n")
        return ExitCode.ALTERED
    changes = _tell_changes(run, tell)
    tell(
        f"{run}: {count_things(changes, 'change') if changes else f'whole, all {files} files are as they were sealed'}.\n"
    )
    return ExitCode.ALTERED if changes else ExitCode.DONE


def _tell_changes(run: Path, tell: Callable[[str], None]) -> int:
    """Tell each change of *run* as it is found, and when it was stamped, and return how many changes there are."""
    from auditor.scanning.manifest import find_changes
    from auditor.scanning.stamping import StampError, read_stamp

    changes = 0
    for change in find_changes(run):
        changes += 1
        tell(f"{clean_text(change.file)} {change.problem}.\n")
    try:
        stamp = read_stamp(run)
    except StampError as error:
        tell(f"{error}.\n")
        return changes + 1
    if stamp:
        tell(f"Stamped at {stamp.moment} (serial {stamp.serial}); openssl ts -verify tells by whom.\n")
    return changes


def _print_nothing(_text: str) -> None:
    """Print nothing, as was asked for."""
