"""How a scan shows what it does: bars on a terminal, plain lines in a log, JSON lines for programs; all on standard error."""

from __future__ import annotations

import json

import pytest

from auditor.cli.progress import show_progress
from auditor.scanning.session import Step

STEP = Step("lumora.example", "assessed", 3, 1, 0, 2)


def test_bars_show_where_a_scan_is(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal there is a bar; what a site is called acts on nothing there."""
    with show_progress("bars") as tell:
        tell(Step("evil\x1b[31m.example", "", 7, 1, 1, 2))

    shown = capsys.readouterr().err
    assert "\x1b[31m.example" not in shown


def test_lines_are_not_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    """A log gets a line now and then, and the last."""
    moments = iter([0.0, 0.0, 1.0, 6.0, 7.0])

    with show_progress("lines", clock=lambda: next(moments)) as tell:
        for number in range(1, 5):
            tell(Step(f"{number}.example", "", number, 0, number, 4))

    lasts = [line.rpartition(" ")[2] for line in capsys.readouterr().err.splitlines()]
    assert ["1.example", "3.example", "4.example"] == lasts


def test_a_line_says_how_far_and_how_fast(capsys: pytest.CaptureFixture[str]) -> None:
    """Sites, pages, failures and pages a second; what a site is called acts on nothing."""
    moments = iter([0.0, 10.0])

    with show_progress("lines", clock=lambda: next(moments)) as tell:
        tell(Step("evil\x1b[31m.example", "", 25, 1, 1, 2))

    assert "[1/2] 25 pages, 1 failed, 2.5 a second; last: evil\ufffd[31m.example\n" == capsys.readouterr().err


def test_a_program_reads_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object on a line, whatever a site is called."""
    with show_progress("json") as tell:
        tell(STEP)
        tell(STEP._replace(what="a\nb"))

    told = capsys.readouterr()
    assert ("", [STEP._asdict(), STEP._asdict() | {"what": "a\nb"}]) == (
        told.out,
        list(map(json.loads, told.err.splitlines())),
    )


@pytest.mark.parametrize(("kind", "lines"), [("none", 0), ("auto", 1), ("lines", 1)])
def test_a_log_gets_lines_unless_it_is_to_get_nothing(
    kind: str, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no terminal is a log."""
    with show_progress(kind) as tell:
        tell(STEP)

    assert lines == len(capsys.readouterr().err.splitlines())
