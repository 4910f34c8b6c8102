"""Links: whole addresses and kinds of places."""

from __future__ import annotations

import pytest

from auditor.models import Link
from auditor.reading.content import Anchor
from auditor.reading.links import classify_address, read_host, read_links, resolve_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("tel:+4912", "telephone"),
        ("mailto:a@knees.example", "email"),
        ("https://wa.me/4912", "whatsapp"),
        ("https://api.whatsapp.com/send?phone=1", "whatsapp"),
        ("https://lin.ee/abc", "line"),
        ("https://u.wechat.com/x", "wechat"),
        ("https://t.me/knees", "telegram"),
        ("https://m.me/knees", "messenger"),
        ("https://calendly.com/knees", "booking"),
        ("https://www.doctolib.de/knees", "booking"),
        ("https://de-de.facebook.com/knees", "social"),
        ("https://clinicaltrials.gov/study/NCT01234567", "register"),
        ("https://doi.org/10.1000/1", "literature"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1", "literature"),
        ("https://www.ncbi.nlm.nih.gov/gene/1", "page"),
        ("https://notfacebook.com/", "page"),
        ("https://facebook.com.knees.example/", "page"),
        ("/about", "page"),
        ("https://[broken", "page"),
    ],
)
def test_an_address_tells_where_it_leads(url: str, expected: str) -> None:
    """Schemes and hosts tell the kind; a look-alike host does not."""
    assert expected == classify_address(url)


@pytest.mark.parametrize(
    ("href", "base", "expected"),
    [
        ("/a", "https://knees.example/b/c", "https://knees.example/a"),
        ("d?x=1", "https://knees.example/b/c", "https://knees.example/b/d?x=1"),
        ("//cdn.example/x", "https://knees.example/", "https://cdn.example/x"),
        ("#top", "https://knees.example/b", "https://knees.example/b#top"),
        ("/", "https://knees.example?from=/hips/", "https://knees.example/"),
        ("/\n/", "https://knees.example/b", "https://knees.example/b"),
        ("/a", None, "/a"),
        (" /a\n/b ", "https://knees.example", "https://knees.example/a/b"),
        ("https://[broken", "https://knees.example", "https://[broken"),
    ],
)
def test_an_address_is_made_whole(href: str, base: str | None, expected: str) -> None:
    """Relative addresses are joined to their page; broken ones stay as they are."""
    assert expected == resolve_address(href, base)


def test_each_page_has_its_own_links() -> None:
    """What is remembered of one page's links serves another only as far as both lead to the same place."""
    anchors = [Anchor(href, "main") for href in ("/a", "b", "#top", "//lumora.example")]

    for page in ("https://knees.example/one", "https://knees.example/two/", "http://hips.example"):
        expected = [resolve_address(anchor.href, page) for anchor in anchors]
        assert expected == [link.url for link in read_links(anchors, page)]
        assert len(set(expected)) == len(anchors)


def test_links_that_lead_nowhere_are_left_out() -> None:
    """Script, data and empty links are no links."""
    hrefs = ["", "#", "javascript:alert(1)", " JavaScript:x", "data:text/html,x", "/a"]

    links = read_links([Anchor(href.strip(), "main", ["Go ", " on"], 3) for href in hrefs], "https://knees.example/")

    assert (Link(url="https://knees.example/a", text="Go on", kind="page", landmark="main", passage=3),) == links


def test_a_host_is_lower_case_and_without_www() -> None:
    """Hosts can be compared."""
    assert "knees.example" == read_host("https://WWW.Knees.example:8080/x")
