"""The verdict on a site: claims from all its pages, absences over the whole of it, codes and words for it."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.pipeline import load_default_rules
from auditor.scanning.verdicts import SitePage, Verdict, judge_site

RULES = load_default_rules()
CURE = ("curative/cure-claimed", "finding", 4, "")
QUOTE = ("funnel/free-quote", "finding", 1, "")
NO_RISKS = ("safety/risks-not-stated", "finding", 3, "Nothing of the kind was found on this page.")
NO_DATE = ("transparency/no-date", "finding", 1, "Nothing of the kind was found on this page.")


def page(number: int = 1, *findings: tuple[str, str, int, str], **fields: Any) -> SitePage:
    """Build an assessed page of a site."""
    known: dict[str, Any] = {
        "page": number,
        "state": "assessed",
        "reason": None,
        "intent": "marketing",
        "score": 60,
        "codes": {},
        "findings": findings,
        "disclosures": (),
    }
    return SitePage(**(known | fields))


def judge(*pages: SitePage, **how: Any) -> Verdict:
    """Return the verdict on a site of *pages*."""
    return judge_site(pages, RULES, **how)


def test_a_claim_counts_once_by_its_gravest_page() -> None:
    """However many pages make it: the score of two pages with the same claim is that of one."""
    softer = (*CURE[:2], 3, "")

    once, twice = judge(page(1, CURE)), judge(page(1, softer), page(2, CURE), page(3, CURE))

    assert once.score == twice.score
    assert [("curative/cure-claimed", 4, 3, 2)] == [
        (each.rule, each.severity, each.pages, each.first) for each in twice.findings
    ]


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        ([page(1, NO_RISKS), page(2, NO_RISKS)], {"safety/risks-not-stated": 2}),
        ([page(1, NO_RISKS), page(2, disclosures=("safety/risks-not-stated",))], {}),
        ([page(1, NO_DATE), page(2, disclosures=("transparency/no-date",))], {"transparency/no-date": 1}),
    ],
)
def test_what_is_missing_is_missing_from_the_whole_site(pages: list[SitePage], missing: dict[str, int]) -> None:
    """What one page gives the site gives, but for what every page owes its reader, such as a date."""
    assert missing == {each.rule: each.pages for each in judge(*pages).findings}


def test_an_absence_says_how_much_was_read() -> None:
    """Pages that could not be had may hold what was not found."""
    verdict = judge(page(1, NO_RISKS), page(2, state="failed", score=None), page(3, state="duplicate", score=None))

    assert (
        "Nothing of the kind was found on the 1 page of this site that could be read; 1 more that it names was not."
        == verdict.findings[0].note
    )


def test_a_variable_is_found_if_any_page_shows_it() -> None:
    """Found is 1 and looked for in vain 0, over the pages that were read; the rest is open."""
    codes = judge(
        page(1, codes={"B1": 0, "B2": 1}),
        page(2, codes={"B1": 1}),
        page(3, state="failed", score=None, codes={"B3": 1}),
    ).codes

    assert (1, 1, None) == (codes["B1"], codes["B2"], codes["B3"])
    assert set(RULES.codebook) == set(codes)


@pytest.mark.parametrize(
    ("pages", "meaning"),
    [
        ([page(1)], "1 page of the site could be assessed; it meets no red flag."),
        (
            [page(1, CURE, QUOTE), page(2)],
            "2 pages of the site could be assessed; together they meet 2 red flags in 2 categories.",
        ),
        (
            [page(1, intent="information")],
            (
                "1 page of the site could be assessed; it meets no red flag. "
                "It was taken to inform and not to sell, and spared the rules for pages that sell."
            ),
        ),
        (
            [page(1, QUOTE), page(2, intent="information")],
            (
                "2 pages of the site could be assessed; together they meet 1 red flag in 1 category. "
                "1 of them was taken to inform and not to sell, and spared the rules for pages that sell."
            ),
        ),
    ],
)
def test_a_verdict_says_what_it_rests_on(pages: list[SitePage], meaning: str) -> None:
    """How many pages, what they come to, and what was spared."""
    assert meaning == judge(*pages).meaning


@pytest.mark.parametrize(
    ("pages", "ended", "state", "reason"),
    [
        (
            [page(1, state="failed", score=None, reason="the server answered 404")],
            None,
            "failed",
            "the server answered 404",
        ),
        (
            [page(1, state="not_assessed", score=None, reason="Too short."), page(2, state="failed", score=None)],
            None,
            "not_assessed",
            "Too short.",
        ),
        (
            [page(1, state="skipped", score=None)],
            "robots.txt asks for patience",
            "skipped",
            "robots.txt asks for patience",
        ),
        ([], None, "failed", "no page was found"),
    ],
)
def test_a_site_without_an_assessed_page_has_a_reason_and_no_score(
    pages: list[SitePage], ended: str | None, state: str, reason: str
) -> None:
    """The state that says most, and why the crawl ended or else the first page's reason."""
    verdict = judge(*pages, reason=ended)

    assert (state, reason, None) == (verdict.state, verdict.reason, verdict.score)


def test_the_worst_pages_come_first() -> None:
    """At most five, by score and then in the order in which they were found."""
    scores = (70, 20, 90, 20, 50, 60)

    verdict = judge(*(page(number, score=score) for number, score in enumerate(scores, 1)))

    assert [2, 4, 5, 6, 1] == verdict.worst
