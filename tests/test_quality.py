"""The quality of the rules on our own corpus, which does not fall unseen."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from auditor.evaluation.corpus import RED_FLAGS
from auditor.judging.folders import find_rules
from auditor.judging.measured import read_counts
from auditor.judging.yamlfiles import read_yaml
from tests import quality

KEPT = {"corpus": "5f", "figures": {"any red flag": {"precision": 0.9, "recall": 0.8}}, "lowered": []}


@cache
def today() -> dict[str, Any]:
    return quality.measure()


def test_precision_and_recall_do_not_fall() -> None:
    """Over all, and in the agreement of every category."""
    falls = quality.find_falls(quality.read_floor()["figures"], quality.list_figures(today()))

    assert [] == falls, "mend the rules, or lower the floor with a reason: python -m tests.quality --lower REASON"


def test_the_floor_was_measured_on_this_corpus() -> None:
    """Who changes the corpus measures anew: figures of another corpus pin nothing."""
    fresh = quality.read_floor()["corpus"] == quality.digest_corpus()

    assert fresh, "the corpus changed; run python -m tests.quality --raise"


def test_every_case_was_audited() -> None:
    """No case fails, and a sentence is not too short to be judged."""
    assert {} == today()["failed"]


def test_the_measured_precision_is_todays() -> None:
    """The figures that reports show are those of the rules as they are."""
    path = find_rules() / "measured.yaml"
    kept = read_counts(path, read_yaml(path, path.read_bytes()))["invented"]
    found = {id_: (row["hits"], row["hits"] + row["alarms"]) for id_, row in today()["rules"].items()}

    assert {id_: pair for id_, pair in found.items() if pair[1]} == kept, "run python -m tests.regenerate"


def test_the_corpus_is_large_and_balanced() -> None:
    """At least 150 sentences and a dozen pages; every category has flags and look-alikes."""
    rows = [json.loads(line) for line in quality.CORPUS.read_text("utf-8").splitlines()]
    flagged = Counter(name for row in rows for name, truth in row.get("categories", {}).items() if truth)
    honest = Counter(row["id"].split("-ok-")[0] for row in rows if "-ok-" in row["id"])

    assert sum("text" in row for row in rows) >= 150
    assert sum("path" in row for row in rows) >= 12
    assert set() == {name for name in RED_FLAGS if name != "transparency" and (flagged[name] < 10 or honest[name] < 4)}
    assert 0.3 <= sum("ok" in row for row in rows) / len(rows) <= 0.7


def test_the_corpus_is_our_own_word_for_word() -> None:
    """No sentence stands there twice."""
    texts = Counter(json.loads(line).get("text") for line in quality.CORPUS.read_text("utf-8").splitlines())
    del texts[None]

    assert [] == [text for text, count in texts.items() if count > 1]


@pytest.mark.parametrize(
    ("precision", "recall", "reason", "lowered"),
    [
        (0.95, 0.8, None, []),
        (0.9, 0.85, None, []),
        (0.85, 0.9, "Recall is worth it.", [("Recall is worth it.", ["any red flag: precision 0.8500, floor 0.9000"])]),
    ],
)
def test_the_floor_moves_up_and_down_only_with_a_reason(
    precision: float, recall: float, reason: str | None, lowered: list[tuple[str, list[str]]]
) -> None:
    """What rises is kept; what falls is kept with the reason."""
    figures = {"any red flag": {"precision": precision, "recall": recall}}
    settled = quality.settle(KEPT, figures, "6a", reason)

    assert ("6a", figures) == (settled["corpus"], settled["figures"])
    assert lowered == [(item["reason"], item["fell"]) for item in settled["lowered"]]


def test_a_small_fall_leaves_the_floor_where_it_is() -> None:
    """What is gained in one figure may cost a case in another, but never twice."""
    figures = {"any red flag": {"precision": 0.895, "recall": 0.85}}
    settled = quality.settle(KEPT, figures, "5f", None)

    assert {"any red flag": {"precision": 0.9, "recall": 0.85}} == settled["figures"]


@pytest.mark.parametrize("figures", [{"any red flag": {"precision": 0.95, "recall": 0.78}}, {}])
def test_the_floor_is_never_lowered_in_silence(figures: quality.Figures) -> None:
    """A figure that fell, or is no longer there, stops the move."""
    with pytest.raises(ValueError, match=r"any red flag: recall"):
        quality.settle(KEPT, figures, "6a", None)
