"""The command: what it prints where, what it writes, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

import auditor
from auditor.cli import run_command
from auditor.cli.audit import LEVELS
from auditor.cli.auditing import combine_codes
from auditor.cli.commands import commands
from auditor.errors import ExitCode
from auditor.judging import folders, lint_rules, rules
from auditor.judging import test_rules as check_rules
from auditor.models import CATEGORIES, Severity
from auditor.pipeline import read_example
from auditor.reporting.templating import find_cache
from tests.rulefolders import GOOD, write_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(auditor.__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORDS = "Our doctors have worked with joints for many years and answer every question before a visit. "
CLAIM = f"<html lang=en><title>Lumora Clinic</title><body><h1>Lumora Clinic</h1><p>Our cells cure arthritis for good. <p>{WORDS * 9}"
EMPTY = "<html lang=en><title>Nothing</title><body></body></html>"


@dataclass(frozen=True)
class Run:
    """What one run of the command gave."""

    code: int
    out: str
    err: str


@pytest.fixture(name="run")
def _run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    (tmp_path / "clinic.html").write_text(CLAIM, encoding="utf-8")
    (tmp_path / "other.html").write_text(CLAIM.replace("arthritis", "gout"), encoding="utf-8")
    (tmp_path / "empty.html").write_text(EMPTY, encoding="utf-8")

    def run(*arguments: str) -> Run:
        """Run the command; names in braces stand for files in the test's folder."""
        code = run_command([argument.replace("{", f"{tmp_path}/").replace("}", "") for argument in arguments])
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


def start(*arguments: str, cwd: Path, **more: Any) -> subprocess.Popen[str]:
    """Start the command as a process of its own in the folder *cwd*, with the rules that this one has built already."""
    auditor.load_rules()
    kept = {"XDG_CACHE_HOME": str(find_cache().parent)}
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(cwd), **kept, **more.pop("env", {})}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    command = [sys.executable, "-m", "auditor", *arguments]
    return subprocess.Popen(command, cwd=cwd, env=environment, text=True, encoding="utf-8", **pipes)


def finish(process: subprocess.Popen[str], text: str | None = None) -> Run:
    """Wait for *process*, which reads *text*."""
    out, err = process.communicate(text, timeout=300)
    return Run(process.returncode, out or "", err or "")


class TestAudit:
    """``auditor audit`` on pages that can be audited."""

    def test_a_summary_is_printed_and_a_report_is_written(self, run: Any, tmp_path: Path) -> None:
        """Data goes to standard output, the place of the report to standard error."""
        got = run("audit", "{clinic.html}", "-o", "{out}")

        (report,) = (tmp_path / "out").iterdir()
        assert ExitCode.DONE == got.code
        assert f"Report: {report}\n" == got.err
        assert "Lumora Clinic" in got.out
        assert "Our cells cure arthritis for good." in got.out
        assert "Our cells cure arthritis for good." in re.sub(r"<[^>]+>", "", report.read_text(encoding="utf-8"))

    def test_reports_land_in_reports(self, run: Any, tmp_path: Path) -> None:
        """Without ``--output`` the report lands in ``reports/`` of the present folder."""
        assert run  # it makes the pages
        got = finish(start("audit", "clinic.html", cwd=tmp_path))

        (report,) = (tmp_path / "reports").iterdir()
        assert (0, f"Report: reports/{report.name}\n") == (got.code, got.err)

    def test_a_report_may_be_named(self, run: Any, tmp_path: Path) -> None:
        """``-o`` takes the name of a file, whose folder is made."""
        got = run("audit", "{clinic.html}", "--output", "{deep/report.html}")

        assert ExitCode.DONE == got.code
        assert (tmp_path / "deep" / "report.html").is_file()

    def test_a_report_of_the_same_name_is_replaced(self, run: Any, tmp_path: Path) -> None:
        """The same page has one report, however often it is audited."""
        for _ in range(2):
            run("audit", "{clinic.html}", "-o", "{out}")

        assert 1 == len(list((tmp_path / "out").iterdir()))

    def test_json_is_printed(self, run: Any) -> None:
        """``--format json`` prints the record and nothing else."""
        got = run("audit", "{clinic.html}", "--format", "json", "-o", "{out}")

        record = json.loads(got.out)
        assert "Lumora Clinic" == record["document"]["facts"]["title"]
        assert "Our cells cure arthritis for good." in [
            evidence["quote"] for finding in record["findings"] for evidence in finding["evidence"]
        ]

    def test_several_records_are_lines(self, run: Any, tmp_path: Path) -> None:
        """Of several pages each record is one line, on standard output and in the file."""
        got = run(
            "audit", "{clinic.html}", "{other.html}", "--format", "json", "--json-output", "{all.jsonl}", "-o", "{out}"
        )

        lines = got.out.splitlines()
        assert ["clinic.html", "other.html"] == [Path(json.loads(line)["page"]["source"]).name for line in lines]
        assert lines == (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()

    def test_html_is_printed(self, run: Any, tmp_path: Path) -> None:
        """``--format html`` prints the report; a file is only written if one is named."""
        got = run("audit", "{clinic.html}", "--format", "html")
        also = run("audit", "{clinic.html}", "--format", "html", "-o", "{report.html}")

        assert got.out.startswith("<!DOCTYPE html>")
        assert also.out == (tmp_path / "report.html").read_text(encoding="utf-8")

    def test_several_pages_end_in_a_count(self, run: Any) -> None:
        """Every page has its summary, and a last line counts them."""
        got = run("audit", "{clinic.html}", "{empty.html}", "{missing.html}", "-o", "{out}")

        assert "3 pages: 1 assessed, 2 not assessed." == got.out.splitlines()[-1]
        assert "[2/3] " in got.err
        assert "missing.html: there is no such file: check the path\n" in got.err

    def test_a_folder_stands_for_its_pages(self, run: Any, tmp_path: Path) -> None:
        """A folder is audited page by page, each with a report of its own."""
        run("audit", "{}", "-o", "{out}")

        assert 3 == len(list((tmp_path / "out").iterdir()))

    def test_reports_are_no_pages(self, run: Any, tmp_path: Path) -> None:
        """A folder that holds the reports of the last run, under whatever name, is audited without them."""
        for folder in ("{out}", "{more}"):
            got = run("audit", "{}", "-o", folder)

        first = min((tmp_path / "out").iterdir())
        assert f"Left out, as reports of this program: 3, such as {first}\n" in got.err
        assert 3 == len(list((tmp_path / "more").iterdir()))

    def test_quiet_says_nothing(self, run: Any) -> None:
        """``--quiet`` leaves only what goes wrong."""
        got = run("audit", "{clinic.html}", "--quiet", "-o", "{out}")

        assert Run(ExitCode.DONE, "", "") == got

    def test_quiet_says_nothing_of_several_pages(self, run: Any) -> None:
        """Not even a blank line between pages is left."""
        got = run("audit", "{clinic.html}", "{other.html}", "--quiet", "-o", "{out}")

        assert Run(ExitCode.DONE, "", "") == got

    def test_quiet_still_says_why_a_page_is_not_assessed(self, run: Any) -> None:
        """The reason is said where no summary says it."""
        got = run("audit", "{empty.html}", "--quiet", "-o", "{out}")

        assert (ExitCode.NOT_ASSESSED, "") == (got.code, got.out)
        assert "empty.html: not assessed: " in got.err

    def test_a_rule_can_be_left_out(self, run: Any) -> None:
        """``--exclude-rule`` takes a rule's findings out of the record."""
        before = json.loads(run("audit", "{clinic.html}", "--format", "json", "-o", "{out}").out)
        ids = [finding["rule"]["id"] for finding in before["findings"]]

        after = json.loads(
            run("audit", "{clinic.html}", "--format", "json", "-o", "{out}", "--exclude-rule", ids[0]).out
        )

        assert ids[0] not in [finding["rule"]["id"] for finding in after["findings"]]

    def test_low_findings_can_be_left_out(self, run: Any) -> None:
        """``--severity`` leaves findings at or above a level."""
        got = run("audit", "{clinic.html}", "--format", "json", "-o", "{out}", "--severity", "HIGH")

        assert {"high", "critical"} >= {finding["severity"] for finding in json.loads(got.out)["findings"]}

    def test_standard_input_is_audited(self, tmp_path: Path) -> None:
        """A dash takes the page from a pipe, as what ``--type`` says it is."""
        got = finish(
            start("audit", "-", "--type", "text", "--format", "json", cwd=tmp_path), "Our cells cure gout.\n" * 9
        )

        record = json.loads(got.out)
        assert ("-", "text/plain") == (record["page"]["source"], record["page"]["media_type"])
        assert ["stdin"] == [path.name.partition("-")[0] for path in (tmp_path / "reports").iterdir()]

    def test_standard_input_is_called_by_its_name(self, tmp_path: Path) -> None:
        """Where a person reads it, a dash is no name for a page."""
        several = finish(start("audit", "-", "missing.html", "--type", "text", cwd=tmp_path), "Our cells cure gout.\n")
        alone = finish(start("audit", "-", "--quiet", cwd=tmp_path), "")

        assert several.out.startswith("standard input\n")
        assert "[1/2] standard input\n" in several.err
        assert alone.err.startswith("auditor: standard input: not assessed: ")

    def test_colour_is_for_terminals(self, run: Any) -> None:
        """What goes into a pipe or a file is plain."""
        assert "\x1b" not in run("audit", "{clinic.html}", "-o", "{out}").out

    def test_the_report_is_opened(self, run: Any, tmp_path: Path) -> None:
        """``--open`` hands the report to the browser."""
        assert run  # it makes the pages
        browser = {"BROWSER": f"{sys.executable} -c \"import sys; open('seen', 'w').write(sys.argv[1])\" %s"}
        got = finish(start("audit", "clinic.html", "--open", "-o", "out", cwd=tmp_path, env=browser))

        (report,) = (tmp_path / "out").iterdir()
        assert (0, report.as_uri()) == (got.code, (tmp_path / "seen").read_text(encoding="utf-8"))


class TestCaptures:
    """Pages that are kept, and audited again."""

    def test_a_page_is_kept_and_audited(self, run: Any, tmp_path: Path) -> None:
        """``--save-page`` keeps the page's bytes beside its audit."""
        got = run("audit", "{clinic.html}", "--save-page", "{kept}", "-o", "{out}")

        (kept,) = (tmp_path / "kept").glob("*.html")
        assert CLAIM == kept.read_text(encoding="utf-8")
        assert f"Page: {kept}\n" in got.err

    def test_a_capture_is_no_audit(self, run: Any, tmp_path: Path) -> None:
        """``--capture-only`` keeps the page and makes no report."""
        got = run("audit", "{clinic.html}", "--capture-only", "--save-page", "{kept}")

        assert (ExitCode.DONE, "") == (got.code, got.out)
        assert 2 == len(list((tmp_path / "kept").iterdir()))

    def test_a_capture_is_audited_as_what_it_was(self, run: Any, tmp_path: Path) -> None:
        """A capture, named by either of its files, is the page that was received."""
        run("audit", "{clinic.html}", "--capture-only", "--save-page", "{kept}")
        source = str(tmp_path / "clinic.html")

        for path in (tmp_path / "kept").iterdir():
            record = json.loads(run("audit", str(path), "--format", "json", "-o", "{out}").out)
            assert source == record["page"]["source"]


class TestExitCodes:
    """What the exit status means."""

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["{clinic.html}"], ExitCode.DONE),
            (["{clinic.html}", "--fail-on", "low"], ExitCode.THRESHOLD),
            (["{clinic.html}", "--min-score", "100"], ExitCode.THRESHOLD),
            (["{clinic.html}", "--min-score", "0"], ExitCode.DONE),
            (["{empty.html}"], ExitCode.NOT_ASSESSED),
            (["{empty.html}", "--min-score", "50"], ExitCode.NOT_ASSESSED),
            (["{missing.html}"], ExitCode.NOT_ASSESSED),
            (["{missing.html}", "--fail-on", "low"], ExitCode.NOT_ASSESSED),
            (["{clinic.html}", "{other.html}"], ExitCode.DONE),
            (["{clinic.html}", "{missing.html}"], ExitCode.SOME_NOT_ASSESSED),
            (["{missing.html}", "{empty.html}"], ExitCode.SOME_NOT_ASSESSED),
            (["{clinic.html}", "{missing.html}", "--fail-on", "low"], ExitCode.THRESHOLD),
            (["{clinic.html}", "--fail-on", "sometimes"], ExitCode.USAGE),
        ],
        ids=lambda value: " ".join(value).replace("{", "").replace("}", "") if isinstance(value, list) else value.name,
    )
    def test_the_exit_code_says_how_it_went(self, run: Any, arguments: list[str], code: ExitCode) -> None:
        """Findings alone are no failure; what was asked to be one is."""
        assert code == run("audit", *arguments, "-o", "{out}").code

    @pytest.mark.parametrize(
        ("codes", "combined"),
        [
            ((), ExitCode.DONE),
            ((ExitCode.DONE,), ExitCode.DONE),
            ((ExitCode.NOT_ASSESSED,), ExitCode.NOT_ASSESSED),
            ((ExitCode.NOT_ASSESSED, ExitCode.NOT_ASSESSED), ExitCode.SOME_NOT_ASSESSED),
            ((ExitCode.NOT_ASSESSED, ExitCode.THRESHOLD), ExitCode.THRESHOLD),
        ],
    )
    def test_codes_are_combined(self, codes: tuple[ExitCode, ...], combined: ExitCode) -> None:
        """A breach is certain, whatever else could not be assessed."""
        assert combined == combine_codes(codes)

    def test_a_breach_is_explained(self, run: Any) -> None:
        """What breached which threshold is said on standard error."""
        got = run("audit", "{clinic.html}", "--fail-on", "high", "--quiet", "-o", "{out}")

        assert got.err.endswith("clinic.html: has a finding at or above high (--fail-on)\n")


class TestMistakes:
    """Every mistake is one sentence on standard error, without a traceback."""

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["audit"], "Missing argument 'SOURCE...'"),
            (["audit", ""], "a source is empty"),
            (["audit", "{clinic.html}", "--exclude-rule", "curative/cure-claims"], "there is no rule curative/cure-claims;"),
            (["audit", "{clinic.html}", "--type", "html"], "--type tells what standard input holds, so - must be a source"),
            (["audit", "{clinic.html}", "--severity", "high", "--fail-on", "low"], "--fail-on low looks at what is listed, and --severity high lists less"),
            (["audit", "{clinic.html}", "--capture-only", "--fail-on", "low"], "--capture-only makes no audit"),
            (["audit", "{clinic.html}", "-o", "{report.json}"], "--output takes the HTML report"),
            (["audit", "{clinic.html}", "-o", "-"], "--output takes the HTML report"),
            (["audit", "{clinic.html}", "-o", "{clinic.html}"], "a report cannot be written over its own source"),
            (["audit", "{}", "-o", "{}"], "reports would be written among their sources"),
            (["audit", "{clinic.html}", "-o", "{a.html}", "--json-output", "{a.html}"], "--output and --json-output name the same file"),
            (["audit", "{clinic.html}", "{other.html}", "-o", "{a.html}"], "one report holds one page"),
            (["audit", "{}", "--format", "html"], "one report holds one page"),
            (["audit", "{clinic.html}", "--min-score", "101"], "101 is not in the range"),
            (["audit", "{clinic.html}", "--timeout", "0"], "use a number of seconds above 0"),
            (["audit", "{clinic.html}", "--timeout", "inf"], "use a number of seconds above 0"),
            (["audit", "{clinic.html}", "--timeout", "nan"], "use a number of seconds above 0"),
            (["audit", "{clinic.html}", "--user-agent", "a\nb"], "use printable ASCII characters"),
            (["audit", "{clinic.html}", "--language", "english"], "use a code of two or three letters"),
            (["audit", "{clinic.html}", "--rules", "{nowhere}"], "does not exist"),
            (["audit", "{clinic.html}", "-o", "{clinic.html/out}"], "cannot write"),
            (["audit", "{clinic.html}", "--json-output", "{clinic.html/all.json}", "-o", "{out}"], "cannot write"),
            (["audit", "{clinic.html}", "--save-page", "{clinic.html/kept}", "-o", "{out}"], "could not be kept in"),
            (["rules", "show", "curative/nothing"], "there is no rule curative/nothing;"),
            (["rules", "explain"], "No such command 'explain'"),
            (["audti"], "No such command 'audti'"),
            (["--colour"], "No such option"),
        ],
        ids=lambda value: " ".join(value).replace("{", "").replace("}", "") if isinstance(value, list) else "",
    )  # fmt: skip
    def test_a_mistake_is_one_sentence(self, run: Any, arguments: list[str], sentence: str) -> None:
        """The sentence says what is wrong, and the exit code is that of a wrong command line."""
        got = run(*arguments)

        assert (ExitCode.USAGE, "") == (got.code, got.out)
        assert [True] == [sentence in line for line in got.err.splitlines() if line.startswith("auditor: ")]
        assert "Traceback" not in got.err

    def test_a_wrong_rule_is_shown_with_its_line(self, run: Any, tmp_path: Path) -> None:
        """A mistake in a rule file is told with file and line, and nothing is audited."""
        (tmp_path / "own" / "hype").mkdir(parents=True)
        (tmp_path / "own" / "hype" / "loud.yaml").write_text("title: Shouts\ncolour: red\n", encoding="utf-8")

        got = run("audit", "{clinic.html}", "--rules", "{own}", "-o", "{out}")

        assert ExitCode.USAGE == got.code
        assert re.match(r"auditor: \S+/own/hype/loud\.yaml:\d: ", got.err)
        assert not (tmp_path / "out").exists()

    def test_names_of_files_cannot_act(self, run: Any, tmp_path: Path) -> None:
        """Control characters and changes of direction in a name reach neither terminal nor report name."""
        name = "a\x1b[2J\x07\u202eb.html"
        (tmp_path / name).write_text(CLAIM, encoding="utf-8")

        got = run("audit", "{" + name + "}", "{missing\x1b[2J.html}", "-o", "{out}")

        assert not set("\x1b\x07\u202e") & set(got.out + got.err)
        assert not set("\x1b\x07\u202e") & set("".join(path.name for path in (tmp_path / "out").iterdir()))


class TestEnds:
    """Runs that end before their time."""

    def test_ctrl_c_keeps_what_was_done(self, run: Any, tmp_path: Path) -> None:
        """An interrupted run says how far it came and leaves the reports that were made."""
        assert run  # it makes the pages
        # A shell that starts the tests in the background has them ignore the signal, and children inherit that.
        restore = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        process = start("audit", "clinic.html", "-", cwd=tmp_path, preexec_fn=restore)
        assert process.stderr
        while "[2/2]" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        got = finish(process)

        assert ExitCode.INTERRUPTED == got.code
        assert "auditor: interrupted after 1 of 2; what was written is kept\n" == got.err
        assert 1 == len(list((tmp_path / "reports").iterdir()))

    def test_a_reader_may_leave(self, tmp_path: Path) -> None:
        """A pipe that nobody reads any more is no error."""
        reader, writer = os.pipe()
        os.close(reader)
        process = start("rules", "list", cwd=tmp_path, stdout=writer)
        os.close(writer)

        assert Run(ExitCode.DONE, "", "") == finish(process)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
    def test_a_full_disk_is_one_sentence(self, tmp_path: Path) -> None:
        """Standard output on a full disk ends in one sentence."""
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            got = finish(start("rules", "list", cwd=tmp_path, stdout=full))

        assert Run(ExitCode.USAGE, "", "auditor: cannot write standard output: No space left on device\n") == got

    def test_output_that_speaks_no_unicode_is_taken(self, run: Any, tmp_path: Path) -> None:
        """A terminal that knows only ASCII gets escapes, not a traceback."""
        assert run  # it makes the pages
        got = finish(start("audit", "clinic.html", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"}))

        assert ExitCode.DONE == got.code
        assert got.out.isascii()


@pytest.fixture(name="own")
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the place of a rule of the user's own, over a small folder instead of the rules that come with the program."""
    shipped = write_rules(tmp_path / "shipped")
    for module in (folders, rules):
        monkeypatch.setattr(module, "find_rules", lambda: shipped)
    path = tmp_path / "own" / "curative" / "made-whole.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(GOOD.replace("Says that it mends", "Says that it makes whole"), encoding="utf-8")
    return path


class TestRules:
    """``auditor rules``."""

    def test_rules_are_listed(self, run: Any) -> None:
        """Every rule is one line that begins with its id."""
        ids = [rule.id for rule in auditor.load_rules().rules]

        assert ids == [line.split()[0] for line in run("rules", "list").out.splitlines()]
        assert ids == [rule["id"] for rule in json.loads(run("rules", "list", "--format", "json").out)]

    def test_a_rule_is_shown(self, run: Any) -> None:
        """A rule is shown with its reason, its basis and where that can be read."""
        rules = auditor.load_rules()
        rule = rules.rules[0]
        basis = rules.basis[rule.basis[0]]

        shown = run("rules", "show", rule.id).out
        record = json.loads(run("rules", "show", rule.id, "--format", "json").out)

        assert {rule.id, "Why it matters", "Basis", f"    {basis.url}"} <= set(shown.splitlines())
        assert (rule.why, basis.url) == (record["why"], record["basis"][0]["url"])

    @pytest.mark.usefixtures("own")
    def test_own_rules_are_added(self, run: Any) -> None:
        """A folder given by ``--rules`` is loaded over the usual one."""
        got = run("rules", "show", "curative/made-whole", "--rules", "{own}")
        tried = run("rules", "test", "--rules", "{own}")

        assert "Says that it makes whole" in got.out
        assert Run(ExitCode.DONE, "1 rule of yours and 1 built-in: no problem found.\n", "") == tried
        assert ExitCode.USAGE == run("rules", "show", "curative/made-whole").code

    def test_a_rule_that_does_not_hold_is_told(self, run: Any, own: Path) -> None:
        """An example that does not do what it should is one line, and the exit code says so."""
        text = own.read_text(encoding="utf-8").replace("flags:\n  en: [", "flags:\n  en: [The weather is fine., ")
        own.write_text(text, encoding="utf-8")

        got = run("rules", "test", "--rules", "{own}")

        assert Run(ExitCode.USAGE, f"{own}: does not flag [en] “The weather is fine.”\n", "") == got

    def test_the_codebook_is_covered(self, run: Any) -> None:
        """Every variable is told, as text and as data."""
        ids = list(auditor.load_rules().codebook)
        told = run("rules", "coverage")
        record = json.loads(run("rules", "coverage", "--format", "json").out)

        assert ids == [variable["id"] for variable in record]
        assert ExitCode.DONE == told.code
        assert "O1 Names the source of the cells or the product" in told.out

    def test_an_empty_folder_of_rules_is_a_mistake(self, run: Any, tmp_path: Path) -> None:
        """Whoever names a folder of rules means to use some."""
        (tmp_path / "own").mkdir()

        got = run("rules", "list", "--rules", "{own}")

        assert (
            Run(
                ExitCode.USAGE,
                "",
                f"auditor: {tmp_path}/own: holds no rule file; a rule is a file such as hype/secret-formula.yaml\n",
            )
            == got
        )


class TestEvaluate:
    """``auditor evaluate``."""

    @pytest.mark.parametrize(
        ("cases", "code"),
        [
            ([{"text": "We talk.", "ok": True}], ExitCode.DONE),
            ([{"text": "We talk.", "ok": True}, {"path": "missing.html", "ok": True}], ExitCode.SOME_NOT_ASSESSED),
            ([{"path": "missing.html", "ok": True}], ExitCode.NOT_ASSESSED),
            ([{"text": "We talk."}], ExitCode.USAGE),
        ],
        ids=["all", "some", "none", "no label"],
    )
    def test_the_exit_code_says_whether_all_could_be_audited(
        self, run: Any, tmp_path: Path, cases: list[dict[str, object]], code: ExitCode
    ) -> None:
        """Cases that are not counted are told by the exit code."""
        (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")

        assert code == run("evaluate", "{corpus.jsonl}").code

    def test_a_run_is_kept_and_compared(self, run: Any, tmp_path: Path) -> None:
        """A run against itself has gained and lost nothing."""
        (tmp_path / "corpus.jsonl").write_text('{"text": "We talk.", "ok": true}', encoding="utf-8")

        run("evaluate", "{corpus.jsonl}", "--save", "{run.json}")
        got = run("evaluate", "{corpus.jsonl}", "--against", "{run.json}")
        record = json.loads(run("evaluate", "{corpus.jsonl}", "--against", "{run.json}", "--format", "json").out)

        assert "Nothing gained or lost." == got.out.splitlines()[-1]
        assert ([], []) == (record["gained"], record["lost"])


def every_command(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield *command* and all commands below it with their names."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from every_command(below, (*path, name))


COMMANDS = dict(every_command(commands))


def describe_option(option: click.Option) -> str:
    """Return the names of *option* and what it takes, as a cell of a Markdown table."""
    takes = option.metavar or ("|".join(option.type.choices) if isinstance(option.type, click.Choice) else "")
    return f"{', '.join(option.opts)} {takes}".strip().replace("|", "\\|")


class TestHelp:
    """What the command says about itself."""

    @pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
    def test_every_command_and_option_has_help(self, run: Any, path: tuple[str, ...]) -> None:
        """``-h`` explains every command, and every option in it."""
        command = COMMANDS[path]
        silent = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]

        got = run(*path, "-h")

        assert [] == silent
        assert (command.help or "").split("\n")[0] in got.out
        assert got == run(*path, "--help")

    def test_levels_are_the_severities(self) -> None:
        """What ``--severity`` and ``--fail-on`` take are the severities, whose module need not be imported for that."""
        assert tuple(level.name.lower() for level in Severity) == LEVELS

    def test_the_version_is_told(self, run: Any) -> None:
        """``--version`` prints name and version."""
        assert Run(ExitCode.DONE, f"auditor {auditor.__version__}\n", "") == run("--version")

    def test_the_bare_command_helps(self, run: Any) -> None:
        """Without a command the help is printed."""
        assert run("--help") == run()
        assert run("rules", "--help") == run("rules")


class TestReadme:
    """README.md says what the program does."""

    def test_options_are_listed(self) -> None:
        """The table of options is that of the command, word for word."""
        rows = [
            f"| `{describe_option(option)}` | {option.help} |"
            for option in COMMANDS["audit",].params
            if isinstance(option, click.Option)
        ]

        assert [] == [row for row in rows if row not in README]

    def test_the_score_is_explained(self) -> None:
        """The numbers in the section on the score are the weights that count."""
        scoring = auditor.load_rules().scoring
        told = " ".join(README.partition("## The score")[2].partition("\n## ")[0].split())
        costs = ", ".join(f"{scoring.penalty[level]} for {level}" for level in reversed(LEVELS))
        limits = ", ".join(f"from {lowest} {letter}" for lowest, letter, _ in scoring.grades[1:-1])

        assert f"its gravest finding costs: {costs};" in told
        assert f"give {scoring.strength} points each back, but at most half" in told
        assert (50, f"at most {scoring.strength_cap}.") == (
            scoring.strength_share,
            re.findall(r"at most \d+\.", told)[0],
        )
        assert f"From {scoring.grades[0][0]} the grade is A, {limits}, and below that E." in told

    def test_categories_are_listed(self) -> None:
        """Whoever writes a rule reads here which folders there are."""
        told = README.partition("Its folder is its category")[2].partition("\n")[0]

        assert list(CATEGORIES) == re.findall("`([a-z]+)`", told)

    def test_the_example_of_a_rule_is_a_good_rule(self, tmp_path: Path) -> None:
        """The rule in the section on rules passes what it says that a rule must pass."""
        (text,) = re.findall(r"^```yaml\n(.+?)^```", README, flags=re.MULTILINE | re.DOTALL)
        path = tmp_path / text.split()[1]
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        rules = auditor.load_rules(extra=[tmp_path / "my-rules"])
        only = replace(rules, rules=tuple(rule for rule in rules.rules if rule.id == "hype/secret-formula"))

        assert 1 == len(only.rules)
        assert [] == [*check_rules(only, read_example), *lint_rules(only)]

    def test_exit_codes_are_listed(self) -> None:
        """The table of exit codes is the enum."""
        rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", README, flags=re.MULTILINE)

        assert [(str(int(code)), code.name) for code in ExitCode] == rows

    def test_commands_are_listed(self) -> None:
        """Every command is named with what it does."""
        rows = [
            f"| `auditor {' '.join(path)}` | {(command.help or '').splitlines()[0]} |"
            for path, command in COMMANDS.items()
            if path and not isinstance(command, click.Group)
        ]

        assert [] == [row for row in rows if row not in README]
