"""What the options of ``auditor audit`` ask for: what cannot be asked for together is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditor.cli.wishes import Wishes, find_contradiction, names_file
from auditor.models import Severity


def wish(*sources: str, **fields: Any) -> str | None:
    return find_contradiction(Wishes(sources=sources or ("clinic.html",), **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"output": Path("out"), "annotated_output": Path("out")},
        {"output": Path("a.html"), "annotated_output": Path("b.html"), "pdf": Path("a.pdf"), "json_output": Path("a.json")},
        {"fail_on": Severity.HIGH, "severity": Severity.HIGH},
        {"capture_only": True, "save_page": Path("captures")},
        {"sources": ("-",), "media_type": "text/plain"},
        {"sources": ("https://lumora.example/", "clinic.html"), "browser": True},
    ],
)  # fmt: skip
def test_what_can_be_asked_for_is_no_contradiction(fields: dict[str, Any]) -> None:
    """Annotated pages may lie in one folder with their reports, and every other form beside them."""
    assert wish(*fields.pop("sources", ()), **fields) is None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"sources": ("clinic.html", "")}, "a source is empty; name a page, a file or a folder"),
        ({"media_type": "text/plain"}, "--type tells what standard input holds, so - must be a source"),
        ({"fail_on": Severity.LOW, "severity": Severity.HIGH}, "--fail-on low looks at what is listed, and --severity high lists less"),
        ({"capture_only": True, "min_score": 0}, "--capture-only makes no audit, so there is nothing to report or to fail on"),
        ({"capture_only": True, "stdout_format": "json"}, "--capture-only makes no audit, so there is nothing to report or to fail on"),
        ({"capture_only": True, "pdf": Path("a.pdf")}, "--capture-only makes no audit, so there is nothing to report or to fail on"),
        ({"output": Path("a.json")}, "--output takes the HTML report; use --format or --json-output for the record, and so for other forms"),
        ({"output": Path("-")}, "--output takes the HTML report; use --format or --json-output for the record, and so for other forms"),
        ({"browser": True}, "--browser runs the scripts of pages that are fetched, so an address must be a source"),
        ({"json_output": Path("a"), "csv_output": Path("./a")}, "--json-output and --csv-output name the same file"),
        ({"output": Path("a.html"), "annotated_output": Path("a.html")}, "--output and --annotated-output name the same file"),
        ({"sources": ("a.html",), "output": Path("a.html")}, "a report cannot be written over its own source"),
        ({"sources": ("reports",)}, "reports would be written among their sources in reports; name another folder by --output"),
        ({"sources": ("pages",), "output": Path("pages")}, "a report cannot be written over its own source"),
    ],
)  # fmt: skip
def test_a_contradiction_is_one_sentence(
    fields: dict[str, Any], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which options, and what they would do to each other."""
    monkeypatch.chdir(tmp_path)

    assert told == wish(*fields.pop("sources", ()), **fields)


def test_reports_among_their_sources_are_refused(tmp_path: Path) -> None:
    """They would be read as pages the next time; what is only captured is no report."""
    folder = str(tmp_path)

    assert f"reports would be written among their sources in {folder}; name another folder by --output" == wish(
        folder, output=tmp_path
    )
    assert wish("reports", capture_only=True) is None


def test_a_file_is_named_by_its_ending(tmp_path: Path) -> None:
    """A folder may be called like a report."""
    (tmp_path / "old.html").mkdir()

    assert [True, True, False, False, False] == [
        names_file(path) for path in (Path("a.html"), Path("a.HTM"), Path("out"), tmp_path / "old.html", None)
    ]
