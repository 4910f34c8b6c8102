"""A comparison of two audits as its readers meet it: an HTML page, or lines on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.reporting.catalogue import mark, name_locale, say, say_number, speak
from auditor.reporting.cleaning import clean_value
from auditor.reporting.clipping import LONGEST_QUOTE, LONGEST_TITLE, SHOWN_FINDINGS, SHOWN_QUOTES, clip, count_left
from auditor.reporting.comparing import CAUTIONS
from auditor.reporting.linking import view_address
from auditor.reporting.sentences import say_sentence
from auditor.reporting.templating import fill_template
from auditor.reporting.terminal import Lines
from auditor.reporting.wording import (
    CLOSING,
    ROLES,
    SEVERITY_NAMES,
    count_flags,
    count_strengths,
    describe_grade,
    describe_moment,
    name_category,
    sign_points,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = {
    "gone": mark("No longer found"),
    "new": mark("New"),
    "persisting": mark("Still found"),
    "unknown": mark("Cannot be told, because a page was not assessed"),
}
"""Kind to heading, in the order of the comparison."""
_SIGNS = {"new": "+", "gone": "−", "changed": "~", "persisting": "=", "unknown": "?"}
_PAINTS = {"new": "critical", "gone": "strength", "persisting": "medium", "unknown": "faint"}
_SHOWN_TEXTS = 20


def render_diff_html(
    comparison: dict[str, Any], *, locale: str = "en", templates: Path | None = None, cache: Path | None = None
) -> str:
    """Return *comparison* as one self-contained page. Raises TemplateError for a mistake in the user's ``diff.html``."""
    with speak(locale):
        return fill_template("diff.html", view_comparison(comparison), folder=templates, cache=cache)


def render_diff_summary(comparison: dict[str, Any], *, color: bool, width: int, locale: str = "en") -> str:
    """Return *comparison* for a terminal of *width* columns, ending in a line break."""
    with speak(locale):
        view = clean_value(view_comparison(comparison))
        lines = Lines(color=color, width=width)
        _add_head(lines, view)
        for group in view["groups"]:
            _add_group(lines, group, _SIGNS[group["kind"]], _PAINTS[group["kind"]])
        for group in view["strengths"]:
            _add_group(lines, group, _SIGNS[group["kind"]], "faint")
        _add_texts(lines, view["texts"])
        lines.add("")
        lines.add(view["closing"], "faint")
    return "\n".join(lines.done) + "\n"


def view_comparison(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return what a template is given, in the language that is spoken."""
    score, texts = comparison["score"], comparison["texts"]
    return {
        "comparison": comparison,
        "locale": name_locale(),
        "sides": [_view_side(comparison["old"], say("Earlier")), _view_side(comparison["new"], say("Later"))],
        "cautions": [say(CAUTIONS[name]) for name in comparison["cautions"]],
        "change": _describe_change(score),
        "summary": _summarize(comparison["findings"]),
        "groups": _view_groups(comparison["findings"], count_flags),
        "strengths": _view_groups(comparison["strengths"], count_strengths),
        "parts": [
            {"reason": say_sentence(part["reason"]), "old": sign_points(part["old"]), "new": sign_points(part["new"])}
            for part in score["parts"][:SHOWN_FINDINGS]
        ],
        "texts": {
            "unchanged": texts["unchanged"],
            "left_out": count_left(texts["left_out"]),
            "changes": [
                {
                    "kind": change["kind"],
                    "evidence": change["evidence"],
                    "place": say(ROLES[change["role"]]),
                    "section": clip(change["section"][-1], LONGEST_TITLE) if change["section"] else "",
                    "pieces": _clip_pieces(change["pieces"]),
                }
                for change in texts["changes"]
            ],
        },
        "closing": say(CLOSING),
    }


def _view_side(side: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": clip(side["title"] or side["page"], LONGEST_TITLE),
        "address": view_address(side["page"]),
        "retrieved": {"iso": side["retrieved"], "text": describe_moment(side["retrieved"])},
        "score": side["score"],
        "grade": describe_grade(side["grade"]),
        "meaning": say_sentence(side["meaning"]),
        "sha256": side["sha256"],
        "rules_digest": side["rules_digest"],
        "version": side["version"],
    }


def _describe_change(score: dict[str, Any]) -> str:
    if score["change"] is None:
        return say("The scores cannot be compared, because a page was not assessed.")
    if score["change"] == 0:
        return say("The score stayed at %(score)s.", score=score["new"])
    message = mark("The score rose from %(old)s to %(new)s.")
    if score["change"] < 0:
        message = mark("The score fell from %(old)s to %(new)s.")
    return say(message, old=score["old"], new=score["new"])


def _summarize(findings: dict[str, list[Any]]) -> str:
    told = say(
        "Red flags no longer found: %(gone)s; new: %(new)s; still found: %(persisting)s.",
        gone=say_number(len(findings["gone"])),
        new=say_number(len(findings["new"])),
        persisting=say_number(len(findings["persisting"])),
    )
    if findings["unknown"]:
        told += " " + say("Of %(number)s nothing can be told.", number=say_number(len(findings["unknown"])))
    return told


def _view_groups(findings: dict[str, list[dict[str, Any]]], count: Callable[[int], str]) -> list[dict[str, Any]]:
    groups = []
    for kind, title in KINDS.items():
        views = [_view_change(finding) for finding in findings[kind][:SHOWN_FINDINGS]]
        if views:
            number = len(findings[kind])
            group: dict[str, Any] = {"kind": kind, "title": say(title), "number": number, "counted": count(number)}
            group["findings"] = [view for view in views if kind != "persisting" or view["changed"]]
            group["unchanged"] = [view for view in views if kind == "persisting" and not view["changed"]]
            group["left_out"] = count_left(len(findings[kind]) - SHOWN_FINDINGS)
            groups.append(group)
    return groups


def _view_change(finding: dict[str, Any]) -> dict[str, Any]:
    severity, quotations = finding["severity"], finding["quotations"]
    now = severity["new"] or severity["old"]
    was = severity["old"] if severity["old"] and severity["new"] and severity["old"] != severity["new"] else ""
    described = finding["described"]
    rows = _list_rows(quotations)
    return {
        "rule": finding["rule"],
        "title": finding["title"],
        "category": name_category(finding["category"]),
        "severity": now,
        "severity_name": say(SEVERITY_NAMES[now]),
        "was": say(SEVERITY_NAMES[was]) if was else "",
        "described": described["new"] or described["old"],
        "rows": rows,
        "changed": bool(was)
        or any(row["kind"] != "persisting" for row in rows)
        or described["old"] != described["new"],
        "left_out": count_left(sum(map(len, quotations.values())) - SHOWN_QUOTES),
    }


def _list_rows(quotations: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return the quotations of a finding, each in pieces: what changed first, what stayed last."""
    rows = [{"kind": "changed", "pieces": _clip_pieces(item["pieces"])} for item in quotations["reworded"]]
    for kind in ("gone", "new", "persisting"):
        plain = "same" if kind == "persisting" else kind
        rows += [{"kind": kind, "pieces": _clip_pieces([{"kind": plain, "text": text}])} for text in quotations[kind]]
    return rows[:SHOWN_QUOTES]


def _clip_pieces(pieces: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"kind": piece["kind"], "text": clip(piece["text"], LONGEST_QUOTE)} for piece in pieces[:SHOWN_FINDINGS]]


# --- on a terminal -----------------------------------------------------------------------------


def _add_head(lines: Lines, view: dict[str, Any]) -> None:
    for side in view["sides"]:
        lines.add(f"{side['name']}: {side['address']['text']}", "bold")
        score = side["score"]
        told = say("Score %(score)s of 100", score=score) if score is not None else say("Not assessed")
        grade = f", {side['grade']}" if side["grade"] and score is not None else ""
        lines.add(f"{side['retrieved']['text']} · {told}{grade}", indent=2)
    lines.add("")
    lines.add(view["change"], "bold")
    for part in view["parts"]:
        lines.add(f"{part['old']} → {part['new']}  {part['reason']}", indent=2)
    if view["parts"]:
        lines.add(
            say(
                "A category costs what the gravest finding in it costs. If that finding is gone, another of the category takes its place here."
            ),
            indent=2,
        )
    lines.add(view["summary"])
    for caution in view["cautions"]:
        lines.add(f"! {caution}", "medium")


def _add_group(lines: Lines, group: dict[str, Any], sign: str, paint: str) -> None:
    lines.add("")
    lines.add(f"{group['title']}: {group['counted']}", "bold")
    for finding in group["findings"]:
        was = say(", was %(level)s", level=finding["was"]) if finding["was"] else ""
        lines.add(f"{sign} {finding['title']} ({finding['severity_name']}{was})", paint, indent=2)
        if finding["described"]:
            lines.add(finding["described"], indent=6)
        for row in finding["rows"][:3]:
            if row["kind"] != "persisting":
                lines.add(f"{_SIGNS[row['kind']]} {_write_pieces(row['pieces'])}", indent=6, most=4)
    if group["unchanged"]:
        lines.add(say("%(number)s unchanged", number=say_number(len(group["unchanged"]))), "faint", indent=2)


def _add_texts(lines: Lines, texts: dict[str, Any]) -> None:
    if not texts["changes"]:
        return
    lines.add("")
    lines.add(say("Text that changed"), "bold")
    for change in texts["changes"][:_SHOWN_TEXTS]:
        lines.add(f"{_SIGNS[change['kind']]} {_write_pieces(change['pieces'])}", indent=2, most=4)
    if len(texts["changes"]) > _SHOWN_TEXTS:
        lines.add(say("… and %(number)s more.", number=say_number(len(texts["changes"]) - _SHOWN_TEXTS)), indent=2)


def _write_pieces(pieces: list[dict[str, str]]) -> str:
    """Return *pieces* as wdiff writes them; what is all new or all gone needs no marks."""
    if len(pieces) == 1:
        return pieces[0]["text"]
    marks = {"gone": "[−{}−]", "new": "{{+{}+}}", "same": "{}"}
    written = []
    for piece in pieces:
        text = piece["text"].lstrip()
        written.append(piece["text"][: len(piece["text"]) - len(text)] + marks[piece["kind"]].format(text))
    return "".join(written)
