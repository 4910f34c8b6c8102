"""Reference lists: what an entry is, and the numbers that point to one."""

from __future__ import annotations

import pytest

from tests.factories import cite, passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bolt A, Vane B. Knees that heal. J Knee Res. 2019;12(3):45-50.", True),
        ("Bolt, A., & Vane, B. (2019). Knees that heal. Journal of Knees, 12(3), 45-50.", True),
        ("“How knees heal in the old”, Annals of Knees, vol. 12, 2019, pp. 4.", True),
        ("Bolt A. Knees that heal after a fall. Osteoarthritis Cartilage. 2019", True),
        ("12. van Quill A-M, Vane B, et al. Walking again. Spine 2018", True),
        ("Ada Quill, Ben Vane (2021). Cold packs and swelling. Joint Letters.", True),
        ("Extract of willow on the swelling of knees – Annals of Bark – April 2015", True),
        ("World Walking Council. Guide to knees. 2019", False),
        ("Our clinic opened in 2019 and treats knees of all kinds.", False),
        ("Kneegreen clinic, Bolt Street 12", False),
    ],
)
def test_entries_of_a_reference_list_are_told(text: str, expected: bool) -> None:
    """Authors or a title with year, journal or pages can be found by a reader."""
    found = cite(passage(text, role="list_item", block="references"))

    assert expected is ("journal" in [citation.kind for citation in found])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We rely on “Cold packs and the swelling of knees” in the Journal of Joints (2019).", "“Cold packs"),
        ("Quill et al. (Annals of Joints, 2018) followed eighty walkers.", "Quill et al"),
        ("In the Journal of Joints (2018), Quill et al. followed eighty walkers.", "Journal of"),
        ("See Quill, A., & Bolt, B. (2015). Cold packs and knees. Joint Letters, 12.", "Quill, A."),
        ("Quill A, Bolt B. Cold packs and swelling. Joint Letters 2016.", "Quill A, Bolt"),
        ("SOURCE: American Journal of Joints, online July 8, 2015.", "SOURCE"),
        ("Quill et al. followed eighty walkers in 2018.", None),
        ("“I walked home on the same day,” she told us in 2019.", None),
    ],
)
def test_running_text_may_give_a_whole_reference(text: str, expected: str | None) -> None:
    """Title or first author with journal and year are as good in a sentence as in a list."""
    found = [citation for citation in cite(text) if citation.kind == "journal"]

    assert [] == found if expected is None else found[0].text.startswith(expected)


ENTRIES = (
    "Bolt A, Vane B. Knees that heal. J Knee Res. 2019;12(3):45-50.",
    "Quill A. Cold packs in mice. Joint Lett. 2018;4:1-9. doi:10.1000/cold",
    "Our own archive",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Knees heal [1].", [("journal", "[1]")]),
        ("Knees heal [1, 2].", [("journal", "[1, 2]"), ("doi", "[1, 2]")]),
        ("Knees heal.[1–2]", [("journal", "[1–2]"), ("doi", "[1–2]")]),
        ("Knees heal¹ and swell less².", [("journal", "¹"), ("doi", "²")]),
        ("Knees heal1 and walkers smile.", [("journal", "1")]),
        ("Knees heal.2 Walkers smile.", [("doi", "2")]),
        ("Knees heal (2).", [("doi", "(2)")]),
        ("Knees heal (ref. 2) in most.", [("doi", "ref. 2")]),
        ("Knees heal [3].", []),
        ("Knees heal [9].", []),
        ("Take vitamin D2 and CO2; pay $1,000 or 2.5 euros for (1) a brace and (2) a cane at 2pm.", []),
    ],
)
def test_numbers_point_to_their_entry(text: str, expected: list[tuple[str, str]]) -> None:
    """A claim with "[3]" or a raised 3 has the paper of entry 3 for support, whatever the list gives of it."""
    entries = [passage(entry, role="list_item", block="references") for entry in ENTRIES]
    found = [citation for citation in cite(passage(text), *entries) if citation.passage == 0]

    assert expected == [(citation.kind, citation.text) for citation in found]
    assert all(text[citation.start : citation.end] == citation.text for citation in found)


def test_an_entry_may_bear_another_number_than_its_place() -> None:
    """Lists that are cut or sorted keep the numbers that they print."""
    entries = [
        passage(f"[{number}] {entry}", block="references") for number, entry in zip((7, 4), ENTRIES, strict=False)
    ]
    found = cite("Knees heal [4]. Walkers smile [1].", *entries)

    assert [("doi", "10.1000/cold", "[4]")] == [
        (citation.kind, citation.identifier, citation.text) for citation in found if citation.passage == 0
    ]


def test_what_is_said_of_mice_stays_said_of_mice() -> None:
    """A number that points to a study in mice is no better support than the study."""
    entries = [passage(entry, role="list_item", block="references") for entry in ENTRIES]

    assert [False, True] == [citation.preclinical for citation in cite("Knees heal [1, 2].", *entries)[:2]]


def test_a_number_without_a_list_points_nowhere() -> None:
    """Numbers alone pretend a source that nobody can look up."""
    assert [("vague", "[3]")] == [(found.kind, found.text) for found in cite("Knees heal [3].")]


@pytest.mark.parametrize("text", ["[1-9]" * 40_000, "[1,2,3" * 40_000, "heal1 " * 40_000, "¹" * 200_000])
def test_many_numbers_are_read_to_their_end(text: str) -> None:
    """No text makes the search run away."""
    entries = [passage(entry, role="list_item", block="references") for entry in ENTRIES]

    assert cite(passage(text), *entries)
