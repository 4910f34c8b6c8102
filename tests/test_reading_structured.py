"""JSON-LD: words and facts for search engines."""

from __future__ import annotations

import json

import pytest

from auditor.reading.structured import list_words, parse_structured, read_facts, read_words


def parse(value: object) -> list[dict[str, object]]:
    """Parse *value* as a page's structured data."""
    return parse_structured([json.dumps(value)])


def test_words_of_structured_data_are_passages() -> None:
    """Names, descriptions, reviews and answers are read; lists of pages and known words are not."""
    items = parse(
        {
            "@graph": [
                {"@type": "MedicalClinic", "name": "Kneegreen", "description": "We cure knees."},
                {"@type": "Review", "reviewBody": "I walk again."},
                {
                    "@type": "Question",
                    "name": "Does it hurt?",
                    "acceptedAnswer": {"@type": "Answer", "text": "<p>No &amp; never.</p>"},
                },
                {"@type": "BreadcrumbList", "name": "Path"},
            ]
        }
    )

    assert [
        ("We cure knees.", None),
        ("I walk again.", "testimonial"),
        ("Does it hurt?", "faq"),
        ("No & never.", "faq"),
    ] == [(block.text, block.block) for block in list_words(items, {"Kneegreen"})]


def test_facts_of_structured_data_are_read() -> None:
    """People may be named in place, in a list or by reference."""
    items = parse(
        [
            {
                "@type": ["Article", "MedicalWebPage"],
                "author": [{"@id": "#a"}, "Bo Vane"],
                "reviewedBy": {"@type": "Person", "name": "Carl Dent"},
                "publisher": {"name": "Kneegreen"},
                "datePublished": "2020-01-02",
                "dateModified": "2021-03-04",
            },
            {"@id": "#a", "@type": "Person", "name": "Ann Bolt"},
        ]
    )

    assert {
        "author": "Ann Bolt, Bo Vane",
        "reviewer": "Carl Dent",
        "publisher": "Kneegreen",
        "published": "2020-01-02",
        "modified": "2021-03-04",
    } == read_facts(items)


@pytest.mark.parametrize("source", ["", "{", "[" * 100_000, "null", '"text"', "{'name': 1}"])
def test_broken_structured_data_gives_nothing(source: str) -> None:
    """Broken, deep or empty JSON is passed over."""
    assert [] == parse_structured([source])


def test_structured_data_in_a_comment_is_read() -> None:
    """Old pages wrap scripts in comments, some end them with a semicolon."""
    assert [{"name": "Knee"}] == parse_structured(['<!-- {"name": "Knee"} -->', '{"name": "Knee"};'])[:1]


@pytest.mark.parametrize(
    ("value", "expected"), [("plain  text", "plain text"), ("<b>Cu</b>re", "Cure"), ("a &lt; b", "a < b")]
)
def test_markup_in_structured_data_is_read_as_shown(value: str, expected: str) -> None:
    """Search engines show answers without their markup."""
    assert expected == read_words(value)
