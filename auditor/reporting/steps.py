"""How the score came about: its steps, as rows of a table."""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import say, say_many
from auditor.reporting.clipping import SHOWN_FINDINGS, count_left
from auditor.reporting.findings import name_anchors
from auditor.reporting.sentences import say_sentence
from auditor.reporting.wording import CATEGORIES, sign_points


def view_steps(record: dict[str, Any]) -> dict[str, Any]:
    """Return the steps of the score of *record*."""
    return lay_out_steps(record["score_parts"], record["score"], name_anchors(record))


def lay_out_steps(parts: list[dict[str, Any]], total: int | None, anchors: dict[str, str]) -> dict[str, Any]:
    """Return the *parts* of a score that is *total*; those that cost or give nothing, because others did, are only counted.

    *anchors* lead from the rule of a part to its finding.
    """
    counted = {_read_category(part) for part in parts if part["points"]}
    idle = [part for part in parts if not part["points"] and part["rule"] and _read_category(part) in counted]
    spent = [part for part in parts if not part["points"] and _read_category(part) == "strengths" and part not in idle]
    folded = {id(part) for part in (*idle, *spent)}
    rows = [part for part in parts if id(part) not in folded]
    flags = sum(_read_category(part) != "strengths" for part in idle)
    good = len(idle) + len(spent) - flags
    return {
        "rows": [
            {
                "points": sign_points(part["points"]),
                "category": _name_part(part),
                "reason": say_sentence(part["reason"]),
                "anchor": anchors.get(part["rule"], ""),
            }
            for part in rows[:SHOWN_FINDINGS]
        ],
        "idle": say_many(
            "%(number)s more red flag: no further points, the category already counts",
            "%(number)s more red flags: no further points, the category already counts",
            flags,
        )
        if flags
        else "",
        "spent": say_many(
            "%(number)s strength: no further points can be given back",
            "%(number)s strengths: no further points can be given back",
            good,
        )
        if good
        else "",
        "left_out": count_left(len(rows) - SHOWN_FINDINGS),
        "total": total,
    }


def _name_part(part: dict[str, Any]) -> str:
    """Return what stands before the reason of a step: the category of a red flag, or that it is a strength."""
    category = _read_category(part)
    if category in CATEGORIES:
        return say(CATEGORIES[category])
    return say("Strength") if part["points"] > 0 and part["rule"] else ""


def _read_category(part: dict[str, Any]) -> str:
    """Return the category of the rule behind a step: its folder."""
    return (part["rule"] or "").partition("/")[0]
