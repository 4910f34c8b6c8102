"""Findings as a reader meets them: which are shown, in what part, and what stands on the first screen."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.models import Grade, Severity, Support, SupportNeeded
from auditor.reporting.clipping import SHOWN_FINDINGS, SHOWN_QUOTES
from auditor.reporting.findings import name_anchors, view_citation, view_findings
from auditor.reporting.record import to_record
from tests.factories import audit, evidence, finding, passage, rich_audit, rule


def view(*findings: Any, **fields: Any) -> dict[str, Any]:
    return view_findings(to_record(audit(*findings, **fields)))


def say(id_: str, quote: str, severity: Severity = Severity.HIGH, **fields: Any) -> Any:
    item = evidence(quote, "cure", severity=severity, passage=passage(quote, **fields))
    return finding(item, rule=rule(id_, severity=severity))


def test_anchors_follow_the_order_of_the_report() -> None:
    """The gravest finding is the first, strengths are numbered apart, and what is not shown has none."""
    many = [say(f"hype/x{number}", f"We cure knees {number}.", Severity.LOW) for number in range(SHOWN_FINDINGS)]
    record = to_record(
        audit(*many, say("curative/y", "We cure hips."), strengths=(say("strengths/z", "A cure is rare."),))
    )
    anchors = name_anchors(record)

    assert ("finding-1", "finding-2", "strength-1") == (
        anchors["curative/y"],
        anchors["hype/x0"],
        anchors["strengths/z"],
    )
    assert f"hype/x{SHOWN_FINDINGS - 1}" not in anchors


def test_what_is_said_and_what_is_missing_stand_apart() -> None:
    """Categories hold what the page says, with the gravest first; an absence has no quotation to lead with."""
    absent = finding(rule=rule("transparency/none", form="absence", match={}))
    seen = view(say("hype/best", "We cure best.", Severity.LOW), absent, say("curative/x", "We cure knees."))

    assert ["Cures", "Superlatives"] == [group["title"] for group in seen["groups"]]
    assert ["transparency/none"] == [each["rule"] for each in seen["absences"]]
    assert seen["absences"][0]["lead"] is None


def test_quotations_beyond_the_limit_are_counted() -> None:
    """One finding does not fill the report; the record holds the rest."""
    items = [evidence(f"We cure knee {number}.", passage=passage(f"We cure knee {number}.")) for number in range(20)]
    (shown,) = view(finding(*items))["groups"][0]["findings"]

    assert (SHOWN_QUOTES, 20 - SHOWN_QUOTES) == (len(shown["quotes"]), shown["more"])
    assert shown["quotes"] == [shown["lead"], *shown["others"], *shown["folded"]]


@pytest.mark.parametrize(
    ("findings", "title", "words"),
    [
        ([say("curative/a", "We cure knees."), say("curative/b", "We cure hips."), say("safety/c", "A safe cure.")], "The gravest words", ["We cure knees.", "A safe cure.", "We cure hips."]),
        ([say("curative/a", "We cure knees."), say("safety/b", "We cure knees."), say("hype/c", "Best cure.", Severity.LOW)], "The gravest words", ["We cure knees."]),
        ([say("hype/c", "Best cure.", Severity.LOW)], "What was found", ["Best cure."]),
        ([say("curative/a", "We cure knees.", role="title", landmark="head"), say("hype/b", "Best cure.", Severity.MEDIUM)], "What was found", ["Best cure."]),
    ],
    ids=["other categories first", "no words twice, nothing slight beside", "slight alone", "the title stands above"],
)  # fmt: skip
def test_the_first_screen_holds_the_gravest_words(findings: list[Any], title: str, words: list[str]) -> None:
    """Nothing slight is called grave, and the title of the page is not held against it a second time."""
    seen = view(*findings)

    assert title == seen["gravest_title"]
    assert words == ["".join(piece["text"] for piece in item["quote"]["pieces"]) for item in seen["gravest"]]


def test_where_nothing_is_grave_the_best_is_shown() -> None:
    """Strengths stand on the first screen only if no finding does."""
    good = say("strengths/risks", "No cure is sure.")

    assert ["strengths/risks"] == [item["rule"] for item in view(strengths=(good,))["best"]]
    assert [] == view(say("curative/x", "We cure knees."), strengths=(good,))["best"]


def test_a_severity_that_was_lowered_is_told_with_the_rules_own() -> None:
    """Both what counts and what the rule says are to be seen."""
    item = evidence("It may cure knees.", severity=Severity.LOW, contexts=("hedged",))
    lowered = view(finding(item, severity=Severity.LOW))["groups"][0]["findings"][0]
    plain = view(finding("We cure knees."))["groups"][0]["findings"][0]

    assert ("low", "high") == (lowered["severity_name"], lowered["lowered"])
    assert "" == plain["lowered"]


def test_the_ladder_of_support_shows_what_was_reached() -> None:
    """Rungs up to what is given are reached; the one that is needed is named."""
    met = rule(support=SupportNeeded(answered_by=Grade.TRIAL, within="page"))
    item = evidence("We cure knees.", support=Support(grade=Grade.NAMED, needed=Grade.TRIAL))
    rungs = view(finding(item, rule=met))["groups"][0]["findings"][0]["support"]["rungs"]

    assert [True, True, True, False, False] == [rung["reached"] for rung in rungs]
    assert ["a study named"] == [rung["name"] for rung in rungs if rung["given"]]
    assert ["a registered trial"] == [rung["name"] for rung in rungs if rung["needed"]]


def test_a_reference_can_be_looked_up() -> None:
    """By its identifier, which is told only where it is not the text already."""
    views: list[Any] = [view_citation(citation) for citation in to_record(rich_audit())["document"]["citations"]]
    named, mice, trial = views

    assert (None, "Hepatic Letters, 2018") == (named["href"], named["identifier"])
    assert ("https://doi.org/10.5555/lumora.77", True) == (mice["href"], mice["preclinical"])
    assert ("https://clinicaltrials.gov/study/NCT01234567", "") == (trial["href"], trial["identifier"])
    assert view_citation(None) is None
