"""``auditor export``: what a run holds, in the forms that other programs take."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.printing import tell_progress
from auditor.errors import AuditorError, ExitCode


@click.command("export")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["wacz"]),
    required=True,
    help="A WACZ package of all captures, which replayweb.page opens.",
)
@click.option(
    "-o", "--output", metavar="DIR", required=True, type=click.Path(file_okay=False, path_type=Path), help="Write here."
)
def export_command(run: Path, output_format: str, output: Path) -> ExitCode:
    """Write what a run holds into a folder, in a form that other programs take."""
    from auditor.scanning.packing import write_wacz

    if output.resolve().is_relative_to(run.resolve()):
        raise AuditorError(f"{output} lies in the run, where nothing may be added: name another folder by --output")
    tell_progress(f"Written: {write_wacz(run, output / f'captures.{output_format}')}")
    return ExitCode.DONE
