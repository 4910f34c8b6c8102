"""Sitemaps: entries are read in their order, in any encoding, and nothing that a site puts into one takes long."""

from __future__ import annotations

import gzip

import pytest

from auditor.scanning.sitemaps import is_sitemap, is_sitemap_address, read_sitemap, unpack_text

ENTRY = "<url><loc>https://a.example/x</loc></url>"
LONG = 200_000
"""Repetitions that would take minutes and more if each were looked at again for every other."""


def test_entries_tell_what_they_are() -> None:
    """An index leads to further sitemaps, an entry may say when it changed, and what is damaged is passed over."""
    found = read_sitemap(
        "<sitemapindex><sitemap><loc>https://a.example/s.xml</loc><lastmod>2031-01-01</lastmod></sitemap>\n<sitemap></sitemap>\n"
        "<url><loc>https://a.example/?a=1&amp;b=2</loc></url><url><loc>https://a.example/lost"
    )

    assert [("https://a.example/s.xml", "2031-01-01", True, 1), ("https://a.example/?a=1&b=2", None, False, 3)] == found


@pytest.mark.parametrize(
    "start",
    [
        "",
        '<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="main.xsl"?>\n<!-- made by a plug-in -->\n',
        '<?xml version="1.0"?><!-- a --><!-- b --><!DOCTYPE urlset>',
    ],
)
def test_a_sitemap_is_known_by_its_root(start: str) -> None:
    """Whatever instructions and comments stand before it, as plug-ins put them there."""
    text = f'{start}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{ENTRY}</urlset>'

    assert is_sitemap(text)
    assert ["https://a.example/x"] == [entry.url for entry in read_sitemap(text)]


@pytest.mark.parametrize(
    "text",
    [
        "<!---->" * LONG,
        "<?xml?>" * LONG,
        f"<urlset>{'<url>' * LONG}",
        f"<urlset><url><loc>{' ' * LONG}</url>",
        f"<urlset>{'<url ' * LONG}",
        f"<urlset>{'<url><loc><![CDATA[' * LONG}",
    ],
    ids=["comments", "instructions", "entries", "spaces", "tags", "data"],
)
def test_no_sitemap_takes_long(text: str) -> None:
    """What never ends is read once."""
    assert [] == read_sitemap(text)
    assert text.startswith("<urlset>") == is_sitemap(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_sitemap_is_unpacked(encoding: str) -> None:
    """Packed or not, in the encodings that XML may have."""
    content = f"<urlset>{ENTRY}</urlset>".encode(encoding)

    assert f"<urlset>{ENTRY}</urlset>" == unpack_text(content) == unpack_text(gzip.compress(content))
    assert unpack_text(b"\x1f\x8bdamaged") == ""


def test_no_more_is_unpacked_than_may_be() -> None:
    """A small file that unpacks to a great one is read to the limit."""
    assert 1000 == len(unpack_text(gzip.compress(b" " * 1_000_000), most=1000))


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://a.example/sitemap.xml", True),
        ("https://a.example/post-1.xml.gz?x=1", True),
        ("https://a.example/", False),
        ("https://a.example/sitemap", False),
    ],
)
def test_a_sitemap_is_known_by_its_address(url: str, is_one: bool) -> None:
    """No page of a clinic is called as XML files are."""
    assert is_one == is_sitemap_address(url)
