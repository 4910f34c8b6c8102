"""Does the page back the claim: the nearest and best citation, graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from auditor.models import Grade, Support

if TYPE_CHECKING:
    from auditor.models import Citation, Document, Passage, SupportNeeded

GRADE_OF_KIND = {
    "trial": Grade.TRIAL,
    "doi": Grade.PAPER,
    "pmid": Grade.PAPER,
    "pmcid": Grade.PAPER,
    "paper": Grade.PAPER,
    "journal": Grade.PAPER,
    "named_study": Grade.NAMED,
    "vague": Grade.VAGUE,
}
_REACHES = {"passage": ("passage",), "section": ("passage", "section"), "page": ("passage", "section", "page")}


class Graded(NamedTuple):
    """A citation with what it is worth."""

    grade: Grade
    citation: Citation


class SupportIndex(NamedTuple):
    """The best citation of every passage, of every section, and of the page."""

    by_passage: dict[int, Graded]
    by_section: dict[tuple[str, ...], Graded]
    page: Graded | None


def grade_citation(citation: Citation) -> Grade:
    """Return what *citation* is worth for a claim about people.

    A study in animals or cell cultures does not support one, however well it is cited (FTC, Health Products Compliance
    Guidance, 2022).
    """
    grade = GRADE_OF_KIND[citation.kind]
    return min(grade, Grade.VAGUE) if citation.preclinical else grade


def index_support(document: Document) -> SupportIndex:
    """Return the best citations of *document*, the first among equals."""
    by_passage: dict[int, Graded] = {}
    by_section: dict[tuple[str, ...], Graded] = {}
    page: Graded | None = None
    for citation in document.citations:
        graded = Graded(grade_citation(citation), citation)
        page = _better(page, graded)
        if citation.passage is None:
            continue
        section = document.passages[citation.passage].section
        by_passage[citation.passage] = _better(by_passage.get(citation.passage), graded)
        by_section[section] = _better(by_section.get(section), graded)
    return SupportIndex(by_passage, by_section, page)


def _better(best: Graded | None, other: Graded) -> Graded:
    return other if best is None or other.grade > best.grade else best


def find_support(passage: Passage, index: SupportIndex, needed: SupportNeeded | None) -> Support:
    """Return the nearest support for a claim in *passage* that answers it, else the best that there is.

    Without a need the best support of the page is returned, so that the report can name it.
    """
    wanted = needed.answered_by if needed else None
    reach = _REACHES[needed.within if needed else "page"]
    near = index.by_passage.get(passage.index), index.by_section.get(passage.section), index.page
    best, best_place, best_citation = Grade.NONE, None, None
    for place, graded in zip(reach, near, strict=False):
        if graded is None:
            continue
        grade, citation = graded
        if grade > best:
            best, best_place, best_citation = grade, place, citation
        if wanted is not None and grade >= wanted:
            break
    return Support(grade=best, where=best_place, citation=best_citation, needed=wanted)


def is_answered(support: Support) -> bool:
    """Return whether *support* is what the rule asks for."""
    return support.needed is not None and support.grade >= support.needed
