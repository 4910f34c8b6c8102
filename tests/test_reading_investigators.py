"""Investigators: a name that makes a study findable."""

from __future__ import annotations

import pytest

from tests.factories import cite

STUDY = "The findings appear in the Annals of Joints."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A study published in Joint Letters found less pain, said lead author Ada Quill.", "journal"),
        ("A study led by Dr. Ada M. Quill was published in Joint Letters.", "journal"),
        ("A study published in Joint Letters and led by Dr. Ada M. Quill found less pain.", "journal"),
        ("A study at Port Vell University, led by Ada Quill, found less pain.", "journal"),
        ("A 2019 study in the Journal of Joints by Quill et al. found less pain.", "journal"),
        ("According to a 2015 study by Ada Quill and Ben Vane in Annals of Joints, pain fell.", "journal"),
        ("In the March 2018 issue of Joint Letters, Ada Quill and colleagues reported less pain.", "journal"),
        ("A paper in the journal Stroke (Quill et al., 2016) described ten walkers.", "journal"),
        ("Dr. Quill's team published their findings in The Lancet in 2014.", "journal"),
        ("A Cochrane review by Quill and colleagues (2014) found eight trials.", "journal"),
        ("The work was published in Joint Letters, said its first author Ada Quill.", "journal"),
        ("A study published in Joint Letters in 2016 found less pain.", "named_study"),
        ("A study at Port Vell University found less pain.", "named_study"),
        ("Quill and her colleagues tested the brace.", "named_study"),
    ],
)
def test_a_place_with_its_investigator_can_be_looked_up(text: str, expected: str) -> None:
    """A journal's name alone, an institution's or an investigator's leaves a reader with nothing to find."""
    assert [expected] == [found.kind for found in cite(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It was a surprise,” said Ada Quill of Port Vell, who led the trial.", True),
        ("Ada Quill, M.D., the study's lead author, was surprised.", True),
        ("Ada Quill, a senior investigator, was surprised.", True),
        ("Lead researcher Ada Quill was surprised.", True),
        ("A report by Ada Quill says so.", True),
        ("Quill’s group measured the swelling.", True),
        ("Dr. Ada Quill treats walkers and was surprised.", False),
        ("She led the choir.", False),
    ],
)
def test_the_investigator_may_be_named_some_way_off(text: str, expected: bool) -> None:
    """News names the journal in one paragraph and who led the study in another."""
    kinds = [found.kind for found in cite(STUDY, "Walkers smiled.", text)]

    assert ("journal" in kinds) is expected


def test_an_investigator_far_off_led_something_else() -> None:
    """On a long page of many studies a name belongs to the nearest ones."""
    far = [f"Knee number {number} was cold." for number in range(20)]

    assert "journal" not in [found.kind for found in cite(STUDY, *far, "Lead researcher Ada Quill was surprised.")]
