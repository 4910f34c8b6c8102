"""How a scan shows what it does: bars on a terminal, plain lines in a log, JSON lines for programs; all on standard error."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auditor.cli.printing import count_things, tell_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from auditor.scanning.session import Step

    Tell = Callable[[Step], None]

KINDS = ("auto", "bars", "lines", "json", "none")
_LINES_EVERY = 5.0
"""Seconds between two lines that only say how far a long piece of work is."""


@contextmanager
def show_progress(kind: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Tell]:
    """Yield what is to be told of every step; ``auto`` is bars on a terminal and lines elsewhere."""
    if kind == "auto":
        kind = "bars" if sys.stderr.isatty() else "lines"
    if kind == "bars":
        with _show_bars(clock) as tell:
            yield tell
    elif kind == "json":
        yield _tell_json
    elif kind == "lines":
        yield _tell_lines(clock)
    else:
        yield lambda _step: None


def _tell_json(step: Step) -> None:
    tell_progress(json.dumps(step._asdict()))


def _tell_lines(clock: Callable[[], float]) -> Tell:
    start = clock()
    last = start - _LINES_EVERY

    def tell(step: Step) -> None:
        nonlocal last
        moment = clock()
        is_last = step.done == step.total and not step.state
        if not is_last and moment - last < _LINES_EVERY:
            return
        last = moment
        rate = step.pages / max(moment - start, 0.001)
        tell_progress(
            f"[{step.done}/{step.total}] {count_things(step.pages, 'page')}, {step.failed} failed, {rate:.1f} a second; "
            f"last: {step.what}"
        )

    return tell


@contextmanager
def _show_bars(clock: Callable[[], float]) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from auditor.reporting.cleaning import clean_text

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pages]} pages, {task.fields[rate]:.1f}/s, {task.fields[failed]} failed"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    start = clock()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Scanning", total=None, pages=0, rate=0.0, failed=0, what="")

        def tell(step: Step) -> None:
            progress.update(
                task,
                completed=step.done,
                total=step.total,
                pages=step.pages,
                failed=step.failed,
                rate=step.pages / max(clock() - start, 0.001),
                what=clean_text(step.what)[:60],
            )

        yield tell
