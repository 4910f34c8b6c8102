"""SARIF: what the standard asks of the parts that we write, and what stands where."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.reporting.record import to_record
from auditor.reporting.sarif import render_sarif
from tests.factories import audit, finding, page, rich_audit, unassessed_audit


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required.split(), "properties": properties}


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


# The parts of https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json that we write,
# written anew after it: the licence of that file lets nobody keep a copy here. Sections of the standard in brackets.
_TEXT = {"type": "string"}
_ANY: dict[str, Any] = {"type": "object"}
_COUNT = {"type": "integer", "minimum": 0}
_RANK = {"type": "number", "minimum": 0, "maximum": 100}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_URI = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$"}
_MESSAGE = _object("text", text={"type": "string", "minLength": 1})  # [3.11]
_LOCATION = _object(  # [3.28]
    "",
    physicalLocation=_object("", artifactLocation=_object("", uri=_URI, index=_COUNT)),
    logicalLocations=_list(_object("", fullyQualifiedName=_TEXT, kind=_TEXT)),
    message=_MESSAGE,
    properties=_ANY,
)
_RESULT = _object(  # [3.27]
    "message ruleId",
    ruleId=_TEXT,
    ruleIndex=_COUNT,
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=_LEVEL,
    rank=_RANK,
    message=_MESSAGE,
    locations=_list(_LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
    properties=_ANY,
)
_RULE = _object(  # [3.49]
    "id",
    id=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_MESSAGE,
    defaultConfiguration=_object("", level=_LEVEL, rank=_RANK),
    properties=_object("", tags=_list(_TEXT, uniqueItems=True)),
)
_NOTICE = _object("message", level=_LEVEL, message=_MESSAGE, locations=_list(_LOCATION, uniqueItems=True))  # [3.58]
_ARTIFACT = _object(  # [3.24]
    "",
    location=_object("", uri=_URI, index=_COUNT),
    roles=_list({"enum": ["analysisTarget"]}, uniqueItems=True),
    mimeType={"type": "string", "pattern": "^[^/]+/.+$"},
    hashes={"type": "object", "additionalProperties": _TEXT},
    properties=_ANY,
)
_RUN = _object(  # [3.14]
    "tool",
    tool=_object(
        "driver", driver=_object("name", name=_TEXT, semanticVersion=_TEXT, rules=_list(_RULE, uniqueItems=True))
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=_list(
        _object(
            "executionSuccessful", executionSuccessful={"type": "boolean"}, toolExecutionNotifications=_list(_NOTICE)
        ),
        uniqueItems=True,
    ),
    artifacts=_list(_ARTIFACT, uniqueItems=True),
    results=_list(_RESULT),
    properties=_ANY,
)
_LOG = _object(
    "version runs",
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": _list(_RUN)},
)  # [3.13]

LOGS = {
    "nothing": [],
    "rich": [rich_audit()],
    "clean": [audit(score=100)],
    "not assessed": [unassessed_audit()],
    "several": [rich_audit(), audit(finding("We cure knees.")), unassessed_audit(), rich_audit()],
    "hostile": [
        audit(finding("We cure\x00 <knees>\u202e."), page=page(url="https://a.example/ü?q=[x] y|<z>", source="a b"))
    ],
    "file": [audit(finding("We cure knees."), page=page(url=None, source="/home/jane/ü 1.html"))],
}


def log(*audits: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render_sarif([to_record(each) for each in audits]))
    return made


@pytest.mark.parametrize("audits", LOGS.values(), ids=LOGS)
def test_a_log_is_as_the_standard_has_it(audits: list[Any]) -> None:
    """Every member is one that the standard knows there, with the values that it allows."""
    problems = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(_LOG).iter_errors(log(*audits))]

    assert [] == problems


@pytest.mark.parametrize("audits", LOGS.values(), ids=LOGS)
def test_indexes_lead_to_what_they_name(audits: list[Any]) -> None:
    """A result's rule and page are those under its indexes."""
    run = log(*audits)["runs"][0]
    rules, artifacts = run["tool"]["driver"]["rules"], run["artifacts"]

    for result in run["results"]:
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"]
        for location in result["locations"]:
            place = location["physicalLocation"]["artifactLocation"]
            assert place["uri"] == artifacts[place["index"]]["location"]["uri"]


def test_red_flags_fail_and_strengths_pass() -> None:
    """Kind, level and rank tell severity and strength apart."""
    results = log(rich_audit())["runs"][0]["results"]

    assert [("fail", "error")] * 4 == [(item["kind"], item["level"]) for item in results[:4]]
    assert ("fail", "note", 25.0) == (results[6]["kind"], results[6]["level"], results[6]["rank"])
    assert ("pass", "none") == (results[7]["kind"], results[7]["level"])


def test_a_result_holds_its_quotations() -> None:
    """The message quotes the gravest; each location has its own words, place and fingerprint."""
    result = log(rich_audit())["runs"][0]["results"][0]
    location = result["locations"][0]

    assert result["message"]["text"].startswith(
        "Says that a treatment cures a serious disease: “Our stem cells reverse"
    )
    assert 3 == len(result["locations"])
    assert "passage 1: Paragraph under “Liver repair”" == location["logicalLocations"][0]["fullyQualifiedName"]
    assert re.fullmatch("[0-9a-f]{16}", result["partialFingerprints"]["clinicAuditor/v1"])
    assert re.fullmatch("[0-9a-f]{16}", location["properties"]["fingerprint"])


def test_what_was_not_assessed_is_notified() -> None:
    """A page without score, and a source without page, are told as the tool's own notices."""
    text = render_sarif([to_record(unassessed_audit(reason="A login."))], missing=[("gone.html", "no such file")])
    notices = json.loads(text)["runs"][0]["invocations"][0]["toolExecutionNotifications"]

    assert ["Not assessed: A login.", "gone.html: no such file"] == [notice["message"]["text"] for notice in notices]
