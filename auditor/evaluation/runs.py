"""An evaluation as it is kept: written, read again, and compared with a later one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from auditor.errors import SourceError
from auditor.judging.measured import Counts, find_interval, read_counts, render_counts
from auditor.judging.yamlfiles import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from auditor.evaluation.agreement import Agreement, Evaluation

FORMAT = "clinic-auditor/evaluation"
_UNKNOWN = {"recall": None, "recall_interval": None, "kappa": None}


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
