"""The local engine: a function over many pieces of work, in processes; one that dies costs nobody else's work."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import TYPE_CHECKING, TypeVar

from auditor.models import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    T = TypeVar("T")
    R = TypeVar("R")

_AHEAD = 2
"""Pieces of work that wait for each process, so that none is idle while results are kept."""
_DIED = (
    "the process that read it died, which other pages survived: audit it alone, and report this defect with the page"
)


def run_processes(function: Callable[[T], R], pieces: Iterable[T], *, jobs: int) -> Iterator[tuple[T, R | Failure]]:
    """Yield every piece of *pieces* with what *function* makes of it, as it is done.

    When a process dies, the pieces in hand are tried again one by one, and the guilty one gets a `Failure`.
    """
    waiting = iter(pieces)
    while True:
        in_hand: dict[Future[R], T] = {}
        with open_pool(jobs) as pool:
            try:
                while True:
                    for piece in itertools.islice(waiting, jobs * _AHEAD - len(in_hand)):
                        in_hand[pool.submit(function, piece)] = piece
                    if not in_hand:
                        return
                    done, _ = wait(in_hand, return_when=FIRST_COMPLETED)
                    for future in done:
                        result = future.result()
                        yield in_hand.pop(future), result
            except BrokenProcessPool:
                suspects = list(in_hand.values())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                end_processes()
                raise
        for piece in suspects:
            yield piece, run_alone(function, piece)


def run_alone(function: Callable[[T], R], piece: T) -> R | Failure:
    """Return what *function* makes of *piece* in a process of its own, or that it died of it."""
    with open_pool(1) as pool:
        try:
            return pool.submit(function, piece).result()
        except BrokenProcessPool:
            return Failure(source=str(piece), reason=_DIED)


def open_pool(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of *jobs* processes that end with this one, however it ends, and leave Ctrl-C to it.

    They are not forked from this process, whose open store and threads they must not inherit.
    """
    context = multiprocessing.get_context("forkserver")
    # Before Python 3.11 what lies in the current folder would be imported in its place.
    context.set_forkserver_preload(["auditor.scanning.analysing"] if sys.version_info >= (3, 11) else [])
    with _without_current_folder():
        forkserver.ensure_running()
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_worker)


@contextmanager
def _without_current_folder() -> Iterator[None]:
    """Let Python be started so that it imports nothing from the current folder, which may hold anything.

    See https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH.
    """
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def end_processes() -> None:
    """End all processes of pools at once, whatever they are at."""
    for process in multiprocessing.active_children():
        process.kill()


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
