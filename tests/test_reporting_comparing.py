"""Two audits of a page: what is new, gone and persisting, and what cannot be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.models import Audit, ScorePart, Severity
from auditor.reporting import comparing as module
from auditor.reporting.comparing import CAUTIONS, compare_records
from auditor.reporting.difference import render_diff_html, render_diff_summary
from auditor.reporting.record import to_record
from tests.factories import audit, document, evidence, finding, page, passage, rich_audit, rule, unassessed_audit
from tests.test_reporting_html import ATTACKS, _poison, _Reader

CURE = finding("We cure knees.")
OTHER = finding("Call us today.", words="today", rule=rule("pressure/now", severity=Severity.LOW))


def compare(old: Audit, new: Audit) -> dict[str, Any]:
    return compare_records(to_record(old), to_record(new))


def kinds(comparison: dict[str, Any]) -> dict[str, list[str]]:
    return {kind: [item["rule"] for item in found] for kind, found in comparison["findings"].items() if found}


def test_the_same_page_has_not_changed() -> None:
    """Everything persists, and no text differs."""
    made = compare(rich_audit(), rich_audit())

    assert ["persisting"] == list(kinds(made))
    assert 0 == made["score"]["change"]
    assert [] == made["texts"]["changes"] == made["score"]["parts"]
    assert ["same"] == made["cautions"]


def test_findings_are_new_gone_and_persisting() -> None:
    """A finding is one rule met on one page, whatever words meet it."""
    made = compare(audit(CURE, finding("A leap.", words="leap", rule="hype/leap")), audit(OTHER, CURE))

    assert {"new": ["pressure/now"], "gone": ["hype/leap"], "persisting": ["curative/cures"]} == kinds(made)


def test_strengths_are_compared_too() -> None:
    """What a page has begun to say well is told like what it says no more."""
    risks = finding("It may bleed.", words="bleed", rule="strengths/risks")
    made = compare(audit(CURE), audit(CURE, strengths=(risks,)))

    assert ["strengths/risks"] == [item["rule"] for item in made["strengths"]["new"]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["We cure knees."], ["We CURE knees!"], {"persisting": 1}),
        (["We cure knees.", "We cure hips."], ["We cure hips."], {"persisting": 1, "gone": 1}),
        (["We cure knees for good."], ["We cure knees for ever."], {"reworded": 1}),
        (
            ["We cure knees."],
            ["Long ago many people came here by train, and many found a cure."],
            {"gone": 1, "new": 1},
        ),
        (["We cure knees."], ["We cure knees, as a recent patient of ours has told."], {"reworded": 1}),
    ],
)
def test_quotations_are_followed(before: list[str], after: list[str], expected: dict[str, int]) -> None:
    """A quotation persists through a move and through case, is reworded if it is alike, and else gone and new."""
    made = compare(
        audit(finding(*(text if "cure" in text else evidence(text, "CURE") for text in before))),
        audit(finding(*(text if "cure" in text else evidence(text, "CURE") for text in after))),
    )
    found = made["findings"]["persisting"][0]["quotations"]

    assert expected == {kind: len(items) for kind, items in found.items() if items}


def test_a_lower_severity_is_told() -> None:
    """A finding that weighs less than before says so."""
    made = compare(
        audit(CURE), audit(finding(evidence("We may cure knees.", severity=Severity.LOW), severity=Severity.LOW))
    )

    assert {"old": "high", "new": "low"} == made["findings"]["persisting"][0]["severity"]


def test_the_score_is_compared_by_its_parts() -> None:
    """Parts that stayed are left out; those that changed stand with both figures."""
    old = audit(CURE, OTHER, score=83, score_parts=(ScorePart(points=-12, reason="Cures", rule="curative/cures"), ScorePart(points=-5, reason="Now", rule="pressure/now")))  # fmt: skip
    new = audit(CURE, score=88, score_parts=(ScorePart(points=-12, reason="Cures", rule="curative/cures"),))
    score = compare(old, new)["score"]

    assert 5 == score["change"]
    assert [{"rule": "pressure/now", "reason": "Now", "old": -5, "new": 0}] == score["parts"]


def test_text_around_a_finding_comes_first() -> None:
    """Passages that changed are compared word by word, those that hold evidence before the rest."""
    old = audit(finding(evidence("We cure knees.", passage=passage("We cure knees. Come and see."))))
    held = passage("We cure hips. Come and see.", index=1)
    new = audit(
        finding(evidence("We cure hips.", passage=held)),
        document=document(passage("A new paragraph that has nothing to do with it."), held),
    )
    changes = compare(old, new)["texts"]["changes"]

    assert [("changed", True), ("new", False)] == [(change["kind"], change["evidence"]) for change in changes]
    assert ["We cure", " knees.", " hips.", " Come and see."] == [piece["text"] for piece in changes[0]["pieces"]]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (unassessed_audit(), audit(CURE), {"unknown": ["curative/cures"]}),
        (audit(CURE), unassessed_audit(), {"unknown": ["curative/cures"]}),
        (unassessed_audit(), unassessed_audit(), {}),
    ],
    ids=["old", "new", "both"],
)
def test_nothing_is_said_of_a_page_that_was_not_read(old: Audit, new: Audit, expected: dict[str, list[str]]) -> None:
    """A challenge page has not mended what the page before it said."""
    made = compare(old, new)

    assert expected == kinds(made)
    assert made["score"]["change"] is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (audit(CURE), audit(CURE, page=page("<p>New", url="https://hips.example/")), ["address"]),
        (audit(CURE), audit(CURE, page=page("<p>New", url="http://www.knees.example/treatments/#x")), []),
        (audit(CURE), audit(CURE, page=page("<p>New"), rules_digest="6" * 64), ["rules"]),
        (audit(CURE), audit(CURE), ["same"]),
        (unassessed_audit(), audit(CURE, page=page("<p>New")), ["old"]),
        (audit(CURE), audit(CURE, page=page("<p>New"), unlisted=2), ["unlisted"]),
        (audit(CURE), audit(CURE, page=page("<p>New", truncated=True)), ["truncated"]),
        (audit(CURE), audit(CURE, page=page("<p>New", retrieved="2030-01-01T00:00:00Z")), ["reversed"]),
    ],
)
def test_what_a_reader_must_know_first_is_told(old: Audit, new: Audit, expected: list[str]) -> None:
    """Other pages, other rules and what was not read are said before anything else."""
    made = compare(old, new)

    assert expected == made["cautions"]
    assert all(CAUTIONS[name] in _Reader(render_diff_html(made)).text() for name in expected)
    assert all(CAUTIONS[name][:40] in render_diff_summary(made, color=False, width=400) for name in expected)


@pytest.mark.parametrize("old", [rich_audit(), audit(CURE), unassessed_audit()], ids=["rich", "poor", "not assessed"])
@pytest.mark.parametrize(
    "new", [rich_audit(), audit(CURE, OTHER), unassessed_audit()], ids=["rich", "poor", "not assessed"]
)
def test_a_comparison_fits_its_schema(old: Audit, new: Audit) -> None:
    """Every comparison is valid by the strict schema."""
    schema = json.loads((Path(module.__file__).parent / "diff.schema.json").read_text("utf-8"))

    assert [] == [error.message for error in Draft202012Validator(schema).iter_errors(compare(old, new))]
    assert schema["properties"]["cautions"]["items"]["enum"] == list(CAUTIONS)


def test_the_page_tells_what_changed() -> None:
    """Scores, the sentence, the groups and the text stand in this order."""
    text = _Reader(render_diff_html(compare(rich_audit(), audit(CURE)))).text()
    steps = (
        "Earlier 34 of 100 · Grade E",
        "Later 80 of 100 · Grade B",
        "The score rose from 34 to 80. Red flags no longer found: 7; new: 1",
        "Before you read on",
        "No longer found 7 red flags",
        "New 1 red flag",
        "What changed in the score",
        "Text that changed",
        "Provenance",
    )
    places = [text.rindex(step) for step in steps]

    assert sorted(places) == places


def test_the_terminal_tells_what_changed() -> None:
    """Signs and words tell new from gone without colour."""
    old, new = audit(finding("We cure knees for good."), OTHER), audit(finding("We cure knees for ever."))
    text = render_diff_summary(compare(old, new), color=False, width=80)

    assert "− Says that a treatment cures (low)" in text
    assert "= Says that a treatment cures (high)" in text
    assert "~ We cure knees for [−good.−] {+ever.+}" in text
    assert "\033" not in text


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_from_a_page_is_alive(attack: str) -> None:
    """Whatever stands in the records is inert in the comparison."""
    old, new = _poison(to_record(rich_audit()), attack), to_record(rich_audit())
    for name in ("sha256", "retrieved"):
        old["page"][name] = new["page"][name]
    made = compare_records(old, new)
    read = _Reader(render_diff_html(made))
    expected = _Reader(render_diff_html(compare(rich_audit(), audit(CURE, strengths=rich_audit().strengths))))

    assert [] == read.open
    assert {tag for tag, _ in read.elements} <= {tag for tag, _ in expected.elements} | {"del", "ins", "a"}
    assert render_diff_html(made).replace("\n", "").isprintable()
    assert render_diff_summary(made, color=False, width=80).replace("\n", "").isprintable()


def test_other_languages() -> None:
    """A comparison is told in the language asked for."""
    made = compare(audit(CURE), audit())

    assert "Nicht mehr gefunden" in render_diff_html(made, locale="de")
    assert "Ya no se halla" in render_diff_summary(made, color=False, width=80, locale="es")
