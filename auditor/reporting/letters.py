"""Drafts of letters from an audit's record: to the publisher of the page, or to a body that takes complaints.

A draft is for a person to check and to send. What is not known is left open in brackets and never invented, and nothing in
it says more than the page does: quotations, dates, grounds and questions.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.reporting.catalogue import speak
from auditor.reporting.clipping import clip
from auditor.reporting.findings import name_anchors, view_citation
from auditor.reporting.linking import link_url, name_source
from auditor.reporting.quoting import FINDABLE, merge_evidence, tell_place
from auditor.reporting.structures import describe_structure
from auditor.reporting.templating import TEMPLATES, fill_template
from auditor.reporting.typesetting import set_markdown
from auditor.reporting.wording import (
    EVERYWHERE,
    SEVERITIES,
    describe_found,
    describe_manner,
    describe_moment,
    describe_needed,
    name_language,
    rank_findings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("right-of-reply", "complaint")
CHANNELS = ("us-ftc", "us-fda", "uk-asa", "au-ahpra", "de-wettbewerbszentrale", "generic")
MOST_BY_DEFAULT = 10
MOST_IN_REPLY = 60
MOST_NAMED = 200
"""Findings that are left out and named with their numbers; more are only counted."""
LONGEST_QUOTE = 600
LONGEST_SHORT = 160
MOST_QUOTES = 3
MOST_DISCLAIMERS = 5
MOST_REFERENCES = 10
WORKING_DAYS = 10
"""Days to answer that a right of reply offers: our choice, no rule; never under `FEWEST_DAYS`."""
FEWEST_DAYS = 5


@cache
def read_channels() -> dict[str, dict[str, Any]]:
    """Return what is known of each body that takes complaints: what it asks for, its limits, how far that was verified."""
    found: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "channels.json").read_text("utf-8"))
    return found


def select_findings(record: dict[str, Any], wanted: Sequence[str], kind: str, to: str) -> list[dict[str, Any]]:
    """Return the findings of *record* that a letter is about, gravest first.

    *wanted* are numbers as in the report, or ids of rules; without any, a right of reply takes all that are not slight,
    and a complaint the gravest, with no kind left out that weighs most with the body. Raises ValueError with a sentence
    for the user.
    """
    ranked = rank_findings(record)
    channel = read_channels()[to]
    most = channel["most_issues"]
    if wanted:
        found = [_find_wanted(ranked, name) for name in wanted]
        found = [finding for finding in ranked if any(finding is each for each in found)]
        if most and kind == "complaint" and len(found) > most:
            raise ValueError(f"{to} takes at most {most} issues, and {len(found)} are named")
        return found
    if kind == "right-of-reply":
        weighty = [name for names in channel["first"] for name in names]
        grave = [finding for finding in ranked if finding["severity"] != SEVERITIES[-1] or _is_of(finding, weighty)]
        return (grave or ranked)[:MOST_IN_REPLY]
    said = [finding for finding in ranked if finding["evidence"]] or ranked
    said.sort(
        key=lambda finding: (
            SEVERITIES.index(finding["severity"]),
            not _list_grounds(finding, record, channel["jurisdictions"], cited="T"),
        )
    )
    return [said[place] for place in sorted(_rank_for_body(said, channel["first"])[: most or MOST_BY_DEFAULT])]


def _rank_for_body(said: list[dict[str, Any]], first: list[list[str]]) -> list[int]:
    """Return the places of *said*: one of every kind in *first*, then the others of these kinds, then all others.

    A cure that is promised in passing must not give way to graver words about a discount.
    """
    kinds = [[place for place, finding in enumerate(said) if _is_of(finding, kind)] for kind in first]
    leading = [places[0] for places in kinds if places]
    return list(dict.fromkeys([*leading, *sorted(place for places in kinds for place in places), *range(len(said))]))


def _is_of(finding: dict[str, Any], kind: list[str]) -> bool:
    """Tell whether *finding* is of a *kind*, given as categories and rules."""
    return finding["rule"]["category"] in kind or finding["rule"]["id"] in kind


def render_letter(
    record: dict[str, Any],
    findings: Sequence[dict[str, Any]],
    *,
    kind: str,
    to: str,
    form: str = "markdown",
    templates: Path | None = None,
    cache: Path | None = None,
) -> str:
    """Return the draft of a letter of *kind* about *findings* of *record*, in Markdown or HTML.

    Raises TemplateError for a mistake in a template of the user's.
    """
    channel = read_channels()[to]
    with speak(channel["language"]):
        view = view_letter(record, findings, kind=kind, to=to)
        name = _choose_template(kind, to, templates)
        text = fill_template(name, view, folder=templates, cache=cache)
        text = _tidy(text)
        if form == "markdown":
            return text
        shell = {
            "body": set_markdown(text),
            "locale": channel["language"],
            "title": text.split("\n", 1)[0].lstrip("# "),
        }
        return fill_template(
            "letters/letter.html", shell | {"version": record["version"]}, folder=templates, cache=cache
        )


def view_letter(record: dict[str, Any], findings: Sequence[dict[str, Any]], *, kind: str, to: str) -> dict[str, Any]:
    """Return what a letter's template is given, in the language that is spoken."""
    page, facts = record["page"], record["document"]["facts"]
    channel = read_channels()[to]
    anchors = name_anchors(record)
    chosen = {finding["rule"]["id"] for finding in findings}
    others = [finding for finding in rank_findings(record) if finding["rule"]["id"] not in chosen]
    places = channel["jurisdictions"] or record["jurisdictions"]
    return {
        "record": record,
        "kind": kind,
        "to": to,
        "channel": channel,
        "page": {
            "address": page["url"] or name_source(page["source"]),
            "asked": page["source"] if page["source"] != page["url"] and link_url(page["source"]) else "",
            "title": facts["title"] or "",
            "publisher": facts["publisher"] or "",
            "author": facts["author"] or "",
            "published": describe_moment(facts["published"]) if facts["published"] else "",
            "language": name_language(facts["language"]),
            "foreign": facts["language"] != channel["language"],
            "retrieved": describe_moment(page["retrieved"]),
            "sha256": page["sha256"],
            "on_paper": page["url"] is None,
        },
        "issues": [_view_issue(finding, record, places, number, anchors) for number, finding in enumerate(findings, 1)],
        "others": [
            {"title": finding["rule"]["title"], "number": anchors.get(finding["rule"]["id"], "").rpartition("-")[2]}
            for finding in others
            if finding["rule"]["form"] != "absence"
        ],
        "most_named": MOST_NAMED,
        "unlisted": record["unlisted"],
        "absences": [
            finding["rule"]["title"] for finding in record["findings"] if finding["rule"]["form"] == "absence"
        ],
        "strengths": [_view_strength(strength, record) for strength in record["strengths"]],
        "disclaimers": _list_disclaimers(record, findings),
        "references": [view_citation(citation) for citation in _list_references(record)],
        "limits": record["limits"],
        "shown": {code: _show_variable(record, code) for code in ("O1", "O2", "O3", "O4", "O7", "T1", "T8", "T9")},
        "rules_digest": record["rules_digest"],
        "version": record["version"],
        "days": WORKING_DAYS,
        "fewest_days": FEWEST_DAYS,
    }


def _view_issue(
    finding: dict[str, Any], record: dict[str, Any], places: Sequence[str], number: int, anchors: dict[str, str]
) -> dict[str, Any]:
    rule = finding["rule"]
    return {
        "number": number,
        "title": rule["title"],
        "why": rule["why"],
        "ask": rule["ask"],
        "form": rule["form"],
        "rule": rule["id"],
        "described": describe_structure(finding, record["document"]),
        "in_report": anchors.get(rule["id"], "").rpartition("-")[2],
        "quotes": [_view_quote(items, record) for items in _rank_visible(finding)[:MOST_QUOTES]],
        "needed": describe_needed(finding) or "",
        "found": describe_found(finding["support"]),
        # A number is cited only where its text was read; what is known from others' accounts is for the reviewer.
        "grounds": _list_grounds(finding, record, places, cited="T"),
        "unread_grounds": _list_grounds(finding, record, places, cited="S"),
    }


def _rank_visible(finding: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the sentences of *finding*, those that a visitor sees first."""
    return sorted(merge_evidence(finding), key=lambda items: items[0]["passage"]["role"] not in FINDABLE)


def _view_quote(items: list[dict[str, Any]], record: dict[str, Any]) -> dict[str, Any]:
    """Return a quotation as a letter may hold it: of a patient's story only the words in question, and no name."""
    first = items[0]
    place = first["passage"]
    story = first["voice"] == "patient" or place["block"] == "testimonial"
    text = f"[…] {first['words']} […]" if story else _clip_quote(first["quote"])
    return {
        "text": text,
        "short": clip(text, LONGEST_SHORT),
        "story": story,
        "place": tell_place(place | {"section": [] if story else place["section"]}, record["document"]["facts"]),
        "manner": ", ".join(describe_manner(first)),
        "language": name_language(place["language"]),
        "foreign": place["language"] != "en",
    }


def _view_strength(strength: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    sentences = merge_evidence(strength)
    described = describe_structure(strength, record["document"])
    return {
        "title": strength["rule"]["title"],
        "quote": described or (_clip_quote(sentences[0][0]["quote"]) if sentences else ""),
    }


def _list_disclaimers(record: dict[str, Any], findings: Sequence[dict[str, Any]]) -> list[str]:
    """Return what the page says to limit its claims, but not what the letter itself holds against it."""
    quoted = {item["passage"]["index"] for finding in findings for item in finding["evidence"]}
    return [
        _clip_quote(passage["text"])
        for passage in record["document"]["passages"]
        if passage["block"] == "disclaimer" and passage["index"] not in quoted
    ][:MOST_DISCLAIMERS]


def _list_references(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the references that speak for the page: none that names nothing, and none that is itself a finding."""
    held = [
        (item["passage"]["index"], item["start"], item["end"])
        for finding in record["findings"]
        if finding["rule"]["category"] == "evidence"
        for item in finding["evidence"]
    ]
    return [
        citation
        for citation in record["document"]["citations"]
        if citation["kind"] != "vague"
        and not any(
            citation["passage"] == passage and citation["start"] < end and start < citation["end"]
            for passage, start, end in held
        )
    ][:MOST_REFERENCES]


def _show_variable(record: dict[str, Any], code: str) -> str:
    """Return the words by which the page shows the variable *code* of the codebook; nothing if it does not."""
    return next(
        (
            _clip_quote(item["quote"])
            for item in record["codebook"]
            if item["variable"]["id"] == code and item["present"]
        ),
        "",
    )


def _list_grounds(
    finding: dict[str, Any], record: dict[str, Any], places: Sequence[str], *, cited: str
) -> list[dict[str, Any]]:
    bases = [record["basis"][name] for name in finding["rule"]["basis"] if name in record["basis"]]
    wanted = [basis for basis in bases if basis["verified"] == cited and basis["jurisdiction"].lower() != EVERYWHERE]
    return [basis for basis in wanted if not places or basis["jurisdiction"].lower() in places]


def _find_wanted(ranked: list[dict[str, Any]], name: str) -> dict[str, Any]:
    if name.isdecimal():
        if not 1 <= int(name) <= len(ranked):
            raise ValueError(f"there is no finding {name}; the report numbers them from 1 to {len(ranked)}")
        return ranked[int(name) - 1]
    for finding in ranked:
        if name in (finding["rule"]["id"], finding["fingerprint"]):
            return finding
    raise ValueError(f"the record holds no finding {name}; name its number in the report or the id of its rule")


def _choose_template(kind: str, to: str, folder: Path | None) -> str:
    """Return the template for *kind*: that of the body, where it or the user has one of its own."""
    own = f"letters/{kind}-{to}.md"
    return own if any((root / own).is_file() for root in (folder, TEMPLATES) if root) else f"letters/{kind}.md"


def _clip_quote(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rstrip() + " […]"


def _tidy(text: str) -> str:
    """Return *text* without the empty lines that conditions in a template leave."""
    lines: list[str] = []
    for line in text.strip().split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip() + "  " * line.endswith("  "))
    return "\n".join(lines) + "\n"
