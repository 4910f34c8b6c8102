"""Runs for tests: what a run says, without the moments and places that differ from one to the next."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.pipeline import load_default_rules
from auditor.scanning import store
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.summarizing import write_report

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = (
    "sites", "tasks", "pages", "findings", "quotes", "disclosures", "traits", "texts", "verdicts", "site_findings",
    "site_codes", "mistakes", "rules",
)  # fmt: skip
_PASSING = {"pages": {"source", "retrieved"}, "tasks": {"archived"}}


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"
COPY = (
    "We believe that every body can heal itself when it is given young and living cells, which is why families from "
    "forty countries travel to us when other doctors have given up."
)
HOUSE = "<p>The house stands by the river. We speak two languages and answer the telephone on weekdays until five.</p>"
SITES = {
    "lumora": f"<p>Our stem cell therapy cures arthritis for good, and it has no side effects.</p><p>{COPY}</p>{HOUSE}",
    "veridian": f"<p>We treat knees. Nobody can promise that it helps.</p><p>{COPY}</p>{HOUSE}",
    "hostile": f"<p>Our cells cure diabetes for good &lt;script&gt;alert(3)&lt;/script&gt; and {'autism ' * 3}.</p>{HOUSE * 2}",
    "empty": "",
}
"""Name of a site to the body of its page."""


def now() -> datetime:
    """Return the moment at which every run of these tests is made."""
    return datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


def scan_sites(folder: Path, sites: Mapping[str, str] = SITES) -> Path:
    """Return the run of *sites*, made in *folder* from pages that are kept there."""
    _write_sites(folder, sites)
    scan(Order(saved=(str(folder / "pages"),)), folder / "run", jobs=1, now=now)
    return folder / "run"


def attack_run(run: Path, folder: Path, hostile: str = HOSTILE) -> Path:
    """Return a copy of *run* with everything *hostile* that a list and a server can say, reported again in *folder*."""
    (folder / store.STORE).write_bytes((run / store.STORE).read_bytes())
    connection = store.open_store(folder)
    columns = json.dumps({"name": hostile, "case_ref": hostile, hostile: hostile, "link": "javascript:alert(4)"})
    connection.execute("UPDATE sites SET name = ?, url = 'javascript:alert(5)', columns = ?", (hostile, columns))
    connection.execute("UPDATE pages SET url = 'javascript:alert(6)', final_url = ?, title = ?", (hostile, hostile))
    connection.execute("UPDATE verdicts SET reason = ?", (hostile,))
    connection.execute("UPDATE networks SET value = value || ?", (hostile,))
    connection.execute("INSERT INTO mistakes VALUES (1, ?, 1, ?, ?, 1)", (hostile, hostile, hostile))
    connection.execute(
        "INSERT INTO changes VALUES (1, 'lumora', 1, 'javascript:alert(7)', 1, 2, 'passage', 'reworded', NULL, ?, ?)",
        (hostile, hostile[::-1]),
    )
    write_report(connection, folder, load_default_rules())
    store.close_store(connection)
    return folder


@cache
def show_run() -> dict[str, str]:
    """Return the pages of a run that shows all that such pages can: two visits, a network, changes, mistakes of a list."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run = scan_sites(folder)
        _write_sites(
            folder, SITES | {"lumora": SITES["lumora"].replace("cures arthritis for good", "may ease arthritis")}
        )
        scan(None, run, jobs=1, now=now)
        connection = store.open_store(run)
        connection.execute(
            "UPDATE sites SET name = 'Lumora', columns = '{\"case_ref\": \"7/2031\"}' WHERE site = 'lumora'"
        )
        connection.execute("INSERT INTO mistakes VALUES (2, 'clinics.csv', 3, 'htp:/x', 'is no address', 1)")
        write_report(connection, run, load_default_rules())
        store.close_store(connection)
        return read_pages(run)


def read_pages(run: Path) -> dict[str, str]:
    """Return the pages of the report of *run*: ``index``, and each site by its name."""
    pages = {path.name.rpartition("-")[0]: path.read_text("utf-8") for path in sorted((run / "sites").iterdir())}
    return {"index": (run / "index.html").read_text("utf-8"), **pages}


def _write_sites(folder: Path, sites: Mapping[str, str]) -> None:
    for site, body in sites.items():
        path = folder / "pages" / site / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        title = HOSTILE.replace("<", "&lt;") if site == "hostile" else site
        path.write_text(body and f"<html lang=en><title>{title}</title><body><h1>Care</h1>{body}", "utf-8")


def dump_run(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every table of the run in *folder*, sorted."""
    connection = store.open_store(folder, reading=True)
    dumped = {}
    for table in TABLES:
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        kept = [place for place, name in enumerate(names) if name not in _PASSING.get(table, ())]
        dumped[table] = sorted((tuple(row[place] for place in kept) for row in cursor), key=repr)
    connection.close()
    return dumped


def hash_files(folder: Path) -> dict[str, str]:
    """Return name to SHA-256 of every file in *folder*."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
