"""Entries of reference lists: authors, title, journal, year, by which a reader can find a paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Citation
from auditor.reading.preclinical import is_preclinical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.models import Passage
    from auditor.reading.joining import JoinedText

_VOLUME = r"(?:19|20)\d\d(?: \w{3,4}(?: \d{1,2})?)?; ?\d{1,4} ?(?:\([^()]{1,20}\))? ?[:：] ?[A-Za-z]{0,3}\d{1,7}"
_PAGES = r"\b\d{1,4} ?\([^()]{1,12}\) ?[:：,] ?(?:pp?\. ?)?[eEsS]?\d{1,7}|\b\d{1,4} ?[:：] ?[eEsS]?\d{1,6} ?[-–] ?[eEsS]?\d{1,6}|\bvol(?:ume|\.)? ?\d{1,4}\b|\bpp\. ?\d"
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_AUTHORS = r"\bet al\b|[A-Z][\w'’-]{1,25},? (?:[A-Z]\.? ?){1,3}(?:,|;| &| and|\(| \()|[^\W\d_]{2,20} [A-Z]{1,3}, [^\W\d_]{2,20} [A-Z]{1,3}\b|等[.,，。]"
_JOURNAL = (
    r"\bJ(?:ournal|\.)? [A-Z]|\bJournal\b|\bLancet\b|\bN(?:ew)? Engl(?:and)? J|\bNEJM\b|\bJAMA\b|\bBMJ\b|\bNature\b|\bPLoS\b|\bAnn(?:als)?\b"
    r"|\bStem Cells?\b[ .,]|\bCell\b|\bArch(?:ives)?\b|\bProc(?:eedings)?\b|\bFrontiers\b|\bBr J\b|\bAm J\b|\bEur J\b|\bInt J\b|\bRev(?:iew)?s?\b|杂志|学报|期刊|学会誌|雑誌"
)
_QUOTED_TITLE = r"[\"“«„《][^\"”»“《》]{20,300}[\"”»“》],? ?(?:in )?[^\"“”]{0,60}"


def find_entries(joined: JoinedText, passages: Sequence[Passage]) -> Iterator[Citation]:
    """Yield entries of reference lists: authors, year and journal, or volume and pages."""
    text = joined.text
    indices = {passage.index for passage in passages if passage.block == "references"}
    indices.update(joined.find_passages(("et al",)))
    indices.update(
        joined.find_passage(place)
        for place in joined.find_all(";")
        if place > 3 and text[place - 1].isdigit() and re.compile(_VOLUME).search(text, max(0, place - 12), place + 40)
    )
    for index in sorted(indices):
        passage = passages[index]
        if passage.role != "heading" and _is_entry(passage):
            yield Citation(
                kind="journal",
                identifier=passage.text[:300],
                text=passage.text[:300],
                passage=index,
                start=0,
                end=min(len(passage.text), 300),
                preclinical=is_preclinical(passage.text[:600]),
            )


def _is_entry(passage: Passage) -> bool:
    """Tell whether a passage is an entry that a reader could find: authors or title, year, journal or pages."""
    text = passage.text[:600]
    if len(text) < 25 or _YEAR.search(text) is None:
        return False
    if re.search(_VOLUME, text):
        return True
    if re.search(_QUOTED_TITLE, text) and (re.search(_JOURNAL, text) or re.search(_PAGES, text)):
        return passage.block == "references" or re.search(_AUTHORS, text) is not None
    pages, journal, authors = re.search(_PAGES, text), re.search(_JOURNAL, text), re.search(_AUTHORS, text)
    if passage.block == "references":
        return sum(sign is not None for sign in (pages, journal, authors)) >= 2
    return pages is not None and journal is not None and authors is not None
