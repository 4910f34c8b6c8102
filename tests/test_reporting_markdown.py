"""The report as Markdown: everything said, nothing alive."""

from __future__ import annotations

import re

import pytest

from auditor.reporting.markdown import render_markdown
from auditor.reporting.record import to_record
from tests.factories import audit, finding, rich_audit, unassessed_audit


def test_the_report_is_told_in_order() -> None:
    """Score, summary, findings with marked quotations, absences, strengths, steps, limits, provenance, grounds."""
    text = render_markdown([to_record(rich_audit())])
    steps = (
        "# Audit: Lumora Institute – the end of cirrhosis",
        "**Score 34 of 100, Grade E**. Grave claims",
        "## What the page says and does",
        "#### Says that a treatment cures a serious disease",
        "**Critical**",
        "> Founded by Prof. Ada Quill. Our stem cells reverse liver fibrosis and **cure cirrhosis** for good",
        "> Paragraph under “Liver repair”",
        "Looked for: a registered trial in the same section.",
        "Grounds: FTC Health Products Compliance Guidance (United States)",
        "## What this page does not say",
        "## Strengths",
        "| −24 | Cures: Says that a treatment cures a serious disease (critical) |",
        "| **34** | **Score, between 0 and 100** |",
        "## What could not be checked",
        "## Provenance",
        "SHA-256 of the page:",
        "1. FTC Health Products Compliance Guidance (United States, source read by us).",
    )
    places = [text.index(step) for step in steps]

    assert sorted(places) == places
    assert "\n\n\n" not in text


def test_several_pages_are_one_text() -> None:
    """Page follows page, each under a heading of its own."""
    text = render_markdown(
        [to_record(audit(finding("We cure knees."))), to_record(unassessed_audit(reason="A login."))]
    )

    assert 2 == len(re.findall("^# Audit: ", text, re.MULTILINE))
    assert "**Not assessed**. A login." in text


@pytest.mark.parametrize(
    "attack",
    ["# Head", "- item", "<b>x</b>", "[a](b)", "![a](b)", "**x**", "`x`", "a|b", "> x", "https://evil.example"],
)
def test_nothing_from_a_page_is_marked_up(attack: str) -> None:
    """A quotation shows the very characters of the page."""
    text = render_markdown([to_record(audit(finding(f"{attack} cure", words="cure")))])
    quoted = next(line for line in text.splitlines() if line.startswith("> ") and "cure" in line)

    assert "> **cure**" != quoted
    assert re.sub(r"\\(.)", r"\1", quoted) == f"> {attack} **cure**"
    assert not re.search(r"(?<!\\)[<\[`|]", quoted.replace("**cure**", ""))


def test_other_languages() -> None:
    """The words of the report are in the language asked for."""
    assert "## Was die Seite sagt und tut" in render_markdown([to_record(rich_audit())], locale="de")
