"""How often each rule was right where people had labelled what it found: figures that ``auditor evaluate`` makes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.judging.values import read_items, read_mapping, read_number
from auditor.models import Measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from auditor.judging.yamlfiles import Node

FILE = "measured.yaml"
FEWEST = 20
"""Labelled cases below which a share says too little to be shown."""

Counts = dict[str, dict[str, tuple[int, int]]]
"""Corpus to rule to the number of cases in which it was right, and of those in which it was met."""

_Z95 = 1.959963984540054
_HEAD = """\
# Made by "auditor evaluate CORPUS.jsonl --measured FILE": by corpus and rule, in how many of the labelled cases in which
# the rule was met it was right to be. Counts alone, none of the labelled text.
"""


def read_counts(path: Path, node: Node) -> Counts:
    """Return the counts of a file; raises RuleError for what is none."""
    counts: Counts = {}
    for corpus, by_rule in read_mapping(node, path, FILE).items():
        counts[corpus] = {}
        for id_, pair in read_mapping(by_rule, path, corpus).items():
            numbers = [read_number(item, path, "a count") for item in read_items(pair, path, id_)]
            if len(numbers) != 2 or numbers[0] > numbers[1]:
                raise RuleError(path, pair.line, f"'{id_}' needs two counts: right, and met")
            counts[corpus][id_] = numbers[0], numbers[1]
    return counts


def render_counts(counts: Counts) -> str:
    """Return *counts* as the text of a file."""
    lines = [_HEAD]
    for corpus, by_rule in sorted(counts.items()):
        lines.append(f"{corpus}:{'' if by_rule else ' {}'}\n")
        lines.extend(f"  {id_}: [{right}, {met}]\n" for id_, (right, met) in sorted(by_rule.items()))
    return "".join(lines)


def pool_counts(all_counts: Iterable[Counts]) -> dict[str, Measured]:
    """Return rule to its precision over all corpora, for rules met in enough cases."""
    by_rule: dict[str, dict[str, tuple[int, int]]] = {}
    for counts in all_counts:
        for corpus, pairs in counts.items():
            for id_, pair in pairs.items():
                by_rule.setdefault(id_, {})[corpus] = pair
    return {
        id_: _measure(by_corpus)
        for id_, by_corpus in sorted(by_rule.items())
        if sum(met for _, met in by_corpus.values()) >= FEWEST
    }


def _measure(by_corpus: Mapping[str, tuple[int, int]]) -> Measured:
    right = sum(pair[0] for pair in by_corpus.values())
    met = sum(pair[1] for pair in by_corpus.values())
    low, high = find_interval(right, met) or (0.0, 1.0)
    return Measured(right=right, met=met, low=round(low, 4), high=round(high, 4), corpora=tuple(sorted(by_corpus)))


def find_interval(part: int, whole: int) -> tuple[float, float] | None:
    """Return the 95% interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    if not whole:
        return None
    share, square = part / whole, _Z95**2
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    margin = _Z95 / (1 + square / whole) * math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    return max(0.0, centre - margin), min(1.0, centre + margin)
