"""What became of each page: kept in full, whatever its characters, and once."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from auditor.scanning import store
from auditor.scanning.models import PAGES_A_TASK, QUOTATIONS_A_PAGE, Part, Target
from auditor.scanning.orders import Order
from auditor.scanning.store.results import clean_row
from tests import stores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HALF = "caf\ud83d"
"""Half of a surrogate pair, as a page can hold it by ``&#xD83D;``."""


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a store with a crawl, task 1, and a part of an archive, task 2."""
    order = Order(targets=(Target(site="lumora.example", url="https://lumora.example/", line=1),))
    with stores.open_new(tmp_path, order) as connection:
        store.add_parts(connection, 1, [Part(task=0, source="a.warc.gz")])
        yield connection


def read(connection: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(query)]


def test_pages_are_numbered_by_their_task(kept: sqlite3.Connection) -> None:
    """In their order, after those of the same task that were judged before, so that the number is the same however work was shared."""
    store.add_results(kept, 1, 2, [stores.result(url="a"), stores.result(url="b")])
    store.add_results(kept, 1, 2, [stores.result(url="c")], first=2)

    first = 2 * PAGES_A_TASK
    assert [(first + 1, 2, "a"), (first + 2, 2, "b"), (first + 3, 2, "c")] == read(
        kept, "SELECT page, task, url FROM pages"
    )


def test_all_that_was_found_is_kept(kept: sqlite3.Connection) -> None:
    """Findings, quotations, disclosures, traits and texts stand under the number of their page."""
    found = stores.result("We cure knees.", disclosures=("safety/risks-not-stated",), traits=(("telephone", "tel:+1"),))

    store.add_results(kept, 1, 2, [found])

    page = 2 * PAGES_A_TASK + 1
    assert [(page, "curative/cure-claimed", "finding", 4, 1, "The page says 'cure'.")] == read(
        kept, "SELECT * FROM findings"
    )
    assert [(page, "curative/cure-claimed", 0, "We cure knees.", "cure", '["Care"]', 0, 3, 7)] == read(
        kept, "SELECT page, rule, number, quote, words, section, passage, start, stop FROM quotes"
    )
    assert [(page, "safety/risks-not-stated")] == read(kept, "SELECT * FROM disclosures")
    assert [(page, "telephone", "tel:+1")] == read(kept, "SELECT * FROM traits")
    assert [(page, found.passages)] == read(kept, "SELECT * FROM texts")


def test_what_pages_say_alike_is_kept_once(kept: sqlite3.Connection) -> None:
    """Pages kept together share a quotation that is the same in all but its page, under the number of the first."""
    hips, knees = stores.quote("We cure hips."), stores.quote("We cure knees.", 1)
    again = (*stores.QUOTE[:2], 9, stores.QUOTE[3])

    store.add_results(kept, 1, 2, [stores.result(quotes=(hips, knees)), stores.result(url="b", quotes=(again,))])

    page = 2 * PAGES_A_TASK + 1
    first = page * QUOTATIONS_A_PAGE
    assert [(first, "We cure hips."), (first + 1, "We cure knees.")] == read(
        kept, "SELECT quotation, quote FROM quotations ORDER BY quotation"
    )
    assert [(page, 0, "We cure hips.", 0), (page, 1, "We cure knees.", 0), (page + 1, 0, "We cure knees.", 9)] == read(
        kept, "SELECT page, number, quote, passage FROM quotes ORDER BY page, number"
    )


def test_a_page_without_text_keeps_none(kept: sqlite3.Connection) -> None:
    """What could not be read has a row and nothing else."""
    store.add_results(kept, 1, 2, [stores.result(state="failed", reason="gone", score=None, findings=(), quotes=())])

    assert [("failed", "gone")] == read(kept, "SELECT state, reason FROM pages")
    assert [] == read(kept, "SELECT page FROM findings UNION SELECT page FROM quotes UNION SELECT page FROM texts")


def test_half_a_character_costs_no_page(kept: sqlite3.Connection) -> None:
    """SQLite knows no half of a surrogate pair: it is kept as a question mark, in a row as in what was found."""
    found = stores.result(
        title=HALF,
        url=f"https://lumora.example/{HALF}",
        findings=(("curative/cure-claimed", "finding", 4, 1, HALF),),
        quotes=(stores.quote(HALF), stores.quote("We cure knees.", 1)),
        traits=(("email", HALF),),
        disclosures=(HALF,),
    )

    store.add_results(kept, 1, 2, [found])

    assert [("caf?", "https://lumora.example/caf?")] == read(kept, "SELECT title, url FROM pages")
    assert [("caf?",), ("We cure knees.",)] == read(kept, "SELECT quote FROM quotes ORDER BY number")
    assert [("caf?",)] * 3 == [
        *read(kept, "SELECT note FROM findings"), *read(kept, "SELECT value FROM traits"), *read(kept, "SELECT rule FROM disclosures"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "cleaned"),
    [
        (("plain", 7, None), ("plain", 7, None)),
        (("café", b"\xff", 1.5), ("café", b"\xff", 1.5)),
        (("诊所 😀", ""), ("诊所 😀", "")),
        ((HALF, "\udc00"), ("caf?", "?")),
    ],
)
def test_only_what_cannot_be_kept_is_changed(row: tuple[object, ...], cleaned: tuple[object, ...]) -> None:
    """Other scripts, bytes and numbers stay as they are."""
    assert cleaned == clean_row(row)


def test_a_page_kept_twice_is_refused_whole(kept: sqlite3.Connection) -> None:
    """A piece of work that was done already is not done again: of its second time nothing is left."""
    store.add_results(kept, 1, 2, [stores.result(url="a")])

    with pytest.raises(sqlite3.IntegrityError), store.write(kept):
        store.add_results(kept, 1, 2, [stores.result(url="again", traits=(("email", "x"),))])

    assert [("a",)] == read(kept, "SELECT url FROM pages")
    assert [] == read(kept, "SELECT * FROM traits")


def test_what_a_page_says_twice_is_kept_once(kept: sqlite3.Connection) -> None:
    """A page that gives one telephone number in two places has it."""
    store.add_results(kept, 1, 2, [stores.result(traits=(("telephone", "tel:+1"),) * 2)])

    assert [("tel:+1",)] == read(kept, "SELECT value FROM traits")


def test_a_page_that_waited_is_brought_up_to_date(kept: sqlite3.Connection) -> None:
    """Its rank and its depth stay, its row and what was found come, with how often it was asked for."""
    store.queue_pages(kept, 1, 1, "lumora.example", [(PAGES_A_TASK + 1, "https://lumora.example/a", 10, 2, None)])

    store.update_page(kept, PAGES_A_TASK + 1, stores.result("We cure.", url="https://lumora.example/a"), attempts=3)

    assert [("assessed", 62, 10, 2, 3)] == read(kept, "SELECT state, score, rank, depth, attempts FROM pages")
    assert [(PAGES_A_TASK + 1,)] == read(kept, "SELECT page FROM findings")


def test_pages_are_counted(kept: sqlite3.Connection) -> None:
    """Progress counts what was asked for or read; what waits or was never asked for is a row and no more."""
    first = PAGES_A_TASK
    rows = [
        (first + number, f"https://lumora.example/{number}", 10, 1, "a trap" if number == 4 else None)
        for number in range(1, 5)
    ]
    store.queue_pages(kept, 1, 1, "lumora.example", rows)
    store.update_page(kept, first + 1, stores.result(), attempts=1)
    store.update_page(kept, first + 2, stores.result(state="failed", reason="gone"), attempts=2)
    store.add_results(kept, 1, 2, [stores.result(), stores.result(state="failed", reason="damaged")])

    assert (4, 2) == store.count_pages(kept, 1)
    assert 6 == store.count_rows(kept, 1)
    assert ((0, 0), 0) == (store.count_pages(kept, 2), store.count_rows(kept, 2))
