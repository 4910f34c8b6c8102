"""Where a crawl goes next: claims first, each address once, nothing that never ends."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.scanning import frontier
from auditor.scanning.frontier import MOST_VARIANTS, START, Frontier, find_trap, rank_page

SITE = "https://lumora.example"


def open_frontier(**fields: Any) -> Frontier:
    """Build the frontier of a site that has met nothing yet."""
    known: dict[str, Any] = {"hosts": {"lumora.example"}, "folder": "/", "depth": 5}
    return Frontier(**(known | fields))


def add(to: Frontier, *paths: str, depth: int = 1) -> dict[str, str | None]:
    """Return path to the reason against it of all *paths* that were new to a frontier."""
    return {
        known.url.removeprefix(SITE): known.reason
        for known in to.add([(f"{SITE}{path}" if path.startswith("/") else path, "") for path in paths], depth=depth)
    }


@pytest.mark.parametrize(
    ("path", "words", "rank"),
    [
        ("/", "Our treatments", START),
        ("", "", START),
        ("/treatments/knee", "", 10),
        ("/stem-cells", "", 10),
        ("/en/conditions", "", 11),
        ("/prices", "", 12),
        ("/erfahrungen", "", 13),
        ("/research", "", 14),
        ("/faq", "", 15),
        ("/team", "", 16),
        ("/impressum", "", 17),
        ("/something", "", 60),
        ("/x1", "Our treatments", 10),
        ("/team", "Our treatments", 16),
        ("/blog/stem-cells", "", 70),
        ("/treatments/login", "", 90),
        ("/%E6%B2%BB%E7%96%97", "", 10),
        ("/treatments/prices", "", 10),
        ("/treatments/cartilage", "", 10),
        ("/cart", "", 90),
        ("/patient-feedback", "", 60),
        ("/conditions/depression", "", 11),
        ("/press-releases", "", 70),
        ("/blogs", "", 70),
        ("/site-search", "", 90),
        ("/log-in", "", 90),
    ],
)
def test_the_pages_that_carry_claims_come_first(path: str, words: str, rank: int) -> None:
    """The path says what a page is about, the words of a link only where it does not; a blog stays a blog."""
    assert rank == rank_page(f"{SITE}{path}", words)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/plan.docx", "it is a file and no page"),
        ("/Photo.JPEG", "it is a file and no page"),
        ("/brochure.pdf", None),
        ("/a/b/c/d/e/f/g/h/i/j", None),
        ("/a/b/c/d/e/f/g/h/i/j/k", "its path is deeper than people make them"),
        ("/en/en/knee", None),
        ("/en/en/en", "its path is deeper than people make them"),
        ("/calendar/2031-03", "it is a sheet of a calendar"),
        ("/2031/03/14/events", "it is a sheet of a calendar"),
        ("/visit?date=2031-03-14", "it is a sheet of a calendar"),
        ("/news/2031/03/new-house", None),
        ("/shop?Sort=price", "it is one of many views of a list"),
        ("/shop?filter[colour]=red", "it is one of many views of a list"),
        ("/s?a=1&b=2&c=3&d=4", "it is one of many views of a list"),
        ("/s?a=1&b=2&c=", None),
    ],
)
def test_traps_are_known_by_their_address(path: str, reason: str | None) -> None:
    """Files, calendars, facets and paths that grow are no pages worth fetching."""
    assert reason == find_trap(f"{SITE}{path}")


def test_addresses_are_taken_by_rank_and_then_as_they_were_met() -> None:
    """Of two pages that are worth the same, the one that was met first is fetched first."""
    frontier = open_frontier()
    add(frontier, "/blog/a", "/prices", "/treatments/b", "/treatments/a", "/")
    waiting = [known.url.removeprefix(SITE) for known in frontier.waiting]

    taken = [known.url.removeprefix(SITE) for known in iter(frontier.take, None)]

    assert ["/", "/treatments/b", "/treatments/a", "/prices", "/blog/a"] == taken == waiting


def test_an_address_is_met_once() -> None:
    """Fragment, tracker and session make no other page; what was taken is not queued again."""
    frontier = open_frontier()

    assert {"/a": None} == add(frontier, "/a", "/a#top", "/a?utm_source=x", "/a?PHPSESSID=5")
    frontier.take()
    assert {} == add(frontier, "/a")


@pytest.mark.parametrize(
    ("hosts", "folder", "url", "holds"),
    [
        ({"lumora.example"}, "/", f"{SITE}/a", True),
        ({"lumora.example"}, "/", "http://www.lumora.example/a", True),
        ({"lumora.example"}, "/", "https://blog.lumora.example/", False),
        ({"lumora.example"}, "/", "https://lumora.example:8443/", False),
        ({"lumora.example", "blog.lumora.example"}, "/", "https://blog.lumora.example/", True),
        ({"lumora.example"}, "/en/", f"{SITE}/en/a", True),
        ({"lumora.example"}, "/en/", f"{SITE}/english", False),
        ({"lumora.example"}, "/", "https://lumora.example.veridian.example/", False),
    ],
)
def test_a_site_ends_at_its_hosts_and_its_folder(hosts: set[str], folder: str, url: str, holds: bool) -> None:
    """With and without www. is one host; another name, port or folder is another site."""
    frontier = open_frontier(hosts=hosts, folder=folder)

    assert holds == frontier.holds(url)
    assert ([url] if holds else []) == [known.url for known in frontier.add([(url, "")], depth=0)]


def test_what_is_not_asked_for_is_known_with_its_reason() -> None:
    """Depth, --include, --exclude and traps keep an address out of the queue, and say so."""
    frontier = open_frontier(depth=1, include=(re.compile("/en/"),), exclude=(re.compile("/b$"),))

    assert {
        "/en/a": None,
        "/en/b": "an --exclude matches its address",
        "/de/a": "no --include matches its address",
        "/en/plan.zip": "it is a file and no page",
    } == add(frontier, "/en/a", "/en/b", "/de/a", "/en/plan.zip")
    assert {"/en/far": "it is more than 1 links away from the start (--depth)"} == add(frontier, "/en/far", depth=2)
    assert [f"{SITE}/en/a"] == [known.url for known in frontier.waiting]


def test_the_start_is_fetched_whatever_it_looks_like() -> None:
    """What a list names is asked for by whoever made the list."""
    frontier = open_frontier(include=(re.compile("/en/"),))
    start = f"{SITE}/calendar/2031-03"

    assert [None] == [known.reason for known in frontier.add([(start, "")], depth=0, rank=START)]


def test_few_views_of_one_page_are_followed() -> None:
    """Queries are followed some times for a path; the path itself and other paths are not held up."""
    frontier = open_frontier()

    reasons = add(frontier, *(f"/list?p={number}" for number in range(MOST_VARIANTS + 2)), "/list", "/other?p=1")

    assert [None] * MOST_VARIANTS + ["it is one of many views of a page"] * 2 + [None, None] == list(reasons.values())


def test_no_more_addresses_are_remembered_than_a_site_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that makes up addresses fills no memory."""
    monkeypatch.setattr(frontier, "MOST_KNOWN", 3)

    assert ["/a", "/b", "/c"] == list(add(open_frontier(), "/a", "/b", "/c", "/d", "/e"))


def test_an_address_whose_page_is_known_is_dropped() -> None:
    """What was read under another address leaves the queue, once, and the order of the others stays."""
    frontier = open_frontier()
    add(frontier, "/blog/a", "/prices", "/treatments/a")

    dropped = frontier.drop(f"{SITE}/treatments/a")

    assert dropped is not None
    assert (f"{SITE}/treatments/a", None) == (dropped.url, frontier.drop(f"{SITE}/treatments/a"))
    assert [f"{SITE}/prices", f"{SITE}/blog/a"] == [known.url for known in iter(frontier.take, None)]


def test_a_frontier_is_restored() -> None:
    """A crawl that is taken up again knows what it knew: numbers, ranks, reasons and views."""
    before, after = open_frontier(), open_frontier()
    add(before, "/prices", "/plan.zip", *(f"/list?p={number}" for number in range(MOST_VARIANTS)))

    for known in before.known.values():
        after.restore(known.number, known.url, rank=known.rank, depth=known.depth, reason=known.reason)

    assert (before.known, before.waiting) == (after.known, after.waiting)
    assert {"/list?p=x": "it is one of many views of a page"} == add(after, "/list?p=x")
