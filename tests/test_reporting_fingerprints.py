"""Fingerprints: what they survive, and what makes another."""

from __future__ import annotations

import pytest

from auditor.reporting.fingerprints import fold_address, fold_words, mark_evidence, mark_finding
from auditor.reporting.record import to_record
from tests.factories import audit, evidence, finding, page, passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We CURE   knees!", "we cure knees"),
        ("“Cures” – it’s said", "cures it s said"),
        ("ﬁbrosis １００％", "fibrosis 100"),
        ("Straße", "strasse"),
        ("彻底治愈。", "彻底治愈"),
        ("!?", ""),
    ],
)
def test_words_are_folded(text: str, expected: str) -> None:
    """Case, punctuation, ligatures, widths and spaces make no other words."""
    assert expected == fold_words(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Knees.example/a/?b=1#c", "knees.example/a/?b=1"),
        ("http://knees.example/a/", "knees.example/a"),
        ("https://knees.example", "knees.example"),
        ("", ""),
    ],
)
def test_addresses_are_folded(url: str, expected: str) -> None:
    """Scheme, ``www.``, fragment and closing slash make no other page."""
    assert expected == fold_address(url)


def test_a_quotation_is_known_after_a_move() -> None:
    """The passage, its place and the text around do not matter; the words do, and the rule."""
    before = evidence("We cure knees.", "cure knees")
    moved = evidence(
        "Here we CURE knees, as ever",
        "CURE knees",
        passage=passage("Here we CURE knees, as ever", index=0, role="heading"),
    )
    other = evidence("We cure hips.", "cure hips")
    marks = [
        to_record(audit(finding(item)))["findings"][0]["evidence"][0]["fingerprint"] for item in (before, moved, other)
    ]

    assert marks[0] == marks[1] != marks[2]
    assert mark_evidence("curative/cures", "cure knees") == marks[0] != mark_evidence("curative/other", "cure knees")


def test_a_finding_is_its_rule_on_its_page() -> None:
    """Whatever words meet the rule, the finding is the same; on another page it is another."""
    one = to_record(audit(finding("We cure knees.")))["findings"][0]["fingerprint"]
    reworded = to_record(audit(finding("A cure for hips.")))["findings"][0]["fingerprint"]
    elsewhere = to_record(audit(finding("We cure knees."), page=page(url="https://hips.example/")))["findings"][0]

    assert one == reworded != elsewhere["fingerprint"]
    assert mark_finding("curative/cures", "http://www.knees.example/treatments/") == one


def test_fingerprints_are_fixed() -> None:
    """They are kept in other people's files: the same words give the same digits in every version."""
    assert "f9383ac2c04f63fc" == mark_evidence("curative/cures", "cure knees")
    assert "feffe4331cb1b42a" == mark_finding("curative/cures", "https://knees.example/treatments")
