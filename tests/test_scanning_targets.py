"""Lists of sites: what is wrong in a line is named with its line, mended where it can be, and costs no other line."""

from __future__ import annotations

import pytest

from auditor.errors import AuditorError
from auditor.scanning.addresses import find_domain, name_site, normalize_address
from auditor.scanning.targets import COMMON_CRAWL, is_page, read_list, read_paths


def read(text: str) -> tuple[list[str], list[tuple[int, str, bool]]]:
    """Return the addresses that a list gives, and its mistakes: line, problem, whether something was refused."""
    targets, mistakes = read_list(text, "list.txt")
    return [target.url for target in targets], [(each.line, each.problem, each.refused) for each in mistakes]


@pytest.mark.parametrize(
    ("line", "taken", "problem"),
    [
        ("https://a.example/", "https://a.example/", None),
        ("  https://a.example/ ", "https://a.example/", "there are spaces around the address: taken as https://a.example/"),
        ("a.example", "https://a.example/", "the address has no scheme: taken as https://a.example/"),
        ("a.example:8443/en", "https://a.example:8443/en", "the address has no scheme: taken as https://a.example:8443/en"),
        ("https:/a.example", "https://a.example/", "the address is misspelt: taken as https://a.example/"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example/", "the host is an international name (xn--mnchen-3ya.example): taken as https://xn--mnchen-3ya.example/"),
        ("", None, "the line is blank: passed over"),
        ("https://a.example b", None, "there are spaces in the address: passed over; put one address on a line"),
        ("https://a.example/,https://b.example/", None, "there are several addresses on the line: passed over; put one address on a line"),
        ("mailto:a@a.example", None, "mailto: is no address of a web page: passed over"),
        ("ftp://a.example/", None, "ftp:// is no address of a web page: passed over"),
        ("?!§$%", None, "this is no web address: passed over"),
        ("https://", None, "this is no web address: passed over"),
        ("https://a..example/", None, "this is no web address: passed over"),
        ("https://user:secret@a.example/", None, "this is no web address: passed over"),
        ("# a comment", None, None),
    ],
)  # fmt: skip
def test_a_line_is_taken_mended_or_named(line: str, taken: str | None, problem: str | None) -> None:
    """Every slip is named with its line, and the lines around it are read."""
    urls, mistakes = read(f"https://before.example/\n{line}\nhttps://after.example/\n")

    assert ["https://before.example/", *([taken] if taken else []), "https://after.example/"] == urls
    refused = taken is None and bool(line)
    assert ([(2, problem, refused)] if problem else []) == mistakes


def test_a_site_is_scanned_once() -> None:
    """The same host with or without www, scheme or page is one site, and the line that has it already is named."""
    urls, mistakes = read("https://a.example/\nhttp://www.a.example/\nhttps://A.example\n")

    assert ["https://a.example/"] == urls
    told = "the site a.example stands on line 1 already: passed over"
    assert [(2, told, False), (3, told, False)] == mistakes


def test_nothing_that_another_line_says_of_a_site_is_lost() -> None:
    """Further values of its columns stand beside the first, another page is one more to begin with, and the line is named."""
    rows = [
        "url,name,case_ref",
        "https://a.example/,Lumora,C-1",
        "https://a.example/spa,Lumora,C-2",
        "a.example,Lumora Spa,",
    ]

    (target,), mistakes = read_list("\n".join(rows), "sites.csv")

    assert {"url": "https://a.example/", "name": "Lumora; Lumora Spa", "case_ref": "C-1; C-2"} == target.columns
    assert ("https://a.example/", ("https://a.example/spa",)) == (target.url, target.seeds)
    told = [(each.line, each.problem) for each in mistakes if "already" in each.problem]
    assert [(line, "the site a.example stands on line 2 already: joined with it") for line in (3, 4)] == told


@pytest.mark.parametrize(
    ("content", "name", "is_one"),
    [
        (b"https://a.example/\n", "list.txt", False),
        (b"url,name\na.example,x", "list.csv", False),
        (b"<?xml version='1.0'?><urlset></urlset>", "sitemap.xml", False),
        (b"anything", "page.html", True),
        (b"\xef\xbb\xbf  <!-- saved --> <!DOCTYPE html><p>", "list.txt", True),
        (b"<HTML lang=en>", "-", True),
        (b"%PDF-1.7", "leaflet", True),
    ],
)
def test_a_page_is_told_from_a_list(content: bytes, name: str, is_one: bool) -> None:
    """By its name, or by how it begins."""
    assert is_one == is_page(content, name)


def test_folders_of_a_shared_host_are_sites() -> None:
    """Two clinics on one host are two sites, if neither has all of it."""
    targets, _ = read_list("https://pages.example/lumora/\nhttps://pages.example/marlowe/home.html\n", "list.txt")

    assert ["pages.example/lumora", "pages.example/marlowe"] == [target.site for target in targets]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_carried_along(separator: str) -> None:
    """Whatever a spreadsheet says of a site is kept, in any order and under any name."""
    rows = [("Name", "Website", "case_ref", "Region"), ("Lumora; Ltd, Inc", "lumora.example", "C-7", "North")]
    quoted = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)

    (target,), mistakes = read_list(f"\ufeff{quoted}\n", "sites.csv")

    assert {
        "name": "Lumora; Ltd, Inc",
        "website": "lumora.example",
        "case_ref": "C-7",
        "region": "North",
    } == target.columns
    assert ("https://lumora.example/", 2) == (target.url, target.line)
    assert [2] == [mistake.line for mistake in mistakes]


def test_lines_of_a_spreadsheet_are_counted_as_an_editor_counts_them() -> None:
    """A field over two lines does not shift the numbers of the lines below it, and blank ones are named."""
    urls, mistakes = read('url,name\na.example,"one\ntwo"\n,,\nb c,x\nhttps://d.example/,y,z\n')

    assert ["https://a.example/", "https://d.example/"] == urls
    assert [(2, False), (4, False), (5, True), (6, False)] == [(line, refused) for line, _, refused in mistakes]


def test_columns_without_names_are_refused() -> None:
    """Nobody can tell what a column without a name means."""
    with pytest.raises(AuditorError, match="put url,name,… above it"):
        read("https://a.example/,Lumora\n")


def test_a_sitemap_is_a_list() -> None:
    """The pages of a sitemap are where the crawls of their sites begin."""
    text = '<?xml version="1.0"?><urlset><url><loc> https://a.example/x?a=1&amp;b=2 </loc></url><url><loc><![CDATA[https://b.example/]]></loc></url></urlset>'

    targets, mistakes = read_list(text, "sitemap.xml")

    assert [
        ("a.example", "https://a.example/", ("https://a.example/x?a=1&b=2",)),
        ("b.example", "https://b.example/", ("https://b.example/",)),
    ] == [(target.site, target.url, target.seeds) for target in targets]
    assert mistakes == ()


def test_an_index_of_sitemaps_is_a_list() -> None:
    """Its sites begin with the sitemaps it names, and an entry that names nothing is told with its line."""
    text = (
        "<sitemapindex>\n<sitemap><loc>https://a.example/pages-1.xml</loc></sitemap>\n<sitemap><loc>none</loc></sitemap>\n"
        "<sitemap><loc>https://a.example/?map=2</loc></sitemap></sitemapindex>"
    )
    targets, mistakes = read_list(text, "index.xml")

    assert [("https://a.example/", 2, ("https://a.example/pages-1.xml",))] == [
        (target.url, target.line, target.seeds) for target in targets
    ]
    assert [(3, "none", True), (4, "https://a.example/?map=2", True)] == [
        (each.line, each.text, each.refused) for each in mistakes
    ]


def test_paths_of_archives_are_read() -> None:
    """Paths of Common Crawl lead to where its data are kept."""
    text = "crawl-data/CC-MAIN-2031-10/a.warc.gz\n\n# note\ns3://bucket/b.warc.gz\nlocal.warc\nlocal.warc\n"

    assert [f"{COMMON_CRAWL}crawl-data/CC-MAIN-2031-10/a.warc.gz", "s3://bucket/b.warc.gz", "local.warc"] == read_paths(
        text
    )


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("HTTP://WWW.A.example:80/b/../c//d?utm_source=x&z=1&a=2#top", "http://www.a.example/c/d?a=2&z=1"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x;jsessionid=5?PHPSESSID=7", "https://a.example/x"),
        ("https://a.example/ü?q=ß", "https://a.example/%C3%BC?q=%C3%9F"),
        ("http://127.0.0.2:8080/a/", "http://127.0.0.2:8080/a/"),
        ("http://[::1]/", "http://[::1]/"),
        ("javascript:alert(1)", None),
        ("https://user@a.example/", None),
        ("https://a.example:x/", None),
        ("https://a b.example/", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_an_address_has_one_form(written: str, known: str | None) -> None:
    """Case, ports, dots, trackers, session numbers and fragments do not make another page."""
    assert known == normalize_address(written)


def test_sites_and_domains_are_told_apart() -> None:
    """A site is a host without www, a domain what one owner registered."""
    assert ("a.example", "a.example:81") == (name_site("https://www.a.example/x"), name_site("https://a.example:81/"))
    assert (
        find_domain("https://en.clinic.co.uk/")
        == find_domain("https://www.clinic.co.uk/")
        != find_domain("https://b.co.uk/")
    )
