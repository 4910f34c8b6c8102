"""Programs: small ones for the texts at hand find what the whole ones find."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.judging import programs
from auditor.judging.patterns import compile_expression
from auditor.judging.programs import Programs, Runner
from auditor.models import PreparedList

PAINS = PreparedList("knees?\nback(?:ache)?\npainful hips?\n[a-z]+itis", "knee\nback\npainful hip\n")
PATTERN = "cures? (?:{pains})"
TEXTS = ("it cures knees, cures knees", "a cure arthritis fears", "a painful hip", "it cures été back", "nothing")
SPANS = [[(3, 14), (16, 27)], [(2, 16)], [], [], []]


def make_runner(asked: int = 0) -> Runner:
    """Return a runner for a page of all texts, whose whole programs were *asked* for before."""
    whole = Programs("en", {"pains": PAINS})
    for _ in range(asked):
        whole.find(PATTERN, ascii_only=True)
    return Runner(whole, [word.strip(",") for text in TEXTS for word in text.split()])


@pytest.mark.parametrize("asked", [0, 5])
@pytest.mark.parametrize("expected", [(), TEXTS[:1], TEXTS])
def test_what_is_found_does_not_depend_on_what_was_expected(expected: tuple[str, ...], asked: int) -> None:
    """A program for some texts is used for these alone, and finds in them what one with all words finds."""
    runner = make_runner(asked)
    runner.expect(PATTERN, expected)

    assert SPANS == [runner.run(PATTERN, text) for text in TEXTS]
    assert SPANS == [runner.run(PATTERN, text) for text in reversed(TEXTS)][::-1]


@pytest.mark.parametrize(("name", "limit"), [("_MOST_STEPS", 0), ("_MOST_BACKTRACKED", 1), ("_FEW", 0)])
def test_how_a_program_runs_changes_nothing(name: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long texts and many are searched by automata, and for many the words of the page are all taken."""
    monkeypatch.setattr(programs, name, limit)
    runner = make_runner()
    runner.expect(PATTERN, TEXTS)

    assert SPANS == [runner.run(PATTERN, text) for text in TEXTS]


def test_a_program_holds_only_words_that_its_texts_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no text at hand holds is not compiled."""
    compiled: list[str] = []

    def compile_and_note(expression: str) -> Any:
        compiled.append(expression)
        return compile_expression(expression)

    monkeypatch.setattr(programs, "compile_expression", compile_and_note)
    runner = make_runner()
    runner.expect(PATTERN, TEXTS[:1])
    runner.run(PATTERN, TEXTS[0])

    assert len(compiled) == 1
    assert "knees?" in compiled[0]
    assert "[a-z]+itis" in compiled[0]
    assert "hip" not in compiled[0]
    assert "back" not in compiled[0]


def test_words_are_counted_in_characters() -> None:
    """Places are those of characters, also where these take several bytes."""
    runner = make_runner()

    assert [(5, 15)] == runner.run(PATTERN, "été, cures back")
