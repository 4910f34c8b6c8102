"""The annotated page: a copy of the saved page that does nothing, with every piece of evidence marked and numbered.

Notes beside it lead to the findings of the report, and back. A policy in the page itself forbids scripts, forms, frames
and loading; ``sandbox`` has no effect there (https://www.w3.org/TR/CSP3/#meta-element), so all that it would forbid is
taken out.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from auditor.reporting.catalogue import name_locale, say, speak
from auditor.reporting.clipping import LONGEST_CONTEXT, LONGEST_TITLE, clip, clip_start
from auditor.reporting.facts import describe_source
from auditor.reporting.locating import Passage, locate_spans
from auditor.reporting.numbering import count_unmarked, name_findings, number_marks, read_span
from auditor.reporting.quoting import check_language, tell_place
from auditor.reporting.templating import fill_template
from auditor.reporting.wording import CLOSING, SEVERITY_NAMES, describe_manner, describe_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from auditor.reporting.disarming import Copy, Mark
    from auditor.reporting.locating import Piece, Span

_HEADLESS = frozenset(("title", "meta", "structured"))
"""Roles of passages that no part of the page shows."""
_BESIDE = frozenset(("alt", "button", "label"))
"""Roles of passages whose words may come from an attribute."""
_LONGEST_ROOT = 200
_MOST_FINDINGS = 20
"""Findings that one note names; no words of a page that was not made for it meet as many rules."""
_ELEMENTS = {"heading": "h2", "quote": "blockquote"}
_PLAIN = "max-width: 44rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.6 serif"


def annotate_page(
    record: dict[str, Any],
    *,
    markup: str | None = None,
    report: str = "",
    locale: str = "en",
    cache: Path | None = None,
) -> str:
    """Return the page of *record*, annotated; without *markup*, as for PDF and text, its passages are shown.

    *report* is the address of the report from where this page will lie; without it notes lead to no finding.
    """
    from auditor.reporting.disarming import LONGEST_MARKUP, disarm_page, mark_texts

    is_copied = markup is not None and len(markup) <= LONGEST_MARKUP
    copy = disarm_page(markup if markup is not None and is_copied else _write_passages(record))
    spans = number_marks(record)
    located = _locate(record, copy, spans)
    with speak(locale):
        notes = _view_notes(record, spans, located)
        _add_pictures(notes, record, report)
        mark_texts(copy, {_make_mark(note): located[note["span"]] for note in notes if note["shown"]})
        return fill_template("annotated.html", _view(record, copy, notes, report, is_copied=is_copied), cache=cache)


def name_annotated(report: str) -> str:
    """Return what the annotated page beside the *report* of this file name is called."""
    return f"{report.removesuffix('.html')}.annotated.html"


def _write_passages(record: dict[str, Any]) -> str:
    """Return the passages of *record* as a plain page, for sources that are none."""
    parts = []
    for passage in record["document"]["passages"]:
        if passage["role"] not in _HEADLESS:
            name = _ELEMENTS.get(passage["role"], "p")
            parts.append(f"<{name}>{escape(passage['text'])}</{name}>")
    return f'<body style="{_PLAIN}">{"".join(parts)}</body>'


def list_passages(record: dict[str, Any]) -> list[Passage | None]:
    """Return what must be found of each passage of *record*; ``None`` for those that no part of the page shows."""
    return [
        None if item["role"] in _HEADLESS else Passage(item["text"], item["role"] in _BESIDE)
        for item in record["document"]["passages"]
    ]


def _locate(record: dict[str, Any], copy: Copy, spans: Mapping[Span, int]) -> dict[Span, tuple[Piece, ...]]:
    """Return where in *copy* the words of *spans* show; what the markup hides does not."""
    runs = copy.runs
    asides = {number: runs[number] for number in copy.asides}
    found = locate_spans(runs, asides, list_passages(record), list(spans))
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
            note = notes.setdefault(span, _view_note(item, record, spans[span], shown=span in located))
            if len(note["findings"]) < _MOST_FINDINGS and all(known["anchor"] != anchor for known in note["findings"]):
                note["findings"].append(_view_finding(anchor, finding, item))
    return sorted(notes.values(), key=lambda note: note["number"])


def _view_note(item: dict[str, Any], record: dict[str, Any], number: int, *, shown: bool) -> dict[str, Any]:
    before, words, after = item["quote"].partition(item["words"])
    return {
        "number": number,
        "span": read_span(item),
        "shown": shown,
        "before": clip_start(before, LONGEST_CONTEXT),
        "words": clip(words or item["words"], LONGEST_CONTEXT),
        "after": clip(after, LONGEST_CONTEXT),
        "language": check_language(item["passage"]["language"]),
        "place": tell_place(item["passage"], record["document"]["facts"]),
        "findings": [],
        "picture": "",
    }


def _add_pictures(notes: list[dict[str, Any]], record: dict[str, Any], report: str) -> None:
    """Give each of *notes* the address of the picture of its words; pictures lie where the *report* lies."""
    folder = report.rpartition("/")[0]
    pictures = {(item["passage"], item["start"], item["end"]): item["path"] for item in record["screenshots"]}
    for note in notes:
        path = pictures.get(note["span"])
        if path:
            note["picture"] = f"{folder}/{quote(path)}" if folder else quote(path)


def _view_finding(anchor: str, finding: dict[str, Any], item: dict[str, Any] | None) -> dict[str, Any]:
    severity = "good" if anchor.startswith("strength") else (item or finding)["severity"]
    return {
        "anchor": anchor,
        "severity": severity,
        "level": say(SEVERITY_NAMES[severity]),
        "title": finding["rule"]["title"],
        "manner": ", ".join(describe_manner(item)) if item else "",
    }


def _make_mark(note: dict[str, Any]) -> Mark:
    from auditor.reporting.disarming import Mark

    said = "; ".join(f"{finding['level']}, {finding['title']}" for finding in note["findings"])
    label = say("Note %(number)s: %(said)s", number=note["number"], said=clip(said, LONGEST_CONTEXT))
    return Mark(note["number"], label, all(finding["severity"] == "good" for finding in note["findings"]))


def _view(
    record: dict[str, Any], copy: Copy, notes: list[dict[str, Any]], report: str, *, is_copied: bool
) -> dict[str, Any]:
    from auditor.reporting.disarming import write_body

    page, facts = record["page"], record["document"]["facts"]
    return {
        "locale": name_locale(),
        "title": clip(facts["title"] or page["url"] or describe_source(page["source"]), LONGEST_TITLE),
        "address": page["url"] or "",
        "iso": page["retrieved"],
        "moment": describe_moment(page["retrieved"]),
        "language": copy.attributes["html"].pop("lang", check_language(facts["language"])),
        # What tells a file to be ours stands near its beginning, whatever the page puts before it.
        "root": {name: value for name, value in copy.attributes["html"].items() if len(value) <= _LONGEST_ROOT},
        "attributes": copy.attributes["body"],
        "styles": "\n".join(copy.styles),
        "body": write_body(copy),
        "is_copied": is_copied,
        "report": report,
        "shown": [note for note in notes if note["shown"]],
        "unseen": [note for note in notes if not note["shown"]],
        "absent": [
            _view_finding(anchor, finding, None) for anchor, finding in name_findings(record) if not finding["evidence"]
        ],
        "left_out": count_unmarked(record, {note["span"] for note in notes}),
        "closing": say(CLOSING),
        "version": record["version"],
    }
