"""Two records of a page, earlier and later: what is new, gone, persisting, and what became of the score and the text.

A finding is one rule met on one page, so findings are paired by their rule; quotations within them by their words and, where
those were changed, by likeness. A page that could not be read says nothing about what is gone from it.
"""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import mark
from auditor.reporting.cleaning import clean_text
from auditor.reporting.fingerprints import fold_address
from auditor.reporting.linking import name_source
from auditor.reporting.quoting import merge_evidence
from auditor.reporting.similarity import SIMILAR, diff_words, measure_similarity, pair_texts
from auditor.reporting.structures import describe_structure
from auditor.reporting.wording import rank_findings

FORMAT = "clinic-auditor/diff"
FORMAT_VERSION = "1"
MOST_TEXTS = 300

CAUTIONS = {
    "address": mark(
        "The two audits are of different addresses: what differs may be two pages, and not one that changed."
    ),
    "rules": mark("The two audits were judged by different rules: what is new or gone may be the rules’ doing."),
    "same": mark("Both audits are of the very same bytes."),
    "old": mark("The earlier page was not assessed, so nothing can be said to be new on the later one."),
    "new": mark("The later page was not assessed, so nothing can be said to be gone from the earlier one."),
    "unlisted": mark(
        "Findings below the severity that was asked for are missing from one of the records, or from both."
    ),
    "truncated": mark("One of the pages was cut off at the size limit: what is missing from it may stand in the rest."),
    "reversed": mark("The record named first is of the later moment."),
}
"""What a reader must know before reading the rest."""


def compare_records(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return what changed from the record *old* to *new*, as plain data."""
    readable = _is_readable(old), _is_readable(new)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "old": _identify(old),
        "new": _identify(new),
        "cautions": _list_cautions(old, new),
        "score": _compare_scores(old, new),
        "findings": _compare_findings(old, new, rank_findings(old), rank_findings(new), readable),
        "strengths": _compare_findings(old, new, old["strengths"], new["strengths"], readable),
        "texts": _compare_texts(old, new),
    }


def _identify(record: dict[str, Any]) -> dict[str, Any]:
    page = record["page"]
    return {
        "page": page["url"] or name_source(page["source"]),
        "title": record["document"]["facts"]["title"],
        "retrieved": page["retrieved"],
        "audited": record["audited"],
        "sha256": page["sha256"],
        "score": record["score"],
        "grade": record["grade"],
        "meaning": record["meaning"],
        "rules_digest": record["rules_digest"],
        "version": record["version"],
    }


def _list_cautions(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return the names of the `CAUTIONS` that hold."""
    held = {
        "address": fold_address(old["page"]["url"] or "") != fold_address(new["page"]["url"] or ""),
        "rules": old["rules_digest"] != new["rules_digest"],
        "same": old["page"]["sha256"] == new["page"]["sha256"],
        "old": old["score"] is None,
        "new": new["score"] is None,
        "unlisted": bool(old["unlisted"] or new["unlisted"]),
        "truncated": old["page"]["truncated"] or new["page"]["truncated"],
        "reversed": old["page"]["retrieved"] > new["page"]["retrieved"],
    }
    return [name for name in CAUTIONS if held[name]]


def _is_readable(record: dict[str, Any]) -> bool:
    """Tell whether rules could be met at all: a page that is only too short still shows what it says."""
    obstacle = record["document"]["obstacle"]
    return record["score"] is not None or bool(record["findings"] or record["strengths"]) or not obstacle


def _compare_scores(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    before, after = old["score"], new["score"]
    parts: dict[str, dict[str, Any]] = {}
    for name, record in (("old", old), ("new", new)):
        for part in record["score_parts"]:
            entry = parts.setdefault(part["rule"] or part["reason"], {"reason": "", "old": 0, "new": 0})
            entry["reason"], entry[name] = part["reason"], part["points"]
    return {
        "old": before,
        "new": after,
        "change": None if before is None or after is None else after - before,
        "parts": [
            {"rule": name if "/" in name else None, **part}
            for name, part in parts.items()
            if part["old"] != part["new"]
        ],
    }


# --- findings ----------------------------------------------------------------------------------


def _compare_findings(
    old: dict[str, Any],
    new: dict[str, Any],
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    readable: tuple[bool, bool],
) -> dict[str, list[dict[str, Any]]]:
    """Return the findings as ``new``, ``gone``, ``persisting``, and ``unknown`` where one page could not be read."""
    known = {finding["rule"]["id"]: finding for finding in before}
    found: dict[str, list[dict[str, Any]]] = {"new": [], "gone": [], "persisting": [], "unknown": []}
    for finding in after:
        earlier = known.pop(finding["rule"]["id"], None)
        kind = "persisting" if earlier else "new" if readable[0] else "unknown"
        found[kind].append(_compare_finding(earlier, finding, old, new))
    for finding in known.values():
        found["gone" if readable[1] else "unknown"].append(_compare_finding(finding, None, old, new))
    return found


def _compare_finding(
    earlier: dict[str, Any] | None, later: dict[str, Any] | None, old: dict[str, Any], new: dict[str, Any]
) -> dict[str, Any]:
    """Return one rule's finding on the earlier and the later page, one of which may be None."""
    finding = later or earlier
    assert finding is not None
    before, after = _list_quotes(earlier), _list_quotes(later)
    pairs = pair_texts([item["quote"] for item in before], [item["quote"] for item in after])
    reworded, gone, fresh = _pair_by_words(before, after, pairs.gone, pairs.new)
    return {
        "rule": finding["rule"]["id"],
        "title": finding["rule"]["title"],
        "category": finding["rule"]["category"],
        "form": finding["rule"]["form"],
        "fingerprint": finding["fingerprint"],
        "severity": {"old": earlier and earlier["severity"], "new": later and later["severity"]},
        "described": {
            "old": describe_structure(earlier, old["document"]) if earlier else "",
            "new": describe_structure(later, new["document"]) if later else "",
        },
        "quotations": {
            "persisting": [after[place]["quote"] for _, place in pairs.kept],
            "reworded": [
                {
                    "old": before[one]["quote"],
                    "new": after[other]["quote"],
                    "pieces": diff_words(before[one]["quote"], after[other]["quote"]),
                }
                for one, other in sorted([*pairs.reworded, *reworded])
            ],
            "gone": [before[place]["quote"] for place in gone],
            "new": [after[place]["quote"] for place in fresh],
        },
    }


def _list_quotes(finding: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [items[0] for items in merge_evidence(finding)] if finding else []


def _pair_by_words(
    before: list[dict[str, Any]], after: list[dict[str, Any]], gone: list[int], fresh: list[int]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair what is left by fingerprint: the same words met the rule, though little of the text around them is the same."""
    pairs = []
    left = list(fresh)
    for one in gone:
        same = [other for other in left if after[other]["fingerprint"] == before[one]["fingerprint"]]
        likely = max(
            same, key=lambda other: measure_similarity(before[one]["quote"], after[other]["quote"]), default=None
        )
        if likely is not None and measure_similarity(before[one]["quote"], after[likely]["quote"]) >= SIMILAR / 2:
            pairs.append((one, likely))
            left.remove(likely)
    paired = {one for one, _ in pairs}
    return pairs, [one for one in gone if one not in paired], left


# --- text --------------------------------------------------------------------------------------


def _compare_texts(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return the passages that are gone, new or changed, those with evidence first; what only moved is no change."""
    before, after = (record["document"]["passages"] for record in (old, new))
    pairs = pair_texts([item["text"] for item in before], [item["text"] for item in after])
    held = [
        {
            evidence["passage"]["index"]
            for part in ("findings", "strengths")
            for finding in record[part]
            for evidence in finding["evidence"]
        }
        for record in (old, new)
    ]
    changes = [
        _note_change("changed", before[one], after[other], evidence=one in held[0] or other in held[1])
        for one, other in pairs.reworded
    ]
    changes += [_note_change("gone", before[place], None, evidence=place in held[0]) for place in pairs.gone]
    changes += [_note_change("new", None, after[place], evidence=place in held[1]) for place in pairs.new]
    changes.sort(key=lambda change: (not change["evidence"], change["at"]))
    return {
        "unchanged": len(pairs.kept),
        "left_out": max(len(changes) - MOST_TEXTS, 0),
        "changes": changes[:MOST_TEXTS],
    }


def _note_change(
    kind: str, earlier: dict[str, Any] | None, later: dict[str, Any] | None, *, evidence: bool
) -> dict[str, Any]:
    passage = later or earlier
    assert passage is not None
    before, after = (item["text"] if item else "" for item in (earlier, later))
    return {
        "kind": kind,
        "role": passage["role"],
        "section": passage["section"],
        "evidence": evidence,
        "at": passage["index"],
        "pieces": diff_words(before, after)
        if kind == "changed"
        else [{"kind": kind, "text": clean_text(before or after)}],
    }
