"""Web addresses: one form for one page, the site it belongs to, and who owns it."""

from __future__ import annotations

import pytest

from auditor.scanning.addresses import encode_host, find_domain, name_site, normalize_address, read_folder


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("HTTP://WWW.A.example:80/b/../c//d?utm_source=x&z=1&a=2#top", "http://www.a.example/c/d?a=2&z=1"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x;jsessionid=5?PHPSESSID=7", "https://a.example/x"),
        ("https://a.example/ü?q=ß", "https://a.example/%C3%BC?q=%C3%9F"),
        ("http://a.example/q?stadt=K%F6ln#top", "http://a.example/q?stadt=K%F6ln"),
        ("http://a.example/q?z=%f6%C3%BC&sid=7&a=ü b", "http://a.example/q?z=%f6%C3%BC&a=%C3%BC%20b"),
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
    """Case, ports, dots, trackers, session numbers and fragments do not make another page; bytes of a query do."""
    assert known == normalize_address(written)
    assert known is None or known == normalize_address(known)


def test_sites_and_domains_are_told_apart() -> None:
    """A site is a host without www, a domain what one owner registered."""
    assert ("a.example", "a.example:81") == (name_site("https://www.a.example/x"), name_site("https://a.example:81/"))
    assert (
        find_domain("https://en.clinic.co.uk/")
        == find_domain("https://www.clinic.co.uk/")
        != find_domain("https://b.co.uk/")
    )


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.clinic.example/a", "clinic.example"),
        ("http://127.0.0.2:8080/", "127.0.0.2:8080"),
        ("http://[::1]/", "::1"),
        ("http://localhost/", "localhost"),
    ],
)
def test_a_host_that_nobody_registered_is_its_own_domain(url: str, domain: str) -> None:
    """Numbers and single words have no owner in common."""
    assert domain == find_domain(url)


@pytest.mark.parametrize(
    ("host", "encoded"),
    [
        ("Clinic.Example.", "clinic.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("::1", "[::1]"),
        ("localhost", "localhost"),
        ("clinic", None),
        ("", None),
        ("-a.example", None),
        ("a..example", None),
        ("a b.example", None),
        ("ü" * 70 + ".example", None),
    ],
)
def test_hosts_have_one_form(host: str, encoded: str | None) -> None:
    """Lower case and ASCII; what can be no host is none."""
    assert encoded == encode_host(host)


@pytest.mark.parametrize(
    ("url", "folder"),
    [("https://a.example/en/home.html", "/en/"), ("https://a.example/en/", "/en/"), ("https://a.example", "/"), ("https://a.example/en?x=/y/z", "/")],
)  # fmt: skip
def test_a_page_lies_in_a_folder(url: str, folder: str) -> None:
    """Its path up to the last stroke, without what is asked of it."""
    assert folder == read_folder(url)
