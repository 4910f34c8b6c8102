"""From document and rules to audit, pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.judging.codebook import find_measures
from auditor.judging.context import find_contexts
from auditor.judging.judging import expect_documents, judge_page, remember_texts
from auditor.judging.rules import load_rules

if TYPE_CHECKING:
    from typing import Any

    from auditor.judging.testing import lint_rules, test_rules
    from auditor.models import RuleSet


def contexts(
    sentence: str, start: int, end: int, language: str = "en", *, rules: RuleSet | None = None
) -> frozenset[str]:
    """Return how the words between *start* and *end* of *sentence* are said, such as ``{"negated"}``."""
    return find_contexts(sentence, start, end, rules or load_rules(), language)


def __getattr__(name: str) -> Any:
    """Import what only authors of rules need when it is asked for."""
    if name in {"lint_rules", "test_rules"}:
        from auditor.judging import testing

        return getattr(testing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "contexts",
    "expect_documents",
    "find_measures",
    "judge_page",
    "lint_rules",
    "load_rules",
    "remember_texts",
    "test_rules",
]
