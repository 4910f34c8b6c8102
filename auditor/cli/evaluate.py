"""``auditor evaluate``: how far the rules agree with labelled texts and pages."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import dump_json, format_option, load_rules_of, print_json, rules_option
from auditor.cli.printing import print_data
from auditor.errors import ExitCode


@click.command("evaluate")
@click.argument("corpus", type=click.Path(path_type=Path, dir_okay=False), metavar="CORPUS.jsonl")
@rules_option
@click.option(
    "--save",
    "saved",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="RUN.json",
    help="Keep this run, to compare later ones with it.",
)
@click.option(
    "--against",
    "earlier",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="RUN.json",
    help="Show what is gained and lost against a run that was kept.",
)
@click.option(
    "--measured",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Add each rule's precision to this file; as measured.yaml in a rule folder, reports show it.",
)
@format_option
def evaluate_command(
    *,
    corpus: Path,
    rule_folders: tuple[Path, ...],
    saved: Path | None,
    earlier: Path | None,
    measured: Path | None,
    output_format: str,
) -> ExitCode:
    """Measure how the rules agree with labelled texts and pages.

    CORPUS.jsonl holds one case a line; the README says how a case is written. The exit code is 4 if some cases could
    not be audited, and 3 if none could.
    """
    from auditor.evaluation.agreement import evaluate_cases
    from auditor.evaluation.corpus import read_corpus
    from auditor.evaluation.runs import compare_runs, read_run, to_run, write_measured
    from auditor.evaluation.table import render_table
    from auditor.keeping import write_file

    rules = load_rules_of(rule_folders)
    cases = read_corpus(corpus, rules)
    before = read_run(earlier) if earlier else None
    run = to_run(evaluate_cases(cases, rules))
    compared = compare_runs(before, run) if before else None
    if saved:
        write_file(saved, dump_json(run))
    if measured:
        write_measured(measured, corpus.stem, run)
    if output_format == "json":
        print_json(run | ({"gained": compared[0], "lost": compared[1]} if compared else {}))
    else:
        print_data(render_table(run, compared))
    if not run["failed"]:
        return ExitCode.DONE
    return ExitCode.SOME_NOT_ASSESSED if run["decisions"] else ExitCode.NOT_ASSESSED
