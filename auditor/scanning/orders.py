"""What is to be scanned, and how: as it was asked for, as the store keeps it, and as a run is known again by it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.scanning import store
from auditor.scanning.manifest import hash_file
from auditor.scanning.models import Judgement, Mistake, Politeness, Target

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from auditor.models import RuleSet
    from auditor.scanning.session import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be scanned, and how."""

    targets: tuple[Target, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    saved: tuple[str, ...] = ()
    """Web archives and folders of saved pages."""
    judgement: Judgement = field(default_factory=Judgement)
    politeness: Politeness = field(default_factory=Politeness)


def describe_run(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return what a manifest says of how a run was made."""
    run = store.read_run(connection)
    visits = [dict(row) for row in connection.execute("SELECT * FROM visits ORDER BY visit")]
    for visit in visits:
        visit["settings"] = json.loads(visit["settings"])
    return {"created": run["created"], "targets": run["targets"], "visits": visits}


def list_inputs(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the archives and saved pages outside of the run that were read, with their SHA-256."""
    archives = connection.execute("SELECT DISTINCT source FROM tasks WHERE kind = 'archive' ORDER BY source").fetchall()
    pages = connection.execute(
        "SELECT DISTINCT pages.source FROM pages JOIN tasks USING (task) WHERE kind = 'files' ORDER BY pages.source"
    ).fetchall()
    return {source: hash_file(Path(source)) for (source,) in (*archives, *pages) if Path(source).is_file()}


def describe_settings(order: Order) -> dict[str, Any]:
    """Return the settings of *order* that decide what is found, as plain data."""
    judged = asdict(order.judgement)
    crawled = asdict(order.politeness) if order.targets else {}
    crawled.pop("sites", None)
    return {"judgement": judged, "crawl": crawled}


def format_moment(now: Clock) -> str:
    """Return the present moment as ISO 8601 in UTC, to the second."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=list).encode()).hexdigest()


def name_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return which settings differ."""
    plain = json.loads(json.dumps(after))
    return sorted(
        name.replace("_", "-")
        for room in plain
        for name in plain[room]
        if plain[room][name] != before.get(room, {}).get(name)
    )


def digest_targets(order: Order) -> str:
    """Return a digest of what *order* scans."""
    return _digest([[asdict(target) for target in order.targets], order.saved])


def digest_settings(order: Order, rules: RuleSet) -> str:
    """Return a digest of all that decides what a scan finds: settings, rules, version."""
    return _digest([describe_settings(order), rules.digest, __version__])


def restore_order(connection: sqlite3.Connection) -> Order:
    """Return the order by which the run behind *connection* was made."""
    settings = json.loads(store.find_visit(connection)["settings"])
    first = connection.execute("SELECT * FROM tasks WHERE visit = 1 ORDER BY task").fetchall()
    seeds = {row["site"]: tuple(json.loads(row["seeds"] or "[]")) for row in first if row["kind"] == "crawl"}
    sites = connection.execute("SELECT * FROM sites ORDER BY position, site").fetchall()
    return Order(
        targets=tuple(
            Target(
                site=row["site"],
                url=row["url"],
                line=row["line"],
                columns=json.loads(row["columns"]),
                seeds=seeds[row["site"]],
            )
            for row in sites
            if row["site"] in seeds
        ),
        mistakes=tuple(
            Mistake(**dict(row) | {"refused": bool(row["refused"])})
            for row in connection.execute(
                "SELECT source, line, text, problem, refused FROM mistakes WHERE visit = 1 ORDER BY rowid"
            )
        ),
        saved=tuple(dict.fromkeys(row["source"] for row in first if row["kind"] != "crawl")),
        judgement=_restore(Judgement, settings["judgement"]),
        politeness=_restore(Politeness, settings["crawl"]),
    )


def _restore(noun: type[Any], values: Mapping[str, Any]) -> Any:
    known = {each.name for each in fields(noun)}
    return noun(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known}
    )
