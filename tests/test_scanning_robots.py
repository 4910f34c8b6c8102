"""The rules of a robots.txt that hold for us: what may be fetched, how slowly, and where the sitemaps are."""

from __future__ import annotations

import pytest

from auditor.scanning import robots
from auditor.scanning.robots import AGENT, Robots, parse_robots
from auditor.sources.settings import USER_AGENT

SITE = "https://lumora.example"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        (" \n\n", "/a", True),
        ("<html><p>There is no such page.", "/a", True),
        ("User-agent: *\nDisallow: /private\n", "/private/a", False),
        ("User-agent: *\nDisallow: /private\n", "/public", True),
        ("User-agent: *\nDisallow:\n", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /open\n", "/open/a", True),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/plan.pdf", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: clinic-auditor\nAllow: /\n", "/a", True),
        ("User-agent: Clinic-Auditor\nDisallow: /\n", "/a", False),
        ("User-agent: otherbot\nDisallow: /\n", "/a", True),
        ("Disallow: /\n", "/a", True),
    ],
)
def test_what_may_be_fetched(text: str, path: str, allowed: bool) -> None:
    """The group that names us holds, else the one for everybody; what is no rule forbids nothing (RFC 9309)."""
    assert allowed == parse_robots(text).allows(f"{SITE}{path}")


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("", 0.0),
        ("User-agent: *\nCrawl-delay: 3\n", 3.0),
        ("User-agent: *\nCrawl-delay: 0.5\n", 0.5),
        ("User-agent: *\nCrawl-delay: soon\n", 0.0),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: clinic-auditor\nCrawl-delay: 2\n", 2.0),
    ],
)
def test_how_slowly_a_site_is_asked(text: str, delay: float) -> None:
    """A delay is in seconds, ours before that for everybody; one that cannot be read is none."""
    assert delay == parse_robots(text).delay


def test_sitemaps_are_named() -> None:
    """Every sitemap counts, in whichever group it stands."""
    text = f"Sitemap: {SITE}/a.xml\nUser-agent: otherbot\nDisallow: /\nSitemap: {SITE}/b.xml\n"

    assert (f"{SITE}/a.xml", f"{SITE}/b.xml") == parse_robots(text).sitemaps


def test_no_rules_are_no_hindrance() -> None:
    """Where robots.txt is not asked, everything may be fetched at once."""
    assert (True, 0.0, ()) == (Robots().allows(f"{SITE}/"), Robots().delay, Robots().sitemaps)


def test_a_file_without_end_is_read_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules beyond the limit are not read."""
    text = "User-agent: *\nDisallow: /near\nDisallow: /far\n"
    monkeypatch.setattr(robots, "MOST_BYTES", text.index("Disallow: /far"))

    rules = parse_robots(text)

    assert (False, True) == (rules.allows(f"{SITE}/near"), rules.allows(f"{SITE}/far"))


def test_the_name_that_rules_are_for_is_the_one_that_we_give() -> None:
    """A site finds in its log by which name it can address us."""
    assert USER_AGENT.startswith(f"{AGENT}/")
