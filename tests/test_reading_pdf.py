"""PDF: text in reading order, links, and files that cannot be read."""

from __future__ import annotations

import sys

import pytest

from auditor.reading import read_page
from auditor.reading.pdf import parse_pdf, split_margins
from auditor.reading.pdf_pages import MOST_PAGES, Limits
from tests.factories import page


def make_pdf(*pages: list[str], extra: str = "", trailer: str = "", image: bool = False) -> bytes:
    """Build a small PDF with the given lines on each page."""
    count = len(pages)
    kids = " ".join(f"{10 + place * 2} 0 R" for place in range(count))
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: "<</Title(Knees on paper)/Author(Ann Bolt)/CreationDate(D:20210607080910Z)>>",
        5: "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://doi.org/10.1000/knee)>>>>",
        6: "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\n0\nendstream",
    }
    for place, lines in enumerate(pages):
        drawn = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F 12 Tf 14 TL 72 720 Td {drawn} ET" + (" q 100 0 0 100 0 0 cm /I Do Q" if image else "")
        objects[10 + place * 2] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {11 + place * 2} 0 R/Annots[5 0 R]"
            "/Resources<</Font<</F 3 0 R>>/XObject<</I 6 0 R>>>>>>"
        )
        objects[11 + place * 2] = f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream"
    body = "%PDF-1.4\n" + "".join(f"{number} 0 obj\n{source}\nendobj\n" for number, source in objects.items()) + extra
    return f"{body}trailer\n<</Root 1 0 R/Info 4 0 R{trailer}>>\nstartxref\n0\n%%EOF\n".encode("latin-1")


LINES = [
    "Our knees",
    "Worn knees are a common complaint of walkers who carry a lot of",
    "luggage, and they are seldom grave. A gentle treat-",
    "ment can ease them, as many walkers with tired knees have told",
    "us over the years in our small clinic near the old harbour, and",
    "most of them walked home without a stick before the summer came.",
]


def test_a_pdf_is_read_as_running_text() -> None:
    """Lines and hyphenated words are joined; title, author, date and links are known."""
    document = read_page(page(make_pdf(LINES), media_type="application/pdf", charset=None))

    assert [
        ("title", "Knees on paper"),
        ("heading", "Our knees"),
        ("paragraph", " ".join(LINES[1:]).replace("treat- ment", "treatment")),
    ] == [(passage.role, passage.text) for passage in document.passages]
    assert ("Knees on paper", "Ann Bolt", None) == (
        document.facts.title,
        document.facts.author,
        document.facts.published,
    )
    assert [("doi", "10.1000/knee")] == [(citation.kind, citation.identifier) for citation in document.citations]
    assert document.obstacle is None


def test_a_sentence_runs_on_over_a_page() -> None:
    """Page numbers and running heads do not cut sentences."""
    bodies = [
        ["This page begins and goes on", "and never"],
        ["comes to an end, as we", "see."],
        ["Here is", "the rest."],
    ]
    pages = [["Knee News", *lines, str(number)] for number, lines in enumerate(bodies, start=1)]

    running, repeated = split_margins(pages)

    assert [line for lines in bodies for line in lines] == running
    assert ["Knee News"] == repeated


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (make_pdf([], image=True), "scan"),
        (make_pdf([]), "empty"),
        (b"%PDF-1.4\nnothing more", "unreadable"),
        (
            make_pdf(
                LINES,
                extra=f"7 0 obj\n<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>\nendobj\n",
                trailer=f"/Encrypt 7 0 R/ID[<{'43' * 16}><{'43' * 16}>]",
            ),
            "encrypted",
        ),
    ],
    ids=["scan", "empty", "broken", "password"],
)
def test_a_pdf_without_readable_text_has_an_obstacle(body: bytes, expected: str) -> None:
    """Scans, empty, broken and locked files are told apart."""
    obstacle = read_page(page(body, media_type="application/pdf", charset=None)).obstacle

    assert expected == (obstacle.kind if obstacle else None)


def test_the_last_of_many_pages_is_read() -> None:
    """A claim does not hide at the end of a long file."""
    document = read_page(page(make_pdf(*[["A page"]] * 600, LINES), media_type="application/pdf", charset=None))

    assert any("treatment can ease them" in passage.text for passage in document.passages)


def test_a_pdf_that_is_too_long_is_not_assessed() -> None:
    """What cannot be read to its end is not called free of red flags."""
    body = make_pdf(*[["A page"]] * (MOST_PAGES + 1))

    obstacle = read_page(page(body, media_type="application/pdf", charset=None)).obstacle

    assert obstacle is not None
    assert ("unreadable", "The PDF has 5,001 pages, of which only 5,000 can be read: audit it in parts.") == (
        obstacle.kind,
        obstacle.reason,
    )


def test_links_of_a_pdf_are_found_once() -> None:
    """The same link on every page is one link."""
    assert ["https://doi.org/10.1000/knee"] == [anchor.href for anchor in parse_pdf(make_pdf(LINES, LINES)).anchors]


@pytest.mark.parametrize(
    ("drawn", "limits"),
    [
        pytest.param(
            "q " * 300_000,
            Limits(memory=20_000_000),
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps limits of memory"),
        ),
        ("", Limits(seconds=0)),
    ],
    ids=["memory", "time"],
)
def test_a_pdf_that_takes_too_much_is_not_assessed(drawn: str, limits: Limits) -> None:
    """A file that fills the memory, or never ends, is an obstacle and harms nothing else."""
    obstacle = parse_pdf(make_pdf([f"Knees) Tj ET {drawn} BT (heal"]), limits=limits).obstacle

    assert obstacle is not None
    assert ("unreadable", "The PDF needs more memory or time than one file may take: audit it in parts.") == (
        obstacle.kind,
        obstacle.reason,
    )


def test_low_limits_suffice_for_a_leaflet() -> None:
    """It is the nest that takes the memory, not the reading."""
    assert parse_pdf(make_pdf(LINES), limits=Limits(memory=20_000_000)).obstacle is None


@pytest.mark.parametrize("interpreter", ["", "/nowhere/python", "true"])
def test_without_another_process_a_pdf_is_read_in_this_one(interpreter: str) -> None:
    """A program that was frozen or embedded knows no interpreter to start, and reads all the same."""
    assert parse_pdf(make_pdf(LINES)).blocks == parse_pdf(make_pdf(LINES), interpreter=interpreter).blocks
