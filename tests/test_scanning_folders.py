"""The folder of a run, and the pieces that saved pages are read in: nothing left out, nothing read twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.errors import AuditorError, SourceError
from auditor.models import Failure
from auditor.scanning.folders import PART_SIZE, attempt_parts, hold_run, list_parts
from auditor.sources.warc import read_pages
from tests.archives import Record, write_wacz, write_warc
from tests.runs import hash_files

if TYPE_CHECKING:
    from pathlib import Path


def number_pages(count: int) -> list[Record]:
    return [Record(f"https://lumora.example/{number}") for number in range(count)]


# --- who holds a run ---------------------------------------------------------------------------


def test_a_run_is_held_by_one(tmp_path: Path) -> None:
    """The folder is made; while it is held another is refused in one sentence, and afterwards not, also after a failure."""
    with hold_run(tmp_path / "run"):
        with pytest.raises(AuditorError, match="another scan is at work in"):
            hold_run(tmp_path / "run").__enter__()
        assert (tmp_path / "run").is_dir()

    with pytest.raises(ZeroDivisionError), hold_run(tmp_path / "run"):
        1 / 0  # noqa: B018
    with hold_run(tmp_path / "run"):
        assert [] == list((tmp_path / "run").iterdir())


def test_a_run_that_was_begun_is_held_again(tmp_path: Path) -> None:
    """A folder with a store is a run, whatever else lies in it."""
    (tmp_path / "run.sqlite").touch()
    (tmp_path / "note.txt").touch()

    with hold_run(tmp_path):
        assert ["note.txt", "run.sqlite"] == sorted(hash_files(tmp_path))


@pytest.mark.parametrize(
    ("name", "told"),
    [("letter.txt", "is a file, and a run needs a folder"), (".", "is not empty and holds no run"), ("letter.txt/run", "is a file")],
)  # fmt: skip
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, name: str, told: str) -> None:
    """Nothing is written among other files, nor over one, nor under one."""
    (tmp_path / "letter.txt").write_text("Dear clinic", encoding="utf-8")
    before = hash_files(tmp_path)

    with pytest.raises(AuditorError, match=told):
        hold_run(tmp_path / name).__enter__()

    assert before == hash_files(tmp_path)


# --- the parts of saved pages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "parts"), [(0, 1), (1, 1), (PART_SIZE, 1), (PART_SIZE + 1, 2), (2 * PART_SIZE, 2), (2 * PART_SIZE + 1, 3)]
)
def test_an_archive_is_read_in_parts(tmp_path: Path, pages: int, parts: int) -> None:
    """Each begins where the one before ends, and together they hold every page once."""
    archive = str(write_warc(tmp_path / "a.warc.gz", number_pages(pages)))

    listed = list_parts(archive)

    assert (parts, 0, None) == (len(listed), listed[0].start, listed[-1].stop)
    assert [part.stop for part in listed[:-1]] == [part.start for part in listed[1:]]
    read = [page.url for part in listed for page in read_pages(archive, start=part.start, stop=part.stop)]
    assert [record.url for record in number_pages(pages)] == read


def test_a_package_is_read_archive_by_archive(tmp_path: Path) -> None:
    """A part names the archive inside a package that it is of."""
    package = write_wacz(tmp_path / "a.wacz", number_pages(2))

    assert [("archive/data.warc.gz", 0, None)] == [
        (part.member, part.start, part.stop) for part in list_parts(str(package))
    ]


def test_an_archive_far_away_is_one_part() -> None:
    """To find where its parts begin would be to fetch all of it before."""
    (part,) = list_parts("s3://bucket/a.warc.gz")

    assert ("s3://bucket/a.warc.gz", 0, None) == (part.source, part.start, part.stop)


@pytest.mark.parametrize("count", [1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE + 3])
def test_a_folder_is_read_in_parts(tmp_path: Path, count: int) -> None:
    """Its pages are named relative to it, in order, some in each part; what is hidden or no page is left out."""
    names = [f"clinic-{number % 3}/{number:03}.html" for number in range(count)]
    for name in [*names, ".hidden.html", "note.csv"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<p>We cure.", encoding="utf-8")

    listed = list_parts(str(tmp_path))

    assert sorted(names) == [name for part in listed for name in part.files]
    assert all(len(part.files) == PART_SIZE for part in listed[:-1])
    assert {str(tmp_path)} == {part.source for part in listed}


def test_a_page_is_a_part_of_its_own(tmp_path: Path) -> None:
    """A file that is named alone is read alone."""
    path = tmp_path / "page.html"
    path.write_text("<p>We cure.", encoding="utf-8")

    assert [(str(path), ("page.html",))] == [(part.source, part.files) for part in list_parts(str(path))]


@pytest.mark.parametrize("name", ["none", "none.wacz", "empty"])
def test_a_source_without_pages_is_told(tmp_path: Path, name: str) -> None:
    """It costs no other source: the reason stands where its parts would."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError):
        list_parts(str(tmp_path / name))
    failure = attempt_parts(str(tmp_path / name))
    assert isinstance(failure, Failure)
    assert str(tmp_path / name) == failure.source
