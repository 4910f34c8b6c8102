"""The codebook: the variables that published content analyses code, what measures them, and what a page shows of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.judging.values import read_choice, read_items, read_keys, read_mapping, read_text
from auditor.models import POLARITIES, TIERS, UNITS, Coding, Figure, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from auditor.judging.yamlfiles import Node
    from auditor.models import Basis, Finding, Rule

CODE = r"[A-Z][0-9]{1,2}\Z"

_SPOKEN = {"P1": "patient"}
"""Variable to the voice in which whatever is said shows it: a patient who is quoted is a testimonial."""
_FOUND = "Found on this page."
_NOT_FOUND = "Not found on this page."
_NOT_ON_THIS_PAGE = "Not found on this page; other pages of the site were not read."
_NOT_APPLIED = "Not looked for: none of its rules applies to a page of this kind or language."
_NO_RULE = "Not looked for: no rule measures it."
_CUT_OFF = "Not found in the part of the page that was read."
_UNREAD = "Not looked for: the page could not be read as a visitor reads it."


def read_codebook(path: Path, node: Node, basis: Mapping[str, Basis]) -> dict[str, Variable]:
    """Return id to variable, in the order of the file; sources of figures must be among *basis*."""
    result = {}
    for id_, entry in read_mapping(node, path, "codebook.yaml").items():
        if not re.match(CODE, id_):
            raise RuleError(path, entry.line, f"'{id_}' is no name of a variable, such as B2")
        values = read_keys(entry, path, ("name", "unit", "tier", "polarity", "published", "limit"))
        for key in ("name", "unit", "tier", "polarity"):
            if key not in values:
                raise RuleError(path, entry.line, f"variable '{id_}' lacks '{key}'")
        figures = read_items(values["published"], path, "published") if "published" in values else ()
        result[id_] = Variable(
            id=id_,
            name=read_text(values["name"], path, "name"),
            unit=read_choice(values["unit"], path, "unit", UNITS),
            tier=read_choice(values["tier"], path, "tier", TIERS),
            polarity=read_choice(values["polarity"], path, "polarity", POLARITIES),
            published=tuple(_read_figure(figure, path, basis) for figure in figures),
            limit=read_text(values["limit"], path, "limit") if "limit" in values else "",
        )
    return result


def _read_figure(node: Node, path: Path, basis: Mapping[str, Basis]) -> Figure:
    values = read_keys(node, path, ("percent", "says", "source", "verified"))
    for key in ("says", "source", "verified"):
        if key not in values:
            raise RuleError(path, node.line, f"a published figure lacks '{key}'")
    percent = read_text(values["percent"], path, "percent") if "percent" in values else None
    if percent is not None and not re.fullmatch(r"100|[0-9]{1,2}(?:\.[0-9])?", percent):
        raise RuleError(path, values["percent"].line, "percent must be a number from 0 to 100")
    source = read_text(values["source"], path, "source")
    if source not in basis:
        raise RuleError(path, values["source"].line, f"source '{source}' is no basis; rules/basis.yaml lists them")
    return Figure(
        says=read_text(values["says"], path, "says"),
        source=source,
        verified=read_choice(values["verified"], path, "verified", ("T", "S")),
        percent=None if percent is None else float(percent),
    )


def find_measures(codebook: Mapping[str, Variable], rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """Return for every variable the *rules* that measure it: those that show it first, then those that miss it."""
    measures: dict[str, list[Rule]] = {id_: [] for id_ in codebook}
    for rule in sorted(rules, key=lambda rule: (rule.form == "absence", rule.id)):
        for code in rule.codes:
            if code in measures:
                measures[code].append(rule)
    return {id_: tuple(found) for id_, found in measures.items()}


def code_unmet(
    codebook: Mapping[str, Variable],
    measures: Mapping[str, Sequence[Rule]],
    *,
    applied: frozenset[str],
    whole: bool,
    readable: bool,
) -> dict[str, Coding]:
    """Return how every variable of *codebook* is coded for a page on which nothing was met.

    *measures* are the rules that measure each, *applied* the ids of those that were looked for. Of a page that is not
    *whole* nothing is said to be missing, and of one that is not *readable* nothing at all.
    """
    return {
        id_: _code_unmet(codebook[id_], measuring, applied, whole=whole, readable=readable)
        for id_, measuring in measures.items()
    }


def _code_unmet(
    variable: Variable, measures: Sequence[Rule], applied: frozenset[str], *, whole: bool, readable: bool
) -> Coding:
    shown = [rule.id for rule in measures if rule.form != "absence"]
    if not readable:
        unknown = _UNREAD
    elif not shown:
        unknown = _NO_RULE
    elif applied.isdisjoint(shown):
        unknown = _NOT_APPLIED
    else:
        unknown = "" if whole else _CUT_OFF
    if unknown:
        return Coding(variable=variable, present=None, note=unknown, rules=())
    note = _NOT_ON_THIS_PAGE if variable.unit == "W" else _NOT_FOUND
    return Coding(variable=variable, present=False, note=note, rules=())


def code_page(
    unmet: Mapping[str, Coding], measures: Mapping[str, Sequence[Rule]], met: Sequence[Finding]
) -> tuple[Coding, ...]:
    """Return how every variable is coded for the page on which *met* was found, by *measures*: those not met as *unmet* says."""
    findings = {finding.rule.id: finding for finding in met if finding.rule.form != "absence"}
    shown = {code for finding in findings.values() for code in finding.rule.codes}
    coded = dict(unmet)
    for id_ in unmet.keys() & {*shown, *_SPOKEN}:
        found = [findings[rule.id] for rule in measures[id_] if rule.id in findings]
        found = found or _keep_voice(met, _SPOKEN.get(id_))
        if found:
            coded[id_] = _code_met(unmet[id_].variable, found)
    return tuple(coded.values())


def _keep_voice(met: Sequence[Finding], voice: str | None) -> list[Finding]:
    """Return those of *met* that quote somebody in this *voice*, with what is said in it."""
    said = ((finding, tuple(item for item in finding.evidence if item.voice == voice)) for finding in met)
    return [replace(finding, evidence=kept) for finding, kept in said if kept]


def _code_met(variable: Variable, found: Sequence[Finding]) -> Coding:
    evidence = next((finding.evidence[0] for finding in found if finding.evidence), None)
    return Coding(
        variable=variable,
        present=True,
        note=_FOUND,
        rules=tuple(finding.rule.id for finding in found),
        quote=evidence.quote if evidence else found[0].note,
        passage=evidence.passage.index if evidence else None,
    )
