"""Structures, counts and absences: what is not a claim."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from auditor.judging import judge_page
from tests.factories import document, page, passage
from tests.rulefolders import GOOD, build_rules

if TYPE_CHECKING:
    from pathlib import Path

COUNT = (
    GOOD.replace("form: claim", "form: count")
    .replace("codes: [B2]", "at_least: 3\ngroups: 2\nnear: section")
    .replace("['mends {joints}', 'mending']", "['{joints}']")
)
JOINTS = "leg:\n  - knees?\n  - sore knees?\n  - hips?\narm:\n  - elbows?|funny bones?\n"


@pytest.mark.parametrize(
    ("texts", "note"),
    [
        (("Knees, hips and elbows.",), "3 were counted from 2 groups (arm, leg): Knees, hips, elbows."),
        (("Knees.", "Hips.", "Elbows."), "3 were counted from 2 groups (arm, leg): Knees, Hips, Elbows."),
        (("Knees, knee and hips.", "Knees and hips."), ""),
        (("Elbows, funny bones and hips.",), ""),
        (("Sore knees and hips.",), ""),
        (("Sore knees, hips, elbows.",), "3 were counted from 2 groups (arm, leg): Sore knees, hips, elbows."),
    ],
)
def test_what_is_counted_is_distinct(texts: tuple[str, ...], note: str, tmp_path: Path) -> None:
    """Each term once, whatever it is called, and a longer name not also as the shorter one within it."""
    rules = build_rules(tmp_path, curative__mends=COUNT, words__en__joints=JOINTS)
    read = document(*(passage(text, section=("A",)) for text in texts))
    audit = judge_page(page(), read, rules, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc), version="0")

    assert ([note] if note else []) == [finding.note for finding in audit.findings]
