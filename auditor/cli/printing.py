"""Data on standard output, everything else on standard error, and nobody's text acting on a terminal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def prepare_streams() -> None:
    """Make standard output and error take anything, also where they are closed or speak no Unicode."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def print_data(data: str | bytes) -> None:
    """Print *data*; a reader that has gone away is no reason to stop, or to change the exit code."""
    try:
        if isinstance(data, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data)
        sys.stdout.flush()
    except OSError as error:
        _forget_stdout()
        if not isinstance(error, BrokenPipeError):
            raise


def say_problem(problem: str) -> None:
    """Say on standard error what went wrong, on one line."""
    tell_progress(f"auditor: {problem}")


def tell_progress(text: str) -> None:
    """Say on standard error what is being done, on one line."""
    from auditor.reporting.cleaning import clean_text

    with suppress(OSError):
        sys.stderr.write(clean_text(text) + "\n")
        sys.stderr.flush()


def count_things(number: int, thing: str) -> str:
    """Return *number* with the word *thing*, in the plural where there is not one."""
    return f"{number} {thing if number == 1 else thing + 's'}"


def measure_width() -> int:
    """Return the columns of the terminal, but no more than can be read with ease."""
    import shutil

    from auditor.reporting.terminal import WIDEST

    return min(shutil.get_terminal_size().columns, WIDEST)


def wants_color(*, no_color: bool) -> bool:
    """Tell whether standard output is a terminal whose user wants colour (https://no-color.org)."""
    return not (no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb") and sys.stdout.isatty()


def _forget_stdout() -> None:
    """Let what is still buffered go nowhere: the interpreter would try again when it ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
