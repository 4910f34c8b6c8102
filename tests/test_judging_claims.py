"""Claims: which hits stand, what is quoted, who speaks, and what answers."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from auditor.judging import judge_page, remember_texts
from auditor.models import Citation, Severity
from tests.factories import document, page, passage
from tests.rulefolders import GOOD, build_rules

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.models import Audit, Document, RuleSet


def judge(read: Document, rules: RuleSet) -> Audit:
    """Judge *read* by *rules* at a fixed moment."""
    return judge_page(page(), read, rules, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc), version="0")


def quotes(audit: Audit) -> list[str]:
    """Return all quotations of *audit*."""
    return [item.quote for finding in audit.findings for item in finding.evidence]


def change_rule(addition: str, *, match: str | None = None) -> str:
    """Return the good rule with the lines of *addition*, and another *match* if given."""
    text = GOOD.replace("match:\n  en: ['mends {joints}', 'mending']", f"match:\n  en: {match}") if match else GOOD
    return text.replace("codes: [B2]\n", f"codes: [B2]\n{addition}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It mends knees.", ["It mends knees."]),
        ("It soothes. It mends knees. It smells nice.", ["It mends knees."]),
        ("It never mends knees.", []),
        ("No balm mends knees, but ours mends knees.", ["No balm mends knees, but ours mends knees."]),
        ("It mends knees and it mends hips.", ["It mends knees and it mends hips."]),
        ("It mends knees. It mends knees.", ["It mends knees."]),
        ("It mends knees. It mends hips.", ["It mends knees.", "It mends hips."]),
        ("Is it true that it mends knees?", []),
        ("It commends kneesocks.", []),
    ],
)
def test_a_hit_counts_by_its_clause_and_is_quoted_as_a_sentence(text: str, expected: list[str], tmp_path: Path) -> None:
    """Excused is the hit, never the passage; the same sentence is quoted once."""
    assert expected == quotes(judge(document(text), build_rules(tmp_path, words__en__joints="- knees\n- hips\n")))


def test_evidence_knows_its_words_and_surroundings(tmp_path: Path) -> None:
    """A quotation can be found again: verbatim, with what stands before and after it."""
    audit = judge(document("It soothes. It mends knees, they say. It smells nice."), build_rules(tmp_path))
    item = audit.findings[0].evidence[0]

    assert "mends knees" == item.words
    assert ("It soothes. ", " It smells nice.") == (item.prefix, item.suffix)
    assert item.words == item.passage.text[item.start : item.end]


def test_a_sentence_of_megabytes_is_quoted_in_part(tmp_path: Path) -> None:
    """The quotation of an endless sentence is short, verbatim, and holds the words."""
    audit = judge(document("word " * 200_000 + "mends knees" + " word" * 200_000), build_rules(tmp_path))
    item = audit.findings[0].evidence[0]

    assert len(item.quote) <= 700
    assert item.words in item.quote
    assert item.quote in item.passage.text


def test_unless_takes_a_hit_away(tmp_path: Path) -> None:
    """What lies inside a hit of *unless* is no evidence; the next one is."""
    rules = build_rules(tmp_path, curative__mends=change_rule("unless:\n  en: ['fence mending']"))

    assert ["Mending is what we do."] == quotes(judge(document("Fence mending is fun. Mending is what we do."), rules))


def test_a_hit_must_stand_near_the_head_of_its_sentence(tmp_path: Path) -> None:
    """With *lead*, only so many words may stand before a hit in its sentence."""
    rules = build_rules(tmp_path, curative__mends=change_rule("lead: 2"))

    assert ["Our balm: mending."] == quotes(
        judge(document("Here it is. Our balm: mending. Of all our balms one is mending."), rules)
    )


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        ("sentence", ["Mending by cells."]),
        ("passage", ["Mending by cells.", "Mending here."]),
        ("section", ["Mending by cells.", "Mending here.", "Mending there."]),
        ("page", ["Mending by cells.", "Mending here.", "Mending there.", "Mending elsewhere."]),
    ],
)
def test_beside_asks_for_company(near: str, expected: list[str], tmp_path: Path) -> None:
    """What must stand beside a hit is looked for as near as the rule says."""
    rules = build_rules(tmp_path, curative__mends=change_rule(f"beside:\n  en: [cells]\nnear: {near}"))
    read = document(
        passage("Mending here. Mending by cells.", section=("A",)),
        passage("Mending there.", section=("A",)),
        passage("Mending elsewhere.", section=("B",)),
    )

    assert sorted(expected) == sorted(quotes(judge(read, rules)))


@pytest.mark.parametrize(
    ("text", "fields", "voice"),
    [
        ("It mends knees.", {}, "clinic"),
        ("It mends knees.", {"block": "testimonial"}, "patient"),
        ("“It mends knees and my own have never been better,” said Ada.", {}, "patient"),
        ("My balm mends knees.", {"role": "quote"}, "patient"),
        ("The “mends knees” balm.", {}, "clinic"),
        ("“The balm mends knees and hips and elbows for good.”", {}, "clinic"),
        ("The balm mends knees and hips.", {"role": "quote"}, "clinic"),
        ("“Our balm mends knees and hips for good,” said Dr. Vale.", {}, "clinic"),
        ('A 5" scar. Our balm mends knees for good. A 3" scar.', {}, "clinic"),
    ],
)
def test_the_voice_is_told(text: str, fields: dict[str, str], voice: str, tmp_path: Path) -> None:
    """Clinic, patient or somebody else; a catchword in quotation marks is the clinic's own."""
    audit = judge(document(passage(text, **fields)), build_rules(tmp_path))

    assert [voice] == [item.voice for finding in audit.findings for item in finding.evidence]


@pytest.mark.parametrize(
    "text",
    [
        "“It mends knees in every case that we have seen,” the ministry wrote.",
        "“Nothing here mends knees, whatever they claim,” a critic said.",
    ],
)
def test_words_of_others_are_not_held_against_the_page(text: str, tmp_path: Path) -> None:
    """A rule hears the clinic and its patients unless it says otherwise."""
    assert [] == quotes(judge(document(text), build_rules(tmp_path)))


@pytest.mark.parametrize(
    ("section", "text", "found"),
    [
        (("Red flags to watch for",), "A paste that mends knees.", False),
        (("Common red flags", "1. Big words"), "A paste that mends knees.", False),
        (("Red flags", "Big words", "Whose?"), "A paste that mends knees.", True),
        (("Beware of copies",), "Only ours mends knees.", True),
        (("Our balm",), "A paste that mends knees.", True),
        (("Signs of a clinic to avoid",), "A paste that mends knees.", False),
        (("How to spot a dishonest seller",), "“Only our balm mends knees in a week.”", False),
        (("What to watch out for",), "A paste that mends knees.", False),
    ],
)
def test_what_a_heading_warns_of_is_warned_of(section: tuple[str, ...], text: str, found: bool, tmp_path: Path) -> None:
    """A list of things to avoid names them; what a page says of its own stands, whatever is above it."""
    rules = build_rules(tmp_path, curative__mends=change_rule("excused_by: [warned]"))

    assert found is bool(quotes(judge(document(passage(text, section=section)), rules)))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("A balm mends knees, we read. That is not true.",), False),
        (("It mends knees, they wrote.", "None of it was true."), False),
        (("The balm mends knees. There is no evidence for that.",), False),
        (("The balm mends knees. It is not magic.",), True),
        (("The balm mends knees. That is true.",), True),
        (("They write that nothing mends knees and it is incurable. That is false.",), True),
    ],
)
def test_a_claim_that_the_page_denies_is_none(texts: tuple[str, ...], found: bool, tmp_path: Path) -> None:
    """Whoever repeats a claim and says at once that it is false does not make it; to deny a denial is to claim."""
    rules = build_rules(tmp_path, curative__mends=change_rule("excused_by: [warned]"))

    assert found is bool(quotes(judge(document(*texts), rules)))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("Here is what callers were promised:", "Call us.", False),
        ("Here is what our balm does:", "Call us.", True),
        ("We were sent two leaflets.", "None of these promises is supported by a trial.", False),
        ("We were sent two leaflets.", "Both are green.", True),
    ],
)
def test_a_list_is_meant_as_the_words_around_it_say(before: str, after: str, found: bool, tmp_path: Path) -> None:
    """What is said before a list or right after it holds for each of its entries."""
    rules = build_rules(tmp_path, curative__mends=change_rule("excused_by: [warned]"))
    entries = [passage(text, role="list_item") for text in ("It mends knees.", "It lasts.")]

    assert found is bool(quotes(judge(document(passage(before), *entries, passage(after)), rules)))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("Does it help? It mends knees?",), False),
        (("Is it true that it mends knees? Yes, in weeks.",), True),
        (("Is it true that it mends knees?", "Absolutely. Ask anyone."), True),
        (("Is it true that it mends knees?", "No."), False),
        (("Did you know that our balm mends knees?",), True),
    ],
)
def test_a_question_is_no_claim_unless_the_page_says_yes(texts: tuple[str, ...], found: bool, tmp_path: Path) -> None:
    """An honest FAQ asks; one that answers yes, or asks whether you knew, asserts."""
    assert found == bool(quotes(judge(document(*texts), build_rules(tmp_path))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("No balm mends knees, but ours mends knees.", True),
        ("There is no pain that our balm cannot end by mending.", True),
        ("There is no balm for mending.", False),
    ],
)
def test_an_excuse_ends_where_the_page_turns_to_itself(text: str, found: bool, tmp_path: Path) -> None:
    """What excuses other balms does not excuse ours, nor does one denial under another."""
    unless = "unless:\n  en: ['no [^.!?;]*mends {joints}', 'no [^.!?;]*mending']"
    rules = build_rules(tmp_path, curative__mends=change_rule(unless))

    assert found == bool(quotes(judge(document(text), rules)))


@pytest.mark.parametrize(
    ("passages", "found"),
    [
        (("Can it mend knees?", "No. Nothing mends knees."), []),
        (("Does it mend knees? No, it does not mend knees.",), []),
        (("Can anything be done about mending knees?", "Not today; ask again in ten years."), []),
        (("Myth: A balm mends knees.", "Fact: It only smells nice."), []),
        (("Myth: Nothing mends knees.", "Fact: Our balm mends knees."), ["Fact: Our balm mends knees."]),
        (("No person shall advertise that a balm (a) mends knees; (b) mends hips; or (c) is mending.",), []),
        (("The Act forbids words such as “mends knees”, “mending” and “pain-free”.",), []),
        (("An advertisement must not claim that a balm mends knees.",), []),
        (("The firm agreed to stop saying that its balm mends knees.",), []),
        (("Doctors shrug; our balm mends knees.",), ["Doctors shrug; our balm mends knees."]),
        (("It does not soothe but mends knees.",), ["It does not soothe but mends knees."]),
        (("Beware of balms; our balm mends knees.",), ["Beware of balms; our balm mends knees."]),
    ],
)
def test_answers_rebuttals_and_statutes_name_claims_without_making_them(
    passages: tuple[str, ...], found: list[str], tmp_path: Path
) -> None:
    """An honest answer, a myth put right and a law that lists what it forbids are no claims; what follows may be one."""
    assert found == quotes(judge(document(*passages), build_rules(tmp_path)))


def test_hedging_softens_and_does_not_excuse(tmp_path: Path) -> None:
    """Regulators cite "may help cure" too: the severity falls by one step."""
    rules = build_rules(
        tmp_path, curative__mends=change_rule("softened_by: [hedged]", match="['mend[s]? {joints}', 'mending']")
    )
    audit = judge(document("It may mend knees."), rules)

    assert [Severity.MEDIUM] == [finding.severity for finding in audit.findings]
    assert ("hedged",) == audit.findings[0].contexts


@pytest.mark.parametrize(
    ("kind", "where", "preclinical", "answered"),
    [
        ("trial", 0, False, True),
        ("trial", 1, False, True),
        ("trial", 2, False, False),
        ("trial", 0, True, False),
        ("doi", 0, False, False),
        ("vague", 0, False, False),
    ],
)
def test_support_answers_by_grade_and_nearness(
    kind: str, where: int, preclinical: bool, answered: bool, tmp_path: Path
) -> None:
    """A registered trial in the same section answers; a paper, a distant trial or one in mice does not."""
    rules = build_rules(tmp_path, curative__mends=change_rule("support: {answered_by: trial, within: section}"))
    read = document(
        passage("It mends knees.", section=("A",)),
        passage("More.", section=("A",)),
        passage("Else.", section=("B",)),
        citations=(Citation(kind=kind, identifier="x", text="x", passage=where, preclinical=preclinical),),
    )

    assert ([] if answered else ["It mends knees."]) == quotes(judge(read, rules))


def test_roles_and_landmarks_narrow_a_rule(tmp_path: Path) -> None:
    """A rule for headings does not read paragraphs."""
    rules = build_rules(tmp_path, curative__mends=change_rule("in: [heading]\nlandmarks: [main]"))
    read = document(
        "It mends knees.", passage("Mending", role="heading"), passage("Mending too", role="heading", landmark="nav")
    )

    assert ["Mending"] == quotes(judge(read, rules))


def test_look_alike_letters_do_not_hide_a_claim(tmp_path: Path) -> None:
    """Cyrillic letters within a Latin word are read as what they look like; the quotation stays verbatim."""
    assert ["It mеnds knееs."] == quotes(judge(document("It mеnds knееs."), build_rules(tmp_path)))


def test_what_is_remembered_changes_nothing(tmp_path: Path) -> None:
    """A process that remembers the texts of earlier pages finds what one that does not finds, however little room there is."""
    rules = build_rules(tmp_path)
    pages = [
        document("It mends knees.", "Our house stands by the lake.", f"Does it mend elbows? It mends {joint}.")
        for joint in ("knees", "hips", "knees", "shoulders", "hips")
    ]
    plain = [judge(read, rules) for read in pages]

    for room in (1, 3, 100):
        remember_texts(rules, room)
        assert plain == [judge(read, rules) for read in pages]
    remember_texts(rules, 0)
