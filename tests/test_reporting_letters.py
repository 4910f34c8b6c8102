"""Drafts of letters: everything the channel asks for, nothing invented, nothing that accuses."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from auditor.models import Citation, Facts, Severity
from auditor.reporting.letters import CHANNELS, KINDS, read_channels, render_letter, select_findings
from auditor.reporting.record import to_record
from tests.factories import ANNEX, TRIALS, audit, document, evidence, finding, page, passage, rich_audit, rule
from tests.test_reporting_html import ATTACKS, _poison, _Reader

RECORD = to_record(rich_audit())
LETTERS = [("right-of-reply", "generic"), *(("complaint", channel) for channel in CHANNELS)]
every_letter = pytest.mark.parametrize(("kind", "to"), LETTERS)
FORBIDDEN = (
    r"fraud\w*", "scams?", "fakes?", "faked", "illegal\\w*", "unlawful\\w*", "lied", "liars?", "lies", r"quack\w*", r"falsif\w*", "deceiv\\w*",
    "intends?", "intended", "knowingly", "deliberate\\w*", "no evidence exists", "or we report", "betrug", "betrüg\\w*", "gefälscht", "illegal",
)  # fmt: skip


def letter(
    record: dict[str, Any] = RECORD,
    kind: str = "complaint",
    to: str = "generic",
    wanted: tuple[str, ...] = (),
    **options: Any,
) -> str:
    return render_letter(record, select_findings(record, wanted, kind, to), kind=kind, to=to, **options)


# --- what every draft contains -----------------------------------------------------------------


@every_letter
def test_a_draft_says_that_it_is_one(kind: str, to: str) -> None:
    """It was not sent, it begins and ends so, and the line for the reviewer is blank."""
    text = letter(kind=kind, to=to)
    german = to == "de-wettbewerbszentrale"

    assert text.startswith("# Entwurf zur Prüfung" if german else "# Draft for review")
    assert ("Nicht versandt" if german else "Not sent") in text.split("\n\n")[1]
    assert re.search(r"(Reviewed by|Geprüft von): _{10,}", text)


@every_letter
@pytest.mark.parametrize(
    "wanted",
    [
        "(fill in: your name|einsetzen: Name)",  # sender
        "(fill in: your standing|fill in: who you are|einsetzen: Eigenschaft)",  # standing and interest
        "Lumora Institute",  # publisher
        r"https://lumora\.example/en/liver",  # address
        r"14(\.)? (March|März) 2031, 09:26:53 UTC",  # moment with its zone
        "SHA-256 [0-9a-f]{64}",  # identifier of the capture
        r"### 1\.",  # numbered issues
        "cure cirrhosis for good",  # exact words
        "(Paragraph under|Absatz unter) [“„]Liver repair[”“]",  # context line
        "(fill in: translation from|einsetzen: Übersetzung aus)",  # translation, marked
        "(Confidence: .fill in|Sicherheit: .einsetzen)",
        "(What was not checked|Was nicht geprüft wurde)",
        "(What speaks for the page|Was für die Seite spricht)",  # counter-evidence
        "States the risks of its treatment",
        "(Looked at again|Erneut aufgerufen)",
        "(Exhibits|Anlagen)",
        r"SHA-256 \[(fill in|einsetzen)",
        r"- \[ \] ",
    ],
)
def test_a_draft_has_what_all_drafts_need(kind: str, to: str, wanted: str) -> None:
    """Sender, publisher, capture, numbered issues, the other side, absences, second look, exhibits, review line."""
    assert re.search(wanted, letter(kind=kind, to=to).replace("\\", ""))


@pytest.mark.parametrize(
    ("kind", "to", "wanted"),
    [
        ("right-of-reply", "generic", "planned for [fill in: date and place of publication]"),
        ("right-of-reply", "generic", "**Question:** Which published trial shows this result?"),
        ("right-of-reply", "generic", "10 working days from sending, never under 5"),
        ("right-of-reply", "generic", "If you need more time, say so"),
        ("right-of-reply", "generic", "attempt number [fill in"),
        ("right-of-reply", "generic", "reported fairly and beside the point it answers"),
        ("right-of-reply", "generic", "it will be corrected"),
        ("right-of-reply", "generic", "The capture was made before this letter"),
        ("complaint", "uk-asa", "It holds at most 3 issues"),
        ("complaint", "uk-asa", "Where and when it was seen"),
        ("complaint", "uk-asa", "screenshot"),
        ("complaint", "uk-asa", "Is it misleading, and is it substantiated?"),
        ("complaint", "uk-asa", "What it may do to a patient"),
        ("complaint", "au-ahpra", "Earlier contact with the advertiser"),
        ("complaint", "us-fda", "Product or source of the cells: “Our stem cells"),
        ("complaint", "us-fda", "Disease for which it is offered"),
        ("complaint", "us-fda", "How it is sold"),
        ("complaint", "us-fda", "[fill in: register, search term, date and result]"),
        ("complaint", "us-fda", "Two copies of the material and a cover letter"),
        ("complaint", "us-fda", "This is no report of an injury"),
        ("complaint", "us-fda", "Devices and medicines are reported apart"),
        ("complaint", "us-ftc", "Remedy requested"),
        ("complaint", "us-ftc", "“no purchase”"),
        ("complaint", "us-ftc", "Similar pages"),
        ("complaint", "us-ftc", "16 CFR 2.2 is signed"),
        ("complaint", "us-ftc", "about 3500 characters"),
        ("complaint", "de-wettbewerbszentrale", "Name und Postanschrift"),
        ("complaint", "de-wettbewerbszentrale", "Ausdruck"),
        ("complaint", "generic", "[fill in: the body that is competent]"),
    ],
)
def test_a_draft_has_what_its_channel_asks_for(kind: str, to: str, wanted: str) -> None:
    """Each sort of body wants things of its own."""
    assert wanted in letter(kind=kind, to=to)


# --- how it is worded --------------------------------------------------------------------------


@every_letter
@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_draft_accuses(kind: str, to: str, word: str) -> None:
    """No word of fraud, law broken, lie, motive or threat stands outside what is quoted."""
    own = re.sub(r"[“„][^”“]*[”“]", "", letter(kind=kind, to=to))

    assert not re.search(rf"\b(?:{word})\b", own, re.IGNORECASE)


def test_rules_are_possible_and_read() -> None:
    """A rule is cited as possible, and only if its text was read; what is known from others is for the reviewer."""
    ftc, german = letter(to="us-ftc"), letter(to="de-wettbewerbszentrale")

    assert "Possible rule: FTC Health Products Compliance Guidance (<https://www.ftc.gov/" in ftc
    assert "Directive 2005/29/EC" not in ftc
    assert "nur aus zweiter Hand bekannt: Directive 2005/29/EC" in german
    assert "Mögliche Regel: Directive" not in german


def test_what_is_not_known_is_left_open() -> None:
    """No publisher, address or moment is invented."""
    bare = audit(
        finding("We cure knees."),
        page=page(url=None, source="knees.html"),
        document=document("We cure knees.", facts=Facts()),
    )
    text = letter(to_record(bare))

    assert "Publisher, as the page gives it: [fill in: publisher as shown in the imprint]" in text
    assert "read from a saved file; [fill in: address and moment at which it was saved]" in text


def test_patients_are_not_recognised() -> None:
    """Of a patient's story only the words in question are given, and no heading that may name the patient."""
    story = passage("Mrs Ada Quill of Port Vell was cured here.", section=("Ada’s story",), block="testimonial")
    made = finding(
        evidence(story.text, "cured", passage=story, start=story.text.index("cured"), end=story.text.index("cured") + 5)
    )
    text = letter(to_record(audit(made)))

    assert "\\[…\\] cured \\[…\\]" in text
    assert "Ada" not in text


# --- which findings ----------------------------------------------------------------------------


def ids(*arguments: Any) -> list[str]:
    return [found["rule"]["id"] for found in select_findings(RECORD, *arguments)]


def test_findings_are_chosen_by_number_or_rule() -> None:
    """Numbers are those of the report, and the gravest comes first whatever the order asked for."""
    assert ["curative/cure-claimed", "safety/no-risk"] == ids(["safety/no-risk", "1"], "complaint", "generic")


def test_the_gravest_are_chosen_by_default() -> None:
    """The ASA takes three at most; a reply is asked on all that is not slight."""
    assert ["curative/cure-claimed"] == ids([], "complaint", "uk-asa")[:1]
    assert 3 == len(ids([], "complaint", "uk-asa"))
    assert "pressure/few-places" not in ids([], "right-of-reply", "generic")
    assert "transparency/no-price" in ids([], "right-of-reply", "generic")


def grave(severity: Severity = Severity.HIGH) -> Any:
    """Return findings of one severity that fill every place of a letter."""
    return [
        finding(f"Save {number}%.", words="Save", rule=rule(f"pressure/{number}", severity=severity))
        for number in range(20)
    ]


@pytest.mark.parametrize("to", CHANNELS)
def test_no_cure_gives_way_to_a_discount(to: str) -> None:
    """Of cures, reversal and medicines to be given up, the gravest of each is in every complaint, however slight it is."""
    slight = [
        finding("Maybe a cure.", rule=rule("curative/maybe", severity=Severity.LOW)),
        finding("Another cure.", rule=rule("curative/another", severity=Severity.LOW)),
        finding("It may reverse it.", words="reverse", rule=rule("reversal/maybe", severity=Severity.LOW)),
        finding("Leave your pills.", words="Leave", rule=rule("efficacy/medicine-replaced", severity=Severity.LOW)),
    ]
    record = to_record(audit(*grave(), *slight))
    chosen = [found["rule"]["id"] for found in select_findings(record, [], "complaint", to)]

    assert {"curative/maybe", "reversal/maybe", "efficacy/medicine-replaced"} <= set(chosen)
    assert ("curative/another" in chosen) is (to != "uk-asa")
    assert chosen[-1] in {"efficacy/medicine-replaced", "reversal/maybe"}, "gravest first all the same"


def test_a_reply_is_asked_on_every_cure() -> None:
    """What is slight is left out of a request for a reply, but no cure is."""
    slight = [
        finding("Hurry.", words="Hurry", rule=rule("pressure/hurry", severity=Severity.LOW)),
        finding("A cure.", rule=rule("curative/maybe", severity=Severity.LOW)),
    ]
    record = to_record(audit(*grave(), *slight))
    chosen = [found["rule"]["id"] for found in select_findings(record, [], "right-of-reply", "generic")]

    assert "curative/maybe" in chosen
    assert "pressure/hurry" not in chosen


@every_letter
def test_what_is_left_out_is_counted_and_named(kind: str, to: str) -> None:
    """A draft says how many findings it does not hold, and under which numbers the report tells of them."""
    text = letter(to_record(audit(*grave())) | {"unlisted": 3}, kind=kind, to=to, wanted=("2", "3"))
    told = (
        r"18 (further findings on the same page are not in this letter|weitere Fundstellen der Seite sind hier nicht)"
    )

    assert re.search(told, text)
    assert re.findall(r"^- (\d+): ", text, re.MULTILINE) == ["1", *map(str, range(4, 21))]
    assert re.search(r"3 more, of less weight|auslässt: 3$", text, re.MULTILINE)


def test_one_that_is_left_out_is_one() -> None:
    """The number is a word of its sentence."""
    text = letter(to_record(audit(*grave()[:2])), wanted=("1",))

    assert "1 further finding on the page is left out here; the report tells of it" in text
    assert "1 further finding on the same page is not in this letter" in text


def test_what_the_letter_complains_of_does_not_speak_for_the_page() -> None:
    """Neither a mention of research that names nothing, nor a reference or disclaimer that is quoted as a finding."""
    said = passage("Studies show it. Smith 1999 proved it. See Lumora 2031.", index=0)
    small = passage("Results may vary.", index=1, block="disclaimer")
    citations = tuple(
        Citation(
            kind=kind,
            identifier=words,
            text=words,
            passage=0,
            start=said.text.index(words),
            end=said.text.index(words) + len(words),
        )
        for kind, words in (("vague", "Studies show"), ("named_study", "Smith 1999"), ("named_study", "Lumora 2031"))
    )
    met = [
        finding(evidence(said.text, "Smith 1999", passage=said, start=17, end=27), rule=rule("evidence/named")),
        finding(
            evidence(small.text, "may vary", passage=small, start=8, end=16), rule=rule("transparency/small-print")
        ),
    ]
    text = letter(to_record(audit(*met, document=document(said, small, citations=citations))))
    told = text[text.index("## What speaks for the page") : text.index("## What was not found")]

    assert "Lumora 2031" in told
    assert not re.search("Studies show|Smith 1999|Results may vary", told)


def test_findings_with_a_ground_in_the_bodys_law_come_first() -> None:
    """Of equally grave findings those that the body can act on lead."""
    plain = finding("We cure knees.", rule=rule("curative/plain"))
    grounded = finding("We cure hips.", rule=rule("curative/grounded", basis=(TRIALS.id,)))
    record = to_record(audit(plain, grounded, basis={TRIALS.id: TRIALS, ANNEX.id: replace(ANNEX)}))
    chosen = [found["rule"]["id"] for found in select_findings(record, [], "complaint", "us-ftc")]

    assert ["curative/grounded", "curative/plain"] == chosen


@pytest.mark.parametrize(
    ("wanted", "to", "problem"),
    [
        (["99"], "generic", "there is no finding 99; the report numbers them from 1 to 7"),
        (["0"], "generic", "there is no finding 0; the report numbers them from 1 to 7"),
        (["a/b"], "generic", "the record holds no finding a/b; name its number in the report or the id of its rule"),
        (["1", "2", "3", "4"], "uk-asa", "uk-asa takes at most 3 issues, and 4 are named"),
    ],
)
def test_what_cannot_be_chosen_is_told(wanted: list[str], to: str, problem: str) -> None:
    """One sentence says why."""
    with pytest.raises(ValueError, match="^" + re.escape(problem)):
        select_findings(RECORD, wanted, "complaint", to)


def test_the_summary_fits_the_form() -> None:
    """What is pasted into the form of the FTC stays below the length that is known."""
    many = [
        finding(f"We cure {number}. " * 30, rule=rule(f"curative/{number}", severity=Severity.HIGH))
        for number in range(30)
    ]
    text = letter(to_record(audit(*many)), to="us-ftc")
    summary = text[text.index("## Summary") : text.index("## The page")]

    assert 500 < len(summary) < 3_500


# --- form --------------------------------------------------------------------------------------


@every_letter
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_from_a_page_is_alive(kind: str, to: str, attack: str) -> None:
    """A hostile record makes a letter whose HTML holds our elements only, and whose links are plain."""
    record = _poison(RECORD, attack)
    for name in ("sha256", "retrieved"):
        record["page"][name] = RECORD["page"][name]
    text = letter(record, kind=kind, to=to, form="html")
    read = _Reader(text)

    assert [] == read.open
    known = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "p",
        "br",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "mark",
        "blockquote",
        "hr",
        "a",
    }
    assert {tag for tag, _ in read.elements} <= known
    assert all(held["href"].startswith("https://") or held["href"] == "#letter" for held in read.all("a"))
    assert text.replace("\n", "").isprintable()


def test_gaps_are_marked() -> None:
    """In HTML whatever is to be filled in stands out."""
    read = _Reader(letter(form="html"))

    assert "[fill in: your name, postal address and contact]" in read.of("mark")
    assert not [text for tag, text in read.texts if "[fill in" in text and tag != "mark"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_known_of_a_channel_is_whole(channel: str) -> None:
    """Name, address, what it asks for, form, limits and how far that was verified are data."""
    known = read_channels()

    assert list(CHANNELS) == list(known)
    assert known["uk-asa"].keys() == known[channel].keys()
    assert known[channel]["check"]
    assert channel == "generic" or known[channel]["url"].startswith("https://")
    assert known[channel]["verified"] in {"T", "S", ""}
    assert ("right-of-reply", "complaint") == KINDS
