"""Studies that are named, and studies that are only said to exist."""

from __future__ import annotations

import pytest

from tests.factories import cite, passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A study published in the journal Knee Cells Today in 2016 found it.", "study published in the journal Knee Cells Today in 2016"),
        ("Knees got better in a 2019 study of walkers.", "2019 study"),
        ("A trial at the University of Kneeford found it.", None),
        ("Bolt et al. found it.", None),
        ("一项发表在《膝关节杂志》上的研究发现它有效。", None),
        ("2019年的一项研究证明有效。", None),
    ],
)  # fmt: skip
def test_named_studies_are_told(text: str, expected: str | None) -> None:
    """A journal, a year or a place names a study that still cannot be looked up."""
    (found,) = cite(text)

    assert "named_study" == found.kind
    assert text[found.start : found.end] == found.text
    assert expected in {None, found.text}


@pytest.mark.parametrize(
    "text",
    [
        "Studies show that knees heal.",
        "Clinical trials have demonstrated promising results.",
        "Research suggests a benefit.",
        "Our clinically proven method.",
        "It is backed by science.",
        "There are promising results in clinical trials.",
        "Studien belegen die Wirkung.",
        "Wissenschaftlich bewiesen.",
        "Los estudios demuestran su eficacia.",
        "Исследования показали эффект.",
        "Araştırmalar etkisini göstermiştir.",
        "研究表明，干细胞有效。",
        "该疗法经过临床验证。",
        "臨床研究で効果が明らかになりました。",
    ],
)
def test_studies_that_are_only_said_to_exist_are_vague(text: str) -> None:
    """Nobody could look them up."""
    language = next(
        (
            code
            for code, word in (
                ("de", "Studien"),
                ("de", "Wiss"),
                ("es", "Los"),
                ("ru", "Исс"),
                ("tr", "Araş"),
                ("ja", "で効"),
            )
            if word in text
        ),
        "zh" if text[0] > "\u3000" else "en",
    )

    assert ["vague"] == [found.kind for found in cite(passage(text, index=0, language=language))]


@pytest.mark.parametrize(
    "text",
    [
        "No studies have shown that it works.",
        "More research is needed to confirm it.",
        "Do studies show that it works?",
        "Treatments should be supported by clinical trials.",
        "Join one of our clinical trials.",
        "There is no evidence that it works.",
        "Our students show great interest.",
        "没有研究表明它有效。",
    ],
)
def test_missing_or_wished_for_studies_are_no_citations(text: str) -> None:
    """Denials, questions and wishes back nothing."""
    assert [] == cite(passage(text, index=0, language="zh" if text[0] > "\u3000" else "en"))


@pytest.mark.parametrize(
    "text",
    [
        "A 2017 study found it in a mouse model.",
        "Studies in vitro show it.",
        "研究表明小鼠恢复了。",
    ],
)
def test_animals_and_cell_cultures_are_noted(text: str) -> None:
    """A study in animals or cells is told from one in people."""
    (found,) = cite(passage(text, index=0, language="zh" if text[0] > "\u3000" else "en"))

    assert found.preclinical


def test_the_neighbouring_sentence_does_not_make_a_study_preclinical() -> None:
    """Only the sentence that speaks of the study counts."""
    (found,) = cite("Studies show that patients walk. Our mouse pads are free.")

    assert not found.preclinical
