"""``auditor rules``: list, show and check the rules, and what they measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.options import find_rule, format_option, load_rules_of, print_json, rules_option
from auditor.cli.printing import count_things, measure_width, print_data
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from auditor.judging.testing import Problem
    from auditor.models import Rule


@click.group("rules", invoke_without_command=True)
@click.pass_context
def rules_group(context: click.Context) -> None:
    """List, show and check the rules, and see what they measure."""
    if context.invoked_subcommand is None:
        print_data(context.get_help() + "\n")


@rules_group.command("list")
@rules_option
@format_option
def list_command(rule_folders: tuple[Path, ...], output_format: str) -> None:
    """List the rules with severity, form and title."""
    from auditor.reporting.rules import render_rule_list, to_short_record

    rules = load_rules_of(rule_folders)
    if output_format == "json":
        print_json([to_short_record(rule) for rule in rules.rules])
    else:
        print_data(render_rule_list(rules))


@rules_group.command("show")
@click.argument("rule_id", metavar="ID")
@rules_option
@format_option
def show_command(rule_id: str, rule_folders: tuple[Path, ...], output_format: str) -> None:
    """Show one rule: why it matters, its basis, its patterns and examples."""
    from auditor.reporting.rules import render_rule, to_rule_record

    rules = load_rules_of(rule_folders)
    rule = find_rule(rule_id, rules)
    if output_format == "json":
        print_json(to_rule_record(rule, rules.basis))
    else:
        print_data(render_rule(rule, rules.basis, width=measure_width()))


@rules_group.command("lint")
@rules_option
def lint_command(rule_folders: tuple[Path, ...]) -> ExitCode:
    """Look for mistakes in the rule files."""
    from auditor.judging import lint_rules

    rules = load_rules_of(rule_folders)
    return _report_problems(lint_rules(rules), rules.rules, rule_folders)


@rules_group.command("test")
@rules_option
def test_command(rule_folders: tuple[Path, ...]) -> ExitCode:
    """Try every rule on its own examples, both ways."""
    from auditor.judging import test_rules
    from auditor.judging.testing import find_tried
    from auditor.pipeline import read_example

    rules = load_rules_of(rule_folders)
    return _report_problems(test_rules(rules, read_example), find_tried(rules), rule_folders)


@rules_group.command("coverage")
@rules_option
@format_option
def coverage_command(rule_folders: tuple[Path, ...], output_format: str) -> None:
    """Show which variables of the codebook the rules measure."""
    from auditor.judging import find_measures
    from auditor.judging.testing import find_tried
    from auditor.reporting.coverage import render_coverage, to_coverage_record

    rules = load_rules_of(rule_folders)
    measures = find_measures(rules.codebook, find_tried(rules))
    if output_format == "json":
        print_json(to_coverage_record(rules, measures))
    else:
        print_data(render_coverage(rules, measures, width=measure_width()))


def _report_problems(problems: Iterable[Problem], tried: Sequence[Rule], folders: tuple[Path, ...]) -> ExitCode:
    """Print each of *problems* as it is found, or that the *tried* rules have none."""
    from auditor.judging.folders import find_rules, read_files
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
    yours = f"{count_things(own, 'rule')} of yours and " if folders else ""
    print_data(f"{yours}{built_in} built-in{'' if folders else ' rules'}: no problem found.\n")
    return ExitCode.DONE
