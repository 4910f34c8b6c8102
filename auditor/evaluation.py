"""How well the rules agree with labelled texts and pages: precision, recall and kappa, with intervals.

A corpus is a file of JSON lines. Each line holds ``text`` or ``path`` (beside the file), may hold ``id``, ``url`` and
``language``, and says what is true of it: ``categories`` maps categories to true or false, ``rules`` does the same for
single rules, and ``"ok": true`` says that no red flag of any category belongs on it. A case needs at least one label.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import AuditorError, SourceError
from auditor.judging.measured import Counts, find_interval, read_counts, render_counts
from auditor.judging.yamlfiles import read_yaml
from auditor.models import CATEGORIES, UNSCORED
from auditor.pipeline import Settings, audit_source, audit_text
from auditor.reporting.cleaning import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from auditor.models import Audit, RuleSet

FORMAT = "clinic-auditor/evaluation"
RED_FLAGS = tuple(category for category in CATEGORIES if category not in UNSCORED)
SHOWN_CASES = 8
_LEGEND = (
    "In brackets: the 95% interval. –: the labels do not tell.",
    "missed: cases where it belongs and was not found; false: cases where it was found and does not belong.",
)
_UNKNOWN = {"recall": None, "recall_interval": None, "kappa": None}
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


class _Outcome(NamedTuple):
    """What is true of a case, and what was said of it."""

    case: str
    truth: bool
    said: bool


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


def to_run(evaluation: Evaluation) -> dict[str, Any]:
    """Return *evaluation* as JSON holds it, to be shown or compared with later ones."""
    return {
        "format": FORMAT,
        "format_version": "1",
        "rules_digest": evaluation.rules_digest,
        "overall": _describe(evaluation.overall),
        "categories": {name: _describe(agreement) for name, agreement in evaluation.categories.items()},
        "rules": {
            name: _describe(agreement) | ({} if name in evaluation.labelled else _UNKNOWN)
            for name, agreement in evaluation.rules.items()
        },
        "decisions": {id_: list(met) for id_, met in evaluation.decisions.items()},
        "failed": dict(evaluation.failed),
    }


def _describe(agreement: Agreement) -> dict[str, Any]:
    return {
        "cases": agreement.cases,
        "hits": agreement.hits,
        "alarms": agreement.alarms,
        "misses": agreement.misses,
        "passes": agreement.passes,
        "precision": agreement.precision,
        "precision_interval": find_interval(agreement.hits, agreement.hits + agreement.alarms),
        "recall": agreement.recall,
        "recall_interval": find_interval(agreement.hits, agreement.hits + agreement.misses),
        "kappa": agreement.kappa,
        "missed": list(agreement.missed),
        "false": list(agreement.false),
    }


def write_measured(path: Path, corpus: str, run: Mapping[str, Any]) -> None:
    """Write what *run* says of each rule's precision to the file at *path*, under the name of its *corpus*.

    The figures of other corpora in it stay. Raises RuleError if the file holds anything else.
    """
    counts: Counts = read_counts(path, read_yaml(path, path.read_bytes())) if path.exists() else {}
    counts[corpus] = {
        id_: (row["hits"], row["hits"] + row["alarms"])
        for id_, row in run["rules"].items()
        if row["hits"] + row["alarms"]
    }
    path.write_text(render_counts(counts), encoding="utf-8")


def read_run(path: Path) -> dict[str, Any]:
    """Return the run saved at *path*.

    Raises SourceError if it is none.
    """
    try:
        run = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SourceError(str(path), "is no saved evaluation; make one with --save") from error
    if not isinstance(run, dict) or run.get("format") != FORMAT or not isinstance(run.get("decisions"), dict):
        raise SourceError(str(path), "is no saved evaluation; make one with --save")
    return run


def compare_runs(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what *new* found and *old* did not, and the reverse, as pairs of case and rule, over the cases of both."""
    gained: list[tuple[str, str]] = []
    lost: list[tuple[str, str]] = []
    for id_, met in new["decisions"].items():
        if id_ in old["decisions"]:
            before = set(old["decisions"][id_])
            gained.extend((id_, rule) for rule in met if rule not in before)
            lost.extend((id_, rule) for rule in sorted(before - set(met)))
    return gained, lost


def render_table(
    run: Mapping[str, Any], compared: tuple[list[tuple[str, str]], list[tuple[str, str]]] | None = None
) -> str:
    """Return *run* as a table for a terminal, with what was gained and lost if it was compared."""
    lines = []
    if run["categories"] or run["rules"]:
        lines.append(f"{'':40} {'cases':>6} {'precision':>22} {'recall':>22} {'kappa':>6}")
        lines.extend(_render_row("any red flag", run["overall"]))
        for part in ("categories", "rules"):
            if run[part]:
                lines.extend(["", part])
            for name, row in run[part].items():
                lines.extend(_render_row(name, row))
        lines.extend(["", *_LEGEND])
    if run["failed"]:
        lines.extend(["", "not audited, and not counted"])
        lines.extend(f"  {id_}: {reason}" for id_, reason in run["failed"].items())
    if compared is not None:
        lines.extend(_render_changes(*compared))
    return "\n".join(map(clean_text, lines)).lstrip("\n") + "\n"


def _render_changes(gained: Sequence[tuple[str, str]], lost: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield ""
    if not gained and not lost:
        yield "Nothing gained or lost."
        return
    yield "+: found now and not before; -: found before and not now"
    for sign, pairs in (("+", gained), ("-", lost)):
        yield from (f"{sign} {case}: {rule}" for case, rule in pairs)


def _render_row(name: str, row: Mapping[str, Any]) -> Iterator[str]:
    shares = []
    for key in ("precision", "recall"):
        share, interval = row[key], row[f"{key}_interval"]
        shares.append("–" if share is None else f"{share:.2f} ({interval[0]:.2f} to {interval[1]:.2f})")
    kappa = "–" if row["kappa"] is None else f"{round(row['kappa'], 2) + 0.0:.2f}"  # 0.0, for there is no -0.00
    yield f"  {name:38} {row['cases']:>6} {shares[0]:>22} {shares[1]:>22} {kappa:>6}"
    wrong = [f"{key}: {_name_few(row[key])}" for key in ("missed", "false") if row[key]]
    if wrong:
        yield f"      {'; '.join(wrong)}"


def _name_few(ids: Sequence[str]) -> str:
    more = len(ids) - SHOWN_CASES
    return ", ".join(ids[:SHOWN_CASES]) + (f" and {more} more" if more > 0 else "")


def _divide(part: int, whole: int) -> float | None:
    return part / whole if whole else None
