"""Rule folders: every kind of mistake is refused with its file and its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.errors import RuleError
from auditor.judging import loading
from auditor.judging.folders import digest_files, read_files
from auditor.judging.loading import build_rule_set
from tests.rulefolders import BASIS, GOOD, write_rules

if TYPE_CHECKING:
    from pathlib import Path


def build(folder: Path) -> object:
    """Return the rules in *folder*."""
    return build_rule_set(read_files([folder]))


def test_a_good_folder_loads(tmp_path: Path) -> None:
    """What is not written cannot disagree: id and category are the path."""
    rules = build_rule_set(read_files([write_rules(tmp_path)]))

    assert ["curative/mends"] == [rule.id for rule in rules.rules]
    assert "curative" == rules.rules[0].category


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (("title:", "titel:"), 1, "unknown key 'titel'"),
        (("severity: high", "severity: grave"), 2, "severity is 'grave', must be one of low"),
        (("severity: high\n", ""), 1, "lacks 'severity'"),
        (("why:", "title: again\nwhy:"), 5, "the key 'title' stands here twice"),
        (("status: stable", "status: no"), 3, "status is 'no'"),
        (("form: claim", "form: regex"), 4, "form is 'regex'"),
        (("form: claim", "form: structure"), 4, "needs 'structure'"),
        (("codes: [B2]", "at_least: 3"), 8, "'at_least' means nothing in a rule of form 'claim'"),
        (("[us.example]", "[us.unknown]"), 7, "basis 'us.unknown' is not known; rules/basis.yaml lists them"),
        (("[us.example]", "[us.exampel]"), 7, "did you mean us.example? rules/basis.yaml lists them"),
        (("[B2]", "[second]"), 8, "'second' is no code"),
        (("{joints}", "{bones}"), 10, "no word list rules/words/en/bones.yaml"),
        (("'mending'", "'(mending)'"), 10, "groups are written"),
        (("'mending'", "'[[:mending:]]'"), 10, "pattern"),
        (("'mending'", "'mending{1001}'"), 10, "RE2 refuses it"),
        (("  en: ['mends", "  xx: ['mends"), 10, "'xx' is no language code"),
        (("  en: [Our", "  en: [[Our]"), None, "not valid YAML"),
        (("why: A", "why: Note: a"), 5, "put text that holds a colon in single quotes"),
        (("  en: ['mends", "\ten: ['mends"), 10, "indent with spaces, not tabs"),
        (("'mending'", '"mending\\s"'), 10, "put patterns in single quotes"),
        (("'mending'", "*mending"), 10, "put text that begins with * in single quotes"),
        (("'mending'", "@mending"), 10, "put text that begins with a special character in single quotes"),
        (("'mending'", "{joints}"), 10, "match must be text; put it in single quotes"),
        (("codes: [B2]", "codes: B2"), 8, "codes must be a list"),
        (("codes: [B2]", "voice: [doctor]"), 8, "voice is 'doctor'"),
        (("codes: [B2]", "in: [footnote]"), 8, "in is 'footnote'"),
        (("codes: [B2]", "excused_by: [irony]"), 8, "excused_by is 'irony'"),
        (("codes: [B2]", "support: {answered_by: trial}"), 8, "support lacks 'within'"),
        (("codes: [B2]", "when: {weather: [fine]}"), 8, "unknown condition 'weather'"),
        (("codes: [B2]", "when: {mentions: [bones]}"), None, "no word list 'bones'"),
        (("codes: [B2]", "codes: &a [B2]\nvoice: *a"), 8, "anchors and aliases are not allowed"),
        (("codes: [B2]", "codes: !!python/name:os.system [B2]"), None, ""),
        (("passes:\n  en: [It does not mend knees.]\n", ""), 1, "lacks 'passes'"),
        ((GOOD, ""), None, "the file is empty"),
        ((GOOD, "- a\n"), 1, "the file must be a mapping"),
        ((GOOD, "\t"), None, ""),
    ],
)
def test_a_mistake_is_refused_with_its_line(
    change: tuple[str, str], line: int | None, problem: str, tmp_path: Path
) -> None:
    """The message names the file, the line where it is known, and what to write."""
    folder = write_rules(tmp_path, curative__mends=GOOD.replace(*change))

    with pytest.raises(RuleError) as caught:
        build(folder)

    assert problem in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    if line:
        assert line == caught.value.line


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"words__en__spare": "- spanner\n"}, "no rule uses this word list"),
        ({"words__en__joints": "- knees\n- knees\n"}, "'knees' stands in line 1 already"),
        ({"words__en__joints": "- '{hips}'\n"}, "a term cannot refer to a word list"),
        ({"words__en__joints": "[]\n"}, "the list is empty"),
        ({"words__en__joints": "- 'knee('\n"}, "is no pattern"),
        ({"nonsense__mends": GOOD}, "no rule belongs here"),
        ({"curative__Mends": GOOD}, "lower-case words joined by hyphens"),
        ({"basis": BASIS.replace("https", "http")}, "url must begin with https://"),
        ({"basis": BASIS.replace("verified: T", "verified: R")}, "verified is 'R'"),
        ({"scoring": "penalty: {low: 5, medium: 2, high: 12, critical: 25}\n"}, "lacks 'strength'"),
        ({"contexts__en": "negated:\n  - {direction: sideways, phrases: [not]}\n"}, "direction is 'sideways'"),
        ({"contexts__en": "negated:\n  - {phrases: [not, not]}\n"}, "'not' is a trigger of 'negated' already"),
        ({"strengths__good": GOOD}, "a rule under strengths has no severity"),
        ({"observations__good": GOOD}, "a rule under observations has no severity"),
    ],
)
def test_the_other_files_of_a_folder_are_as_strict(files: dict[str, str], problem: str, tmp_path: Path) -> None:
    """Word lists, bases, weights and triggers are checked like rules."""
    with pytest.raises(RuleError) as caught:
        build(write_rules(tmp_path, **files))

    assert problem in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A rule file saved in another encoding is named."""
    folder = write_rules(tmp_path)
    (folder / "curative" / "mends.yaml").write_bytes(b"title: M\xe4nds\n")

    with pytest.raises(RuleError, match="not UTF-8"):
        build(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The folder that --rules names must exist."""
    with pytest.raises(RuleError, match="not a folder"):
        read_files([tmp_path / "none"])


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """A folder without a rule file was meant to hold one."""
    (tmp_path / "secret.yaml.txt").write_text(GOOD, "utf-8")

    with pytest.raises(RuleError, match="holds no rule file"):
        read_files([tmp_path])


def write_over(folder: Path, **files: str) -> Path:
    """Write *files* alone into a folder that is to lie over another."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_bases_are_added(tmp_path: Path) -> None:
    """A folder's own bases stand beside those that came with the program, and its rules may rest on both."""
    mine = write_rules(tmp_path / "mine")
    more = GOOD.replace("[us.example]", "[us.example, fr.example]").replace("Says", "Also says")
    over = write_over(tmp_path / "over", basis=BASIS.replace("us.", "fr."), curative__more=more)

    rules = build_rule_set(read_files([mine, over]))

    assert {"fr.example", "us.example"} == set(rules.basis)
    assert ("us.example", "fr.example") == rules.rules[1].basis


def test_bases_belong_to_the_digest(tmp_path: Path) -> None:
    """Two sets of bases are two sets of rules."""
    folders = [write_over(tmp_path / name, basis=BASIS.replace("An", name)) for name in ("one", "two")]
    mine = write_rules(tmp_path / "mine")

    assert 3 == len({digest_files(read_files([mine, *extra])) for extra in ([], folders[:1], folders)})


def test_a_replaced_rule_may_leave_a_list_that_came_with_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever replaces the only rule that uses a built-in list cannot delete that list."""
    shipped = write_rules(tmp_path / "shipped")
    monkeypatch.setattr(loading, "find_rules", lambda: shipped)
    over = write_over(tmp_path / "over", curative__mends=GOOD.replace("{joints}", "knees"))

    rules = build_rule_set(read_files([shipped, over]))

    assert [over / "curative" / "mends.yaml"] == [over / rule.path for rule in rules.rules]
    assert "{joints}" not in str(rules.rules[0].match)


def test_a_later_folder_replaces_files_of_the_same_name(tmp_path: Path) -> None:
    """--rules adds rules or replaces them, without touching those that came with the program."""
    mine = write_rules(tmp_path / "mine")
    over = tmp_path / "over" / "curative"
    over.mkdir(parents=True)
    (over / "mends.yaml").write_text(GOOD.replace("Says that it mends", "Mine"), "utf-8")

    rules = build_rule_set(read_files([mine, tmp_path / "over"]))

    assert ["Mine"] == [rule.title for rule in rules.rules]
