"""The engine for many machines: what it comes to is what processes here come to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from auditor.models import Failure
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from tests.runs import dump_run, now
from tests.test_scanning_analysing import write_archive
from tests.test_scanning_engine import die_of, die_once

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.cluster
def test_a_cluster_comes_to_the_same_result(tmp_path: Path) -> None:
    """Judged as Ray tasks saved pages give what they give in processes here, byte for byte."""
    pytest.importorskip("ray")
    from auditor.scanning.cluster import run_ray

    order = Order(saved=(write_archive(tmp_path, 200),))
    scan(order, tmp_path / "local", jobs=2, now=now)

    scan(order, tmp_path / "cluster", jobs=2, now=now, engine=partial(run_ray, address=None))

    assert dump_run(tmp_path / "local") == dump_run(tmp_path / "cluster")


@pytest.mark.cluster
def test_work_of_a_worker_that_dies_goes_to_another(tmp_path: Path) -> None:
    """A piece is retried when its worker is killed; one of which all workers die fails in words."""
    pytest.importorskip("ray")
    from auditor.scanning.cluster import run_ray

    once = dict(run_ray(partial(die_once, deadly=3, mark=tmp_path / "died"), range(6)))
    always = dict(run_ray(partial(die_of, deadly=3), range(6)))

    assert {number: number * number for number in range(6)} == once
    failed = always.pop(3)
    assert isinstance(failed, Failure)
    assert {number: number * number for number in range(6) if number != 3} == always
