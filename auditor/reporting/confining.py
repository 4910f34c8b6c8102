"""Work in a process of its own, which ends when it takes too long or too much memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

T = TypeVar("T")


def call_apart(work: Callable[[], T], *, seconds: float, memory: int) -> T:
    """Return what *work* returns, done in a copy of this process; on Windows, which has none, done here without limits.

    Raises TimeoutError after so many *seconds*, and MemoryError if the copy takes more than so many bytes of *memory*
    besides what this process has already. *work* returns what can be pickled, and raises nothing else.
    """
    from multiprocessing import get_context
    from warnings import catch_warnings, simplefilter

    try:
        context = get_context("fork")
    except ValueError:  # Windows
        return work()
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send_result, args=(sender, work, memory), daemon=True)
    with catch_warnings():
        # Python warns of locks that other threads may hold; the child only works and sends.
        simplefilter("ignore", DeprecationWarning)
        child.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TimeoutError
        result: T = receiver.recv()
    except EOFError as error:
        raise MemoryError from error
    finally:
        child.kill()
        child.join()
        receiver.close()
    return result


def _send_result(sender: Connection, work: Callable[[], T], memory: int) -> None:
    """Send what *work* returns; nothing if that takes too much memory."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _limit_memory(memory)
    with suppress(MemoryError):
        sender.send(work())


def _limit_memory(memory: int) -> None:
    """Let this process take so many bytes of *memory* more than it has, where the system can tell."""
    import resource

    with suppress(OSError, ValueError):
        taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
