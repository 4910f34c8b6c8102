"""An evaluation is shown with what was wrong in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from auditor.evaluation.agreement import evaluate_cases
from auditor.evaluation.corpus import read_corpus
from auditor.evaluation.runs import to_run
from auditor.evaluation.table import render_table
from tests.corpora import RULES, write

if TYPE_CHECKING:
    from pathlib import Path

ROW: dict[str, Any] = {
    "cases": 4, "precision": None, "precision_interval": None, "recall": None, "recall_interval": None, "kappa": -0.001,
    "missed": [], "false": [],
}  # fmt: skip


def test_wrong_cases_are_named(tmp_path: Path) -> None:
    """The table names the cases that were missed and those falsely found, up to a number."""
    wrong = [{"id": f"m{n}", "text": "We talk.", "categories": {"curative": True}} for n in range(10)]
    corpus = write(
        tmp_path / "c", *wrong, {"id": "f", "text": "Our cells cure arthritis.", "categories": {"curative": False}}
    )
    run = to_run(evaluate_cases(read_corpus(corpus, RULES), RULES))

    assert ([f"m{n}" for n in range(10)], ["f"]) == (
        run["categories"]["curative"]["missed"],
        run["categories"]["curative"]["false"],
    )
    assert "\n      missed: m0, m1, m2, m3, m4, m5, m6, m7 and 2 more; false: f\n" in render_table(run)


def test_a_table_holds_no_empty_part() -> None:
    """What has no row has no heading, and nothing is less than nothing."""
    run = {"overall": ROW, "categories": {"hype": ROW}, "rules": {}, "failed": {}}
    table = render_table(run)

    assert ["  any red flag", "4", "–", "–", "0.00"] == re.split(r"(?<=\S)\s{2,}", table.splitlines()[1])
    assert ["  hype", "4", "–", "–", "0.00"] == re.split(r"(?<=\S)\s+", table.splitlines()[4])
    assert "rules" not in table
    assert "–: the labels do not tell." in table


@pytest.mark.parametrize(
    ("compared", "lines"),
    [
        (([], []), ["Nothing gained or lost."]),
        (
            ([("a", "hype/x")], [("b", "hype/y")]),
            ["+: found now and not before; -: found before and not now", "+ a: hype/x", "- b: hype/y"],
        ),
    ],
)
def test_changes_are_explained(compared: tuple[list[tuple[str, str]], list[tuple[str, str]]], lines: list[str]) -> None:
    """The signs are told, and so is that there is nothing to tell."""
    run: dict[str, Any] = {"categories": {}, "rules": {}, "failed": {}}

    assert lines == render_table(run, compared).splitlines()
