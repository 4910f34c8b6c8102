"""The short form: what it says, how it is wrapped, and what never reaches a terminal."""

from __future__ import annotations

import pytest

from auditor.models import Audit, Facts, Grade, Obstacle, Severity, SupportNeeded
from auditor.reporting.record import to_record
from auditor.reporting.terminal import render_summary, wrap_text
from tests.factories import audit, document, evidence, finding, page, passage, rich_audit, rule, unassessed_audit


def summary(made: Audit, *, color: bool = False, width: int = 80) -> str:
    return render_summary(to_record(made), color=color, width=width)


def test_a_summary_says_what_counts() -> None:
    """Score, grade, severity, rule, quotation and what would support it are all there."""
    needed = SupportNeeded(answered_by=Grade.TRIAL, within="section")
    text = summary(audit(finding("We cure knees.", rule=rule("curative/cures", support=needed))))

    assert (
        "Knees\n"
        "https://knees.example/treatments\n"
        "\n"
        "Score 80 of 100 – Grade B\n"
        "  Several claims are made that the page does not support.\n"
        "\n"
        "1 red flag: 1 high\n"
        "\n"
        "▲ HIGH  Says that a treatment cures\n"
        "  curative/cures\n"
        "    │ We cure knees.\n"
        "    Would support it: a registered trial in the same section; found: none.\n"
        "\n"
        "Evidence for review, not a verdict.\n"
    ) == text


def test_findings_come_gravest_first() -> None:
    """The order of severity is kept, whatever the order of the audit."""
    text = summary(
        audit(
            finding("Low cure.", severity=Severity.LOW),
            finding("Critical cure.", severity=Severity.CRITICAL),
            finding("Medium cure.", severity=Severity.MEDIUM),
        )
    )

    assert text.index("■ CRITICAL") < text.index("◆ MEDIUM") < text.index("● LOW")
    assert "3 red flags: 1 critical, 1 medium, 1 low" in text


def test_strengths_and_manner_are_told() -> None:
    """Signs of good practice follow, and how a thing is said stands below its quotation."""
    text = summary(rich_audit())

    assert "1 sign of good practice\n\n+  States the risks of its treatment" in text
    assert "(in a patient’s voice)" in text
    assert "(and 2 more quotations in the report)" in text


def test_a_page_that_was_not_assessed_gives_its_reason() -> None:
    """There is no score and no all-clear, and the reason stands in its place."""
    text = summary(unassessed_audit(reason="The site asks for a login."))

    assert "Not assessed\n  The site asks for a login.\n" in text
    assert "No red flag" not in text
    assert "100" not in text


def test_nothing_found_is_no_praise() -> None:
    """Where no rule was met, the summary says what that does not mean."""
    text = " ".join(summary(audit(score=100)).split())

    assert "No red flag was found on this page." in text
    assert "does not mean that what the page says is true" in text


def test_an_absence_says_where_was_looked() -> None:
    """Below the title of an absence stands that this page was searched and others were not."""
    absent = finding(rule=rule("transparency/no-price", title="Names no price", form="absence"))

    assert (
        "Names no price\n  transparency/no-price\n"
        "    This was looked for and not found on this page; other pages of the site were\n"
        "    not read.\n"
    ) in summary(audit(absent))


def test_a_structure_is_described() -> None:
    """Of a form its questions are told and not the words of its button."""
    text = summary(rich_audit())

    assert "    Form asks for: illness or condition, file, telephone number\n" in text
    assert "│ Get your free quote" not in text


def test_the_title_of_the_page_yields_to_its_text() -> None:
    """Of quotations of equal severity that of the page's title comes last; alone it is named for what it is."""
    title = evidence("The cure.", passage=passage("The cure.", role="title"))

    assert "│ We cure knees." in summary(audit(finding(title, "We cure knees.")))
    assert "│ The cure.\n      (the page’s title)" in summary(audit(finding(title)))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            audit(finding("We cure knees."), unlisted=3),
            "3 findings below high are counted in the score and not listed.",
        ),
        (audit(finding("We cure knees."), unlisted=1), "1 finding below high is counted in the score and not listed."),
        (
            audit(score=80, unlisted=3),
            "for was found on this page. 3 findings below the severity that was asked for are counted in the score and not listed.",
        ),
        (audit(finding("We cure knees."), score=None, grade=None, unlisted=3), "3 findings below high are not listed."),
    ],
)
def test_what_is_not_listed_is_told(made: Audit, expected: str) -> None:
    """Findings below the severity asked for are counted, and nothing is said to be clean for want of a list."""
    text = " ".join(summary(made).split())

    assert expected in text
    assert "None of the rules that were applied was met" not in text
    assert "No red flag was found" not in text


def test_a_text_too_short_to_score_is_told_with_its_findings() -> None:
    """What stands above the findings does not say that there are none."""
    read = document("We cure knees.", obstacle=Obstacle(kind="short", reason="Only 14 characters."))
    found = summary(
        audit(finding("We cure knees."), document=read, score=None, grade=None, meaning="Only 14 characters.")
    )
    empty = summary(audit(document=read, score=None, grade=None, meaning="Only 14 characters."))

    assert "Not assessed: too little text for a score; what was found in it is listed\n  Only 14" in found
    assert "Not assessed: too little text for a score\n  Only 14" in empty
    assert "No rule was met by the little that could be read" in empty


def test_colour_is_only_paint() -> None:
    """Coloured and plain say the same; plain holds no escape at all."""
    plain, painted = summary(rich_audit()), summary(rich_audit(), color=True)

    assert "\033" not in plain
    assert "\033[1;31m■ CRITICAL\033[0m" in painted
    assert plain == _strip(painted)


@pytest.mark.parametrize("width", [1, 40, 60, 80, 100, 400])
def test_lines_fit(width: int) -> None:
    """No line is wider than the terminal, which is taken for 40 to 100 columns."""
    widest = max(len(line) for line in summary(rich_audit(), width=width).splitlines())

    assert widest <= min(max(width, 40), 100)


def test_long_quotations_are_cut_around_the_words() -> None:
    """A quotation takes three lines, and the words that met the rule are in them."""
    quote = "Of this and that. " * 60 + "we cure knees " + "and so on " * 60
    text = summary(audit(finding(quote.strip(), words="we cure knees")))
    shown = [line for line in text.splitlines() if line.startswith("    │ ")]

    assert 3 == len(shown)
    assert "we cure knees" in " ".join(line.strip(" │") for line in shown)
    assert shown[-1].endswith("…")


def test_many_findings_stay_short() -> None:
    """After twenty findings the rest is a number."""
    text = summary(audit(*(finding(f"We cure {number}.") for number in range(500)), score=0))

    assert "… and 480 more in the report." in text
    assert len(text.splitlines()) < 120


@pytest.mark.parametrize(
    "attack",
    ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202eevil", "\u2066x\u2069", "a\r\nb\x08", "\ud800", "x\u2028y"],
    ids=ascii,
)
def test_nothing_from_the_page_acts(attack: str) -> None:
    """Escapes, control characters and changes of direction never reach the terminal."""
    hostile = f"We cure {attack} knees."
    text = summary(
        audit(
            finding(hostile),
            document=document(hostile, facts=Facts(title=attack)),
            page=page(url=f"https://x.example/{attack}", source=attack),
            meaning=attack,
            grade=attack,
        )
    )

    assert text.encode("utf-8")
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "width", "most", "expected"),
    [
        ("", 10, None, []),
        ("one two", 10, None, ["one two"]),
        ("one two three", 7, None, ["one two", "three"]),
        ("abcdefghij", 4, None, ["abcd", "efgh", "ij"]),
        ("彻底治愈肝硬化", 6, None, ["彻底治", "愈肝硬", "化"]),
        ("one two three four", 8, 2, ["one two", "three…"]),
        ("one two", 7, 1, ["one two"]),
    ],
)
def test_text_is_wrapped_by_columns(text: str, width: int, most: int | None, expected: list[str]) -> None:
    """Lines break at spaces, in wide scripts anywhere, and the last of too many ends in "…"."""
    assert expected == wrap_text(text, width, most)


def _strip(text: str) -> str:
    pieces = text.split("\033[")
    return pieces[0] + "".join(piece.partition("m")[2] for piece in pieces[1:])
