"""Work in a process of its own: what it gives comes back, and what is too long or too large is ended."""

from __future__ import annotations

import os
import time
from itertools import repeat

import pytest

from auditor.reporting.confining import call_apart

ENOUGH = {"seconds": 30, "memory": 500_000_000}


def test_what_the_work_gives_comes_back() -> None:
    """It is done elsewhere, and returned as if it had been done here."""
    number, text = call_apart(lambda: (os.getpid(), "knees" * 100_000), **ENOUGH)

    assert os.getpid() != number
    assert "knees" * 100_000 == text


def test_what_takes_too_long_is_ended() -> None:
    """The time is over whatever the work does, and its process is gone."""
    reader, writer = os.pipe()

    def sleep() -> None:
        os.write(writer, b"%d" % os.getpid())
        time.sleep(60)

    with pytest.raises(TimeoutError):
        call_apart(sleep, seconds=0.3, memory=500_000_000)

    with pytest.raises(ProcessLookupError):
        os.kill(int(os.read(reader, 20)), 0)
    os.close(reader)
    os.close(writer)


def test_what_takes_too_much_memory_is_ended() -> None:
    """The limit is on top of what this process holds already."""
    held = bytearray(60_000_000)
    assert 60_000_000 == call_apart(lambda: len(held), seconds=30, memory=50_000_000)

    with pytest.raises(MemoryError):
        call_apart(lambda: len([bytearray(1_000_000) for _ in repeat(0, 200)]), seconds=30, memory=50_000_000)
