"""The report: what it shows, in what order, and that nothing from the page is alive in it."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from auditor import models
from auditor.models import Audit, Citation, Grade, Offer, ScorePart, Severity, Support, SupportNeeded
from auditor.reporting import cleaning, wording
from auditor.reporting.cleaning import clean_text
from auditor.reporting.html import render_html
from auditor.reporting.linking import link_url, link_words
from auditor.reporting.record import to_record
from auditor.reporting.templating import TEMPLATES, find_cache
from tests.factories import TRIALS, audit, evidence, finding, page, passage, rich_audit, rule, unassessed_audit

VOID = {"meta", "br", "link", "img", "hr", "input"}
INLINE = {"a", "bdi", "mark", "q", "span", "time", "code"}
ATTACKS = {
    "script": "<script>alert(1)</script>",
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "closing tags": "</bdi></p></blockquote></style></title></svg><img src=x onerror=alert(1)>",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "template": "{{ 7 * 7 }}{% include 'report.css' %}",
    "bidi": "\u202egnirts \u2066x",
    "control": "a\x00b\x1b[31mc\x9b\r\nd",
    "surrogate": "a\ud800b",
    "comment": "<!-- --!> -->",
}


class _Reader(HTMLParser):
    """The elements of a page, its text by element, and whether every tag was closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()
        self.texts.append(("", "" if tag in INLINE else " "))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def text(self) -> str:
        return " ".join("".join(data for tag, data in self.texts if tag not in {"style", "script"}).split())

    def of(self, tag: str) -> list[str]:
        return [data for held, data in self.texts if held == tag]


def report(made: Audit) -> str:
    return render_html(to_record(made))


def words(made: Audit) -> str:
    return _Reader(report(made)).text()


# --- what it says ------------------------------------------------------------------------------


def test_the_first_screen_answers() -> None:
    """Score, grade and meaning come first, then one sentence, the counts and the gravest words."""
    text = words(rich_audit())

    steps = (
        "Lumora Institute – the end of cirrhosis",
        "34 of 100",
        "Grade E",
        "Grave claims stand without support that a reader could check.",
        "Evidence for review, not a verdict.",
        "Words were found that speak of cures, that say that disease is reversed and that present treatment as safe;",
        "7 red flags in 7 categories, 1 critical and 3 high, and 1 sign of good practice.",
        "1 critical 3 high 2 medium 1 low",
        "The gravest words",
        "Contents",
        "What the page says and does",
        "What this page does not say",
        "Strengths",
        "How the score came about",
        "What could not be checked",
        "Facts of the page",
        "Provenance",
        "Method and limits",
        "Words Red flag",
        "Grounds These laws, codes and studies justify the rules. Whether any of them applies to this clinic was not judged.",
    )
    places = [text.index(step, text.index("The gravest words") if step == "Contents" else 0) for step in steps]
    assert sorted(places) == places


def test_a_finding_begins_with_its_quotation() -> None:
    """The quotation stands before the title, the reason, the support, the question and the basis."""
    text = words(rich_audit())
    part = text[text.index("Founded by Prof.") :]

    steps = (
        "Founded by Prof. Ada Quill. Our stem cells reverse liver fibrosis and cure cirrhosis for good",
        "Paragraph under Liver repair",
        "See it on the live page",
        "Says that a treatment cures a serious disease",
        "Also on this page",
        "in Chinese",
        "even in late stages. Heading Said",
        "Said here: hedged",
        "Why it matters",
        "Support no study “studies show” a study named given here a paper to look up a registered trial needed",
        "Looked for: a registered trial in the same section.",
        "Found: a study named without a way to look it up in the same passage: as shown in Hepatic Letters, 2018.",
        "Ask the clinic",
        "Grounds 2 laws, codes or studies United States · European Union",
        "FTC Health Products Compliance Guidance United States Directive 2005/29/EC, Annex I, point 17 European Union",
        "Rule curative/cure-claimed",
    )
    places = [part.index(step) for step in steps]
    assert sorted(places) == places


def test_each_basis_is_told_once() -> None:
    """What a law or study says stands in the annex alone, numbered; findings lead there."""
    text = report(rich_audit())
    read = _Reader(text).text()
    annex = text[text.index('<ol class="bases">') :]

    assert 1 == read.count("Claims about health need competent")
    assert 1 == annex.count('<li id="basis-1"><a href="https://www.ftc.gov/')
    assert "United States, source read by us Claims about health need" in read
    assert "European Union, taken from a secondary source Falsely stating" in read
    assert 2 == text.count('<a href="#basis-1">')


def test_only_the_law_that_was_chosen_is_cited() -> None:
    """Findings and annex cite the jurisdictions asked for and what holds everywhere, and say so; the record keeps all."""
    made = rich_audit()
    study = replace(TRIALS, id="intl.study", title="A study of clinics", jurisdiction="intl")
    cure = replace(
        made.findings[0], rule=replace(made.findings[0].rule, basis=(*made.findings[0].rule.basis, study.id))
    )
    made = replace(made, findings=(cure, *made.findings[1:]), basis={**made.basis, study.id: study})
    record = to_record(made, jurisdictions=("eu",))
    read = _Reader(render_html(record)).text()

    assert "Only those of European Union are cited, as was asked, and those that hold everywhere." in read
    assert "FTC Health Products Compliance Guidance" not in read
    assert "Directive 2005/29/EC, Annex I, point 17 European Union A study of clinics International" in read
    assert "Grounds none from the jurisdictions chosen" in read
    assert 3 == len(record["basis"])


def test_the_first_screen_names_a_ground() -> None:
    """Beside each of the gravest words stands what the finding rests on."""
    read = words(rich_audit())

    assert "Grounds: FTC Health Products Compliance Guidance (United States) and 1 other" in read


def test_strengths_stand_first_where_nothing_grave_does() -> None:
    """A page without red flags shows its strengths on the first screen, and the sentence counts them."""
    good = rich_audit().strengths
    read = words(audit(strengths=good, score=100))

    assert "No red flag was found on this page. 1 sign of good practice was found." in read
    assert "What speaks for the page Bleeding, infection and pain are possible; your physician" in read
    assert "What speaks for the page" not in words(audit(finding("We cure knees."), strengths=good))


@pytest.mark.parametrize(
    ("given", "needed", "expected"),
    [
        (Grade.NONE, Grade.TRIAL, [("reached", True, False), *[("missing", False, False)] * 3, ("missing", False, True)]),
        (Grade.NAMED, Grade.PAPER, [*[("reached", False, False)] * 2, ("reached", True, False), ("missing", False, True), ("missing", False, False)]),
        (Grade.TRIAL, Grade.TRIAL, [*[("reached", False, False)] * 4, ("reached", True, True)]),
    ],
)  # fmt: skip
def test_the_ladder_is_drawn(given: Grade, needed: Grade, expected: list[tuple[str, bool, bool]]) -> None:
    """Five rungs: those that the page climbs, the one it stands on, and the one that the claim would need."""
    met = rule(support=SupportNeeded(answered_by=needed, within="page"))
    text = report(audit(finding(evidence(support=Support(grade=given)), rule=met)))
    rungs = re.findall(r'<li class="(reached|missing)">(.*?)</li>', text, re.DOTALL)

    assert expected == [(name, "given here" in words_, "needed</b>" in words_) for name, words_ in rungs]


def test_the_codebook_is_told() -> None:
    """Each variable is found, not found or not known, with the quotation, the finding, and what studies found."""
    read = words(rich_audit())
    text = report(rich_audit())

    assert "O1 Names the product found Our stem cells reverse liver fibrosis" in read
    assert "B2 Claims cure 16.5% of 68 sites; most sites found 彻底治愈" in read
    assert '<a href="#finding-1"><bdi>彻底治愈</bdi></a>' in text
    assert "T1 States a price not on this page" in read
    assert "O9 Shows a diploma not known Not looked for: no rule measures it." in read


def test_the_annotated_page_is_linked() -> None:
    """Where there is a marked copy of the page, the first screen leads to it."""
    record = to_record(rich_audit())

    assert '<a href="page.annotated.html">Read the page itself' in render_html(record, annotated="page.annotated.html")
    assert "Read the page itself" not in render_html(record)


def test_what_is_copied_stands_in_the_page() -> None:
    """The script needs nothing but what is read: title, address, moment and digest of the page."""
    held = next(attributes for tag, attributes in _Reader(report(rich_audit())).elements if tag == "main")

    assert "Lumora Institute – the end of cirrhosis" == held["data-title"]
    assert "https://lumora.example/en/liver?a=1&b=2#top" == held["data-address"]
    assert "Retrieved 14 March 2031, 09:26:53 UTC" == held["data-retrieved"]
    assert 64 == len(held["data-sha256"])
    assert 4 == len(held["data-say"].split("|"))


def test_bases_have_a_bound() -> None:
    """A rule folder with very many bases fills neither the annex nor a finding."""
    many = [
        replace(TRIALS, id=f"us.{number}", title=f"Law {number}", says="It says so. " * 500) for number in range(900)
    ]
    found = [
        finding(
            f"We cure {number}.", rule=rule(f"curative/{number}", basis=tuple(item.id for item in many[number::30]))
        )
        for number in range(30)
    ]
    text = report(audit(*found, basis={item.id: item for item in many}))

    assert 200 == text.count('<li id="basis-')
    assert 30 * 12 == len(re.findall(r"<li>(?:<a href=.#basis-\d+.>)?Law \d+", text))
    assert len(text) < 700_000


def test_categories_come_gravest_first() -> None:
    """The category with the gravest finding leads; of equals the order of the report holds."""
    made = audit(
        finding("A cure.", rule="curative/one", severity=Severity.LOW),
        finding("Safe.", words="Safe", rule="safety/one", severity=Severity.MEDIUM),
        finding("Hype.", words="Hype", rule="hype/one", severity=Severity.CRITICAL),
        finding("Reversed.", words="Reversed", rule="reversal/one", severity=Severity.MEDIUM),
    )
    titles = [title for title in _Reader(report(made)).of("h3") if title in wording.CATEGORIES.values()]

    assert ["Superlatives", "Reversal of disease", "Safety and risk", "Cures"] == titles


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (finding(rule=rule("funnel/form", form="structure")), "Parts of the page were found that invite the reader to"),
        (
            finding(rule=rule("transparency/date", form="absence")),
            "Some of what a reader would need to know was not found",
        ),
        (finding("A cure.", rule=rule(form="count")), "Words were found that speak of cures; 1 red flag, 1 high."),
    ],
)
def test_the_summary_tells_of_words_and_parts(made: models.Finding, expected: str) -> None:
    """The sentence says what was found, and nothing of what the page is or wants."""
    assert expected in words(audit(made))


def test_one_passage_needs_no_note() -> None:
    """How many passages say a thing is told from two on."""
    one = words(audit(finding("We cure knees.", note="One passage says so.")))
    two = words(audit(finding("We cure knees.", "We cure hips.", note="2 passages say so.")))

    assert "One passage" not in one
    assert "Says that a treatment cures 2 passages say so." in two


def test_a_structure_is_described_in_place_of_its_button() -> None:
    """A form leads with what it asks for; its button, quoted below, is not marked."""
    made = rich_audit()
    kept = [each for each in made.findings if each.rule.form == "structure"]
    text = report(replace(made, findings=tuple(kept), strengths=()))

    assert 2 == text.count("Form asks for: illness or condition, file, telephone number")
    assert "The gravest findings" in text
    assert "Found at" in text
    assert "<mark>" not in text


def test_the_words_that_met_the_rule_are_marked() -> None:
    """Each hit is marked; a sentence with two hits is quoted once, with two marks."""
    quote = "We cure knees and cure hips."
    both = (evidence(quote, "cure"), evidence(quote, "cure", start=18, end=22))
    read = _Reader(report(audit(finding(*both))))

    assert ["cure", "cure"] * 2 == read.of("mark")
    assert "We cure knees and cure hips. Paragraph" in read.text()
    assert "Also on this page" not in read.text()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (passage(section=("A", "B")), "Paragraph under A › B"),
        (passage(landmark="footer"), "Paragraph, in the page’s footer"),
        (passage(role="button", landmark="nav"), "Button, in the navigation"),
        (passage(role="meta", landmark="head"), "Description for search engines"),
        (passage(hidden=True), "Paragraph, not shown at first"),
        (passage(block="testimonial"), "Paragraph, in a testimonial"),
        (passage(language="de"), "Paragraph, in German"),
        (passage(language="tlh"), "Paragraph, in tlh"),
    ],
)
def test_the_place_of_a_quotation_is_told(place: models.Passage, expected: str) -> None:
    """Role, section, landmark, language and what is hidden are said in words."""
    read = words(audit(finding(evidence(passage=place))))

    assert expected in read


def test_the_gravest_words_are_the_gravest() -> None:
    """Three sentences lead, by severity first and from different categories second, none of them twice."""
    made = audit(
        finding("A cure.", rule="curative/one", severity=Severity.HIGH),
        finding("Another cure.", rule="curative/two", severity=Severity.HIGH),
        finding("A cure.", rule="reversal/one", severity=Severity.HIGH),
        finding("A cure too.", rule="reversal/two", severity=Severity.HIGH),
        finding("A slight cure.", rule="hype/one", severity=Severity.LOW),
    )
    read = words(made)

    part = read[read.index("The gravest words") : read.index("Contents")]
    assert (
        "The gravest words A cure. High Says that a treatment cures "
        "A cure too. High Says that a treatment cures Another cure. High Says that a treatment cures "
    ) == part


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([finding("A cure.", severity=Severity.LOW)], "What was found A cure."),
        ([finding("A cure.", severity=Severity.MEDIUM)], "The gravest words A cure."),
        (
            [finding("A cure."), finding("Call.", words="Call", rule="funnel/call", severity=Severity.LOW)],
            "The gravest words A cure. High Says that a treatment cures Contents",
        ),
        (
            [
                finding(evidence("The cure.", passage=passage("The cure.", role="title"))),
                finding("Quick.", words="Quick", rule="efficacy/quick", severity=Severity.MEDIUM),
            ],
            "What was found Quick.",
        ),
    ],
    ids=["all low", "medium", "low beside high", "gravest in the title"],
)
def test_the_first_words_are_named_for_what_they_are(found: list[models.Finding], expected: str) -> None:
    """Slight words are not called grave, nor is the page's title held against it a second time."""
    assert expected in words(audit(*found))


def test_many_quotations_are_folded() -> None:
    """Three more quotations stand open below the first, the others are folded, and none is lost."""
    text = report(audit(finding(*(f"We cure {number}." for number in range(9)))))
    folded = text[text.index("<details>") : text.index("</details>")]

    assert "<summary>5 more</summary>" in folded
    assert 5 == folded.count("<blockquote")
    assert 9 == text[text.index("<article") : text.index("</article>")].count("<blockquote")


@pytest.mark.parametrize(
    ("support", "expected"),
    [
        (Support(grade=Grade.NONE), "Found: no study or trial."),
        (
            Support(
                grade=Grade.VAGUE,
                where="page",
                citation=Citation(kind="vague", identifier="studies", text="studies show", passage=0),
            ),
            "Found: a mention of research that names no study on this page: studies show.",
        ),
        (
            Support(
                grade=Grade.PAPER,
                where="section",
                citation=Citation(kind="doi", identifier="10.1/x", text="doi", passage=0, preclinical=True),
            ),
            "Found: a paper that can be looked up in the same section, about animals or cell cultures: doi.",
        ),
    ],
)
def test_support_is_told_in_words(support: Support, expected: str) -> None:
    """What was looked for and what was found are two sentences."""
    met = rule(support=SupportNeeded(answered_by=Grade.PAPER, within="page"))
    text = words(audit(finding(evidence(support=support), rule=met)))

    assert "Looked for: a paper that can be looked up, or a registered trial on this page." in text
    assert expected in text


def test_an_absence_is_worded_on_this_page() -> None:
    """Absences stand apart, and say what is absent, and where it was looked for."""
    text = words(audit(finding(rule=rule("transparency/no-price", title="Names no price", form="absence"))))

    assert "What this page does not say What is not said here may be said elsewhere on the site." in text
    assert (
        "Names no price This was looked for and not found on this page; other pages of the site were not read." in text
    )


def test_a_lowered_severity_says_so() -> None:
    """Where the way a thing is said lowered its severity, the report names both."""
    text = words(audit(finding(evidence(severity=Severity.MEDIUM), severity=Severity.MEDIUM)))

    assert "Medium lowered from high, because of how it is said" in text


def test_a_page_that_was_not_assessed_gives_its_reason() -> None:
    """No number and no all-clear appear, and the reason does."""
    text = words(unassessed_audit(reason="The site asks for a login."))

    assert "Not assessed The site asks for a login." in text
    assert "of 100" not in text
    assert "No red flag" not in text


def test_findings_of_a_page_without_score_are_shown() -> None:
    """A text too short to score still shows what was found."""
    text = words(audit(finding("We cure knees."), score=None, grade=None, meaning="Too short to score."))

    assert "Not assessed; what was found in it is listed Too short to score." in text
    assert "We cure knees." in text


def test_nothing_found_is_no_praise() -> None:
    """Where no rule was met, the report says what that does not mean."""
    text = words(audit(score=100))

    assert "No red flag was found on this page. None of the rules that were applied was met" in text
    assert "does not mean that what the page says is true" in text


SPARED = "The page was taken to inform and not to sell: 165 rules for pages that sell were not applied, and 4 of them would have been met."


def test_spared_rules_are_told_on_the_first_screen() -> None:
    """A good score that rests on what the page was taken to be says so at once, with the way to the reasons."""
    made = audit(
        score=100, offer=Offer(intent="information", signs=("words that inform: “ask your doctor”",)), limits=(SPARED,)
    )
    text = words(made)
    first = text[: text.index("What the page says and does")]

    assert f"{SPARED} Why it was taken so" in first
    assert 2 == text.count(SPARED)
    assert (
        "165 Regeln für Seiten, die verkaufen, wurden nicht angewandt, und 4 davon"
        in _Reader(render_html(to_record(made), locale="de")).text()
    )
    assert "no se aplicaron 165 reglas" in _Reader(render_html(to_record(made), locale="es")).text()


def test_a_step_of_nothing_has_no_sign() -> None:
    """A strength that could give nothing back is shown as 0."""
    text = words(audit(score=100, score_parts=(ScorePart(points=0, reason="Gives a date"),)))

    assert "0 Gives a date 100 Score" in text


def test_every_step_of_the_score_is_shown() -> None:
    """The table goes from 100 to the score, each step under its category as the reader knows it."""
    text = words(rich_audit())

    assert "100 Where every page begins −24 Cures: Says that a treatment cures a serious disease (critical)" in text
    assert "+4 Strength: States the risks of its treatment 34 Score, between 0 and 100" in text


def test_steps_without_points_are_one_line() -> None:
    """Findings whose category is counted already, and strengths beyond the most that is given, are only numbers."""
    parts = (
        ScorePart(points=-12, reason="Says one (high)", rule="curative/one"),
        ScorePart(points=0, reason="Says two (high)", rule="curative/two"),
        ScorePart(points=0, reason="Says three (low)", rule="curative/three"),
        ScorePart(points=0, reason="Weighs nothing (low)", rule="hype/one"),
        ScorePart(points=3, reason="Gives a date", rule="strengths/date"),
        ScorePart(points=0, reason="Names its author", rule="strengths/author"),
    )
    read = _Reader(report(audit(score=91, score_parts=parts)))
    text = read.text()

    assert (
        "−12 Cures: Says one (high) 0 Superlatives: Weighs nothing (low) +3 Strength: Gives a date "
        "0 2 more red flags: no further points, the category already counts "
        "0 1 strength: no further points can be given back 91 Score"
    ) in text
    assert [] == read.all("tfoot")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (page(source="/home/jane/knees.html", url=None, status=None), "knees.html Read from a file on 14 March 2031"),
        (page(source="-", url=None, status=None), "standard input Read from standard input on 14 March 2031"),
        (page(), "Retrieved 14 March 2031"),
    ],
)
def test_how_the_page_came_is_told(made: models.Page, expected: str) -> None:
    """What was read from a file was not retrieved from anywhere."""
    text = words(audit(page=made)).replace("knees.htmlRead", "knees.html Read").replace("inputRead", "input Read")

    assert expected in text


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (Offer(intent="marketing", signs=("links to line",)), "Taken to be marketing, because of: links to LINE Title"),
        (Offer(intent="information", signs=("words that inform: “gene”",)), "Taken to be information, because of: words that"),
        (
            Offer(intent="unclear", signs=("links to booking",)),
            "because it stayed unclear whether it offers anything Found: links to booking service",
        ),
    ],
)  # fmt: skip
def test_what_the_page_was_taken_to_be_has_reasons(offer: Offer, expected: str) -> None:
    """The signs stand behind the word, in words that a reader knows."""
    assert expected in words(audit(offer=offer))


def test_what_is_not_listed_is_told() -> None:
    """With a severity asked for, the report says what it counts without listing, and never that all is well."""
    some = words(audit(finding("We cure knees."), unlisted=3))
    none = words(audit(score=80, unlisted=3))

    assert "3 findings below high are counted in the score and not listed." in some
    assert "3 findings below the severity that was asked for are counted in the score and not listed." in none
    assert 2 == none.count("No red flag at or above the severity that was asked for was found on this page.")
    assert "No red flag was found" not in none
    assert "None of the rules that were applied was met" not in none


@pytest.mark.parametrize(
    "expected",
    [
        "Taken to be marketing, because of: a form that asks for contact: “Get my quote” links to WhatsApp Also found: words",
        "Redirects 301: https://lumora.example/liver → /en/liver?a=1&b=2#top",
        "Retrieved 14 March 2031, 09:26:53 UTC",
        "HTTP status 200",
        "Network address 203.0.113.7",
        "Author Lumora editorial team",
        "Published 2 November 2030",
        "Ways to make contact telephone, WhatsApp",
        "Contact form asks for telephone number, illness or condition and file, under “Get my quote”",
        "Meta Pixel (0000): https://connect.example/fbevents.js",
        "Patient stories – https://video.example/embed/77",
        "NCT01234567 look it up: NCT01234567 Registered trial",
        "doi:10.5555/lumora.77 look it up: doi:10.5555/lumora.77 Paper (DOI), about animals or cell cultures",
        "7 images have no alternative text",
        "clinic-auditor 0.1.0",
        "5f5f5f5f",
    ],
)
def test_the_facts_of_the_page_are_told(expected: str) -> None:
    """Where the page came from, what it holds and what judged it are all there."""
    assert expected in words(rich_audit())


def test_a_file_is_named_without_its_folders() -> None:
    """A report can be published without telling where its author keeps files."""
    text = report(audit(page=page(source="/home/jane/cases/knees.html", url=None)))

    assert "knees.html" in text
    assert "jane" not in text


def test_the_report_depends_on_the_record_alone() -> None:
    """The same record gives the same bytes, and is left as it was."""
    record = to_record(rich_audit())

    assert render_html(record) == render_html(record)
    assert to_record(rich_audit()) == record


# --- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "quote", "around", "expected"),
    [
        ("https://a.example/", "We cure.", ("", ""), "https://a.example/#:~:text=We%20cure."),
        ("https://a.example/#top", "We cure.", ("", ""), "https://a.example/#top:~:text=We%20cure."),
        ("https://a.example/#:~:text=x", "We cure.", ("", ""), "https://a.example/#:~:text=We%20cure."),
        ("https://a.example/", "a-b, c & d", ("", ""), "https://a.example/#:~:text=a%2Db%2C%20c%20%26%20d"),
        ("https://a.example/", "a=b#c?", ("", ""), "https://a.example/#:~:text=a%3Db%23c%3F"),
        (
            "https://a.example/",
            "We cure.",
            ("one two three four", "five six seven eight"),
            "https://a.example/#:~:text=two%20three%20four-,We%20cure.,-five%20six%20seven",
        ),
        ("https://a.example/", "We cure.", ("… two", "five …"), "https://a.example/#:~:text=We%20cure."),
        ("https://a.example/", "彻底治愈", ("本院", ""), "https://a.example/#:~:text=%E5%BD%BB%E5%BA%95%E6%B2%BB%E6%84%88"),
        (
            "https://a.example/",
            " ".join(f"word{number}" for number in range(40)),
            ("before", "after"),
            "https://a.example/#:~:text=word0%20word1%20word2%20word3%20word4,word35%20word36%20word37%20word38%20word39",
        ),
        (
            "https://a.example/",
            "甲乙丙丁戊，" + "治" * 200 + "，己庚辛壬癸",
            ("", ""),
            "https://a.example/#:~:text=%E7%94%B2%E4%B9%99%E4%B8%99%E4%B8%81%E6%88%8A,%E5%B7%B1%E5%BA%9A%E8%BE%9B%E5%A3%AC%E7%99%B8",
        ),
        ("https://a.example/", "   ", ("", ""), None),
        ("https://a.example/", "x" * 100_000, ("", ""), None),
        ("javascript:alert(1)", "We cure.", ("", ""), None),
        ("file:///etc/passwd", "We cure.", ("", ""), None),
        ("", "We cure.", ("", ""), None),
    ],
)  # fmt: skip
def test_a_quotation_is_linked_to_the_live_page(
    url: str, quote: str, around: tuple[str, str], expected: str | None
) -> None:
    """A text fragment leads to the very words, percent-encoded where its syntax has a meaning."""
    assert expected == link_words(url, quote, *around)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " https://a.example",
        "https://",
        "https:///x",
        "//a.example",
        "https://user@a.example/",
        "https://a.example/ x",
        "https://a.example/\x00",
        "https://a.example/\u202e",
        "https://a.example/" + "x" * 3_000,
        "ftp://a.example",
        None,
    ],
)
def test_only_plain_web_addresses_are_linked(url: str | None) -> None:
    """What is not http(s), or hides something, stays text."""
    assert link_url(url) is None


def test_words_that_are_not_on_the_page_are_not_linked() -> None:
    """Titles, descriptions, alternative texts and hidden text cannot be found by a browser."""
    places = [passage(role=role) for role in ("title", "meta", "alt", "structured")] + [passage(hidden=True)]
    texts = [words(audit(finding(evidence(passage=place)))) for place in places]

    assert not any("See it on the live page" in text for text in texts)


# --- nothing alive -----------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_from_the_page_is_alive(attack: str) -> None:
    """Markup, addresses and characters that act are inert in every place of the record."""
    expected = _Reader(report(rich_audit()))
    text = render_html(_poison(to_record(rich_audit()), attack))
    read = _Reader(text)

    assert [] == read.open
    assert {tag for tag, _ in read.elements} <= {tag for tag, _ in expected.elements}
    assert {name for _, held in read.elements for name in held} <= {
        name for _, held in expected.elements for name in held
    }
    assert all(re.match(r"https?://|#", held["href"]) for held in read.all("a", "use"))
    assert text.replace("\n", "").isprintable()
    assert text.encode("utf-8")
    assert "7 * 7" in text or "{{" not in attack


def test_markup_in_a_quotation_is_shown_as_text() -> None:
    """A reader sees the very characters of the page."""
    quote = 'We cure <b>knees</b> & "hips".'
    read = _Reader(report(audit(finding(quote))))

    assert f"{quote} Paragraph" in read.text()


def test_the_report_loads_nothing() -> None:
    """No element loads anything, and the policy would not let it."""
    read = _Reader(report(rich_audit()))
    policy = next(held["content"] for held in read.all("meta") if held.get("http-equiv") == "Content-Security-Policy")

    assert [] == read.all("link", "img", "iframe", "object", "embed", "form", "base")
    assert [{}] == read.all("script")
    assert not any(
        name in {"src", "style", "srcset"} or name.startswith("on") for _, held in read.elements for name in held
    )
    assert policy.startswith("default-src 'none';")
    assert "url(" not in "".join(read.of("style"))
    assert "@import" not in "".join(read.of("style"))


def test_the_policy_names_style_and_script() -> None:
    """The digests in the policy are those of the styles and the script as they stand in the page: nothing else may act."""
    text = report(audit())
    styles = [_digest(style) for style in re.findall(r"<style>(.*?)</style>", text, re.DOTALL)]
    scripts = [_digest(script) for script in re.findall(r"<script>(.*?)</script>", text, re.DOTALL)]

    assert f"style-src {' '.join(styles)}; script-src {' '.join(scripts)};" in text
    assert 1 == len(scripts)


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_a_flood_is_bounded() -> None:
    """Five thousand findings and a string of a megabyte make a page that opens, and that says what it leaves out."""
    long = "cure " + "x" * 1_000_000
    found = [finding(f"We cure {number}.", rule=f"curative/cure-{number}") for number in range(5_000)]
    many = finding(*(f"We cure {number}." for number in range(5_000, 7_000)), severity=Severity.CRITICAL)
    text = report(audit(many, finding(long, severity=Severity.CRITICAL), *found, score=0, meaning=long))

    assert len(text) < 1_000_000
    assert "1,988 more of these are in the audit’s record." in text
    assert "4,702 more findings are in the audit’s record." in text


def test_two_hundred_findings_stay_under_a_megabyte() -> None:
    """A page with very many red flags is still a file that can be mailed."""
    record = to_record(rich_audit())
    record["findings"] = (record["findings"] * 29)[:200]

    assert len(render_html(record).encode()) < 1_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a b c"),
        ("a\x00b", "a\ufffdb"),
        ("a\x1b[1mb", "a\ufffd[1mb"),
        ("a\u202eb\u2069", "a\ufffdb\ufffd"),
        ("a\u200bb\u00adc\ufeff\u200f", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u00a0b", "a b"),
        ("\ud800", "\ufffd"),
        ("x" * 5_000, "x" * 4_000 + "…"),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    """What could act is made visible, what cannot be seen goes, what writing needs stays."""
    assert expected == clean_text(text)
    assert [{expected: [expected, 1, None]}] == cleaning.clean_value([{text: [text, 1, None]}])


# --- for every reader --------------------------------------------------------------------------


@pytest.mark.parametrize("made", [rich_audit(), audit(), unassessed_audit()], ids=["rich", "clean", "not assessed"])
def test_headings_are_in_order(made: Audit) -> None:
    """No level is left out on the way down, and there is one first heading."""
    levels = [int(tag[1]) for tag, _ in _Reader(report(made)).elements if re.fullmatch("h[1-6]", tag)]

    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("made", [rich_audit(), audit(), unassessed_audit()], ids=["rich", "clean", "not assessed"])
def test_every_inner_link_leads_somewhere(made: Audit) -> None:
    """Identifiers are unique, and every reference within the page has one."""
    read = _Reader(report(made))
    known = [held["id"] for _, held in read.elements if "id" in held]
    wanted = {held["href"][1:] for held in read.all("a", "use") if held["href"].startswith("#")}
    wanted |= {held["aria-labelledby"] for _, held in read.elements if "aria-labelledby" in held}

    assert len(set(known)) == len(known)
    assert set() == wanted - set(known)


def test_severity_is_word_and_shape() -> None:
    """Each severity has its own shape beside its word, so colour is never alone."""
    read = _Reader(report(rich_audit()))
    shapes = {held["href"] for held in read.all("use")}

    assert {f"#shape-{name}" for name in (*wording.SEVERITIES, "good")} == shapes
    assert all(held.get("aria-hidden") == "true" for held in read.all("svg"))


def test_languages_are_declared() -> None:
    """The page is English; quotations and the title say what they are, each isolated in its direction."""
    read = _Reader(report(rich_audit()))

    assert ["en"] == [held["lang"] for held in read.all("html")]
    assert {"en", "zh"} == {held["lang"] for held in read.all("blockquote")}
    assert all(held["dir"] == "auto" for held in read.all("blockquote"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "soft", "link", *wording.SEVERITIES, "good"])
def test_colours_have_contrast(scheme: str, name: str) -> None:
    """Every colour of text has at least 4.5 to 1 on its paper, in both schemes."""
    colours = _read_colours(scheme)

    assert _contrast(colours[name], colours["paper"]) >= 4.5
    assert _contrast(colours["ink"], colours["mark"]) >= 4.5


def _read_colours(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", (TEMPLATES / "report.css").read_text("utf-8"), re.DOTALL)
    return dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", blocks[("light", "dark").index(scheme)]))


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- words for everything ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (wording.CATEGORIES, set(models.CATEGORIES) - set(models.UNSCORED)),
        (wording.DOES, set(models.CATEGORIES) - set(models.UNSCORED)),
        (wording.ROLES, set(models.ROLES)),
        (wording.LANDMARKS, set(models.LANDMARKS)),
        (wording.CONTEXTS, set(models.CONTEXTS)),
        (wording.VOICES, set(models.VOICES)),
        (wording.INTENTS, set(models.INTENTS)),
        (wording.CITATIONS, set(models.CITATION_KINDS)),
        (wording.CONTACTS, set(models.LINK_KINDS) - {"page", "register", "literature"}),
        (wording.GRADES, {grade.name.lower() for grade in Grade}),
        (wording.NEEDED, {grade.name.lower() for grade in Grade}),
        (dict.fromkeys(wording.SEVERITIES), {severity.name.lower() for severity in Severity}),
    ],
)
def test_every_value_has_words(table: dict[str, Any], known: set[str]) -> None:
    """No value that a record can hold is without a word in the report."""
    assert known == set(table)


@pytest.mark.parametrize(
    "word", ["fraud", "illegal", "fake", "liar", "scam", "lie", "lies", "quack", "criminal", "guilty"]
)
def test_the_report_accuses_nobody(word: str) -> None:
    """The words of the report describe; they never accuse."""
    pages = f"{words(rich_audit())} {words(unassessed_audit())} {words(audit())}"

    assert not re.search(rf"\b{word}\b", pages, re.IGNORECASE)


# --- the cache of compiled templates -----------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CACHE_HOME": "/var/tmp/mine", "HOME": "/home/jane"}, "/var/tmp/mine/clinic-auditor"),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/jane"}, "/home/jane/.cache/clinic-auditor"),
        ({"XDG_CACHE_HOME": "here", "HOME": "/home/jane"}, "/home/jane/.cache/clinic-auditor"),
    ],
)
def test_the_cache_is_the_users(environ: dict[str, str], expected: str) -> None:
    """The folder follows the XDG rules; a relative one is ignored."""
    assert Path(expected) == find_cache(environ)


def test_the_cache_is_private_and_used(tmp_path: Path) -> None:
    """The folder is made for its user alone, and holds the compiled template."""
    folder = tmp_path / "deep" / "cache"
    expected = report(rich_audit())

    assert expected == render_html(to_record(rich_audit()), cache=folder)
    assert 3 == len(list(folder.iterdir()))
    assert os.name == "nt" or 0o700 == folder.stat().st_mode & 0o777


def test_a_folder_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    """Compiled templates are code: none is kept where someone else could put one."""
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)

    assert render_html(to_record(audit()), cache=folder)
    assert [] == list(folder.iterdir())


def test_a_linked_folder_is_not_trusted(tmp_path: Path) -> None:
    """A link may lead anywhere."""
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert render_html(to_record(audit()), cache=tmp_path / "link")
    assert [] == list((tmp_path / "real").iterdir())


def test_a_cache_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    """A file in the way costs time, not the report."""
    (tmp_path / "file").write_text("in the way", "utf-8")

    assert render_html(to_record(audit()), cache=tmp_path / "file" / "cache")


def _poison(value: Any, attack: str, key: str = "") -> Any:
    """Return a record with *attack* in every string that the page, or a rule, could bring."""
    kept = {"format", "format_version", "severity", "category", "form", "status", "role", "landmark", "kind", "grade",
            "where", "needed", "voice", "contexts", "intent", "purpose", "answered_by", "within", "near"}  # fmt: skip
    if isinstance(value, dict):
        return {name: _poison(item, attack, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_poison(item, attack, key) for item in value]
    if key == "grade":
        return value if value in wording.GRADES else attack
    return attack if isinstance(value, str) and key not in kept else value
