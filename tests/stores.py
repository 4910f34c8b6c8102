"""Stores for tests: a run that has just begun, pages that were judged, and a whole run with its captures, without a scan."""

from __future__ import annotations

import hashlib
import json
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from auditor.pipeline import load_default_rules
from auditor.scanning import store
from auditor.scanning.analysing import analyse_page, analyse_part, load_source
from auditor.scanning.archiving import append_exchanges
from auditor.scanning.models import Analysis, Judgement, PageRow, Part, Target
from auditor.scanning.orders import Order, describe_settings, digest_settings, digest_targets, format_moment
from auditor.scanning.verdicts import judge_sites
from auditor.sources.stepping import Exchange
from tests.runs import now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

QUOTE = (
    "curative/cure-claimed", 0, 0,
    (4, "We cure knees.", "cure", "", "", '["Care"]', "paragraph", "main", "clinic", "[]", "none", None, 3, 7),
)  # fmt: skip
"""A quotation of a page: rule, number, passage, and its row."""


def quote(text: str, number: int = 0, severity: int = 4) -> tuple[Any, ...]:
    """Build the quotation of *text*, the one of that *number* on its page."""
    return (QUOTE[0], number, QUOTE[2], (severity, text, *QUOTE[3][2:]))


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


def exchange(url: str, body: bytes = b"<p>We cure.", **fields: Any) -> Exchange:
    """Build a request for the page at *url*, and the answer to it."""
    known: dict[str, Any] = {
        "began": now(),
        "request": f"GET {url} HTTP/1.1\r\nUser-Agent: tests\r\n\r\n".encode(),
        "address": "8.8.4.4",
        "status": "200 OK",
        "headers": ((b"Content-Type", b"text/html"),),
        "body": bytearray(body),
        "ended": now(),
    }
    return Exchange(url=url, **(known | fields))


def write_run(folder: Path, captured: Mapping[str, str], saved: Sequence[Part] = ()) -> Path:
    """Write the complete run of a site in *folder*: pages *captured*, address to HTML, and others *saved* elsewhere."""
    folder.mkdir()
    archive = "captures/lumora.warc.gz"
    order = Order(targets=(Target(site="lumora.example", url="https://lumora.example/", line=1),))
    with open_new(folder, order) as connection:
        results = []
        for url, html in captured.items():
            _, place = append_exchanges(folder / archive, [exchange(url, html.encode())], {"software": "tests"})
            page = load_source(f"{folder / archive}#{place}")
            found = analyse_page(page, "lumora.example", Judgement())
            results.append(found._replace(page=found.page._replace(source=f"{archive}#{place}")))
        store.add_results(connection, 1, 1, results)
        store.finish_task(connection, 1)
        store.add_parts(connection, 1, saved)
        for part in store.list_parts(connection, 1):
            store.add_results(connection, 1, part.task, analyse_part(part, Judgement()).results)
            store.finish_task(connection, part.task)
        judge_sites(connection, 1, load_default_rules())
        store.finish_visit(connection, 1, format_moment(now))
    return folder
