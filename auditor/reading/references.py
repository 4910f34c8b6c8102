"""Reference lists: entries by which a reader can find a paper, and the numbers in the text that point to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from auditor.models import Citation
from auditor.reading.preclinical import is_preclinical, is_preclinical_around
from auditor.reading.remembering import remember_further

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from auditor.models import Passage
    from auditor.reading.joining import JoinedText

LONGEST_ENTRY = 600
LONGEST_WORDS = 300
MOST_POINTERS = 2000
"""Numbers that point to an entry, kept from one page."""
MOST_NUMBERS = 20
"""Entries that one pointer names, as in "[3-12]"."""

_VOLUME = r"(?:19|20)\d\d(?: \w{3,4}(?: \d{1,2})?)?; ?\d{1,4} ?(?:\([^()]{1,20}\))? ?[:：] ?[A-Za-z]{0,3}\d{1,7}"
_PAGES = r"\b\d{1,4} ?\([^()]{1,12}\) ?[:：,] ?(?:pp?\. ?)?[eEsS]?\d{1,7}|\b\d{1,4} ?[:：] ?[eEsS]?\d{1,6} ?[-–] ?[eEsS]?\d{1,6}|\bvol(?:ume|\.)? ?\d{1,4}\b|\bpp\. ?\d"
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_AUTHORS = r"\bet al\b|[A-Z][\w'’-]{1,25},? (?:[A-Z]\.? ?){1,3}(?:,|;| &| and|\(| \()|[^\W\d_]{2,20} [A-Z]{1,3}, [^\W\d_]{2,20} [A-Z]{1,3}\b|等[.,，。]"
# A surname with initials, or a list of whole names, with which an entry begins.
_BEGINS_WITH_AUTHOR = (
    r"(?:[\[(]?\d{1,3}[\])]?[.):]? ?)?(?:(?:van|von|de|der|den|di|da|la|le|el|al) ){0,2}"
    r"(?:[A-Z][\w'’-]{1,25},? (?:[A-Z]\.?[ -]?){1,4}(?:[,.;:&(]| and |$)|(?:[A-Z][\w'’-]{1,25} [A-Z][\w'’-]{1,25}(?:,| and| &) ){1,6}[A-Z])"
)
_JOURNAL = (
    r"\bJ(?:ournal|\.)? [A-Z]|\bJournal\b|\bLancet\b|\bN(?:ew)? Engl(?:and)? J|\bNEJM\b|\bJAMA\b|\bBMJ\b|\bNature\b|\bPLoS\b|\bPLOS\b|\bAnn(?:als)?\b"
    r"|\bStem Cells?\b[ .,]|\bCell\b|\bArch(?:ives)?\b|\bProc(?:eedings)?\b|\bFrontiers\b|\bBr J\b|\bAm J\b|\bEur J\b|\bInt J\b|\bRev(?:iew)?s?\b"
    r"|\bCochrane Database\b|杂志|学报|期刊|学会誌|雑誌"
)
_JOURNAL_SIGNS = (
    "journal",
    "lancet",
    "engl",
    "nejm",
    "jama",
    "bmj",
    "nature",
    "plos",
    "annals",
    "archives",
    "cochrane",
    "《",
)
_QUOTED_TITLE = r"[\"“«„《][^\"”»“《》]{20,300}[\"”»“》]"
_SOON = 120
"""Characters behind a quoted title in which its journal and year stand."""
# "Title of the paper – Name of the Journal – April 2015".
_DASHED = r"[A-Z“\"][^\n]{25,300} [-–—|] [A-Z][\w&.,' ]{3,80}(?: [-–—|]|,)? ?\(?(?:[A-Z][a-z]{2,8}\.? )?(?:\d{1,2}, )?(?:19|20)\d\d\)?\W*"
# "Quill and others (Joint Letters, 2019)": written out, with journal and year soon after.
_ET_AL = r"[A-Z][\w'’-]{1,25},? (?:[A-Z]\.?){0,3} ?et al\b"
# "Quill, A. (2015). Cells in knees. Joint Letters", also in the middle of a passage.
_WITH_YEAR = r"[A-Z][\w'’-]{1,25}(?:, [A-Z]\.| [A-Z]{1,3}[,.])[^()\n]{0,120} ?\((?:19|20)\d\d[a-z]?\)[.:,] ?[“\"]?[A-Z][^.?!]{8,250}[.?!][”\"]? [A-Z]"
# Two or more authors with initials, a title and a year: "Quill A, Bolt B. Cells in knees. Joint Letters 2016."
_BARE = re.compile(
    r"(?:\W{0,3}\d{0,3}[.)\]]? ?)(?:[A-Z][\w'’-]{1,25} [A-Z]{1,3}(?:, | and |\. ?)){1,9}(?:et al\.? )?[A-Z][^.?!]{8,250}[.?!] [A-Z][^\n]{2,80}?(?:19|20)\d\d"
)
# What news agencies print under an item.
_SOURCE = r"(?i:\bsources?)[:：] ?[^\n]{0,80}?(?:\bJournal\b|\bLancet\b|\bJAMA\b|\bNew England\b|\bAnnals\b|\bArchives\b|\bBMJ\b)[^\n]{0,80}?(?:19|20)\d\d"
_ENTRY_NUMBER = re.compile(r"[\[(]?(\d{1,3})(?:[\])][.):]?|[.):]) ?(?=\D)")
_NUMBERS = r"\d{1,3}(?: ?[,;–-] ?\d{1,3}){0,19}"
_BRACKETED = re.compile(rf"\[({_NUMBERS})\]")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,")
# What a raised number looks like once it is text: glued to a word or to the stop behind it. "Vitamin D3", "CO2" and
# "covid19" are no such thing: the word is of small letters, and the number one of the list's own.
_GLUED = (
    rf"(?<=[a-z]{{4}})({_NUMBERS})(?![\w%.°]|[,-]\d)|(?<=[a-z\])][.,;:])({_NUMBERS})(?=\s|$)|(?<=[a-z] )\(({_NUMBERS})\)(?=[.,;]|$)"
    r"|([⁰¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒,–-]{0,30})|(?i:\bref(?:erences?|s)?\.? ?#?)(" + _NUMBERS + r")(?!\d)"
)
_RANKS = {kind: rank for rank, kind in enumerate(("trial", "doi", "pmid", "pmcid", "paper", "journal"))}


class _Pointer(NamedTuple):
    """Numbers in the text that point to entries, with their place."""

    numbers: tuple[int, ...]
    start: int
    end: int


def find_entries(joined: JoinedText, passages: Sequence[Passage]) -> Iterator[Citation]:
    """Yield entries of reference lists, and papers that running text names as fully: authors or title, journal, year."""
    indices = {passage.index for passage in passages if passage.block == "references"}
    indices.update(joined.find_passages(("et al",)))
    if joined.find_passages(('"', "“", "«", "„", "《")):
        indices.update(joined.find_passages(_JOURNAL_SIGNS))
    indices.update(joined.find_passages(("source:", "sources:", ").", "):", "),")))
    indices.update(joined.select(_may_be_entry))
    for index in sorted(indices):
        passage = passages[index]
        span = None if passage.role == "heading" else _find_entry(passage.text, passage.block == "references")
        if span is not None:
            words = passage.text[span[0] : span[1]]
            yield Citation(
                kind="journal",
                identifier=words,
                text=words,
                passage=index,
                start=span[0],
                end=span[1],
                preclinical=is_preclinical(passage.text[max(0, span[0] - LONGEST_WORDS) : span[0] + LONGEST_ENTRY]),
            )


def _may_be_entry(text: str) -> bool:
    """Tell whether a text begins like a reference, or holds a volume with its pages behind a semicolon."""
    if _BARE.match(text) is not None:
        return True
    place = text.find(";")
    while place >= 0:
        if (
            text[max(0, place - 1) : place].isdigit()
            and re.compile(_VOLUME).search(text, max(0, place - 12), place + 40) is not None
        ):
            return True
        place = text.find(";", place + 1)
    return False


@remember_further
def _find_entry(whole_text: str, listed: bool) -> tuple[int, int] | None:
    """Return the span of what a reader could find a paper by: authors or title with journal or pages, and the year."""
    text = whole_text[:LONGEST_ENTRY]
    whole = 0, min(len(text), LONGEST_WORDS)
    if len(text) >= 25 and _YEAR.search(text) is not None:
        if re.search(_VOLUME, text):
            return whole
        titled = re.search(_QUOTED_TITLE, text) is not None
        signs = [re.search(sign, text) is not None for sign in (_PAGES, _JOURNAL, _AUTHORS)]
        if listed:
            begun = len(text) >= 40 and re.match(_BEGINS_WITH_AUTHOR, text) is not None
            if begun or sum((titled, *signs)) >= 2 or re.fullmatch(_DASHED, text):
                return whole
        elif all(signs):
            return whole
    for search in (re.compile(_WITH_YEAR).search, _BARE.match, re.compile(_SOURCE).search):
        match = search(text)
        if match is not None:
            return match.start(), min(match.end(), match.start() + LONGEST_WORDS)
    return _find_told_entry(whole_text)


def _find_told_entry(text: str) -> tuple[int, int] | None:
    """Return the span of a paper told in running text: title in quotation marks or first author, soon journal and year."""
    for pattern, before in ((_QUOTED_TITLE, 0), (_ET_AL, _SOON)) if "et al" in text else ((_QUOTED_TITLE, 0),):
        for match in re.compile(pattern).finditer(text, 0, 20_000):
            low = max(0, match.start() - before)
            around = text[low : match.end() + _SOON]
            journal, year = re.search(_JOURNAL, around), _YEAR.search(around)
            if journal is not None and year is not None:
                start = min(match.start(), low + journal.start(), low + year.start())
                end = max(match.end(), low + journal.end(), low + year.end())
                return start, min(end, start + LONGEST_WORDS)
    return None


# --- numbers that point to entries ----------------------------------------------------------------


def find_pointers(joined: JoinedText, passages: Sequence[Passage], found: Iterable[Citation]) -> Iterator[Citation]:
    """Yield for each number in the text, such as "[3]" or a raised 3, the reference that it points to.

    A number in square brackets on a page without any list stands for a study that nobody can look up.
    """
    entries = _number_entries(passages, found)
    bracketed = joined.find_passages(("[",))
    if not entries and not bracketed:
        return
    listed = any(passage.block == "references" for passage in passages)
    kept = 0
    for index in joined.select(_holds_pointer) if entries else bracketed:
        passage = passages[index]
        if passage.block == "references" or passage.role in {"label", "alt", "meta", "structured"}:
            continue
        for pointer in _list_pointers(passage.text, bare=bool(entries)):
            named = [entries[number] for number in pointer.numbers if number in entries]
            if not named and (listed or entries):
                continue
            yield from _point(passage, pointer, named)
            kept += 1
            if kept >= MOST_POINTERS:
                return


def _number_entries(passages: Sequence[Passage], found: Iterable[Citation]) -> dict[int, Citation]:
    """Return the best reference of each entry by its number: the one it bears, or its place in the list."""
    best: dict[int, Citation] = {}
    for citation in found:
        if citation.kind in _RANKS and citation.passage is not None:
            known = best.get(citation.passage)
            if known is None or _RANKS[citation.kind] < _RANKS[known.kind]:
                best[citation.passage] = citation
    bearing: dict[int, Citation] = {}
    placed: dict[int, Citation] = {}
    place = 0
    for passage in passages:
        if passage.block != "references" or passage.role in {"heading", "label", "alt"}:
            continue
        number = _ENTRY_NUMBER.match(passage.text)
        place += 1
        if passage.index in best:
            placed[place] = best[passage.index]
            if number is not None:
                bearing[int(number[1])] = best[passage.index]
    return bearing or placed


def _holds_pointer(text: str) -> bool:
    return next(_list_pointers(text, bare=True), None) is not None


def _list_pointers(text: str, *, bare: bool) -> Iterator[_Pointer]:
    """Yield the pointers in a text; only with a list to point to are *bare* numbers taken for some."""
    for match in _BRACKETED.finditer(text):
        yield _Pointer(_read_numbers(match[1]), *match.span())
    if bare:
        for match in re.finditer(_GLUED, text):
            yield _Pointer(_read_numbers(match[match.lastindex or 0]), *match.span())


def _read_numbers(words: str) -> tuple[int, ...]:
    """Return the numbers that a list such as "2, 5-7" names."""
    numbers: list[int] = []
    for part in re.split("[,;]", words.translate(_RAISED)):
        first, _, last = part.replace("–", "-").partition("-")
        if first.strip().isdigit():
            low = int(first)
            high = int(last) if last.strip().isdigit() else low
            numbers.extend(range(low, min(high, low + MOST_NUMBERS) + 1) if high >= low else (low,))
    return tuple(numbers[:MOST_NUMBERS])


def _point(passage: Passage, pointer: _Pointer, named: Sequence[Citation]) -> Iterator[Citation]:
    """Yield what a pointer in *passage* names, or a vague reference where it names nothing."""
    words = passage.text[pointer.start : pointer.end]
    around = is_preclinical_around(passage.text, pointer.start, pointer.end)
    if not named:
        named = (Citation(kind="vague", identifier=words, text=words, passage=None),)
    for entry in named:
        yield Citation(
            kind=entry.kind,
            identifier=entry.identifier,
            text=words,
            passage=passage.index,
            start=pointer.start,
            end=pointer.end,
            preclinical=entry.preclinical or around,
        )
