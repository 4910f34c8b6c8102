"""Rules as a reader meets them: a line each, one in full, and as data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.reporting.rules import render_rule, render_rule_list, to_rule_record, to_short_record
from tests.rulefolders import GOOD, build_rules

if TYPE_CHECKING:
    from pathlib import Path

FULL = GOOD.replace(
    "codes: [B2]\n",
    "codes: [B2]\nsupport: {answered_by: trial, within: section}\nunless:\n  en: ['mending no']\n"
    "falsepositives: [A tailor's page.]\n",
).replace("[It does not mend knees.]", "[It does not mend knees., We are mending no knees.]")
STRENGTH = GOOD.replace("Says that it mends", "Names\u202e what it mends").replace("severity: high\n", "")


def test_a_list_has_a_line_for_each_rule(tmp_path: Path) -> None:
    """Id, severity, form and title in columns; what does not count has no severity."""
    rules = build_rules(tmp_path, strengths__risks=STRENGTH)

    assert (
        "curative/mends   high      claim      Says that it mends\n"
        "strengths/risks  –         claim      Names\ufffd what it mends\n"
    ) == render_rule_list(rules)


def test_a_rule_is_shown_with_all_that_a_reader_can_use(tmp_path: Path) -> None:
    """Reason, question, what would support it, basis with its address, patterns as whole lines, examples."""
    rules = build_rules(tmp_path, curative__mends=FULL)
    text = render_rule(rules.rules[0], rules.basis, width=60)

    assert text.startswith("curative/mends\nSays that it mends\nhigh severity, claim rule, stable\n\nWhy it matters\n")
    for part in (
        "Question to the clinic\n  Which trial shows it?\n",
        "What would support it\n  trial or better, within the section\n",
        "Basis\n  An example (us)\n    Claims need proof.\n    https://law.example/1\n",
        "Matches (en)\n  mends {joints}\n  mending\n",
        "Unless it lies in (en)\n  mending no\n",
        "Known false alarms\n  A tailor's page.\n",
        "Flags (en)\n  Our balm mends knees.\n  Mending is our trade.\n",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 60


def test_what_may_be_copied_is_not_broken(tmp_path: Path) -> None:
    """An address or a pattern that is wider than the terminal stays on its line."""
    rules = build_rules(tmp_path)
    long = "https://law.example/" + "a" * 100
    basis = {name: replace(found, url=long) for name, found in rules.basis.items()}

    assert f"    {long}" in render_rule(rules.rules[0], basis, width=40).splitlines()


def test_the_same_as_data(tmp_path: Path) -> None:
    """The short form is the beginning of the whole one, and all of it is plain."""
    rules = build_rules(tmp_path, curative__mends=FULL)
    rule = rules.rules[0]
    record = to_rule_record(rule, rules.basis)

    assert to_short_record(rule).items() <= record.items()
    assert {"answered_by": "trial", "within": "section"} == record["support"]
    assert {"en": ["mends {joints}", "mending"]} == record["match"]
    assert ["https://law.example/1"] == [basis["url"] for basis in record["basis"]]
    assert None is to_rule_record(build_rules(tmp_path / "plain").rules[0], rules.basis)["support"]
