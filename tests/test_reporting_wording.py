"""The words of the reports: how values are called, and how findings are ranked and summed up."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.models import Grade, SupportNeeded
from auditor.reporting.record import to_record
from auditor.reporting.wording import (
    choose_band,
    describe_figure,
    describe_found,
    describe_manner,
    describe_measured,
    describe_moment,
    describe_needed,
    describe_nothing,
    describe_support_shortly,
    describe_unassessed,
    describe_unlisted,
    join_words,
    name_category,
    rank_categories,
    rank_evidence,
    rank_findings,
    sign_points,
    summarize_findings,
)
from tests.factories import audit, evidence, finding, passage, rule, unassessed_audit


def found(id_: str, severity: str = "high", form: str = "claim") -> dict[str, Any]:
    return {"severity": severity, "rule": {"id": id_, "category": id_.partition("/")[0], "form": form}}


def record(*findings: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known = {"findings": list(findings), "strengths": [], "unlisted": 0, "score": 50, "document": {"obstacle": None}}
    return known | fields


def test_findings_are_ranked_by_severity() -> None:
    """The gravest come first, and those of one severity stay as they came."""
    ranked = rank_findings(record(found("a/1", "low"), found("a/2", "critical"), found("a/3", "low")))

    assert ["a/2", "a/1", "a/3"] == [each["rule"]["id"] for each in ranked]


def test_the_title_comes_after_the_text() -> None:
    """Of equal severity what stands on the page is quoted before what stands in its tab."""
    items = [
        {"severity": severity, "passage": {"role": role}}
        for severity, role in (("high", "title"), ("low", "paragraph"), ("high", "heading"))
    ]

    assert ["heading", "title", "paragraph"] == [item["passage"]["role"] for item in rank_evidence({"evidence": items})]


def test_categories_are_ranked_by_their_gravest_finding() -> None:
    """Then in the order of the report; a folder of the user's own comes last and is its own heading."""
    findings = [found("mine/x"), found("hype/x", "low"), found("safety/x"), found("hype/y", "critical")]

    assert ["hype", "safety", "mine"] == rank_categories(findings)
    assert ["Superlatives", "mine"] == [name_category(name) for name in ("hype", "mine")]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (record(), "No red flag was found on this page."),
        (record(unlisted=2), "No red flag at or above the severity that was asked for was found on this page."),
        (record(strengths=[{}]), "No red flag was found on this page. 1 sign of good practice was found."),
        (record(found("curative/x")), "Words were found that speak of cures; 1 red flag, 1 high."),
        (record(found("curative/x", "low"), strengths=[{}, {}]), "Words were found that speak of cures; 1 red flag, and 2 signs of good practice."),
        (
            record(found("curative/x", "critical"), found("safety/x"), found("transparency/x", form="absence")),
            "Words were found that speak of cures and that present treatment as safe; 3 red flags in 3 categories, 1 critical and 2 high.",
        ),
        (record(found("funnel/x", form="structure")), "Parts of the page were found that invite the reader to make contact or to buy; 1 red flag, 1 high."),
        (record(found("transparency/x", form="absence")), "Some of what a reader would need to know was not found on this page; 1 red flag, 1 high."),
        (record(found("mine/x")), "Words were found of the kind “mine”; 1 red flag, 1 high."),
    ],
    ids=["nothing", "nothing listed", "good alone", "words", "words and good", "several", "parts", "absent", "own"],
)  # fmt: skip
def test_findings_are_summed_up_in_one_sentence(held: dict[str, Any], told: str) -> None:
    """What is said comes before what is left out, and only what is grave is counted by its severity."""
    assert told == summarize_findings(held)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (record(), ""),
        (record(found("a/x"), unlisted=1), "1 finding below high is counted in the score and not listed."),
        (record(unlisted=2), "2 findings below the severity that was asked for are counted in the score and not listed."),
        (record(found("a/x", "low"), unlisted=3, score=None), "3 findings below low are not listed."),
    ],
)  # fmt: skip
def test_what_is_not_listed_is_counted(held: dict[str, Any], told: str) -> None:
    """Without a score nothing is counted in it."""
    assert told == describe_unlisted(held)


@pytest.mark.parametrize(
    ("kind", "more", "head", "nothing"),
    [
        ("challenge", {}, "Not assessed", "Nothing can be said, because the page was not assessed."),
        ("short", {}, "Not assessed: too little text for a score", "No rule was met by the little that could be read, which says nothing about the page."),
        ("challenge", {"strengths": [{}]}, "Not assessed; what was found in it is listed", "No rule was met by the little that could be read, which says nothing about the page."),
    ],
)  # fmt: skip
def test_a_page_that_was_not_assessed_is_not_praised(kind: str, more: dict[str, Any], head: str, nothing: str) -> None:
    """That nothing was found means nothing where little or nothing was read."""
    held = to_record(unassessed_audit(kind)) | more

    assert (head, nothing) == (describe_unassessed(held), describe_nothing(held, "No red flag."))
    assert "No red flag." == describe_nothing(to_record(audit()), "No red flag.")


@pytest.mark.parametrize(
    ("score", "band"), [(100, "good"), (75, "good"), (74, "medium"), (55, "medium"), (54, "high"), (34, "critical"), (0, "critical"), (None, "none")]
)  # fmt: skip
def test_a_score_is_painted(score: int | None, band: str) -> None:
    """No score is no bad score."""
    assert band == choose_band(score)


@pytest.mark.parametrize(("points", "told"), [(-20, "−20"), (5, "+5"), (0, "0")])
def test_points_have_a_sign(points: int, told: str) -> None:
    """A minus sign and no hyphen; nothing is neither."""
    assert told == sign_points(points)


@pytest.mark.parametrize(
    ("percent", "told"), [(16.0, "16% of 68 sites"), (16.5, "16.5% of 68 sites"), (None, "of 68 sites")]
)
def test_a_figure_is_told_in_the_words_of_its_study(percent: float | None, told: str) -> None:
    """Where a study gives no percentage none is made up."""
    assert told == describe_figure("of 68 sites", percent)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2031-03-14T09:26:53Z", "14 March 2031, 09:26:53 UTC"),
        ("2031-03-04", "4 March 2031"),
        ("2031-13-04", "2031-13-04"),
        ("2031", "2031"),
        ("soon-to-come", "soon-to-come"),
        ("٢٠٣١-٠٣-١٤", "٢٠٣١-٠٣-١٤"),
    ],
)
def test_a_moment_is_written_as_a_reader_writes_it(moment: str, told: str) -> None:
    """What a page gives as its date, and is none, stays as it is."""
    assert told == describe_moment(moment)


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_joined_as_in_a_sentence(words: list[str], told: str) -> None:
    """The last one follows an "and"."""
    assert told == join_words(words)


def test_what_was_measured_is_told_with_its_interval() -> None:
    """Of how many cases a rule was right, and how sure that is; nothing where nobody has labelled any."""
    measured = {"right": 31, "met": 36, "low": 0.7134, "high": 0.9392}

    assert "Right in 31 of 36 labelled cases: 86%, 95% interval 71% to 94%" == describe_measured(measured)
    assert "" == describe_measured(None)


@pytest.mark.parametrize(
    ("grade", "where", "preclinical", "told", "shortly"),
    [
        ("none", None, None, "no study or trial", "a paper or registered trial in the same section; found: none"),
        ("vague", "page", False, "a mention of research that names no study on this page", "a paper or registered trial in the same section; found: no study named"),
        ("paper", "passage", True, "a paper that can be looked up in the same passage, about animals or cell cultures", "a paper or registered trial in the same section; found: a paper about animals or cells"),
    ],
)  # fmt: skip
def test_support_is_told_beside_what_is_needed(
    grade: str, where: str | None, preclinical: bool | None, told: str, shortly: str
) -> None:
    """What would support a claim and what was found are said together, at length and in few words."""
    met = rule(support=SupportNeeded(answered_by=Grade.PAPER, within="section"))
    (held,) = to_record(audit(finding("We cure knees.", rule=met)))["findings"]
    citation = None if preclinical is None else {"preclinical": preclinical}
    held |= {"support": held["support"] | {"grade": grade, "where": where, "citation": citation}}

    assert "a paper that can be looked up, or a registered trial in the same section" == describe_needed(held)
    assert (told, shortly) == (describe_found(held["support"]), describe_support_shortly(held))


def test_a_claim_that_needs_no_support_tells_of_none() -> None:
    """No study would make a discount true."""
    (held,) = to_record(audit(finding("We cure knees.")))["findings"]

    assert (None, "") == (describe_needed(held), describe_support_shortly(held))


def test_the_manner_is_voice_and_contexts() -> None:
    """The clinic's own voice goes without saying."""
    plain = evidence("We cure knees.", passage=passage("We cure knees."))
    told = evidence("We cure knees.", voice="patient", contexts=("hedged", "question"))
    held = to_record(audit(finding(plain, told)))["findings"][0]["evidence"]

    assert [[], ["in a patient’s voice", "hedged", "asked as a question"]] == [describe_manner(item) for item in held]
