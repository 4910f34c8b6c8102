"""The rules that come with the program: their examples hold, nothing in them is dead, and they run in linear time."""

from __future__ import annotations

import re

import pytest

from auditor.cli import run_command
from auditor.errors import ExitCode
from auditor.judging import load_rules
from auditor.judging.folders import find_rules
from auditor.judging.matching import Indexes, find_hits, find_languages, list_pieces
from auditor.judging.patterns import compile_pattern, expand_names, open_search
from auditor.judging.programs import run_program
from auditor.models import CATEGORIES
from auditor.reading import read_text

RULES = load_rules()


@pytest.mark.parametrize("command", ["test", "lint"])
def test_the_rules_hold(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each flagged example fires its rule, no passed one does, no pattern is without an example; titles differ, bases are named."""
    code = run_command(["rules", command])

    assert (f"{len(RULES.rules)} built-in rules: no problem found.\n", "") == capsys.readouterr()
    assert ExitCode.DONE == code


def test_there_are_rules_in_every_category() -> None:
    """The folders are the categories, and none is empty."""
    assert set(CATEGORIES) == {rule.category for rule in RULES.rules}


def test_gates_keep_out_nothing_that_would_hit() -> None:
    """Every pattern hits the examples of its rule just as if it were run on each of them, with all words of its lists."""
    indexes = Indexes(RULES)
    wrong = []
    for rule in RULES.rules:
        for language in rule.match:
            examples = [text for slot in (rule.flags, rule.passes) for text in slot.get(language, ())]
            document = read_text("\n\n".join(filter(None, map(str.strip, examples))), language=language)
            said = [(passage.text, find_languages(passage)) for passage in document.passages]
            gated = {
                (hit.pattern.source, text, hit.start)
                for text, found in find_hits(said, indexes).items()
                for hit in found.matches.get(rule.id, ())
                if hit.language == language
            }
            programs = {
                source: compile_pattern(expand_names(source, RULES.words.get(language, {})), language)
                for source in rule.match[language]
            }
            pieces = [
                (text, piece) for text in said for piece in list_pieces(text, RULES) if piece.language == language
            ]
            for text, piece in pieces:
                for source, program in programs.items():
                    ran = {
                        (source, text, piece.low + low)
                        for low, _ in run_program(open_search(program), piece.text, language)
                    }
                    if not ran <= gated:
                        wrong.append((rule.id, source, piece.text))

    assert [] == wrong


def test_conditions_are_known_by_name_and_system() -> None:
    """The lexicon behind breadth holds hundreds of conditions of many systems of the body."""
    counted = {
        (pattern.term, pattern.group)
        for pattern in RULES.patterns["en"].patterns
        if pattern.owner == "breadth/many-conditions" and pattern.term
    }

    assert len(counted) >= 400
    assert len({group for _, group in counted}) >= 15


@pytest.mark.parametrize("word", ["fraud", "fraudulent", "illegal", "fake", "liar", "criminal", "scam", "quack"])
def test_findings_describe_and_never_accuse(word: str) -> None:
    """No title, reason or question calls anybody names."""
    texts = [(rule.id, text) for rule in RULES.rules for text in (rule.title, rule.why, rule.ask)]

    assert [] == [id_ for id_, text in texts if re.search(rf"\b{word}s?\b", text, re.IGNORECASE)]


def test_bases_are_those_that_were_verified() -> None:
    """Every basis is marked as read (T) or confirmed (S), and has an address."""
    assert {"T", "S"} >= {basis.verified for basis in RULES.basis.values()}
    assert all(basis.url.startswith("https://") for basis in RULES.basis.values())


def test_the_folder_holds_nothing_but_rule_files() -> None:
    """What is in the folder is loaded: a misplaced file would be a rule that never runs."""
    names = {path.relative_to(find_rules()).as_posix() for path in find_rules().rglob("*") if path.is_file()}

    assert not {name for name in names if not name.endswith(".yaml")}
