"""The generator of benchmark pages makes what it says."""

from __future__ import annotations

import pytest

from auditor.models import Page
from auditor.reading import read_page
from tests.benchmarks.pages import HOSTILE, make_hostile, make_page


def read(text: str) -> str:
    """Return what a visitor would read of *text*."""
    page = Page(source="made", body=text.encode(), media_type="text/html", sha256="", retrieved="", charset="utf-8")
    return " ".join(passage.text for passage in read_page(page).passages)


@pytest.mark.parametrize("size", [5_000, 65_000])
def test_a_page_has_the_size_that_was_asked_for(size: int) -> None:
    """A page is as long as asked for, give or take a section."""
    assert size <= len(make_page(size).encode()) < size + 5_000


def test_pages_are_repeatable_and_differ() -> None:
    """The same number makes the same page, another number another one."""
    assert make_page(9_000, 3) == make_page(9_000, 3)
    assert make_page(9_000, 3) != make_page(9_000, 4)


def test_a_page_can_be_read() -> None:
    """What is made is a page whose words are found, as sparse in its markup as on real pages."""
    words = read(make_page(65_000))

    assert 0.15 < len(words) / 65_000 < 0.3
    assert "Cell Therapy for the knee" in words
    assert "Get a free quote" in words


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_have_the_size_that_was_asked_for(kind: str) -> None:
    """A hostile page is as long as a plain one, so that both can be compared."""
    assert 0.9 < len(make_hostile(kind, 20_000).encode()) / 20_000 < 1.1


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_can_be_read(kind: str) -> None:
    """Whatever a hostile page does, something on it is read."""
    assert read(make_hostile(kind, 3_000))
