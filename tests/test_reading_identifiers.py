"""Identifiers: trial numbers, DOIs, PubMed numbers, in text and in addresses."""

from __future__ import annotations

import pytest

from tests.factories import cite, literature_link


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
        ("ClinicalTrials.gov NCT: 01234567", [("trial", "NCT01234567")]),
        ("EUCTR2012-001234-56-GB", [("trial", "2012-001234-56")]),
        ("CTIS 2023-501234-11-00", [("trial", "2023-501234-11-00")]),
        ("ISRCTN: 12345678", [("trial", "ISRCTN12345678")]),
        ("UMIN-CTR: 000012345", [("trial", "UMIN000012345")]),
        ("jRCT1031200001, JapicCTI-123456", [("trial", "jRCT1031200001"), ("trial", "JapicCTI-123456")]),
        ("PACTR202001234567891", [("trial", "PACTR202001234567891")]),
        ("IRCT20080901001165N15", [("trial", "IRCT20080901001165N15")]),
        ("KCT0001234 and TCTR20200101001", [("trial", "KCT0001234"), ("trial", "TCTR20200101001")]),
        ("RBR-6kyd7p; SLCTR/2012/001", [("trial", "RBR-6kyd7p"), ("trial", "SLCTR/2012/001")]),
        (
            "NL-OMON12345, RPCEC00000123, SNCTP000001234",
            [("trial", "NL-OMON12345"), ("trial", "RPCEC00000123"), ("trial", "SNCTP000001234")],
        ),
        ("Netherlands Trial Register: NTR 1234", [("trial", "NTR1234")]),
        ("Our model NTR 1234 is sold in NL 4321.", []),
        ("PubMed PMID 12345678", [("pmid", "12345678")]),
        ("doi:10.1000/KNEE.(2019)12.", [("doi", "10.1000/knee.(2019)12")]),
        ("PMID: 12345678; PMC1234567", [("pmid", "12345678"), ("pmcid", "PMC1234567")]),
        ("Call 2012-001234-56 now", []),
        ("version 10.12 of NCT12", []),
        ("FUNCTION 12345678", []),
    ],
)
def test_identifiers_are_read_and_normalised(text: str, expected: list[tuple[str, str]]) -> None:
    """Registers, DOIs and PubMed are known by their numbers, as their owners write them."""
    assert expected == [(found.kind, found.identifier) for found in cite(text)]


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
    assert expected == [
        (found.kind, found.identifier) for found in cite("Read it here.", links=(literature_link(url),))
    ]


def test_a_journal_does_not_cite_itself() -> None:
    """Links within the page's own site are no references."""
    assert [] == cite(
        "here", links=(literature_link("https://www.nature.com/articles/k"),), url="https://nature.com/articles/x"
    )


def test_a_linked_citation_knows_its_words() -> None:
    """The span of a linked citation is the span of its words."""
    (found,) = cite("One.", "Read it here.", links=(literature_link("https://doi.org/10.1000/1", place=1),))

    assert (1, 8, 12, "here") == (found.passage, found.start, found.end, found.text)


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
