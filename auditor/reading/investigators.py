"""Who led a study: with its journal or institution, a name by which a reader can find it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.reading.remembering import remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.models import Citation
    from auditor.reading.joining import JoinedText

BESIDE = 150
"""Characters before and after a study in which its journal or institution is named."""
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
_TOLD = r"(?:stud(?:y|ies)|trials?|papers?|research|reviews?|findings|results|articles?|reports?|published|reported|presented|described)"
_DR = r"(?:Drs?\.? |Prof(?:essor|\.)? )?"

Gated = tuple[tuple[str, ...], str]
"""Words without which a pattern cannot hit, and the pattern; most pages need few of them, so none is compiled before.

A word with a capital must stand as it is written, another in any case.
"""

_LEADERS: tuple[Gated, ...] = (
    (("led by", "headed by"), rf"(?:[Ll]ed|[Hh]eaded) by {_PERSON}"),
    (
        ("author", "investigator", "researcher", "scientist"),
        (
            rf"{_LEADS}s?,? (?:was |is )?{_PERSON}"
            rf"|{_PERSON}{_DEGREES},? (?:\([^()\n]{{1,60}}\),? )?(?:the |an? |and |one of the )?(?:(?:study|trial|paper)['’]s )?{_LEADS}"
        ),
    ),
    (
        ("who led", "who co", "who dir", "who head", "who ran", "who auth", "who over", "who leads"),
        rf"{_PERSON}{_DEGREES}(?:,? (?:of|from|at|an?|the) [^.;:!?\n]{{1,140}})?,? {_LED}",
    ),
    (
        ("colleagues", "author", "workers", "team"),
        r"[A-Z][\w'’-]{1,25} and (?:(?:his|her|their|other) )?(?:\w+ ){0,2}(?:colleagues|co-?authors|co-?workers|team)\b",
    ),
    (
        ("'s team", "’s team", "group", "'s lab", "’s lab", "colleagues"),
        rf"[A-Z][\w'’-]{{1,25}}['’]s (?:\w+ )?(?:team|group|lab|laboratory|colleagues)(?: [^.;:!?\n]{{1,60}})? {_STUDIED}",
    ),
    ((" by ",), rf"\b{_TOLD}(?: [^\s.;]+){{0,8}} by {_DR}{_PERSON}"),
    (("et al",), r"[A-Z][\w'’-]{1,25} et al\b"),
)
_SIGNS = tuple(dict.fromkeys(word for words, _ in _LEADERS for word in words))
_JOURNAL = re.compile(r"(?i)publish|journal|appear|paper|lancet|jama|bmj|issue of|edition of")
_JOURNAL_NAMED = (
    r"\b(?:in|In|by|for|from) (?:the )?(?:\w+ ){0,3}?(?:Lancet|JAMA|NEJM|BMJ|Nature|PLOS|PLoS|Science|Cell|Circulation|Neurology|Pediatrics"
    r"|Stroke|Spine|Rheumatology|Diabetes|Blood|Gut|Chest|Pain|Cochrane|New England Journal|Journal of|Annals of|Archives of|Proceedings of"
    r"|American Journal|British Journal|European Journal|International Journal)\b|[Jj]ournal (?:of )?[A-Z]|\bCochrane review\b"
)


def find_investigator(text: str) -> re.Match[str] | None:
    """Return where *text* names a person as having led a study."""
    return search_gated(_LEADERS, text, text.lower())


def search_gated(table: Sequence[Gated], text: str, lowered: str) -> re.Match[str] | None:
    """Return the first hit of a table whose patterns run only where one of their words stands, as written or in any case."""
    held = f"{lowered}\n{text}"
    for words, pattern in table:
        if any(word in held for word in words):
            match = re.search(pattern, text)
            if match is not None:
                return match
    return None


def join_investigators(told: Iterable[Citation], joined: JoinedText) -> Iterator[Citation]:
    """Yield what is told of studies: one whose journal or institution is named near its investigator can be looked up."""
    told = list(told)
    named = [citation for citation in told if citation.kind == "named_study"]
    leaders = [index for index in joined.find_passages(_SIGNS) if _names_leader(joined.texts[index])] if named else []
    for citation in told:
        if citation.kind == "named_study" and _is_findable(citation, leaders, joined):
            yield replace(citation, kind="journal")
        else:
            yield citation


@remember
def _names_leader(text: str) -> bool:
    """Tell whether a passage names somebody as having led a study."""
    return find_investigator(text) is not None


def _is_findable(citation: Citation, leaders: Iterable[int], joined: JoinedText) -> bool:
    """Tell whether a reader has a name and a place to search for."""
    index = citation.passage or 0
    low = joined.starts[index] + citation.start
    sentence = joined.text[max(joined.starts[index], low - BESIDE) : low + len(citation.text) + BESIDE]
    if _JOURNAL.search(citation.text) or re.search(_JOURNAL_NAMED, sentence) or re.search(PLACE, sentence):
        return any(abs(leader - index) <= NEAR for leader in leaders)
    if find_investigator(citation.text) is None:
        return False
    first, last = max(0, index - NEAR), min(index + NEAR + 1, len(joined.starts) - 1)
    around = joined.text[joined.starts[first] : joined.starts[last]]
    return re.search(PLACE, around) is not None or re.search(_JOURNAL_NAMED, around) is not None
