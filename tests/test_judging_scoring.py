"""The score: explained, monotone, and bounded."""

from __future__ import annotations

import itertools

import pytest

from auditor.judging.folders import find_rules
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


POOL = [
    flag(f"{category}/{severity.name.lower()}", severity) for category in ("curative", "hype") for severity in Severity
]
STRENGTHS = [flag(f"strengths/{name}") for name in "abcdefg"]


@pytest.mark.parametrize("strengths", range(len(STRENGTHS)))
def test_a_finding_never_raises_the_score_and_a_strength_never_lowers_it(strengths: int) -> None:
    """Whatever is there already, one more finding costs nothing or more, one more strength gives nothing or more."""
    good = STRENGTHS[:strengths]
    for size in range(5):
        for chosen in itertools.combinations(POOL, size):
            before, _ = score_findings(chosen, good, SCORING)
            assert score_findings(chosen, STRENGTHS[: strengths + 1], SCORING)[0] >= before
            assert all(score_findings((*chosen, extra), good, SCORING)[0] <= before for extra in POOL)


def test_a_graver_finding_costs_as_much_or_more() -> None:
    """Severity alone never turns in a page's favour."""
    for rest in itertools.combinations(POOL, 2):
        scores = [score_findings((*rest, flag("status/a", severity)), STRENGTHS, SCORING)[0] for severity in Severity]

        assert scores == sorted(scores, reverse=True)


def test_length_does_not_matter() -> None:
    """More findings of a kind, or more quotations of one, cost nothing more: a long page is not worse for being long."""
    once = score_findings([flag("curative/a"), flag("hype/a", Severity.LOW)], STRENGTHS[:1], SCORING)[0]
    many = [flag(f"{category}/{n}", severity) for n in range(50) for category, severity in (("curative", Severity.HIGH), ("hype", Severity.LOW))]  # fmt: skip

    assert once == score_findings(many, STRENGTHS[:1], SCORING)[0]


def test_the_order_does_not_matter() -> None:
    """The same findings in any order make the same score."""
    chosen = (POOL[0], POOL[3], POOL[5])

    assert 1 == len({score_findings(order, STRENGTHS, SCORING)[0] for order in itertools.permutations(chosen)})


def test_every_point_is_explained() -> None:
    """The parts add up to the score; each that moves it names its rule, what it is, and why it counts no more."""
    for size in range(5):
        for chosen in itertools.combinations(POOL, size):
            score, parts = score_findings(chosen, STRENGTHS, SCORING)

            assert score == 100 + sum(part.points for part in parts)
            assert {part.rule for part in parts if part.rule} == {item.rule.id for item in (*chosen, *STRENGTHS)}
            assert all(part.reason for part in parts)
            assert all("has its cost" in part.reason for part in parts if not part.points and part.rule in {f.rule.id for f in chosen})  # fmt: skip


def test_the_weights_stand_with_their_reasons() -> None:
    """Whoever reads the file of weights reads why they are what they are."""
    text = (find_rules() / "scoring.yaml").read_text("utf-8")
    reasons = [line for line in text.splitlines() if line.startswith("#")]

    assert len(reasons) >= 5
    assert all(word in " ".join(reasons) for word in ("category", "severity", "strength_cap", "strength_share"))


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
