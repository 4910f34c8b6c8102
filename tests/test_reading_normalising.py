"""Text as a visitor sees it: spaces, invisible characters, lines of one sentence."""

from __future__ import annotations

import pytest

from auditor.reading.normalising import join_lines, normalise_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  two\n\t words ", "two words"),
        ("no\u00a0break\u2009thin", "no break thin"),
        ("cu\u200bre\u2060d", "cured"),
        ("thera\u00adpy", "therapy"),
        ("\u202befa\u202c s\u2066", "efa s"),
        ("bell\x07 and \x1b[31mred", "bell and [31mred"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("cafe\u0301", "café"),
        ("c\u0336u\u0337r\u0338e\u0335", "cure"),
        ("cafe\u0336\u0301", "café"),
        ("c\u20d2\u20e5\u0338ure", "cure"),
        ("c\u0332u\u0333r\u0305e\u033f", "cure"),
        ("4 =\u0338 5", "4 ≠ 5"),
        ("“curly” ‘quotes’ – and ’s", "“curly” ‘quotes’ – and ’s"),
        ("治疗\n  方案", "治疗方案"),
        ("治疗 方案", "治疗 方案"),
        ("c\u200du\u200cre", "cure"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("𝐖𝐞 𝔠𝔲𝔯𝔢 ⓚⓝⓔⓔⓢ", "We cure knees"),
        ("We\u3164cure\u2800knees", "We cure knees"),
        ("\u202eseenk eruc eW\u202c.", "We cure knees."),
        ("\u202eشفاء\u202c", "شفاء"),
        ("👩\u200d⚕", "👩\u200d⚕"),
        ("", ""),
    ],
)
def test_text_is_what_a_visitor_sees(text: str, expected: str) -> None:
    """White space is one space; what cannot be seen is gone; quotes and scripts stay as they are."""
    assert expected == normalise_text(text)


def test_a_long_run_of_marks_is_kept() -> None:
    """Marks piled on one letter are only composed a few at a time, and none is lost."""
    assert 20_001 == len(normalise_text("q" + "\u0315\u0327" * 10_000))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("heals", "knees", "heals knees"), ("再生", "医療", "再生医療"), ("再生", "MSC", "再生 MSC")],
)
def test_lines_are_joined_as_their_script_wants(before: str, after: str, expected: str) -> None:
    """Chinese and Japanese lines are joined without a space."""
    assert expected == join_lines(before, after)
