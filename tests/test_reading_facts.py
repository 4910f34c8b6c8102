"""Facts: what a page says about itself."""

from __future__ import annotations

import pytest

from auditor.models import Facts
from auditor.reading import read_page, read_text
from auditor.reading.facts import complete_facts, read_date
from tests.factories import page


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2024-04-19T10:00:00Z", "2024-04-19"),
        ("20240419", "2024-04-19"),
        ("April 19, 2024", "2024-04-19"),
        ("Apr. 19th 2024", "2024-04-19"),
        ("19 April 2024", "2024-04-19"),
        ("19. März 2024", "2024-03-19"),
        ("19 de abril de 2024", "2024-04-19"),
        ("19 апреля 2024", "2024-04-19"),
        ("2024年4月19日", "2024-04-19"),
        ("19.04.2024", "2024-04-19"),
        ("19/04/2024", "2024-04-19"),
        ("04/19/2024", "2024-04-19"),
        ("04/05/2024", "04/05/2024"),
        ("April 2024", "2024-04"),
        ("last spring", "last spring"),
        ("2024-13-40", "2024-13-40"),
    ],
)
def test_a_date_is_read_where_it_is_certain(words: str, expected: str) -> None:
    """Dates become ISO 8601; what could be two dates stays as written."""
    assert expected == read_date(words)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("By Ann Bolt, MD", "author", "Ann Bolt, MD"),
        ("Written by Dr. Ann van Bolt on July 2, 2021", "author", "Dr. Ann van Bolt"),
        ("By releasing growth factors, cells repair knees", "author", None),
        ("Medically reviewed by Carl Dent, PhD. Updated yesterday", "reviewer", "Carl Dent, PhD"),
        ("Fact-checked by Carl Dent", "reviewer", "Carl Dent"),
        ("Our treatments are reviewed by experts", "reviewer", None),
        ("Article updated on: April 19, 2024", "modified", "2024-04-19"),
        ("Last reviewed: 3 May 2023", "modified", "2023-05-03"),
        ("Published on 2022-01-05", "published", "2022-01-05"),
        ("Updated our rooms in style", "modified", None),
        ("Reviewed June 2026", "modified", "2026-06"),
        ("By Ann Bolt, 12 May 2026", "published", "2026-05-12"),
        ("By Ann Bolt, MD | May 12, 2026", "published", "2026-05-12"),
        ("By Ann Bolt. She saw two trials begin, one in May 2026", "published", None),
        ("By Ann Bolt · Updated 12 May 2026", "published", None),
        ("Written by our nurses, checked by Prof. C. Dent, March 2026.", "modified", "2026-03"),
        (
            "Reviewed by Dr Carl Dent, knee surgeon (licence 70123), 3 March 2026. Next review: 2028",
            "modified",
            "2026-03-03",
        ),
        ("Reviewed by Dr Carl Dent, unlike since 2019", "modified", None),
    ],
)
def test_bylines_are_read(text: str, name: str, expected: str | None) -> None:
    """Names and dates behind their labels count, sentences with the same words do not."""
    facts = read_text(f"{text}\n\nOur clinic stands in the middle of the old town and is open every day.").facts

    assert expected == getattr(facts, name)


@pytest.mark.parametrize(
    ("body", "author", "published"),
    [
        ("<h1>Knees</h1><p>12 May 2026</p><p>All on knees.</p>", None, "2026-05-12"),
        ("<h1>Knees</h1><p>12 May 2026 | 5 min read</p><p>All on knees.</p>", None, "2026-05-12"),
        ("<h1>Knees</h1><p>Spring 2026</p><p>All on knees.</p>", None, None),
        ("<h1>Knees</h1><p>Dr. Ann Bolt, knee surgeon</p><p>All on knees.</p>", "Dr. Ann Bolt", None),
        (
            "<h1>Knees</h1><p>All on knees.</p><p>Ann Bolt, physiotherapist, registered in Tolmouth.</p>",
            "Ann Bolt",
            None,
        ),
        ("<h1>Knees</h1><p>All on knees.</p><p>Dr. Ann Bolt, knee surgeon, says that rest helps.</p>", None, None),
        ("<h1>Knees</h1><p>“I am so happy.”</p><p>Ann Bolt, nurse</p>", None, None),
        (
            "<h1>Knees</h1><p>One.<p>Two.<p>Three.<p>Four.<p>Ann Bolt, nurse<p>Five.<p>Six.<p>Seven.<p>Eight.",
            None,
            None,
        ),
    ],
)
def test_pages_are_signed_at_top_and_foot(body: str, author: str | None, published: str | None) -> None:
    """A name with a profession, and a bare date, count where a page begins or ends, and not under praise."""
    facts = read_page(page(body)).facts

    assert (author, published) == (facts.author, facts.published)


def test_a_label_may_stand_on_a_line_of_its_own() -> None:
    """A date under its label belongs to it."""
    assert "2024-04-19" == read_text("Article updated on:\nApril 19, 2024\nOur knees are fine.").facts.modified


@pytest.mark.parametrize("label", ["更新日期", "审核日期"])
def test_labels_of_other_languages_are_read(label: str) -> None:
    """Bylines are read in the language of the page."""
    document = read_page(
        page(f"<html lang=zh><p>作者：王小明。{label}：2023年5月3日<p>我们的诊所位于老城区，每天开放。")
    )

    assert ("王小明", "2023-05-03") == (document.facts.author, document.facts.modified)


def test_the_byline_of_a_related_article_is_not_this_page_s() -> None:
    """Names under "Related articles" belong to other pages."""
    document = read_page(
        page("<h1>Knees</h1><p>About knees.</p><h2>Related articles</h2><p>Medically reviewed by Carl Dent")
    )

    assert document.facts.reviewer is None


def test_structured_data_wins_over_metadata_and_bylines() -> None:
    """Sources are asked in a fixed order."""
    document = read_page(
        page(
            "<title>Knees</title><meta name=author content='Bo Vane'><meta name=description content='All on knees.'>"
            "<meta property=og:site_name content=Kneegreen><meta property=article:published_time content=2020-02-03T04:05:06Z>"
            "<link rel=canonical href=/k>"
            '<script type="application/ld+json">{"@type": "Article", "author": {"name": "Ann Bolt"}}</script><p>By Carl Dent'
        )
    )

    expected = Facts(
        title="Knees",
        description="All on knees.",
        author="Ann Bolt",
        publisher="Kneegreen",
        published="2020-02-03",
        language="en",
        canonical="https://knees.example/k",
    )

    assert expected == document.facts


@pytest.mark.parametrize("author", ["https://agency.example/us", "agency.example", "admin"])
def test_an_address_is_no_author(author: str) -> None:
    """Agencies and systems sign pages too."""
    assert read_page(page(f"<meta name=author content='{author}'><p>Text")).facts.author is None


def test_a_page_without_a_title_is_called_by_its_heading() -> None:
    """The first heading stands in for the title."""
    assert "Knees" == read_page(page("<h1>Knees</h1><p>Text")).facts.title


def test_trafilatura_completes_what_is_missing() -> None:
    """On request the slow reader is asked, and known facts stay."""
    markup = "<html><head><title>Knees</title></head><body><article><h1>Knees</h1><p class='meta'>Posted 2021-06-07</p></article></body></html>"

    completed = complete_facts(Facts(title="Ours", author="Ann Bolt"), markup, "https://knees.example/2021/06/07/knees")

    assert ("Ours", "Ann Bolt", "2021-06-07") == (completed.title, completed.author, completed.published)
