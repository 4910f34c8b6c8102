"""Linear time: each rule is given the worst that can be made from its own patterns, at two sizes, and work is counted.

Nothing is timed: what is counted is the bytes that RE2 reads, whose time for each is bounded by the size of the program,
and the calls of functions. ``python -m tests.benchmarks.bench_audit`` has the seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.judging import load_rules, matching
from tests.rulefolders import GOOD, build_rules
from tests.worst import Work, repeat, write_units

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.models import RuleSet

RULES = load_rules()
SMALL = 4_000
FACTOR = 3
"""How much larger the large text is."""
TOLERANCE = 1.4
"""What growth may lie above that of the text; a quadratic step would make it as much as the factor."""
LARGEST_PROGRAM = 60_000
"""Instructions of the largest program that RE2 may need for a pattern."""


def find_growth(small: int, large: int) -> float:
    """Return how much more work the large text makes for each character; a little work is none."""
    return (large + 100) / (small + 100) / FACTOR


@pytest.mark.parametrize("category", sorted({rule.category for rule in RULES.rules}))
def test_matching_grows_with_the_text(category: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hits, near misses and beginnings of every pattern of every rule: three times the text is three times the work."""
    work = Work(monkeypatch)
    indexes = matching.Indexes(RULES)
    growths = {}
    for rule in (rule for rule in RULES.rules if rule.category == category):
        for language in rule.match:
            for name, unit in write_units(rule, RULES, language).items():
                size = max(SMALL, 2 * len(unit))
                small, large = (work.match(repeat(unit, n * size), language, indexes) for n in (1, FACTOR))
                # Reading the text counts once: a search that a gate saved on the small one is a step, and no growth.
                growths[rule.id, language, name] = find_growth(small + size, large + FACTOR * size)

    assert growths
    assert {} == {where: growth for where, growth in growths.items() if growth > TOLERANCE}
    assert 0 < work.largest <= LARGEST_PROGRAM


UNLESS = "unless:\n  en: ['mends knees never', 'mending no']"
BESIDE = "beside:\n  en: ['knees', 'mends']\nnear: "


@pytest.mark.parametrize(
    "keys",
    [
        "",
        UNLESS,
        *(BESIDE + near for near in ("sentence", "passage", "section", "page")),
        "support: {answered_by: trial, within: section}",
        "excused_by: []",
    ],
)
def test_judging_grows_with_the_text(keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a rule asks for, what is worked out for a hit does not grow with the number of hits."""
    text = GOOD.replace("codes: [B2]\n", f"codes: [B2]\n{keys}\n") if keys else GOOD
    check_judging(build_rules(tmp_path, curative__mends=text), Work(monkeypatch))


@pytest.mark.parametrize("near", ["passage", "section", "page"])
def test_counting_grows_with_the_text(near: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terms of a count are looked at once each."""
    text = (
        GOOD.replace("form: claim", "form: count")
        .replace("codes: [B2]", f"at_least: 2\nnear: {near}")
        .replace("['mends {joints}', 'mending']", "['mends {joints}']")
    )
    check_judging(build_rules(tmp_path, curative__mends=text), Work(monkeypatch))


def check_judging(rules: RuleSet, work: Work) -> None:
    """Hold that judging a text of hits, of denials and of quotations grows with the text."""
    units = {
        "sentences": "It mends knees. Mending it is. ",
        "one sentence": "it mends knees mending mends knees never ",
        "denials": "no that mends knees not mending without that no mends hips ",
        "quotations": "\u201cIt mends knees for all of us, they said\u201d mending no ",
        "questions": "Does it mend? Mending? It mends knees? Yes. ",
    }
    work.judge(repeat("mends knees", SMALL), "en", rules)  # what is built once is built here
    growths = {
        name: find_growth(*(work.judge(repeat(unit, n * SMALL // 2), "en", rules) for n in (1, FACTOR)))
        for name, unit in units.items()
    }

    assert {} == {name: growth for name, growth in growths.items() if growth > TOLERANCE}


def test_the_measure_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matcher that reads to the end from many places is found out."""
    work = Work(monkeypatch)
    indexes = matching.Indexes(RULES)
    monkeypatch.setattr(
        matching, "split_pieces", lambda text: [(low, len(text)) for low in range(0, len(text), SMALL // 10)]
    )
    unit = "It is now easily curable. "
    small, large = (work.match(repeat(unit, n * SMALL), "en", indexes) for n in (1, FACTOR))

    assert find_growth(small, large) > TOLERANCE
