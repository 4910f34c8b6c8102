"""What several commands share: their options, the rules they load, how they print and write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.printing import print_data, tell_progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from auditor.models import Rule, RuleSet

    Command = TypeVar("Command", bound=Callable[..., Any])

rules_option = click.option(
    "--rules",
    "rule_folders",
    metavar="DIR",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Add the rules of this folder; its files replace built-in ones of the same name. Repeatable.",
)
format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    help="Print text or JSON. Default: terminal.",
)
output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file; without it, print.",
)


def read_jurisdictions(_context: click.Context, _option: click.Parameter, named: str | None) -> tuple[str, ...]:
    """Return the codes that *named* lists. Raises click.BadParameter for one that nobody knows."""
    if named is None:
        return ()
    from auditor.reporting.wording import JURISDICTIONS

    codes = tuple(dict.fromkeys(code for part in named.lower().split(",") if (code := part.strip())))
    unknown = [code for code in codes if code not in JURISDICTIONS]
    if unknown or not codes:
        known = ", ".join(sorted(JURISDICTIONS))
        raise click.BadParameter(f"there is no law of {unknown[0] if unknown else 'nowhere'} here; known are {known}.")
    return codes


def check_agent(_context: click.Context, _option: click.Parameter, agent: str | None) -> str | None:
    """Return the name for web servers. Raises click.BadParameter if no header could hold it."""
    if agent is not None and not re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", agent):
        raise click.BadParameter("use printable ASCII characters.")
    return agent


def check_language(_context: click.Context, _option: click.Parameter, language: str | None) -> str | None:
    """Return the code of a language. Raises click.BadParameter if it is none."""
    if language is not None and not re.fullmatch(r"[A-Za-z]{2,3}", language):
        raise click.BadParameter("use a code of two or three letters, such as en or zh.")
    return language.lower() if language else None


locale_option = click.option(
    "--locale",
    type=click.Choice(["en", "de", "es"]),
    default="en",
    help="Language of the reports; what rules say stays in English. Default: en.",
)
jurisdiction_option = click.option(
    "--jurisdiction",
    "jurisdictions",
    metavar="CODES",
    callback=read_jurisdictions,
    help="Cite only the law of these, such as us,uk,eu,de; what holds everywhere is cited always. Default: all.",
)


def templates_option(names: str) -> Callable[[Command], Command]:
    """Return the option that takes a folder with the user's own templates, called *names*."""
    return click.option(
        "--template",
        "templates",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help=f"Use the templates of this folder: its {names}; reports/README.md tells what they are given.",
    )


def load_rules_of(folders: tuple[Path, ...]) -> RuleSet:
    """Return the built-in rules with those of *folders* over them."""
    from auditor.judging import load_rules

    return load_rules(extra=folders)


def find_rule(name: str, rules: RuleSet) -> Rule:
    """Return the rule called *name*. Raises click.UsageError with the nearest name if there is none."""
    for rule in rules.rules:
        if rule.id == name:
            return rule
    from difflib import get_close_matches

    near = get_close_matches(name, [rule.id for rule in rules.rules], n=1)
    hint = f"did you mean {near[0]}?" if near else "auditor rules list names them all"
    raise click.UsageError(f"there is no rule {name}; {hint}")


def put_out(text: str, output: Path | None, kind: str) -> None:
    """Write *text* to the file *output* and say what *kind* of thing stands there, or print it where there is none."""
    if output is None:
        print_data(text.encode())
        return
    from auditor.keeping import write_file

    write_file(output, text)
    tell_progress(f"{kind}: {output}")


def print_json(value: Any) -> None:
    """Print *value* as JSON."""
    print_data(dump_json(value).encode())


def dump_json(value: Any) -> str:
    """Return *value* as JSON, indented."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
