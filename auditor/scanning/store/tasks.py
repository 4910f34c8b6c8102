"""What is to be done: the visits of a run, the sites of each, and the tasks that these come to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from auditor.scanning.models import Analysis, PageRow, Part
from auditor.scanning.store.results import add_results

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from auditor.models import Failure, RuleSet
    from auditor.scanning.models import Mistake, Target


def add_visit(
    connection: sqlite3.Connection,
    *,
    started: str,
    version: str,
    rules: RuleSet,
    settings: dict[str, Any],
    settings_digest: str,
    first: int = 1,
) -> int:
    """Note that a visit has begun, with the rules that judge, and return its number: one more than the last, or *first*."""
    row = connection.execute("SELECT coalesce(max(visit) + 1, ?) FROM visits", (first,)).fetchone()
    visit = int(row[0])
    connection.execute(
        "INSERT INTO visits VALUES (?, ?, NULL, ?, ?, ?, ?)",
        (visit, started, version, rules.digest, _to_json(settings), settings_digest),
    )
    connection.executemany(
        "INSERT INTO rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                visit, rule.id, rule.category, rule.title, int(rule.severity), rule.status, rule.form,
                _to_json(rule.codes), rule.why, rule.ask, _to_json(rule.basis),
            )
            for rule in rules.rules
        ],
    )  # fmt: skip
    return visit


def finish_visit(connection: sqlite3.Connection, visit: int, finished: str) -> None:
    """Note that *visit* is complete."""
    connection.execute("UPDATE visits SET finished = coalesce(finished, ?) WHERE visit = ?", (finished, visit))


def add_mistakes(connection: sqlite3.Connection, visit: int, mistakes: Iterable[Mistake]) -> None:
    """Keep the lines of the list that name no site."""
    rows = [(visit, each.source, each.line, each.text, each.problem, each.refused) for each in mistakes]
    connection.executemany("INSERT INTO mistakes VALUES (?, ?, ?, ?, ?, ?)", rows)


def add_crawls(connection: sqlite3.Connection, visit: int, targets: Sequence[Target]) -> None:
    """Queue the crawls of *targets*, each with its site."""
    start = _next_task(connection)
    for position, target in enumerate(targets):
        _add_site(connection, target.site, position, target)
        connection.execute(
            "INSERT INTO tasks (task, visit, kind, site, seeds, state) VALUES (?, ?, 'crawl', ?, ?, 'waiting')",
            (start + position, visit, target.site, _to_json(target.seeds)),
        )


def add_parts(connection: sqlite3.Connection, visit: int, parts: Iterable[Part]) -> None:
    """Queue *parts* of saved pages in their order; their numbers are given here."""
    start = _next_task(connection)
    connection.executemany(
        "INSERT INTO tasks (task, visit, kind, source, member, start, stop, files, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
        [
            (
                number, visit, "files" if part.files else "archive", part.source, part.member,
                part.start, part.stop, _to_json(part.files) if part.files else None,
            )
            for number, part in enumerate(parts, start)
        ],
    )  # fmt: skip


def add_failed_source(connection: sqlite3.Connection, visit: int, failure: Failure) -> None:
    """Note that a source of saved pages gave nothing, as a failed page of a site that is called like it."""
    task = _next_task(connection)
    connection.execute(
        "INSERT INTO tasks (task, visit, kind, source, state, reason) VALUES (?, ?, 'archive', ?, 'failed', ?)",
        (task, visit, failure.source, failure.reason),
    )
    row = PageRow(site=failure.source, url=failure.source, source=failure.source, state="failed", reason=failure.reason)
    add_results(connection, visit, task, [Analysis(page=row)])


def list_parts(connection: sqlite3.Connection, visit: int) -> list[Part]:
    """Return the parts of saved pages that *visit* has still to judge, in their order."""
    rows = connection.execute(
        "SELECT * FROM tasks WHERE visit = ? AND kind IN ('archive', 'files') AND state = 'waiting' ORDER BY task",
        (visit,),
    )
    return [
        Part(
            task=row["task"],
            source=row["source"],
            member=row["member"] or "",
            start=row["start"] or 0,
            stop=row["stop"],
            files=tuple(json.loads(row["files"] or "[]")),
            first=row["judged"],
        )
        for row in rows
    ]


def finish_task(connection: sqlite3.Connection, task: int, *, state: str = "done", reason: str | None = None) -> None:
    """Note that *task* has ended."""
    connection.execute("UPDATE tasks SET state = ?, reason = ? WHERE task = ?", (state, reason, task))


def move_task(connection: sqlite3.Connection, task: int, *, start: int, judged: int) -> None:
    """Note that *task* goes on from *start*, with so many pages *judged*."""
    connection.execute("UPDATE tasks SET start = ?, judged = ? WHERE task = ?", (start, judged, task))


def _next_task(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT coalesce(max(task), 0) + 1 FROM tasks").fetchone()
    return int(row[0])


def _add_site(connection: sqlite3.Connection, site: str, position: int, target: Target | None) -> None:
    columns = dict(target.columns) if target else {}
    connection.execute(
        "INSERT OR IGNORE INTO sites VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            site,
            position,
            target.url if target else None,
            columns.get("name"),
            columns.get("case_ref"),
            target.line if target else None,
            _to_json(columns),
        ),
    )


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=isinstance(value, dict))
