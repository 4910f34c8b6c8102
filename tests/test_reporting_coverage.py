"""Coverage: the codebook beside the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.judging import find_measures
from auditor.reporting.coverage import render_coverage, to_coverage_record
from tests.rulefolders import GOOD, build_rules

if TYPE_CHECKING:
    from pathlib import Path

ABSENT = GOOD.replace("form: claim", "form: absence").replace("codes: [B2]", "codes: [R4]")


def test_what_measures_a_variable_and_what_does_not(tmp_path: Path) -> None:
    """A rule that shows it, one that misses it, the published figure with its study, and the reason for what is not."""
    rules = build_rules(tmp_path, safety__none=ABSENT, hype__free=GOOD.replace("codes: [B2]\n", ""))
    lines = render_coverage(rules, find_measures(rules.codebook, rules.rules), width=80).splitlines()

    assert "1 of 2 variables are measured: 1 of 1 on sentences, 0 of 1 on sites." == lines[0]
    assert "B2 Claims cure" in lines
    assert "    sentence, tier B, red flag" in lines
    assert "    + curative/mends (claim, en)" in lines
    assert "      16% of 68 sites (An example)" in lines
    assert "    - safety/none (absence, en)" in lines
    assert "      No rule measures it." in lines
    assert "Beyond the codebook: hype/free." in lines


def test_the_same_as_data(tmp_path: Path) -> None:
    """One object a variable, in the order of the codebook."""
    rules = build_rules(tmp_path)
    first, second = to_coverage_record(rules, find_measures(rules.codebook, rules.rules))

    assert {"id": "curative/mends", "form": "claim", "languages": ["en"]} == first["rules"][0]
    assert (True, 16.0, "us.example") == (
        first["measured"],
        first["published"][0]["percent"],
        first["published"][0]["source"],
    )
    assert (False, []) == (second["measured"], second["rules"])
    assert "No rule measures it." == second["limits"][0]
