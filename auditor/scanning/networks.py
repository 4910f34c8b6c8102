"""Sites that share something a reader can check: a telephone number, an address, an identifier, a passage of text.

That they share it is all that is said; why they do is for a person to find out.
"""

from __future__ import annotations

import itertools
import json
import re
import zlib
from collections import Counter, defaultdict
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from auditor.reporting.fingerprints import fold_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SHORTEST_COPY = 80
"""Characters of a passage from which it is compared."""
FEWEST_PASSAGES, MOST_PASSAGES, MOST_COMPARED = 12, 60, 50_000
"""Passages that are compared: of a site at least and at most, and of all; those of its worst pages, which sell."""
ALIKE = 0.7
"""Jaccard similarity of the words, three by three, from which two passages are the same copy."""
COMMON = 0.05
"""Share of the sites, if they are many, beyond which a passage is nobody's own, such as a notice about cookies."""
FEWEST_COMMON = 10
_ALSO_OTHERS = ("address", "telephone")
"""Kinds of traits that a page may also give of somebody else."""
_COPY_ROLES = ("paragraph", "list_item", "quote", "table_cell", "caption")
_LEAST_SHARED = ALIKE - 0.001
"""Share of its shingles that a text has in common with others if it is nearly the same as one; rounding allowed for."""
_PERMUTATIONS = 64
_SEED = 1

# What the same supplier puts on every site that it serves; sites too few to tell by frequency have it as well. As words
# without case and punctuation, which the text may go on from: cookies, subscribers.
_BOILERPLATE = (
    "cookie", "privacy policy", "privacy notice", "all rights reserved", "terms of", "terms and", "javascript", "browser",
    "captcha", "subscribe", "datenschutz", "privacidad", "隐私", "版权所有",
)  # fmt: skip
# Endpoints that serve all their customers under one address: who posts there has nothing in common with the others.
_SERVICES = re.compile(
    r"(?:^|\.)(?:google|bing|duckduckgo|facebook|paypal|list-manage|mailchimp|wix|squarespace|shopify|wordpress|hubspot"
    r"|hsforms|activehosted|klaviyo|constantcontact|convertkit|typeform|jotform|addtoany|salesforce|pardot|marketo|zoho"
    r"|zohopublic|aweber|getresponse|infusionsoft|mailerlite|sibforms|createsend|formspree|formsubmit|formstack|wufoo"
    r"|cognitoforms|123formbuilder|acuityscheduling|calendly|zocdoc|doctolib|mindbodyonline|simplepractice|janeapp|vagaro)"
    r"\.[a-z.]+$"
)
_OWN_FORM = re.compile(r"/[\w-]*(?:\d[\w-]{5,}|[\w-]{12,})$")
"""A path that names one form of a service, as form services have it."""
_PLACEHOLDERS = re.compile(
    r"(?:@|\b)(?:example|domain|yourdomain|mysite|email|sentry)\.\w+|^(?:name|user|you)@|x{4,}", re.IGNORECASE
)

_INVENTED_NUMBER = re.compile(r"1234567|7654321|(\d)\1{5}")
# What many pages give of an authority or help line: Poison Help, MedWatch, FDA, FTC, CDC and SAMHSA in the United States, as
# their own sites state them (https://www.fda.gov/about-fda/contact-fda, https://poisonhelp.hrsa.gov, https://www.ftc.gov/contact).
_AUTHORITIES = frozenset(
    (
        "18002221222", "18003321088", "18884636332", "18773824357", "18002324636", "18006624357",
        "fishers 5600, 20857", "new hampshire 10903, 20993", "pennsylvania 600, 20580", "clifton 1600, 30329",
    )
)  # fmt: skip


class Tie(NamedTuple):
    """What sites share, and of each of them a page that has it."""

    kind: str
    value: str
    pages: Mapping[str, int]


def prepare_hashing() -> None:
    """Import what hashes: half a second's work, and many from a cold disk, which can pass while pages are judged."""
    with suppress(ImportError):  # the search says what is missing, if it comes to that
        import_module("datasketch")


def note_networks(connection: sqlite3.Connection, visit: int) -> None:
    """Keep which sites of *visit* share what, in place of what was kept before."""
    connection.execute("DELETE FROM networks WHERE visit = ?", (visit,))
    ties = [*_find_traits(connection, visit), *_find_copies(connection, visit)]
    connection.executemany(
        "INSERT INTO networks VALUES (?, ?, ?, ?, ?, ?)",
        [
            (visit, number, tie.kind, tie.value, site, page)
            for number, network in enumerate(group_ties(ties), 1)
            for tie in network
            for site, page in tie.pages.items()
        ],
    )


def group_ties(ties: Iterable[Tie]) -> list[list[Tie]]:
    """Return *ties* by groups of sites that hang together by them, the group of most sites first."""
    ties = sorted(ties, key=lambda tie: (tie.kind, tie.value))
    leaders: dict[str, str] = {}

    def lead(site: str) -> str:
        while leaders.setdefault(site, site) != site:
            leaders[site] = leaders[leaders[site]]
            site = leaders[site]
        return site

    for tie in ties:
        first, *others = sorted(tie.pages)
        for other in others:
            one, two = sorted((lead(first), lead(other)))
            leaders[two] = one
    groups: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        groups[lead(min(tie.pages))].append(tie)
    sizes = {name: len({site for tie in group for site in tie.pages}) for name, group in groups.items()}
    return [groups[name] for name in sorted(groups, key=lambda name: (-sizes[name], name))]


# --- traits ------------------------------------------------------------------------------------


def _find_traits(connection: sqlite3.Connection, visit: int) -> Iterator[Tie]:
    """Yield the traits that more than one site has."""
    rows = connection.execute(
        "SELECT kind, value, site, min(page) FROM traits JOIN pages USING (page) WHERE visit = ? "
        "GROUP BY kind, value, site ORDER BY min(page)",
        (visit,),
    )
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for kind, value, site, page in rows:
        if folded := fold_trait(kind, value, site):
            found[kind, folded].setdefault(site, page)
    sites = connection.execute("SELECT count(*) FROM verdicts WHERE visit = ?", (visit,)).fetchone()[0]
    for (kind, value), pages in found.items():
        # What very many give is an authority's, a help line's, or that of a house full of practices.
        if len(pages) > 1 and (kind not in _ALSO_OTHERS or len(pages) <= max(FEWEST_COMMON, COMMON * sites)):
            yield Tie(kind, value, pages)


def fold_trait(kind: str, value: str, site: str) -> str:
    """Return *value* as it is the same on every site that has it; nothing if it could not tie a *site* to another."""
    if _PLACEHOLDERS.search(value):
        return ""
    if kind == "telephone":
        digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", value.partition(":")[2] or value)).removeprefix("00")
        # Shorter ones are emergency and service numbers; those of ten digits lack what North America puts before them.
        digits = f"1{digits}" if len(digits) == 10 and digits[0] not in "01" else digits
        is_own = len(digits) >= 7 and digits not in _AUTHORITIES and not _INVENTED_NUMBER.search(digits)
        return digits if is_own else ""
    if kind == "address":
        return "" if value in _AUTHORITIES else value
    if kind == "email":
        return value.partition(":")[2].partition("?")[0].strip().lower()
    if kind == "form":
        parts = urlsplit(value)
        host = (parts.hostname or "").removeprefix("www.")
        if host == site.partition("/")[0].partition(":")[0] or (
            _SERVICES.search(host) and not _OWN_FORM.search(parts.path)
        ):
            return ""
        return f"{host}{parts.path}".rstrip("/")
    return value.strip()


# --- copy --------------------------------------------------------------------------------------


class Passage(NamedTuple):
    """A passage of a site, and its words without case and punctuation."""

    site: str
    page: int
    text: str
    folded: str


def _find_copies(connection: sqlite3.Connection, visit: int) -> Iterator[Tie]:
    """Yield the passages that more than one site has, word for word or nearly."""
    passages = list(_list_passages(connection, visit))
    sites: dict[str, set[str]] = defaultdict(set)
    for passage in passages:
        sites[passage.folded].add(passage.site)
    most = max(FEWEST_COMMON, COMMON * len({passage.site for passage in passages}))
    kept = [passage for passage in passages if len(sites[passage.folded]) <= most]
    texts = list(dict.fromkeys(passage.folded for passage in kept))
    by_text: dict[str, list[Passage]] = defaultdict(list)
    for passage in kept:
        by_text[passage.folded].append(passage)
    for alike in find_alike(texts):
        together = [passage for text in alike for passage in by_text[text]]
        pages: dict[str, int] = {}
        for passage in sorted(together, key=lambda passage: passage.page):
            pages.setdefault(passage.site, passage.page)
        if 1 < len(pages) <= most:
            yield Tie("copy", min(together, key=lambda passage: passage.page).text, pages)


def _list_passages(connection: sqlite3.Connection, visit: int) -> Iterator[Passage]:
    """Yield the passages of each site that are compared."""
    worst = connection.execute("SELECT site, worst FROM verdicts WHERE visit = ? ORDER BY site", (visit,)).fetchall()
    most = max(FEWEST_PASSAGES, min(MOST_PASSAGES, MOST_COMPARED // max(1, len(worst))))
    for site, pages in worst:
        seen: set[str] = set()
        for page, text in _read_pages(connection, json.loads(pages)):
            folded = fold_words(text)
            if folded not in seen and not any(words in folded for words in _BOILERPLATE):
                seen.add(folded)
                yield Passage(site, page, text, folded)
            if len(seen) == most:
                break


def _read_pages(connection: sqlite3.Connection, pages: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield the passages of *pages* that may be marketing copy, each text once."""
    seen: set[str] = set()
    for page in pages:
        row = connection.execute("SELECT passages FROM texts WHERE page = ?", (page,)).fetchone()
        for role, landmark, _, hidden, text in json.loads(zlib.decompress(row["passages"])) if row else ():
            if len(text) < SHORTEST_COPY or hidden or text in seen:
                continue
            seen.add(text)
            if role in _COPY_ROLES and landmark not in ("footer", "nav"):
                yield page, text


def find_alike(texts: Sequence[str]) -> list[list[str]]:
    """Return *texts* in groups that are nearly the same, every text in one group, by their words three by three.

    MinHash (Broder 1997) finds what to compare; what is found is compared in full, so that no two are together by chance.
    """
    shingles = list(map(_cut_shingles, texts))
    groups: dict[int, list[str]] = {place: [] for place in range(len(texts))}
    for place, leader in enumerate(_find_leaders(shingles)):
        groups[leader].append(texts[place])
    return [group for group in groups.values() if group]


def _find_leaders(shingles: Sequence[frozenset[str]]) -> list[int]:
    """Return for each text, given as its *shingles*, the place of the first that is nearly the same; its own if none is."""
    seen = Counter(itertools.chain.from_iterable(shingles))
    leaders = list(range(len(shingles)))
    # What is nearly the same as another shares most of its shingles. Of few texts that holds: the others need no hashing,
    # and where it holds of none, nor does the program need what hashes, which takes half a second to import.
    shared = [
        place
        for place, mine in enumerate(shingles)
        if sum(seen[each] > 1 for each in mine) >= _LEAST_SHARED * len(mine)
    ]
    if not shared:
        return leaders
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=ALIKE, num_perm=_PERMUTATIONS)
    blank = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, hashfunc=zlib.crc32)
    for place in shared:
        hashed = blank.copy()
        hashed.update_batch([shingle.encode("utf-8", "replace") for shingle in shingles[place]])
        near = [int(found) for found in index.query(hashed)]
        # The first of a group stands for it: so a group does not drift from one text to quite another.
        leaders[place] = min(
            (other for other in near if _measure(shingles[place], shingles[other]) >= ALIKE), default=place
        )
        if leaders[place] == place:
            index.insert(str(place), hashed)
    return leaders


def _cut_shingles(folded: str) -> frozenset[str]:
    """Return the words of *folded* three by three; of a script without spaces, its characters four by four."""
    words = folded.split()
    if len(words) < 8:
        return frozenset(folded[place : place + 4] for place in range(max(1, len(folded) - 3)))
    return frozenset(" ".join(words[place : place + 3]) for place in range(len(words) - 2))


def _measure(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
