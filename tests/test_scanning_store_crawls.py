"""How far each crawl has come: addresses that were met, what became of them, and a crawl that begins anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.scanning import store
from auditor.scanning.models import PAGES_A_TASK, Target
from auditor.scanning.orders import Order
from tests import stores
from tests.test_scanning_store_results import HALF, read

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

FIRST = PAGES_A_TASK
SITE = "lumora.example"
ARCHIVE = "captures/lumora.warc.gz"


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a store with two crawls, of which the first has begun and met three addresses."""
    order = Order(
        targets=(
            Target(site=SITE, url="https://lumora.example/", line=1),
            Target(site="a.example", url="https://a.example/", line=2),
        )
    )
    with stores.open_new(tmp_path, order) as connection:
        store.begin_crawl(connection, 1, robots="User-agent: *", archive=ARCHIVE, archived=100)
        rows = [(FIRST + 1, "/", 0, 0, None), (FIRST + 2, "/a", 10, 1, None), (FIRST + 3, "/b.zip", 60, 1, "a file")]
        store.queue_pages(connection, 1, 1, SITE, rows)
        store.commit(connection)
        yield connection


def test_a_crawl_that_has_begun_is_taken_up_again(kept: sqlite3.Connection) -> None:
    """It stands among those that are still to do, with what the site asks for and its archive."""
    (first, _), (second, _) = store.list_crawls(kept, 1)

    assert ("started", "User-agent: *", ARCHIVE, 100) == (
        first["state"], first["robots"], first["archive"], first["archived"],
    )  # fmt: skip
    assert ("waiting", None) == (second["state"], second["robots"])


def test_archives_are_listed_of_crawls_that_have_begun(kept: sqlite3.Connection) -> None:
    """With the length that the store knows of; also of those that have ended."""
    store.note_crawl(kept, 1, archived=250, errors=2, requests=7)
    store.finish_task(kept, 1)

    assert [(1, SITE, ARCHIVE, 250)] == store.list_archives(kept, 1)
    assert [(2, 7)] == read(kept, "SELECT errors, requests FROM tasks WHERE task = 1")


def test_addresses_wait_or_are_skipped_with_their_reason(kept: sqlite3.Connection) -> None:
    """They come back in their order, with the texts of those that were read."""
    found = stores.result("We cure.", site=SITE, url="/")
    store.update_page(kept, FIRST + 1, found, attempts=1)

    assert [
        (FIRST + 1, "/", 0, 0, "assessed", None, found.passages),
        (FIRST + 2, "/a", 10, 1, "waiting", None, None),
        (FIRST + 3, "/b.zip", 60, 1, "skipped", "a file", None),
    ] == [
        (row["page"], row["url"], row["rank"], row["depth"], row["state"], row["reason"], row["passages"])
        for row in store.list_known(kept, 1)
    ]


def test_what_still_waits_is_skipped_when_a_crawl_ends(kept: sqlite3.Connection) -> None:
    """What has a reason of its own keeps it."""
    store.skip_waiting(kept, 1, "given up")

    assert [("given up",), ("given up",), ("a file",)] == read(kept, "SELECT reason FROM pages ORDER BY page")


def test_a_page_may_repeat_another(kept: sqlite3.Connection) -> None:
    """One that was fetched says which it repeats; one that was not is another address of it."""
    store.set_same(kept, FIRST + 2, FIRST + 1)
    store.mark_duplicate(kept, FIRST + 3, FIRST + 1)

    assert [("waiting", None, FIRST + 1), ("duplicate", None, FIRST + 1)] == read(
        kept, "SELECT state, reason, same_as FROM pages WHERE same_as NOT NULL ORDER BY page"
    )


def test_a_crawl_that_is_forgotten_begins_anew(kept: sqlite3.Connection) -> None:
    """Nothing of it is left, and nothing of another is touched."""
    store.update_page(
        kept, FIRST + 1, stores.result("We cure.", traits=(("email", "x"),), disclosures=("r",)), attempts=1
    )
    store.queue_pages(kept, 2, 1, "a.example", [(2 * FIRST + 1, "https://a.example/", 0, 0, None)])
    store.update_page(kept, 2 * FIRST + 1, stores.result("We cure."), attempts=1)
    store.note_crawl(kept, 1, archived=250, errors=2, requests=7)

    store.forget_crawl(kept, 1)

    for table in ("pages", "findings", "quotes", "texts"):
        assert [(2 * FIRST + 1,)] == read(kept, f"SELECT page FROM {table}")
    assert [] == read(kept, "SELECT page FROM traits UNION SELECT page FROM disclosures")
    assert [("waiting", None, 0, 0, 0)] == read(
        kept, "SELECT state, robots, archived, errors, requests FROM tasks WHERE task = 1"
    )


def test_robots_with_half_a_character_are_kept(kept: sqlite3.Connection) -> None:
    """What a site asks for may hold anything."""
    store.begin_crawl(kept, 2, robots=HALF, archive="captures/a.warc.gz", archived=0)

    assert [("caf?",)] == read(kept, "SELECT robots FROM tasks WHERE task = 2")
