"""Records read back: what is taken, and what each mistake is called."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from auditor.errors import RecordError
from auditor.reporting.record import render_json, to_record
from auditor.reporting.recordfile import SCHEMA, read_records
from auditor.reporting.schema import find_problems
from tests.factories import audit, finding, rich_audit, unassessed_audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORD = to_record(rich_audit())


def test_a_record_comes_back(tmp_path: Path) -> None:
    """What was written whole is read whole."""
    path = tmp_path / "audit.json"
    path.write_text(render_json(RECORD), "utf-8")

    assert [RECORD] == read_records(path)


@pytest.mark.parametrize("end", ["", "\n"], ids=["whole", "one a line"])
def test_a_byte_order_mark_is_no_mistake(end: str, tmp_path: Path) -> None:
    """Windows programs put one before what they save."""
    path = tmp_path / "audit.json"
    text = f"{json.dumps(RECORD)}{end}{json.dumps(RECORD)}" if end else render_json(RECORD)
    path.write_text(text, "utf-8-sig")

    assert all(record == RECORD for record in read_records(path))


def test_records_come_one_a_line(tmp_path: Path) -> None:
    """Of several pages each line is a record; empty lines are none."""
    records = [to_record(made) for made in (rich_audit(), unassessed_audit(), audit())]
    path = tmp_path / "audits.jsonl"
    path.write_text("\n\n".join(json.dumps(record) for record in records) + "\n", "utf-8")

    assert records == read_records(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; a record comes from auditor audit --json-output"),
        (b"<html>", "is no JSON; a record comes from auditor audit --json-output"),
        (b"\xff\xfe", "is not in UTF-8, so it is no record of an audit"),
        (b"[1, 2]", "is no record of an audit; one comes from auditor audit --json-output"),
        (b'{"format": "other"}', "is no record of an audit; one comes from auditor audit --json-output"),
        (b'{"format": "clinic-auditor/audit", "format_version": "7"}', "is a record of version '7'; this program reads 1: audit the page again"),
        (b'{"format": ' + b"9" * 10_000 + b"}", "is no JSON; a record comes from auditor audit --json-output"),
        (b"[" * 100_000, "is no JSON; a record comes from auditor audit --json-output"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_told(content: bytes, expected: str, tmp_path: Path) -> None:
    """A file that holds something else is named with what is wrong."""
    path = tmp_path / "audit.json"
    path.write_bytes(content)
    with pytest.raises(RecordError) as caught:
        read_records(path)

    assert f"{path}: {expected}" == str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The reason is the system's."""
    with pytest.raises(RecordError, match=r"gone\.json: cannot be read: No such file or directory"):
        read_records(tmp_path / "gone.json")


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    """Of many records the one that is wrong is told by its line."""
    path = tmp_path / "audits.jsonl"
    path.write_text(json.dumps(RECORD) + "\n{broken\n", "utf-8")
    with pytest.raises(RecordError, match="line 2: is no JSON"):
        read_records(path)
    path.write_text(json.dumps(RECORD) + "\n" + json.dumps(RECORD | {"score": 101}) + "\n", "utf-8")
    with pytest.raises(RecordError, match="line 2: score must be from 0 to 100"):
        read_records(path)


BASIS = {"id": "one", "title": "A law", "jurisdiction": "uk", "says": "What it says.", "url": "https://law.example/", "verified": "T"}  # fmt: skip
BEYOND = {"basis", "passage"}
"""What no schema can tell."""
CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "missing": (lambda record: record.pop("page"), "the record lacks page"),
    "strange": (lambda record: record.update(x=1), "the record holds 'x', which is no part of it"),
    "severity": (lambda record: record["findings"][0].update(severity="bad"), "findings[0].severity must be one of low, medium, high, critical"),
    "type": (lambda record: record["findings"][0].update(note=3), "findings[0].note must be of type string"),
    "truth": (lambda record: record.update(rules_count=True), "rules_count must be of type integer"),
    "digest": (lambda record: record["page"].update(sha256="0"), "page.sha256 must be written as ^[0-9a-f]{64}$"),
    "empty": (lambda record: record.update(meaning=""), "meaning must not be empty"),
    "option": (lambda record: record["document"].update(obstacle={"kind": "odd", "reason": "x"}), "document.obstacle.kind must be one of challenge"),
    "pair": (lambda record: record["page"].update(headers=[["a"]]), "page.headers[0] must have 2 items"),
    "basis": (lambda record: record["basis"].update(other=BASIS), "basis holds 'one' under the name 'other'"),
    "passage": (lambda record: record["findings"][0]["evidence"][0]["passage"].update(index=99), "findings quote from a passage that document.passages does not hold"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_is_wrong_in_a_record_is_told(
    change: Callable[[dict[str, Any]], Any], expected: str, tmp_path: Path
) -> None:
    """A record that another hand has changed is refused with the place."""
    record = deepcopy(RECORD)
    change(record)
    path = tmp_path / "audit.json"
    path.write_text(json.dumps(record), "utf-8")
    with pytest.raises(RecordError) as caught:
        read_records(path)

    assert str(caught.value).startswith(f"{path}: {expected}")


@pytest.mark.parametrize("change", [change for name, (change, _) in CHANGES.items() if name not in BEYOND])
def test_our_reading_of_the_schema_is_the_standard_one(change: Callable[[dict[str, Any]], Any]) -> None:
    """What our own check refuses a full validator refuses too, and the other way round."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    record = deepcopy(to_record(audit(finding("We cure knees."))))
    assert [] == list(find_problems(record, schema)) == list(Draft202012Validator(schema).iter_errors(record))
    change(record)

    assert list(find_problems(record, schema))
    assert list(Draft202012Validator(schema).iter_errors(record))


def test_every_word_of_the_schema_is_understood() -> None:
    """The schema uses no part of JSON Schema that our check passes over."""
    known = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "additionalProperties", "required", "properties",
             "items", "enum", "const", "pattern", "minLength", "minimum", "maximum", "minItems", "maxItems", "anyOf"}  # fmt: skip

    assert set() == _list_words(json.loads(SCHEMA.read_text("utf-8"))) - known


def _list_words(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_list_words, schema))
    if not isinstance(schema, dict):
        return set()
    inner = [item for name, item in schema.items() if name not in {"properties", "$defs", "enum", "required"}]
    inner += [item for name in ("properties", "$defs") for item in schema.get(name, {}).values()]
    return set(schema).union(*map(_list_words, inner))
