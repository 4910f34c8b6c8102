"""Who led a study: with its journal or institution, a name by which a reader can find it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditor.models import Citation
    from auditor.reading.joining import JoinedText

NEAR = 15
"""Passages between a study and who is named as having led it."""

PLACE = r"(?: [A-Z][\w'’&.-]{0,30}| of| for| and){0,5} (?:University|Universität|Institutes?|Hospital|College|School of|Medical School|Medical Center|Mayo|Harvard|Stanford|Oxford)\b"
_PERSON = r"(?:Drs?\.? |Prof(?:essor|\.)? )?[A-Z][\w'’-]{1,25}(?: [A-Z]\.)? [A-Z][\w'’-]{1,25}"
_DEGREES = r"(?:,? (?:M\.?D\.?|Ph\.?D\.?|M\.?P\.?H\.?|M\.?Sc\.?|DO|RN)(?=[ ,.]))*"
_LEADS = r"(?:[Ll]ead|[Ff]irst|[Ss]enior|[Ss]tudy|[Cc]orresponding|[Mm]ain|[Pp]rincipal|[Cc]hief)(?: study| lead| senior)? (?:co-?)?(?:author|investigator|researcher|scientist)"
_LED = (
    r"who (?:led|leads|directed|headed|conducted|ran|co-?authored|authored|co-?led|oversaw) (?:the |this |that )?(?:\w+ ){0,3}"
    r"(?:study|trial|research|work|team|project|review|analysis|paper)"
)
_STUDIED = (
    r"(?:studied|tested|found|report(?:ed)?|conducted|enrolled|recruited|analy[sz]ed|treated|compared|followed|wrote|write"
    r"|conclude[sd]?|examined|measured|gave|injected|randomi[sz]ed|looked|published|showed|demonstrated|discovered)"
)
_SIGNS = ("led by", "headed by", "author", "investigator", "lead researcher", "senior researcher", "study researcher", "lead scientist", "who ", "colleagues")  # fmt: skip
_INVESTIGATOR = re.compile(
    rf"(?:[Ll]ed by|[Hh]eaded by|{_LEADS}s?,?) (?:was |is )?{_PERSON}"
    rf"|{_PERSON}{_DEGREES},? (?:\([^()\n]{{1,60}}\),? )?(?:the |an? |and |one of the )?(?:(?:study|trial|paper)['’]s )?{_LEADS}"
    rf"|{_PERSON}{_DEGREES}(?:,? (?:of|from|at|an?|the) [^.;:!?\n]{{1,140}})?,? {_LED}"
    rf"|[A-Z][\w'’-]{{1,25}} and (?:his|her|their|other) (?:\w+ ){{0,2}}(?:colleagues|co-?authors|team)(?: have| had)?(?: \w+)? {_STUDIED}"
)
_JOURNAL = re.compile(r"(?i)publish|journal|appear|paper|lancet|jama|bmj")


def find_investigator(text: str) -> re.Match[str] | None:
    """Return where *text* first names a person as having led a study."""
    lowered = text.lower()
    return _INVESTIGATOR.search(text) if any(sign in lowered for sign in _SIGNS) else None


def join_investigators(told: Iterable[Citation], joined: JoinedText) -> Iterator[Citation]:
    """Yield what is told of studies: one whose journal or institution is named near its investigator can be looked up."""
    told = list(told)
    named = [citation for citation in told if citation.kind == "named_study"]
    leaders = [joined.find_passage(match.start()) for match in _INVESTIGATOR.finditer(joined.text)] if named else []
    for citation in told:
        if citation.kind == "named_study" and _is_findable(citation, leaders, joined):
            yield replace(citation, kind="journal")
        else:
            yield citation


def _is_findable(citation: Citation, leaders: Iterable[int], joined: JoinedText) -> bool:
    """Tell whether a reader has a name and a place to search for."""
    index = citation.passage or 0
    if _JOURNAL.search(citation.text) or re.search(PLACE, citation.text):
        return any(abs(leader - index) <= NEAR for leader in leaders)
    if find_investigator(citation.text) is None:
        return False
    first, last = max(0, index - NEAR), min(index + NEAR + 1, len(joined.starts) - 1)
    return re.search(PLACE, joined.text[joined.starts[first] : joined.starts[last]]) is not None
