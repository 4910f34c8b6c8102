"""Quotations as a reader meets them: a sentence with its words marked, and told where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.reporting.clipping import LONGEST_QUOTE
from auditor.reporting.quoting import check_language, mark_words, merge_evidence, tell_place, view_quote
from auditor.reporting.record import to_record
from tests.factories import audit, evidence, finding, passage


def show(quote: str, *spans: tuple[int, int]) -> str:
    """Return a quotation with its marks in brackets."""
    return "".join(f"[{piece['text']}]" if piece["marked"] else piece["text"] for piece in mark_words(quote, spans))


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ([], "We cure your knees."),
        ([(3, 7)], "We [cure] your knees."),
        ([(0, 2)], "[We] cure your knees."),
        ([(13, 19)], "We cure your [knees.]"),
        ([(3, 7), (13, 18)], "We [cure] your [knees]."),
        ([(3, 12), (8, 18)], "We [cure your][ knees]."),
        ([(3, 18), (8, 12)], "We [cure your knees]."),
        ([(3, 7), (3, 7)], "We [cure] your knees."),
    ],
)
def test_words_are_marked(spans: list[tuple[int, int]], shown: str) -> None:
    """Each character stands once, whether marks touch, overlap or repeat each other."""
    assert shown == show("We cure your knees.", *spans)


def test_a_long_quotation_is_cut_around_its_marks() -> None:
    """The marks stay, and no page makes a quotation endless."""
    quote = "x" * 5_000 + "cure" + "y" * 5_000

    pieces = mark_words(quote, [(5_000, 5_004)])

    assert ["cure"] == [piece["text"] for piece in pieces if piece["marked"]]
    assert LONGEST_QUOTE + 50 > sum(len(piece["text"]) for piece in pieces)
    assert all(" […] " in piece["text"] for piece in pieces if not piece["marked"])


def read_finding(*items: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a finding with its evidence as a record holds it, and the record."""
    record = to_record(audit(finding(*items)))
    return record["findings"][0], record


def test_a_sentence_that_was_met_twice_is_quoted_once() -> None:
    """With all its words; another sentence is another quotation."""
    found, _ = read_finding(
        evidence("We cure knees for good.", "cure"),
        evidence("We cure knees for good.", "for good"),
        evidence("We heal hips.", "heal"),
    )

    assert [["cure", "for good"], ["heal"]] == [[item["words"] for item in items] for items in merge_evidence(found)]


@pytest.mark.parametrize(
    ("role", "hidden", "found"), [("paragraph", False, True), ("alt", False, False), ("paragraph", True, False)]
)
def test_a_quotation_is_shown_with_its_words(role: str, hidden: bool, found: bool) -> None:
    """Marked if that is asked for; it leads to the live page if a browser can find it there."""
    place = passage("Well. We cure knees.", role=role, hidden=hidden)
    met, record = read_finding(evidence("We cure knees.", "cure", passage=place, start=9, end=13))

    shown = view_quote(met["evidence"], record, marked=True)
    plain = view_quote(met["evidence"], record, marked=False)

    assert [("We ", False), ("cure", True), (" knees.", False)] == [
        (each["text"], each["marked"]) for each in shown["pieces"]
    ]
    assert [("We cure knees.", False)] == [(each["text"], each["marked"]) for each in plain["pieces"]]
    assert found == bool(shown["href"])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "Paragraph"),
        ({"section": ("Knees", "Prices")}, "Paragraph under “Prices”"),
        ({"section": ("A", "B", "C")}, "Paragraph under “B” › “C”"),
        ({"hidden": True}, "Paragraph, not shown at first"),
        ({"role": "heading"}, "Heading"),
    ],
)
def test_a_place_is_told(fields: dict[str, Any], told: str) -> None:
    """By its role and the two headings nearest above; the one over the whole page says nothing."""
    met, record = read_finding(evidence(passage=passage(**fields)))
    facts = record["document"]["facts"] | {"language": met["evidence"][0]["passage"]["language"], "title": "Knees"}

    assert told == tell_place(met["evidence"][0]["passage"], facts)


@pytest.mark.parametrize(
    ("declared", "kept"), [("en", "en"), ("zh-Hant-TW", "zh-Hant-TW"), ('en" onclick="x', ""), ("", ""), ("x", "")]
)
def test_a_language_is_one_or_none(declared: str, kept: str) -> None:
    """What a page declares ends in an attribute of the report."""
    assert kept == check_language(declared)
