"""The commands and their options; what a command needs is imported when it runs."""

from __future__ import annotations

import gc
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor import __version__
from auditor.cli.printing import prepare_streams, print_data, say_problem
from auditor.errors import AuditorError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.judging.testing import Problem
    from auditor.models import Rule, RuleSet, Severity

LEVELS = ("low", "medium", "high", "critical")
LONGEST_TIMEOUT = 86_400
MEDIA_TYPES = {"html": "text/html", "pdf": "application/pdf", "text": "text/plain"}


def main() -> None:
    """Run the command and end the process with its exit code.

    A process that soon ends need not look for garbage often, nor in what it leaves: that saves a sixth of its time.
    """
    gc.set_threshold(50_000)
    code = run_command(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run_command(arguments: Sequence[str]) -> ExitCode:
    """Run the command with *arguments*; whatever goes wrong is said in one sentence."""
    prepare_streams()
    try:
        code = commands.main(args=list(arguments), prog_name="auditor", standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "auditor"
        say_problem(f"{error.format_message().rstrip('.')} (see {command} --help)")
    except click.ClickException as error:
        say_problem(error.format_message())
    except AuditorError as error:
        say_problem(str(error))
    except FileNotFoundError as error:
        say_problem(f"cannot write {error.filename or 'here: the current folder is gone'}: {error.strerror}")
    except OSError as error:
        say_problem(f"cannot write {error.filename or 'standard output'}: {error.strerror or error}")
    except (click.Abort, KeyboardInterrupt):
        say_problem("interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit:  # so click ends when the reader of its help has gone
        return ExitCode.DONE
    else:
        return ExitCode(code or 0)
    return ExitCode.USAGE


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(prog)s %(version)s", help="Show the version and exit.")
@click.pass_context
def commands(context: click.Context) -> None:
    """Audit clinic marketing pages.

    Every finding is an exact quotation, with its context, what would support it, and why it matters.
    """
    if context.invoked_subcommand is None:
        print_data(context.get_help() + "\n")


# --- audit -------------------------------------------------------------------------------------


def _read_level(_context: click.Context, _option: click.Parameter, name: str | None) -> Severity | None:
    from auditor.models import Severity

    return Severity[name.upper()] if name else None


def _check_agent(_context: click.Context, _option: click.Parameter, agent: str | None) -> str | None:
    if agent is not None and not re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", agent):
        raise click.BadParameter("use printable ASCII characters.")
    return agent


def _check_language(_context: click.Context, _option: click.Parameter, language: str | None) -> str | None:
    if language is not None and not re.fullmatch(r"[A-Za-z]{2,3}", language):
        raise click.BadParameter("use a code of two or three letters, such as en or zh.")
    return language.lower() if language else None


def _check_timeout(_context: click.Context, _option: click.Parameter, seconds: float | None) -> float | None:
    # Neither infinity nor what is no number at all can be waited for.
    if seconds is not None and not 0 < seconds <= LONGEST_TIMEOUT:
        raise click.BadParameter(f"use a number of seconds above 0 and up to {LONGEST_TIMEOUT}.")
    return seconds


_LEVEL = click.Choice(LEVELS, case_sensitive=False)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)

_rules_option = click.option(
    "--rules",
    "rule_folders",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Add the rules of this folder; its files replace built-in ones of the same name. Repeatable.",
)
_format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    help="Print text or JSON. Default: terminal.",
)


@commands.command("audit")
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
    type=click.Choice(["terminal", "json", "html"]),
    default="terminal",
    help="Print a summary, the JSON record (for several pages one a line) or the HTML report. Default: terminal.",
)
@click.option(
    "--json-output",
    metavar="FILE",
    type=_FILE,
    help="Also write the JSON record to this file, for several pages one a line.",
)
@click.option("--open", "open_report", is_flag=True, help="Show the report in the browser; of several, the first.")
@_rules_option
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
    callback=_check_language,
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
@click.option("--user-agent", metavar="TEXT", callback=_check_agent, help="Name yourself so to web servers.")
@click.option("-q", "--quiet", is_flag=True, help="Print no summary and no progress, only what goes wrong.")
@click.option("--no-color", is_flag=True, help="Print without colour; so does the environment variable NO_COLOR.")
def audit_command(media_type: str | None, **options: Any) -> ExitCode:
    """Audit pages and write a report on each.

    SOURCE is an address, a file, a saved capture, a folder or - for standard input. Of a folder every .html, .htm,
    .xhtml, .pdf, .txt and .md file is read, in folders below it too; reports of this program are left out.
    """
    from auditor.cli.wishes import Wishes, find_contradiction

    wishes = Wishes(media_type=MEDIA_TYPES[media_type] if media_type else None, **options)
    if problem := find_contradiction(wishes):
        raise click.UsageError(problem)
    from auditor.cli.auditing import carry_out

    if wishes.capture_only:
        return carry_out(wishes, None)
    rules = _load_rules(wishes.rule_folders)
    for name in wishes.excluded:
        _find_rule(name, rules)
    return carry_out(wishes, rules)


@commands.command("evaluate")
@click.argument("corpus", type=click.Path(path_type=Path, dir_okay=False), metavar="CORPUS.jsonl")
@_rules_option
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
@_format_option
def evaluate_command(
    corpus: Path, rule_folders: tuple[Path, ...], saved: Path | None, earlier: Path | None, output_format: str
) -> ExitCode:
    """Measure how the rules agree with labelled texts and pages.

    CORPUS.jsonl holds one case a line; the README says how a case is written. The exit code is 4 if some cases could
    not be audited, and 3 if none could.
    """
    from auditor.evaluation import compare_runs, evaluate_cases, read_corpus, read_run, render_table, to_run

    rules = _load_rules(rule_folders)
    cases = read_corpus(corpus, rules)
    before = read_run(earlier) if earlier else None
    run = to_run(evaluate_cases(cases, rules))
    compared = compare_runs(before, run) if before else None
    if saved:
        saved.write_bytes(_dump_json(run))
    if output_format == "json":
        _print_json(run | ({"gained": compared[0], "lost": compared[1]} if compared else {}))
    else:
        print_data(render_table(run, compared))
    if not run["failed"]:
        return ExitCode.DONE
    return ExitCode.SOME_NOT_ASSESSED if run["decisions"] else ExitCode.NOT_ASSESSED


# --- rules -------------------------------------------------------------------------------------


@commands.group("rules", invoke_without_command=True)
@click.pass_context
def rules_group(context: click.Context) -> None:
    """List, show and check the rules."""
    if context.invoked_subcommand is None:
        print_data(context.get_help() + "\n")


@rules_group.command("list")
@_rules_option
@_format_option
def list_command(rule_folders: tuple[Path, ...], output_format: str) -> None:
    """List the rules with severity, form and title."""
    from auditor.reporting.rules import render_rule_list, to_short_record

    rules = _load_rules(rule_folders)
    if output_format == "json":
        _print_json([to_short_record(rule) for rule in rules.rules])
    else:
        print_data(render_rule_list(rules))


@rules_group.command("show")
@click.argument("rule_id", metavar="ID")
@_rules_option
@_format_option
def show_command(rule_id: str, rule_folders: tuple[Path, ...], output_format: str) -> None:
    """Show one rule: why it matters, its basis, its patterns and examples."""
    import shutil

    from auditor.reporting.rules import render_rule, to_rule_record

    rules = _load_rules(rule_folders)
    rule = _find_rule(rule_id, rules)
    if output_format == "json":
        _print_json(to_rule_record(rule, rules.basis))
    else:
        print_data(render_rule(rule, rules.basis, width=min(shutil.get_terminal_size().columns, 100)))


@rules_group.command("lint")
@_rules_option
def lint_command(rule_folders: tuple[Path, ...]) -> ExitCode:
    """Look for mistakes in the rule files."""
    from auditor.judging import lint_rules

    rules = _load_rules(rule_folders)
    return _report_problems(lint_rules(rules), rules.rules, rule_folders)


@rules_group.command("test")
@_rules_option
def test_command(rule_folders: tuple[Path, ...]) -> ExitCode:
    """Try every rule on its own examples, both ways."""
    from auditor.judging import test_rules
    from auditor.judging.testing import find_tried
    from auditor.pipeline import read_example

    rules = _load_rules(rule_folders)
    return _report_problems(test_rules(rules, read_example), find_tried(rules), rule_folders)


def _load_rules(folders: tuple[Path, ...]) -> RuleSet:
    from auditor.judging import load_rules

    return load_rules(extra=folders)


def _find_rule(name: str, rules: RuleSet) -> Rule:
    for rule in rules.rules:
        if rule.id == name:
            return rule
    from difflib import get_close_matches

    near = get_close_matches(name, [rule.id for rule in rules.rules], n=1)
    hint = f"did you mean {near[0]}?" if near else "auditor rules list names them all"
    raise click.UsageError(f"there is no rule {name}; {hint}")


def _report_problems(problems: Iterable[Problem], tried: Sequence[Rule], folders: tuple[Path, ...]) -> ExitCode:
    """Print each of *problems* as it is found, or that the *tried* rules have none."""
    from auditor.judging.loading import find_rules, read_files
    from auditor.reporting.cleaning import clean_text

    shipped = find_rules()
    paths = {file.name: file.path for file in read_files((shipped, *folders))}
    found = 0
    for problem in problems:
        print_data(f"{clean_text(f'{paths[problem.file]}: {problem.text}')}\n")
        found += 1
    if found:
        return ExitCode.USAGE
    built_in = sum(shipped in paths[rule.path].parents for rule in tried)
    own = len(tried) - built_in
    yours = f"{own} {'rule' if own == 1 else 'rules'} of yours and " if folders else ""
    print_data(f"{yours}{built_in} built-in{'' if folders else ' rules'}: no problem found.\n")
    return ExitCode.DONE


def _print_json(value: Any) -> None:
    print_data(_dump_json(value))


def _dump_json(value: Any) -> bytes:
    import json

    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
