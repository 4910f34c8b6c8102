"""The report of a run, RUN/index.html and a page of each site behind it, from what the store holds."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import closing
from functools import partial
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.judging.measured import find_interval
from auditor.reporting.run import (
    SHOWN_CHANGES,
    SHOWN_QUOTES,
    name_page,
    name_page_report,
    render_run,
    render_site,
)
from auditor.scanning import store
from auditor.scanning.engine import run_processes
from auditor.scanning.exporting import count_codes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from auditor.models import RuleSet

    Site = dict[str, Any]

REPORT = "index.html"
SITES = "sites"
_SITES_A_PIECE = 50


def write_report(
    connection: sqlite3.Connection, folder: Path, rules: RuleSet, *, reported: Collection[int] = (), jobs: int = 1
) -> Path:
    """Write the report of the latest visit of the run in *folder*, in place of an earlier one, and return where it is.

    The pages *reported* have reports of their own, to which those of their sites lead. Those of many sites are written
    by so many processes as *jobs* says. Raises AuditorError if one of these dies.
    """
    visit = dict(store.find_visit(connection))
    run = load_run(connection, visit, rules)
    if (folder / SITES).exists():
        rmtree(folder / SITES)
    (folder / SITES).mkdir()
    sites = list_sites(run)
    pieces = [sites[start : start + _SITES_A_PIECE] for start in range(0, len(sites), _SITES_A_PIECE)]
    if jobs > 1 and len(pieces) >= 2 * jobs:
        write = partial(_write_sites, folder=folder, visit=visit, reported=frozenset(reported))
        for _, problem in run_processes(write, pieces, jobs=jobs):
            if problem:
                raise AuditorError(problem.reason)
    else:
        _write_pages(connection, folder, visit, sites, reported)
    _write(folder / REPORT, render_run(run))
    return folder / REPORT


def _write_sites(sites: Sequence[Site], folder: Path, visit: dict[str, Any], reported: Collection[int]) -> None:
    """Write the pages of *sites*, in a process that opens the store for itself."""
    with closing(store.open_store(folder, reading=True)) as connection:
        _write_pages(connection, folder, visit, sites, reported)


def _write_pages(
    connection: sqlite3.Connection,
    folder: Path,
    visit: dict[str, Any],
    sites: Sequence[Site],
    reported: Collection[int],
) -> None:
    for site in load_sites(connection, visit, sites, reported):
        _write(folder / SITES / name_page(site["site"]), render_site(site))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def load_run(connection: sqlite3.Connection, visit: dict[str, Any], rules: RuleSet) -> dict[str, Any]:
    """Return what the page over all sites tells of *visit*, as plain data."""
    number = visit["visit"]
    digests = connection.execute(
        "SELECT count(DISTINCT rules_digest) FROM visits WHERE visit >= ?", (number - 1,)
    ).fetchone()
    return {
        "visit": number,
        "started": visit["started"],
        "finished": visit["finished"],
        "version": visit["version"],
        "facts": _list_facts(visit, len(rules.rules)),
        "sites": _list_sites(connection, number),
        "networks": _list_networks(connection, number),
        "prevalence": _list_prevalence(connection, number, rules),
        "changed": _load_changed(connection, number),
        "rules_changed": digests[0] > 1,
        "mistakes": [
            dict(row)
            for row in connection.execute(
                "SELECT source, line, text, problem FROM mistakes WHERE visit = ? ORDER BY source, line, text",
                (number,),
            )
        ],
    }


def _list_facts(visit: dict[str, Any], rules: int) -> list[dict[str, Any]]:
    facts = [
        ("Program", f"clinic-auditor {visit['version']}", False),
        ("Rules", f"{rules}, SHA-256 {visit['rules_digest']}", True),
        ("Settings", f"SHA-256 {visit['settings_digest']}", True),
        ("Files", "manifest.json names every file of this folder with its SHA-256; auditor verify looks whether all is whole", False),
        ("Everything else", "run.sqlite holds all pages, findings and quotations; auditor export writes them as tables", False),
    ]  # fmt: skip
    return [{"name": name, "text": text, "code": code} for name, text, code in facts]


def _list_sites(connection: sqlite3.Connection, visit: int) -> list[dict[str, Any]]:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    categories: dict[str, dict[str, int]] = defaultdict(dict)
    for site, category, severity, number in connection.execute(
        "SELECT site, category, met.severity, count(*) FROM site_findings AS met JOIN rules USING (visit, rule) "
        "WHERE visit = ? AND kind = 'finding' GROUP BY site, category, met.severity",
        (visit,),
    ):
        counts[site][severity] += number
        categories[site][category] = max(categories[site].get(category, 0), severity)
    rows = connection.execute(
        "SELECT verdicts.*, sites.url, sites.name, sites.columns FROM verdicts LEFT JOIN sites USING (site) "
        "WHERE visit = ? ORDER BY site",
        (visit,),
    )
    return [
        {
            "site": row["site"],
            "url": row["url"],
            "name": row["name"],
            "columns": json.loads(row["columns"] or "{}"),
            "state": row["state"],
            "reason": row["reason"],
            "score": row["score"],
            "grade": row["grade"],
            "meaning": row["meaning"],
            "parts": json.loads(row["parts"]),
            "read": row["assessed"] + row["not_assessed"] + row["duplicate"],
            "unread": row["failed"] + row["skipped"],
            "counts": dict(counts[row["site"]]),
            "categories": categories[row["site"]],
        }
        for row in rows
    ]


def _list_networks(connection: sqlite3.Connection, visit: int) -> list[dict[str, Any]]:
    networks: dict[int, dict[tuple[str, str], list[str]]] = {}
    for number, kind, value, site in connection.execute(
        "SELECT network, kind, value, site FROM networks WHERE visit = ? ORDER BY network, kind, value, site", (visit,)
    ):
        networks.setdefault(number, {}).setdefault((kind, value), []).append(site)
    return [
        {
            "number": number,
            "sites": sorted({site for sites in ties.values() for site in sites}),
            "ties": [
                {"kind": kind, "value": value, "sites": sites}
                for (kind, value), sites in sorted(
                    ties.items(), key=lambda tie: (tie[0][0] == "copy", -len(tie[1]), tie[0])
                )
            ],
        }
        for number, ties in networks.items()
    ]


def _list_prevalence(connection: sqlite3.Connection, visit: int, rules: RuleSet) -> list[dict[str, Any]]:
    counted = count_codes(connection, visit)
    rows = []
    for variable in rules.codebook.values():
        sites, found = counted.get(variable.id, (0, 0))
        published = [
            {
                "percent": figure.percent,
                "says": figure.says,
                "source": rules.basis[figure.source].title,
                "url": rules.basis[figure.source].url,
                "verified": figure.verified,
            }
            for figure in variable.published
        ]
        rows.append(
            {
                "id": variable.id,
                "name": variable.name,
                "sites": sites,
                "found": found,
                "interval": find_interval(found, sites),
                "published": published,
            }
        )
    return rows


def _load_changed(connection: sqlite3.Connection, visit: int) -> list[dict[str, Any]]:
    counted: dict[str, dict[tuple[str, str], int]] = {}
    for site, what, change, number in connection.execute(
        "SELECT site, what, change, count(*) FROM changes WHERE visit = ? GROUP BY site, what, change ORDER BY site",
        (visit,),
    ):
        counted.setdefault(site, {})[what, change] = number
    scores = {
        (row["visit"], row["site"]): row["score"]
        for row in connection.execute(
            "SELECT visit, site, score FROM verdicts WHERE visit IN (?, ?)", (visit - 1, visit)
        )
    }
    return [
        {"site": site, "counts": counts, "scores": (scores.get((visit - 1, site)), scores.get((visit, site)))}
        for site, counts in counted.items()
    ]


# --- one site ----------------------------------------------------------------------------------


def list_sites(run: dict[str, Any]) -> list[Site]:
    """Return the sites of *run*, each with the numbers of the groups that it belongs to."""
    networks: dict[str, list[int]] = defaultdict(list)
    for network in run["networks"]:
        for site in network["sites"]:
            networks[site].append(network["number"])
    return [site | {"networks": networks[site["site"]]} for site in run["sites"]]


def load_sites(
    connection: sqlite3.Connection, visit: dict[str, Any], sites: Iterable[Site], reported: Collection[int] = ()
) -> Iterator[Site]:
    """Yield what the page of each of *sites* tells, as plain data."""
    rules = {row["rule"]: row for row in connection.execute("SELECT * FROM rules WHERE visit = ?", (visit["visit"],))}
    for site in sites:
        where = (visit["visit"], site["site"])
        pages = [
            dict(row) | {"report": name_page_report(site["site"], row["page"]) if row["page"] in reported else None}
            for row in connection.execute(
                "SELECT page, coalesce(final_url, url) AS url, source, state, reason, retrieved, sha256, title, score "
                "FROM pages WHERE visit = ? AND site = ? ORDER BY page",
                where,
            )
        ]
        yield site | {
            "visit": visit["visit"],
            "started": visit["started"],
            "version": visit["version"],
            "pages": pages,
            "findings": _list_findings(connection, where, rules, {page["page"]: page["url"] for page in pages}),
            "changes": [
                dict(row)
                for row in connection.execute(
                    "SELECT * FROM changes WHERE visit = ? AND site = ? ORDER BY number LIMIT ?",
                    (*where, SHOWN_CHANGES + 1),
                )
            ],
        }


def _list_findings(
    connection: sqlite3.Connection, where: tuple[int, str], rules: dict[str, sqlite3.Row], urls: dict[int, str]
) -> list[dict[str, Any]]:
    met = {
        row["rule"]: dict(row)
        for row in connection.execute(
            "SELECT * FROM site_findings WHERE visit = ? AND site = ? AND kind IN ('finding', 'strength')", where
        )
    }
    of_site = "page IN (SELECT page FROM pages WHERE visit = ? AND site = ?)"
    quoted: dict[str, int] = dict(
        connection.execute(f"SELECT rule, sum(quotes) FROM findings WHERE {of_site} GROUP BY rule", where).fetchall()
    )
    chosen: dict[str, dict[str, tuple[int, str, int]]] = defaultdict(dict)
    for rule, quote, page, number in connection.execute(
        f"SELECT rule, quote, page, number FROM quotes WHERE {of_site} AND number < ? "
        "ORDER BY rule, severity DESC, page, number",
        (*where, SHOWN_QUOTES),
    ):
        # What stands on every page, such as a footer, is shown once.
        if rule in met and len(chosen[rule]) < SHOWN_QUOTES:
            chosen[rule].setdefault(quote, (page, rule, number))
    for rule, finding in met.items():
        known = rules[rule]
        finding |= {name: known[name] for name in ("category", "title", "why", "ask", "form")}
        finding["quoted"] = quoted.get(rule, 0)
        finding["quotes"] = [_load_quote(connection, key, urls) for key in chosen[rule].values()]
    return list(met.values())


def _load_quote(connection: sqlite3.Connection, key: tuple[int, str, int], urls: dict[int, str]) -> dict[str, Any]:
    row = connection.execute(
        "SELECT page, quote, words, prefix, suffix, section, role, voice, contexts FROM quotes "
        "WHERE page = ? AND rule = ? AND number = ?",
        key,
    ).fetchone()
    return dict(row) | {
        "url": urls[row["page"]],
        "section": json.loads(row["section"]),
        "contexts": json.loads(row["contexts"]),
    }
