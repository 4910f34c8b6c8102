"""Evaluation: labelled cases in, agreement out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import auditor
from auditor.errors import SourceError
from auditor.evaluation import (
    Agreement,
    Case,
    compare_runs,
    evaluate_cases,
    read_corpus,
    read_run,
    render_table,
    to_run,
    write_measured,
)
from auditor.judging.measured import find_interval, read_counts
from auditor.judging.yamlfiles import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from auditor import Audit, RuleSet

RULES = auditor.load_rules()


def write(path: Path, *rows: object) -> Path:
    """Write *rows* as JSON lines."""
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path


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


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)],
)
def test_intervals_are_wilsons(part: int, whole: int, low: float, high: float) -> None:
    """The interval keeps within 0 and 1 and is wide for few cases."""
    assert (low, high) == pytest.approx(find_interval(part, whole), abs=1e-4)


def test_nothing_labelled_has_no_interval() -> None:
    """No share is claimed without a case."""
    assert find_interval(0, 0) is None


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


def test_wrong_cases_are_named(tmp_path: Path) -> None:
    """The table names the cases that were missed and those falsely found, up to a number."""
    wrong = [{"id": f"m{n}", "text": "We talk.", "categories": {"curative": True}} for n in range(10)]
    corpus = write(
        tmp_path / "c", *wrong, {"id": "f", "text": "Our cells cure arthritis.", "categories": {"curative": False}}
    )
    run = to_run(evaluate_cases(read_corpus(corpus, RULES), RULES))

    assert ([f"m{n}" for n in range(10)], ["f"]) == (
        run["categories"]["curative"]["missed"],
        run["categories"]["curative"]["false"],
    )
    assert "\n      missed: m0, m1, m2, m3, m4, m5, m6, m7 and 2 more; false: f\n" in render_table(run)


ROW: dict[str, Any] = {
    "cases": 4, "precision": None, "precision_interval": None, "recall": None, "recall_interval": None, "kappa": -0.001,
    "missed": [], "false": [],
}  # fmt: skip


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


def test_figures_of_a_corpus_are_added_to_those_of_others(tmp_path: Path) -> None:
    """What was measured on another corpus stays; what this one measured before does not."""
    corpus = write(
        tmp_path / "corpus.jsonl", {"id": "a", "text": "Our clinic cures arthritis.", "categories": {"curative": True}}
    )
    path = tmp_path / "measured.yaml"
    path.write_text("corpus: {hype/old: [1, 1]}\nother: {hype/old: [2, 3]}\n", "utf-8")
    write_measured(path, "corpus", to_run(evaluate_cases(read_corpus(corpus, RULES), RULES)))

    kept = read_counts(path, read_yaml(path, path.read_bytes()))
    assert {"hype/old": (2, 3)} == kept["other"]
    assert (1, 1) == kept["corpus"]["curative/cure-claimed"]
    assert "hype/old" not in kept["corpus"]


def test_a_table_holds_no_empty_part() -> None:
    """What has no row has no heading, and nothing is less than nothing."""
    run = {"overall": ROW, "categories": {"hype": ROW}, "rules": {}, "failed": {}}
    table = render_table(run)

    assert ["  any red flag", "4", "–", "–", "0.00"] == re.split(r"(?<=\S)\s{2,}", table.splitlines()[1])
    assert ["  hype", "4", "–", "–", "0.00"] == re.split(r"(?<=\S)\s+", table.splitlines()[4])
    assert "rules" not in table
    assert "–: the labels do not tell." in table


@pytest.mark.parametrize(
    ("compared", "lines"),
    [
        (([], []), ["Nothing gained or lost."]),
        (
            ([("a", "hype/x")], [("b", "hype/y")]),
            ["+: found now and not before; -: found before and not now", "+ a: hype/x", "- b: hype/y"],
        ),
    ],
)
def test_changes_are_explained(compared: tuple[list[tuple[str, str]], list[tuple[str, str]]], lines: list[str]) -> None:
    """The signs are told, and so is that there is nothing to tell."""
    run: dict[str, Any] = {"categories": {}, "rules": {}, "failed": {}}

    assert lines == render_table(run, compared).splitlines()


def test_runs_are_compared_case_by_case() -> None:
    """What is found now and was not before is gained; the reverse is lost; new cases do not count."""
    old = {"decisions": {"a": ["hype/x"], "b": ["hype/x"]}}
    new = {"decisions": {"a": ["curative/y"], "b": ["hype/x"], "c": ["hype/x"]}}

    assert ([("a", "curative/y")], [("a", "hype/x")]) == compare_runs(old, new)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "is not JSON"),
        ("[]", "a case is an object"),
        ({"text": "x", "label": "ok"}, "a case is an object with keys among"),
        ({"id": "a"}, "needs either 'text' or 'path'"),
        ({"text": "x", "path": "y"}, "needs either 'text' or 'path'"),
        ({"text": 1}, "'text' must be text"),
        ({"text": "x"}, "the case has no label"),
        ({"text": "x", "ok": False}, "the case has no label"),
        ({"text": "x", "ok": "yes"}, "'ok' must be true or false"),
        ({"text": "x", "ok": True, "categories": {"hype": True}}, "'categories' that hype does"),
        ({"text": "x", "rules": {"curative/cure-claims": True}}, "did you mean curative/cure-claimed?"),
        ({"text": "x", "rules": {"zzz": True}}, "there is no rule zzz; auditor rules list names them all"),
        ({"text": "x", "categories": {"curative": "yes"}}, "maps names to true or false"),
        ({"text": "x", "categories": {"curativ": True}}, "'curativ' is no category"),
    ],
)
def test_a_line_that_is_no_case_is_named(row: object, problem: str, tmp_path: Path) -> None:
    """File, line and what to write instead."""
    path = write(tmp_path / "corpus.jsonl", {"text": "x", "ok": True}, row)

    with pytest.raises(SourceError) as caught:
        read_corpus(path, RULES)

    assert f"{path}:2: " in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(("content", "problem"), [(b"", "holds no case"), (b"\xff\xfe", "not UTF-8")])
def test_a_file_that_is_no_corpus_is_refused(content: bytes, problem: str, tmp_path: Path) -> None:
    """An empty or unreadable file is said to be one."""
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=problem):
        read_corpus(path, RULES)


def test_ids_must_differ(tmp_path: Path) -> None:
    """Runs are compared by id."""
    rows = [{"id": "a", "text": text, "ok": True} for text in "xy"]

    with pytest.raises(SourceError, match="stands there 2 times"):
        read_corpus(write(tmp_path / "corpus.jsonl", *rows), RULES)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    """A file of another kind cannot be compared with."""
    with pytest.raises(SourceError, match="no saved evaluation"):
        read_run(write(tmp_path / "run.json", {"decisions": {}}))
