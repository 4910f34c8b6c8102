"""The verdict on a site: the claims of all its pages, and what is missing from the whole of what was read."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.judging.scoring import grade_score, score_findings
from auditor.models import UNSCORED, Finding, Grade, Severity, Support
from auditor.scanning.models import PAGE_TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from auditor.models import Rule, RuleSet

WORST_PAGES = 5
_INTENTS = ("marketing", "unclear", "information")
_STATES = ("assessed", "not_assessed", "failed", "skipped", "duplicate")


class SitePage(NamedTuple):
    """What a verdict needs to know of one page."""

    page: int
    state: str
    reason: str | None
    intent: str | None
    score: int | None
    codes: Mapping[str, int]
    findings: Sequence[tuple[str, str, int, str]]
    """Rule, kind, severity, note."""
    disclosures: Sequence[str]


class SiteFinding(NamedTuple):
    """A rule that was met on a site."""

    rule: str
    kind: str
    severity: int
    pages: int
    """On how many pages it was met."""
    first: int
    """One of them, the gravest."""
    note: str


class Verdict(NamedTuple):
    """What is said of a site."""

    state: str
    reason: str | None
    score: int | None
    grade: str | None
    meaning: str | None
    intent: str | None
    counts: Mapping[str, int]
    """State to number of pages."""
    worst: Sequence[int]
    parts: Sequence[tuple[int, str, str | None]]
    findings: Sequence[SiteFinding]
    codes: Mapping[str, int | None]


def judge_site(pages: Iterable[SitePage], rules: RuleSet, *, reason: str | None = None) -> Verdict:
    """Return the verdict on the site of *pages*; *reason* is why its crawl ended early, if it did.

    A claim counts once however many pages make it. What a page owes its reader is missing only if no page of the site
    gives it, unless it is owed by every page.
    """
    pages = list(pages)
    counts = Counter(page.state for page in pages)
    read = [page for page in pages if page.state in ("assessed", "not_assessed")]
    known = {rule.id: rule for rule in rules.rules}
    findings = list(_merge_findings(read, known, rules, unread=len(pages) - len(read) - counts["duplicate"]))
    assessed = [page for page in read if page.score is not None]
    intents = {page.intent for page in assessed}
    codes = _merge_codes(read, rules)
    if not assessed:
        why = next((page.reason for page in pages if page.reason), None)
        state = next((state for state in _STATES[1:4] if counts[state]), "failed")
        return Verdict(
            state, reason or why or "no page was found", None, None, None, None, counts, (), (), findings, codes
        )
    flags = [_to_finding(each, known) for each in findings if known[each.rule].category not in UNSCORED]
    strengths = [_to_finding(each, known) for each in findings if known[each.rule].category == "strengths"]
    score, parts = score_findings(flags, strengths, rules.scoring)
    return Verdict(
        state="assessed",
        reason=reason,
        score=score,
        grade=grade_score(score, rules.scoring)[0],
        meaning=_describe_site(assessed, flags),
        intent=next((intent for intent in _INTENTS if intent in intents), None),
        counts=counts,
        worst=[page.page for page in sorted(assessed, key=lambda page: (page.score, page.page))[:WORST_PAGES]],
        parts=[(part.points, part.reason, part.rule) for part in parts],
        findings=findings,
        codes=codes,
    )


def _describe_site(assessed: Sequence[SitePage], flags: Sequence[Finding]) -> str:
    """Return in sentences what the pages that could be assessed come to, and by which rules."""
    is_one = len(assessed) == 1
    categories = len({flag.rule.category for flag in flags})
    found = (
        f"{_count(len(flags), 'red flag')} in {_count(categories, 'category', 'categories')}"
        if flags
        else "no red flag"
    )
    meaning = f"{_count(len(assessed), 'page')} of the site could be assessed; {'it meets' if is_one else 'together they meet'} {found}."
    informing = sum(page.intent == "information" for page in assessed)
    if informing:
        some = "It" if is_one else "All" if informing == len(assessed) else f"{informing} of them"
        meaning += f" {some} {'was' if informing == 1 else 'were'} taken to inform and not to sell, and spared the rules for pages that sell."
    return meaning


def _merge_findings(
    read: Sequence[SitePage], known: Mapping[str, Rule], rules: RuleSet, *, unread: int
) -> Iterator[SiteFinding]:
    """Yield each rule that was met once, by its gravest page."""
    disclosed = {rule for page in read for rule in page.disclosures}
    met: dict[str, list[tuple[int, int, str, str]]] = {}
    for page in read:
        for rule, kind, severity, note in page.findings:
            met.setdefault(rule, []).append((-severity, page.page, kind, note))
    for id_, found in sorted(met.items()):
        severity, first, kind, note = min(found)
        if known[id_].form == "absence" and not _is_owed_by_pages(known[id_], rules):
            if id_ in disclosed:
                continue
            note = f"Nothing of the kind was found on the {_count(len(read), 'page')} of this site that could be read"
            more = "1 more that it names was" if unread == 1 else f"{unread} more that it names were"
            note += f"; {more} not." if unread else "."
        yield SiteFinding(id_, kind, -severity, len(found), first, note)


def _is_owed_by_pages(rule: Rule, rules: RuleSet) -> bool:
    """Tell whether every page owes its reader what *rule* looks for, such as a date: all its variables are coded by page."""
    units = {rules.codebook[code].unit for code in rule.codes if code in rules.codebook}
    return units == {"P"}


def _merge_codes(read: Sequence[SitePage], rules: RuleSet) -> dict[str, int | None]:
    """Return how each variable is coded for the site: 1 if on any page, 0 if looked for and on none, else None."""
    coded: dict[str, int | None] = dict.fromkeys(rules.codebook)
    # Pages of a site are mostly coded alike, and read from the same text then.
    distinct = list({id(page.codes): page.codes for page in read}.values())
    for codes in distinct:
        coded.update(dict.fromkeys(codes, 0))
    for codes in distinct:
        coded.update({variable: value for variable, value in codes.items() if value})
    return coded


def _to_finding(met: SiteFinding, known: Mapping[str, Rule]) -> Finding:
    return Finding(
        rule=known[met.rule],
        severity=Severity(met.severity),
        evidence=(),
        note=met.note,
        contexts=(),
        support=Support(grade=Grade.NONE),
    )


def _count(number: int, word: str, words: str | None = None) -> str:
    return f"{number} {word if number == 1 else words or word + 's'}"


# --- from the store and back -------------------------------------------------------------------


def judge_sites(connection: sqlite3.Connection, visit: int, rules: RuleSet) -> int:
    """Judge every site of *visit* by what the store holds of it, and return how many there are.

    Pages that repeat another of their site are marked first; the one with the lowest number stays.
    """
    _settle_folders(connection, visit)
    _mark_duplicates(connection, visit)
    _add_found_sites(connection, visit)
    for table in ("verdicts", "site_findings", "site_codes"):
        connection.execute(f"DELETE FROM {table} WHERE visit = ?", (visit,))
    sites = connection.execute(
        "SELECT site FROM pages WHERE visit = :visit UNION SELECT site FROM tasks WHERE visit = :visit AND site NOT NULL "
        "ORDER BY site",
        {"visit": visit},
    ).fetchall()
    for (site,) in sites:
        ended = connection.execute(
            "SELECT reason FROM tasks WHERE visit = ? AND site = ? AND kind = 'crawl'", (visit, site)
        ).fetchone()
        pages = _load_pages(connection, visit, site)
        _keep_verdict(connection, visit, site, judge_site(pages, rules, reason=ended["reason"] if ended else None))
    return len(sites)


def _settle_folders(connection: sqlite3.Connection, visit: int) -> None:
    """Give pages that do not say where they come from to the site of their folder, if its other pages name one and the same.

    That holds for the folders in a folder of saved pages; in the outer one itself anything may lie beside anything.
    """
    folders: dict[tuple[str, str], dict[str, list[int]]] = {}
    for page, site, path, source in connection.execute(
        "SELECT page, pages.site, pages.source, tasks.source FROM pages JOIN tasks USING (task) "
        "WHERE pages.visit = ? AND kind = 'files'",
        (visit,),
    ):
        inner = PurePath(path).relative_to(source).parts
        if len(inner) > 1:
            folders.setdefault((source, inner[0]), {}).setdefault(site, []).append(page)
    for (_, folder), sites in folders.items():
        silent = sites.pop(folder, ())
        if len(sites) == 1 and silent:
            connection.executemany("UPDATE pages SET site = ? WHERE page = ?", [(*sites, page) for page in silent])


def _mark_duplicates(connection: sqlite3.Connection, visit: int) -> None:
    connection.execute("DROP TABLE IF EXISTS temp.repeated")
    connection.execute(
        "CREATE TEMP TABLE repeated AS SELECT page, first FROM (SELECT page, min(page) OVER (PARTITION BY site, sha256) "
        "AS first FROM pages WHERE visit = ? AND state IN ('assessed', 'not_assessed')) WHERE page > first",
        (visit,),
    )
    connection.execute(
        "UPDATE pages SET state = 'duplicate', same_as = (SELECT first FROM repeated WHERE repeated.page = pages.page) "
        "WHERE page IN (SELECT page FROM repeated)"
    )
    # Quotations stay: other pages may say the same.
    for table in PAGE_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE page IN (SELECT page FROM repeated)")
    connection.execute("DROP TABLE repeated")


def _add_found_sites(connection: sqlite3.Connection, visit: int) -> None:
    """Note the sites of saved pages, which no list names, in the order in which they were met."""
    connection.execute(
        "INSERT OR IGNORE INTO sites (site, position, columns) SELECT site, min(page), '{}' FROM pages WHERE visit = ? "
        "GROUP BY site ORDER BY min(page)",
        (visit,),
    )


def _load_pages(connection: sqlite3.Connection, visit: int, site: str) -> Iterator[SitePage]:
    where = {"visit": visit, "site": site}
    of_site = "(SELECT page FROM pages WHERE visit = :visit AND site = :site)"
    findings: dict[int, list[tuple[str, str, int, str]]] = {}
    for page, *found in connection.execute(
        f"SELECT page, rule, kind, severity, note FROM findings WHERE page IN {of_site}", where
    ):
        findings.setdefault(page, []).append(tuple(found))
    disclosures: dict[int, list[str]] = {}
    for page, rule in connection.execute(f"SELECT page, rule FROM disclosures WHERE page IN {of_site}", where):
        disclosures.setdefault(page, []).append(rule)
    for row in connection.execute(
        "SELECT page, state, reason, intent, score, codes FROM pages WHERE visit = :visit AND site = :site ORDER BY page",
        where,
    ):
        number = row["page"]
        yield SitePage(
            number, row["state"], row["reason"], row["intent"], row["score"], _read_codes(row["codes"] or "{}"),
            findings.get(number, ()), disclosures.get(number, ()),
        )  # fmt: skip


@lru_cache(maxsize=1024)
def _read_codes(text: str) -> dict[str, int]:
    """Return how variables are coded on a page, one and the same for the same *text*."""
    codes: dict[str, int] = json.loads(text)
    return codes


def _keep_verdict(connection: sqlite3.Connection, visit: int, site: str, verdict: Verdict) -> None:
    def pack(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    connection.execute(
        f"INSERT INTO verdicts VALUES ({', '.join('?' * 15)})",
        (
            visit, site, verdict.state, verdict.reason, verdict.score, verdict.grade, verdict.meaning, verdict.intent,
            *(verdict.counts.get(state, 0) for state in _STATES), pack(verdict.worst), pack(verdict.parts),
        ),
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO site_findings VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(visit, site, *each) for each in verdict.findings],
    )
    connection.executemany(
        "INSERT INTO site_codes VALUES (?, ?, ?, ?)",
        [(visit, site, variable, value) for variable, value in verdict.codes.items()],
    )
