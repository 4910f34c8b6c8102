"""From page to document: media types, encodings and what is put together."""

from __future__ import annotations

import subprocess
import sys

import pytest

from auditor.reading import read_page, read_text
from auditor.reading.documents import decode_body
from tests.factories import page


def test_a_page_becomes_a_document() -> None:
    """Passages are numbered, links, frames and trackers carry whole addresses."""
    document = read_page(
        page(
            "<html lang=en><title>Knees</title><main><h1>Our knees</h1><p>See <a href=/a>this</a>.<iframe src=/map></iframe></main>"
            "<script src='https://www.googletagmanager.com/gtm.js?id=GTM-AAAA'></script>"
        )
    )

    assert [0, 1, 2] == [passage.index for passage in document.passages]
    assert {"en"} == {passage.language for passage in document.passages}
    assert ["https://knees.example/a"] == [link.url for link in document.links]
    assert 2 == document.links[0].passage
    assert ["https://knees.example/map"] == [frame.url for frame in document.frames]
    assert [("Google Tag Manager", "GTM-AAAA")] == [(tracker.name, tracker.identifier) for tracker in document.trackers]


def test_script_is_no_place() -> None:
    """Frames and forms whose address is script lead nowhere, so that it reaches no report."""
    document = read_page(
        page(
            "<iframe src='javascript:x'></iframe><form action=' JavaScript:x'><input name=q></form><a href='java\nscript:x'>x</a>"
        )
    )

    assert ((), (), "") == (document.frames, document.links, document.forms[0].action)


def test_a_base_address_moves_relative_links() -> None:
    """``base`` is honoured, itself relative to the page."""
    assert "https://knees.example/b/a" == read_page(page("<base href=/b/><a href=a>x</a>")).links[0].url


def test_a_long_base_makes_no_flood() -> None:
    """Many short links under a long address stay short."""
    document = read_page(page(f"<base href=https://knees.example/{'x' * 3000}/>" + "<a href=a>x</a>" * 5000))

    assert {"a"} == {link.url for link in document.links}


def test_long_headings_make_no_flood() -> None:
    """Many short passages under long headings keep only the beginnings of these."""
    markup = "".join(f"<h{level}>{'knee ' * 60}</h{level}>" for level in range(1, 7)) + "<p>Ours." * 8000

    document = read_page(page(markup))

    assert 8006 == len(document.passages)
    assert 10_000_000 > sum(len(heading) for passage in document.passages for heading in passage.section)


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        ("Kniegrün".encode(), "utf-8", "Kniegrün"),
        ("Kniegrün".encode("latin-1"), "iso-8859-1", "Kniegrün"),
        ("“Knie”".encode("cp1252"), "ISO-8859-1", "“Knie”"),
        ("膝".encode("gb18030"), "gb2312", "膝"),
        ("膝".encode("cp932"), "shift_jis", "膝"),
        ("\ufeffKnie".encode(), "utf-8", "Knie"),
        (b"Knie\xff", "utf-8", "Knie\ufffd"),
        (b"Knie", "no-such-charset", "Knie"),
        (b"Knie", None, "Knie"),
    ],
)
def test_a_body_is_decoded_as_browsers_do(body: bytes, charset: str | None, expected: str) -> None:
    """Labels mean what they mean to browsers; nothing makes decoding fail."""
    assert expected == decode_body(page(body, charset=charset))


def test_text_without_markup_is_read_as_text() -> None:
    """A text file with an HTML name keeps its paragraphs."""
    assert ["One here.", "Two here."] == [item.text for item in read_page(page("One here.\n\nTwo here.")).passages]


def test_a_text_page_is_read_as_text() -> None:
    """Angle brackets in plain text are text."""
    document = read_page(page("Is 3 <b 4?", media_type="text/plain"))

    assert ["Is 3 <b 4?"] == [item.text for item in document.passages]


def test_a_bare_text_takes_address_and_language() -> None:
    """What the caller knows is not guessed."""
    document = read_text("Knie und Hüfte", url="https://knees.example/", language="de")

    assert ("https://knees.example/", "de", "de") == (
        document.url,
        document.facts.language,
        document.passages[0].language,
    )


def test_structured_data_joins_the_passages() -> None:
    """Words that only search engines are told are read too, and none twice."""
    document = read_page(
        page(
            '<h1>Kneegreen</h1><script type="application/ld+json">{"name": "Kneegreen", "description": "We cure knees."}</script>'
        )
    )

    assert [("heading", "Kneegreen"), ("structured", "We cure knees.")] == [
        (item.role, item.text) for item in document.passages
    ]


def test_reading_twice_gives_equal_documents() -> None:
    """Nothing is left to chance."""
    source = page("<h1>Knees</h1><p>Studies show it.<form><input name=e type=email></form>")

    assert read_page(source) == read_page(source)


def test_the_full_facts_are_asked_on_request() -> None:
    """Only then the slow reader runs."""
    source = page("<title>Knees</title><body><article><h1>Knees</h1><p>Posted 2021-06-07</p></article>")

    assert read_page(source).passages == read_page(source, facts="full").passages


def test_slow_libraries_are_imported_only_when_needed() -> None:
    """An English page is read without any of them."""
    code = (
        "import sys\nfrom auditor.models import Page\nfrom auditor.reading import read_page\n"
        "read_page(Page(source='x', body=b'<html lang=en><p>We treat the knees of our patients.', media_type='text/html', sha256='', retrieved=''))\n"
        "print([name for name in ('bs4', 'lxml', 'trafilatura', 'pypdfium2', 'resiliparse') if name in sys.modules])"
    )

    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
