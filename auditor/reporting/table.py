"""The audits as a table for spreadsheets and statistics: CSV, one row a finding, nothing in it a formula.

Encoded in UTF-8, separated by commas, lines ended as RFC 4180 has it. A page without findings has one row too, so that no
page that was asked for is missing.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from auditor.reporting.cleaning import clean_text
from auditor.reporting.grounds import choose_bases
from auditor.reporting.linking import name_source
from auditor.reporting.quoting import merge_evidence, tell_place
from auditor.reporting.structures import describe_structure
from auditor.reporting.wording import describe_found, describe_manner, describe_needed, rank_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (
    "page", "title", "retrieved", "page_sha256", "score", "grade", "not_assessed", "kind", "severity", "category", "rule",
    "finding", "quotations", "quotation", "words", "place", "manner", "support_needed", "support_found", "why", "ask",
    "grounds", "codes", "measured_right", "measured_met", "fingerprint", "rules_sha256", "version",
)  # fmt: skip
"""What each column holds: the README's section on formats tells."""

# Excel, LibreOffice and Sheets run what begins so (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def render_table(records: Iterable[dict[str, Any]], *, head: bool = True) -> str:
    """Return *records* as CSV, with the names of the columns as its first line if *head*."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if head:
        writer.writerow(COLUMNS)
    for record in records:
        writer.writerows([defuse_cell(row.get(column, "")) for column in COLUMNS] for row in list_rows(record))
    return text.getvalue()


def render_missing(source: str, reason: str) -> str:
    """Return the row of a source that gave no page, so that none of those asked for is missing."""
    text = io.StringIO(newline="")
    row = {"page": name_source(source), "not_assessed": reason}
    csv.writer(text).writerow([defuse_cell(row.get(column, "")) for column in COLUMNS])
    return text.getvalue()


def list_rows(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each finding of *record*, red flags first, gravest first, then strengths."""
    page = record["page"]
    shared = {
        "page": page["url"] or name_source(page["source"]),
        "title": record["document"]["facts"]["title"] or "",
        "retrieved": page["retrieved"],
        "page_sha256": page["sha256"],
        "score": "" if record["score"] is None else record["score"],
        "grade": record["grade"] or "",
        "not_assessed": record["meaning"] if record["score"] is None else "",
        "rules_sha256": record["rules_digest"],
        "version": record["version"],
    }
    found = [(_name_kind(finding), finding) for finding in rank_findings(record)]
    found += [("strength", strength) for strength in record["strengths"]]
    for kind, finding in found:
        yield shared | {"kind": kind} | _list_cells(finding, record)
    if not found:
        yield shared


def _name_kind(finding: dict[str, Any]) -> str:
    return "absence" if finding["rule"]["form"] == "absence" else "red flag"


def _list_cells(finding: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    rule, sentences = finding["rule"], merge_evidence(finding)
    first = sentences[0][0] if sentences else None
    measured = record["measured"].get(rule["id"])
    return {
        "severity": finding["severity"],
        "category": rule["category"],
        "rule": rule["id"],
        "finding": rule["title"],
        "quotations": len(sentences),
        "quotation": first["quote"] if first else "",
        "words": first["words"] if first else describe_structure(finding, record["document"]),
        "place": tell_place(first["passage"], record["document"]["facts"]) if first else "",
        "manner": ", ".join(describe_manner(first)) if first else "",
        "support_needed": describe_needed(finding) or "",
        "support_found": describe_found(finding["support"]) if rule["support"] else "",
        "why": rule["why"],
        "ask": rule["ask"],
        "grounds": "; ".join(basis["title"] for basis in choose_bases(finding, record)),
        "codes": " ".join(rule["codes"]),
        "measured_right": measured["right"] if measured else "",
        "measured_met": measured["met"] if measured else "",
        "fingerprint": finding["fingerprint"],
    }


def defuse_cell(value: Any) -> str | int:
    """Return *value* as a cell that a spreadsheet shows and does not run."""
    if isinstance(value, int):
        return value
    text = clean_text(str(value)).strip()
    return f"'{text}" if text.startswith(_FORMULA) else text
