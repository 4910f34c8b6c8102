"""The record: what it holds, in what order, and the schema that fixes it."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor import models
from auditor.models import Audit, Facts, Severity
from auditor.reporting import record as module
from auditor.reporting.record import render_json, to_record
from tests.factories import audit, document, finding, page, rich_audit, unassessed_audit

AUDITS = {
    "empty": audit(),
    "one finding": audit(finding("We cure knees.")),
    "absence": audit(finding(rule="transparency/no-price")),
    "strength": audit(strengths=(finding("It may bleed.", words="bleed", rule="strengths/risks"),)),
    "not assessed": unassessed_audit(),
    "everything": rich_audit(),
}


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(module.__file__).parent / "audit.schema.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("made", AUDITS.values(), ids=AUDITS)
def test_a_record_fits_its_schema(made: Audit) -> None:
    """Every record is valid by the strict schema."""
    problems = [error.message for error in Draft202012Validator(schema()).iter_errors(to_record(made))]

    assert [] == problems


def test_the_schema_is_a_schema() -> None:
    """The schema itself is valid JSON Schema 2020-12."""
    Draft202012Validator.check_schema(schema())


def test_the_schema_lets_nothing_else_in() -> None:
    """Every object of the schema names all its members, and all are required."""
    nouns = [schema(), *schema()["$defs"].values()]

    assert all(noun["additionalProperties"] is False for noun in nouns)
    assert all(noun["required"] == list(noun["properties"]) for noun in nouns)


@pytest.mark.parametrize("name", [name for name in schema()["$defs"] if name != "Place"])
def test_the_schema_has_the_fields_of_the_nouns(name: str) -> None:
    """A noun in the schema has the fields of the dataclass, in their order."""
    expected = [field.name for field in fields(getattr(models, name)) if (name, field.name) != ("Page", "body")]
    added = ["fingerprint"] if name in {"Finding", "Evidence"} else []

    assert expected + added == list(schema()["$defs"][name]["properties"])


def test_the_record_keeps_the_order_of_the_fields() -> None:
    """The record begins with its format, goes on as `Audit` does, and ends with the jurisdictions asked for."""
    expected = ["format", "format_version", *(field.name for field in fields(Audit)), "jurisdictions"]

    assert expected == list(to_record(audit()))


def test_the_bytes_of_the_page_stay_outside() -> None:
    """The record names the digest of the page and leaves out its bytes."""
    record = to_record(audit(page=page(b"<p>secret")))

    assert "body" not in record["page"]
    assert 64 == len(record["page"]["sha256"])
    assert "secret" not in render_json(record)


def test_values_are_words() -> None:
    """Severities and grades are lower-case words, tuples are lists."""
    found = to_record(rich_audit())["findings"][0]

    assert "critical" == found["severity"]
    assert "named" == found["support"]["grade"]
    assert {"answered_by": "trial", "within": "section"} == found["rule"]["support"]
    assert ["B1", "B4"] == found["rule"]["codes"]


def test_evidence_points_to_its_passage() -> None:
    """Evidence holds the place of its passage; the text stands once, in the document."""
    record = to_record(audit(finding("We cure knees.", severity=Severity.LOW)))
    place = record["findings"][0]["evidence"][0]["passage"]

    assert ["index", "role", "landmark", "section", "language", "hidden", "block"] == list(place)
    assert "We cure knees." == record["document"]["passages"][place["index"]]["text"]


@pytest.mark.parametrize("made", AUDITS.values(), ids=AUDITS)
def test_json_gives_the_record_back(made: Audit) -> None:
    """What is written is what is read."""
    assert to_record(made) == json.loads(render_json(made))


def test_json_may_be_made_from_a_record() -> None:
    """A record renders as its audit does, to the byte."""
    assert render_json(rich_audit()) == render_json(to_record(rich_audit()))


def test_json_is_readable() -> None:
    """Letters of every script stand as they are, one value a line."""
    text = render_json(audit(finding("彻底治愈。", words="治愈")))

    assert '\n   "title": "Knees",\n' in text
    assert "彻底治愈。" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("a\udfff", "a\ufffd"),
        ("a\x1b[31mb", "a\\u001b[31mb"),
        ("a\x9b31mb", "a\\u009b31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2028b", "a\\u2028b"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
    ],
    ids=ascii,
)
def test_json_holds_nothing_that_acts(title: str, written: str) -> None:
    """Lone surrogates, control characters and changes of direction never stand raw in the text."""
    text = render_json(audit(document=document("We cure knees.", facts=Facts(title=title))))

    assert f'"title": "{written}"' in text
    assert text.encode("utf-8")


def test_a_stranger_in_the_record_is_refused() -> None:
    """A value that JSON has no word for raises, and is not turned into text."""
    with pytest.raises(TypeError, match="a record cannot hold bytes"):
        to_record(audit(grade=b"mixed"))
