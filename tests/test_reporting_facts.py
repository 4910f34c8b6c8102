"""Where a page came from and what it holds: rows of names and lines, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from auditor.models import Coding, Figure, Link, Offer, Rendering, Variable
from auditor.reporting.facts import (
    describe_retrieval,
    describe_source,
    view_citations,
    view_codebook,
    view_facts,
    view_offer,
    view_provenance,
)
from auditor.reporting.record import to_record
from tests.factories import DIGEST, audit, finding, rich_audit

if TYPE_CHECKING:
    from auditor.models import Audit

RICH = to_record(rich_audit())


def read_rows(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {row["name"]: [line["text"] for line in row["lines"]] for row in rows}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("-", "standard input"),
        ("text", "text"),
        ("/home/jane/clinic.html", "clinic.html"),
        ("C:\\Users\\jane\\clinic.html", "clinic.html"),
        ("https://lumora.example/a/b", "https://lumora.example/a/b"),
    ],
)
def test_a_source_is_called_as_it_may_be_published(source: str, told: str) -> None:
    """Of a file its name alone: the folders are those of whoever made the audit."""
    assert told == describe_source(source)


@pytest.mark.parametrize(
    ("fields", "how", "row"),
    [
        ({}, "Retrieved", "Retrieved"),
        ({"url": None, "status": None, "source": "-"}, "Read from standard input on", "Read"),
        ({"url": None, "status": None, "source": "clinic.html"}, "Read from a file on", "Read"),
        ({"url": None, "status": 200, "source": "clinic.warc#0"}, "Retrieved", "Retrieved"),
    ],
)
def test_only_what_was_fetched_was_retrieved(fields: dict[str, Any], how: str, row: str) -> None:
    """A file is read, and nobody knows when its page was had."""
    made = audit()
    record = to_record(replace(made, page=replace(made.page, **fields)))

    assert how == describe_retrieval(record["page"])
    assert row in read_rows(view_provenance(record))


def test_provenance_is_what_a_second_reader_checks() -> None:
    """Addresses, moments, digests, rules and program; what is not known is no row."""
    rows = read_rows(view_provenance(RICH))

    assert ["301: https://lumora.example/liver → /en/liver?a=1&b=2#top"] == rows["Redirects"]
    assert (["200"], ["203.0.113.7"]) == (rows["HTTP status"], rows["Network address"])
    assert ["text/html, utf-8"] == rows["Type and encoding"]
    assert ["48 rules, of the set", DIGEST] == rows["Rules"]
    assert ["clinic-auditor 0.1.0"] == rows["Program"]
    assert not {"Completeness", "Pictures", "Made by a browser"} & rows.keys()


def test_what_a_browser_made_is_told_with_what_was_received() -> None:
    """Both digests are there, and what the page was refused."""
    rendering = Rendering(
        browser="Chromium 140", received_sha256="7" * 64, received_bytes=9, width=1280, refused=("10.0.0.1",)
    )
    made = audit()
    rows = read_rows(
        view_provenance(to_record(replace(made, page=replace(made.page, rendering=rendering, truncated=True))))
    )

    assert ["Chromium 140 ran the page’s scripts, in a window 1280 pixels wide"] == rows["Made by a browser"]
    assert (["7" * 64], ["10.0.0.1"]) == (rows["SHA-256 of what was received"], rows["Refused to the page"])
    assert ["cut off at the size limit; what came after was not read"] == rows["Completeness"]


def test_facts_are_what_the_page_says_of_itself() -> None:
    """Ways to make contact, forms with what they ask for, and everything that is embedded."""
    rows = read_rows(view_facts(RICH))

    assert (["English"], ["2 November 2030"]) == (rows["Language"], rows["Published"])
    assert ["telephone, WhatsApp"] == rows["Ways to make contact"]
    assert [
        "Contact form asks for telephone number, illness or condition and file, under “Get my quote”, sent to https://lumora.example/lead"
    ] == rows["Forms"]
    assert ["Patient stories – https://video.example/embed/77"] == rows["Embedded pages"]
    assert ["Meta Pixel (0000): https://connect.example/fbevents.js"] == rows["Trackers"]
    assert "Reviewer" not in rows


def test_many_of_one_kind_are_counted() -> None:
    """Three telephone numbers are one word; forty embedded pages end in how many more there are."""
    made = audit()
    link = Link(url="tel:+1", text="Call", kind="telephone", landmark="main")
    document = replace(
        made.document,
        links=(link, link, link),
        frames=tuple(
            replace(frame, title=str(number)) for number, frame in enumerate(rich_audit().document.frames * 70)
        ),
    )
    rows = read_rows(view_facts(to_record(replace(made, document=document))))

    assert ["telephone (3)"] == rows["Ways to make contact"]
    assert (61, "10 more in the audit’s record") == (len(rows["Embedded pages"]), rows["Embedded pages"][-1])


@pytest.mark.parametrize(
    ("intent", "read", "reasons", "against"),
    [
        ("marketing", "marketing, because of:", ["words that sell: “offer”"], ["words that inform: “trial”"]),
        ("information", "information, because of:", ["words that inform: “trial”"], ["words that sell: “offer”"]),
        ("unclear", "marketing, because it stayed unclear whether it offers anything", [], ["words that sell: “offer”", "words that inform: “trial”"]),
    ],
)  # fmt: skip
def test_signs_stand_for_what_they_speak_for(intent: str, read: str, reasons: list[str], against: list[str]) -> None:
    """The same signs are reasons or objections; where it stayed unclear they are neither."""
    offer = Offer(intent=intent, signs=("words that sell: “offer”", "words that inform: “trial”"))
    view = view_offer(to_record(replace(audit(), offer=offer))["offer"])

    assert (read, reasons, against) == (view["read"], view["reasons"], view["against"])


def code(audited: Audit, *codings: Coding) -> list[dict[str, Any]]:
    return view_codebook(to_record(replace(audited, codebook=codings)))


def test_a_variable_leads_to_its_finding() -> None:
    """With the words that show it and what studies found; a note that only says "not found" is not said twice."""
    studies = (
        Figure(says="of 68 sites", source="x", verified="T", percent=16.5),
        Figure(says="most sites", source="x", verified="S"),
    )
    cures = Variable(id="B1", name="Claims cure", unit="S", tier="B", polarity="red_flag", published=studies)
    price = replace(cures, id="T1", name="States a price", published=())
    shown, missing, unknown = code(
        audit(finding("We cure knees.")),
        Coding(variable=cures, present=True, note="Found on this page.", rules=("curative/cures",), quote="We cure knees.", passage=0),
        Coding(variable=price, present=False, note="Not found on this page; other pages of the site were not read.", rules=()),
        Coding(variable=price, present=None, note="Not looked for: no rule measures it.", rules=("curative/none",)),
    )  # fmt: skip

    assert ("found", "Found on this page.", "finding-1", "We cure knees.") == (
        shown["answer"],
        shown["note"],
        shown["anchor"],
        shown["quote"],
    )
    assert "16.5% of 68 sites; most sites" == shown["published"]
    assert ("not on this page", "", "") == (missing["answer"], missing["note"], missing["anchor"])
    assert ("not known", "Not looked for: no rule measures it.", "") == (
        unknown["answer"],
        unknown["note"],
        unknown["anchor"],
    )


def test_references_are_bounded() -> None:
    """The first sixty, and how many more the record holds."""
    made = rich_audit()
    record = to_record(replace(made, document=replace(made.document, citations=made.document.citations * 30)))
    view = view_citations(record)

    assert (60, 30) == (len(view["rows"]), view["left_out"])
    assert "https://doi.org/10.5555/lumora.77" in [row["href"] for row in view["rows"]]
