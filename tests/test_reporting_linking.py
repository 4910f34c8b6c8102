"""Addresses that a reader may follow: plain ones of the web, and those of quotations on the live page."""

from __future__ import annotations

import pytest

from auditor.reporting.linking import link_citation, link_url, link_words, name_source, view_address


@pytest.mark.parametrize(
    ("url", "quote", "around", "expected"),
    [
        ("https://a.example/", "We cure.", ("", ""), "https://a.example/#:~:text=We%20cure."),
        ("https://a.example/#top", "We cure.", ("", ""), "https://a.example/#top:~:text=We%20cure."),
        ("https://a.example/#:~:text=x", "We cure.", ("", ""), "https://a.example/#:~:text=We%20cure."),
        ("https://a.example/", "a-b, c & d", ("", ""), "https://a.example/#:~:text=a%2Db%2C%20c%20%26%20d"),
        ("https://a.example/", "a=b#c?", ("", ""), "https://a.example/#:~:text=a%3Db%23c%3F"),
        (
            "https://a.example/",
            "We cure.",
            ("one two three four", "five six seven eight"),
            "https://a.example/#:~:text=two%20three%20four-,We%20cure.,-five%20six%20seven",
        ),
        ("https://a.example/", "We cure.", ("… two", "five …"), "https://a.example/#:~:text=We%20cure."),
        ("https://a.example/", "彻底治愈", ("本院", ""), "https://a.example/#:~:text=%E5%BD%BB%E5%BA%95%E6%B2%BB%E6%84%88"),
        (
            "https://a.example/",
            " ".join(f"word{number}" for number in range(40)),
            ("before", "after"),
            "https://a.example/#:~:text=word0%20word1%20word2%20word3%20word4,word35%20word36%20word37%20word38%20word39",
        ),
        (
            "https://a.example/",
            "甲乙丙丁戊，" + "治" * 200 + "，己庚辛壬癸",
            ("", ""),
            "https://a.example/#:~:text=%E7%94%B2%E4%B9%99%E4%B8%99%E4%B8%81%E6%88%8A,%E5%B7%B1%E5%BA%9A%E8%BE%9B%E5%A3%AC%E7%99%B8",
        ),
        ("https://a.example/", "   ", ("", ""), None),
        ("https://a.example/", "x" * 100_000, ("", ""), None),
        ("javascript:alert(1)", "We cure.", ("", ""), None),
        ("file:///etc/passwd", "We cure.", ("", ""), None),
        ("", "We cure.", ("", ""), None),
    ],
)  # fmt: skip
def test_a_quotation_is_linked_to_the_live_page(
    url: str, quote: str, around: tuple[str, str], expected: str | None
) -> None:
    """A text fragment leads to the very words, percent-encoded where its syntax has a meaning."""
    assert expected == link_words(url, quote, *around)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " https://a.example",
        "https://",
        "https:///x",
        "//a.example",
        "https://user@a.example/",
        "https://a.example/ x",
        "https://a.example/\x00",
        "https://a.example/\u202e",
        "https://a.example/" + "x" * 3_000,
        "ftp://a.example",
        None,
    ],
)
def test_only_plain_web_addresses_are_linked(url: str | None) -> None:
    """What is not http(s), or hides something, stays text."""
    assert link_url(url) is None


@pytest.mark.parametrize(
    "url", ["https://a.example", "HTTP://a.example/x", "https://a.example?x", "https://ü.example/#y"]
)
def test_plain_web_addresses_are_linked_as_they_are(url: str) -> None:
    """Nothing is spelt anew."""
    assert url == link_url(url)


@pytest.mark.parametrize(
    ("kind", "identifier", "address"),
    [
        ("trial", "NCT01234567", "https://clinicaltrials.gov/study/NCT01234567"),
        ("doi", "10.5555/lumora.77", "https://doi.org/10.5555/lumora.77"),
        ("doi", "10.5555/a(1)#b", "https://doi.org/10.5555/a(1)%23b"),
        ("pmid", "12345", "https://pubmed.ncbi.nlm.nih.gov/12345/"),
        ("pmcid", "PMC12345", "https://pmc.ncbi.nlm.nih.gov/articles/PMC12345/"),
        ("link", "https://a.example/study", "https://a.example/study"),
        ("trial", "NCT1", None),
        ("doi", "10.5555/<script>", None),
        ("pmid", "12345/../x", None),
        ("named_study", "Hepatic Letters, 2018", None),
    ],
)
def test_citations_are_looked_up_where_they_are_registered(kind: str, identifier: str, address: str | None) -> None:
    """An identifier that is none leads nowhere."""
    assert address == link_citation(kind, identifier)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("/home/ada/cases/page.html", "page.html"),
        ("C:\\cases\\page.html", "page.html"),
        ("page.html", "page.html"),
        ("cases/", "cases/"),
    ],
)
def test_a_file_is_told_by_its_name_alone(source: str, name: str) -> None:
    """The folders of whoever audited it are nobody's business."""
    assert name == name_source(source)


def test_an_address_that_may_not_be_followed_is_text() -> None:
    """It is shown, and long ones in part."""
    assert {"text": "javascript:alert(1)", "href": None} == view_address("javascript:alert(1)")
    assert view_address("https://a.example/" + "x" * 900)["text"].endswith("x…")
