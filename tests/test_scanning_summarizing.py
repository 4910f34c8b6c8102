"""What the report of a run tells, as plain data: every site, what ties sites, how common claims are, what changed."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from auditor.pipeline import load_default_rules
from auditor.reporting.run import SHOWN_QUOTES, name_page_report
from auditor.scanning import store
from auditor.scanning.models import PAGES_A_TASK, Mistake, Part, Target
from auditor.scanning.orders import Order
from auditor.scanning.summarizing import list_sites, load_run, load_sites
from auditor.scanning.verdicts import judge_sites
from tests import stores

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from auditor.scanning.models import Analysis

RULES = load_default_rules()
FIRST = 2 * PAGES_A_TASK
ORDER = Order(
    targets=(Target(site="lumora.example", url="https://lumora.example/", line=2, columns={"name": "Lumora"}),),
    mistakes=(
        Mistake(source="list.txt", line=3, text="?!", problem="no address", refused=True),
        Mistake(source="list.txt", line=1, text="", problem="blank"),
    ),
)


@contextmanager
def open_judged(folder: Path, *results: Analysis) -> Iterator[sqlite3.Connection]:
    """Open the store of a run whose sites were judged by *results*."""
    with stores.open_new(folder, ORDER) as connection:
        store.add_parts(connection, 1, [Part(task=0, source="a.warc.gz")])
        store.add_results(connection, 1, 2, results)
        judge_sites(connection, 1, RULES)
        store.finish_visit(connection, 1, "2031-03-14T10:00:00Z")
        yield connection


def load(connection: sqlite3.Connection) -> dict[str, Any]:
    return load_run(connection, dict(store.find_visit(connection)), RULES)


def load_site(connection: sqlite3.Connection, **fields: Any) -> dict[str, Any]:
    """Return what the page of the first site tells."""
    sites = list_sites(load(connection))
    return next(load_sites(connection, dict(store.find_visit(connection)), sites[:1], **fields))


def test_every_site_is_told(tmp_path: Path) -> None:
    """In the order of their names, with what the list says of them, their verdicts, and pages read and not."""
    results = [
        stores.result(),
        stores.result(url="https://lumora.example/a", state="duplicate", findings=(), quotes=()),
        stores.result(url="https://lumora.example/b", state="failed", score=None, findings=(), quotes=()),
        stores.result(site="a.example", findings=(), quotes=(), score=100, grade="A"),
    ]

    with open_judged(tmp_path, *results) as connection:
        other, site = load(connection)["sites"]

    assert ("a.example", None, {}) == (other["site"], other["name"], other["columns"])
    assert ("lumora.example", "Lumora", "https://lumora.example/", {"name": "Lumora"}) == (
        site["site"], site["name"], site["url"], site["columns"],
    )  # fmt: skip
    assert (2, 1) == (site["read"], site["unread"])
    assert (True, {"curative": 4}) == (site["counts"][4] == 1, {"curative": site["categories"]["curative"]})
    assert site["score"] < 100


def test_a_run_says_what_made_it(tmp_path: Path) -> None:
    """Moments, version, and digests of rules and settings; mistakes stand in the order of the list."""
    with open_judged(tmp_path, stores.result()) as connection:
        run = load(connection)

    assert (1, "2031-03-14T09:26:53Z", "2031-03-14T10:00:00Z", "1.0") == tuple(
        run[name] for name in ("visit", "started", "finished", "version")
    )
    assert f"{len(RULES.rules)}, SHA-256 {RULES.digest}" in [fact["text"] for fact in run["facts"]]
    assert [1, 3] == [mistake["line"] for mistake in run["mistakes"]]


def test_what_ties_sites_is_told_by_group(tmp_path: Path) -> None:
    """The tie of most sites first, copied text last; every site knows the numbers of its groups."""
    ties = [
        (1, "copy", "We believe.", "a.example"),
        (1, "copy", "We believe.", "lumora.example"),
        (1, "email", "x@y", "a.example"),
        (1, "email", "x@y", "lumora.example"),
        (1, "form", "leads.example", "a.example"),
        (1, "form", "leads.example", "b.example"),
        (1, "form", "leads.example", "lumora.example"),
        (2, "email", "z@y", "lumora.example"),
    ]
    with open_judged(tmp_path, stores.result(), stores.result(site="a.example")) as connection:
        connection.executemany("INSERT INTO networks VALUES (1, ?, ?, ?, ?, 1)", ties)
        run = load(connection)

    first, second = run["networks"]
    assert ["form", "email", "copy"] == [tie["kind"] for tie in first["ties"]]
    assert (["a.example", "b.example", "lumora.example"], ["lumora.example"]) == (first["sites"], second["sites"])
    assert {"a.example": [1], "lumora.example": [1, 2]} == {site["site"]: site["networks"] for site in list_sites(run)}


def test_how_common_a_claim_is_is_told_with_its_doubt(tmp_path: Path) -> None:
    """Of the sites on which it was looked for, with the interval in which its share lies; every variable has a row."""
    results = [
        stores.result(codes=json.dumps({"B1": 1})),
        stores.result(site="a.example", codes=json.dumps({"B1": 0})),
        stores.result(site="b.example", codes="{}"),
    ]

    with open_judged(tmp_path, *results) as connection:
        rows = {row["id"]: row for row in load(connection)["prevalence"]}

    assert set(RULES.codebook) == rows.keys()
    found = rows["B1"]
    assert (2, 1) == (found["sites"], found["found"])
    low, high = found["interval"]
    assert 0 <= low < 0.5 < high <= 1


def test_what_changed_is_counted(tmp_path: Path) -> None:
    """By site and kind, beside the scores of both visits; a visit with other rules says so."""
    changes = [("passage", "added"), ("passage", "added"), ("finding", "removed")]
    with open_judged(tmp_path, stores.result()) as connection:
        assert ([], False) == ((run := load(connection))["changed"], run["rules_changed"])
        stores.add_visit(connection)
        connection.execute("UPDATE visits SET rules_digest = 'other' WHERE visit = 1")
        store.add_results(connection, 2, 3, [stores.result(findings=(), quotes=(), score=100, grade="A")])
        judge_sites(connection, 2, RULES)
        connection.executemany(
            "INSERT INTO changes VALUES (2, 'lumora.example', ?, 'u', NULL, NULL, ?, ?, NULL, NULL, NULL)",
            [(number, *each) for number, each in enumerate(changes)],
        )
        run = load(connection)

    (changed,) = run["changed"]
    assert {("passage", "added"): 2, ("finding", "removed"): 1} == changed["counts"]
    before, after = changed["scores"]
    assert (True, True) == (before < after, run["rules_changed"])


# --- one site ----------------------------------------------------------------------------------


def test_a_site_is_told_page_by_page(tmp_path: Path) -> None:
    """By the address to which a page led, in their order; those with reports of their own lead there."""
    results = [stores.result(final_url="https://lumora.example/home"), stores.result(url="https://lumora.example/a")]

    with open_judged(tmp_path, *results) as connection:
        pages = load_site(connection, reported={FIRST + 2})["pages"]

    assert ["https://lumora.example/home", "https://lumora.example/a"] == [page["url"] for page in pages]
    assert [None, name_page_report("lumora.example", FIRST + 2)] == [page["report"] for page in pages]


def test_a_finding_is_told_with_its_rule_and_its_words(tmp_path: Path) -> None:
    """What the rule asks and why, on which page the words stand, and how often in all."""
    rule = next(rule for rule in RULES.rules if rule.id == "curative/cure-claimed")
    results = [stores.result(), stores.result(url="https://lumora.example/a", quotes=(stores.quote("We cure hips."),))]

    with open_judged(tmp_path, *results) as connection:
        (finding,) = (each for each in load_site(connection)["findings"] if each["rule"] == rule.id)

    assert (rule.title, rule.why, rule.ask, 2, 2) == tuple(
        finding[name] for name in ("title", "why", "ask", "quoted", "pages")
    )
    assert [
        ("We cure knees.", "https://lumora.example/", ["Care"]),
        ("We cure hips.", "https://lumora.example/a", ["Care"]),
    ] == [(each["quote"], each["url"], each["section"]) for each in finding["quotes"]]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["We cure."] * 3, ["We cure."]),
        ([f"We cure {number}." for number in range(SHOWN_QUOTES + 3)], [f"We cure {number}." for number in range(SHOWN_QUOTES)]),
    ],
    ids=["footer", "many"],
)  # fmt: skip
def test_not_every_quotation_is_shown(tmp_path: Path, texts: list[str], shown: list[str]) -> None:
    """What stands on every page is shown once, and no more than so many of one rule."""
    results = [
        stores.result(url=f"https://lumora.example/{number}", quotes=(stores.quote(text),))
        for number, text in enumerate(texts)
    ]

    with open_judged(tmp_path, *results) as connection:
        (finding,) = (each for each in load_site(connection)["findings"] if each["rule"] == stores.QUOTE[0])

    assert (shown, len(texts)) == ([each["quote"] for each in finding["quotes"]], finding["quoted"])


def test_the_gravest_quotations_are_shown(tmp_path: Path) -> None:
    """Whatever page they stand on."""
    results = [
        stores.result(quotes=(stores.quote("We may cure.", severity=2),)),
        stores.result(url="https://lumora.example/a", quotes=(stores.quote("We cure."),)),
    ]

    with open_judged(tmp_path, *results) as connection:
        (finding,) = (each for each in load_site(connection)["findings"] if each["rule"] == stores.QUOTE[0])

    assert ["We cure.", "We may cure."] == [each["quote"] for each in finding["quotes"]]
