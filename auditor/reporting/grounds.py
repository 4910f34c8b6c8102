"""Grounds: the laws, codes and studies behind a finding, from the jurisdictions that were chosen."""

from __future__ import annotations

from typing import Any

from auditor.reporting.catalogue import say
from auditor.reporting.clipping import (
    LONGEST_CONTEXT,
    LONGEST_QUOTE,
    SHOWN_BASES,
    SHOWN_BASES_EACH,
    SHOWN_FINDINGS,
    clip,
)
from auditor.reporting.linking import view_address
from auditor.reporting.wording import EVERYWHERE, VERIFIED, name_jurisdiction, rank_categories


def choose_bases(finding: dict[str, Any], record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the bases of *finding* from the jurisdictions that were chosen, and those that hold everywhere."""
    chosen = record["jurisdictions"]
    found = [record["basis"][name] for name in finding["rule"]["basis"] if name in record["basis"]]
    return [basis for basis in found if not chosen or basis["jurisdiction"].lower() in (EVERYWHERE, *chosen)]


def number_bases(shown: list[dict[str, Any]], record: dict[str, Any]) -> dict[str, int]:
    """Return the bases of all that is shown, numbered in the order in which the report names them."""
    said = [finding for finding in shown if finding["rule"]["form"] != "absence"]
    order = [
        finding for category in rank_categories(said) for finding in said if finding["rule"]["category"] == category
    ]
    order += [finding for finding in shown if finding["rule"]["form"] == "absence"]
    order += record["strengths"][:SHOWN_FINDINGS]
    names = dict.fromkeys(
        basis["id"] for finding in order for basis in choose_bases(finding, record)[:SHOWN_BASES_EACH]
    )
    return {name: number for number, name in enumerate(list(names)[:SHOWN_BASES], 1)}


def view_grounds(finding: dict[str, Any], record: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    """Return the bases of *finding* by jurisdiction, and the first of them in words."""
    chosen = choose_bases(finding, record)[:SHOWN_BASES_EACH]
    places: dict[str, list[dict[str, Any]]] = {}
    for basis in chosen:
        entry = {"number": numbers.get(basis["id"], 0), "title": clip(basis["title"], LONGEST_CONTEXT)}
        places.setdefault(name_jurisdiction(clip(basis["jurisdiction"], LONGEST_CONTEXT)), []).append(entry)
    return {
        "count": len(chosen),
        "first": clip(chosen[0]["title"], LONGEST_CONTEXT) if chosen else "",
        "first_from": name_jurisdiction(chosen[0]["jurisdiction"]) if chosen else "",
        "places": [{"name": name, "bases": found} for name, found in places.items()],
        "none_chosen": not chosen and bool(finding["rule"]["basis"]),
    }


def view_basis(basis: dict[str, Any], number: int) -> dict[str, Any]:
    """Return *basis* as the annex tells it under its *number*."""
    return {
        "number": number,
        "title": clip(basis["title"], LONGEST_CONTEXT),
        "jurisdiction": name_jurisdiction(clip(basis["jurisdiction"], LONGEST_CONTEXT)),
        "says": clip(basis["says"], LONGEST_QUOTE),
        "url": view_address(basis["url"]),
        "verified": say(VERIFIED.get(basis["verified"], clip(basis["verified"], LONGEST_CONTEXT))),
    }
