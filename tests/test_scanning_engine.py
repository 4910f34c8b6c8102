"""The local engine: every piece of work once, and no process whose death costs another's work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from auditor.models import Failure
from auditor.scanning.engine import run_processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def square(number: int) -> int:
    return number * number


def die_of(number: int, *, deadly: int) -> int:
    if number == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die_once(number: int, *, deadly: int, mark: Path) -> int:
    if number == deadly and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_every_piece_is_done_once() -> None:
    """Pieces come back with their results, whatever the number of processes."""
    assert {number: number * number for number in range(20)} == dict(run_processes(square, range(20), jobs=2))


def test_nothing_is_imported_from_the_current_folder(tmp_path: Path) -> None:
    """What lies there may be called like the program: the processes that work are of the program that was started."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "auditor.py").write_text("open('imported', 'w')\n")
    script = tmp_path / "script.py"
    script.write_text(
        "from auditor.scanning.engine import run_processes\n"
        "if __name__ == '__main__':\n"
        "    print(dict(run_processes(abs, [-1, 2], jobs=2)))\n"
    )

    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path / "here", capture_output=True, text=True, check=True
    )

    assert "{-1: 1, 2: 2}" == done.stdout.strip()
    assert ["auditor.py"] == [path.name for path in (tmp_path / "here").iterdir()]


def test_a_process_that_dies_costs_only_its_piece() -> None:
    """The piece of which processes die fails in words, and all others are done."""
    done = dict(run_processes(partial(die_of, deadly=7), range(20), jobs=2))

    assert isinstance(done[7], Failure)
    assert "the process that read it died" in done[7].reason
    assert {number: number * number for number in range(20) if number != 7} == {
        number: result for number, result in done.items() if number != 7
    }


def test_a_process_that_was_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    """Work that was lost with a process is done again."""
    done = dict(run_processes(partial(die_once, deadly=3, mark=tmp_path / "died"), range(9), jobs=2))

    assert {number: number * number for number in range(9)} == done


def test_work_may_be_added_meanwhile() -> None:
    """What a result brings with it is done too, for as long as something is in hand."""
    waiting = [3]

    class Queue:
        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            if not waiting:
                raise StopIteration
            return waiting.pop()

    done = []
    for number, _ in run_processes(square, Queue(), jobs=1):
        done.append(number)
        if number:
            waiting.append(number - 1)

    assert [3, 2, 1, 0] == done
