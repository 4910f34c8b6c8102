"""A corpus of labelled texts and pages.

It is a file of JSON lines. Each line holds ``text`` or ``path`` (beside the file), may hold ``id``, ``url`` and
``language``, and says what is true of it: ``categories`` maps categories to true or false, ``rules`` does the same for
single rules, and ``"ok": true`` says that no red flag of any category belongs on it. A case needs at least one label.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from auditor.errors import SourceError
from auditor.models import CATEGORIES, UNSCORED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from auditor.models import RuleSet

RED_FLAGS = tuple(category for category in CATEGORIES if category not in UNSCORED)
_KEYS = {"id", "text", "path", "url", "language", "categories", "rules", "ok"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One labelled text or page."""

    id: str
    text: str | None
    path: Path | None
    url: str | None
    language: str | None
    categories: Mapping[str, bool]
    rules: Mapping[str, bool]


def read_corpus(path: Path, rules: RuleSet) -> tuple[Case, ...]:
    """Return the cases in the file at *path*, whose labels name categories and *rules*.

    Raises SourceError that names the line for what is no case.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SourceError(str(path), f"cannot be read as a corpus: {reason}") from error
    ids = tuple(rule.id for rule in rules.rules)
    cases = tuple(_read_case(line, number, path, ids) for number, line in enumerate(lines, 1) if line.strip())
    if not cases:
        raise SourceError(str(path), "holds no case; write one JSON object a line")
    for id_, count in Counter(case.id for case in cases).items():
        if count > 1:
            raise SourceError(str(path), f"the id '{id_}' stands there {count} times; ids must differ")
    return cases


def _read_case(line: str, number: int, path: Path, rules: Collection[str]) -> Case:
    def refuse(problem: str) -> SourceError:
        return SourceError(f"{path}:{number}", problem)

    try:
        row = json.loads(line)
    except ValueError as error:
        raise refuse(f"is not JSON: {error}") from error
    if not isinstance(row, dict) or not row.keys() <= _KEYS:
        raise refuse(f"a case is an object with keys among {', '.join(sorted(_KEYS))}")
    for key in ("id", "text", "path", "url", "language"):
        if not isinstance(row.get(key, ""), str):
            raise refuse(f"'{key}' must be text")
    if ("text" in row) == ("path" in row):
        raise refuse("needs either 'text' or 'path'")
    if fault := _find_fault(row, rules):
        raise refuse(fault)
    categories = dict.fromkeys(RED_FLAGS, False) if row.get("ok") else {}
    return Case(
        id=row.get("id", f"line {number}"),
        text=row.get("text"),
        path=path.parent / row["path"] if "path" in row else None,
        url=row.get("url"),
        language=row.get("language"),
        categories=categories | row.get("categories", {}),
        rules=row.get("rules", {}),
    )


def _find_fault(row: Mapping[str, Any], rules: Collection[str]) -> str | None:
    """Return what is wrong with the labels of *row*."""
    if not isinstance(row.get("ok", True), bool):
        return "'ok' must be true or false"
    for key in ("categories", "rules"):
        labels = row.get(key, {})
        if not isinstance(labels, dict) or not all(isinstance(value, bool) for value in labels.values()):
            return f"'{key}' maps names to true or false"
    categories, by_rule = row.get("categories", {}), row.get("rules", {})
    if not (row.get("ok") or categories or by_rule):
        return "the case has no label; say what is true of it by 'categories', 'rules' or \"ok\": true"
    for name, truth in categories.items():
        if name not in CATEGORIES:
            return f"'{name}' is no category; there are {', '.join(CATEGORIES)}"
        if truth and row.get("ok") and name in RED_FLAGS:
            return f"'ok' says that no red flag belongs here, 'categories' that {name} does"
    unknown = next((name for name in by_rule if name not in rules), None)
    return None if unknown is None else f"there is no rule {unknown}; {_suggest(unknown, rules)}"


def _suggest(name: str, rules: Collection[str]) -> str:
    near = get_close_matches(name, rules, n=1)
    return f"did you mean {near[0]}?" if near else "auditor rules list names them all"
