"""Orders: what a run is known again by, and how it is restored from its store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from auditor.pipeline import load_default_rules
from auditor.scanning import orders, store
from auditor.scanning.models import Judgement, Mistake, Part, Politeness, Target
from auditor.scanning.orders import (
    Order,
    describe_run,
    describe_settings,
    digest_settings,
    digest_targets,
    format_moment,
    list_inputs,
    name_changes,
    restore_order,
)
from tests import stores
from tests.runs import now

if TYPE_CHECKING:
    from pathlib import Path

RULES = load_default_rules()
TARGET = Target(site="lumora.example", url="https://lumora.example/", line=2, columns={"name": "Lumora"})
ORDER = Order(
    targets=(
        TARGET,
        Target(site="a.example", url="https://a.example/", line=3, seeds=("https://a.example/sitemap.xml",)),
    ),
    mistakes=(
        Mistake(source="list.txt", line=1, text="?!", problem="this is no web address", refused=True),
        Mistake(source="list.txt", line=4, text="a.example", problem="it stands there already"),
    ),
    saved=("b.warc.gz", "pages"),
    judgement=Judgement(exclude=("funnel/free-quote",), language="en", max_bytes=1000),
    politeness=Politeness(delay=2.5, include=("/en/",), robots=False, robots_reason="Order 7 of the court"),
)


def change(order: Order = ORDER, **fields: Any) -> Order:
    """Return *order* with some of its settings changed, in whichever noun they stand."""
    judged = {name: value for name, value in fields.items() if hasattr(order.judgement, name)}
    polite = {name: value for name, value in fields.items() if name not in judged}
    return replace(order, judgement=replace(order.judgement, **judged), politeness=replace(order.politeness, **polite))


def test_an_order_comes_back_from_its_store(tmp_path: Path) -> None:
    """Sites in their order, mistakes, saved pages and settings: nothing is lost, and no source doubled."""
    with stores.open_new(tmp_path, ORDER) as connection:
        parts = [Part(task=0, source="b.warc.gz"), Part(task=0, source="b.warc.gz", start=9)]
        store.add_parts(connection, 1, [*parts, Part(task=0, source="pages", files=("a.html",))])

        assert ORDER == restore_order(connection)


def test_a_setting_that_is_no_more_does_not_matter(tmp_path: Path) -> None:
    """A store made by a program with another setting is read all the same."""
    with stores.open_new(tmp_path, ORDER) as connection:
        connection.execute('UPDATE visits SET settings = replace(settings, \'"delay":\', \'"patience": 7, "delay":\')')

        assert ORDER.politeness == restore_order(connection).politeness


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, []),
        ({"sites": 99}, []),
        ({"delay": 3.0}, ["delay"]),
        ({"language": "de", "max_host_errors": 1}, ["language", "max-host-errors"]),
        ({"include": ("/en/", "/de/")}, ["include"]),
        ({"exclude": ()}, ["exclude"]),
    ],
)
def test_settings_that_decide_what_is_found_make_another_scan(fields: dict[str, Any], names: list[str]) -> None:
    """Each is named as its option is; how many sites are crawled at once decides nothing."""
    changed = change(**fields)

    assert bool(names) == (digest_settings(ORDER, RULES) != digest_settings(changed, RULES))
    assert names == name_changes(json.loads(json.dumps(describe_settings(ORDER))), describe_settings(changed))


def test_other_rules_and_another_program_make_another_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of the settings holds all that decides what a scan finds."""
    before = digest_settings(ORDER, RULES)

    assert before != digest_settings(ORDER, replace(RULES, digest="5f" * 32))
    monkeypatch.setattr(orders, "__version__", "99.0")
    assert before != digest_settings(ORDER, RULES)


def test_without_sites_nothing_is_said_of_crawling() -> None:
    """Saved pages are judged the same whatever a crawl would do."""
    saved = replace(ORDER, targets=())

    assert {} == describe_settings(saved)["crawl"]
    assert digest_settings(saved, RULES) == digest_settings(change(saved, delay=9.0), RULES)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (ORDER, True),
        (replace(ORDER, mistakes=()), True),
        (change(delay=9.0), True),
        (replace(ORDER, saved=("b.warc.gz",)), False),
        (replace(ORDER, targets=ORDER.targets[::-1]), False),
        (replace(ORDER, targets=(replace(TARGET, columns={}), ORDER.targets[1])), False),
    ],
)
def test_what_is_scanned_has_a_digest(other: Order, same: bool) -> None:
    """Sites with all that the list says of them, and saved pages, in their order; nothing else."""
    assert same == (digest_targets(ORDER) == digest_targets(other))


def test_a_run_says_how_it_was_made(tmp_path: Path) -> None:
    """Every visit is told with its settings as data."""
    with stores.open_new(tmp_path, ORDER) as connection:
        told = describe_run(connection)

    assert ("2031-03-14T09:26:53Z", digest_targets(ORDER)) == (told["created"], told["targets"])
    (visit,) = told["visits"]
    assert (1, None, RULES.digest, 2.5) == (
        visit["visit"], visit["finished"], visit["rules_digest"], visit["settings"]["crawl"]["delay"],
    )  # fmt: skip


def test_inputs_are_what_was_read_from_elsewhere(tmp_path: Path) -> None:
    """Archives and saved pages that are still there, with their SHA-256; captures of the run are none."""
    archive, page = tmp_path / "in.warc.gz", tmp_path / "page.html"
    archive.write_bytes(b"WARC")
    page.write_bytes(b"<p>")
    run = tmp_path / "run"
    run.mkdir()
    with stores.open_new(run, Order(targets=(TARGET,))) as connection:
        store.add_parts(
            connection,
            1,
            [
                Part(task=0, source=str(archive)),
                Part(task=0, source=str(tmp_path), files=("page.html", "gone.html")),
                Part(task=0, source="s3://bucket/far.warc.gz"),
            ],
        )
        store.add_results(connection, 1, 1, [stores.result(source="captures/a.warc.gz#0")])
        store.add_results(connection, 1, 3, [stores.result(source=str(page)), stores.result(source="gone.html")])

        inputs = list_inputs(connection)

    assert {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in (archive, page)} == inputs


def test_moments_are_told_in_utc() -> None:
    """To the second."""
    assert "2031-03-14T09:26:53Z" == format_moment(now)
