"""A finished run as tables: for spreadsheets, for statistics, and for programs."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from auditor.errors import AuditorError
from auditor.judging.measured import find_interval
from auditor.reporting.cleaning import clean_text
from auditor.reporting.fingerprints import mark_evidence
from auditor.reporting.table import defuse_cell
from auditor.reporting.wording import NUMBERED_SEVERITIES, describe_figure
from auditor.scanning import store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from auditor.models import RuleSet

    Row = Sequence[str | int | float | None]

FORMS = ("csv", "jsonl", "parquet")
_AT_ONCE = 10_000
_OWN_COLUMNS = ("url", "name", "case_ref")
_PLACE = ("visit", "site", "name", "case_ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the export; its rows are read while it is written."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Row]
    numbers: frozenset[str] = field(default_factory=frozenset)
    """Columns of whole numbers."""
    shares: frozenset[str] = field(default_factory=frozenset)
    """Columns of numbers between 0 and 1."""
    empty: str = ""
    """How a spreadsheet shows that there is no value."""


def export_run(run: Path, folder: Path, form: str, rules: RuleSet) -> list[Path]:
    """Write the tables of the run in *run* into *folder* as *form*, one of `FORMS`, and return where they are.

    Each table is written whole or not at all. Raises `AuditorError` if the run is not complete, or if a library is missing,
    and OSError with the name of a table that cannot be written, which the system leaves out when a disk is full.
    """
    writers: dict[str, Callable[[Path, Table], None]] = {"csv": _write_csv, "jsonl": _write_jsonl}
    write = writers[form] if form in writers else partial(_write_parquet, _load_arrow())
    with closing(store.open_finished(run)) as connection:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for table in list_tables(connection, rules):
            path = folder / f"{table.name}.{form}"
            _write_whole(write, path, table)
            paths.append(path)
    return paths


def list_tables(connection: sqlite3.Connection, rules: RuleSet) -> list[Table]:
    """Return all tables of a run; every row begins with the visit, most with the site as the list names it."""
    listed = _load_columns(connection)
    names = sorted({name for columns in listed.values() for name in columns})
    place = (*_PLACE, *_name_columns(names))

    other = [name for name in names if name not in _OWN_COLUMNS]
    leads = {
        site: (columns.get("name"), columns.get("case_ref"), *map(columns.get, other))
        for site, columns in listed.items()
    }
    unlisted = (None,) * (2 + len(other))

    def lead(row: Sequence[Any]) -> tuple[Any, ...]:
        """Put what the list says of its site before the rest of a row, which begins with visit and site."""
        return (*row[:2], *leads.get(row[1], unlisted), *row[2:])

    def read(query: str, change: Callable[[Sequence[Any]], Sequence[Any]] = tuple) -> Iterator[Row]:
        return (lead(change(row)) for row in connection.execute(query))

    return [
        Table(
            name="findings",
            columns=(*place, *_FINDING_COLUMNS, "fingerprint"),
            rows=chain(read(_FINDINGS, _tell_finding), read(_ABSENCES, _tell_finding)),
            numbers=frozenset(("visit", "number", "pages")),
        ),
        Table(
            name="pages",
            columns=(*place, *_PAGE_COLUMNS),
            rows=read(_PAGES),
            numbers=frozenset(("visit", "page", "status", "bytes", "truncated", "characters", "score")),
        ),
        Table(
            name="sites",
            columns=(*place, *_SITE_COLUMNS),
            rows=read(_SITES),
            numbers=frozenset(("visit", *_SITE_COLUMNS)) - {"url", "state", "reason", "grade", "meaning", "intent"},
        ),
        Table(
            name="codebook",
            columns=(*place, *rules.codebook),
            rows=map(lead, _pivot_codes(connection, tuple(rules.codebook))),
            numbers=frozenset(("visit", *rules.codebook)),
            empty="NA",
        ),
        Table(
            name="prevalence",
            columns=(
                "visit",
                "variable",
                "says",
                "unit",
                "polarity",
                "sites",
                "found",
                "share",
                "low",
                "high",
                "published",
            ),
            rows=_list_prevalence(connection, rules),
            numbers=frozenset(("visit", "sites", "found")),
            shares=frozenset(("share", "low", "high")),
        ),
        Table(
            name="networks",
            columns=(*place, "network", "kind", "value", "url"),
            rows=read(_NETWORKS),
            numbers=frozenset(("visit", "network")),
        ),
        Table(
            name="changes",
            columns=(*place, "number", "url", "what", "change", "rule", "before", "after"),
            rows=read(
                "SELECT visit, site, number, url, what, change, rule, before, after FROM changes ORDER BY 1, 2, 3"
            ),
            numbers=frozenset(("visit", "number")),
        ),
        Table(
            name="mistakes",
            columns=("visit", "source", "line", "text", "problem", "refused"),
            rows=connection.execute("SELECT * FROM mistakes ORDER BY visit, source, line, text"),
            numbers=frozenset(("visit", "line", "refused")),
        ),
    ]


# --- what the tables hold ----------------------------------------------------------------------

_FINDING_COLUMNS = (
    "scope", "url", "capture", "retrieved", "page_sha256", "page_title", "kind", "severity", "category", "rule", "finding",
    "number", "quotation", "words", "prefix", "suffix", "section", "role", "landmark", "voice", "contexts", "support",
    "citation", "note", "pages", "why", "ask",
)  # fmt: skip
_FINDINGS = """
SELECT pages.visit, pages.site, 'page', coalesce(final_url, url), source, retrieved, sha256, pages.title,
  findings.kind, coalesce(quotations.severity, findings.severity), category, rule, rules.title,
  number + 1, quote, words, prefix, suffix, section, role, landmark, voice, contexts, support, citation, note, NULL, why, ask
FROM pages JOIN findings USING (page) JOIN rules USING (visit, rule) LEFT JOIN quoted USING (page, rule)
  LEFT JOIN quotations USING (quotation)
WHERE rules.form != 'absence' ORDER BY pages.visit, pages.site, page, rule, number
"""
# What is missing is missing from the site as a whole, and stands once; all else stands where it was read.
_ABSENCES = """
SELECT visit, site, 'site', NULL, NULL, NULL, NULL, NULL, kind, site_findings.severity, category, rule, title,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, note, pages, why, ask
FROM site_findings JOIN rules USING (visit, rule) WHERE form = 'absence' ORDER BY visit, site, rule
"""
_PAGE_COLUMNS = (
    "page", "url", "final_url", "capture", "state", "reason", "same_as", "status", "retrieved", "media_type", "bytes",
    "sha256", "truncated", "title", "language", "intent", "characters", "obstacle", "score", "grade", "meaning",
)  # fmt: skip
_PAGES = """
SELECT visit, site, page, url, final_url, source, state, reason,
  (SELECT other.url FROM pages AS other WHERE other.page = pages.same_as), status, retrieved, media_type, bytes,
  sha256, truncated, title, language, intent, characters, obstacle, score, grade, meaning
FROM pages ORDER BY visit, site, page
"""
_SITE_COLUMNS = (
    "position", "url", "state", "reason", "score", "grade", "meaning", "intent", "pages_assessed", "pages_not_assessed",
    "pages_failed", "pages_skipped", "pages_duplicate", "critical", "high", "medium", "low", "strengths",
)  # fmt: skip
_SITES = f"""
SELECT visit, site, position + 1, url, state, reason, score, grade, meaning, intent, assessed, not_assessed, failed,
  skipped, duplicate, {
    ", ".join(
        f"(SELECT count(*) FROM site_findings AS met WHERE met.visit = verdicts.visit AND met.site = verdicts.site AND {what})"
        for what in (*(f"kind = 'finding' AND severity = {severity}" for severity in (4, 3, 2, 1)), "kind = 'strength'")
    )
}
FROM verdicts LEFT JOIN sites USING (site) ORDER BY visit, position, site
"""
_NETWORKS = """
SELECT networks.visit, networks.site, network, kind, value, coalesce(final_url, url)
FROM networks JOIN pages USING (page) ORDER BY networks.visit, network, kind, value, networks.site
"""


def _tell_finding(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row of findings with lists and severity as words, and with its fingerprint."""
    cells = dict(zip(("visit", "site", *_FINDING_COLUMNS), row, strict=True))
    cells["severity"] = NUMBERED_SEVERITIES[cells["severity"]]
    cells["section"] = " › ".join(json.loads(cells["section"] or "[]"))
    cells["contexts"] = ", ".join(json.loads(cells["contexts"] or "[]"))
    return (*cells.values(), mark_evidence(cells["rule"], cells["words"]) if cells["words"] else None)


def _pivot_codes(connection: sqlite3.Connection, variables: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Yield of each site and visit how it is coded: 1, 0, or nothing for what was not looked for."""
    places = {variable: place for place, variable in enumerate(variables, 2)}
    rows = connection.execute(
        "SELECT verdicts.visit, verdicts.site, variable, value FROM verdicts LEFT JOIN site_codes USING (visit, site) "
        "ORDER BY 1, 2"
    )
    coded: list[Any] = []
    for visit, site, variable, value in rows:
        if coded[:2] != [visit, site]:
            if coded:
                yield coded
            coded = [visit, site, *[None] * len(variables)]
        if variable in places:
            coded[places[variable]] = value
    if coded:
        yield coded


def _list_prevalence(connection: sqlite3.Connection, rules: RuleSet) -> Iterator[Row]:
    """Yield how many sites show each variable, of those where it was looked for, with the 95% interval."""
    for (visit,) in connection.execute("SELECT visit FROM visits ORDER BY visit").fetchall():
        counted = count_codes(connection, visit)
        for variable in rules.codebook.values():
            sites, found = counted.get(variable.id, (0, 0))
            low, high = find_interval(found, sites) or (None, None)
            told = [
                f"{describe_figure(each.says, each.percent)} ({rules.basis[each.source].title})"
                for each in variable.published
            ]
            yield (
                visit, variable.id, variable.name, variable.unit, variable.polarity, sites, found,
                round(found / sites, 4) if sites else None,
                None if low is None else round(low, 4), None if high is None else round(high, 4), "; ".join(told),
            )  # fmt: skip


def count_codes(connection: sqlite3.Connection, visit: int) -> dict[str, tuple[int, int]]:
    """Return of each variable on how many sites of *visit* it was looked for, and on how many it was found."""
    rows = connection.execute(
        "SELECT variable, count(value), coalesce(sum(value), 0) FROM site_codes WHERE visit = ? GROUP BY variable",
        (visit,),
    )
    return {variable: (sites, found) for variable, sites, found in rows}


def _load_columns(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Return of each site what the list says of it."""
    return {site: json.loads(columns) for site, columns in connection.execute("SELECT site, columns FROM sites")}


def _name_columns(names: Iterable[str]) -> list[str]:
    """Return the columns of the list as they are called here, each once; they are as hostile as what they hold."""
    made: dict[str, None] = {}
    for name in names:
        if name not in _OWN_COLUMNS:
            title = f"list_{clean_text(name, 80).strip()}"
            while title in made:
                title += "_"
            made[title] = None
    return list(made)


# --- forms -------------------------------------------------------------------------------------


def _write_whole(write: Callable[[Path, Table], None], path: Path, table: Table) -> None:
    draft = path.with_name(f".{path.name}.part")
    try:
        write(draft, table)
        draft.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        draft.unlink(missing_ok=True)


def _write_csv(path: Path, table: Table) -> None:
    """Write *table* as RFC 4180 has it, in UTF-8, nothing in it a formula."""
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([defuse_cell(name) for name in table.columns])
        for row in table.rows:
            writer.writerow([_show_cell(value, table.empty) for value in row])


def _show_cell(value: str | float | None, empty: str) -> str | float:
    if value is None:
        return empty
    return value if isinstance(value, float) else defuse_cell(value)


def _write_jsonl(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for row in table.rows:
            record = dict(zip(table.columns, row, strict=True))
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def _load_arrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise AuditorError(
            "Parquet needs pyarrow: install the extra with pip install 'clinic-auditor[export]', or choose csv or jsonl"
        ) from error
    return pyarrow


def _write_parquet(arrow: Any, path: Path, table: Table) -> None:
    types = [
        arrow.int64() if name in table.numbers else arrow.float64() if name in table.shares else arrow.string()
        for name in table.columns
    ]
    schema = arrow.schema(list(zip(table.columns, types, strict=True)))
    rows = iter(table.rows)
    with arrow.parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(rows, _AT_ONCE)):
            cells = zip(*batch, strict=True)
            arrays = [arrow.array(column, kind) for column, kind in zip(cells, types, strict=True)]
            writer.write_table(arrow.table(arrays, schema=schema))
