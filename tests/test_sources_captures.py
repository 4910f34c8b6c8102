"""A capture gives the page back exactly, or says that it cannot."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from auditor.errors import SourceError
from auditor.models import Page, Redirect
from auditor.sources.captures import save_page
from auditor.sources.files import find_pages, load_page
from tests.factories import page

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://knees.example/treatments"
FETCHED: dict[str, Any] = {
    "source": "http://knees.example/#offer",
    "headers": (("content-type", "text/html"), ("set-cookie", "a=1"), ("set-cookie", "b=ü")),
    "redirects": (Redirect(url="http://knees.example/", status=301, location="/treatments"),),
    "address": "2001:41d0::1",
    "truncated": True,
}


def now() -> datetime:
    return datetime(1999, 1, 1, tzinfo=timezone.utc)


def restore(path: Path) -> Page:
    return load_page(path, now=now)


def record_of(body: Path) -> Path:
    return body.with_suffix(".capture.json")


@pytest.mark.parametrize(
    "saved",
    [
        pytest.param(page(**FETCHED), id="fetched"),
        pytest.param(page(status=None, url=None, source="C:\\pages\\knee.html"), id="from a file"),
        pytest.param(page(b"", source="-", url=None), id="empty"),
        pytest.param(page(b"%PDF-1.7", media_type="application/pdf", charset=None), id="PDF"),
        pytest.param(page(b"We help.\r\n\xff", media_type="text/plain", charset="windows-1252"), id="text"),
        pytest.param(page(source="knee-\udcff.html", url=None), id="from a file whose name is not UTF-8"),
        pytest.param(page(retrieved="2031-03-14T09:26:53+00:00"), id="other way to write the time"),
    ],
)
def test_a_saved_page_comes_back_exactly(tmp_path: Path, saved: Page) -> None:
    """Bytes, time, way and address survive, whichever of the two files is named."""
    path = save_page(saved, tmp_path / "new" / "folder")

    assert [saved, saved] == [restore(path), restore(record_of(path))]


def test_saving_twice_writes_the_same_bytes_and_leaves_nothing_else(tmp_path: Path) -> None:
    """A capture depends on the page alone."""
    first = {path.name: path.read_bytes() for path in save_page(page(), tmp_path).parent.iterdir()}

    save_page(page(), tmp_path)

    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_folder_of_captures_gives_each_page_once(tmp_path: Path) -> None:
    """Records are not taken for pages."""
    path = save_page(page(), tmp_path)

    assert (path,) == find_pages(tmp_path)


@pytest.mark.parametrize(
    ("fields", "slug"),
    [
        ({}, "knees.example-treatments"),
        ({"url": "https://knees.example/?token=secret#x"}, "knees.example"),
        ({"url": "https://knees.example/../../etc/passwd"}, "knees.example-etc-passwd"),
        ({"url": "https://knees.example/%2e%2e%2f%00con"}, "knees.example-con"),
        ({"url": "https://xn--kniegrn-q2a.example/Kr%C3%A4fte"}, "xn-kniegrn-q2a.example-krafte"),
        ({"url": "https://knees.example/\u202egpj.exe"}, "knees.example-gpj.exe"),
        ({"url": "https://knees.example/" + "long/" * 99}, "knees.example-" + "long-" * 13 + "l"),
        ({"url": None, "source": "/home/ann/Knee Page.html"}, "knee-page"),
        ({"url": None, "source": "C:\\ann\\knee.html"}, "knee"),
        ({"url": None, "source": "-"}, "stdin"),
        ({"url": None, "source": "治疗.html"}, "page"),
        ({"url": None, "source": ".."}, "page"),
    ],
)
def test_a_file_name_is_plain_and_short_whatever_the_address(tmp_path: Path, fields: dict[str, Any], slug: str) -> None:
    """No address leads out of the folder, hides an ending or is too long for a file system."""
    saved = page(**fields)

    assert tmp_path / f"{slug}-{saved.sha256[:8]}.html" == save_page(saved, tmp_path)


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    """Where nothing can be written, the reason and the way out are said."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(SourceError, match=r"could not be kept in .*: choose another folder"):
        save_page(page(), tmp_path / "file")


@pytest.mark.parametrize("named", ["body", "record"])
def test_a_changed_body_is_told(tmp_path: Path, named: str) -> None:
    """What no longer fits its digest is not what was captured."""
    path = save_page(page(), tmp_path)
    path.write_bytes(b"<p>We never said so.")

    with pytest.raises(SourceError) as caught:
        restore(path if named == "body" else record_of(path))

    assert caught.value.reason == "the file is not what was captured, its SHA-256 differs: capture the page again"


def test_a_missing_body_is_told(tmp_path: Path) -> None:
    """A record alone is no page."""
    path = save_page(page(), tmp_path)
    path.unlink()

    with pytest.raises(SourceError, match="there is no such file"):
        restore(record_of(path))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\xff", b"[" * 100_000, b'{"version": ' + b"9" * 10_000 + b"}"],
    ids=["empty", "half", "binary", "deep", "huge number"],
)
def test_a_record_that_is_no_json_is_told(tmp_path: Path, content: bytes) -> None:
    """A damaged record is one sentence and never a traceback."""
    path = save_page(page(), tmp_path)
    record_of(path).write_bytes(content)

    with pytest.raises(SourceError) as caught:
        restore(path)

    assert (
        str(record_of(path)),
        "the record is damaged or was changed (it is not JSON): capture the page again",
    ) == (caught.value.source, caught.value.reason)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"version": "2"}, "version"),
        ({"version": 1}, "version"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"source": None}, "source"),
        ({"retrieved": "yesterday"}, "retrieved"),
        ({"status": True}, "status"),
        ({"status": "200"}, "status"),
        ({"headers": {}}, "headers"),
        ({"headers": [["a"]]}, "a header"),
        ({"headers": [["a", 1]]}, "a header"),
        ({"redirects": None}, "redirects"),
        ({"redirects": [{"url": "x"}]}, "a redirect"),
        ({"redirects": ["x"]}, "a redirect"),
        ({"redirects": [{"url": "x", "status": "301", "location": "y"}]}, "status"),
        ({"address": "<script>"}, "address"),
        ({"sha256": "../../x"}, "sha256"),
        ({"media_type": "../../x"}, "media_type"),
        ({"charset": "rot13"}, "charset"),
        ({"charset": None}, "charset"),
        ({"truncated": 0}, "truncated"),
        ({"more": 1}, "the record"),
    ],
    ids=str,
)
def test_a_record_with_a_wrong_value_is_told(tmp_path: Path, change: dict[str, Any], what: str) -> None:
    """The sentence names what was changed."""
    path = save_page(page(**FETCHED), tmp_path)
    record: dict[str, Any] = json.loads(record_of(path).read_bytes())
    record_of(path).write_text(json.dumps(record | change), encoding="utf-8")

    with pytest.raises(
        SourceError, match=rf"the record is damaged or was changed \({what} .*\): capture the page again"
    ):
        restore(path)


def test_a_record_that_is_a_list_is_told(tmp_path: Path) -> None:
    """JSON of another shape is refused as well."""
    path = save_page(page(), tmp_path)
    record_of(path).write_bytes(b"[]")

    with pytest.raises(SourceError, match="the record does not hold what it should"):
        restore(path)
