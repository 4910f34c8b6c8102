"""What ``auditor audit`` puts beside a report: the annotated page, pictures, the PDF."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from auditor.cli import run_command
from auditor.errors import ExitCode
from tests.browsers import needs_browser, require_browser
from tests.test_sources_browser import serve

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<!DOCTYPE html><html lang=en><title>Knees</title><h1>Our stem cells cure arthritis</h1>
<p>We guarantee results. 100% safe, with no side effects, in as little as 14 days, for everybody who comes to us.</p>
<p>Our clinic has helped very many patients with pain in their knees and hips to walk and to dance again.</p>
<p>Every treatment begins with a talk and an examination, and costs 4,000 euros; we write to your doctor what was done.</p>
<p>You find us in the house behind the station, on the second floor, from Monday to Friday between eight and six.</p>"""


@pytest.fixture(name="here", autouse=True)
def go_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds one page."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "knees & co.html").write_text(PAGE)
    return tmp_path


def find_links(path: Path) -> set[Path]:
    """Return the files that the page at *path* leads to."""
    found = re.findall(r'<a [^>]*?href="([^"#:]+\.(?:html|png))', path.read_text())
    return {(path.parent / unquote(link.replace("&amp;", "&"))).resolve() for link in found}


@pytest.mark.parametrize(
    ("output", "annotated"),
    [("out", "out"), ("out", "other/place"), ("out/r e.html", "marked & kept.html"), ("out/a.html", "out/b.html")],
)
def test_report_and_annotated_page_lead_to_each_other(here: Path, output: str, annotated: str) -> None:
    """Wherever the two are put, under whatever names, their links find the other."""
    code = run_command(["audit", "knees & co.html", "-q", "-o", output, "--annotated-output", annotated])
    written = {path for path in here.rglob("*.html") if path.name != "knees & co.html"}

    assert ExitCode.DONE is code
    assert 2 == len(written)
    for path in written:
        assert written - {path} == find_links(path)


def test_of_several_pages_each_is_annotated(here: Path) -> None:
    """With a folder to go to, every page has its own."""
    (here / "hips.html").write_text(PAGE.replace("Knees", "Hips"))
    code = run_command(["audit", "knees & co.html", "hips.html", "-q", "-o", "out", "--annotated-output", "out"])

    assert ExitCode.DONE is code
    assert 2 == len(list((here / "out").glob("*.annotated.html")))


def test_without_being_asked_nothing_lies_beside_the_report(here: Path) -> None:
    """A plain audit writes one file, and its report does not speak of another."""
    run_command(["audit", "knees & co.html", "-q", "-o", "out"])
    (report,) = (here / "out").iterdir()

    assert set() == find_links(report)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--browser"], "an address must be a source"),
        (["-o", "a.html", "--annotated-output", "a.html"], "--output and --annotated-output name the same file"),
        (["--pdf", "a.pdf", "--json-output", "a.pdf"], "--json-output and --pdf name the same file"),
        (["hips.html", "--pdf", "a.pdf"], "hold one page"),
        (["hips.html", "--annotated-output", "a.html"], "hold one page"),
        (["--capture-only", "--screenshot"], "--capture-only makes no audit"),
        (["--capture-only", "--annotated-output", "out"], "--capture-only makes no audit"),
        (["--paper", "a5", "--pdf", "a.pdf"], "a5"),
    ],
)
def test_what_cannot_be_is_one_sentence(here: Path, arguments: list[str], problem: str, capsys: Any) -> None:
    """What contradicts itself is refused before anything is written."""
    (here / "hips.html").write_text(PAGE)

    assert ExitCode.USAGE is run_command(["audit", "knees & co.html", *arguments])
    assert problem in capsys.readouterr().err
    assert {"knees & co.html", "hips.html"} == {path.name for path in here.iterdir()}


@pytest.mark.parametrize("arguments", [["--pdf", "a.pdf"], ["--screenshot"]])
def test_a_missing_browser_is_told_first(arguments: list[str], here: Path, monkeypatch: Any, capsys: Any) -> None:
    """Without a Chromium nothing is audited that could not be finished."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setitem(sys.modules, "playwright.async_api", type("module", (), {"async_playwright": None}))

    assert ExitCode.USAGE is run_command(["audit", "knees & co.html", *arguments])
    assert "no Chromium is on the PATH" in capsys.readouterr().err
    assert not (here / "reports").exists()


@needs_browser
def test_pictures_are_evidence(here: Path) -> None:
    """The record names each picture with its digest, and report and annotated page lead to them."""
    require_browser()
    arguments = [
        "-q",
        "-o",
        "out",
        "--annotated-output",
        "notes",
        "--screenshot",
        "--json-output",
        "record.json",
        "--pdf",
        "report.pdf",
    ]
    code = run_command(["audit", "knees & co.html", *arguments])
    record = json.loads((here / "record.json").read_text())
    pictures = {(here / "out" / item["path"]).resolve(): item for item in record["screenshots"]}
    report, annotated = next((here / "out").glob("*.html")), next((here / "notes").glob("*.html"))

    assert ExitCode.DONE is code
    assert len(pictures) > 3
    assert [item["sha256"] for item in pictures.values()] == [
        sha256(path.read_bytes()).hexdigest() for path in pictures
    ]
    assert set(pictures) == set((here / "out").resolve().rglob("*.png"))
    assert set(pictures) <= find_links(report)
    assert set(list(pictures)[1:]) <= find_links(annotated)
    assert (here / "report.pdf").read_bytes().startswith(b"%PDF-")


@needs_browser
def test_a_page_that_scripts_fill_is_audited_and_kept(here: Path) -> None:
    """What was judged is kept, with the digest of what was received, and audited again it gives the same."""
    require_browser()
    script = f"document.write({json.dumps(PAGE)})"
    with serve({"/": "<div id=app></div><script src=/fill.js></script>", "/fill.js": script}) as (address, _):
        code = run_command(
            [
                "audit",
                f"{address}/",
                "-q",
                "-o",
                "out",
                "--browser",
                "--allow-private",
                "--save-page",
                "kept",
                "--json-output",
                "a.json",
            ]
        )
    again = run_command(["audit", "kept", "-q", "-o", "again", "--json-output", "b.json"])
    first, second = (json.loads((here / name).read_text()) for name in ("a.json", "b.json"))

    assert (ExitCode.DONE, ExitCode.DONE) == (code, again)
    assert first["page"]["rendering"]["received_sha256"] != first["page"]["sha256"]
    assert first["page"]["rendering"] == second["page"]["rendering"]
    assert (
        [item["rule"]["id"] for item in first["findings"]] == [item["rule"]["id"] for item in second["findings"]] != []
    )
    assert "ran the page’s scripts" in next((here / "out").glob("*.html")).read_text()


@needs_browser
def test_ctrl_c_ends_the_browser_too(here: Path) -> None:
    """Interrupted, the program says so, and no process of its browser is left."""
    require_browser()
    # A shell that starts the tests in the background has them ignore the signal, and children inherit that.
    restore = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with serve({"/": "<script src=/endless.js></script>", "/endless.js": "while (true) {}"}) as (address, asked):
        process = subprocess.Popen(
            [sys.executable, "-m", "auditor", "audit", f"{address}/", "--browser", "--allow-private"],
            stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=here, preexec_fn=restore,  # noqa: PLW1509 - nothing else runs
        )  # fmt: skip
        while process.poll() is None and "/endless.js" not in asked:
            time.sleep(0.02)
        time.sleep(0.5)  # the script is handed over and runs
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)

    assert (ExitCode.INTERRUPTED, True) == (process.returncode, "interrupted" in told), told
    assert "Traceback" not in told
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (left := list_session(process.pid)):
        time.sleep(0.2)
    assert [] == left


def list_session(session: int) -> list[str]:
    """Return the processes of a session that still run."""
    listed = subprocess.run(["ps", "-eo", "sid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [row[2] for row in rows if int(row[0]) == session and not row[1].startswith("Z")]
