"""Where a saved page says that it came from, and to which site it therefore belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.scanning.orders import Order
from auditor.scanning.origins import find_origin
from auditor.scanning.running import scan
from auditor.scanning.store import open_store
from tests.test_scanning_crawling import now
from tests.web import page

if TYPE_CHECKING:
    from pathlib import Path

SAVED = "<!-- saved from url=(0027)https://lumora.example/knee -->"
CANONICAL = '<link rel="canonical" href="https://veridian.example/knee">'
SHARED = "<meta content='https://quillon.example/knee?a=1&amp;b=2' property=og:url>"


@pytest.mark.parametrize(
    ("html", "origin"),
    [
        (f"{SAVED}<html>{CANONICAL}{SHARED}", "https://lumora.example/knee"),
        (f"<html>{SHARED}{CANONICAL}", "https://veridian.example/knee"),
        (f"<html>{SHARED}", "https://quillon.example/knee?a=1&b=2"),
        ("<!--\n Page saved with SingleFile \n url: https://arden.example/ \n-->", "https://arden.example/"),
        ("<!-- Mirrored from www.arden.example/a.html by HTTrack Website Copier/3.x -->", "http://www.arden.example/a.html"),
        ('<link rel=canonical href="/knee">', None),
        ('<link rel=canonical href="javascript:alert(1)">', None),
        (f"<body>{CANONICAL}", None),
        ("<p>saved from url=https://lumora.example", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_saved_page_says_where_it_is_from(html: str, origin: str | None) -> None:
    """What saved it is believed first, then its head; an address that is not whole, or stands in the text, is none."""
    assert origin == find_origin(html.encode())


def test_saved_pages_belong_to_sites(tmp_path: Path) -> None:
    """To the one that they name; in a folder of their own also those that name none; else to the folder."""
    pages = {
        "one.html": CANONICAL + page("One"),
        "two.html": SAVED + page("Two"),
        "three.html": page("Three"),
        "clinic/home.html": SHARED + page("Four"),
        "clinic/about.html": page("Five"),
        "mixed/a.html": SHARED + page("Six"),
        "mixed/b.html": CANONICAL + page("Seven"),
        "mixed/c.html": page("Eight"),
        "plain/home.html": page("Nine"),
    }
    for name, html in pages.items():
        path = tmp_path / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")

    scan(Order(saved=(str(tmp_path / "pages"),)), tmp_path / "run", jobs=1, now=now)

    connection = open_store(tmp_path / "run", reading=True)
    sites = dict(connection.execute("SELECT url, site FROM pages").fetchall())
    connection.close()
    assert {
        "one.html": "veridian.example",
        "two.html": "lumora.example",
        "three.html": "pages",
        "clinic/home.html": "quillon.example",
        "clinic/about.html": "quillon.example",
        "mixed/a.html": "quillon.example",
        "mixed/b.html": "veridian.example",
        "mixed/c.html": "mixed",
        "plain/home.html": "plain",
    } == sites


@pytest.mark.parametrize("head", [b"<meta " + b"a" * 60_000 + b">", b"<link " * 10_000, b"<!-- Mirrored from " * 3_000])
def test_no_head_takes_long(head: bytes) -> None:
    """A name that goes on for ever, or a tag that never ends, is gone through once."""
    assert find_origin(head) is None
