"""The score: explained, monotone, and bounded."""

from __future__ import annotations

import itertools

import pytest

from auditor.judging.rules import load_rules
from auditor.judging.scoring import grade_score, score_findings
from auditor.models import Finding, Severity
from tests.factories import finding, rule

SCORING = load_rules().scoring


def flag(id_: str, severity: Severity = Severity.HIGH) -> Finding:
    """Build a finding of the rule *id_* without quotations."""
    return finding(rule=rule(id_, severity=severity), note="met")


STRENGTH = flag("strengths/risks-stated")


@pytest.mark.parametrize(
    ("findings", "strengths", "expected"),
    [
        ((), (), 100),
        ((), (STRENGTH,), 100),
        ((flag("curative/a"),), (), 88),
        ((flag("curative/a"),), (STRENGTH,), 91),
        ((flag("curative/a"),), (STRENGTH, STRENGTH, STRENGTH), 94),
        ((flag("curative/a", Severity.LOW),), (STRENGTH,), 99),
        ((flag("curative/a"), flag("curative/b"), flag("curative/c", Severity.LOW)), (), 88),
        ((flag("curative/a", Severity.CRITICAL), flag("hype/a", Severity.MEDIUM)), (), 70),
    ],
)
def test_small_sums(findings: tuple[Finding, ...], strengths: tuple[Finding, ...], expected: int) -> None:
    """A category costs its gravest finding; a strength gives back no more than half of what is lost."""
    score, parts = score_findings(findings, strengths, SCORING)

    assert expected == score
    assert score == 100 + sum(part.points for part in parts)


def test_a_finding_never_raises_the_score_and_a_strength_never_lowers_it() -> None:
    """Whatever is there already, one more finding costs nothing or more, one more strength gives nothing or more."""
    pool = [flag(f"{c}/{s.name.lower()}", s) for c in ("curative", "hype", "funnel") for s in Severity]
    for size in range(4):
        for chosen in itertools.combinations(pool, size):
            before, _ = score_findings(chosen, (), SCORING)
            assert score_findings(chosen, (STRENGTH,), SCORING)[0] >= before
            for extra in pool:
                assert score_findings((*chosen, extra), (), SCORING)[0] <= before


def test_every_score_has_a_grade() -> None:
    """Grades fall with the score and leave no gap."""
    letters = [grade_score(score, SCORING)[0] for score in range(100, -1, -1)]

    assert letters == sorted(letters)
    assert {"A", "B", "C", "D", "E"} == set(letters)


def test_the_score_does_not_fall_below_zero() -> None:
    """A page with everything wrong scores 0, and the parts say so."""
    many = [
        flag(f"{c}/{n}", Severity.CRITICAL) for c in ("curative", "hype", "funnel", "safety", "status") for n in "ab"
    ]
    score, parts = score_findings(many, (), SCORING)

    assert 0 == score
    assert 0 == 100 + sum(part.points for part in parts)
