"""The tables of a run: complete, in order, the same in every form, and nothing in them a formula."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from auditor.cli.commands import commands, run_command
from auditor.errors import AuditorError, ExitCode
from auditor.pipeline import load_default_rules
from auditor.scanning.exporting import FORMS, export_run
from auditor.scanning.manifest import write_manifest
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.store import close_store, open_store
from tests.runs import hash_files

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = '=HYPERLINK("https://evil.example","x")'
PAGES = {
    "lumora/index.html": "<html lang=en><title>Lumora Clinic</title><body><h1>Stem cells</h1>"
    "<p>Our stem cell therapy cures arthritis for good, and it has no side effects.</p>"
    "<p>Book your treatment today: only three places are left this month.</p>",
    "lumora/about.html": f"<html lang=en><title>{HOSTILE}</title><body><p>=1+1 guaranteed to cure diabetes permanently.</p>",
    "veridian/index.html": "<html lang=en><title>Veridian</title><body><p>We treat knees. Call us on 555 0100 to ask.</p>",
    "empty/index.html": "",
}


def now() -> datetime:
    """Return the moment at which every run of these tests is made."""
    return datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run of some saved pages, as if a list with hostile columns had named the sites."""
    folder = tmp_path_factory.mktemp("saved")
    for name, html in PAGES.items():
        path = folder / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    scan(Order(saved=(str(folder / "pages"),)), folder / "run", jobs=1, now=now)
    connection = open_store(folder / "run")
    connection.execute(
        "UPDATE sites SET name = ?1, columns = ?2 WHERE site = 'lumora'",
        (HOSTILE, json.dumps({"name": HOSTILE, "case_ref": "+7", "=cmd|x": "@SUM(1)", "note\n": "<b>"})),
    )
    close_store(connection)
    write_manifest(folder / "run", about={}, inputs={})
    return folder / "run"


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_form_holds_the_same_rows(run: Path, tmp_path: Path) -> None:
    """CSV, JSON lines and Parquet hold the same tables with the same rows."""
    rules = load_default_rules()
    for form in FORMS:
        export_run(run, tmp_path / form, form, rules)

    names = sorted(path.stem for path in (tmp_path / "csv").iterdir())
    assert names == ["changes", "codebook", "findings", "mistakes", "networks", "pages", "prevalence", "sites"]
    for name in names:
        rows = read_jsonl(tmp_path / "jsonl" / f"{name}.jsonl")
        assert pyarrow.parquet.read_table(tmp_path / "parquet" / f"{name}.parquet").to_pylist() == rows
        assert len(read_csv(tmp_path / "csv" / f"{name}.csv")) == len(rows)


def test_every_quotation_is_a_row(run: Path, tmp_path: Path) -> None:
    """A row of findings says what was read where, and stands alone."""
    export_run(run, tmp_path, "jsonl", load_default_rules())
    quoted = [row for row in read_jsonl(tmp_path / "findings.jsonl") if row["words"]]

    cure = next(row for row in quoted if row["site"] == "lumora" and "arthritis for good" in row["quotation"])
    assert cure["url"] == "lumora/index.html"
    assert cure["capture"].endswith("pages/lumora/index.html")
    assert cure["retrieved"]
    assert cure["severity"] in ("medium", "high", "critical")
    assert cure["section"] == "Stem cells"
    assert cure["case_ref"] == "+7"
    assert len(cure["fingerprint"]) == 16


def test_what_is_missing_stands_once_a_site(run: Path, tmp_path: Path) -> None:
    """An absence is a row of its site, not of each of its pages."""
    export_run(run, tmp_path, "jsonl", load_default_rules())
    missing = [(row["site"], row["rule"]) for row in read_jsonl(tmp_path / "findings.jsonl") if row["scope"] == "site"]

    assert missing
    assert len(missing) == len(set(missing))


def test_no_site_is_missing(run: Path, tmp_path: Path) -> None:
    """A site that could not be read is a row too, with the reason."""
    export_run(run, tmp_path, "jsonl", load_default_rules())
    sites = {row["site"]: row for row in read_jsonl(tmp_path / "sites.jsonl")}

    assert sites.keys() == {"lumora", "veridian", "empty"}
    assert sites["empty"]["state"] != "assessed"
    assert sites["empty"]["reason"]


def test_the_matrix_is_of_0_1_and_na(run: Path, tmp_path: Path) -> None:
    """The codebook is a row a site and a column a variable: 1 found, 0 not found, NA not looked for."""
    rules = load_default_rules()
    export_run(run, tmp_path, "csv", rules)
    rows = {row["site"]: row for row in read_csv(tmp_path / "codebook.csv")}

    coded = [rows["lumora"][variable] for variable in rules.codebook]
    assert set(coded) == {"0", "1"}
    assert {rows["empty"][variable] for variable in rules.codebook} == {"NA"}


def test_no_cell_is_a_formula(run: Path, tmp_path: Path) -> None:
    """Whatever pages and list say, no cell of a spreadsheet begins as a formula does, and no name of a column either."""
    export_run(run, tmp_path, "csv", load_default_rules())

    for path in tmp_path.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert cells
        assert [] == [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_the_same_run_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    """Two exports of a run are alike byte for byte, in every form."""
    rules = load_default_rules()
    for form in FORMS:
        export_run(run, tmp_path / "one" / form, form, rules)
        export_run(run, tmp_path / "two" / form, form, rules)

    assert hash_files(tmp_path / "one") == hash_files(tmp_path / "two")


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_leaves_the_table_that_was_there(
    run: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table is written whole or not at all, and the one that cannot be written is named."""
    assert 0 == run_command(["export", str(run), "-o", str(tmp_path), "--format", form, "--quiet"])
    before = hash_files(tmp_path)
    (tmp_path / f".findings.{form}.part").symlink_to("/dev/full")

    code = run_command(["export", str(run), "-o", str(tmp_path), "--format", form])

    assert (code, hash_files(tmp_path)) == (ExitCode.USAGE, before)
    told = capsys.readouterr().err
    assert f"cannot write {tmp_path / f'findings.{form}'}: " in told
    assert "No space left on device" in told


@pytest.mark.parametrize(
    ("where", "problem"),
    [("run/tables", "lies in a run"), ("elsewhere", "not the folder of a run")],
)
def test_mistakes_are_told(run: Path, tmp_path: Path, where: str, problem: str) -> None:
    """A folder within the run would break its seal, and a folder without a run has nothing to tell."""
    source = run if where.startswith("run") else tmp_path
    with pytest.raises(AuditorError, match=problem):
        commands.main(["export", str(source), "-o", str(run.parent / where)], standalone_mode=False)


def test_the_command_says_where_the_tables_are(run: Path, tmp_path: Path) -> None:
    """The command ends with 0 and prints a line a table."""
    result = CliRunner().invoke(commands, ["export", str(run), "-o", str(tmp_path / "out")], standalone_mode=False)

    assert result.return_value == 0
    assert len(result.stdout.splitlines()) == 8
