"""An evaluation is kept, read again and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.errors import SourceError
from auditor.evaluation.agreement import evaluate_cases
from auditor.evaluation.corpus import read_corpus
from auditor.evaluation.runs import compare_runs, read_run, to_run, write_measured
from auditor.judging.measured import read_counts
from auditor.judging.yamlfiles import read_yaml
from tests.corpora import RULES, write

if TYPE_CHECKING:
    from pathlib import Path


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


def test_runs_are_compared_case_by_case() -> None:
    """What is found now and was not before is gained; the reverse is lost; new cases do not count."""
    old = {"decisions": {"a": ["hype/x"], "b": ["hype/x"]}}
    new = {"decisions": {"a": ["curative/y"], "b": ["hype/x"], "c": ["hype/x"]}}

    assert ([("a", "curative/y")], [("a", "hype/x")]) == compare_runs(old, new)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    """A file of another kind cannot be compared with."""
    with pytest.raises(SourceError, match="no saved evaluation"):
        read_run(write(tmp_path / "run.json", {"decisions": {}}))
