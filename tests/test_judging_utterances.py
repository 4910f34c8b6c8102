"""What a passage says where it stands, and that remembering it changes nothing."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from auditor.judging import judge_page, load_rules, remember_texts
from auditor.reading import read_page
from auditor.sources.files import load_page
from tests.factories import document, page, passage
from tests.rulefolders import GOOD, build_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from auditor.models import Audit, Document, RuleSet

RULES = load_rules()
SAID = "It mends knees."


@pytest.fixture
def rules() -> Iterator[RuleSet]:
    """Give the rules of the program, and let nothing be remembered afterwards."""
    yield RULES
    remember_texts(RULES, 0)


def judge(read: Document, rules: RuleSet) -> Audit:
    """Judge *read* by *rules* at a fixed moment."""
    return judge_page(page(), read, rules, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc), version="0")


def test_shipped_rules_find_the_same_alone_and_after_other_pages(samples: list[Document], rules: RuleSet) -> None:
    """Every sample is judged alike by itself, by a process that judges many, and by one that has judged it before."""
    alone = [judge(read, rules) for read in samples]

    remember_texts(rules, 1000)
    assert alone == [judge(read, rules) for read in samples]
    assert alone[::-1] == [judge(read, rules) for read in reversed(samples)]


@pytest.fixture(scope="module")
def samples() -> list[Document]:
    """Read the samples that come with the program."""
    from tests.test_samples import SAMPLES

    return [
        read_page(load_page(path, now=lambda: datetime(2031, 1, 1, tzinfo=timezone.utc)))
        for path in sorted(SAMPLES.glob("*.html"))
    ]


NEAR = "beside:\n  en: [balm]\nnear: "
PAGES = {
    "plain": document(SAID),
    "another role": document(passage(SAID, role="heading"), SAID),
    "another landmark": document(passage(SAID, landmark="footer")),
    "a testimonial": document(passage(SAID, block="testimonial")),
    "below a warning": document(passage(SAID, section=("Red flags",))),
    "below what others say": document(passage(SAID, role="quote", section=("Myths",))),
    "asked": document("Does it mend? Mending?", SAID),
    "asked and answered": document("Does it mend? Mending?", "Yes, of course."),
    "denied": document("It never mends knees.", SAID),
    "balm in the passage": document(f"Our balm. {SAID}"),
    "balm in the section": document(passage(SAID, section=("Balm",)), passage("Balm.", section=("Balm",))),
    "balm on the page": document(passage(SAID, section=("Knees",)), passage("Balm.", section=("Balm",))),
    "said twice": document(SAID, passage(SAID, hidden=True), SAID.upper()),
}


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "voice: [clinic]",
        "in: [paragraph, quote]\nlandmarks: [main]",
        "excused_by: [negated, question, warned]",
        "unless:\n  en: ['never mends knees']",
        *(NEAR + near for near in ("sentence", "passage", "section", "page")),
    ],
)
def test_the_same_words_elsewhere_are_judged_anew(keys: str, tmp_path: Path) -> None:
    """What stands around a text tells how it is meant: a memory of it is one of where it stood."""
    rules = build_rules(tmp_path, curative__mends=GOOD.replace("codes: [B2]\n", f"codes: [B2]\n{keys}\n"))
    alone = {name: judge(read, rules) for name, read in PAGES.items()}

    for room in (1, 5, 1000):
        remember_texts(rules, room)
        for names in permutations(PAGES, 2):
            assert [alone[name] for name in names] == [judge(PAGES[name], rules) for name in names]


@pytest.mark.parametrize(
    ("said", "is_claim"),
    [
        ("Our cells cure lupus; people with symptoms should speak to their doctor or nurse.", True),
        ("The study found that our stem cell therapy cures lupus.", True),
        ("Our ozone therapy cures lupus in patients who were randomised in the study.", True),
        ("Historically, our stem cell therapy cures lupus.", True),
        ("Is it true that our cells cure lupus? It is.", True),
        ("Is it true that our cells cure lupus? It is a question that many patients ask.", False),
        ("No study has shown that our stem cell therapy cures lupus.", False),
        ("We do not say that our cells cure lupus.", False),
        ("It is not known whether our therapy cures lupus.", False),
        ("Historically, our hospital cured tuberculosis with rest.", False),
    ],
)
def test_dry_words_do_not_excuse_what_a_page_says_of_its_own(said: str, is_claim: bool, rules: RuleSet) -> None:
    """What follows right on "our …" or "we" is the page's claim in any dress, unless it is denied, doubted or past."""
    found = judge(document("Book your visit to our clinic today.", said), rules).findings

    assert is_claim == ("curative/cure-claimed" in {finding.rule.id for finding in found if finding.severity >= 3})
