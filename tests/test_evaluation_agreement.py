"""Labelled cases in, agreement out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import SourceError
from auditor.evaluation.agreement import Agreement, evaluate_cases
from auditor.evaluation.corpus import Case, read_corpus
from auditor.evaluation.runs import to_run
from auditor.evaluation.table import render_table
from tests.corpora import RULES, write

if TYPE_CHECKING:
    from pathlib import Path

    from auditor import Audit, RuleSet


@pytest.mark.parametrize(
    ("agreement", "precision", "recall", "kappa"),
    [
        (Agreement(hits=40, alarms=10, misses=10, passes=40), 0.8, 0.8, 0.6),
        (Agreement(hits=20, alarms=5, misses=10, passes=15), 0.8, 2 / 3, 0.4),
        (Agreement(hits=0, alarms=0, misses=3, passes=7), None, 0.0, 0.0),
        (Agreement(hits=0, alarms=0, misses=0, passes=7), None, None, None),
    ],
)
def test_agreement_is_counted_as_the_textbooks_do(
    agreement: Agreement, precision: float | None, recall: float | None, kappa: float | None
) -> None:
    """Precision, recall and Cohen's kappa; what cannot be told is None and never 0 or 1."""
    assert precision == agreement.precision
    assert recall == agreement.recall
    assert kappa is None if agreement.kappa is None else kappa == pytest.approx(agreement.kappa)


def test_cases_are_judged_by_category_and_rule(tmp_path: Path) -> None:
    """A label decides for its category; a rule that was met is judged by its category's label."""
    corpus = write(
        tmp_path / "corpus.jsonl",
        {"id": "a", "text": "Our clinic cures arthritis.", "categories": {"curative": True, "hype": False}},
        {"id": "b", "text": "There is no known cure for arthritis.", "ok": True},
        {"id": "c", "text": "We cure arthritis.", "rules": {"curative/cure-claimed": False}},
    )
    run = to_run(evaluate_cases(read_corpus(corpus, RULES), RULES))

    assert (1, 0, 0, 1) == tuple(run["categories"]["curative"][key] for key in ("hits", "alarms", "misses", "passes"))
    assert (1, 1) == tuple(run["rules"]["curative/cure-claimed"][key] for key in ("hits", "alarms"))
    assert "curative/cure-claimed" in render_table(run)
    assert ["strengths/not-a-cure-stated"] == run["decisions"]["b"]


def test_a_case_that_fails_is_named_and_not_counted(tmp_path: Path) -> None:
    """One bad page does not end an evaluation, and does not pass for an answer."""

    def fail(case: Case, rules: RuleSet) -> Audit:
        raise SourceError(case.id, "gone")

    cases = read_corpus(write(tmp_path / "c", {"id": "a", "text": "x", "ok": True}), RULES)
    run = to_run(evaluate_cases(cases, RULES, audit=fail))

    assert {"a": "a: gone"} == run["failed"]
    assert {} == run["categories"]
    assert "not audited, and not counted\n  a: a: gone\n" == render_table(run)


def test_a_page_that_is_not_assessed_is_no_answer(tmp_path: Path) -> None:
    """A page without words was not judged, so it cannot count as rightly passed."""
    corpus = write(tmp_path / "c", {"id": "a", "text": "", "ok": True}, {"id": "b", "text": "We talk.", "ok": True})
    run = to_run(evaluate_cases(read_corpus(corpus, RULES), RULES))

    assert ["a"] == list(run["failed"])
    assert run["failed"]["a"].startswith("not assessed: ")
    assert ["b"] == list(run["decisions"])


@pytest.mark.parametrize(
    ("labels", "truth", "said"),
    [
        ({"ok": True}, False, True),
        ({"categories": {"hype": True}}, True, True),
        ({"categories": {"hype": False}}, None, None),
        ({"categories": {"strengths": True}}, None, None),
        ({"ok": True, "categories": {"strengths": True}}, False, True),
    ],
)
def test_any_red_flag_is_judged_where_the_labels_tell(
    labels: dict[str, Any], truth: bool | None, said: bool | None, tmp_path: Path
) -> None:
    """One flag is enough to be flagged; to be clean every category must be denied."""
    corpus = write(tmp_path / "corpus.jsonl", {"id": "a", "text": "Our clinic cures arthritis."} | labels)
    overall = evaluate_cases(read_corpus(corpus, RULES), RULES).overall

    assert (0 if truth is None else 1) == overall.cases
    assert (bool(truth and said), bool(said and not truth)) == (bool(overall.hits), bool(overall.alarms))
