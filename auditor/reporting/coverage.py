"""The codebook beside the rules: what measures each variable, what does not, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.reporting.cleaning import clean_text
from auditor.reporting.terminal import wrap_text
from auditor.reporting.wording import describe_figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from auditor.models import Basis, Figure, Rule, RuleSet, Variable

_UNITS = {"S": "sentence", "P": "page", "W": "site"}
_UNMEASURED = "No rule measures it."
_SITE = "A whole site decides: where it is missing, the report says “not found on this page”."


def to_coverage_record(rules: RuleSet, measures: Mapping[str, Sequence[Rule]]) -> list[dict[str, Any]]:
    """Return every variable of the codebook with the rules that measure it, as plain data."""
    return [
        {
            "id": variable.id,
            "name": variable.name,
            "unit": variable.unit,
            "tier": variable.tier,
            "polarity": variable.polarity,
            "published": [_to_figure_record(figure, rules.basis) for figure in variable.published],
            "measured": any(rule.form != "absence" for rule in measures[id_]),
            "rules": [_name_measure(rule) for rule in measures[id_]],
            "limits": list(_list_limits(variable, measures[id_])),
        }
        for id_, variable in rules.codebook.items()
    ]


def render_coverage(rules: RuleSet, measures: Mapping[str, Sequence[Rule]], *, width: int) -> str:
    """Return the same for a terminal of *width* columns."""
    record = to_coverage_record(rules, measures)
    lines = [_count_measured(record), ""]
    for variable in record:
        head = f"{variable['id']} {variable['name']}"
        lines.extend(wrap_text(clean_text(head), width))
        kind = f"{_UNITS[variable['unit']]}, tier {variable['tier']}, {variable['polarity'].replace('_', ' ')}"
        lines.append(f"    {kind}")
        for measure in variable["rules"]:
            told = f"{measure['form']}, {', '.join(measure['languages']) or 'any language'}"
            lines.append(f"    {'-' if measure['form'] == 'absence' else '+'} {clean_text(measure['id'])} ({told})")
        for figure in variable["published"]:
            lines.extend(_indent(_tell_figure(figure), width))
        for limit in variable["limits"]:
            lines.extend(_indent(limit, width))
        lines.append("")
    idle = [rule.id for rule in rules.rules if not rule.codes]
    if idle:
        lines.extend(wrap_text(clean_text(f"Beyond the codebook: {', '.join(idle)}."), width))
    lines.append("+ shows that it is there; - says that it is missing")
    return "\n".join(lines) + "\n"


def _to_figure_record(figure: Figure, basis: Mapping[str, Basis]) -> dict[str, Any]:
    return {
        "percent": figure.percent,
        "says": figure.says,
        "source": figure.source,
        "title": basis[figure.source].title,
        "url": basis[figure.source].url,
        "verified": figure.verified,
    }


def _name_measure(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "form": rule.form, "languages": sorted(rule.match)}


def _list_limits(variable: Variable, measures: Sequence[Rule]) -> Iterator[str]:
    """Yield why a variable is not measured, or not wholly."""
    if all(rule.form == "absence" for rule in measures):
        yield _UNMEASURED
    if variable.limit:
        yield variable.limit
    if variable.unit == "W":
        yield _SITE


def _count_measured(record: Sequence[Mapping[str, Any]]) -> str:
    measured = sum(variable["measured"] for variable in record)
    units = ", ".join(
        f"{sum(variable['measured'] for variable in of_unit)} of {len(of_unit)} on {name}s"
        for unit, name in _UNITS.items()
        if (of_unit := [variable for variable in record if variable["unit"] == unit])
    )
    return f"{measured} of {len(record)} variables are measured: {units}."


def _tell_figure(figure: Mapping[str, Any]) -> str:
    return f"{describe_figure(figure['says'], figure['percent'])} ({figure['title']})"


def _indent(text: str, width: int) -> Iterator[str]:
    yield from (f"      {line}" for line in wrap_text(clean_text(text), width - 6))
