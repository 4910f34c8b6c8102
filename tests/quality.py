"""The floor under the quality of the rules: ``python -m tests.quality`` shows it, ``--raise`` raises it.

The figures are those of ``auditor evaluate`` on tests/corpus, whose text is invented. The floor names the digest of the
corpus that it was measured on. It is never lowered by ``--raise``; who has to lower it says why: ``--lower REASON``.
The idea is trafilatura's (https://github.com/adbar/trafilatura, tests/eval_gate.py).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.evaluation.agreement import evaluate_cases
from auditor.evaluation.corpus import read_corpus
from auditor.evaluation.runs import to_run
from auditor.judging import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = Path(__file__).parent / "corpus"
CORPUS = FOLDER / "invented.jsonl"
FLOOR = FOLDER / "floor.json"

SLACK = 0.01
"""What a figure may lie below its floor: a case or two, as one gains precision and another recall. It cannot add up."""

Figures = dict[str, dict[str, float]]
"""What was measured to figure to value."""


def measure() -> dict[str, Any]:
    """Return the run of today's rules over the corpus."""
    rules = load_rules()
    return to_run(evaluate_cases(read_corpus(CORPUS, rules), rules))


def digest_corpus() -> str:
    """Return the SHA-256 over the names and contents of the corpus."""
    digest = hashlib.sha256()
    for path in (CORPUS, *sorted((FOLDER / "pages").iterdir())):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def list_figures(run: Mapping[str, Any]) -> Figures:
    """Return what the floor holds: precision and recall over all, and for each category the agreement."""
    rows = run["categories"].values()
    hits, alarms, misses = (sum(row[key] for row in rows) for key in ("hits", "alarms", "misses"))
    figures = {
        "any red flag": {"precision": run["overall"]["precision"], "recall": run["overall"]["recall"]},
        "all labels": {"precision": hits / (hits + alarms), "recall": hits / (hits + misses)},
    }
    figures |= {name: {"kappa": row["kappa"]} for name, row in run["categories"].items() if row["kappa"] is not None}
    return {name: {key: math.floor(value * 1e4) / 1e4 for key, value in row.items()} for name, row in figures.items()}


def find_falls(floor: Figures, figures: Figures) -> list[str]:
    """Return what fell below *floor* by more than the slack, each in a few words."""
    return [
        f"{name}: {key} {figures.get(name, {}).get(key, 0.0):.4f}, floor {value:.4f}"
        for name, row in floor.items()
        for key, value in row.items()
        if figures.get(name, {}).get(key, 0.0) < value - SLACK
    ]


def read_floor(path: Path = FLOOR) -> dict[str, Any]:
    """Return the floor that is kept, an empty one where there is none."""
    if not path.exists():
        return {"corpus": "", "figures": {}, "lowered": []}
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return kept


def settle(kept: Mapping[str, Any], figures: Figures, corpus: str, reason: str | None) -> dict[str, Any]:
    """Return the floor after today's *figures* on *corpus*.

    A figure never moves down, unless a *reason* is given, which is kept. Raises ValueError with what fell.
    """
    floor, falls = kept["figures"], find_falls(kept["figures"], figures)
    if falls and not reason:
        raise ValueError("\n".join(falls))
    if reason:
        return {
            "corpus": corpus,
            "figures": figures,
            "lowered": [*kept["lowered"], {"reason": reason, "fell": falls}],
        }
    risen = {
        name: {key: max(value, floor.get(name, {}).get(key, value)) for key, value in row.items()}
        for name, row in figures.items()
    }
    return {"corpus": corpus, "figures": risen, "lowered": kept["lowered"]}


def _draw(floor: Figures, figures: Figures) -> Iterator[str]:
    for name, row in figures.items():
        for key, value in row.items():
            known = floor.get(name, {}).get(key)
            change = "new" if known is None else f"{value - known:+.4f}"
            yield f"{name:14} {key:9} {value:.4f}  {change}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Show today's figures beside the floor, and move it if asked to; return 1 if something fell."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--raise", dest="raised", action="store_true", help="make today's figures the floor")
    parser.add_argument("--lower", metavar="REASON", help="make them the floor even where they fell, and say why")
    wishes = parser.parse_args(arguments)
    kept, figures = read_floor(), list_figures(measure())
    sys.stdout.writelines(_draw(kept["figures"], figures))
    if not (wishes.raised or wishes.lower):
        return 1 if find_falls(kept["figures"], figures) else 0
    try:
        floor = settle(kept, figures, digest_corpus(), wishes.lower)
    except ValueError as error:
        sys.stderr.write(f"{error}\nThe floor stays. Mend the rules, or say why: --lower REASON\n")
        return 1
    FLOOR.write_text(json.dumps(floor, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
