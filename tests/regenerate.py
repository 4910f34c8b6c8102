"""Make anew what is kept: the measured precision of the rules and the example reports, ``python -m tests.regenerate``."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import pipeline
from auditor.evaluation import write_measured
from auditor.judging.loading import find_rules
from auditor.reporting.html import render_html
from auditor.reporting.record import to_record
from tests.quality import CORPUS, measure

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES: Mapping[str, str] = {"reports/examples/regenerative-clinic.html": "samples/regenerative-clinic.html"}
"""Report to the sample that it is on."""


def read_fixed_clock() -> datetime:
    """Return the moment at which every example is said to be made, so that its bytes never depend on the day."""
    return datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


def render_example(sample: str, *, cache: Path | None = None) -> str:
    """Return the report on *sample*, named as a user at the root of the project would name it."""
    page = replace(pipeline.collect_page(str(ROOT / sample), now=read_fixed_clock), source=sample)
    return render_html(to_record(pipeline.audit_page(page, now=read_fixed_clock)), cache=cache)


def main() -> None:
    """Write every figure and example that is not what would be made today, and name it."""
    measured = find_rules() / "measured.yaml"
    before = measured.read_bytes()
    write_measured(measured, CORPUS.stem, measure())
    if measured.read_bytes() != before:
        sys.stdout.write("rules/measured.yaml\n")
    for report, sample in EXAMPLES.items():
        path = ROOT / report
        rendered = render_example(sample).encode()
        if not path.exists() or path.read_bytes() != rendered:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(rendered)
            sys.stdout.write(f"{report}\n")


if __name__ == "__main__":
    main()
