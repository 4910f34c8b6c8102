"""Data on standard output, everything else on standard error, and nobody's text acting on a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from auditor.cli.printing import count_things, prepare_streams, print_data, say_problem, wants_color


class Terminal(io.TextIOWrapper):
    """Standard output that is a terminal."""

    def __init__(self) -> None:
        """Be one that speaks ASCII alone."""
        super().__init__(io.BytesIO(), encoding="ascii")

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(("number", "told"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1000, "1000 pages")])
def test_things_are_counted(number: int, told: str) -> None:
    """One is one, and none are many."""
    assert told == count_things(number, "page")


def test_a_problem_is_one_line_that_acts_on_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks, colours and directions of a page's text are made visible."""
    say_problem("evil\x1b[31m.example\nsays \u202eno")

    told = capsys.readouterr()
    assert ("", "auditor: evil\ufffd[31m.example says \ufffdno\n") == (told.out, told.err)


@pytest.mark.parametrize("data", ["Zürich\n", "Zürich\n".encode()])
def test_data_is_printed_as_it_is(data: str | bytes, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Words and bytes both end on standard output."""
    print_data("first, ")
    print_data(data)

    told = capfdbinary.readouterr()
    assert ("first, Zürich\n".encode(), b"") == (told.out, told.err)


def test_streams_take_any_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that speaks no Unicode shows the number of a character and is no reason to fail."""
    monkeypatch.setattr(sys, "stdout", stream := Terminal())
    prepare_streams()

    print_data("Zürich")

    assert b"Z\\xfcrich" == stream.buffer.getvalue()  # type: ignore[attr-defined]


def test_streams_that_are_closed_are_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is started without standard output prints into nothing."""
    monkeypatch.setattr(sys, "stdout", None)
    prepare_streams()

    assert 1 == sys.stdout.write("x")
    sys.stdout.close()


@pytest.mark.parametrize(
    ("no_color", "environment", "wanted"),
    [
        (False, {}, True),
        (True, {}, False),
        (False, {"NO_COLOR": "1"}, False),
        (False, {"NO_COLOR": ""}, True),
        (False, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_whose_user_wants_it(
    monkeypatch: pytest.MonkeyPatch, no_color: bool, environment: dict[str, str], wanted: bool
) -> None:
    """NO_COLOR says no if it says anything (https://no-color.org)."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    monkeypatch.setattr(sys, "stdout", Terminal())
    assert wanted == wants_color(no_color=no_color)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not wants_color(no_color=no_color)
