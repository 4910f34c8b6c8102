"""Findings as a reader meets them: the quotation first, then what it means, what would support it, and the grounds."""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import say
from auditor.reporting.clipping import (
    LONGEST_CONTEXT,
    OPEN_QUOTES,
    SHOWN_FINDINGS,
    SHOWN_QUOTES,
    SHOWN_QUOTES_IN_ALL,
    clip,
    count_left,
)
from auditor.reporting.grounds import number_bases, view_basis, view_grounds
from auditor.reporting.linking import link_citation
from auditor.reporting.quoting import FINDABLE, merge_evidence, view_quote
from auditor.reporting.sentences import describe_note
from auditor.reporting.structures import describe_structure
from auditor.reporting.wording import (
    CITATIONS,
    RUNGS,
    SEVERITIES,
    SEVERITY_NAMES,
    describe_found,
    describe_measured,
    describe_needed,
    join_words,
    name_category,
    name_jurisdiction,
    rank_categories,
    rank_findings,
)

SHOWN_BEST = 3


def name_anchors(record: dict[str, Any]) -> dict[str, str]:
    """Return rule to the anchor of its finding or strength in the report, for all that the report shows."""
    anchors = {
        finding["rule"]["id"]: f"finding-{number}"
        for number, finding in enumerate(rank_findings(record)[:SHOWN_FINDINGS], 1)
    }
    strengths = enumerate(record["strengths"][:SHOWN_FINDINGS], 1)
    return anchors | {strength["rule"]["id"]: f"strength-{number}" for number, strength in strengths}


def view_findings(record: dict[str, Any]) -> dict[str, Any]:
    """Return all findings of *record*, in the parts of the report that show them, with the bases they rest on."""
    ranked = rank_findings(record)
    shown = ranked[:SHOWN_FINDINGS]
    bases = number_bases(shown, record)
    budget = _Budget(SHOWN_QUOTES_IN_ALL)
    views = [
        _view_finding(finding, record, f"finding-{number}", bases, budget) for number, finding in enumerate(shown, 1)
    ]
    pairs = list(zip(shown, views, strict=True))
    said = [pair for pair in pairs if pair[0]["rule"]["form"] != "absence"]
    groups = [
        {
            "id": f"category-{number}",
            "title": name_category(category),
            "findings": [view for finding, view in said if finding["rule"]["category"] == category],
        }
        for number, category in enumerate(rank_categories([finding for finding, _ in said]), 1)
    ]
    strengths = [
        _view_finding(strength, record, f"strength-{number}", bases, budget)
        for number, strength in enumerate(record["strengths"][:SHOWN_FINDINGS], 1)
    ]
    gravest = _choose_gravest(said)
    return {
        "groups": groups,
        "absences": [view for finding, view in pairs if finding["rule"]["form"] == "absence"],
        "strengths": strengths,
        "gravest": gravest,
        "gravest_title": _title_gravest(gravest, ranked),
        "best": [] if gravest else _choose_best(strengths),
        "left_out": count_left(len(ranked) - len(shown) + len(record["strengths"]) - len(strengths)),
        "bases": [view_basis(record["basis"][name], number) for name, number in bases.items()],
        "jurisdictions": join_words([name_jurisdiction(code) for code in record["jurisdictions"]]),
    }


def view_citation(citation: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a reference that the page gives, with where it can be looked up."""
    if citation is None:
        return None
    return {
        "kind": say(CITATIONS[citation["kind"]]),
        "text": clip(citation["text"], LONGEST_CONTEXT),
        "identifier": "" if citation["identifier"] == citation["text"] else citation["identifier"],
        "href": link_citation(citation["kind"], citation["identifier"]),
        "preclinical": citation["preclinical"],
    }


class _Budget:
    """How many more quotations the page may hold."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, wanted: int) -> int:
        given = max(min(wanted, self.left), 0)
        self.left -= given
        return given


def _view_finding(
    finding: dict[str, Any], record: dict[str, Any], anchor: str, bases: dict[str, int], budget: _Budget
) -> dict[str, Any]:
    rule = finding["rule"]
    sentences = merge_evidence(finding)
    described = describe_structure(finding, record["document"])
    room = budget.take(min(len(sentences), SHOWN_QUOTES))
    kept = [view_quote(items, record, marked=not described) for items in sentences[:room]]
    lead, others = (None, kept) if described else (kept[0] if kept else None, kept[1:])
    lowered = bool(finding["evidence"]) and finding["severity"] != rule["severity"]
    return {
        "id": anchor,
        "number": anchor.removeprefix("finding-") if anchor.startswith("finding-") else "",
        "severity": finding["severity"],
        "severity_name": say(SEVERITY_NAMES[finding["severity"]]),
        "lowered": say(SEVERITY_NAMES[rule["severity"]]) if lowered else "",
        "title": rule["title"],
        "described": described,
        "note": "" if described else describe_note(finding),
        "quotes": kept,
        "lead": lead,
        "others": others[:OPEN_QUOTES],
        "folded": others[OPEN_QUOTES:],
        "more": count_left(len(sentences) - len(kept)),
        "why": rule["why"],
        "support": _view_support(finding),
        "ask": rule["ask"],
        "basis": view_grounds(finding, record, bases),
        "measured": describe_measured(record["measured"].get(rule["id"])),
        "rule": rule["id"],
        "fingerprint": finding["fingerprint"],
    }


def _view_support(finding: dict[str, Any]) -> dict[str, Any] | None:
    needed = describe_needed(finding)
    if needed is None:
        return None
    support = finding["support"]
    wanted = finding["rule"]["support"]["answered_by"]
    order = list(RUNGS)
    return {
        "needed": needed,
        "found": describe_found(support),
        "citation": view_citation(support["citation"]),
        "rungs": [
            {
                "name": say(RUNGS[grade]),
                "reached": place <= order.index(support["grade"]),
                "given": grade == support["grade"],
                "needed": grade == wanted,
            }
            for place, grade in enumerate(order)
        ],
    }


# --- the first screen --------------------------------------------------------------------------


def _choose_gravest(items: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the three gravest in the page's words, or described; of equal ones, those from other categories first.

    What is slight does not stand beside what is grave.
    """
    chosen: list[dict[str, Any]] = []
    seen: set[str] = set()
    for severity, fresh in ((severity, fresh) for severity in SEVERITIES for fresh in (True, False)):
        if chosen and severity == SEVERITIES[-1] != chosen[0]["severity"]:
            break
        for finding, view in items:
            if finding["severity"] != severity:
                continue
            category, words = finding["rule"]["category"], _pick_words(view)
            if words is None or words["key"] in seen or (fresh and category in seen):
                continue
            seen |= {words["key"], category}
            chosen.append({**view, **words})
            if len(chosen) == 3:
                return chosen
    return chosen


def _choose_best(strengths: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return three strengths in the page's words: what stands on the first screen where nothing grave does."""
    picked = [{**view, **words} for view in strengths if (words := _pick_words(view)) and words["quote"]]
    return picked[:SHOWN_BEST]


def _pick_words(view: dict[str, Any]) -> dict[str, Any] | None:
    """Return what stands for the finding of *view* on the first screen; ``None`` if nothing should.

    A structure is described, for its button is harmless. The page's title stands at the head of the report: it is not
    held against the page a second time.
    """
    if view["described"]:
        return {"described": view["described"], "quote": None, "key": view["described"]}
    quotes = [quote for quote in view["quotes"] if quote["severity"] == view["severity"] and quote["role"] != "title"]
    if not quotes:
        return None
    quote = next((quote for quote in quotes if quote["role"] in FINDABLE), quotes[0])
    return {"described": "", "quote": quote, "key": "".join(piece["text"] for piece in quote["pieces"])}


def _title_gravest(gravest: list[dict[str, Any]], ranked: list[dict[str, Any]]) -> str:
    """Return the heading over *gravest*: nothing slight is called grave, nor the second gravest the gravest."""
    grave = bool(gravest) and gravest[0]["severity"] == ranked[0]["severity"] != SEVERITIES[-1]
    if not grave:
        return say("What was found")
    return say("The gravest words") if any(item["quote"] for item in gravest) else say("The gravest findings")
