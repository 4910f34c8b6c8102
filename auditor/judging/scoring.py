"""The score: 100 less what the findings cost, plus what strengths give back, every point explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.models import ScorePart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.models import Finding, Scoring

HIGHEST = 100


def score_findings(
    findings: Sequence[Finding], strengths: Sequence[Finding], scoring: Scoring
) -> tuple[int, tuple[ScorePart, ...]]:
    """Return the score from 0 to 100 and the steps that lead to it.

    A category costs what its gravest finding costs, so neither length nor repetition matters. A finding never raises the
    score, because strengths give back less than it costs; a strength never lowers it.
    """
    parts: list[ScorePart] = []
    lost = 0
    counted: set[str] = set()
    for finding in sorted(findings, key=lambda finding: (-finding.severity, finding.rule.id)):
        severity = finding.severity.name.lower()
        points = 0 if finding.rule.category in counted else scoring.penalty[severity]
        reason = f"{finding.rule.title} ({severity})"
        if not points:
            reason += f"; “{finding.rule.category}” has its cost from a finding as grave or graver"
        counted.add(finding.rule.category)
        parts.append(ScorePart(points=-points, reason=reason, rule=finding.rule.id))
        lost += points
    most = min(scoring.strength_cap, lost * scoring.strength_share // 100)
    given = 0
    for strength in strengths:
        points = min(scoring.strength, most - given)
        given += points
        reason = strength.rule.title if points else f"{strength.rule.title}; nothing more can be given back"
        parts.append(ScorePart(points=points, reason=reason, rule=strength.rule.id))
    score = HIGHEST - lost + given
    if score < 0:
        parts.append(ScorePart(points=-score, reason="The score does not fall below 0"))
    return max(0, score), tuple(parts)


def grade_score(score: int, scoring: Scoring) -> tuple[str, str]:
    """Return the letter for *score* and what it means."""
    return next((letter, meaning) for lowest, letter, meaning in scoring.grades if score >= lowest)
