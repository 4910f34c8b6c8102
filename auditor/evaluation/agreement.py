"""How the audits of labelled cases stand to what their labels say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import AuditorError
from auditor.evaluation.corpus import RED_FLAGS
from auditor.models import CATEGORIES
from auditor.pipeline import Settings, audit_source, audit_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from auditor.evaluation.corpus import Case
    from auditor.models import Audit, RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How decisions stand to labels."""

    hits: int
    alarms: int
    misses: int
    passes: int
    missed: tuple[str, ...] = ()
    """The cases behind *misses*."""
    false: tuple[str, ...] = ()
    """The cases behind *alarms*."""

    @property
    def cases(self) -> int:
        """Number of labelled decisions."""
        return self.hits + self.alarms + self.misses + self.passes

    @property
    def precision(self) -> float | None:
        """Share of what was found that belongs there."""
        return _divide(self.hits, self.hits + self.alarms)

    @property
    def recall(self) -> float | None:
        """Share of what belongs there that was found."""
        return _divide(self.hits, self.hits + self.misses)

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (Cohen 1960, doi 10.1177/001316446002000104)."""
        if not self.cases:
            return None
        said, true = (self.hits + self.alarms) / self.cases, (self.hits + self.misses) / self.cases
        chance = said * true + (1 - said) * (1 - true)
        return None if chance == 1 else ((self.hits + self.passes) / self.cases - chance) / (1 - chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The outcome over a corpus."""

    rules_digest: str
    overall: Agreement
    """Whether any red flag was found, where the labels tell whether one belongs there."""
    categories: Mapping[str, Agreement]
    rules: Mapping[str, Agreement]
    labelled: frozenset[str]
    """Rules with labels of their own; of the others only precision is known."""
    decisions: Mapping[str, tuple[str, ...]]
    """For each case the rules it met."""
    failed: Mapping[str, str]
    """Cases that could not be audited, with the reason."""


class _Outcome(NamedTuple):
    """What is true of a case, and what was said of it."""

    case: str
    truth: bool
    said: bool


def audit_case(case: Case, rules: RuleSet) -> Audit:
    """Audit the text or page of *case*."""
    settings = Settings(language=case.language)
    if case.path is not None:
        return audit_source(case.path, rules=rules, settings=settings)
    return audit_text(case.text or "", url=case.url, rules=rules, settings=settings)


def evaluate_cases(
    cases: Sequence[Case], rules: RuleSet, *, audit: Callable[[Case, RuleSet], Audit] = audit_case
) -> Evaluation:
    """Return how the audits of *cases* agree with their labels; one that fails is named and not counted."""
    overall: list[_Outcome] = []
    categories: dict[str, list[_Outcome]] = {}
    by_rule: dict[str, list[_Outcome]] = {}
    decisions: dict[str, tuple[str, ...]] = {}
    failed: dict[str, str] = {}
    for case in cases:
        try:
            made = audit(case, rules)
        except AuditorError as error:
            failed[case.id] = str(error)
            continue
        obstacle = made.document.obstacle
        if obstacle is not None and obstacle.kind != "short":  # no decision was made, so none is right or wrong
            failed[case.id] = f"not assessed: {obstacle.reason}"
            continue
        met = decisions[case.id] = _list_met(made)
        present = {id_.split("/")[0] for id_ in met}
        truth = _is_flagged(case)
        if truth is not None:
            overall.append(_Outcome(case.id, truth, not present.isdisjoint(RED_FLAGS)))
        for category, truth in case.categories.items():
            categories.setdefault(category, []).append(_Outcome(case.id, truth, category in present))
        for id_, truth, said in _judge_rules(case, met):
            by_rule.setdefault(id_, []).append(_Outcome(case.id, truth, said))
    return Evaluation(
        rules_digest=rules.digest,
        overall=_count(overall),
        categories={name: _count(categories[name]) for name in CATEGORIES if name in categories},
        rules={name: _count(by_rule[name]) for name in sorted(by_rule)},
        labelled=frozenset(id_ for case in cases for id_ in case.rules),
        decisions=decisions,
        failed=failed,
    )


def _is_flagged(case: Case) -> bool | None:
    """Return whether a red flag of any kind belongs on *case*; None where its labels leave that open."""
    labels = {category: truth for category, truth in case.categories.items() if category in RED_FLAGS}
    return True if any(labels.values()) else False if len(labels) == len(RED_FLAGS) else None


def _list_met(audit: Audit) -> tuple[str, ...]:
    """Return the ids of what stands on a quotation: an absence says nothing of a single sentence."""
    return tuple(sorted(finding.rule.id for finding in (*audit.findings, *audit.strengths) if finding.evidence))


def _judge_rules(case: Case, met: tuple[str, ...]) -> Iterator[tuple[str, bool, bool]]:
    """Yield rule, truth and decision: by the rule's own label, or, where it was met, by its category's."""
    for id_, truth in case.rules.items():
        yield id_, truth, id_ in met
    for id_ in met:
        category = id_.split("/")[0]
        if id_ not in case.rules and category in case.categories:
            yield id_, case.categories[category], True


def _count(outcomes: Sequence[_Outcome]) -> Agreement:
    counts = Counter((outcome.truth, outcome.said) for outcome in outcomes)
    return Agreement(
        hits=counts[True, True],
        alarms=counts[False, True],
        misses=counts[True, False],
        passes=counts[False, False],
        missed=tuple(outcome.case for outcome in outcomes if outcome.truth and not outcome.said),
        false=tuple(outcome.case for outcome in outcomes if outcome.said and not outcome.truth),
    )


def _divide(part: int, whole: int) -> float | None:
    return part / whole if whole else None
