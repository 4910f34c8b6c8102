"""What became of a site between two visits: what was added, removed, reworded, by the rules and by the words.

Only pages that both visits read are compared. A page that could not be read says nothing about what is gone from it.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from auditor.reporting.comparing import MOST_TEXTS
from auditor.reporting.fingerprints import mark_evidence
from auditor.reporting.similarity import pair_texts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_GONE = (404, 410)
_READ = ("assessed", "not_assessed")


class Change(NamedTuple):
    """One thing that is not as it was, in the order of the columns of the store."""

    what: str
    change: str
    rule: str | None = None
    before: str | None = None
    after: str | None = None


def note_changes(connection: sqlite3.Connection, visit: int) -> None:
    """Keep what changed from the visit before to *visit*, in place of what was kept before; nothing for the first."""
    connection.execute("DELETE FROM changes WHERE visit = ?", (visit,))
    if visit == 1:
        return
    numbers: dict[str, int] = defaultdict(int)
    for site, url, earlier, page, change in _compare_visits(connection, visit):
        numbers[site] += 1
        connection.execute(
            "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (visit, site, numbers[site], url, earlier, page, *change),
        )


def _compare_visits(
    connection: sqlite3.Connection, visit: int
) -> Iterator[tuple[str, str, int | None, int | None, Change]]:
    """Yield every change with its site, address, and the page's number at both visits."""
    judged = "SELECT DISTINCT site FROM verdicts WHERE visit IN (?, ?) ORDER BY site"
    for (site,) in connection.execute(judged, (visit - 1, visit)).fetchall():
        before, after = _load_known(connection, visit - 1, site), _load_pages(connection, visit, site)
        if not before or not after:
            # As saved pages that are no longer there; a site that is only not to be had has a page that says so.
            yield site, site, None, None, Change("site", "added" if after else "removed")
            continue
        for change in _compare_absences(connection, visit, site):
            yield site, site, None, None, change
        for url in sorted({*before, *after}):
            old, new = before.get(url), after.get(url)
            place = (site, url, old["page"] if old else None, new["page"] if new else None)
            for change in _compare_pages(connection, old, new):
                yield *place, change


def _load_known(connection: sqlite3.Connection, visit: int, site: str) -> dict[str, sqlite3.Row]:
    """Return the pages of *site* at *visit* by address; what could not be had then as it was last read."""
    pages = _load_pages(connection, visit, site)
    unread = [url for url, page in pages.items() if page["state"] not in _READ and page["status"] not in _GONE]
    for number in range(visit - 1, 0, -1):
        if not unread:
            break
        earlier = _load_pages(connection, number, site)
        pages |= {url: earlier[url] for url in unread if url in earlier and earlier[url]["state"] in _READ}
        unread = [url for url in unread if pages[url]["state"] not in _READ]
    return pages


def _load_pages(connection: sqlite3.Connection, visit: int, site: str) -> dict[str, sqlite3.Row]:
    """Return the pages of *site* at *visit* by address, with whether rules could be met on them at all."""
    rows = connection.execute(
        "SELECT page, url, state, status, sha256, (SELECT kind FROM tasks WHERE tasks.task = pages.task) AS kind, "
        "score IS NOT NULL OR obstacle IS NULL OR page IN (SELECT page FROM findings) AS readable "
        "FROM pages WHERE visit = ? AND site = ? ORDER BY page DESC",
        (visit, site),
    )
    return {row["url"]: row for row in rows}


def _compare_pages(
    connection: sqlite3.Connection, old: sqlite3.Row | None, new: sqlite3.Row | None
) -> Iterator[Change]:
    was_read, is_read = (page is not None and page["state"] in _READ for page in (old, new))
    if old is None:
        if is_read:
            yield Change("page", "added")
    elif new is None or (new["state"] == "failed" and new["status"] in _GONE):
        # A crawl that does not come by has not seen that a page is gone.
        if was_read and (new is not None or old["kind"] != "crawl"):
            yield Change("page", "removed")
    elif was_read and is_read and old["sha256"] != new["sha256"] and old["readable"] and new["readable"]:
        yield from compare_findings(_load_quotes(connection, old["page"]), _load_quotes(connection, new["page"]))
        yield from compare_passages(_load_passages(connection, old["page"]), _load_passages(connection, new["page"]))


def compare_findings(
    old: Mapping[str, Sequence[tuple[str, str]]], new: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[Change]:
    """Yield what became of rules that were met, each with its quotations as words and sentence.

    A quotation is the same while the words that met the rule are; else it is reworded if most of its sentence is.
    """
    for rule in sorted({*old, *new}):
        if rule not in old:
            yield Change("finding", "added", rule, None, _join(new[rule]))
        elif rule not in new:
            yield Change("finding", "removed", rule, _join(old[rule]))
        else:
            before, after = _drop_kept(rule, old[rule], new[rule]), _drop_kept(rule, new[rule], old[rule])
            yield from _pair("quotation", rule, before, after)


def compare_passages(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Yield what became of the text of a page; what only moved is no change."""
    for number, change in enumerate(_pair("passage", None, old, new)):
        if number == MOST_TEXTS:
            return
        yield change


def _pair(what: str, rule: str | None, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    pairing = pair_texts(old, new)
    for before, after in pairing.reworded:
        yield Change(what, "reworded", rule, old[before], new[after])
    for place in pairing.gone:
        yield Change(what, "removed", rule, old[place])
    for place in pairing.new:
        yield Change(what, "added", rule, None, new[place])


def _drop_kept(rule: str, quotes: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]]) -> list[str]:
    """Return the sentences of *quotes* whose words are not among *others*, each once."""
    kept = {mark_evidence(rule, words) for words, _ in others}
    return list(dict.fromkeys(quote for words, quote in quotes if mark_evidence(rule, words) not in kept))


def _join(quotes: Iterable[tuple[str, str]]) -> str | None:
    return " […] ".join(dict.fromkeys(quote for _, quote in quotes)) or None


def _compare_absences(connection: sqlite3.Connection, visit: int, site: str) -> Iterator[Change]:
    """Yield what the site as a whole no longer lacks, and what it lacks now, since it could last be assessed."""
    visits = connection.execute(
        "SELECT visit FROM verdicts WHERE visit <= ? AND site = ? AND state = 'assessed' ORDER BY visit DESC LIMIT 2",
        (visit, site),
    ).fetchall()
    numbers = [row["visit"] for row in visits]
    if len(numbers) < 2 or numbers[0] != visit:
        return
    lacks, lacked = (_load_absences(connection, number, site) for number in numbers)
    for rule in sorted(lacked ^ lacks):
        yield Change("finding", "added" if rule in lacks else "removed", rule)


def _load_absences(connection: sqlite3.Connection, visit: int, site: str) -> set[str]:
    rows = connection.execute(
        "SELECT rule FROM site_findings JOIN rules USING (visit, rule) WHERE visit = ? AND site = ? AND form = 'absence'",
        (visit, site),
    )
    return {rule for (rule,) in rows}


def _load_quotes(connection: sqlite3.Connection, page: int) -> dict[str, list[tuple[str, str]]]:
    """Return the rules met on *page*, absences aside, with the words and sentences that met them."""
    met: dict[str, list[tuple[str, str]]] = {}
    for rule, words, quote in connection.execute(
        "SELECT findings.rule, words, quote FROM findings JOIN pages USING (page) JOIN rules USING (visit, rule) "
        "LEFT JOIN quoted USING (page, rule) LEFT JOIN quotations USING (quotation) "
        "WHERE page = ? AND form != 'absence' AND kind != 'observation' ORDER BY findings.rule, number",
        (page,),
    ):
        found = met.setdefault(rule, [])
        if words:
            found.append((words, quote))
    return met


def _load_passages(connection: sqlite3.Connection, page: int) -> list[str]:
    row = connection.execute("SELECT passages FROM texts WHERE page = ?", (page,)).fetchone()
    return [text for *_, text in json.loads(zlib.decompress(row["passages"]))] if row else []
