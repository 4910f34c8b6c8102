"""Citations: from trial numbers down to "studies show"."""

from __future__ import annotations

import pytest

from auditor.models import Citation, Link, Passage
from auditor.reading.citations import find_citations
from auditor.reading.joining import JoinedText
from tests.factories import passage


def cite(*passages: str | Passage, links: tuple[Link, ...] = (), url: str | None = None) -> list[Citation]:
    """Find the citations of passages that are numbered in order."""
    items = [passage(item, index=place) if isinstance(item, str) else item for place, item in enumerate(passages)]
    return list(find_citations(items, JoinedText(items), links, url))


def kinds(*passages: str | Passage) -> list[tuple[str, str]]:
    """Return kind and identifier of each citation."""
    return [(citation.kind, citation.identifier) for citation in cite(*passages)]


def link(url: str, text: str = "here", place: int | None = 0) -> Link:
    """Build a link of the kind that its address has."""
    kind = "register" if any(host in url for host in ("clinicaltrials", "isrctn", "drks")) else "literature"
    return Link(url=url, text=text, kind=kind, landmark="main", passage=place)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See NCT01234567.", [("trial", "NCT01234567")]),
        ("nct01234567", [("trial", "NCT01234567")]),
        ("(ISRCTN 12345678)", [("trial", "ISRCTN12345678")]),
        ("EudraCT 2012-001234-56", [("trial", "2012-001234-56")]),
        ("EU CT number 2022-501234-11-00", [("trial", "2022-501234-11-00")]),
        ("ACTRN12612000123456", [("trial", "ACTRN12612000123456")]),
        ("ChiCTR2000012345 and ChiCTR-TRC-12001234", [("trial", "ChiCTR2000012345"), ("trial", "ChiCTR-TRC-12001234")]),
        ("DRKS00012345", [("trial", "DRKS00012345")]),
        ("jRCTs031180001", [("trial", "jRCTs031180001")]),
        ("UMIN000012345 JPRN-UMIN000012345", [("trial", "UMIN000012345"), ("trial", "JPRN-UMIN000012345")]),
        ("CTRI/2017/05/008448", [("trial", "CTRI/2017/05/008448")]),
        ("doi:10.1000/KNEE.(2019)12.", [("doi", "10.1000/knee.(2019)12")]),
        ("PMID: 12345678; PMC1234567", [("pmid", "12345678"), ("pmcid", "PMC1234567")]),
        ("Call 2012-001234-56 now", []),
        ("version 10.12 of NCT12", []),
        ("FUNCTION 12345678", []),
    ],
)
def test_identifiers_are_read_and_normalised(text: str, expected: list[tuple[str, str]]) -> None:
    """Registers, DOIs and PubMed are known by their numbers, as their owners write them."""
    assert expected == kinds(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://clinicaltrials.gov/study/NCT01234567", [("trial", "NCT01234567")]),
        ("https://doi.org/10.1000/abc.123", [("doi", "10.1000/abc.123")]),
        ("https://www.frontiersin.org/articles/10.1000/abc/full", [("doi", "10.1000/abc")]),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", [("pmid", "12345678")]),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/", [("pmcid", "PMC1234567")]),
        ("https://www.nature.com/articles/knee1", [("paper", "https://www.nature.com/articles/knee1")]),
        ("https://www.nature.com/", []),
        ("https://clinicaltrials.gov/search?cond=knee", []),
        ("https://www.researchgate.net/profile/Ann-Bolt", []),
    ],
)
def test_links_identify_papers_and_trials(url: str, expected: list[tuple[str, str]]) -> None:
    """What a link leads to counts, unless it is only a front page or a search."""
    assert expected == [(found.kind, found.identifier) for found in cite("Read it here.", links=(link(url),))]


def test_a_journal_does_not_cite_itself() -> None:
    """Links within the page's own site are no references."""
    assert [] == cite("here", links=(link("https://www.nature.com/articles/k"),), url="https://nature.com/articles/x")


def test_a_linked_citation_knows_its_words() -> None:
    """The span of a linked citation is the span of its words."""
    (found,) = cite("One.", "Read it here.", links=(link("https://doi.org/10.1000/1", place=1),))

    assert (1, 8, 12, "here") == (found.passage, found.start, found.end, found.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bolt A, Vane B. Knees that heal. J Knee Res. 2019;12(3):45-50.", True),
        ("Bolt, A., & Vane, B. (2019). Knees that heal. Journal of Knees, 12(3), 45-50.", True),
        ("“How knees heal in the old”, Annals of Knees, vol. 12, 2019, pp. 4.", True),
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


def test_an_identified_study_is_not_vague_too() -> None:
    """A sentence that gives a number gives one reference."""
    assert [("trial", "NCT01234567")] == kinds("Clinical trials have shown it (NCT01234567).")


def test_citations_come_in_page_order_and_each_place_once() -> None:
    """The same number twice in a passage is one citation, in two passages two."""
    assert [
        ("trial", "NCT01234567", 0),
        ("vague", "Studies show", 1),
        ("trial", "NCT01234567", 1),
    ] == [
        (found.kind, found.identifier, found.passage)
        for found in cite("NCT01234567 NCT01234567", "Studies show it. See NCT01234567.")
    ]


@pytest.mark.parametrize(
    "text",
    ["studies and " * 40_000, "10.1000/" * 40_000, "“" * 100_000, "et al; 2019;" * 20_000, "Bolt A. " * 40_000],
)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    """No text makes the search run away."""
    assert isinstance(cite(passage(text, index=0, block="references")), list)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://pubmed.ncbi.nlm.nih.gov/10000001/", [("pmid", "10000001")]),
        ("https://clinicaltrials.gov/study/NCT01234567", [("trial", "NCT01234567")]),
        ("https://clinic.example/pubmed.ncbi.nlm.nih.gov/10000001/", []),
        ("https://pubmed.ncbi.nlm.nih.gov/", []),
        (None, []),
    ],
)
def test_the_record_of_a_paper_cites_itself(url: str | None, expected: list[tuple[str, str]]) -> None:
    """A page whose address is a register's or database's record can be looked up by it."""
    assert expected == [(citation.kind, citation.identifier) for citation in cite("Swelling fell.", url=url)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A study published in Joint Letters found less pain, said lead author Ada Quill.", "journal"),
        ("A study led by Dr. Ada M. Quill was published in Joint Letters.", "journal"),
        ("A study published in Joint Letters and led by Dr. Ada M. Quill found less pain.", "journal"),
        ("A study published in Joint Letters in 2016 found less pain.", "named_study"),
        ("A study at Port Vell University, led by Ada Quill, found less pain.", "named_study"),
    ],
)
def test_a_journal_with_its_investigator_can_be_looked_up(text: str, expected: str) -> None:
    """A journal's name alone, or an investigator's, leaves a reader with nothing to find."""
    assert [expected] == [kind for kind, _ in kinds(text)]
