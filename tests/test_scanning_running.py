"""A scan as a whole: what it came to, whom it told, and what keeps it from being one."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.session import REPORTING, Step
from tests.runs import SITES, hash_files, now, scan_sites

if TYPE_CHECKING:
    from pathlib import Path

PAIR = {"lumora": SITES["lumora"], "empty": ""}


def test_an_outcome_counts_what_was_done_and_what_stands(tmp_path: Path) -> None:
    """New work is told from what was complete already, to which nothing is done."""
    run = scan_sites(tmp_path, PAIR)
    before = hash_files(run)
    outcome = scan(Order(saved=(str(tmp_path / "pages"),)), run, jobs=1, now=now)

    assert (2, 1, 2, 1) == (outcome.pages, outcome.assessed, outcome.sites, outcome.sites_assessed)
    assert (False, False, ()) == (outcome.is_new, outcome.is_refused, outcome.again)
    assert before == hash_files(run)


def test_every_step_is_told(tmp_path: Path) -> None:
    """First the parts of what was saved, then the reports on single pages, with the pages so far."""
    told: list[Step] = []
    scan_sites(tmp_path, PAIR)
    outcome = scan(Order(saved=(str(tmp_path / "pages"),)), tmp_path / "other", jobs=1, now=now, tell=told.append)

    assert outcome.is_new
    assert [str(tmp_path / "pages"), REPORTING] == list(dict.fromkeys(step.what for step in told))
    assert [(2, True)] == list({(step.pages, step.done <= step.total) for step in told})


def test_an_update_needs_a_run(tmp_path: Path) -> None:
    """A folder that holds something else is not touched."""
    with pytest.raises(AuditorError, match="is not the folder of a run: name one that auditor scan made"):
        scan(None, tmp_path, jobs=1, now=now)

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("problem", "reason", "remedy"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device", "make room there"),
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full", "make room there"),
        (sqlite3.OperationalError("database is locked"), "database is locked", "close the program that has it open"),
    ],
)
def test_what_cannot_be_kept_is_told_with_what_to_do(
    problem: Exception, reason: str, remedy: str, tmp_path: Path
) -> None:
    """Whatever says so, it is one sentence, and the same command goes on."""

    def tell(_step: Step) -> None:
        raise problem

    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "knees.html").write_text("<html lang=en><p>We cure knees.", encoding="utf-8")
    order = Order(saved=(str(tmp_path / "pages"),))
    with pytest.raises(AuditorError) as caught:
        scan(order, tmp_path / "other", jobs=1, now=now, tell=tell)

    assert (
        f"nothing more can be kept in {tmp_path / 'other'} ({reason}): {remedy}, then give the same command to go on; "
        "what was done is kept"
    ) == str(caught.value)
    assert scan(order, tmp_path / "other", jobs=1, now=now).is_new
