"""A folder takes the export of one run: of that one again and again, of another never."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError
from auditor.pipeline import load_default_rules
from auditor.scanning.claiming import MARK, TABLES, claim_folder
from auditor.scanning.exporting import list_tables
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.store import open_store
from tests.runs import hash_files
from tests.web import page

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


def make_run(folder: Path, name: str) -> Path:
    """Scan one saved page called *name*."""
    (folder / name).write_text(page("Home", "We cure arthritis."), encoding="utf-8")
    scan(Order(saved=(str(folder / name),)), folder / f"{name}-run", jobs=1, now=lambda: MOMENT, page_reports="none")
    return folder / f"{name}-run"


def test_the_same_run_is_exported_again(tmp_path: Path) -> None:
    """Also after a further visit: what was exported before is what its reader wants renewed."""
    run = make_run(tmp_path, "lumora.html")
    claim_folder(run, tmp_path / "out")
    (tmp_path / "out" / "sites.csv").write_text("kept", encoding="utf-8")
    scan(None, run, jobs=1, now=lambda: MOMENT, page_reports="none")

    claim_folder(run, tmp_path / "out")

    assert "kept" == (tmp_path / "out" / "sites.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [MARK, "sites.csv", "captures.wacz", "findings.parquet"])
def test_another_run_is_refused(name: str, tmp_path: Path) -> None:
    """What may be another's is not written over, also where nothing says whose it is."""
    run = make_run(tmp_path, "lumora.html")
    if name == MARK:
        claim_folder(make_run(tmp_path, "veridian.html"), tmp_path / "out")
    else:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / name).write_text("", encoding="utf-8")

    with pytest.raises(AuditorError) as caught:
        claim_folder(run, tmp_path / "out")

    assert str(caught.value) == (
        f"{tmp_path / 'out'} holds the export of another run: name another folder, or take that one away first"
    )


@pytest.mark.parametrize("name", ["lumora.html-run", "veridian.html-run", "veridian.html-run/tables/new", "link/new"])
def test_a_folder_in_a_run_is_refused(name: str, tmp_path: Path) -> None:
    """What is added to a run, this one or another, breaks its seal."""
    run = make_run(tmp_path, "lumora.html")
    other = make_run(tmp_path, "veridian.html")
    (tmp_path / "link").symlink_to(other)
    before = hash_files(tmp_path)

    with pytest.raises(AuditorError) as caught:
        claim_folder(run, tmp_path / name)

    assert str(caught.value) == (
        f"{tmp_path / name} lies in a run, where nothing may be added: name another folder by --output"
    )
    assert hash_files(tmp_path) == before


def test_other_files_are_no_obstacle(tmp_path: Path) -> None:
    """A folder may hold what no export writes, such as the list and the run itself."""
    claim_folder(make_run(tmp_path, "lumora.html"), tmp_path)

    assert (tmp_path / MARK).exists()


def test_every_table_is_known_by_name(tmp_path: Path) -> None:
    """The names by which an export is known are those of its tables."""
    connection = open_store(make_run(tmp_path, "lumora.html"), reading=True)

    assert sorted(TABLES) == sorted(table.name for table in list_tables(connection, load_default_rules()))
    connection.close()
