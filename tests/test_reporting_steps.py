"""The steps of a score: what counts is a row, what costs nothing because its category counts already is only counted."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.reporting.catalogue import speak
from auditor.reporting.steps import lay_out_steps


def part(points: int, rule: str | None, reason: str = "Says so (high)") -> dict[str, Any]:
    return {"points": points, "reason": reason, "rule": rule}


def test_a_step_is_a_row_with_its_category() -> None:
    """Points with their sign, the category in words, the reason, and a link where the finding is shown."""
    steps = lay_out_steps(
        [part(-20, "curative/cures"), part(5, "strengths/risks")], 85, {"curative/cures": "finding-1"}
    )

    assert [
        {"points": "−20", "category": "Cures", "reason": "Says so (high)", "anchor": "finding-1"},
        {"points": "+5", "category": "Strength", "reason": "Says so (high)", "anchor": ""},
    ] == steps["rows"]
    assert (85, "", "", 0) == (steps["total"], steps["idle"], steps["spent"], steps["left_out"])


@pytest.mark.parametrize(
    ("parts", "rows", "idle", "spent"),
    [
        ([part(-20, "hype/best"), part(0, "hype/most")], ["−20"], "1 more red flag: no further points, the category already counts", ""),
        ([part(-20, "hype/best"), part(0, "hype/a"), part(0, "hype/b")], ["−20"], "2 more red flags: no further points, the category already counts", ""),
        ([part(0, "hype/most")], ["0"], "", ""),
        ([part(5, "strengths/a"), part(0, "strengths/b")], ["+5"], "", "1 strength: no further points can be given back"),
        ([part(0, "strengths/a"), part(0, "strengths/b")], [], "", "2 strengths: no further points can be given back"),
        ([part(-20, "hype/best"), part(3, None, "The score does not fall below 0")], ["−20", "+3"], "", ""),
    ],
    ids=["one idle", "two idle", "costs nothing by itself", "a strength spent", "all spent", "a step without a rule"],
)  # fmt: skip
def test_what_changes_nothing_is_only_counted(parts: list[Any], rows: list[str], idle: str, spent: str) -> None:
    """A reader sees why a red flag costs nothing, and is not shown thirty such rows."""
    steps = lay_out_steps(parts, 0, {})

    assert (rows, idle, spent) == ([row["points"] for row in steps["rows"]], steps["idle"], steps["spent"])


def test_a_step_without_a_rule_has_no_category() -> None:
    """That a score ends at 0 is no strength; it is said in the language of the report."""
    with speak("de"):
        steps = lay_out_steps([part(3, None, "The score does not fall below 0")], 0, {})

    assert [""] == [row["category"] for row in steps["rows"]]
    assert steps["rows"][0]["reason"] not in ("", "The score does not fall below 0")
