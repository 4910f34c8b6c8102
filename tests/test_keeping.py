"""What is written has a name that is safe, and is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from auditor.keeping import name_report, write_file
from tests.factories import page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"url": "https://lumora.example/stem-cells/?a=1#top"}, "lumora.example-stem-cells-a-1-top"),
        ({"url": None, "source": "folder/My Page (2).html"}, "my-page-2"),
        ({"url": None, "source": "-"}, "stdin"),
        ({"url": None, "source": "../../etc/passwd"}, "passwd"),
        ({"url": None, "source": "诊所.html"}, "page"),
        ({"url": None, "source": "a\x1b[31m\u202eb.html"}, "a-31m-b"),
        ({"url": "https://lumora.example/" + "x" * 500}, "lumora.example-" + "x" * 65),
        ({"url": "lumora.example/knees"}, "lumora.example-knees"),
    ],
    ids=[
        "address",
        "file",
        "standard input",
        "climbing",
        "other script",
        "control characters",
        "long",
        "no scheme",
    ],
)
def test_a_report_is_named_for_its_page(fields: dict[str, Any], expected: str) -> None:
    """The name tells the page in plain letters and ends in a mark that belongs to it alone."""
    name = name_report(page(**fields))

    stem, _, mark = name.removesuffix(".html").rpartition("-")
    assert (expected, 8) == (stem, len(mark))


def test_another_page_has_another_name() -> None:
    """Two files of one name, and two states of one page, have reports of their own."""
    pages = [
        page("<p>One", url=None, source="a/index.html"),
        page("<p>One", url=None, source="b/index.html"),
        page("<p>Two", url=None, source="a/index.html"),
    ]

    assert 3 == len({name_report(made) for made in pages})
    assert name_report(pages[0]) == name_report(pages[0])


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Folders are made, an old file is replaced, and nothing else is left behind."""
    path = tmp_path / "new" / "report.html"
    write_file(path, "old and long")
    write_file(path, "new – one\n")

    assert "new – one\n".encode() == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_lines_are_added(tmp_path: Path) -> None:
    """What is appended keeps what was there."""
    for line in ("one\n", "two\n"):
        write_file(tmp_path / "records.jsonl", line, append=True)

    assert "one\ntwo\n" == (tmp_path / "records.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("append", [True, False])
def test_what_cannot_be_written_is_named(tmp_path: Path, *, append: bool) -> None:
    """An error names the file that was asked for, and leaves no part of it."""
    (tmp_path / "report.html").mkdir()

    with pytest.raises(OSError, match=r"report\.html"):
        write_file(tmp_path / "report.html", "words", append=append)

    assert [tmp_path / "report.html"] == list(tmp_path.iterdir())
