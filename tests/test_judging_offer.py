"""Offer: whether a page sells or informs, and by what signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import auditor
from auditor import pipeline
from tests.factories import page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "url", "intent"),
    [
        ("Our clinic treats knees. Book a consultation.", None, "marketing"),
        ("Our clinic treats knees. Book a consultation. Call your doctor if it hurts. Your doctor may order a scan. Possible complications: none.", None, "marketing"),
        ("PORT VELL, PRNewswire: Lumora begins commercialization of its balm. Forward-looking statements follow.", None, "marketing"),
        ("Call your doctor if it hurts. Your doctor may order a scan. How is gout diagnosed? Possible complications are few.", None, "information"),
        ("EMBARGOED UNTIL NOON. The study in a mouse model was funded by the Vell Foundation, said lead author Ada Quill.", None, "information"),
        ("Experts warn of false hope. The agency has sent letters over an unapproved drug. The clinic declined to comment.", None, "information"),
        ("The court heard that his website said “book a consultation at our clinic”. He was jailed. “No cure,” Mr Quill said.", None, "information"),
        ("Doctors warn of false hope. He was jailed, the court heard. The agency sued. Order now: only 9 jars left.", None, "marketing"),
        ("Walking mends knees, says Ada Quill.", None, "unclear"),
        ("Walking mends knees. Our clinic is open.", "https://www.nhs.uk/conditions/knees/", "information"),
        ("Walking mends knees.", "https://nhs.uk.knees.example/", "unclear"),
    ],
)  # fmt: skip
def test_a_page_sells_informs_or_leaves_it_open(text: str, url: str | None, intent: str) -> None:
    """What sells weighs more than what informs; research news, leaflets and critics are told by their own words."""
    offer = auditor.audit_text(text, url=url).offer

    assert (intent, True) == (offer.intent, intent == "unclear" or bool(offer.signs))


@pytest.mark.parametrize(
    ("head", "sign"),
    [
        ('<script type="application/ld+json">{"@type": "ReportageNewsArticle", "author": "Ada Quill"}</script>', "declared as a news report"),
        ('<meta property="og:type" content="article"><meta name="author" content="Ada Quill"><meta name="date" content="2031-02-03">', "declared as an article, with author and date"),
        ('<meta property="og:type" content="article"><meta name="author" content="Ada Quill">', None),
        ('<meta property="og:type" content="website"><meta name="author" content="Ada Quill"><meta name="date" content="2031-02-03">', None),
    ],
)  # fmt: skip
def test_a_signed_report_is_one_sign_among_others(head: str, sign: str | None, tmp_path: Path) -> None:
    """What a page declares itself to be informs, and decides nothing alone."""
    path = tmp_path / "page.html"
    path.write_text(
        f"<html lang='en'><head>{head}</head><body><main><p>Walking mends knees.</p></main></body></html>", "utf-8"
    )
    offer = auditor.audit(path).offer

    assert ("unclear", (sign,) if sign else ()) == (offer.intent, offer.signs)


def test_what_a_page_declares_tells_nothing_where_sellers_words_are_unknown(tmp_path: Path) -> None:
    """In a language without words that sell, being called news would decide alone."""
    path = tmp_path / "page.html"
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "author": "Ada Quill"}</script>'
    path.write_text(
        f"<html lang='fi'><head>{head}</head><body><main><p>Kävely auttaa polvia.</p></main></body></html>", "utf-8"
    )

    assert () == auditor.audit(path).offer.signs


INFORMS = (
    "Call your doctor if it hurts. Your doctor may order a scan. How is gout diagnosed? Possible complications are few."
)
SPARED = re.compile(
    r"The page was taken to inform and not to sell: (\d+) rules for pages that sell were not applied, and (none|\d+) of them would have been met\."
)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        (INFORMS, {"none"}),
        (f"{INFORMS} This balm cures arthritis for good and has no side effects.", set("123456789")),
    ],
    ids=["nothing claimed", "a cure claimed"],
)
def test_a_page_that_informs_says_what_was_spared(text: str, met: set[str]) -> None:
    """How many rules were not applied, and how many of them would have been met, is among the limits."""
    (limit,) = filter(SPARED.fullmatch, auditor.audit_text(text).limits)
    rules, would = SPARED.fullmatch(limit).groups()  # type: ignore[union-attr]  # one that matches

    spared = [each for each in auditor.load_rules().rules if "information" not in each.intents]
    assert len(spared) == int(rules)
    assert would in met


def test_a_page_that_sells_is_spared_nothing() -> None:
    """Of marketing, and of what is unclear, nothing of the kind is said."""
    for text in ("Our clinic treats knees. Book a consultation.", "Walking mends knees, says Ada Quill."):
        assert not any("taken to inform" in limit for limit in auditor.audit_text(text).limits)


def test_one_image_is_one() -> None:
    """A single image or frame is told of in the singular."""
    made = pipeline.audit_page(
        page("<p>Walking mends knees.</p><img src=a.png><iframe src=https://maps.example/></iframe>")
    )

    assert "One image carries no alternative text; words and pictures in it were not read." in made.limits
    assert "One embedded page, such as a video or a map, was not read." in made.limits
