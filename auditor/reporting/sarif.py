"""The audits as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for tools that collect findings.

Red flags are results of kind ``fail``, strengths of kind ``pass``. A finding's place is told in words as a logical
location: a page as a visitor reads it has no lines.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as quote_url

from auditor.reporting.cleaning import clean_value
from auditor.reporting.grounds import choose_bases
from auditor.reporting.linking import link_url, name_source
from auditor.reporting.quoting import merge_evidence, tell_place
from auditor.reporting.sentences import describe_note
from auditor.reporting.structures import describe_structure
from auditor.reporting.wording import CLOSING, rank_findings

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
RANKS = {"critical": 95.0, "high": 75.0, "medium": 50.0, "low": 25.0}
FINGERPRINT = "clinicAuditor/v1"
SHOWN_QUOTES = 10


def render_sarif(records: Iterable[dict[str, Any]], *, missing: Iterable[tuple[str, str]] = ()) -> str:
    """Return *records* as one SARIF log: one run with all their pages, rules and results.

    *missing* are the sources that gave no page, each with the reason.
    """
    rules: dict[str, dict[str, Any]] = {}
    artifacts: list[dict[str, Any]] = []
    results, notices = [], []
    version = ""
    for record in records:
        version = record["version"]
        # A page that was named twice is one artifact: the format wants them distinct.
        artifact = _to_artifact(record)
        number = artifacts.index(artifact) if artifact in artifacts else len(artifacts)
        if number == len(artifacts):
            artifacts.append(artifact)
        for finding in (*rank_findings(record), *record["strengths"]):
            rules.setdefault(finding["rule"]["id"], _to_rule(finding, record))
            results.append(_to_result(finding, record, number, list(rules).index(finding["rule"]["id"])))
        notice = _to_notice(record, number)
        if record["score"] is None and notice not in notices:
            notices.append(notice)
    notices += [
        {"level": "error", "message": {"text": f"{name_source(source)}: {reason}"}} for source, reason in missing
    ]
    driver = {"name": "clinic-auditor", "rules": list(rules.values())}
    if version:
        driver["semanticVersion"] = version
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if notices:
        invocation["toolExecutionNotifications"] = notices
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "artifacts": artifacts,
        "results": results,
        "properties": {"note": CLOSING},
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(clean_value(log), ensure_ascii=False, indent=1) + "\n"


def _to_rule(finding: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    rule = finding["rule"]
    bases = [f"{basis['title']}: {basis['says']} {basis['url']}" for basis in choose_bases(finding, record)]
    text = "\n".join([f"Ask the clinic: {rule['ask']}", *bases])
    return {
        "id": rule["id"],
        "shortDescription": {"text": rule["title"]},
        "fullDescription": {"text": rule["why"] or rule["title"]},
        "help": {"text": text},
        "defaultConfiguration": {
            "level": "none" if rule["category"] == "strengths" else LEVELS[rule["severity"]],
            "rank": RANKS[rule["severity"]],
        },
        "properties": {"tags": [rule["category"], *rule["codes"]]},
    }


def _to_result(finding: dict[str, Any], record: dict[str, Any], page: int, rule: int) -> dict[str, Any]:
    good = finding["rule"]["category"] == "strengths"
    sentences = merge_evidence(finding)
    return {
        "ruleId": finding["rule"]["id"],
        "ruleIndex": rule,
        "kind": "pass" if good else "fail",
        "level": "none" if good else LEVELS[finding["severity"]],
        "rank": RANKS[finding["severity"]],
        "message": {"text": _tell(finding, record, sentences)},
        "locations": [_to_location(record, page, items[0]) for items in sentences[:SHOWN_QUOTES]]
        or [_to_location(record, page, None)],
        "partialFingerprints": {FINGERPRINT: finding["fingerprint"]},
        "properties": {
            "severity": finding["severity"],
            "category": finding["rule"]["category"],
            "quotations": [items[0]["quote"] for items in sentences[:SHOWN_QUOTES]],
        },
    }


def _tell(finding: dict[str, Any], record: dict[str, Any], sentences: list[list[dict[str, Any]]]) -> str:
    title = finding["rule"]["title"]
    if described := describe_structure(finding, record["document"]):
        return f"{title}: {described}"
    if sentences:
        return f"{title}: “{sentences[0][0]['quote']}”"
    return f"{title}. {describe_note(finding)}".strip()


def _to_location(record: dict[str, Any], page: int, evidence: dict[str, Any] | None) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _name_page(record), "index": page}}}
    if evidence:
        place = evidence["passage"]
        location["logicalLocations"] = [
            {
                "fullyQualifiedName": f"passage {place['index']}: {tell_place(place, record['document']['facts'])}",
                "kind": "element",
            }
        ]
        location["message"] = {"text": evidence["quote"]}
        location["properties"] = {"fingerprint": evidence["fingerprint"], "words": evidence["words"]}
    return location


def _to_artifact(record: dict[str, Any]) -> dict[str, Any]:
    page = record["page"]
    return {
        "location": {"uri": _name_page(record)},
        "roles": ["analysisTarget"],
        "mimeType": page["media_type"],
        "hashes": {"sha-256": page["sha256"]},
        "properties": {
            "retrieved": page["retrieved"],
            "audited": record["audited"],
            "score": record["score"],
            "grade": record["grade"],
            "meaning": record["meaning"],
            "rulesDigest": record["rules_digest"],
        },
    }


def _to_notice(record: dict[str, Any], page: int) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": f"Not assessed: {record['meaning']}"},
        "locations": [_to_location(record, page, None)],
    }


def _name_page(record: dict[str, Any]) -> str:
    """Return the page's address as a URI reference; a file's name as a relative one."""
    page = record["page"]
    url = link_url(page["url"])
    if url:
        # What no URI may hold is encoded; what is encoded already stays.
        return quote_url(url, safe=":/?#[]@!$&'()*+,;=%-._~")
    return quote_url(re.sub(r"^-$", "stdin", name_source(page["source"])), safe="") or "page"
