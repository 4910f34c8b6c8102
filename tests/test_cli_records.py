"""The commands that work from records: forms in one run, ``report``, ``diff`` and ``letter``, and their mistakes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import click
import pytest

from auditor.cli import run_command
from auditor.cli.letter import letter_command
from auditor.cli.options import locale_option
from auditor.cli.outputs import FORMS
from auditor.errors import ExitCode
from auditor.reporting.catalogue import LOCALES
from auditor.reporting.letters import CHANNELS, KINDS
from auditor.reporting.record import render_json, to_record
from tests.factories import audit, finding, page, rich_audit, unassessed_audit
from tests.test_cli import CLAIM, EMPTY, Run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="run")
def _run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a folder that holds two pages, an empty one, and records."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clinic.html").write_text(CLAIM, "utf-8")
    (tmp_path / "other.html").write_text(CLAIM.replace("arthritis", "gout"), "utf-8")
    (tmp_path / "empty.html").write_text(EMPTY, "utf-8")
    (tmp_path / "rich.json").write_text(render_json(rich_audit()), "utf-8")
    (tmp_path / "poor.json").write_text(render_json(audit(finding("We cure knees."))), "utf-8")
    (tmp_path / "none.json").write_text(render_json(unassessed_audit()), "utf-8")
    both = [
        to_record(rich_audit()),
        to_record(audit(finding("We cure knees."), page=page(url="https://knees.example/"))),
    ]
    (tmp_path / "both.jsonl").write_text("".join(json.dumps(record) + "\n" for record in both), "utf-8")

    def run(*arguments: str) -> Run:
        code = run_command(arguments)
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table by the names of their columns."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


class TestForms:
    """``auditor audit`` in several forms at once."""

    OUTPUTS = (
        "--json-output",
        "a.json",
        "--csv-output",
        "a.csv",
        "--markdown-output",
        "a.md",
        "--sarif-output",
        "a.sarif",
    )

    def test_every_form_of_one_page_is_written(self, run: Any, tmp_path: Path) -> None:
        """One run leaves the report and each file that was named."""
        assert ExitCode.DONE == run("audit", "clinic.html", "-o", "out", "-q", *self.OUTPUTS).code

        record = json.loads((tmp_path / "a.json").read_text("utf-8"))
        rows = read_rows(tmp_path / "a.csv")
        log = json.loads((tmp_path / "a.sarif").read_text("utf-8"))
        assert len(record["findings"]) + len(record["strengths"]) == len(rows) == len(log["runs"][0]["results"])
        assert (tmp_path / "a.md").read_text("utf-8").startswith("# Audit: Lumora Clinic")
        assert 1 == len(list((tmp_path / "out").iterdir()))

    def test_several_pages_share_a_file(self, run: Any, tmp_path: Path) -> None:
        """Each form is one file for all pages, what could not be had and what was not assessed among them."""
        got = run("audit", "clinic.html", "gone.html", "empty.html", "other.html", "-o", "out", "-q", *self.OUTPUTS)

        rows = read_rows(tmp_path / "a.csv")
        log = json.loads((tmp_path / "a.sarif").read_text("utf-8"))
        assert ExitCode.SOME_NOT_ASSESSED == got.code
        assert ["clinic.html", "gone.html", "empty.html", "other.html"] == list(
            dict.fromkeys(row["page"] for row in rows)
        )
        assert 3 == len((tmp_path / "a.json").read_text("utf-8").splitlines())
        assert 3 == (tmp_path / "a.md").read_text("utf-8").count("# Audit: ") == len(log["runs"][0]["artifacts"])
        assert 2 == len(log["runs"][0]["invocations"][0]["toolExecutionNotifications"])

    def test_an_earlier_run_leaves_nothing(self, run: Any, tmp_path: Path) -> None:
        """A file is begun anew, and not added to."""
        for _ in range(2):
            run("audit", "clinic.html", "other.html", "-o", "out", "-q", *self.OUTPUTS)

        assert 2 == len((tmp_path / "a.json").read_text("utf-8").splitlines())
        assert 1 == (tmp_path / "a.csv").read_text("utf-8").count("page,title,")

    @pytest.mark.parametrize(
        ("form", "head"), [("csv", "page,title,"), ("markdown", "# Audit: "), ("sarif", '{\n "$schema"')]
    )
    def test_a_form_can_be_printed(self, run: Any, form: str, head: str) -> None:
        """The form, and nothing else, goes to standard output."""
        one = run("audit", "clinic.html", "-o", "out", "--format", form)
        two = run("audit", "clinic.html", "other.html", "-o", "out", "--format", form)

        assert one.out.startswith(head)
        assert two.out.startswith(head)
        assert 1 == one.out.count("page,title,") + (form != "csv")
        assert len(two.out) > len(one.out)

    def test_the_law_that_is_cited_can_be_chosen(self, run: Any, tmp_path: Path) -> None:
        """The choice stands in the record, and the report says it."""
        run("audit", "clinic.html", "-o", "r.html", "--json-output", "a.json", "-q", "--jurisdiction", "UK, de")
        text = (tmp_path / "r.html").read_text("utf-8")

        assert ["uk", "de"] == json.loads((tmp_path / "a.json").read_text("utf-8"))["jurisdictions"]
        assert "Only those of United Kingdom and Germany are cited, as was asked" in text
        assert "United States, source" not in text
        assert "United Kingdom, source" in text

    def test_the_language_can_be_chosen(self, run: Any, tmp_path: Path) -> None:
        """Report and summary are in the language asked for."""
        got = run("audit", "clinic.html", "-o", "r.html", "--locale", "de")

        assert "Belege zur Prüfung, kein Urteil." in got.out
        assert '<html lang="de">' in (tmp_path / "r.html").read_text("utf-8")

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (("--jurisdiction", "us,xx"), "there is no law of xx here; known are ae, au, br"),
            (("--jurisdiction", ","), "there is no law of nowhere here"),
            (("--locale", "fr"), "'fr' is not one of 'en', 'de', 'es'"),
            (("--csv-output", "x", "--sarif-output", "x"), "--csv-output and --sarif-output name the same file"),
            (
                ("-o", "x.csv"),
                "--output takes the HTML report; use --format or --json-output for the record, and so for",
            ),
            (("--capture-only", "--csv-output", "x"), "--capture-only makes no audit"),
            (("--markdown-output", "clinic.html"), "a report cannot be written over its own source"),
        ],
    )
    def test_what_cannot_be_asked_for_is_told(self, run: Any, arguments: tuple[str, ...], problem: str) -> None:
        """One sentence says what is wrong."""
        got = run("audit", "clinic.html", *arguments)

        assert ExitCode.USAGE == got.code
        assert problem in got.err
        assert 1 == got.err.count("\n")


class TestReport:
    """``auditor report``: from the record alone."""

    def test_a_report_lands_in_reports(self, run: Any, tmp_path: Path) -> None:
        """It has the name that the audit gave it."""
        run("audit", "clinic.html", "--json-output", "a.json", "-q")
        (first,) = (tmp_path / "reports").iterdir()
        before = first.read_bytes()
        first.unlink()
        got = run("report", "a.json")

        assert (ExitCode.DONE, "", f"Report: reports/{first.name}\n") == (got.code, got.out, got.err)
        assert before == first.read_bytes()

    def test_several_records_make_several_reports(self, run: Any, tmp_path: Path) -> None:
        """Each in the folder that is named."""
        assert ExitCode.DONE == run("report", "both.jsonl", "-o", "out").code
        assert 2 == len(list((tmp_path / "out").iterdir()))

    @pytest.mark.parametrize("form", ["terminal", "json", "markdown", "csv", "sarif"])
    @pytest.mark.parametrize("name", ["rich.json", "both.jsonl", "none.json"])
    def test_other_forms_are_printed(self, run: Any, form: str, name: str, tmp_path: Path) -> None:
        """Without ``-o`` on standard output, with it to the file."""
        printed = run("report", name, "--format", form)
        written = run("report", name, "--format", form, "-o", "out")

        assert (ExitCode.DONE, "") == (printed.code, printed.err)
        assert printed.out.encode() == (tmp_path / "out").read_bytes()
        assert (written.out, written.err) == ("", "Report: out\n")

    def test_json_gives_the_record_back(self, run: Any, tmp_path: Path) -> None:
        """To the byte, but for what was chosen anew."""
        assert (tmp_path / "rich.json").read_text("utf-8") == run("report", "rich.json", "--format", "json").out
        assert (
            '"jurisdictions": [\n  "de"\n ]'
            in run("report", "rich.json", "--format", "json", "--jurisdiction", "de").out
        )

    def test_a_template_of_ones_own(self, run: Any, tmp_path: Path) -> None:
        """It replaces ours; a mistake in it has its place."""
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "report.html").write_text("<p>{{ title }}", "utf-8")
        run("report", "rich.json", "--template", "mine", "-o", "r.html")
        (tmp_path / "mine" / "report.md").write_text("\n{{ nothing_such }}", "utf-8")
        got = run("report", "rich.json", "--template", "mine", "--format", "markdown")

        assert "<p>Lumora Institute – the end of cirrhosis" == (tmp_path / "r.html").read_text("utf-8")
        assert (ExitCode.USAGE, "auditor: mine/report.md:2: 'nothing_such' is undefined\n") == (got.code, got.err)

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (("gone.json",), "gone.json: cannot be read: No such file or directory"),
            (("clinic.html",), "clinic.html: is no JSON; a record comes from auditor audit --json-output"),
            (("both.jsonl", "-o", "r.html"), "one report holds one page; for several, let --output name a folder"),
            (
                ("rich.json", "--format", "csv", "--template", "."),
                "--template is for html and markdown; csv has no template",
            ),
        ],
    )
    def test_mistakes_are_told(self, run: Any, arguments: tuple[str, ...], problem: str) -> None:
        """One sentence, and the exit code for usage."""
        got = run("report", *arguments)

        assert ExitCode.USAGE == got.code
        assert problem in got.err
        assert 1 == got.err.count("\n")


class TestDiff:
    """``auditor diff``: two records of a page."""

    def test_what_changed_is_printed(self, run: Any) -> None:
        """Findings alone never make an exit code, nor does a change."""
        got = run("diff", "rich.json", "poor.json")

        assert (ExitCode.DONE, "") == (got.code, got.err)
        assert "The score rose from 34 to 80." in got.out
        assert "No longer found: 7 red flags" in got.out
        assert "\033" not in got.out

    @pytest.mark.parametrize(
        ("form", "head"), [("html", "<!DOCTYPE html>"), ("json", '{\n "format": "clinic-auditor/diff"')]
    )
    def test_other_forms(self, run: Any, form: str, head: str, tmp_path: Path) -> None:
        """On standard output, or in a file."""
        got = run("diff", "rich.json", "none.json", "--format", form)
        run("diff", "rich.json", "none.json", "--format", form, "-o", "d")

        assert got.out.startswith(head)
        assert got.out == (tmp_path / "d").read_text("utf-8")

    def test_the_record_of_a_comparison_is_documented_by_its_parts(self, run: Any) -> None:
        """Old, new, what to know first, score, findings, strengths, texts."""
        made = json.loads(run("diff", "rich.json", "poor.json", "--format", "json").out)

        assert [
            "format",
            "format_version",
            "old",
            "new",
            "cautions",
            "score",
            "findings",
            "strengths",
            "texts",
        ] == list(made)

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (
                ("rich.json", "both.jsonl"),
                "both.jsonl: holds 2 records; a comparison takes one page and the same page later",
            ),
            (("rich.json", "poor.json", "--template", "."), "--template is for html; terminal has no template"),
            (("rich.json", "clinic.html"), "clinic.html: is no JSON"),
        ],
    )
    def test_mistakes_are_told(self, run: Any, arguments: tuple[str, ...], problem: str) -> None:
        """One sentence, and the exit code for usage."""
        got = run("diff", *arguments)

        assert ExitCode.USAGE == got.code
        assert problem in got.err


class TestLetter:
    """``auditor letter``: drafts."""

    def test_a_draft_is_printed(self, run: Any) -> None:
        """In Markdown, and nothing is sent."""
        got = run("letter", "rich.json", "--kind", "complaint", "--to", "uk-asa", "--findings", "1, safety/no-risk")

        assert (ExitCode.DONE, "") == (got.code, got.err)
        assert got.out.startswith("# Draft for review: complaint about an advertisement\n\n**Not sent.")
        assert "### 2. " in got.out
        assert "### 3. " not in got.out

    def test_a_draft_is_written(self, run: Any, tmp_path: Path) -> None:
        """As HTML too, to a file."""
        got = run("letter", "rich.json", "--kind", "right-of-reply", "--format", "html", "-o", "l.html")

        assert "Draft: l.html\n" == got.err
        assert "<h1>Draft for review: request for a reply</h1>" in (tmp_path / "l.html").read_text("utf-8")

    def test_a_record_of_many_can_be_named(self, run: Any) -> None:
        """By its number in the file."""
        assert "knees" in run("letter", "both.jsonl", "--page", "2", "--kind", "complaint").out

    def test_a_template_of_ones_own(self, run: Any, tmp_path: Path) -> None:
        """For all complaints, or for those to one body."""
        (tmp_path / "mine" / "letters").mkdir(parents=True)
        (tmp_path / "mine" / "letters" / "complaint-us-fda.md").write_text(
            "# {{ channel.name }}: {{ issues|length }}", "utf-8"
        )
        command = ("letter", "rich.json", "--kind", "complaint", "--template", "mine", "--to")

        assert run(*command, "us-fda").out.startswith("# Food and Drug Administration")
        assert run(*command, "us-ftc").out.startswith("# Draft for review")

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (("rich.json",), "Missing option '--kind'"),
            (("rich.json", "--kind", "right-of-reply", "--to", "uk-asa"), "a right of reply goes to the publisher of the page; leave --to out"),
            (("rich.json", "--kind", "complaint", "--to", "uk-asa", "--findings", "1,2,3,4"), "uk-asa takes at most 3 issues, and 4 are named"),
            (("rich.json", "--kind", "complaint", "--findings", "8"), "there is no finding 8; the report numbers them from 1 to 7"),
            (("both.jsonl", "--kind", "complaint"), "both.jsonl: holds 2 records; name one by --page"),
            (("both.jsonl", "--kind", "complaint", "--page", "3"), "both.jsonl: holds 2 records, so there is no page 3"),
            (("none.json", "--kind", "complaint"), "none.json: holds no finding that a letter could be about"),
        ],
    )  # fmt: skip
    def test_mistakes_are_told(self, run: Any, arguments: tuple[str, ...], problem: str) -> None:
        """One sentence, and the exit code for usage."""
        got = run("letter", *arguments)

        assert ExitCode.USAGE == got.code
        assert problem in got.err
        assert 1 == got.err.count("\n")


def _read_choices(command: Any, name: str) -> tuple[str, ...]:
    option = next(option for option in command.params if option.name == name)
    assert isinstance(option.type, click.Choice)
    return tuple(option.type.choices)


def test_the_choices_are_those_that_exist() -> None:
    """The command line names them without importing the rooms that know them."""

    @click.command()
    @locale_option
    def command(locale: str) -> None:
        """Take a language."""

    assert tuple(LOCALES) == _read_choices(command, "locale")
    assert tuple(KINDS) == _read_choices(letter_command, "kind")
    assert tuple(CHANNELS) == _read_choices(letter_command, "to")
    assert ("json", "csv", "markdown", "sarif") == FORMS
