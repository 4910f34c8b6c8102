"""Telephone numbers and postal addresses in what a page says, each in one form, so that sites that share one can be told.

An address is a street with a number and a postcode near it: a town alone ties nothing together. What differs between two
ways of writing it (street or St., North or N, the words around it) is left out; a suite or floor is part of it, for many
practices share a house.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from auditor.reading.remembering import MOST
from auditor.reading.structured import Item, parse_structured, read_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 240
"""Characters of a passage that gives an address of its own; what is longer tells of others'."""
_SHORT = 90
"""Characters of a line of an address whose lines are passages."""
_NEAR = 100
"""Characters between a street and its postcode."""
_LINES = 4
"""Of an address, the last with its postcode."""
_HINT = re.compile(r"[0-9〒号](?:(?<=[〒号])|[0-9]{3}| ?[A-Z]{2}\b|[A-Z] ?[0-9])")
"""What every postcode holds, or what stands in its place."""
_DIGITS = re.compile(r"[0-9]{3}")
_TELEPHONE = re.compile(
    r"(?<![\w+.-])(?:\+[1-9][0-9]{0,2}[ .()/-]{0,3}(?:[0-9]{1,4}[ .()/-]{0,3}){2,5}[0-9]{2,4}"
    r"|(?:1[ .-])?\(?[2-9][0-9]{2}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4})(?![\w-])"
)
# What may stand in several places is bounded: a page can be made so that nothing of it ever ends.
_DATA = re.compile(rb"<script\b[^<>]{0,300}\bld\+json[^<>]{0,300}>", re.IGNORECASE)
_DATA_END = re.compile(rb"</script", re.IGNORECASE)

_US = "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
_POSTCODE = re.compile(
    rf"\b(?:(?:{_US}),? (?P<us>\d{{5}})(?:-\d{{4}})?"
    r"|(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? (?P<au>\d{4})"
    r"|(?P<gb>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})"
    r"|(?P<ca>[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d)"
    r"|(?P<nl>\d{4} ?(?!SA|SD|SS)[A-Z]{2})"
    r"|(?:[A-Z]{1,2}-|C\.?P\.? )?(?P<other>\d{4,5}) (?=[A-ZÀ-Þ]))\b"
)
_WORD = r"(?:[A-ZÀ-Þ][\w'’.-]*|\d{1,3}(?:st|nd|rd|th))"
_ENGLISH = (
    "street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|way|parkway|pkwy|highway|hwy|court|ct|place|pl|square|sq"
    "|terrace|crescent|close|circle|plaza|row|gardens|quay|walk|mews|hill|pike|trail"
)
_ROMANCE = (
    r"rue|avenue|boulevard|place|quai|impasse|all[ée]e|chemin|calle|c/|avda\.?|avenida|av\.|paseo|plaza|carrer|via|viale"
    r"|corso|piazza|rua"
)
_GERMANIC = "str(?:a[ßs]s?e|\\.)|weg|platz|allee|gasse|ring|damm|ufer|chaussee|straat|laan|gracht|plein|kade|singel"
_STREETS = (
    # 12 North Harbour St.
    re.compile(rf"\b\d{{1,5}}[A-Za-z]?(?:[-–/]\d{{1,5}}[A-Za-z]?)?,? (?:{_WORD} ){{1,4}}(?i:{_ENGLISH})\b\.?"),
    # 7 bis, rue de la Paix
    re.compile(rf"\b\d{{1,4}}(?: ?bis| ?ter)?,? (?i:{_ROMANCE}) ?(?:(?:[a-zà-þ'’]{{1,4}} ?){{0,2}}{_WORD} ?){{1,4}}"),
    # Calle de Alcalá, 45; Via Roma 12
    re.compile(
        rf"\b(?i:{_ROMANCE}) ?(?:(?:[a-zà-þ'’]{{1,4}} ){{0,2}}{_WORD},? ?){{1,4}}?(?:n[º°.]? ?)?\d{{1,4}}\b[a-z]?"
    ),
    # Lange Straße 5 a; Keizersgracht 12
    re.compile(rf"(?:\b{_WORD} ){{0,2}}\b[\w.-]*(?i:{_GERMANIC}) \d{{1,4}}(?: ?[a-zA-Z]\b)?"),
)
_JAPANESE = re.compile(r"〒?\s?(\d{3})[-－−](\d{4})\s*([^\s,、。()（）]{3,30}?\d+(?:[-－−ー丁目番地号の\d]*\d)?)")
_CHINESE = re.compile(
    r"([\u4e00-\u9fff]{2,4}[市区县])(?:[\u4e00-\u9fff]{1,6}[区县镇])?([^\W市区县镇\d]{1,8}(?:路|街|大道|巷))(\d{1,5})号"
)
_UNIT = re.compile(
    r"\b(?:suite|ste|unit|apt|apartment|room|rm|office|level)\b\.? ?#? ?([\w-]{1,6})|#([\w-]{1,6})"
    r"|\b(\d{1,3})(?:st|nd|rd|th) floor|\bfloor (\d{1,3})\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    ["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "n", "s", "e", "w", "ne", "nw", "se", "sw", "de", "la", "las", "los", "el", "del", "des", "du", "der", "die", "den", "di", "da", "do", "dos", "the", "l", "d", "bis", "ter", "no", "nr", "c", "str", "strasse", "straße", "strase"]
) | frozenset(re.split(r"\|", f"{_ENGLISH}|rue|quai|impasse|allee|allée|chemin|calle|avda|avenida|av|paseo|carrer|via|viale|corso|piazza|rua"))  # fmt: skip


def list_addresses(body: bytes, passages: Iterable[str]) -> list[str]:
    """Return the addresses that a page gives, in its structured data in *body* and in its *passages*, each once."""
    found = dict.fromkeys(_read_data(body)) if b"ostalAddress" in body else {}
    found |= dict.fromkeys(address for text in _join_lines(passages) for address in find_addresses(text))
    return list(found)


def list_telephones(body: bytes, passages: Iterable[str]) -> list[str]:
    """Return the telephone numbers that a page gives in its structured data and in short passages, each once, as written.

    Without a country only numbers as North America writes them are known for such.
    """
    found: dict[str, None] = {}
    if b"telephone" in body:
        for item in _parse_data(body):
            told = item.get("telephone")
            found |= {
                number: None for number in (told if isinstance(told, list) else [told]) if isinstance(number, str)
            }
    for text in passages:
        if 9 < len(text) <= _SHORT and (numbers := _find_telephones(text)):
            found |= dict.fromkeys(numbers)
    return [number for number in found if 7 <= len(re.sub(r"\D", "", number)) <= 15]


@lru_cache(maxsize=MOST)
def _find_telephones(text: str) -> tuple[str, ...]:
    if not _DIGITS.search(text):
        return ()
    return tuple(number.rstrip(" .-(") for number in _TELEPHONE.findall(text))


def find_addresses(text: str) -> Iterator[str]:
    """Yield the addresses in *text*, each in the form in which it is compared: street, number, unit, postcode."""
    for found in _POSTCODE.finditer(text):
        before = text[max(0, found.start() - _NEAR - _SHORT) : found.start()]
        # Of several streets the one next to the postcode is meant.
        streets = [match for pattern in _STREETS for match in pattern.finditer(before)]
        street = max(streets, key=lambda match: (match.end(), -match.start()), default=None)
        if street and len(before) - street.end() <= _NEAR:
            code = next(filter(None, found.groups()))
            if address := _fold(street[0], before[street.end() :], code):
                yield address
    for match in _JAPANESE.finditer(text):
        yield f"{re.sub('[-－−ー丁目番地号の]+', '-', match[3]).strip('-')}, {match[1]}-{match[2]}"
    for match in _CHINESE.finditer(text):
        yield f"{match[1]}{match[2]}{match[3]}"


def _join_lines(passages: Iterable[str]) -> Iterator[str]:
    """Yield what may hold an address: short passages, and lines of an address that are passages of their own together."""
    lines: list[str] = []
    for text in passages:
        if len(text) <= _SHORT:
            lines.append(text)
            if not _hints(text):
                continue
            yield ", ".join(lines[-_LINES:])
        elif len(text) <= LONGEST and _hints(text):
            yield text
        lines.clear()


@lru_cache(maxsize=MOST)
def _hints(text: str) -> bool:
    """Tell whether an address may end in *text*; menus and footers are asked about on every page."""
    return _HINT.search(text) is not None


def _parse_data(body: bytes) -> list[Item]:
    return parse_structured([source.decode("utf-8", "replace") for source in _find_data(body)])


def _find_data(body: bytes) -> Iterator[bytes]:
    start = 0
    while (begun := _DATA.search(body, start)) and (ended := _DATA_END.search(body, begun.end())):
        start = ended.end()
        yield body[begun.end() : ended.start()]


def _read_data(body: bytes) -> Iterator[str]:
    """Yield the addresses in a page's JSON-LD (https://schema.org/PostalAddress)."""
    for item in _parse_data(body):
        if "postaladdress" in read_types(item):
            street, code = item.get("streetAddress"), item.get("postalCode")
            if isinstance(street, str) and isinstance(code, (str, int)) and (address := _fold(street, "", str(code))):
                yield address


def _fold(street: str, rest: str, postcode: str) -> str:
    """Return an address in the one form in which it is compared; nothing if it names no house."""
    unit = _UNIT.search(f"{street} {rest}")
    street = _UNIT.sub(" ", street)
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?i)(?<=\w)(?:str(?:a[ßs]s?e|\.))", " ", street).lower())
    names = [word for word in words if len(word) > 1 and word not in _COMMON] or [
        word for word in words if len(word) > 1
    ]
    number = re.search(r"\d{1,5}(?:[a-z]\b| [a-z](?=\s*$))?", street, re.IGNORECASE)
    code = re.sub(r"[^A-Z0-9]", "", postcode.upper())
    if re.fullmatch(r"\d{9}", code):  # ZIP+4 names a part of a street
        code = code[:5]
    if not names or not number or not 3 <= len(code) <= 8:
        return ""
    house = re.sub(r"\s", "", number[0].lower())
    part = f" unit {next(filter(None, unit.groups())).lower()}" if unit else ""
    return f"{' '.join(names)} {house}{part}, {code}"
