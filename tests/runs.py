"""Runs for tests: what a run says, without the moments and places that differ from one to the next."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from auditor.scanning import store

if TYPE_CHECKING:
    from pathlib import Path

TABLES = (
    "sites", "tasks", "pages", "findings", "quotes", "disclosures", "traits", "texts", "verdicts", "site_findings",
    "site_codes", "mistakes", "rules",
)  # fmt: skip
_PASSING = {"pages": {"source", "retrieved"}, "tasks": {"archived"}}


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
