"""The command group; each command lives in a module of its own, imported when it is asked for."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from auditor import __version__
from auditor.cli.printing import prepare_streams, print_data, say_problem
from auditor.errors import AuditorError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "audit": "auditor.cli.audit:audit_command",
    "scan": "auditor.cli.scan:scan_command",
    "export": "auditor.cli.export:export_command",
    "verify": "auditor.cli.verify:verify_command",
    "report": "auditor.cli.report:report_command",
    "diff": "auditor.cli.diff:diff_command",
    "letter": "auditor.cli.letter:letter_command",
    "rules": "auditor.cli.rules:rules_group",
    "evaluate": "auditor.cli.evaluate:evaluate_command",
}
"""Name of each command, in the order of the help, to where it is written."""


def main() -> None:
    """Run the command and end the process with its exit code.

    Nobody looks for garbage in what it leaves: to look through the rules takes longer than to load them.
    """
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


class _Commands(click.Group):
    """Commands imported when they are asked for: ``auditor --version`` needs none of them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return the command called *name*, or None if there is none."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s", help="Show the version and exit.")
@click.pass_context
def commands(context: click.Context) -> None:
    """Audit clinic marketing pages.

    Every finding is an exact quotation, with its context, what would support it, and why it matters.
    """
    if context.invoked_subcommand is None:
        print_data(context.get_help() + "\n")
