"""The forms that a run's audits take besides reports and summaries: files for all pages together, and standard output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.cli.printing import print_data
from auditor.keeping import write_file
from auditor.reporting.record import render_json

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.cli.wishes import Wishes
    from auditor.models import Failure

FORMS = ("json", "csv", "markdown", "sarif")


class Output(NamedTuple):
    """One form with where it goes; no path is standard output."""

    form: str
    path: Path | None


class Outputs:
    """All outputs of a run under way: opened with what comes first, added to page by page, closed with what comes last.

    Of one page a file is written whole; of several it grows as they come, so that what is done is kept. A SARIF log is
    one JSON value, which only its end makes whole.
    """

    def __init__(self, wishes: Wishes, total: int) -> None:
        self.outputs = [Output(form, path) for form in FORMS if (path := getattr(wishes, f"{form}_output"))]
        if wishes.stdout_format in FORMS:
            self.outputs.append(Output(wishes.stdout_format, None))
        self.locale = wishes.locale
        self.several = total > 1
        self.collected: list[dict[str, Any]] = []
        self.missing: list[tuple[str, str]] = []

    def open(self) -> None:
        """Write what stands before the first of several pages, and empty what an earlier run has left."""
        for output in self.outputs:
            if self.several and (output.path or output.form == "csv"):
                self._put(output, _render_head(output.form), append=False)

    def render(self, record: dict[str, Any]) -> list[tuple[Output, str]]:
        """Return what each output is given for *record*."""
        return [(output, self._render(output.form, record)) for output in self.outputs if output.form != "sarif"]

    def write(self, rendered: list[tuple[Output, str]], record: dict[str, Any]) -> None:
        """Give each output what was *rendered* of *record*."""
        for output, text in rendered:
            self._put(output, text, append=self.several)
        if any(output.form == "sarif" for output in self.outputs):
            self.collected.append(record)

    def write_missing(self, failure: Failure) -> None:
        """Tell of a source that gave no page, in the forms that have a place for it."""
        self.missing.append((failure.source, failure.reason))
        for output in self.outputs:
            if output.form == "csv":
                from auditor.reporting.table import render_missing, render_table

                head = "" if self.several else render_table([])
                self._put(output, head + render_missing(failure.source, failure.reason), append=self.several)

    def close(self) -> None:
        """Write what only the end can tell."""
        outputs = [output for output in self.outputs if output.form == "sarif"]
        if outputs:
            from auditor.reporting.sarif import render_sarif

            text = render_sarif(self.collected, missing=self.missing)
            for output in outputs:
                self._put(output, text, append=False)

    def _render(self, form: str, record: dict[str, Any]) -> str:
        if form == "json":
            return render_line(record) if self.several else render_json(record)
        if form == "csv":
            from auditor.reporting.table import render_table

            return render_table([record], head=not self.several)
        from auditor.reporting.markdown import render_markdown

        return render_markdown([record], locale=self.locale) + "\n" * self.several

    def _put(self, output: Output, text: str, *, append: bool) -> None:
        if output.path is None:
            print_data(text.encode())
        else:
            write_file(output.path, text, append=append)


def render_line(record: dict[str, Any]) -> str:
    """Return *record* as JSON on one line; within strings JSON has no line breaks."""
    return re.sub(r"\n *", "", render_json(record)) + "\n"


def _render_head(form: str) -> str:
    if form != "csv":
        return ""
    from auditor.reporting.table import render_table

    return render_table([])
