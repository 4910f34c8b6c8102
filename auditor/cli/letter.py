"""``auditor letter``: the draft of a letter from an audit's record, for a person to check and to send."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import output_option, put_out, templates_option
from auditor.errors import ExitCode, RecordError


@click.command("letter")
@click.argument("record_path", metavar="AUDIT.json", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--kind",
    type=click.Choice(["right-of-reply", "complaint"]),
    required=True,
    help="Ask the publisher of the page to reply, or ask a body to assess the page.",
)
@click.option(
    "--to",
    type=click.Choice(["us-ftc", "us-fda", "uk-asa", "au-ahpra", "de-wettbewerbszentrale", "generic"]),
    default="generic",
    help="The body that a complaint goes to. Default: generic.",
)
@click.option(
    "--findings",
    "wanted",
    metavar="LIST",
    help="What it is about, as numbers in the report or ids of rules, such as 1,3. Default: the gravest.",
)
@click.option(
    "--page", "number", metavar="N", type=click.IntRange(min=1), help="The record meant, of a file with several."
)
@click.option(
    "--format", "form", type=click.Choice(["markdown", "html"]), default="markdown", help="Default: markdown."
)
@output_option
@templates_option("letters/right-of-reply.md, letters/complaint.md or letters/letter.html")
def letter_command(
    *,
    record_path: Path,
    kind: str,
    to: str,
    wanted: str | None,
    number: int | None,
    form: str,
    output: Path | None,
    templates: Path | None,
) -> ExitCode:
    """Draft a letter about a page, to its publisher or to a complaints body.

    What is not known is left open in brackets. Nothing is sent: a person has to check the draft, fill it and decide.
    """
    from auditor.reporting.letters import render_letter, select_findings
    from auditor.reporting.recordfile import read_records

    if kind == "right-of-reply" and to != "generic":
        raise click.UsageError("a right of reply goes to the publisher of the page; leave --to out")
    records = read_records(record_path)
    if number is None and len(records) > 1:
        raise RecordError(record_path, f"holds {len(records)} records; name one by --page")
    if number and number > len(records):
        raise RecordError(record_path, f"holds {len(records)} records, so there is no page {number}")
    record = records[(number or 1) - 1]
    if not record["findings"]:
        raise RecordError(record_path, "holds no finding that a letter could be about")
    try:
        findings = select_findings(
            record, [part for part in (wanted or "").replace(" ", "").split(",") if part], kind, to
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    text = render_letter(record, findings, kind=kind, to=to, form=form, templates=templates)
    put_out(text, output, "Draft")
    return ExitCode.DONE
