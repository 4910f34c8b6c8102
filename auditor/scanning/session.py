"""A scan under way: what it works on, whom it tells, and how it is asked to stop."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from auditor.models import Failure
    from auditor.scanning.models import Judged, Part
    from auditor.scanning.orders import Order

    Clock = Callable[[], datetime]
    Sleep = Callable[[float], Awaitable[None]]
    Engine = Callable[[Callable[[Part], Judged], Iterable[Part]], Iterator[tuple[Part, Judged | Failure]]]
    """What has a function done to every part, such as `run_processes` and `run_ray`."""

REPORTING = "page reports"
"""What is said to be done while the full reports on single pages are written."""


class Step(NamedTuple):
    """What has just been done, for whoever shows progress."""

    what: str
    """The site, the source of saved pages, or `REPORTING`."""
    state: str
    """Of the page that is done; empty when a site or part is."""
    pages: int
    """All so far."""
    failed: int
    done: int
    """Sites, or parts of saved pages; while reports are written, these."""
    total: int


class Stopped(Exception):  # noqa: N818 - no error: the user asked for it
    """The scan was stopped from the keyboard; it can be gone on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process at work on a run."""

    connection: sqlite3.Connection
    folder: Path
    order: Order
    visit: int
    jobs: int
    now: Clock
    tell: Callable[[Step], None]
    stop: threading.Event
    sleep: Sleep
    engine: Engine
    is_shared: bool
    """Whether the engine crawls too, wherever its workers are."""
    page_reports: str
    """Which pages get a report of their own."""


@contextmanager
def catch_interrupt() -> Iterator[threading.Event]:
    """Let Ctrl-C ask for an end instead of making one; a second one makes it."""
    stop = threading.Event()

    def ask(_signal: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
