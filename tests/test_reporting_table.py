"""The table: one row a finding, every page in it, nothing in it a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from auditor.reporting.record import to_record
from auditor.reporting.table import COLUMNS, render_missing, render_table
from tests.factories import audit, document, evidence, finding, page, passage, rich_audit, rule, unassessed_audit


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_is_a_finding() -> None:
    """Red flags come first, gravest first, then strengths; absences are named as such."""
    rows = read(render_table([to_record(rich_audit())]))

    assert ["red flag"] * 4 + ["red flag", "absence", "red flag", "strength"] == [row["kind"] for row in rows]
    assert ["critical", "high", "high", "high", "medium", "medium", "low", "low"] == [row["severity"] for row in rows]
    assert {"https://lumora.example/en/liver?a=1&b=2#top"} == {row["page"] for row in rows}


def test_a_row_says_what_was_found() -> None:
    """Quotation, words, place, support, grounds and what identifies page and finding are columns of their own."""
    row = read(render_table([to_record(rich_audit())]))[0]
    expected = {
        "title": to_record(rich_audit())["document"]["facts"]["title"],
        "score": "34",
        "grade": "E",
        "rule": "curative/cure-claimed",
        "quotations": "3",
        "words": "cure cirrhosis",
        "place": "Paragraph under “Liver repair”",
        "support_needed": "a registered trial in the same section",
        "support_found": "a study named without a way to look it up in the same passage",
        "codes": "B1 B4",
        "retrieved": "2031-03-14T09:26:53Z",
    }

    assert expected == {name: row[name] for name in expected}
    assert row["grounds"].startswith("FTC Health Products Compliance Guidance; Directive 2005/29/EC")
    assert 16 == len(row["fingerprint"])
    assert 64 == len(row["page_sha256"]) == len(row["rules_sha256"])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (audit(score=100), {"score": "100", "not_assessed": "", "kind": ""}),
        (
            unassessed_audit(reason="It asks for a login."),
            {"score": "", "not_assessed": "It asks for a login.", "kind": ""},
        ),
    ],
    ids=["nothing found", "not assessed"],
)
def test_a_page_without_findings_has_a_row(made: Any, expected: dict[str, str]) -> None:
    """No page that was asked for is missing, and what was not assessed has no score."""
    rows = read(render_table([to_record(made)]))

    assert 1 == len(rows)
    assert expected == {name: rows[0][name] for name in expected}


def test_a_source_without_page_has_a_row() -> None:
    """What could not be had stands in the table, with the reason."""
    rows = read(render_table([]) + render_missing("/home/jane/gone.html", "there is no such file"))

    assert [("gone.html", "there is no such file")] == [(row["page"], row["not_assessed"]) for row in rows]


def test_pages_follow_each_other() -> None:
    """A table that grows has its head once."""
    record = to_record(audit(finding("We cure knees.")))

    assert render_table([record, record]) == render_table([record]) + render_table([record], head=False)


@pytest.mark.parametrize(
    "attack", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "|calc", "%0A=1"], ids=ascii
)
def test_no_cell_is_a_formula(attack: str) -> None:
    """What a spreadsheet would run begins with an apostrophe, in every column."""
    text = f"{attack} cure"
    held = passage(text, section=(text,))
    made = finding(
        evidence(text, "cure", passage=held, start=text.index("cure"), end=len(text)),
        rule=rule(title=text, why=text, ask=text),
    )
    rows = read(render_table([to_record(audit(made, page=page(url=None, source=text), document=document(held)))]))

    assert not any(
        cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "|", "%")) for cell in rows[0].values()
    )
    assert rows[0]["quotation"].startswith("'")


def test_columns_are_documented() -> None:
    """Every column is explained where the formats are."""
    from tests.regenerate import ROOT

    told = (ROOT / "reports" / "README.md").read_text("utf-8")
    assert [] == [column for column in COLUMNS if f"`{column}`" not in told]
