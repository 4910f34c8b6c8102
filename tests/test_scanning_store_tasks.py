"""What is to be done: visits, sites and tasks, queued in their order and done with one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from auditor.models import Failure
from auditor.pipeline import load_default_rules
from auditor.scanning import store
from auditor.scanning.models import Mistake, Part, Target
from auditor.scanning.orders import Order
from tests import stores

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

TARGETS = (
    Target(
        site="lumora.example", url="https://lumora.example/", line=3, columns={"name": "Lumora", "case_ref": "7/2031"}
    ),
    Target(site="a.example", url="https://a.example/", line=1, seeds=("https://a.example/b",)),
)
PARTS = (
    Part(task=0, source="a.wacz", member="archive/data.warc.gz", stop=70),
    Part(task=0, source="a.wacz", member="archive/data.warc.gz", start=70),
    Part(task=0, source="pages", files=("b.html", "a.html")),
)


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a store with the crawls of two sites."""
    with stores.open_new(tmp_path, Order(targets=TARGETS)) as connection:
        yield connection


def test_sites_stand_in_the_order_of_the_list(kept: sqlite3.Connection) -> None:
    """With all that the list says of them; a name and a case are columns of their own."""
    rows = [tuple(row) for row in kept.execute("SELECT site, url, name, case_ref, line FROM sites ORDER BY position")]

    assert [
        ("lumora.example", "https://lumora.example/", "Lumora", "7/2031", 3),
        ("a.example", "https://a.example/", None, None, 1),
    ] == rows
    columns = kept.execute("SELECT columns FROM sites WHERE site = 'lumora.example'").fetchone()[0]
    assert TARGETS[0].columns == json.loads(columns)


def test_crawls_are_queued(kept: sqlite3.Connection) -> None:
    """Each with its site, in the order of the list, and what it begins with."""
    crawls = store.list_crawls(kept, 1)

    assert [(1, "lumora.example", "waiting"), (2, "a.example", "waiting")] == [
        (task["task"], site["site"], task["state"]) for task, site in crawls
    ]
    assert ["https://a.example/b"] == json.loads(crawls[1][0]["seeds"])


def test_parts_are_queued_behind_the_crawls(kept: sqlite3.Connection) -> None:
    """They come back as they were, numbered in their order."""
    store.add_parts(kept, 1, PARTS)

    assert [
        Part(task=task, source=part.source, member=part.member, start=part.start, stop=part.stop, files=part.files)
        for task, part in enumerate(PARTS, 3)
    ] == store.list_parts(kept, 1)


def test_what_is_done_is_not_done_again(kept: sqlite3.Connection) -> None:
    """A task that ended, well or not, is not given out again."""
    store.add_parts(kept, 1, PARTS)

    store.finish_task(kept, 3)
    store.finish_task(kept, 2, state="failed", reason="nobody answers")

    assert [4, 5] == [part.task for part in store.list_parts(kept, 1)]
    assert [1] == [task["task"] for task, _ in store.list_crawls(kept, 1)]
    rows = kept.execute("SELECT state, reason FROM tasks WHERE task IN (2, 3) ORDER BY task").fetchall()
    assert [("failed", "nobody answers"), ("done", None)] == [tuple(row) for row in rows]


def test_a_long_part_goes_on_where_it_was(kept: sqlite3.Connection) -> None:
    """Its place in the archive moves on, its end and its number stay, and its pages are counted."""
    store.add_parts(kept, 1, PARTS[:1])

    store.move_task(kept, 3, start=40, judged=256)

    assert [
        Part(task=3, source="a.wacz", member="archive/data.warc.gz", start=40, stop=70, first=256)
    ] == store.list_parts(kept, 1)


def test_a_source_that_gave_nothing_is_a_failed_page(kept: sqlite3.Connection) -> None:
    """It has a row with its reason, under its own name, and is not tried again."""
    store.add_failed_source(kept, 1, Failure(source="none.warc.gz", reason="there is no such file"))

    row = kept.execute("SELECT site, url, source, state, reason FROM pages").fetchone()
    assert ("none.warc.gz", "none.warc.gz", "none.warc.gz", "failed", "there is no such file") == tuple(row)
    assert [] == store.list_parts(kept, 1)
    assert (1, 1) == store.count_pages(kept, 1)


def test_mistakes_of_a_list_are_kept(kept: sqlite3.Connection) -> None:
    """As they were written, with their line."""
    store.add_mistakes(kept, 1, [Mistake(source="list.txt", line=4, text="?!", problem="no address", refused=True)])

    assert [(1, "list.txt", 4, "?!", "no address", 1)] == [tuple(row) for row in kept.execute("SELECT * FROM mistakes")]


def test_a_visit_keeps_the_rules_that_judge(kept: sqlite3.Connection) -> None:
    """All of them, so that a report can be read when the rules have changed."""
    rules = load_default_rules()

    found = {row["rule"]: row for row in kept.execute("SELECT * FROM rules WHERE visit = 1")}

    assert {rule.id for rule in rules.rules} == found.keys()
    first = rules.rules[0]
    row = found[first.id]
    assert (first.category, first.title, int(first.severity), list(first.codes)) == (
        row["category"], row["title"], row["severity"], json.loads(row["codes"]),
    )  # fmt: skip


def test_a_further_visit_has_its_own_queue(kept: sqlite3.Connection) -> None:
    """Numbers go on, sites stay what they are, and what the first has still to do is not the second's."""
    visit = stores.add_visit(kept)
    store.add_crawls(kept, visit, TARGETS)

    assert (2, [3, 4]) == (visit, [task["task"] for task, _ in store.list_crawls(kept, visit)])
    assert 2 == kept.execute("SELECT count(*) FROM sites").fetchone()[0]


def test_a_visit_is_complete_once(kept: sqlite3.Connection) -> None:
    """The moment of the first time stands, also when a scan is taken up after it."""
    store.finish_visit(kept, 1, "2031-03-14T10:00:00Z")
    store.finish_visit(kept, 1, "2031-03-15T10:00:00Z")

    assert "2031-03-14T10:00:00Z" == store.find_visit(kept)["finished"]
