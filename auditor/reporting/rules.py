"""Rules as a reader meets them: one line each, one in full, and both as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.models import UNSCORED
from auditor.reporting.cleaning import clean_text
from auditor.reporting.terminal import wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from auditor.models import Basis, Rule, RuleSet

_INDENT = "  "


def render_rule_list(rules: RuleSet) -> str:
    """Return one line a rule: id, severity, form, title."""
    widest = max((len(rule.id) for rule in rules.rules), default=0)
    return "".join(
        f"{rule.id:<{widest}}  {_tell_severity(rule):<8}  {rule.form:<9}  {clean_text(rule.title)}\n"
        for rule in rules.rules
    )


def _tell_severity(rule: Rule) -> str:
    return "–" if rule.category in UNSCORED else rule.severity.name.lower()


def render_rule(rule: Rule, basis: Mapping[str, Basis], *, width: int) -> str:
    """Return all that a reader can use of *rule*, wrapped to *width* columns."""
    return "\n".join(_draw_rule(rule, basis, width)) + "\n"


def to_short_record(rule: Rule) -> dict[str, Any]:
    """Return what a list shows of *rule*, as plain data."""
    return {
        "id": rule.id,
        "category": rule.category,
        "title": rule.title,
        "severity": None if rule.category in UNSCORED else rule.severity.name.lower(),
        "status": rule.status,
        "form": rule.form,
        "languages": sorted(rule.match),
    }


def to_rule_record(rule: Rule, basis: Mapping[str, Basis]) -> dict[str, Any]:
    """Return all of *rule* that a reader can use, as plain data."""
    needed = rule.support
    return to_short_record(rule) | {
        "why": rule.why,
        "ask": rule.ask,
        "basis": [
            {
                "id": found.id,
                "title": found.title,
                "jurisdiction": found.jurisdiction,
                "says": found.says,
                "url": found.url,
            }
            for found in (basis[name] for name in rule.basis)
        ],
        "codes": list(rule.codes),
        "match": _to_lists(rule.match),
        "unless": _to_lists(rule.unless),
        "beside": _to_lists(rule.beside),
        "near": rule.near,
        "lead": rule.lead,
        "structure": _to_lists(rule.structure),
        "when": _to_lists(rule.when),
        "tone": list(rule.tones),
        "fallback": rule.fallback,
        "excused_by": list(rule.excused_by),
        "softened_by": list(rule.softened_by),
        "support": None
        if needed is None
        else {"answered_by": needed.answered_by.name.lower(), "within": needed.within},
        "falsepositives": list(rule.falsepositives),
        "flags": _to_lists(rule.flags),
        "passes": _to_lists(rule.passes),
    }


def _to_lists(mapping: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(values) for name, values in mapping.items()}


def _draw_rule(rule: Rule, basis: Mapping[str, Basis], width: int) -> Iterator[str]:
    yield clean_text(rule.id)
    yield from wrap_text(clean_text(rule.title), width)
    severity = "no severity" if rule.category in UNSCORED else f"{rule.severity.name.lower()} severity"
    yield f"{severity}, {rule.form} rule, {rule.status}"
    yield from _draw_part("Why it matters", [rule.why], width)
    yield from _draw_part("Question to the clinic", [rule.ask], width)
    if rule.support is not None:
        needed = f"{rule.support.answered_by.name.lower()} or better, within the {rule.support.within}"
        yield from _draw_part("What would support it", [needed], width)
    yield from _draw_part("Basis", [], width)
    for found in (basis[name] for name in rule.basis):
        yield from _draw_items([f"{found.title} ({found.jurisdiction})", found.says, found.url], width)
    for title, patterns in (("Matches", rule.match), ("Unless it lies in", rule.unless), ("Beside", rule.beside)):
        yield from _draw_languages(title, patterns, width)
    conditions = {**rule.structure, **{f"when {name}": values for name, values in rule.when.items()}}
    if conditions:
        yield from _draw_part(
            "Holds if", [f"{name}: {', '.join(values)}" for name, values in conditions.items()], width
        )
    if rule.falsepositives:
        yield from _draw_part("Known false alarms", rule.falsepositives, width)
    yield from _draw_languages("Flags", rule.flags, width)
    yield from _draw_languages("Passes", rule.passes, width)


def _draw_languages(title: str, texts: Mapping[str, tuple[str, ...]], width: int) -> Iterator[str]:
    for language, items in texts.items():
        yield from _draw_part(f"{title} ({language})", items, width)


def _draw_part(title: str, items: tuple[str, ...] | list[str], width: int) -> Iterator[str]:
    yield ""
    yield title
    for item in items:
        yield from _draw_items([item], width)


def _draw_items(items: list[str], width: int) -> Iterator[str]:
    """Draw *items* as one entry: the first at the margin of the part, the others under it."""
    for depth, item in zip((1, *[2] * len(items)), items, strict=False):
        # Addresses and patterns stay whole lines, to be copied.
        whole = item.startswith("http") or "\\" in item or "{" in item
        lines = [clean_text(item)] if whole else wrap_text(clean_text(item), width - 2 * depth)
        yield from (_INDENT * depth + line for line in lines)
