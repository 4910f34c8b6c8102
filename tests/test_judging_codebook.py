"""The codebook: every variable has its rules, and every page is coded by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

import auditor
from auditor.errors import RuleError
from auditor.judging import find_measures, judge_page, load_rules
from auditor.models import Obstacle
from tests.factories import document, page, passage
from tests.rulefolders import CODEBOOK, GOOD, build_rules

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.models import Coding, Document, Page, RuleSet

RULES = load_rules()
NEUTRAL = GOOD.replace("severity: high\n", "").replace("codes: [B2]", "codes: [R4]").replace("mends", "risks")
ABSENT = (
    GOOD.replace("form: claim", "form: absence")
    .replace("codes: [B2]", "codes: [R4]")
    .replace("that it mends", "no risk")
)


def code(read: Document, rules: RuleSet, received: Page | None = None) -> dict[str, Coding]:
    """Return the codings of *read* by the id of their variable."""
    audit = judge_page(
        received or page(), read, rules, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc), version="0"
    )
    return {coding.variable.id: coding for coding in audit.codebook}


def test_every_variable_is_measured_by_a_rule_that_can_show_it() -> None:
    """Of all 66 variables, what is there can be shown; that something is missing follows from it."""
    measures = find_measures(RULES.codebook, RULES.rules)

    assert 66 == len(RULES.codebook)
    assert [] == [id_ for id_, rules in measures.items() if all(rule.form == "absence" for rule in rules)]


def test_every_variable_of_sentences_and_pages_is_measured_in_english() -> None:
    """A rule of another language, or a structure alone, does not count."""
    measures = find_measures(RULES.codebook, RULES.rules)
    english = {id_ for id_, rules in measures.items() if any("en" in rule.match or rule.structure for rule in rules)}

    assert set() == {variable.id for variable in RULES.codebook.values() if variable.unit in "SP"} - english


def test_no_rule_shows_what_it_contradicts() -> None:
    """What denies risk is no sign that risks are stated, and the reverse."""
    for rule in RULES.rules:
        assert not ({"R1"} & {*rule.codes} and {"R2", "R3", "R4"} & {*rule.codes}), rule.id


@pytest.mark.parametrize(
    ("narrow", "wide"), [("B2", "B1"), ("B3", "B1"), ("B5", "B1"), ("P2", "P1"), ("R2", "R4"), ("R3", "R4")]
)
def test_what_shows_the_narrow_shows_the_wide(narrow: str, wide: str) -> None:
    """A cure is an effect and an infection a risk: a table in which one is found and the other not contradicts itself."""
    showing = [rule for rule in RULES.rules if rule.form != "absence" and narrow in rule.codes]

    assert showing
    assert [] == [rule.id for rule in showing if wide not in rule.codes]


def test_a_patient_who_is_quoted_is_a_testimonial() -> None:
    """Whatever rule his words meet: a report that quotes him does not say that there is no testimonial."""
    one = replace(RULES, rules=tuple(rule for rule in RULES.rules if rule.id == "safety/no-side-effects"))
    said = "“I had my injection here, with no side effects,” says Ada Quill, a patient."

    coding = code(document("It has no side effects.", said), one)["P1"]
    assert (True, ("safety/no-side-effects",), said, 1) == (coding.present, coding.rules, coding.quote, coding.passage)
    assert not code(document("It has no side effects."), one)["P1"].present


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("Are you looking for a natural way to sleep?", "P6"),
        ("I threw away my walker and my pills.", "P6"),
        ("The cells calm harmful immune responses and may reduce abnormal immune reactions.", "R3"),
        ("Epilepsy may be the result of abnormal nerve cell activity.", "R3"),
    ],
)
def test_no_variable_is_shown_by_what_it_does_not_mean(text: str, variable: str) -> None:
    """A question is no threat, a walker thrown away no fear, and what goes wrong in an illness no risk of its treatment."""
    coding = code(document(f"Our clinic sells stem cells. Book a consultation. {text}"), RULES)[variable]

    assert coding.present is False


def test_what_a_page_refers_to_is_coded_as_it_is_listed() -> None:
    """References that the report lists are references in the codebook too, whoever the page is by."""
    made = auditor.audit_text("The trial appeared in the Journal of Clinical Walking in 2019. Ada Quill wrote it.")
    coding = next(coding for coding in made.codebook if coding.variable.id == "P13")

    assert made.document.citations
    assert coding.present


@pytest.mark.parametrize(
    ("text", "present", "rules", "quote"),
    [
        ("It soothes. It mends knees.", True, ("curative/mends",), "It mends knees."),
        ("It never mends knees.", False, (), ""),
    ],
)
def test_a_variable_is_present_where_a_rule_of_it_is_met(
    text: str, present: bool, rules: tuple[str, ...], quote: str, tmp_path: Path
) -> None:
    """A coding names the rules and gives the first quotation with its passage."""
    coding = code(document("Welcome.", text), build_rules(tmp_path))["B2"]

    assert (present, rules, quote) == (coding.present, coding.rules, coding.quote)
    assert (1 if present else None) == coding.passage


def test_what_a_site_owes_is_only_missing_on_this_page(tmp_path: Path) -> None:
    """A variable of the whole site is never called absent."""
    coding = code(document("It mends knees."), build_rules(tmp_path, observations__risks=NEUTRAL))["R4"]

    assert coding.present is False
    assert "Not found on this page; other pages of the site were not read." == coding.note


def test_an_absence_never_shows_a_variable(tmp_path: Path) -> None:
    """A rule that is met because something is missing says nothing of its presence."""
    coding = code(document("It soothes."), build_rules(tmp_path, safety__none=ABSENT))["R4"]

    assert (None, "Not looked for: no rule measures it.") == (coding.present, coding.note)


@pytest.mark.parametrize(
    ("read", "received", "note"),
    [
        (
            document(passage("Ez nem gyógyít meg semmit.", language="hu")),
            page(),
            "Not looked for: none of its rules applies to a page of this kind or language.",
        ),
        (document("It soothes."), page(truncated=True), "Not found in the part of the page that was read."),
        (
            document("It mends knees.", obstacle=Obstacle(kind="login", reason="A login is asked for.")),
            page(),
            "Not looked for: the page could not be read as a visitor reads it.",
        ),
    ],
)
def test_what_was_not_looked_for_is_not_missing(read: Document, received: Page, note: str, tmp_path: Path) -> None:
    """Another language, a page cut off, a page behind a wall: nothing is said of what they lack."""
    coding = code(read, build_rules(tmp_path), received)["B2"]

    assert (None, note, ()) == (coding.present, coding.note, coding.rules)


def test_an_observation_is_neither_flag_nor_strength_and_weighs_nothing(tmp_path: Path) -> None:
    """What is only recorded stands apart, and the score does not know it."""
    rules = build_rules(tmp_path, observations__risks=NEUTRAL)
    audit = judge_page(
        page(),
        document("It risks knees."),
        rules,
        now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc),
        version="0",
    )

    assert ["observations/risks"] == [finding.rule.id for finding in audit.observations]
    assert ((), (), 100, ()) == (audit.findings, audit.strengths, audit.score, audit.score_parts)


def test_a_finding_that_is_not_listed_still_counts_for_its_variable(tmp_path: Path) -> None:
    """The severity that was asked for narrows the list, not what is on the page."""
    rules = build_rules(tmp_path)
    quiet = replace(rules, rules=tuple(rule for rule in rules.rules if rule.id == "curative/mends"))
    audit = judge_page(
        page(),
        document("It mends knees."),
        quiet,
        now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc),
        version="0",
        severity=max(type(rules.rules[0].severity)),
    )

    assert () == audit.findings
    assert next(coding for coding in audit.codebook if coding.variable.id == "B2").present


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("B2:", "cure:"), "'cure' is no name of a variable"),
        (("  unit: S\n", ""), "variable 'B2' lacks 'unit'"),
        (("unit: S", "unit: page"), "unit is 'page', must be one of S, P, W"),
        (("polarity: red_flag", "polarity: bad"), "polarity is 'bad'"),
        (("percent: 16", "percent: 160"), "percent must be a number from 0 to 100"),
        (("source: us.example", "source: study.dream"), "source 'study.dream' is no basis"),
        ((", verified: T", ""), "a published figure lacks 'verified'"),
        (("tier: B", "mood: B"), "unknown key 'mood'"),
    ],
)
def test_a_mistake_in_the_codebook_is_refused(change: tuple[str, str], problem: str, tmp_path: Path) -> None:
    """Strictly, with file and line, as every file of a rule folder."""
    with pytest.raises(RuleError, match=problem):
        build_rules(tmp_path, codebook=CODEBOOK.replace(*change, 1))
