"""Crawls of a web on this machine: manners, patience, and no site that stops the others."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import datetime, timedelta, timezone
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from auditor.scanning import crawling, robots, store
from auditor.scanning.addresses import name_site
from auditor.scanning.frontier import MOST_KNOWN
from auditor.scanning.models import Politeness, Target
from auditor.scanning.orders import Order
from auditor.scanning.running import scan
from auditor.scanning.targets import read_list
from auditor.sources.warc import load_archived, parse_place
from tests.browsers import needs_browser, require_browser
from tests.web import Asked, Reply, Site, Web, Writer, answer, page, serve

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

A, B, C = "127.0.0.2", "127.0.0.3", "127.0.0.4"
CURES = "Our stem cells cure arthritis for good."


def now() -> datetime:
    return datetime(2031, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


class Sleeper:
    """Sleeps without waiting, and remembers how long it was asked to."""

    def __init__(self) -> None:
        """Begin without a memory."""
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Remember the *seconds*."""
        self.slept.append(seconds)
        await asyncio.sleep(0)


def crawl(
    web: Web, folder: Path, *, sleep: Any = None, hosts: tuple[str, ...] = (), clock: Any = now, **polite: Any
) -> sqlite3.Connection:
    """Scan the sites of *web*, patiently but without waiting, and return the store."""
    targets = tuple(
        Target(site=name_site(web.url(host)), url=web.url(host), line=line)
        for line, host in enumerate(hosts or web.sites, 1)
    )
    politeness = Politeness(**({"delay": 0.0, "allow_private": True, "timeout": 5.0} | polite))
    scan(Order(targets=targets, politeness=politeness), folder, jobs=1, now=clock, sleep=sleep or Sleeper())
    return store.open_store(folder, reading=True)


def list_pages(connection: sqlite3.Connection, web: Web, host: str = A) -> dict[str, tuple[str, str | None]]:
    """Return path to state and reason of what is known of *host*."""
    rows = connection.execute(
        "SELECT url, state, reason FROM pages WHERE site = ? ORDER BY page", (f"{host}:{web.port}",)
    )
    return {row["url"].partition(str(web.port))[2]: (row["state"], row["reason"]) for row in rows}


def read_verdict(connection: sqlite3.Connection, web: Web, host: str = A) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute("SELECT * FROM verdicts WHERE site = ?", (f"{host}:{web.port}",)).fetchone()
    return row


# --- what is read ------------------------------------------------------------------------------


def test_the_pages_that_carry_claims_are_read_first(tmp_path: Path) -> None:
    """Treatments come before prices, prices before the team, the blog last, and the limit holds."""
    links = ["/blog/news", "/team", "/prices", "/treatments/knee", "/something", "/testimonials", "/login"]
    site: Site = {"/": page("Home", CURES, links), **{link: page(link) for link in links}}

    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run", pages=5)

    assert ["/robots.txt", "/sitemap.xml", "/", "/treatments/knee", "/prices", "/testimonials", "/team"] == web.paths()
    assert ("skipped", "5 pages of the site were judged (--pages)") == list_pages(connection, web)["/something"]


def test_every_page_can_be_read_back_from_the_archive(tmp_path: Path) -> None:
    """The bytes that were judged lie where the store says, as they were sent."""
    with serve(
        {
            A: {
                "/": page("Home", CURES, ["/a"]),
                "/a": answer(body=gzip.compress(page("A").encode()), headers={"Content-Encoding": "gzip"}),
            }
        }
    ) as web:
        connection = crawl(web, tmp_path / "run")

    for row in connection.execute("SELECT source, sha256, url FROM pages WHERE state = 'assessed'").fetchall():
        place = parse_place(str(tmp_path / "run" / row["source"]))
        assert place is not None
        assert (row["url"], row["sha256"]) == ((kept := load_archived(place)).url, kept.sha256)


def test_a_capture_says_when_it_began_and_when_it_ended(tmp_path: Path) -> None:
    """Both in UTC, the beginning as the standard has it: every response says so, and from which network address it came."""
    moments = (now() + timedelta(seconds=second) for second in count())
    with serve({A: {"/": page("Home", CURES)}}) as web:
        crawl(web, tmp_path / "run", robots=False, clock=lambda: next(moments))

    (archive,) = (tmp_path / "run" / "captures").iterdir()
    with archive.open("rb") as file:
        spans = [
            (
                record.rec_headers["WARC-Date"],
                record.rec_headers["X-Capture-Ended"],
                record.rec_headers["WARC-IP-Address"],
            )
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    assert {A} == {address for *_, address in spans}
    assert all(began < ended for began, ended, _ in spans)
    assert len(spans) == len(web.asked)


def test_absences_are_decided_over_the_whole_site(tmp_path: Path) -> None:
    """Risks that one page states are not missing from the site, although they are from another."""
    risks = "Possible risks include infection, bleeding and abnormal growth. Complications may occur."
    sites: dict[str, Site] = {
        A: {"/": page("Home", CURES, ["/safety"]), "/safety": page("Safety", risks)},
        B: {"/": page("Home", CURES, ["/safety"]), "/safety": page("Our house", "The garden is open all year round.")},
    }

    with serve(sites) as web:
        connection = crawl(web, tmp_path / "run")

    met = {
        host: {
            row[0]: row[1]
            for row in connection.execute(
                "SELECT rule, note FROM site_findings WHERE site = ?", (f"{host}:{web.port}",)
            )
        }
        for host in sites
    }
    assert "safety/risks-not-stated" not in met[A]
    assert (
        "Nothing of the kind was found on the 2 pages of this site that could be read."
        == met[B]["safety/risks-not-stated"]
    )
    assert "curative/cure-claimed" in met[A]


# --- robots ------------------------------------------------------------------------------------

ROBOTS = answer("200 OK", "User-agent: *\nDisallow: /private\nCrawl-delay: 3\n", {"Content-Type": "text/plain"})


def test_robots_are_obeyed(tmp_path: Path) -> None:
    """What robots.txt forbids is not fetched, not by a redirect either, and its delay is kept."""
    site: Site = {
        "/robots.txt": ROBOTS,
        "/": page("Home", CURES, ["/private/a", "/moved"]),
        "/moved": answer("302 Found", headers={"Location": "/private/b"}),
        "*": page("Never"),
    }
    sleeper = Sleeper()

    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run", sleep=sleeper)

    assert not any(path.startswith("/private") for path in web.paths())
    forbidden = ("skipped", "robots.txt asks not to fetch it")
    assert (forbidden, forbidden) == (list_pages(connection, web)["/private/a"], list_pages(connection, web)["/moved"])
    assert 2.5 < max(sleeper.slept) <= 3


def test_robots_are_left_out_for_a_reason(tmp_path: Path) -> None:
    """Without robots nothing is forbidden, and the reason stands in the archive."""
    with serve({A: {"/robots.txt": ROBOTS, "/": page("Home", "", ["/private"]), "/private": page("Hidden")}}) as web:
        connection = crawl(web, tmp_path / "run", robots=False, robots_reason="Order 7 of the court")

    assert "/robots.txt" not in web.paths()
    assert list_pages(connection, web)["/private"][0] == "assessed"
    (archive,) = (tmp_path / "run" / "captures").iterdir()
    assert b"robots-reason: Order 7 of the court" in gzip.decompress(archive.read_bytes())


def test_a_site_that_asks_for_too_long_a_delay_is_left_alone(tmp_path: Path) -> None:
    """A Crawl-delay that would take nights is not cut short: the site is a row that says what it asks for."""
    slow = answer("200 OK", "User-agent: *\nCrawl-delay: 3600\n", {"Content-Type": "text/plain"})
    with serve({A: {"/robots.txt": slow, "/": page("Home")}}) as web:
        connection = crawl(web, tmp_path / "run")

    assert ["/robots.txt"] == web.paths()
    verdict = read_verdict(connection, web)
    assert verdict["state"] == "skipped"
    assert verdict["reason"].startswith(
        "robots.txt asks for 3600 seconds between two requests, and a scan waits no longer"
    )


def test_a_site_whose_robots_cannot_be_had_is_not_crawled(tmp_path: Path) -> None:
    """A server that is broken when asked what it allows is taken to allow nothing (RFC 9309)."""
    with serve({A: {"/robots.txt": answer("503 Busy"), "/": page("Home")}}) as web:
        connection = crawl(web, tmp_path / "run", retries=1)

    assert ["/robots.txt", "/robots.txt"] == web.paths()
    verdict = read_verdict(connection, web)
    assert ("failed", "robots.txt could not be asked for: the server answered 503 Busy") == (
        verdict["state"],
        verdict["reason"],
    )


# --- patience ----------------------------------------------------------------------------------


def test_the_delay_is_kept_per_host(tmp_path: Path) -> None:
    """Between two requests to a host there is the delay; redirects, robots and sitemaps count, other hosts do not wait."""
    site: Site = {
        "/": page("Home", "", ["/a", "/b"]),
        "/a": answer("302 Found", headers={"Location": "/c"}),
        "/b": page("B"),
        "/c": page("C"),
    }

    with serve({A: site, B: site}) as web:
        crawl(web, tmp_path / "run", delay=0.2, sleep=asyncio.sleep)

    for host in (A, B):
        times = [asked.when for asked in web.asked if asked.host == host]
        assert len(times) == 6
        assert min(later - earlier for earlier, later in pairwise(times)) > 0.17
    mixed = [asked.host for asked in web.asked]
    assert mixed.index(B) < len(mixed) - 1 - mixed[::-1].index(A)


# --- hosts that misbehave ----------------------------------------------------------------------


async def hang(writer: Writer, _asked: Asked) -> None:
    await asyncio.sleep(30)


async def drip(writer: Writer, _asked: Asked) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def reset(writer: Writer, _asked: Asked) -> None:
    writer.transport.abort()


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        (hang, "failed", "the page did not arrive within"),
        (drip, "failed", "the page did not arrive within"),
        (reset, "failed", "127.0.0.2 broke off"),
        (answer(body=page("Short"), length=99_999), "failed", "127.0.0.2 broke off"),
        (answer("302 Found", headers={"Location": "https://elsewhere.example/"}), "skipped", "it redirects off the site, to https://elsewhere.example/: add"),
        (answer("404 Not Found", page("Gone")), "failed", "the server answered 404 Not Found"),
        (answer(body=b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"}), "failed", "what came is neither HTML nor PDF"),
        (answer(body=page("Huge") + "x" * 300_000), "not_assessed", None),
    ],
    ids=["hangs", "drips", "resets", "wrong length", "leads off", "missing", "picture", "huge"],
)  # fmt: skip
def test_a_page_that_cannot_be_had_costs_nobody_else(
    tmp_path: Path, reply: Reply, state: str, reason: str | None
) -> None:
    """Whatever one page does, it is told, what came of it is kept, and the rest is read."""
    site: Site = {
        "/": page("Home", CURES, ["/treatments/odd", "/treatments/whole"]),
        "/treatments/odd": reply,
        "/treatments/whole": page("Whole"),
    }

    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run", timeout=0.6, retries=0, max_bytes=100_000)

    pages = list_pages(connection, web)
    assert ("assessed", "assessed") == (pages["/"][0], pages["/treatments/whole"][0])
    told = pages["/treatments/odd"]
    assert told[0] in (state, "assessed" if reason is None else state)
    assert reason is None or (told[1] or "").startswith(reason)


def test_a_huge_page_is_cut_off(tmp_path: Path) -> None:
    """What is read ends at the limit, and the archive says that it was cut off."""
    with serve({A: {"/": page("Home", CURES) + "x" * 300_000}}) as web:
        connection = crawl(web, tmp_path / "run", max_bytes=100_000)

    row = connection.execute("SELECT bytes, truncated FROM pages").fetchone()
    (archive,) = (tmp_path / "run" / "captures").iterdir()
    assert ((100_000, 1), True) == (tuple(row), b"WARC-Truncated: length" in gzip.decompress(archive.read_bytes()))


def test_a_host_that_dies_is_given_up(tmp_path: Path) -> None:
    """After so many errors in a row the rest of a site is skipped, and what was read of it stands."""
    links = [f"/treatments/{number}" for number in range(9)]
    quiet = dict.fromkeys(("/robots.txt", "/sitemap.xml"), answer("404 Not Found"))

    with serve({A: {"/": page("Home", CURES, links), **quiet, "*": reset}, B: {"/": page("Other", CURES)}}) as web:
        connection = crawl(web, tmp_path / "run", retries=0, max_host_errors=3)

    pages = list_pages(connection, web)
    given_up = "given up after 3 errors in a row (--max-host-errors)"
    assert (["failed"] * 3, ["skipped"] * 6) == (
        [pages[link][0] for link in links[:3]],
        [pages[link][0] for link in links[3:]],
    )
    verdict = read_verdict(connection, web)
    assert ("assessed", given_up, 1) == (verdict["state"], verdict["reason"], verdict["assessed"])
    assert read_verdict(connection, web, B)["state"] == "assessed"


def test_a_host_that_dies_in_mid_scan_costs_only_what_it_held(tmp_path: Path) -> None:
    """A server that goes away for good while its site is read: what was read stands, the rest fails or is skipped."""
    links = [f"/treatments/{number}" for number in range(6)]

    async def die(writer: Writer, asked: Asked) -> None:
        web.sites[A] = {"*": reset}
        await reset(writer, asked)

    site: Site = {"/": page("Home", CURES, links), "*": page("Never"), links[0]: page("Knee", CURES), links[1]: die}
    with serve({A: site, B: {"/": page("Other", CURES, ["/a"]), "/a": page("A")}}) as web:
        connection = crawl(web, tmp_path / "run", retries=1, max_host_errors=2)

    states = {path: state for path, (state, _) in list_pages(connection, web).items()}
    assert ["assessed", "assessed", "failed", "failed", *["skipped"] * 3] == [states[path] for path in ("/", *links)]
    assert ["assessed", "assessed"] == [state for state, _ in list_pages(connection, web, B).values()]
    assert "given up after 2 errors in a row (--max-host-errors)" == read_verdict(connection, web)["reason"]


def test_a_host_that_does_not_answer_is_a_row_with_its_reason(tmp_path: Path) -> None:
    """Nobody listens: the site fails, in words, and the others are read."""
    with serve({A: {"/": page("Home")}}) as web:
        connection = crawl(web, tmp_path / "run", hosts=(A, C), retries=0)

    verdict = read_verdict(connection, web, C)
    assert "failed" == verdict["state"]
    assert "127.0.0.4 refused the connection" in verdict["reason"]
    assert read_verdict(connection, web)["state"] == "assessed"


# --- each page once ----------------------------------------------------------------------------


def test_pages_without_words_are_not_the_same_for_that(tmp_path: Path) -> None:
    """Pictures of paper hold no text to compare: they are the same only if their bytes are."""
    silent = {f"/s{number}": f"<html><body><img src=/{number}.png></body></html>" for number in (1, 2)}
    site: Site = {"/": page("Home", CURES, ["/s1", "/s2", "/s3"]), **silent, "/s3": silent["/s1"]}
    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run")

    states = {path: state for path, (state, _) in list_pages(connection, web).items()}
    assert ("not_assessed", "not_assessed", "duplicate") == tuple(states[f"/s{number}"] for number in (1, 2, 3))


def test_the_same_page_is_read_once(tmp_path: Path) -> None:
    """Fragments, trackers, session numbers, copies, redirects and canonical addresses do not make new pages."""
    home = page(
        "Home", CURES, ["/a#top", "/a?utm_source=x", "/a?PHPSESSID=5", "/copy", "/moved", "/b/", "/c?page=1", "/"]
    )
    site: Site = {
        "/": home,
        "/a": page("A"),
        "/copy": page("A"),
        "/moved": answer("301 Moved", headers={"Location": "/b"}),
        "/b": page("B"),
        "/b/": page("B"),
        "/c?page=1": page("C", "One.").replace("<title>", '<link rel=canonical href="/c"><title>'),
        "/c": page("C", "Another."),
    }

    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run")

    states = {path: state for path, (state, _) in list_pages(connection, web).items()}
    assert 1 == web.paths().count("/a")
    assert "/c" not in web.paths()
    assert ["/copy", "/b", "/c"] == [
        path for path, state in states.items() if state == "duplicate" and path not in ("/moved", "/b/")
    ]
    assert 4 == sum(state == "assessed" for state in states.values())


def test_a_page_names_the_one_that_it_repeats(tmp_path: Path) -> None:
    """Whether it has the same bytes or only the same text."""
    about = page("A", "We cure lupus.")
    site: Site = {
        "/": page("Home", CURES, ["/a", "/copy", "/note"]),
        "/a": about,
        "/copy": about,
        "/note": about.replace("<main>", "<!-- 2031 --><main>"),
    }

    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run")
        rows = connection.execute(
            "SELECT pages.url, other.url FROM pages JOIN pages AS other ON other.page = pages.same_as ORDER BY pages.page"
        )

        assert [(web.url(A, path), web.url(A, "/a")) for path in ("/copy", "/note")] == [tuple(row) for row in rows]


def test_traps_are_not_entered(tmp_path: Path) -> None:
    """Calendars, facets, endless parameters and ever deeper paths are named, not followed."""
    deep = "/x" * 3
    endless = [f"/list?p={number}" for number in range(40)]
    traps = ["/calendar/2031-03", "/shop?sort=price", "/s?a=1&b=2&c=3&d=4", deep, "/plan.docx", *endless]

    with serve({A: {"/": page("Home", CURES, traps), "*": page("Trap", "", ["/calendar/2031-04", *endless])}}) as web:
        connection = crawl(web, tmp_path / "run", pages=25)

    assert ["/robots.txt", "/sitemap.xml", "/", *endless[:5]] == web.paths()
    pages = list_pages(connection, web)
    assert "it is a sheet of a calendar" == pages["/calendar/2031-03"][1]
    assert "it is one of many views of a list" == pages["/shop?sort=price"][1] == pages["/s?a=1&b=2&c=3&d=4"][1]
    assert "it is a file and no page" == pages["/plan.docx"][1]
    assert "its path is deeper than people make them" == pages[deep][1]
    assert "it is one of many views of a page" == pages["/list?p=39"][1]


def test_a_sitemap_leads_to_pages_that_no_link_does(tmp_path: Path) -> None:
    """Sitemaps that robots.txt names are read, indexes and packed ones too, and only for the own site."""
    with serve({A: {}}) as web:
        entries = "".join(
            f"<url><loc>{web.url(A, path)}</loc><lastmod>{when}</lastmod></url>"
            for path, when in (("/hidden/treatment", "2031-01-01"), ("/old", "2020-01-01"))
        )
        index = f"<sitemapindex><sitemap><loc>{web.url(A, '/map.xml.gz')}</loc></sitemap><sitemap><loc>https://other.example/s.xml</loc></sitemap></sitemapindex>"
        web.sites[A] = {
            "/robots.txt": answer("200 OK", f"Sitemap: {web.url(A, '/index.xml')}", {"Content-Type": "text/plain"}),
            "/index.xml": answer(body=index, headers={"Content-Type": "application/xml"}),
            "/map.xml.gz": answer(
                body=gzip.compress(f"<urlset>{entries}</urlset>".encode()), headers={"Content-Type": "application/gzip"}
            ),
            "/": page("Home"),
            "/hidden/treatment": page("Hidden", CURES),
            "/old": page("Old"),
        }
        connection = crawl(web, tmp_path / "run", since="2030-01-01")

    pages = list_pages(connection, web)
    assert "assessed" == pages["/hidden/treatment"][0]
    assert "/old" not in pages


def test_a_list_may_name_a_sitemap(tmp_path: Path) -> None:
    """The address of a sitemap stands for its site, and for the pages that it names."""
    with serve({A: {}}) as web:
        listed = f"<urlset><url><loc>{web.url(A, '/hidden')}</loc></url></urlset>"
        web.sites[A] = {"/my-sitemap.xml": listed, "/": page("Home", CURES), "/hidden": page("Hidden")}
        targets, _ = read_list(web.url(A, "/my-sitemap.xml"), "list.txt")
        politeness = Politeness(delay=0.0, allow_private=True, timeout=5.0)
        scan(Order(targets=targets, politeness=politeness), tmp_path / "run", jobs=1, now=now)

        states = {
            path: state
            for path, (state, _) in list_pages(store.open_store(tmp_path / "run", reading=True), web).items()
        }

    assert {"/": "assessed", "/hidden": "assessed"} == states


def test_what_has_not_changed_is_not_judged(tmp_path: Path) -> None:
    """A page that answers "not modified" since the day asked for is noted as unchanged."""
    with serve({A: {"/": page("Home", "", ["/a"]), "/a": answer("304 Not Modified")}}) as web:
        connection = crawl(web, tmp_path / "run", since="2031-03-01")

    assert "Sat, 01 Mar 2031 00:00:00 GMT" == web.asked[-1].headers["if-modified-since"]
    assert "unchanged" == list_pages(connection, web)["/a"][0]


def test_only_what_is_asked_for_is_fetched(tmp_path: Path) -> None:
    """Addresses are taken by --include, left by --exclude, and not followed further than --depth."""
    links = ["/en/a", "/en/b", "/de/a"]
    site: Site = {"/": page("Home", "", links), "/en/a": page("A", "", ["/en/far"]), "*": page("Other")}

    with serve({A: site}) as web:
        connection = crawl(web, tmp_path / "run", include=("/en/",), exclude=("/b$",), depth=1)

    reasons = {path: reason for path, (_, reason) in list_pages(connection, web).items()}
    assert {
        "/": None,
        "/en/a": None,
        "/en/b": "an --exclude matches its address",
        "/de/a": "no --include matches its address",
        "/en/far": "it is more than 1 links away from the start (--depth)",
    } == reasons


def test_private_addresses_are_refused(tmp_path: Path) -> None:
    """A list leads into the own network only if that is allowed."""
    with serve({A: {"/": page("Home")}}) as web:
        connection = crawl(web, tmp_path / "run", allow_private=False)

    assert [] == web.asked
    assert "only fetched with --allow-private" in read_verdict(connection, web)["reason"]


# --- pages that scripts fill -------------------------------------------------------------------


@needs_browser
def test_a_page_that_scripts_fill_is_shown_by_a_browser(tmp_path: Path) -> None:
    """What scripts make of it is judged, kept beside what was received, and followed."""
    require_browser()
    words = page("Home", CURES, ["/treatments/a"]).partition("<body>")[2].partition("</body>")[0]
    script = f"document.getElementById('root').innerHTML = {json.dumps(words)}"
    shell = f"<!DOCTYPE html><html lang=en><title>Lumora</title><body><div id=root></div><script>{script}</script></body></html>"
    with serve({A: {"/": shell, "/treatments/a": page("A")}}) as web:
        plain = crawl(web, tmp_path / "plain")
        shown = crawl(web, tmp_path / "shown", browser=True, timeout=30.0)

    assert ("not_assessed", "script") == tuple(plain.execute("SELECT state, obstacle FROM pages").fetchone())
    assert ("assessed", "assessed") == tuple(state for state, _ in list_pages(shown, web).values())
    source, sha256 = shown.execute("SELECT source, sha256 FROM pages ORDER BY page").fetchone()
    place = parse_place(str(tmp_path / "shown" / source))
    assert place is not None
    assert sha256 == load_archived(place).sha256


@needs_browser
def test_pages_of_one_shell_are_counted_as_pages(tmp_path: Path) -> None:
    """A site whose pages are the same bytes, filled by address, gets as many pages read as were asked for."""
    require_browser()
    links = "".join(f"<li><a href=/p{number}>Part {number}</a>" for number in range(6))
    words = f"<p>{CURES}<p>{'The rooms are bright and the tea is fresh. ' * 6}<ul>{links}</ul>"
    script = f"document.getElementById('root').innerHTML = '<h1>' + location.pathname + '</h1>' + {json.dumps(words)}"
    shell = f"<!DOCTYPE html><html lang=en><title>Lumora</title><body><div id=root></div><script>{script}</script></body></html>"
    with serve({A: dict.fromkeys(("/", *(f"/p{number}" for number in range(6))), shell)}) as web:
        shown = crawl(web, tmp_path / "run", browser=True, timeout=30.0, pages=3)

    states = [state for state, _ in list_pages(shown, web).values()]
    assert 3 == states.count("assessed")


def test_a_defect_of_ours_costs_the_site_that_met_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even before any of its pages was queued: it is a row with the reason, and the other sites are judged."""
    parse = robots.parse_robots

    def fail(text: str) -> Any:
        if "fatal" in text:
            raise RuntimeError(text)
        return parse(text)

    monkeypatch.setattr(crawling, "parse_robots", fail)
    fatal: Site = {"/robots.txt": answer("200 OK", "# fatal", {"Content-Type": "text/plain"}), "/": page("Home", CURES)}
    with serve({A: fatal, B: {"/": page("Home", CURES)}}) as web:
        connection = crawl(web, tmp_path / "run")

    states = {
        site.partition(":")[0]: (state, reason)
        for site, state, reason in connection.execute("SELECT site, state, reason FROM verdicts")
    }
    assert ("assessed", None) == states[B]
    assert "failed" == states[A][0]
    assert "the program failed on it (RuntimeError" in states[A][1]


def test_a_head_is_kept_as_it_came(tmp_path: Path) -> None:
    """No byte of it is spelt anew, whatever a server writes, and none costs the site."""
    body = page("Home", CURES).encode()
    head = b"HTTP/1.1 200 Gutes Gef\xfchl\r\nContent-Type: text/html\r\nX-Clinic: Gl\xfcck; \xff=\xe4\r\nx-Case: a\r\nX-case: b\r\n"

    async def write(writer: Writer, _asked: Asked) -> None:
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with serve({A: {"/": write}}) as web:
        connection = crawl(web, tmp_path / "run")

    (source,) = connection.execute("SELECT source FROM pages WHERE state = 'assessed'").fetchone()
    archive = (tmp_path / "run" / source.partition("#")[0]).read_bytes()
    assert head in gzip.decompress(archive)


@pytest.mark.parametrize(
    ("reply", "mark"),
    [
        (answer("302 Found", "moved", {"Location": "/"}), None),
        (answer("302 Found", "moved", {"Location": "http://clinic.example:x/"}), None),
        (answer("302 Found", "moved", {"Location": "https://elsewhere.example/"}), None),
        (answer("200 OK", page("Home"), length=10_000), "disconnect"),
        (answer("200 OK", page("Home"), {"Content-Encoding": "br"}), "unspecified"),
        (answer("200 OK", "no gzip", {"Content-Encoding": "gzip"}), "unspecified"),
    ],
    ids=["circle", "nowhere", "off the site", "broken off", "packed otherwise", "not packed"],
)
def test_only_what_is_not_whole_is_said_to_be_cut_off(tmp_path: Path, reply: Reply, mark: str | None) -> None:
    """A capture says of itself that it is not whole, and why, where that is so and nowhere else."""
    with serve({A: {"/": reply}}) as web:
        crawl(web, tmp_path / "run", retries=0)

    (archive,) = (tmp_path / "run" / "captures").iterdir()
    with archive.open("rb") as file:
        marks = [
            record.rec_headers.get_header("WARC-Truncated")
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
            and record.rec_headers.get_header("WARC-Target-URI").endswith(f"{web.port}/")
        ]
    assert [mark] == marks


def test_a_page_of_links_is_followed_as_far_as_a_site_is(tmp_path: Path) -> None:
    """Ten thousand links are no more than the pages that are remembered of one site, and the claims are read first."""
    links = [f"/page-{number}" for number in range(10_000)]
    with serve(
        {A: {"/": page("Home", CURES, ["/treatments", *links]), "/treatments": page("Cells", CURES + " Now.")}}
    ) as web:
        connection = crawl(web, tmp_path / "run", pages=2)

    assert ["/", "/treatments"] == [path for path in web.paths() if "xml" not in path and "robots" not in path]
    assert MOST_KNOWN == connection.execute("SELECT count(*) FROM pages").fetchone()[0]
