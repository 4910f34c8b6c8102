"""Stores for tests: a run that has just begun, and pages that were judged, without a scan."""

from __future__ import annotations

import hashlib
import json
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from auditor.pipeline import load_default_rules
from auditor.scanning import store
from auditor.scanning.models import Analysis, PageRow
from auditor.scanning.orders import Order, describe_settings, digest_settings, digest_targets, format_moment
from tests.runs import now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

QUOTE = (
    "curative/cure-claimed", 0, 4, "We cure knees.", "cure", "", "", '["Care"]', "paragraph", "main", "clinic", "[]",
    "none", None, 0, 3, 7,
)  # fmt: skip
"""A quotation as the store keeps it, but for its page."""


@contextmanager
def open_new(folder: Path, order: Order | None = None) -> Iterator[sqlite3.Connection]:
    """Open the store of a run in *folder* that has begun with the sites and mistakes of *order*, and close it."""
    order = order or Order()
    rules = load_default_rules()
    connection = store.create_store(folder, created=format_moment(now), targets=digest_targets(order))
    add_visit(connection, order)
    store.add_mistakes(connection, 1, order.mistakes)
    store.add_crawls(connection, 1, order.targets)
    store.commit(connection)
    assert rules.rules
    try:
        yield connection
    finally:
        store.close_store(connection)


def add_visit(connection: sqlite3.Connection, order: Order | None = None) -> int:
    """Begin a visit with the rules of the program."""
    order, rules = order or Order(), load_default_rules()
    return store.add_visit(
        connection,
        started=format_moment(now),
        version="1.0",
        rules=rules,
        settings=describe_settings(order),
        settings_digest=digest_settings(order, rules),
    )


def result(*passages: str, **fields: Any) -> Analysis:
    """Build what judging a page gave that claims a cure; *fields* are of its row, or of the analysis."""
    row = {name: fields.pop(name) for name in tuple(fields) if name in PageRow._fields}
    known: dict[str, Any] = {
        "site": "lumora.example",
        "url": "https://lumora.example/",
        "source": "captures/lumora.warc.gz#0",
        "state": "assessed",
        "reason": None,
        "sha256": hashlib.sha256(str(row.get("url")).encode(errors="replace")).hexdigest(),
        "score": 62,
        "grade": "D",
        "codes": '{"B1": 1}',
    }
    rows = [("paragraph", "main", "en", 0, passage) for passage in passages]
    found: dict[str, Any] = {
        "findings": (("curative/cure-claimed", "finding", 4, 1, "The page says 'cure'."),),
        "quotes": (QUOTE,),
        "passages": zlib.compress(json.dumps(rows).encode()) if rows else b"",
    }
    return Analysis(page=PageRow(**(known | row)), **(found | fields))
