"""Markdown: text from a page that stays text, and our letters set as HTML."""

from __future__ import annotations

import re

import pytest

from auditor.reporting.marking import escape_markdown
from auditor.reporting.typesetting import set_markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words, and 3.5 mg (twice)", "plain words, and 3.5 mg (twice)"),
        ("# heading", "\\# heading"),
        ("- item", "\\- item"),
        ("+ item", "\\+ item"),
        ("12. item", "12\\. item"),
        ("1) item", "1\\) item"),
        ("=== underline", "\\=== underline"),
        ("> quote", "\\> quote"),
        ("**bold** _it_ `code`", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`"),
        ("[a](javascript:alert(1))", "\\[a\\](javascript:alert(1))"),
        ("![pixel](https://a.example/x)", "\\!\\[pixel\\](https\\://a.example/x)"),
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("https://a.example www.b.example", "https\\://a.example www\\.b.example"),
        ("a | b ~~c~~ @name #12 &amp; $x$", "a \\| b \\~\\~c\\~\\~ \\@name \\#12 \\&amp; \\$x\\$"),
        ("\\*", "\\\\\\*"),
    ],
)
def test_text_stays_text(text: str, expected: str) -> None:
    """No sign that Markdown acts on stands unescaped."""
    assert expected == escape_markdown(text)
    assert text in re.sub("<[^>]*>", "", set_markdown(expected)).replace("&lt;", "<").replace("&gt;", ">").replace(
        "&amp;", "&"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Draft", "<h1>Draft</h1>"),
        ("### Third", "<h3>Third</h3>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("- [ ] a\n- [x] b", '<ul>\n<li class="box">☐ a</li>\n<li class="box">☑ b</li>\n</ul>'),
        ("> a\n>\n> b", "<blockquote><p>a</p>\n<p>b</p></blockquote>"),
        ("**a** and *b*", "<p><strong>a</strong> and <em>b</em></p>"),
        ("---", "<hr>"),
        ("[fill in: name]", "<p><mark>[fill in: name]</mark></p>"),
        (
            "<https://a.example/?b&c>",
            '<p><a href="https://a.example/?b&amp;c" rel="nofollow noreferrer">https://a.example/?b&amp;c</a></p>',
        ),
        ("\\[fill in: x\\]", "<p>[fill in: x]</p>"),
        ('<img src=x onerror="a">', "<p>&lt;img src=x onerror=&quot;a&quot;&gt;</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
    ],
)
def test_letters_are_set(text: str, expected: str) -> None:
    """What our letters are written in becomes HTML, and nothing else does."""
    assert expected == set_markdown(text)
