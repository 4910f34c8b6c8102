"""What a register or a database can find: trial numbers, DOIs, PubMed numbers, and the addresses that hold them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Citation
from auditor.reading.links import read_host
from auditor.reading.preclinical import is_preclinical_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.models import Link, Passage
    from auditor.reading.joining import JoinedText

# The registers of WHO's network (https://www.who.int/tools/clinical-trials-registry-platform/network), as they number.
_TRIAL = (
    r"(?i)(?<![A-Za-z0-9])(?:NCT ?[-:]? ?\d{8}|ISRCTN ?[-:]? ?\d{8}|ACTRN ?[-:]? ?\d{14}|ChiCTR ?(?:-[A-Za-z]{2,4}-?)?-?\d{8,10}|DRKS ?[-:]? ?\d{8}"
    r"|jRCTs? ?\d{9,10}|JPRN-[A-Za-z]{2,8}-?\d{6,10}|JapicCTI-?\d{6}|UMIN(?:-CTR)? ?[-:]? ?\d{9}|JMA-IIA\d{5}|CTRI/\d{4}/\d{2,3}/\d{4,6}"
    r"|IRCT\d{8,16}N\d{1,3}|KCT ?\d{7}|TCTR ?\d{11}|PACTR ?\d{15,16}|RBR-[0-9a-z]{6,9}|SLCTR/\d{4}/\d{3}"
    r"|NL-?OMON ?\d{4,6}|RPCEC\d{8}|SNCTP\d{9}|LBCTR\d{10}|HKUCTR-\d{3,5})(?!\d)"
)
# As registers write them; "function" and "electron" hold the letters, but not in capitals.
_TRIAL_SIGNS = (
    "NCT", "CTR", "RCT", "CTI-", "KCT", "DRKS", "UMIN", "JPRN", "JMA-", "RBR-", "OMON", "RPCEC", "SNCTP", "nct0", "isrctn", "chictr",
)  # fmt: skip
# The old Dutch register's numbers are too short to be told without its name.
_DUTCH = r"(?<![A-Za-z0-9])NTR ?-?\d{3,5}(?!\d)|(?<![A-Za-z0-9])NL ?\d{3,5}(?!\d)"
_DUTCH_SIGNS = ("dutch trial", "netherlands trial", "trialregister.nl", "nederlands trial")
_LONG_NUMBER = re.compile("[0-9]{5}")
_EUROPEAN = r"(?<![\d-])(?:19|20)\d\d-\d{6}-\d\d(?:-\d\d)?(?!\d|-\d)"
_EUROPEAN_SIGNS = (
    "eudract",
    "euct",
    "ctis",
    "eu ct",
    "eu trial",
    "eu-ct",
    "clinicaltrialsregister",
    "euclinicaltrials",
)
_DOI = r"10\.\d{4,9}(?:\.\d{1,5})?/[^\s\"'<>“”‘’，。；、）】]{2,200}"
_PMID = r"(?i)(?:PMID|PubMed(?: ID| PMID)?|Medline)(?: no\.?| number)?[:：#]? {0,2}(\d{5,9})(?!\d)|ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed/)?(\d{5,9})(?!\d)"
_PMCID = r"(?i)(?<![A-Za-z0-9])PMC ?(\d{5,9})(?!\d)"
_DOI_VIEW = r"(?i)/(?:full|abstract|pdf|epdf|html|full/html|fulltext|meta|tables|references|figures)(?:\.pdf)?$"
_ADDRESS_DOI = r"/(10\.\d{4,9}/[^\s?#&]{2,200})"
_ADDRESS_PMID = r"(?i)(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|pubmed\.gov|europepmc\.org/(?:article|abstract)/med)/(\d{4,9})(?!\d)"
_ADDRESS_PMCID = r"(?i)PMC(\d{4,9})(?!\d)"
_TOO_GENERAL = r"//[^/]+/?(?:[a-z]{2}/?)?(?:[?#].*)?$|/(?:search|results?|about|home|index|login|subscribe|user|profile|citations)\b[^/]{0,200}$|scholar\.google\.|researchgate\.net/profile"
_OWN_RECORD = (
    r"(?i)https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov|pmc\.ncbi\.nlm\.nih\.gov|europepmc\.org|"
    r"(?:www\.|classic\.)?clinicaltrials\.gov|(?:dx\.)?doi\.org|(?:www\.)?isrctn\.com)/\S{1,300}"
)
_RECORD_KINDS = frozenset(("trial", "pmid", "pmcid", "doi"))
_TRAILING = ".,;:)]}>*/"


def find_own_record(url: str | None) -> Iterator[Citation]:
    """Yield what a page is that is itself the record of a paper or trial: its address cannot be made up by its text."""
    address = re.match(_OWN_RECORD, url) if url else None
    identified = _identify_address(address[0]) if address else None
    if address and identified and identified[0] in _RECORD_KINDS:
        yield Citation(kind=identified[0], identifier=identified[1], text=address[0], passage=None)


def find_identifiers(joined: JoinedText, passages: Sequence[Passage]) -> Iterator[Citation]:
    """Yield trial numbers, DOIs and PubMed numbers in the text."""
    if joined.find_passages(("10.",)):
        for match in re.finditer(_DOI, joined.text):
            doi = _trim_doi(match[0])
            yield _cite("doi", doi, (match.start(), match.start() + len(doi)), joined, passages)
    for start, end in _find_trials(joined):
        yield _cite("trial", _trim_trial(joined.text[start:end]), (start, end), joined, passages)
    if not joined.select(_holds_long_number):
        return
    if joined.find_passages(("pmid", "pubmed", "medline", "ncbi.nlm")):
        for match in re.finditer(_PMID, joined.text):
            yield _cite("pmid", match[1] or match[2], match.span(), joined, passages)
    if joined.find_passages(("pmc",)):
        for match in re.finditer(_PMCID, joined.text):
            yield _cite("pmcid", f"PMC{match[1]}", match.span(), joined, passages)


def _holds_long_number(text: str) -> bool:
    return _LONG_NUMBER.search(text) is not None


def _find_trials(joined: JoinedText) -> Iterator[tuple[int, int]]:
    """Yield the spans of trial numbers: only around the letters that begin them, or where their register is named."""
    for sign in _TRIAL_SIGNS if joined.find_passages(_TRIAL_SIGNS, cased=True) else ():
        place = joined.text.find(sign)
        while place >= 0:
            match = re.compile(_TRIAL).search(joined.text, max(0, place - 12), place + 40)
            if match is not None:
                yield match.span()
            place = joined.text.find(sign, place + 3)
    for signs, pattern in ((_DUTCH_SIGNS, _DUTCH), (_EUROPEAN_SIGNS, _EUROPEAN)):
        if joined.find_passages(signs):
            yield from (match.span() for match in re.finditer(pattern, joined.text))


def _cite(
    kind: str, identifier: str, span: tuple[int, int], joined: JoinedText, passages: Sequence[Passage]
) -> Citation:
    """Return the citation at *span* of the joined text."""
    index = joined.find_passage(span[0])
    passage, base = passages[index], joined.starts[index]
    start, end = span[0] - base, min(span[1] - base, len(passage.text))
    return Citation(
        kind=kind,
        identifier=identifier,
        text=passage.text[start:end],
        passage=index,
        start=start,
        end=end,
        preclinical=is_preclinical_around(passage.text, start, end),
    )


def find_linked(links: Iterable[Link], passages: Sequence[Passage], url: str | None) -> Iterator[Citation]:
    """Yield what links to registers, PubMed and journals identify."""
    own = read_host(url) if url else ""
    for link in links:
        if link.kind not in {"register", "literature"} or (own and read_host(link.url) == own):
            continue
        named = _identify_address(link.url)
        if named is None:
            continue
        passage = passages[link.passage] if link.passage is not None and link.passage < len(passages) else None
        start = max(passage.text.find(link.text), 0) if passage is not None and link.text else 0
        shown = passage is not None and bool(link.text) and passage.text.startswith(link.text, start)
        yield Citation(
            kind=named[0],
            identifier=named[1],
            text=link.text if shown else link.url,
            passage=link.passage,
            start=start,
            end=start + len(link.text) if shown else start,
            preclinical=passage is not None and is_preclinical_around(passage.text, start, start),
        )


def _identify_address(url: str) -> tuple[str, str] | None:
    """Return kind and identifier of what an address of a register or journal leads to."""
    trial = re.search(_TRIAL, url) or re.search(_EUROPEAN, url)
    if trial is not None:
        return "trial", _trim_trial(trial[0])
    pmid = re.search(_ADDRESS_PMID, url)
    if pmid is not None:
        return "pmid", pmid[1]
    pmcid = re.search(_ADDRESS_PMCID, url)
    if pmcid is not None:
        return "pmcid", f"PMC{pmcid[1]}"
    doi = re.search(_ADDRESS_DOI, url.replace("%2F", "/").replace("%2f", "/"))
    if doi is not None:
        return "doi", _trim_doi(doi[1])
    return None if re.search(_TOO_GENERAL, url) else ("paper", url)


def _trim_trial(words: str) -> str:
    """Return a trial number as its register writes it."""
    bare = re.sub(r"\s", "", words)
    for register in ("ChiCTR", "jRCT"):
        if bare.lower().startswith(register.lower()):
            return register + bare[len(register) :]
    numbered = re.match(r"(?i)(NCT|ISRCTN|ACTRN|DRKS|UMIN|KCT|TCTR|PACTR|NTR)(?:-CTR)?[-:]?(\d+)$", bare)
    if numbered is not None:
        return numbered[1].upper() + numbered[2]
    return bare.upper() if bare[:4].upper() in {"CTRI", "IRCT", "JPRN"} else bare


def _trim_doi(words: str) -> str:
    """Return a DOI without the punctuation that follows it in a sentence."""
    doi = re.sub(_DOI_VIEW, "", words).rstrip(_TRAILING)
    for opening, closing in (("(", ")"), ("[", "]"), ("<", ">")):
        if doi.count(opening) > doi.count(closing) and words[len(doi) :].startswith(closing):
            doi += closing
    return doi.lower()
