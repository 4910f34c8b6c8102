"""The languages of the reports: whole catalogues, fresh ones, and English that costs nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from auditor.reporting import catalogue
from auditor.reporting.catalogue import FOLDER, LOCALES, mark, name_locale, read_catalogue, say, say_many, speak
from auditor.reporting.html import render_html
from auditor.reporting.record import to_record
from auditor.reporting.sentences import SENTENCES, say_sentence, say_sign
from auditor.reporting.wording import describe_moment
from tests.catalogues import TEMPLATE, gather_messages, render_catalogue, render_template
from tests.factories import rich_audit, unassessed_audit
from tests.test_samples import audit_sample, every_sample

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.models import Audit

OTHERS = [locale for locale in LOCALES if locale != "en"]
MESSAGES = gather_messages()
VALUES = re.compile(r"%\((\w+)\)s")


def test_english_is_the_messages_themselves() -> None:
    """Without another language a message says itself, with its values, and no file is read."""
    assert "en" == name_locale()
    assert "What was found" == say("What was found")
    assert "Grade B" == say("Grade %(grade)s", grade="B")
    assert "100% safe" == say("100% safe")
    assert "anything" == mark("anything")


@pytest.mark.parametrize(
    ("locale", "number", "expected"),
    [
        ("en", 1, "1 red flag"),
        ("en", 1234, "1,234 red flags"),
        ("de", 1, "1 Warnzeichen"),
        ("de", 1234, "1.234 Warnzeichen"),
        ("es", 1, "1 señal de alerta"),
        ("es", 0, "0 señales de alerta"),
    ],
)
def test_numbers_choose_their_form(locale: str, number: int, expected: str) -> None:
    """One and many differ, and thousands are grouped as the language does it."""
    with speak(locale):
        assert expected == say_many("%(number)s red flag", "%(number)s red flags", number)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "14 March 2031, 09:26:53 UTC"),
        ("de", "14. März 2031, 09:26:53 UTC"),
        ("es", "14 de marzo de 2031, 09:26:53 UTC"),
    ],
)
def test_dates_are_written_out(locale: str, expected: str) -> None:
    """A moment is written as readers of the language write it."""
    with speak(locale):
        assert expected == describe_moment("2031-03-14T09:26:53Z")


def test_a_language_ends_with_its_block() -> None:
    """What is said after the block is said as before."""
    with speak("de"):
        assert "Schwere" == say("Severity")
        with speak("en"):
            assert "Severity" == say("Severity")
        assert "de" == name_locale()
    assert "Severity" == say("Severity")


@pytest.mark.parametrize("locale", OTHERS)
def test_no_message_is_missing(locale: str) -> None:
    """Every message is said in every language, in as many forms as it has."""
    known = read_catalogue(locale).messages

    assert [] == [
        message for message in MESSAGES if len(_list_forms(message)) != len(known.get(_list_forms(message)[0], ()))
    ]


@pytest.mark.parametrize("locale", OTHERS)
def test_no_value_is_lost(locale: str) -> None:
    """A translation has the values of its message."""
    known = read_catalogue(locale).messages
    lost = [
        message
        for message in MESSAGES
        for one, told in [(_list_forms(message)[-1], known[_list_forms(message)[0]])]
        if set(VALUES.findall(one)) != set(VALUES.findall(told[-1])) or one.count("%%") != told[-1].count("%%")
    ]

    assert [] == lost


def _list_forms(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


@pytest.mark.parametrize("locale", OTHERS)
def test_a_catalogue_is_fresh(locale: str) -> None:
    """A catalogue holds the messages of today and no others, none of them marked as doubtful."""
    kept = (FOLDER / f"{locale}.po").read_text("utf-8")

    assert render_catalogue(locale) == kept, "run python -m tests.catalogues, and translate what is empty"
    assert "fuzzy" not in kept


def test_the_template_is_fresh() -> None:
    """Whoever adds a language begins with the messages of today."""
    assert render_template() == TEMPLATE.read_text("utf-8"), "run python -m tests.catalogues"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_sentences_of_a_record_are_said(sentence: str) -> None:
    """A sentence with values in it is known again, and said with the same values."""
    made = VALUES.sub(lambda found: f"<{found[1]}>", sentence)
    with speak("de"):
        told = say_sentence(made)

    assert told != made
    assert all(f"<{name}>" in told for name in VALUES.findall(sentence))


def test_the_steps_of_a_score_name_their_severity() -> None:
    """The title of a rule stays as it is, and how grave its finding is stands behind it in the language spoken."""
    with speak("de"):
        assert "Says (so) (hoch)" == say_sentence("Says (so) (high)")


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ("links to line", "Links zu LINE"),
        ("links to booking", "Links zu Buchungsdienst"),
        ("words that sell: “our clinic”", "verkaufende Worte: „our clinic“"),
        ("something that nobody foresaw", "something that nobody foresaw"),
        ("100% (unheard of)", "100% (unheard of)"),
    ],
)
def test_signs_are_said(sign: str, expected: str) -> None:
    """A sign is said in the language of the report; one that is not known stands as it is."""
    with speak("de"):
        assert expected == say_sign(sign)


@every_sample
def test_what_judging_says_of_the_samples_is_known(name: str) -> None:
    """Limits, obstacles, meanings and notes that really occur are said in every language."""
    made = audit_sample(name)
    held = [made.meaning, *made.limits, *(coding.note for coding in made.codebook)]
    held += [finding.note for finding in made.findings if finding.rule.form in {"claim", "absence"}]
    with speak("es"):
        unsaid = {sentence for sentence in held if say_sentence(sentence) == sentence}

    assert set() == unsaid


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("made", [rich_audit(), unassessed_audit()], ids=["rich", "not assessed"])
def test_a_report_speaks_one_language(made: Audit, locale: str, tmp_path: Path) -> None:
    """The page declares its language, and marks as English what rules say."""
    text = render_html(to_record(made), locale=locale, cache=tmp_path)
    english = re.findall(r'<h4 id="[^"]*-title"( lang="en")?>', text)

    assert f'<html lang="{locale}">' in text
    assert {"" if locale == "en" else ' lang="en"'} >= set(english)
    assert (locale == "en") == ("Skip to the findings" in text)


def test_english_reads_no_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A report in English opens no file of messages."""
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "nowhere")
    read_catalogue.cache_clear()

    assert "Skip to the findings" in render_html(to_record(rich_audit()), cache=tmp_path)
    with pytest.raises(FileNotFoundError), speak("de"):
        say("anything")
