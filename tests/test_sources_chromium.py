"""The system's Chromium: found, and used to print."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError
from auditor.reporting.html import render_html
from auditor.reporting.paper import set_paper
from auditor.reporting.record import to_record
from auditor.sources.chromium import NAMES, find_chromium, print_report
from tests.browsers import needs_browser, require_browser
from tests.factories import audit

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", NAMES)
def test_chromium_is_found_under_its_names(name: str) -> None:
    """Whatever a system calls it, the first that is on the PATH is taken."""
    assert f"/bin/{name}" == find_chromium(lambda asked: f"/bin/{asked}" if asked == name else None)


def test_a_missing_chromium_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what was looked for and what to do."""
    monkeypatch.setattr("sys.platform", "linux")

    with pytest.raises(AuditorError, match=r"no Chromium is on the PATH.*chromium-browser.*install it"):
        find_chromium(lambda _: None)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("#!/bin/sh\nexit 0\n", "printed no PDF"),
        ("#!/bin/sh\nsleep 60\n", "did not print within 0.5 seconds"),
        (None, "cannot be started"),
    ],
)
def test_a_chromium_that_fails_is_told(tmp_path: Path, script: str | None, problem: str) -> None:
    """A browser that prints nothing, hangs or is none ends in one sentence, and soon."""
    program = tmp_path / "chromium"
    if script:
        program.write_text(script)
        program.chmod(0o755)
    began = time.monotonic()

    with pytest.raises(AuditorError, match=problem):
        print_report("<p>Knees", tmp_path / "out.pdf", chromium=str(program), timeout=0.5)

    assert time.monotonic() - began < 30
    assert not (tmp_path / "out.pdf").exists()


@needs_browser
@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_a_report_is_printed(tmp_path: Path, paper: str, size: tuple[int, int]) -> None:
    """The PDF has pages of the size asked for, and the words of the report."""
    require_browser()
    import pypdfium2

    path = tmp_path / "new" / "report.pdf"
    print_report(set_paper(render_html(to_record(audit())), paper), path)

    document = pypdfium2.PdfDocument(path)
    text = document[0].get_textpage().get_text_range()
    assert size == tuple(round(side) for side in document[0].get_size())
    assert "https://knees.example/treatments" in text
    document.close()
