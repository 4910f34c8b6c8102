"""Small rule folders for tests that need rules of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.judging.folders import find_rules, read_files
from auditor.judging.loading import build_rule_set

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.models import RuleSet

GOOD = """\
title: Says that it mends
severity: high
status: stable
form: claim
why: A long enough reason that a reader who is not a physician can follow to its end.
ask: Which trial shows it?
basis: [us.example]
codes: [B2]
match:
  en: ['mends {joints}', 'mending']
flags:
  en: [Our balm mends knees., Mending is our trade.]
passes:
  en: [It does not mend knees.]
"""
BASIS = """\
us.example:
  title: An example
  jurisdiction: us
  says: Claims need proof.
  url: https://law.example/1
  verified: T
"""
CODEBOOK = """\
B2:
  name: Claims cure
  unit: S
  tier: B
  polarity: red_flag
  published:
    - {percent: 16, says: of 68 sites, source: us.example, verified: T}
R4:
  name: States any risk
  unit: W
  tier: B
  polarity: protective
"""


def write_rules(folder: Path, **files: str) -> Path:
    """Write a small rule folder with *files* over it; a name joins its parts by two underscores."""
    shipped = find_rules()
    known = {
        "basis": BASIS,
        "codebook": CODEBOOK,
        "scoring": (shipped / "scoring.yaml").read_text("utf-8"),
        "offer": (shipped / "offer.yaml").read_text("utf-8"),
        "contexts__en": (shipped / "contexts" / "en.yaml").read_text("utf-8"),
        "words__en__joints": "- knees?\n- hips?\n",
        "curative__mends": GOOD,
    }
    for name, text in (known | files).items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def build_rules(folder: Path, **files: str) -> RuleSet:
    """Return the rules of a small folder with *files* over it."""
    return build_rule_set(read_files([write_rules(folder, **files)]))
