"""Rules about rules: do their examples hold, both ways, and is nothing in them dead."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from auditor.judging.judging import SCORING_STATUSES, judge_page, recall_rules
from auditor.judging.matching import find_hits, find_languages
from auditor.models import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from auditor.models import Audit, Document, Rule, RuleSet, Variable

_PAGE = Page(source="example", body=b"", media_type="text/plain", sha256="", retrieved="")
_SHORTEST_WHY = 60


class Problem(NamedTuple):
    """What is wrong with a file of a rule folder, in words."""

    file: str
    """Relative to the rule folder."""
    text: str


def find_tried(rules: RuleSet) -> tuple[Rule, ...]:
    """Return the rules that are in use, which are those whose examples can be tried."""
    return tuple(rule for rule in rules.rules if rule.status in SCORING_STATUSES)


def test_rules(rules: RuleSet, read: Callable[[str, str], Document]) -> Iterator[Problem]:
    """Yield every example that does not hold and every pattern that no example uses.

    *read* turns an example, text or a tiny page, and its language into a document.
    """
    for rule in find_tried(rules):
        for language, examples in rule.flags.items():
            for example in examples:
                if not _meets(rule, _judge(read(example, language), rules)):
                    yield Problem(rule.path, f"does not flag [{language}] “{_shorten(example)}”")
        for language, examples in rule.passes.items():
            for example in examples:
                if _meets(rule, _judge(read(example, language), rules)):
                    yield Problem(rule.path, f"flags what should pass [{language}] “{_shorten(example)}”")
        yield from _find_unused_patterns(rule, rules, read)


def lint_rules(rules: RuleSet) -> Iterator[Problem]:
    """Yield everything in *rules* that loads but should not stay."""
    titles: dict[str, str] = {}
    for rule in rules.rules:
        problems = list(_lint_texts(rule, rules.codebook))
        if rule.title in titles:
            problems.append(f"has the title of {titles[rule.title]}")
        titles[rule.title] = rule.path
        problems.extend(_lint_patterns(rule))
        yield from (Problem(rule.path, problem) for problem in problems)


def _lint_texts(rule: Rule, codebook: Mapping[str, Variable]) -> Iterator[str]:
    for code in rule.codes:
        if code not in codebook:
            yield f"{code} is no variable of the codebook"
    if not rule.basis:
        yield "names no basis"
    if len(rule.why) < _SHORTEST_WHY:
        yield f"'why' is too short to explain anything; write at least {_SHORTEST_WHY} characters"
    if not rule.ask.endswith("?"):
        yield "'ask' is no question"
    for key, examples in (("flags", rule.flags), ("passes", rule.passes)):
        if not any(examples.values()):
            yield f"'{key}' holds no example"


def _lint_patterns(rule: Rule) -> Iterator[str]:
    for language in rule.match:
        if not rule.flags.get(language):
            yield f"has patterns but no flagged example in [{language}]"
    for slot in ("match", "unless", "beside"):
        for language, patterns in getattr(rule, slot).items():
            for pattern in sorted({pattern for pattern in patterns if patterns.count(pattern) > 1}):
                yield f"the pattern '{pattern}' stands twice under {slot} [{language}]"


def _judge(document: Document, rules: RuleSet) -> Audit:
    return judge_page(_PAGE, document, rules, now=lambda: datetime(2026, 1, 1, tzinfo=timezone.utc), version="test")


def _meets(rule: Rule, audit: Audit) -> bool:
    return any(finding.rule.id == rule.id for finding in (*audit.findings, *audit.strengths, *audit.observations))


def _find_unused_patterns(rule: Rule, rules: RuleSet, read: Callable[[str, str], Document]) -> Iterator[Problem]:
    """Yield every pattern that hits in none of the rule's examples.

    What must be there is shown by examples that flag; what excuses, and what would end an absence, by those that pass.
    """
    hits: set[tuple[str, str]] = set()
    for examples in (rule.flags, rule.passes):
        for language, texts in examples.items():
            for text in texts:
                said = [(passage.text, find_languages(passage)) for passage in read(text, language).passages]
                for found in find_hits(said, recall_rules(rules).memory.indexes).values():
                    for hit in (*found.matches.get(rule.id, ()), *found.others.get(rule.id, ())):
                        hits.add((hit.pattern.slot, hit.pattern.source))
    for slot in ("match", "unless", "beside"):
        for language, patterns in getattr(rule, slot).items():
            for pattern in patterns:
                if (slot, pattern) not in hits:
                    yield Problem(rule.path, f"no example uses the pattern '{pattern}' under {slot} [{language}]")


def _shorten(example: str) -> str:
    return example if len(example) <= 120 else example[:119] + "…"
