"""Begin a run, take it up where it was left, or begin a further visit of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.errors import AuditorError
from auditor.models import Failure
from auditor.scanning import store
from auditor.scanning.analysing import load_rules_once
from auditor.scanning.archiving import CAPTURES
from auditor.scanning.engine import run_processes
from auditor.scanning.folders import attempt_parts
from auditor.scanning.manifest import ASIDE, MANIFEST, AlteredError, is_put_aside, put_aside
from auditor.scanning.models import Part
from auditor.scanning.orders import (
    Order,
    describe_settings,
    digest_settings,
    digest_targets,
    format_moment,
    name_changes,
    restore_order,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from auditor.scanning.session import Clock


def open_run(
    order: Order, folder: Path, jobs: int, now: Clock, *, reading: bool, first: int = 1
) -> tuple[sqlite3.Connection, int]:
    """Return the store of the run in *folder* and its latest visit, both made, the visit as the *first*, if the run is new.

    Raises AuditorError if the run is of something else or was begun with other settings, and AlteredError if its store
    was emptied.
    """
    rules = load_rules_once(order.judgement.rule_folders)
    if not store.is_begun(folder):
        if any((folder / place).exists() for place in (CAPTURES, ASIDE, MANIFEST)):
            raise AlteredError(
                f"{folder / store.STORE} holds nothing, but {folder} holds what a scan kept: the store was emptied or "
                "replaced; bring it back, or scan into another folder"
            )
        parts = _list_parts(order.saved, jobs)
        connection = store.create_store(folder, created=format_moment(now), targets=digest_targets(order))
        return connection, _begin_visit(connection, order, parts, now, first)
    connection = store.open_store(folder, reading=reading)
    visit = store.find_visit(connection)
    problem = ""
    if store.read_run(connection)["targets"] != digest_targets(order):
        problem = f"{folder} holds a scan of something else: name another folder, or the list it was begun with"
    elif visit["settings_digest"] != digest_settings(order, rules):
        changed = name_changes(json.loads(visit["settings"]), describe_settings(order))
        problem = (
            f"the scan in {folder} was begun with other settings "
            f"({', '.join(changed) or 'rules or version of the program'}): "
            "give the same ones to go on with it, or name another folder"
        )
    if problem:
        connection.close()
        raise AuditorError(problem)
    return connection, int(visit["visit"])


def open_update(folder: Path, jobs: int, now: Clock) -> tuple[sqlite3.Connection, int, Order]:
    """Return the store of the run in *folder*, a visit that is under way or has just been begun, and its order.

    Raises AuditorError if the visit under way was begun with other rules or by another version of the program.
    """
    connection = store.open_store(folder)
    order = restore_order(connection)
    visit = store.find_visit(connection)
    number = int(visit["visit"])
    if visit["finished"] and (is_put_aside(folder, number) or (folder / MANIFEST).exists()):
        parts = _list_parts(order.saved, jobs)
        put_aside(folder, number)
        connection.execute("BEGIN IMMEDIATE")
        number = _begin_visit(connection, order, parts, now)
    elif visit["settings_digest"] != digest_settings(order, load_rules_once(order.judgement.rule_folders)):
        connection.close()
        raise AuditorError(
            f"the visit under way in {folder} was begun with other rules or another version of the program: "
            "finish it with those, or scan into another folder"
        )
    return connection, number, order


def _begin_visit(
    connection: sqlite3.Connection, order: Order, parts: Sequence[Part | Failure], now: Clock, first: int = 1
) -> int:
    """Queue all that *order* asks for, and keep it: from here on a run can be taken up again."""
    rules = load_rules_once(order.judgement.rule_folders)
    visit = store.add_visit(
        connection,
        started=format_moment(now),
        version=__version__,
        rules=rules,
        settings=describe_settings(order),
        settings_digest=digest_settings(order, rules),
        first=first,
    )
    store.add_mistakes(connection, visit, order.mistakes)
    store.add_crawls(connection, visit, order.targets)
    store.add_parts(connection, visit, [part for part in parts if isinstance(part, Part)])
    for failure in parts:
        if isinstance(failure, Failure):
            store.add_failed_source(connection, visit, failure)
    store.commit(connection)
    return visit


def _list_parts(saved: Sequence[str], jobs: int) -> list[Part | Failure]:
    """Return the parts of all *saved* pages in their order, and the reason for each source that has none."""
    found: dict[str, list[Part] | Failure] = dict(
        run_processes(attempt_parts, saved, jobs=min(jobs, max(1, len(saved) // 4)))
    )
    parts: list[Part | Failure] = []
    for source in saved:
        each = found[source]
        parts.extend([each] if isinstance(each, Failure) else each)
    return parts
