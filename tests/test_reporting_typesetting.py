"""The Markdown of letters as HTML: each form that they use, and nothing that anybody else put there."""

from __future__ import annotations

import pytest

from auditor.reporting.typesetting import set_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# To the clinic", "<h1>To the clinic</h1>"),
        ("#### Issue 1", "<h4>Issue 1</h4>"),
        ("##### five", "<p>##### five</p>"),
        ("One\ntwo  \nthree", "<p>One<br>two<br>three</p>"),
        ("One\n\n\n\ntwo", "<p>One</p>\n<p>two</p>"),
        ("---", "<hr>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("1. one\n12. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
        ("- [ ] to do\n- [x] done", '<ul>\n<li class="box">☐ to do</li>\n<li class="box">☑ done</li>\n</ul>'),
        ("> It *cures*\n>\n> - all", "<blockquote><p>It <em>cures</em></p>\n<ul>\n<li>all</li>\n</ul></blockquote>"),
        ("**Ask:** *why?*", "<p><strong>Ask:</strong> <em>why?</em></p>"),
        (r"\*plain\* \_so\_ \<b\>", "<p>*plain* _so_ &lt;b&gt;</p>"),
        (r"**a \* b**", "<p><strong>a * b</strong></p>"),
        ("Dear [fill in: name],", "<p>Dear <mark>[fill in: name]</mark>,</p>"),
        ("[einsetzen: Ort]", "<p><mark>[einsetzen: Ort]</mark></p>"),
        ("[other: x]", "<p>[other: x]</p>"),
        (
            "<https://law.example/?a=1&b=2>",
            '<p><a href="https://law.example/?a=1&amp;b=2" rel="nofollow noreferrer">https://law.example/?a=1&amp;b=2</a></p>',
        ),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ('<script>alert("1")</script>', "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</p>"),
        ("# <img src=x onerror=y>", "<h1>&lt;img src=x onerror=y&gt;</h1>"),
        ("[a](https://evil.example)", "<p>[a](https://evil.example)</p>"),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    """Headings, lines, lists, boxes, quotations, emphasis, gaps and plain addresses; a tag is text."""
    assert html == set_markdown(text)


def test_a_template_takes_it_as_it_is() -> None:
    """What is HTML already is not escaped a second time."""
    made = set_markdown("*so*")

    assert made == made.__html__()  # type: ignore[attr-defined]
