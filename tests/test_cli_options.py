"""What several commands share: values that are checked as they are read, rules that are found, text that is put out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from auditor.cli.options import check_agent, check_language, dump_json, find_rule, put_out, read_jurisdictions
from tests.rulefolders import build_rules

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT, OPTION = click.Context(click.Command("x")), click.Option(["--x"])


@pytest.mark.parametrize(
    ("named", "codes"),
    [(None, ()), ("us", ("us",)), ("US, uk,us,", ("us", "uk"))],
)
def test_jurisdictions_are_read(named: str | None, codes: tuple[str, ...]) -> None:
    """Each once, in the order in which they are named, however they are written."""
    assert codes == read_jurisdictions(CONTEXT, OPTION, named)


@pytest.mark.parametrize(
    ("named", "told"), [("us,xx", "no law of xx here; known are ae, au,"), (" , ", "no law of nowhere here")]
)
def test_an_unknown_jurisdiction_is_told_with_those_that_are_known(named: str, told: str) -> None:
    """Whoever names none has made a slip."""
    with pytest.raises(click.BadParameter, match=told):
        read_jurisdictions(CONTEXT, OPTION, named)


@pytest.mark.parametrize("agent", [None, "x", "Eastmere Herald (desk@herald.example)"])
def test_a_name_for_servers_is_taken_as_it_is(agent: str | None) -> None:
    """Any text that a header can hold."""
    assert agent == check_agent(CONTEXT, OPTION, agent)


@pytest.mark.parametrize("agent", ["", " ", "a ", " a", "a\nb", "a\x00", "Jané"])
def test_a_name_that_no_header_could_hold_is_refused(agent: str) -> None:
    """A line break would be another header."""
    with pytest.raises(click.BadParameter, match="printable ASCII"):
        check_agent(CONTEXT, OPTION, agent)


@pytest.mark.parametrize(("language", "code"), [(None, None), ("en", "en"), ("DE", "de"), ("yue", "yue")])
def test_a_language_is_a_code(language: str | None, code: str | None) -> None:
    """Two or three letters, in whatever case."""
    assert code == check_language(CONTEXT, OPTION, language)


@pytest.mark.parametrize("language", ["", "e", "english", "en-GB", "e1"])
def test_what_is_no_code_is_refused(language: str) -> None:
    """Regions are not told apart."""
    with pytest.raises(click.BadParameter, match="two or three letters"):
        check_language(CONTEXT, OPTION, language)


def test_a_rule_is_found_or_the_nearest_named(tmp_path: Path) -> None:
    """Where none is near, the reader is told where all of them are."""
    rules = build_rules(tmp_path)

    assert "curative/mends" == find_rule("curative/mends", rules).id
    with pytest.raises(click.UsageError, match=r"no rule curative/mend; did you mean curative/mends\?"):
        find_rule("curative/mend", rules)
    with pytest.raises(click.UsageError, match="no rule x; auditor rules list names them all"):
        find_rule("x", rules)


def test_text_goes_to_a_file_or_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a file is named, its place is said on standard error, and its folder is made."""
    put_out("Knees.\n", None, "Draft")
    put_out("Knees.\n", tmp_path / "deep" / "draft.md", "Draft")

    assert ("Knees.\n", f"Draft: {tmp_path / 'deep' / 'draft.md'}\n") == capsys.readouterr()
    assert "Knees.\n" == (tmp_path / "deep" / "draft.md").read_text(encoding="utf-8")


def test_json_is_written_for_people_too() -> None:
    """Indented, every script as it is."""
    assert '{\n "治愈": [\n  1\n ]\n}\n' == dump_json({"治愈": [1]})
