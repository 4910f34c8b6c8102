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

    A finding never raises it and a strength never lowers it; how often a claim is repeated does not matter.
    """
    parts: list[ScorePart] = []
    spent: dict[str, int] = {}
    score = HIGHEST
    for finding in sorted(findings, key=lambda finding: (-finding.severity, finding.rule.id)):
        severity = finding.severity.name.lower()
        full = scoring.penalty[severity]
        left = scoring.category_cap - spent.get(finding.rule.category, 0)
        points = min(full, max(0, left))
        spent[finding.rule.category] = spent.get(finding.rule.category, 0) + points
        reason = f"{finding.rule.title} ({severity})"
        if points < full:
            reason += f"; the category “{finding.rule.category}” has cost its most, {scoring.category_cap} points"
        parts.append(ScorePart(points=-points, reason=reason, rule=finding.rule.id))
        score -= points
    given = 0
    for strength in strengths:
        points = min(scoring.strength, scoring.strength_cap - given, HIGHEST - score - given)
        points = max(0, points)
        given += points
        reason = strength.rule.title
        if not points:
            reason += (
                "; nothing is lost that it could give back"
                if score + given >= HIGHEST
                else "; strengths have given back their most"
            )
        parts.append(ScorePart(points=points, reason=reason, rule=strength.rule.id))
    score += given
    if score < 0:
        parts.append(ScorePart(points=-score, reason="The score does not fall below 0"))
    return max(0, score), tuple(parts)


def grade_score(score: int, scoring: Scoring) -> tuple[str, str]:
    """Return the letter for *score* and what it means."""
    return next((letter, meaning) for lowest, letter, meaning in scoring.grades if score >= lowest)
