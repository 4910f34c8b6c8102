"""Crawls shared out: some sites are scanned into a run of their own, wherever that is done, and merged into the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from auditor.models import Failure
from auditor.pipeline import read_clock
from auditor.scanning import store
from auditor.scanning.analysing import fail_page
from auditor.scanning.archiving import CAPTURES
from auditor.scanning.models import PAGE_TABLES, PAGES_A_TASK, QUOTATIONS_A_PAGE
from auditor.scanning.orders import Order

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from auditor.scanning.models import Judgement, Politeness, Target

SITES_A_SHARD = 8


class Shard(NamedTuple):
    """Some sites that are crawled together, each with the number of its task in the whole run."""

    tasks: tuple[int, ...]
    targets: tuple[Target, ...]


class Crawled(NamedTuple):
    """What crawling a shard gave: its store and its captures, as bytes, for they may have travelled."""

    store: bytes
    captures: Mapping[str, bytes]


def list_shards(tasks: Sequence[tuple[int, Target]]) -> list[Shard]:
    """Return *tasks* in shards; the sites of one host stay together, so that its delay is kept."""
    by_host: dict[str, list[tuple[int, Target]]] = {}
    for number, target in tasks:
        by_host.setdefault(urlsplit(target.url).hostname or "", []).append((number, target))
    shards: list[list[tuple[int, Target]]] = [[]]
    for group in by_host.values():
        if shards[-1] and len(shards[-1]) + len(group) > SITES_A_SHARD:
            shards.append([])
        shards[-1].extend(group)
    return [Shard(tuple(number for number, _ in each), tuple(target for _, target in each)) for each in shards if each]


def crawl_shard(shard: Shard, judgement: Judgement, politeness: Politeness, visit: int) -> Crawled:
    """Crawl the sites of *shard*, in that *visit* of the whole run, and return what came of it."""
    from auditor.scanning.running import scan

    with tempfile.TemporaryDirectory() as place:
        run = Path(place, "run")
        order = Order(targets=shard.targets, judgement=judgement, politeness=politeness)
        scan(order, run, jobs=1, now=read_clock, page_reports="none", first=visit)
        captures = {f"{CAPTURES}/{path.name}": path.read_bytes() for path in sorted((run / CAPTURES).glob("*"))}
        return Crawled((run / store.STORE).read_bytes(), captures)


def merge_shard(
    connection: sqlite3.Connection, folder: Path, visit: int, shard: Shard, crawled: Crawled | Failure
) -> None:
    """Put what crawling *shard* gave into the run in *folder*, whole or not at all."""
    if isinstance(crawled, Failure):
        with store.write(connection):
            for task, target in zip(shard.tasks, shard.targets, strict=True):
                failed = fail_page(target.site, url=target.url, reason=crawled.reason)
                store.add_results(connection, visit, task, [failed])
                store.finish_task(connection, task, state="failed", reason=crawled.reason)
        return
    for name, content in crawled.captures.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        file.write(crawled.store)
        file.flush()
        connection.execute("ATTACH ? AS shard", (file.name,))
        try:
            with store.write(connection):
                for local, task in enumerate(shard.tasks, 1):
                    _merge_task(connection, visit, local, task)
        finally:
            connection.execute("DETACH shard")


def _merge_task(connection: sqlite3.Connection, visit: int, local: int, task: int) -> None:
    """Copy the task that a shard calls *local*, with its pages numbered as those of *task*."""
    where = {
        "visit": visit, "local": local, "task": task, "shift": (task - local) * PAGES_A_TASK,
        "first": local * PAGES_A_TASK, "last": (local + 1) * PAGES_A_TASK - 1,
    }  # fmt: skip
    rest = ", ".join(
        name for name in _list_columns(connection, "pages") if name not in ("page", "task", "visit", "same_as")
    )
    connection.execute(
        f"INSERT INTO pages (page, task, visit, same_as, {rest}) SELECT page + :shift, :task, :visit, same_as + :shift, "
        f"{rest} FROM shard.pages WHERE task = :local",
        where,
    )
    for table in PAGE_TABLES:
        names = _list_columns(connection, table)
        moved = [f"{name} + :shift" if name == "page" else name for name in names]
        if table == "quoted":
            moved[names.index("quotation")] = f"quotation + :shift * {QUOTATIONS_A_PAGE}"
        connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(moved)} FROM shard.{table} "
            "WHERE page BETWEEN :first AND :last",
            where,
        )
    others = ", ".join(name for name in _list_columns(connection, "quotations") if name != "quotation")
    connection.execute(
        f"INSERT INTO quotations (quotation, {others}) SELECT quotation + :shift * {QUOTATIONS_A_PAGE}, {others} "
        f"FROM shard.quotations WHERE quotation / {QUOTATIONS_A_PAGE} BETWEEN :first AND :last",
        where,
    )
    kept = ("state", "reason", "robots", "archive", "archived", "errors", "requests")
    connection.execute(
        f"UPDATE tasks SET ({', '.join(kept)}) = (SELECT {', '.join(kept)} FROM shard.tasks WHERE task = :local) "
        "WHERE task = :task",
        where,
    )


def _list_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
