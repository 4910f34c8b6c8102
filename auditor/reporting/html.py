"""The audit as one HTML page that needs no script and no network, rendered from its record alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.reporting.catalogue import mark, name_locale, say, speak
from auditor.reporting.clipping import LONGEST_TITLE, cap_rows, clip
from auditor.reporting.facts import (
    describe_retrieval,
    describe_source,
    view_citations,
    view_codebook,
    view_facts,
    view_offer,
    view_provenance,
)
from auditor.reporting.findings import view_findings
from auditor.reporting.linking import view_address
from auditor.reporting.quoting import check_language
from auditor.reporting.sentences import describe_spared, say_sentence
from auditor.reporting.steps import view_steps
from auditor.reporting.templating import fill_template
from auditor.reporting.wording import (
    CLOSING,
    NOTHING_FOUND,
    NOTHING_LISTED,
    NOTHING_MEANS,
    SEVERITY_NAMES,
    choose_band,
    count_severities,
    describe_grade,
    describe_moment,
    describe_nothing,
    describe_unassessed,
    describe_unlisted,
    summarize_findings,
)

if TYPE_CHECKING:
    from pathlib import Path


def render_html(
    record: dict[str, Any],
    *,
    locale: str = "en",
    annotated: str = "",
    templates: Path | None = None,
    cache: Path | None = None,
) -> str:
    """Return *record* as one self-contained page. Raises TemplateError for a mistake in a template of the user's.

    Args:
        record: what `to_record` gives.
        locale: the language of the report, one of `LOCALES`.
        annotated: where the annotated copy of the page lies, as an address relative to the report's.
        templates: a folder with the user's own ``report.html``.
        cache: where compiled templates are kept.

    """
    with speak(locale):
        return fill_template("report.html", view_audit(record, annotated=annotated), folder=templates, cache=cache)


def view_audit(record: dict[str, Any], *, annotated: str = "") -> dict[str, Any]:
    """Return what a template is given, in the language that is spoken: words and numbers, nothing to work out."""
    page, facts = record["page"], record["document"]["facts"]
    address = page["url"] or describe_source(page["source"])
    assessed = record["score"] is not None
    nothing = NOTHING_LISTED if record["unlisted"] else NOTHING_FOUND
    return {
        "record": record,
        "locale": name_locale(),
        "annotated": annotated,
        "title": clip(facts["title"] or address, LONGEST_TITLE),
        "title_language": check_language(facts["language"]),
        "address": view_address(page["url"]) if page["url"] else {"text": address, "href": None},
        "retrieved": {
            "how": describe_retrieval(page),
            "iso": page["retrieved"],
            "text": describe_moment(page["retrieved"]),
        },
        "sha256": page["sha256"],
        "verdict": _view_verdict(record),
        "summary": summarize_findings(record) if record["findings"] or assessed else "",
        "nothing": say(NOTHING_MEANS) if not record["findings"] and not record["unlisted"] and assessed else "",
        "nothing_found": describe_nothing(record, nothing),
        "no_strengths": describe_nothing(
            record, mark("None of the signs of good practice that were looked for was found on this page.")
        ),
        "unlisted": describe_unlisted(record),
        "spared": describe_spared(record),
        "counts": [
            {"severity": severity, "name": say(SEVERITY_NAMES[severity]), "number": number}
            for severity, number in count_severities(record).items()
        ],
        **_link_marks(view_findings(record), record, annotated),
        "steps": view_steps(record),
        "limits": cap_rows([say_sentence(limit) for limit in record["limits"]]),
        "offer": view_offer(record["offer"]),
        "provenance": view_provenance(record),
        "facts": view_facts(record),
        "citations": view_citations(record),
        "codebook": view_codebook(record),
        "version": record["version"],
        "rules_count": record["rules_count"],
        "rules_digest": record["rules_digest"],
        "closing": say(CLOSING),
    }


def _link_marks(found: dict[str, Any], record: dict[str, Any], annotated: str) -> dict[str, Any]:
    """Return *found* with the address of each quotation in the *annotated* page, if there is one."""
    if annotated:
        from auditor.reporting.numbering import number_marks

        marks = number_marks(record)
        said = [view for group in found["groups"] for view in group["findings"]]
        for quote in (quote for view in (*said, *found["strengths"]) for quote in view["quotes"]):
            if quote["span"] in marks:
                quote["mark"] = f"{annotated}#auditor-mark-{marks[quote['span']]}"
    return found


def _view_verdict(record: dict[str, Any]) -> dict[str, Any]:
    score = record["score"]
    obstacle = record["document"]["obstacle"]
    reason = obstacle["reason"] if obstacle and obstacle["reason"] != record["meaning"] else ""
    return {
        "score": score,
        "unassessed": describe_unassessed(record),
        "grade": describe_grade(record["grade"]),
        "meaning": say_sentence(record["meaning"]),
        "reason": say_sentence(reason) if score is None else "",
        "band": choose_band(score),
    }
