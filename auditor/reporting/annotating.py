"""The annotated page: a copy of the saved page that does nothing, with every piece of evidence marked and numbered.

Notes beside it lead to the findings of the report, and back. A policy in the page itself forbids scripts, forms, frames
and loading; ``sandbox`` has no effect there (https://www.w3.org/TR/CSP3/#meta-element), so all that it would forbid is
taken out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.reporting.cleaning import clean_text
from auditor.reporting.html import load_template
from auditor.reporting.locating import Passage, locate_spans
from auditor.reporting.numbering import count_unmarked, name_findings, number_marks, read_span
from auditor.reporting.wording import BLOCKS, LANDMARKS, ROLES, describe_manner, describe_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from auditor.reporting.disarming import Copy, Mark
    from auditor.reporting.locating import Piece, Span

_HEADLESS = frozenset(("title", "meta", "structured"))
"""Roles of passages that no part of the page shows."""
_BESIDE = frozenset(("alt", "button", "label"))
"""Roles of passages whose words may come from an attribute."""
_LONGEST_QUOTE = 400
_LONGEST_TITLE = 300


def annotate_page(
    record: dict[str, Any], *, markup: str | None = None, report: str | None = None, cache: Path | None = None
) -> str:
    """Return the page of *record*, annotated; without *markup*, as for PDF and text, its passages are shown.

    *report* is the address of the report from where this page will lie; without it notes lead nowhere.
    """
    from auditor.reporting.disarming import LONGEST_MARKUP, disarm_page, mark_texts

    copy = disarm_page(markup if markup is not None and len(markup) <= LONGEST_MARKUP else _write_passages(record))
    spans = number_marks(record)
    located = _locate(record, copy, spans)
    notes = _view_notes(record, spans, located)
    mark_texts(copy, {_make_mark(note): located[note["span"]] for note in notes if note["shown"]})
    return _render(record, copy, notes, report=report, cache=cache)


def name_annotated(report: str) -> str:
    """Return what the annotated page beside the *report* of this file name is called."""
    return f"{report.removesuffix('.html')}.annotated.html"


def _write_passages(record: dict[str, Any]) -> str:
    """Return the passages of *record* as a plain page, for sources that are none."""
    parts = []
    for passage in record["document"]["passages"]:
        if passage["role"] in _HEADLESS:
            continue
        name = _ELEMENTS.get(passage["role"], "p")
        text = passage["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(f"<{name}>{text}</{name}>")
    return f'<body style="max-width: 44rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.6 serif">{"".join(parts)}</body>'


_ELEMENTS = {"heading": "h2", "quote": "blockquote"}


def _locate(record: dict[str, Any], copy: Copy, spans: Mapping[Span, int]) -> dict[Span, tuple[Piece, ...]]:
    """Return where in *copy* the words of *spans* show; what the markup hides does not."""
    passages = [
        None if item["role"] in _HEADLESS else Passage(item["text"], item["role"] in _BESIDE)
        for item in record["document"]["passages"]
    ]
    runs = copy.runs
    found = locate_spans(runs, {number: runs[number] for number in copy.asides}, passages, list(spans))
    return {span: pieces for span, pieces in found.items() if not any(piece.run in copy.concealed for piece in pieces)}


def _view_notes(
    record: dict[str, Any], spans: Mapping[Span, int], located: Mapping[Span, tuple[Piece, ...]]
) -> list[dict[str, Any]]:
    """Return a note for each of *spans*, in the order of their numbers."""
    notes: dict[Span, dict[str, Any]] = {}
    for anchor, finding in name_findings(record):
        for item in finding["evidence"]:
            span = read_span(item)
            if span not in spans:
                continue
            note = notes.setdefault(span, _view_note(item, spans[span], shown=span in located))
            if all(known["anchor"] != anchor for known in note["findings"]):
                note["findings"].append(_view_finding(anchor, finding, item))
    return sorted(notes.values(), key=lambda note: note["number"])


def _view_note(item: dict[str, Any], number: int, *, shown: bool) -> dict[str, Any]:
    passage = item["passage"]
    before, words, after = item["quote"].partition(item["words"])
    hidden = "not shown at first" if passage["hidden"] else ""
    rest = (BLOCKS.get(passage["block"] or "", ""), LANDMARKS[passage["landmark"]], hidden)
    return {
        "number": number,
        "span": read_span(item),
        "shown": shown,
        "before": _clip_start(before),
        "words": clean_text(words or item["words"], _LONGEST_QUOTE),
        "after": clean_text(after, _LONGEST_QUOTE // 2),
        "language": passage["language"],
        "place": ", ".join(part for part in (ROLES[passage["role"]], *rest) if part),
        "findings": [],
    }


def _view_finding(anchor: str, finding: dict[str, Any], item: dict[str, Any] | None) -> dict[str, Any]:
    strength = anchor.startswith("strength")
    return {
        "anchor": anchor,
        "severity": "good" if strength else (item or finding)["severity"],
        "title": finding["rule"]["title"],
        "manner": ", ".join(describe_manner(item)) if item else "",
    }


def _clip_start(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE // 2 else "…" + text[-_LONGEST_QUOTE // 2 :]


def _make_mark(note: dict[str, Any]) -> Mark:
    from auditor.reporting.disarming import Mark

    said = [f"{_SAID[finding['severity']]}, {finding['title']}" for finding in note["findings"]]
    return Mark(
        note["number"],
        clean_text("; ".join(said), _LONGEST_QUOTE),
        all(f["severity"] == "good" for f in note["findings"]),
    )


_SAID = {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "good": "strength"}


def _render(
    record: dict[str, Any],
    copy: Copy,
    notes: list[dict[str, Any]],
    *,
    report: str | None,
    cache: Path | None,
) -> str:
    from auditor.reporting.disarming import write_body

    attributes = copy.attributes
    page, facts = record["page"], record["document"]["facts"]
    absent = [
        _view_finding(anchor, finding, None) for anchor, finding in name_findings(record) if not finding["evidence"]
    ]
    return load_template("annotated", cache).render(
        title=clean_text(facts["title"] or page["url"] or page["source"], _LONGEST_TITLE),
        address=page["url"] or "",
        retrieved=page["retrieved"],
        moment=describe_moment(page["retrieved"]),
        language=attributes["html"].pop("lang", facts["language"]),
        attributes=attributes,
        styles="\n".join(copy.styles),
        body=write_body(copy),
        report=report or "",
        shown=[note for note in notes if note["shown"]],
        unseen=[note for note in notes if not note["shown"]],
        absent=absent,
        left_out=count_unmarked(record, {note["span"]: note["number"] for note in notes}),
        copied=page["media_type"] == "text/html",
        version=record["version"],
    )
