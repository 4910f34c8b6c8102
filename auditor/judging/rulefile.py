"""One rule file read into a `Rule`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.judging.codebook import CODE
from auditor.judging.values import (
    read_by_language,
    read_choice,
    read_choices,
    read_items,
    read_keys,
    read_mapping,
    read_number,
    read_pattern,
    read_text,
)
from auditor.models import (
    CATEGORIES,
    CITATION_KINDS,
    CONTEXTS,
    FORMS,
    INTENTS,
    LANDMARKS,
    LINK_KINDS,
    ROLES,
    STATUSES,
    TONES,
    UNSCORED,
    VOICES,
    Basis,
    Grade,
    Rule,
    Severity,
    SupportNeeded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from auditor.judging.yamlfiles import Node
    from auditor.models import Basis

NEARS = ("sentence", "passage", "section", "page")
CLAIM_ROLES = tuple(role for role in ROLES if role != "structured")
FORM_PURPOSES = ("contact", "newsletter", "search", "login", "other")
FIELD_KINDS = ("name", "email", "telephone", "message", "condition", "date", "address", "search", "password", "file", "consent", "other")  # fmt: skip
FACT_NAMES = ("title", "description", "author", "reviewer", "publisher", "published", "modified", "canonical")
STRUCTURE_VALUES: Mapping[str, tuple[str, ...] | None] = {
    "links": LINK_KINDS,
    "forms": FORM_PURPOSES,
    "asks": FIELD_KINDS,
    "frames": None,
    "trackers": ("any",),
    "scripts": ("mixed",),
    "facts": FACT_NAMES,
    "citations": CITATION_KINDS,
    "blocks": ("testimonial", "quotation", "references", "disclaimer", "faq"),
}
GRADES = {"trial": Grade.TRIAL, "paper": Grade.PAPER, "named": Grade.NAMED, "vague": Grade.VAGUE}
DEFAULT_EXCUSES = ("negated", "question", "warned", "reported")

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


RULE_KEYS = (
    "title", "severity", "status", "form", "why", "ask", "basis", "codes", "match", "unless", "beside", "near",
    "lead", "structure", "when", "at_least", "groups", "in", "landmarks", "voice", "intent", "tone", "fallback", "excused_by", "softened_by",
    "support", "falsepositives", "flags", "passes",
)  # fmt: skip
_REQUIRED = ("title", "status", "form", "why", "ask", "basis", "flags", "passes")
_NEEDS = {"claim": ("match",), "structure": ("structure",), "absence": (), "count": ("match", "at_least")}
_FORBIDS = {
    "claim": ("structure", "at_least", "groups"),
    "structure": ("match", "unless", "beside", "near", "lead", "tone", "fallback", "at_least", "groups", "support"),
    "absence": ("beside", "near", "lead", "tone", "fallback", "at_least", "groups", "support", "softened_by"),
    "count": ("structure", "support", "beside", "lead", "fallback"),
}


def read_rule(name: str, path: Path, node: Node, basis: Mapping[str, Basis]) -> Rule:
    """Return the rule in the file *name*, whose bases must be among *basis*."""
    category, stem = name[:-5].split("/")
    if not _ID.match(stem):
        raise RuleError(path, None, "the file name must be lower-case words joined by hyphens")
    values = read_keys(node, path, RULE_KEYS)
    for key in _REQUIRED:
        if key not in values:
            raise RuleError(path, 1, f"lacks '{key}'")
    form = read_choice(values["form"], path, "form", FORMS)
    _check_form(form, values, path)
    is_flag = category not in UNSCORED
    if is_flag != ("severity" in values):
        raise RuleError(path, 1, "lacks 'severity'" if is_flag else f"a rule under {category} has no severity")
    names = tuple(severity.name.lower() for severity in Severity)

    def choices(key: str, allowed: Iterable[str], default: tuple[str, ...]) -> tuple[str, ...]:
        return read_choices(values[key], path, key, allowed) if key in values else default

    def languages(key: str, read: Callable[[Node, Path, str], str] = read_pattern) -> dict[str, tuple[str, ...]]:
        return read_by_language(values[key], path, key, read) if key in values else {}

    return Rule(
        id=name[:-5],
        category=category,
        title=read_text(values["title"], path, "title"),
        severity=Severity[read_choice(values["severity"], path, "severity", names).upper()] if is_flag else Severity.LOW,
        status=read_choice(values["status"], path, "status", STATUSES),
        form=form,
        why=read_text(values["why"], path, "why"),
        ask=read_text(values["ask"], path, "ask"),
        basis=_read_basis_ids(values["basis"], path, basis),
        codes=_read_codes(values, path),
        match=languages("match"),
        unless=languages("unless"),
        beside=languages("beside"),
        near=read_choice(values["near"], path, "near", NEARS) if "near" in values else ("page" if form == "count" else "sentence"),
        lead=read_number(values["lead"], path, "lead") if "lead" in values else 0,
        structure=_read_conditions(values.get("structure"), path, STRUCTURE_VALUES),
        when=_read_conditions(values.get("when"), path, {"findings": CATEGORIES, "mentions": None, "characters": None}),
        at_least=read_number(values["at_least"], path, "at_least") if "at_least" in values else 1,
        groups=read_number(values["groups"], path, "groups") if "groups" in values else 0,
        roles=choices("in", ROLES, CLAIM_ROLES),
        landmarks=choices("landmarks", LANDMARKS, LANDMARKS),
        voice=choices("voice", VOICES, ("clinic", "patient") if is_flag else VOICES),
        intents=choices("intent", INTENTS, ("marketing", "unclear") if is_flag else INTENTS),
        tones=choices("tone", TONES, TONES),
        fallback="fallback" in values and read_choice(values["fallback"], path, "fallback", ("true", "false")) == "true",
        excused_by=choices("excused_by", CONTEXTS, DEFAULT_EXCUSES),
        softened_by=choices("softened_by", CONTEXTS, ()),
        support=_read_support(values["support"], path) if "support" in values else None,
        falsepositives=tuple(read_text(item, path, "falsepositives") for item in read_items(values["falsepositives"], path, "falsepositives")) if "falsepositives" in values else (),
        flags=languages("flags", _example),
        passes=languages("passes", _example),
        path=name,
    )  # fmt: skip


def _example(node: Node, path: Path, what: str) -> str:
    if not isinstance(node.value, str) or not node.value.strip():
        raise RuleError(path, node.line, f"an example under '{what}' must be text")
    return node.value.strip()


def _check_form(form: str, values: Mapping[str, Node], path: Path) -> None:
    for key in _NEEDS[form]:
        if key not in values:
            raise RuleError(path, values["form"].line, f"a rule of form '{form}' needs '{key}'")
    for key in _FORBIDS[form]:
        if key in values:
            raise RuleError(path, values[key].line, f"'{key}' means nothing in a rule of form '{form}'")
    if form == "absence" and "match" not in values and "structure" not in values:
        raise RuleError(path, values["form"].line, "an absence needs 'match' or 'structure': what would be there")


def _read_basis_ids(node: Node, path: Path, basis: Mapping[str, Basis]) -> tuple[str, ...]:
    ids = []
    for item in read_items(node, path, "basis"):
        id_ = read_text(item, path, "basis")
        if id_ not in basis:
            from difflib import get_close_matches

            near = get_close_matches(id_, basis)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            where = "rules/basis.yaml lists them, and a basis.yaml of your own folder adds to them"
            raise RuleError(path, item.line, f"basis '{id_}' is not known; {hint}{where}")
        ids.append(id_)
    return tuple(ids)


def _read_codes(values: Mapping[str, Node], path: Path) -> tuple[str, ...]:
    if "codes" not in values:
        return ()
    codes = []
    for item in read_items(values["codes"], path, "codes"):
        code = read_text(item, path, "a code")
        if not re.match(CODE, code):
            raise RuleError(path, item.line, f"'{code}' is no code of the codebook, such as B2")
        codes.append(code)
    return tuple(codes)


def _read_conditions(
    node: Node | None, path: Path, allowed: Mapping[str, tuple[str, ...] | None]
) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    result = {}
    for key, value in read_mapping(node, path, "conditions").items():
        if key not in allowed:
            raise RuleError(path, value.line, f"unknown condition '{key}'; known are {', '.join(allowed)}")
        values = allowed[key]
        items = read_items(value, path, key)
        result[key] = tuple(
            read_choice(item, path, key, values) if values else read_text(item, path, key) for item in items
        )
        if key == "characters" and not all(text.isdigit() for text in result[key]):
            raise RuleError(path, value.line, "characters must be a whole number")
    return result


def _read_support(node: Node, path: Path) -> SupportNeeded:
    values = read_keys(node, path, ("answered_by", "within"))
    for key in ("answered_by", "within"):
        if key not in values:
            raise RuleError(path, node.line, f"support lacks '{key}'")
    return SupportNeeded(
        answered_by=GRADES[read_choice(values["answered_by"], path, "answered_by", tuple(GRADES))],
        within=read_choice(values["within"], path, "within", NEARS[1:]),
    )
