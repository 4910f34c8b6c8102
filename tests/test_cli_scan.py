"""``auditor scan`` and ``auditor verify`` as they are typed: what is said, and how they end."""

from __future__ import annotations

import importlib.util
import json
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import pytest

from auditor.cli.commands import run_command
from auditor.errors import ExitCode
from auditor.scanning import touring
from auditor.scanning.store import open_store
from auditor.scanning.touring import crawl_sites
from tests.web import Site, answer, page, serve

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.scanning.models import Politeness

A, B = "127.0.0.2", "127.0.0.3"
QUICK = ("--allow-private", "--delay", "0", "--retries", "0", "--jobs", "1")


def scan(*arguments: str | Path) -> ExitCode:
    return run_command(["scan", *map(str, arguments)])


@pytest.fixture(name="clinic")
def _clinic(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "clinic.html").write_text(page("Home", "We cure arthritis."), encoding="utf-8")
    return folder


def test_a_scan_says_how_it_went(tmp_path: Path, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Progress goes to standard error, one line a part and a last one on the whole; standard output stays empty."""
    code = scan(clinic, "-o", tmp_path / "run", "--jobs", "1")

    told = capsys.readouterr()
    assert (ExitCode.DONE, "") == (code, told.out)
    last = f"Run complete: {tmp_path / 'run'}: 1 page, 1 assessed, 0 failed; 1 site, 1 assessed."
    assert told.err.splitlines()[-1] == last
    assert "[1/1] 1 page, 0 failed" in told.err


def test_progress_for_programs_is_json(tmp_path: Path, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every step is one JSON object on a line."""
    scan(clinic, "-o", tmp_path / "run", "--jobs", "1", "--progress", "json")

    *lines, _ = capsys.readouterr().err.splitlines()
    step = {"what": str(clinic), "state": "", "pages": 1, "failed": 0, "done": 1, "total": 1}
    assert [step, step | {"what": "page reports"}] == list(map(json.loads, lines))


def test_lines_that_are_wrong_are_named_and_the_rest_is_scanned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each slip is told with its line; a refused one makes the exit code 4, and its columns stay with each site."""
    with serve({A: {"/": page("Home", "We cure arthritis.")}}) as web:
        listed = tmp_path / "list.csv"
        listed.write_text(f"url,name,region\n{web.url(A)},Lumora,North\n,,\nno address,x,y\n", encoding="utf-8")
        code = scan(listed, "-o", tmp_path / "run", *QUICK)

    told = capsys.readouterr().err
    assert code == ExitCode.SOME_NOT_ASSESSED
    assert "line 3: '': the line is blank: passed over" not in told
    assert "line 3" in told
    assert "line 4: 'no address': there are spaces in the address" in told


@pytest.mark.parametrize(("good", "code"), [(0, ExitCode.NOT_ASSESSED), (1, ExitCode.SOME_NOT_ASSESSED)])
def test_sites_that_fail_are_told_by_the_exit_code(tmp_path: Path, good: int, code: ExitCode) -> None:
    """One site that could not be had is 3, some of several are 4."""
    gone = {"*": answer("404 Not Found")}
    with serve({A: gone, B: {"/": page("Home", "We cure arthritis.")}}) as web:
        listed = tmp_path / "list.txt"
        listed.write_text("\n".join(map(web.url, (A, B)[: good + 1])), encoding="utf-8")

        assert code == scan(listed, "-o", tmp_path / "run", "-q", *QUICK)


def test_a_list_comes_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is a list that comes through a pipe."""
    with serve({A: {"/": page("Home", "We cure arthritis.")}}) as web:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(web.url(A).encode())))

        assert ExitCode.DONE == scan("-", "-o", tmp_path / "run", "-q", *QUICK)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list.txt",), "name what to scan and --output, or a run to --update"),
        (("-o", "run"), "name what to scan and --output, or a run to --update"),
        (("gone.txt", "-o", "run"), "gone.txt: the list cannot be read, No such file or directory: check the path"),
        (("x", "-o", "run", "--include", "("), "( is no regular expression"),
        (("x", "-o", "run", "--since", "yesterday"), "write a day as 2031-03-14"),
        (("x", "-o", "run", "--no-robots", "because"), "say in two words or more why, for the record"),
        (("x", "-o", "run", "--exclude-rule", "no/such"), "there is no rule no/such"),
        (("--update", "."), "is not the folder of a run"),
        (
            ("--update", ".", "--pages", "3", "--include", "x"),
            "--update visits a run as it was scanned before: leave --pages, --include out",
        ),
        (("", "-o", "run"), "a list is empty; name a file, a folder or an address"),
        (("x", "-o", "run", "--since", ""), "write a day as 2031-03-14"),
        (("x", "-o", "run", "--delay", "nan"), "this is no number"),
        (("x", "-o", "run", "--timeout", "nan"), "this is no number"),
        (("x", "-o", "run", "--user-agent", "a\nb"), "use printable ASCII characters"),
        (("x", "-o", "run", "--user-agent", "ü"), "use printable ASCII characters"),
        (("x", "-o", "run", "--language", "english"), "use a code of two or three letters"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    """A wrong command line ends with 2 and one line, and nothing is made."""
    monkeypatch.chdir(tmp_path)

    code = scan(*arguments)

    (line,) = capsys.readouterr().err.splitlines()
    assert (ExitCode.USAGE, True) == (code, told in line)
    assert [] == list(tmp_path.iterdir())


def test_how_many_sites_are_crawled_at_once_may_be_another_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes nothing that is found, so it may be said when a scan is gone on with and when it is visited again."""
    crawled: list[int] = []

    async def crawl(*given: Any, politeness: Politeness, **how: Any) -> None:
        crawled.append(politeness.sites)
        await crawl_sites(*given, politeness=politeness, **how)

    monkeypatch.setattr(touring, "crawl_sites", crawl)
    with serve({A: {"/": page("Home", "We cure arthritis.")}}) as web:
        how = ("-q", "--jobs", "1")
        assert ExitCode.DONE == scan(web.url(A), "-o", tmp_path / "run", *QUICK, "--sites", "3", *how)
        assert ExitCode.DONE == scan(web.url(A), "-o", tmp_path / "run", *QUICK, "--sites", "5", *how)
        assert ExitCode.DONE == scan("--update", tmp_path / "run", "--sites", "7", *how)
        assert ExitCode.DONE == scan("--update", tmp_path / "run", *how)

    assert [3, 7, 16] == crawled


def test_a_page_is_scanned_as_a_page(tmp_path: Path, clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is a page and no list is read as a saved page, whatever it is called."""
    (clinic / "noted.txt").write_text(page("Home", "We cure lupus."), encoding="utf-8")
    monkeypatch.chdir(clinic)

    assert ExitCode.DONE == scan("clinic.html", "noted.txt", "-o", tmp_path / "run", "-q", "--jobs", "1")

    connection = open_store(tmp_path / "run", reading=True)
    rows = connection.execute("SELECT url, state FROM pages ORDER BY page").fetchall()
    connection.close()
    assert [("clinic.html", "assessed"), ("noted.txt", "assessed")] == [tuple(row) for row in rows]
    assert ExitCode.DONE == scan("--update", tmp_path / "run", "-q", "--jobs", "1")


def test_a_page_on_standard_input_is_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes through a pipe and is a page is told, and what to do with it."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(page("Home").encode())))

    assert ExitCode.USAGE == scan("-", "-o", tmp_path / "run")
    assert "standard input is a page and no list" in capsys.readouterr().err


def test_progress_and_the_last_line_count_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pages that were never asked for, such as those that robots.txt forbids, are in neither number."""
    robots = answer("200 OK", "User-agent: *\nDisallow: /private", {"Content-Type": "text/plain"})
    links = ["/a", "/private", "/gone"]
    site: Site = {"/robots.txt": robots, "/": page("Home", "We cure arthritis.", links), "/a": page("A")}
    with serve({A: site}) as web:
        (tmp_path / "list.txt").write_text(web.url(A), encoding="utf-8")
        scan(tmp_path / "list.txt", "-o", tmp_path / "run", *QUICK)
        first = capsys.readouterr().err.splitlines()
        scan(tmp_path / "list.txt", "-o", tmp_path / "run", *QUICK)
        again = capsys.readouterr().err.splitlines()

    assert any("3 pages, 1 failed" in line for line in first[:-1])
    assert all("3 pages, 2 assessed, 1 failed; 1 site, 1 assessed." in lines[-1] for lines in (first, again))


def test_the_exit_code_is_the_same_every_time(tmp_path: Path) -> None:
    """A line that named no site makes the code 4 on the first visit, when asked again, and on every update."""
    with serve({A: {"/": page("Home", "We cure arthritis.")}}) as web:
        listed = tmp_path / "list.txt"
        listed.write_text(f"{web.url(A)}\nno address\n", encoding="utf-8")
        codes = [scan(listed, "-o", tmp_path / "run", "-q", *QUICK) for _ in range(2)]
        codes.append(scan("--update", tmp_path / "run", "-q", "--jobs", "1"))

    assert [ExitCode.SOME_NOT_ASSESSED] * 3 == codes


def test_a_list_that_names_no_site_tells_what_is_wrong_with_each_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is begun, and whoever wrote the list learns why."""
    (tmp_path / "list.txt").write_text("ask@clinic.example\nour clinic\n", encoding="utf-8")

    assert ExitCode.USAGE == scan(tmp_path / "list.txt", "-o", tmp_path / "run", *QUICK)
    told = capsys.readouterr().err
    assert all(f"line {number}:" in told for number in (1, 2))
    assert "the list names no site" in told
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_is_no_list(tmp_path: Path, capsys: pytest.CaptureFixture[str], start: bytes) -> None:
    """Whoever gives one learns what to do, and not that thousands of its lines are no addresses."""
    (tmp_path / "list.csv").write_bytes(start + b"\n" * 5000)

    assert ExitCode.USAGE == scan(tmp_path / "list.csv", "-o", tmp_path / "run", *QUICK)
    assert 1 == len(told := capsys.readouterr().err.splitlines())
    assert "list.csv is a workbook and no list: save it as CSV" in told[0]


def test_lists_together_name_a_site_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A site that stands in two lists is one site, told with both places, and nothing that either says is lost."""
    with serve({A: {"/": page("Home", "We cure arthritis."), "/branch": page("Branch")}}) as web:
        (tmp_path / "a.csv").write_text(f"url,name,case_ref\n{web.url(A)},Lumora,C-1\n", encoding="utf-8")
        (tmp_path / "b.csv").write_text(f"url,case_ref,area\n{web.url(A, '/branch')},C-9,North\n", encoding="utf-8")
        code = scan(tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "run", *QUICK)

    told = capsys.readouterr().err
    connection = open_store(tmp_path / "run", reading=True)
    (columns,) = connection.execute("SELECT columns FROM sites").fetchone()
    pages = [row["state"] for row in connection.execute("SELECT state FROM pages ORDER BY page")]
    connection.close()
    assert code == ExitCode.DONE
    assert f"b.csv, line 2: '{web.url(A, '/branch')}': the site {A}:{web.port} stands on line 2 of" in told
    assert {"name": "Lumora", "case_ref": "C-1; C-9", "area": "North"}.items() <= json.loads(columns).items()
    assert ["assessed", "assessed"] == pages


def test_pages_that_are_named_twice_are_read_once(tmp_path: Path, clinic: Path) -> None:
    """A folder again, or a page that lies in it, brings no page a second time."""
    scan(clinic, clinic, clinic / "clinic.html", "-o", tmp_path / "run", "-q", "--jobs", "1")

    connection = open_store(tmp_path / "run", reading=True)
    assert [("clinic.html", "assessed")] == [tuple(row) for row in connection.execute("SELECT url, state FROM pages")]
    connection.close()


def test_a_run_among_the_pages_is_no_page(tmp_path: Path, clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a scan wrote into the folder that it scanned is not judged by the next visit, and alone is nothing to judge."""
    codes = [
        scan(clinic, "-o", clinic / "run", "-q", "--jobs", "1"),
        scan("--update", clinic / "run", "-q", "--jobs", "1"),
    ]

    connection = open_store(clinic / "run", reading=True)
    assert ["clinic.html"] * 2 == [url for (url,) in connection.execute("SELECT url FROM pages ORDER BY page")]
    connection.close()
    assert [ExitCode.DONE] * 2 == codes
    assert ExitCode.NOT_ASSESSED == scan(clinic / "run", "-o", tmp_path / "other", "--jobs", "1")


def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the libraries of the extra a scan says which extra to install."""
    found = importlib.util.find_spec
    monkeypatch.setattr("auditor.cli.scan.find_spec", lambda name: None if name == "warcio" else found(name))

    code = scan("x", "-o", tmp_path / "run")

    assert ExitCode.USAGE == code
    assert (
        "auditor scan needs warcio: install the extra with pip install 'clinic-auditor[scan]'"
        in capsys.readouterr().err
    )


def test_captures_are_exported_beside_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A package is written into another folder; into the run itself nothing may be added."""
    with serve({A: {"/": page("Home", "We cure arthritis.")}}) as web:
        listed = tmp_path / "list.txt"
        listed.write_text(web.url(A), encoding="utf-8")
        scan(listed, "-o", tmp_path / "run", "-q", *QUICK)
    run = str(tmp_path / "run")

    inside = run_command(["export", run, "--format", "wacz", "-o", f"{run}/out"])
    outside = run_command(["export", run, "--format", "wacz", "-o", str(tmp_path / "out")])

    assert (ExitCode.USAGE, ExitCode.DONE) == (inside, outside)
    assert (tmp_path / "out" / "captures.wacz").is_file()
    assert run_command(["verify", run]) == ExitCode.DONE


def test_a_folder_without_a_manifest_cannot_be_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was never sealed is no run that is whole."""
    assert ExitCode.USAGE == run_command(["verify", str(tmp_path)])
    assert "holds no manifest.json" in capsys.readouterr().err
