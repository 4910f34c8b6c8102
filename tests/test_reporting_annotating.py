"""The annotated page: evidence marked where it stands, notes that lead to the report and back."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from auditor import pipeline
from auditor.reading.documents import decode_body
from auditor.reporting.annotating import annotate_page, name_annotated
from auditor.reporting.html import render_html
from auditor.reporting.numbering import name_findings, number_marks
from auditor.reporting.record import to_record
from tests.test_samples import EXPECTED, SAMPLES, audit_sample

PAGE = """<!DOCTYPE html><html lang=en class=theme><head><title>We cure arthritis | Knees</title>
<style>p { color: navy } .x { background: url(https://x.example/t.gif) }</style></head><body class=home>
<h1>Our stem cells <em>cure</em> arthritis</h1><p>We guarantee results. 100% safe, with <b>no side</b> effects.</p>
<img src=a.png alt="Cured of diabetes in 14 days"><p hidden>Our stem cells cure diabetes.</p>
<script>alert(1)</script><form action=https://x.example/><button>Get my free quote</button></form></body></html>"""


class Page(HTMLParser):
    """The elements of a page, with the text in its marks."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.marked: list[str] = []
        self.open = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.open += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a mark."""
        self.open -= tag == "mark"

    def handle_data(self, data: str) -> None:
        """Note words that are marked."""
        if self.open:
            self.marked.append(data)

    def ids(self) -> list[str]:
        """Return all identifiers."""
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    def links(self) -> list[str]:
        """Return all addresses of links."""
        return [attrs["href"] for tag, attrs in self.elements if tag == "a" and "href" in attrs]


def audit_markup(markup: str = PAGE) -> dict[str, Any]:
    """Return the record of the page *markup*."""
    from tests.factories import page

    return to_record(pipeline.audit_page(page(markup)))


def annotate_sample(name: str) -> tuple[dict[str, Any], str]:
    """Return the record of a sample, and its annotated page."""
    made = audit_sample(name)
    markup = decode_body(made.page) if made.page.media_type == "text/html" else None
    record = to_record(made)
    return record, annotate_page(record, markup=markup, report="report.html")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_evidence_of_every_sample_is_marked(name: str) -> None:
    """All that stands in the text of a sample is marked there; what stands elsewhere is in the notes, which say where."""
    record, annotated = annotate_sample(name)
    marks = number_marks(record)
    passages = record["document"]["passages"]
    shown = set(re.findall(r'class="auditor-number" id="auditor-mark-(\d+)"', annotated))
    unseen = set(re.findall(r'<li id="auditor-mark-(\d+)"', annotated))
    elsewhere = {
        str(number)
        for span, number in marks.items()
        if passages[span.passage]["role"] in {"title", "meta", "structured"} or passages[span.passage]["hidden"]
    }

    assert {str(number) for number in marks.values()} == shown | unseen
    assert set() == shown & unseen
    assert unseen <= elsewhere, (
        f"not marked: {[span for span, number in marks.items() if str(number) in unseen - elsewhere]}"
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_links_lead_somewhere(name: str) -> None:
    """Every link leads to a mark, to a note or to a finding of the report; identifiers are unique."""
    record, annotated = annotate_sample(name)
    page, report = Page(annotated), Page(render_html(record))
    here, there = page.ids(), report.ids()

    assert len(here) == len(set(here))
    for link in page.links():
        file, _, anchor = link.partition("#")
        assert file in {"", "report.html"}
        assert not anchor or anchor in (there if file else here)


def test_the_marked_words_are_the_evidence() -> None:
    """What is marked are the very words, also where they span elements or stand in attributes."""
    marked = "".join(Page(annotate_page(audit_markup(), markup=PAGE)).marked)

    assert all(
        words in marked
        for words in ("cure", "guarantee", "100% safe", "no side effects", "Cured of diabetes", "Get my free quote")
    )


def test_what_is_not_visible_is_listed() -> None:
    """Title and hidden text are quoted in the notes with their place."""
    annotated = annotate_page(audit_markup(), markup=PAGE)
    unseen = annotated[annotated.index("Not visible on the page") :]

    assert "Page title" in unseen
    assert "not shown at first" in unseen
    assert "alert" not in annotated
    assert "x.example" not in annotated


def test_the_page_keeps_its_looks_behind_the_policy() -> None:
    """Harmless styles and classes stay; the policy lets nothing run or load, and stands before anything of the page."""
    annotated = annotate_page(audit_markup(), markup=PAGE)

    assert '<html lang="en" class="theme">' in annotated
    assert '<body class="home">' in annotated
    assert "p { color: navy }" in annotated
    assert (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'" in annotated
    )
    assert annotated.index("Content-Security-Policy") < annotated.index("navy")


def test_notes_lead_to_findings_and_absences() -> None:
    """Notes name rule and severity; what the page does not say is listed too, and leads to the report."""
    record = audit_markup()
    annotated = annotate_page(record, markup=PAGE, report="../r/a b.html")

    assert all(f'href="../r/a b.html#{anchor}"' in annotated for anchor, _ in name_findings(record))
    assert "Not on this page" in annotated
    assert "Critical" in annotated


def test_quotations_of_the_report_lead_to_their_marks() -> None:
    """Each quotation of the report leads to the number of its first words on the annotated page."""
    record = audit_markup()
    annotated = Page(annotate_page(record, markup=PAGE, report="report.html"))
    links = [
        link for link in Page(render_html(record, annotated="page.annotated.html")).links() if "auditor-mark" in link
    ]

    assert len(links) > 3
    assert all(link.startswith("page.annotated.html#") and link.partition("#")[2] in annotated.ids() for link in links)


def test_without_a_report_no_link_leaves_the_page() -> None:
    """A page without a report beside it leads only to its own notes."""
    assert all(link.startswith("#auditor-") for link in Page(annotate_page(audit_markup(), markup=PAGE)).links())


@pytest.mark.parametrize("name", ["leaflet.pdf", "hard-wrapped.txt"])
def test_texts_are_annotated_too(name: str) -> None:
    """PDF and text show their passages, with every mark."""
    record, annotated = annotate_sample(name)

    assert "without its looks" in annotated
    assert len(number_marks(record)) == len(re.findall('class="auditor-number"', annotated)) > 0


def test_pictures_are_linked() -> None:
    """A note leads to the picture of its words, which lies where the report lies."""
    record = audit_markup()
    span = next(
        span for span in number_marks(record) if record["document"]["passages"][span.passage]["role"] == "heading"
    )
    record["screenshots"] = [
        {"path": "r.pictures/mark-1.png", "passage": span.passage, "start": span.start, "end": span.end}
    ]

    assert '<a href="../out/r.pictures/mark-1.png">' in annotate_page(record, markup=PAGE, report="../out/r.html")


def test_very_much_evidence_is_bounded() -> None:
    """A page that is nothing but claims has so many marks and no more, and says so."""
    record = audit_markup()
    finding = next(finding for finding in record["findings"] if finding["evidence"])
    finding["evidence"] = [finding["evidence"][0] | {"start": place, "end": place + 1} for place in range(1_500)]
    annotated = annotate_page(record, markup=PAGE)

    assert 1_000 == len(re.findall(' id="auditor-mark-', annotated))
    assert "Further evidence in the audit’s record: " in annotated


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.html")), ids=lambda path: path.name)
def test_the_same_record_gives_the_same_bytes(path: Any) -> None:
    """Nothing in the page depends on anything but the record and the markup."""
    assert annotate_sample(path.name)[1] == annotate_sample(path.name)[1]


def test_the_file_is_named_for_its_report() -> None:
    """The annotated page lies beside the report under a name like its."""
    assert "knees-12345678.annotated.html" == name_annotated("knees-12345678.html")


def test_the_file_is_known_for_ours(tmp_path: Any) -> None:
    """Of a folder it is left out like a report, however much the page puts in front."""
    markup = PAGE.replace(
        "class=theme", f'class="{"x " * 5_000}" style="{"color: red; " * 5_000}" title="{"x" * 9_000}"'
    )
    path = tmp_path / "page.annotated.html"
    path.write_text(annotate_page(audit_markup(markup), markup=markup), "utf-8")
    (tmp_path / "page.html").write_text(markup, "utf-8")
    left: list[Any] = []

    assert (str(tmp_path / "page.html"),) == pipeline.expand_sources([tmp_path], set_aside=left.append)
    assert [path] == left
