"""Make anew what is kept: the measured precision of the rules and the example reports, ``python -m tests.regenerate``."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import pipeline
from auditor.evaluation.runs import write_measured
from auditor.judging.folders import find_rules
from auditor.reporting.annotating import annotate_page
from auditor.reporting.comparing import compare_records
from auditor.reporting.difference import render_diff_html
from auditor.reporting.html import render_html
from auditor.reporting.letters import render_letter, select_findings
from auditor.reporting.record import to_record
from tests.quality import CORPUS, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
CLINIC = "samples/regenerative-clinic.html"
SOFTENED = (
    ("Stem Cell Cure for", "Stem Cell Treatment for"),
    ("breakthrough that cures arthritis", "treatment for arthritis"),
    (", they say, but our patients are cured of diabetes every month.", "."),
    ("Amberlight cured my multiple sclerosis and I threw away my medication.", "I am glad that I came."),
    ("97% success rate in more than 3,000 patients", "More than 3,000 patients treated"),
    ("FDA-registered laboratory", "Our own laboratory"),
    ("100% safe, with no side effects", "Most patients tolerate it well"),
    ("reverses multiple sclerosis", "may ease multiple sclerosis"),
    ("Only 5 places left", "Only 3 places left"),
    ("</body>", "<p>Pain, infection and bleeding may occur after the injection.</p></body>"),
)
"""What the invented clinic changed on its page, for the example of a comparison."""


def read_fixed_clock() -> datetime:
    """Return the moment at which every example is said to be made, so that its bytes never depend on the day."""
    return datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


def read_later_clock() -> datetime:
    """Return the moment at which the invented clinic's changed page is said to be read."""
    return read_fixed_clock() + timedelta(weeks=4)


def make_record(
    sample: str, changes: Sequence[tuple[str, str]] = (), *, now: Callable[[], datetime] = read_fixed_clock
) -> dict[str, Any]:
    """Return the record of *sample*, with *changes* made in it, named as a user at the root of the project names it."""
    page = pipeline.collect_page(str(ROOT / sample), now=now)
    body = page.body.decode("utf-8")
    for old, new in changes:
        body = body.replace(old, new)
    changed = body.encode("utf-8")
    page = replace(page, source=sample, body=changed, sha256=sha256(changed).hexdigest())
    return to_record(pipeline.audit_page(page, now=now))


def render_example(sample: str, *, annotated: str = "", cache: Path | None = None) -> str:
    """Return the report on *sample*, beside which its *annotated* page may lie."""
    return render_html(make_record(sample), annotated=annotated, cache=cache)


def render_annotated(*, cache: Path | None = None) -> str:
    """Return the clinic's page with the evidence marked."""
    markup = (ROOT / CLINIC).read_text("utf-8")
    return annotate_page(make_record(CLINIC), markup=markup, report="regenerative-clinic.html", cache=cache)


def render_change(*, cache: Path | None = None) -> str:
    """Return what changed on the clinic's page."""
    later = make_record(CLINIC, SOFTENED, now=read_later_clock)
    return render_diff_html(compare_records(make_record(CLINIC), later), cache=cache)


def render_complaint(*, cache: Path | None = None) -> str:
    """Return the draft of a complaint about the clinic's page."""
    record, kind, to = make_record(CLINIC), "complaint", "uk-asa"
    return render_letter(record, select_findings(record, [], kind, to), kind=kind, to=to, cache=cache)


EXAMPLES: Mapping[str, Callable[..., str]] = {
    "reports/examples/regenerative-clinic.html": partial(
        render_example, CLINIC, annotated="regenerative-clinic.annotated.html"
    ),
    "reports/examples/regenerative-clinic.annotated.html": render_annotated,
    "reports/examples/quote-funnel-article.html": partial(render_example, "samples/quote-funnel-article.html"),
    "reports/examples/transplant-hospital.html": partial(render_example, "samples/transplant-hospital.html"),
    "reports/examples/regenerative-clinic-changed.html": render_change,
    "reports/examples/complaint-uk-asa.md": render_complaint,
}
"""Kept file to what renders it."""


def main() -> None:
    """Write every figure and example that is not what would be made today, and name it."""
    measured = find_rules() / "measured.yaml"
    before = measured.read_bytes()
    write_measured(measured, CORPUS.stem, measure())
    if measured.read_bytes() != before:
        sys.stdout.write("rules/measured.yaml\n")
    for report, render in EXAMPLES.items():
        path = ROOT / report
        rendered = render().encode()
        if not path.exists() or path.read_bytes() != rendered:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(rendered)
            sys.stdout.write(f"{report}\n")


if __name__ == "__main__":
    main()
