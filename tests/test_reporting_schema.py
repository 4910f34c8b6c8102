"""Values held against a schema: each kind of mistake is one sentence with its place."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.reporting.schema import find_problems

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "beds"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "beds": {"type": "integer", "minimum": 0, "maximum": 900},
        "kind": {"enum": ["clinic", "hospital"]},
        "version": {"const": 1},
        "opened": {"type": ["string", "null"], "pattern": r"^\d{4}$"},
        "place": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/place"}]},
        "doctors": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/$defs/doctor"}},
        "notes": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "$defs": {
        "place": {"type": "object", "required": ["town"], "properties": {"town": {"type": "string"}}},
        "doctor": {"type": "object", "properties": {"free": {"type": "boolean"}, "share": {"type": "number"}}},
    },
}
GOOD: dict[str, Any] = {"name": "Lumora", "beds": 12}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"kind": "clinic", "version": 1, "opened": None, "place": None, "doctors": [{"free": True, "share": 1}]},
        {"opened": "2031", "place": {"town": "Eastmere", "more": 3}, "notes": {"a": "b"}, "doctors": [{}, {"share": 0.5}]},
    ],
)  # fmt: skip
def test_what_is_as_it_should_be_has_no_problem(more: dict[str, Any]) -> None:
    """What the schema does not forbid is allowed."""
    assert [] == list(find_problems(GOOD | more, SCHEMA))


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ([], ["the record must be of type object"]),
        ({}, ["the record lacks name", "the record lacks beds"]),
        (GOOD | {"colour": "red"}, ["the record holds 'colour', which is no part of it"]),
        (GOOD | {"name": ""}, ["name must not be empty"]),
        (GOOD | {"beds": "12"}, ["beds must be of type integer"]),
        (GOOD | {"beds": True}, ["beds must be of type integer"]),
        (GOOD | {"beds": 1.5}, ["beds must be of type integer"]),
        (GOOD | {"beds": -1}, ["beds must be from 0 to 900"]),
        (GOOD | {"kind": "spa"}, ["kind must be one of clinic, hospital"]),
        (GOOD | {"version": 2}, ["version must be 1"]),
        (GOOD | {"opened": 2031}, ["opened must be of type string or null"]),
        (GOOD | {"opened": "31"}, [r"opened must be written as ^\d{4}$"]),
        (GOOD | {"place": {}}, ["place lacks town"]),
        (GOOD | {"place": {"town": None}}, ["place.town must be of type string"]),
        (GOOD | {"doctors": []}, ["doctors must have 1 items"]),
        (GOOD | {"doctors": [{}, {"free": 1}]}, ["doctors[1].free must be of type boolean"]),
        (GOOD | {"notes": {"a": 1}}, ["notes.a must be of type string"]),
    ],
)
def test_what_is_not_is_told_with_its_place(value: Any, problems: list[str]) -> None:
    """Names lead from the whole to the part; where several would do, the one that fits best is told."""
    assert problems == list(find_problems(value, SCHEMA))
