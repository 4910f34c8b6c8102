"""Files, folders and standard input become pages, and nothing makes the program wait or fill its memory."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from auditor.errors import SourceError
from auditor.models import Page
from auditor.sources.files import find_pages, load_page, read_stream

HTML = "<!DOCTYPE html><p>Die Praxis Kniegrün behandelt Knie.</p>".encode()
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def now() -> datetime:
    return datetime(2031, 3, 14, 9, 26, 53, 589, tzinfo=timezone.utc)


def write(folder: Path, name: str, content: bytes = HTML) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_file_becomes_a_page_with_its_digest_and_encoding(tmp_path: Path) -> None:
    """A page from a file tells what it is and where it came from, and claims no address."""
    path = write(tmp_path, "knee.html")

    page = load_page(path, now=now)

    expected = Page(
        source=str(path),
        body=HTML,
        media_type="text/html",
        sha256=hashlib.sha256(HTML).hexdigest(),
        retrieved="2031-03-14T09:26:53+00:00",
        charset="utf-8",
    )
    assert expected == page


@pytest.mark.parametrize(
    ("name", "content", "media_type", "charset"),
    [
        ("empty.html", b"", "text/html", "utf-8"),
        ("empty.pdf", b"", "application/pdf", None),
        ("broken.pdf", b"%PDF-1.7\nand no more", "application/pdf", None),
        ("note.txt", b"We help.", "text/plain", "utf-8"),
        ("note.md", b"# We help.", "text/plain", "utf-8"),
        ("no-ending", b"<html>", "text/html", "utf-8"),
        ("old.html", "<html><p>größer, schöner".encode("latin-1"), "text/html", "windows-1252"),
    ],
)
def test_the_type_is_told_from_the_content(
    tmp_path: Path, name: str, content: bytes, media_type: str | None, charset: str | None
) -> None:
    """An empty or broken file is still a page: whoever reads it says what is wrong."""
    page = load_page(write(tmp_path, name, content), now=now)

    assert (media_type, charset, content) == (page.media_type, page.charset, page.body)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.html", "there is no such file: check the path"),
        ("page.html/x", "there is no such file: check the path"),
        ("folder", "this is a folder, not a page: name the pages in it, or the folder where several sources are taken"),
        (
            "picture.html",
            "what it holds is neither HTML nor PDF nor text: save the page from a browser, or export it as PDF",
        ),
        ("x" * 300 + ".html", "the file cannot be read, File name too long: copy it and try again"),
    ],
)
def test_what_gives_no_page_is_told_in_one_sentence(tmp_path: Path, name: str, reason: str) -> None:
    """The reason says what is wrong and what to do."""
    write(tmp_path, "page.html")
    write(tmp_path, "picture.html", PNG)
    (tmp_path / "folder").mkdir()

    with pytest.raises(SourceError) as caught:
        load_page(tmp_path / name, now=now)

    assert (str(tmp_path / name), reason) == (caught.value.source, caught.value.reason)


def test_a_path_that_no_system_takes_is_told(tmp_path: Path) -> None:
    """A zero byte in a path is not a crash."""
    with pytest.raises(SourceError, match="this is not a valid path: check it"):
        load_page(tmp_path / "a\0b.html", now=now)


@ON_POSIX
def test_a_pipe_without_writer_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """A pipe in place of a file is told instead of read."""
    path = tmp_path / "pipe.html"
    os.mkfifo(path)

    with pytest.raises(SourceError, match="this is not a regular file"):
        load_page(path, now=now)


@ON_POSIX
def test_an_endless_device_is_refused() -> None:
    """A device that never ends is told instead of read."""
    with pytest.raises(SourceError, match="this is not a regular file"):
        load_page(Path("/dev/zero"), now=now)


@ON_POSIX
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    """An unreadable file is a reason in words."""
    path = write(tmp_path, "knee.html")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")

    with pytest.raises(SourceError, match="the file may not be read"):
        load_page(path, now=now)


@pytest.mark.parametrize(("limit", "expected"), [(9, True), (10, False), (11, False)])
def test_a_page_is_cut_off_at_the_limit_and_says_so(tmp_path: Path, limit: int, expected: bool) -> None:
    """The limit counts bytes, and only what exceeds it is cut."""
    page = load_page(write(tmp_path, "knee.txt", b"0123456789"), now=now, max_bytes=limit)

    assert (b"0123456789"[:limit], expected) == (page.body, page.truncated)


def test_a_file_of_200_megabytes_is_read_up_to_the_limit(tmp_path: Path) -> None:
    """A huge file costs no more than the limit."""
    path = write(tmp_path, "huge.html")
    with path.open("r+b") as file:
        file.truncate(200_000_000)

    page = load_page(path, now=now)

    assert (len(page.body), page.truncated) == (20_000_000, True)


# --- standard input ----------------------------------------------------------------------------


class Trickle(io.BytesIO):
    """A stream that gives a few bytes at a time and never ends."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Give what is there, as a pipe does."""
        return b"We help. "[:size]


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        (HTML, None, "text/html"),
        (b"We help.", None, "text/plain"),
        (b"%PDF-1.7", None, "application/pdf"),
        (b"We help.", "text/html", "text/html"),
        (PNG, "text/plain", "text/plain"),
        (b"", None, "text/plain"),
    ],
)
def test_a_stream_is_sniffed_unless_its_type_is_given(content: bytes, media_type: str | None, expected: str) -> None:
    """What the user says of standard input is believed."""
    page = read_stream(io.BytesIO(content), media_type=media_type, now=now)

    assert ("-", content, expected) == (page.source, page.body, page.media_type)


def test_an_endless_stream_is_cut_off() -> None:
    """A stream that never ends is read up to the limit."""
    page = read_stream(Trickle(), media_type=None, now=now, max_bytes=100)

    assert ((b"We help. " * 12)[:100], True) == (page.body, page.truncated)


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (PNG, None, "what it holds is neither HTML nor PDF nor text"),
        (HTML, "image/png", "a page cannot be of the type image/png"),
    ],
)
def test_a_stream_that_is_no_page_is_told(content: bytes, media_type: str | None, reason: str) -> None:
    """Binary input and impossible types are reasons in words."""
    with pytest.raises(SourceError, match=f"^-: {reason}"):
        read_stream(io.BytesIO(content), media_type=media_type, now=now)


# --- folders -----------------------------------------------------------------------------------


def test_a_folder_gives_its_pages_sorted_and_without_hidden_ones(tmp_path: Path) -> None:
    """Pages are found at every depth; hidden files, hidden folders and other files are not pages."""
    names = ["b.html", "a/z.PDF", "a/y.htm", "a/b/x.txt", "c.md", "d.xhtml"]
    for name in [*names, ".hidden.html", ".git/x.html", "x.png", "y.capture.json", "html"]:
        write(tmp_path, name)
    (tmp_path / "folder.html").mkdir()

    found = find_pages(tmp_path)

    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a/b/x.txt",
        "a/y.htm",
        "a/z.PDF",
        "b.html",
        "c.md",
        "d.xhtml",
    ]


@ON_POSIX
def test_a_folder_that_links_to_itself_is_walked_once(tmp_path: Path) -> None:
    """Links to folders are not followed, and links to nothing or to pipes are not pages."""
    page = write(tmp_path, "in/a.html")
    (tmp_path / "in" / "again").symlink_to(tmp_path)
    (tmp_path / "in" / "dead.html").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "in" / "pipe.html")

    assert (page,) == find_pages(tmp_path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "there is no such folder: check the path"),
        (
            "empty",
            "the folder holds no page that can be read: put files in it that end in .html, .htm, .xhtml, .pdf, .txt, .md",
        ),
    ],
)
def test_a_folder_without_pages_is_told(tmp_path: Path, name: str, reason: str) -> None:
    """A folder that gives nothing is a mistake and not an empty result."""
    write(tmp_path, "empty/picture.png", PNG)

    with pytest.raises(SourceError) as caught:
        find_pages(tmp_path / name)

    assert reason == caught.value.reason
