"""Markup as events: both parsers tell the same story, and none loses text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from auditor.reading.html import Attributes, parse_markup, parse_slowly
from auditor.reading.passages import PageWalk, walk_markup

PAGE = """<!DOCTYPE html><html lang="de"><head><title>Knie &amp; Co</title><meta name="description" content="Gut.">
</head><body><main><h1>Wir <em>heilen</em></h1><p class="a b" hidden>Eins<br>zwei</p><img src="x.png" alt="Ein Knie">
<ul><li><a href="/a">Start</a></li></ul><!-- nothing --><script>var a = "<p>";</script></main></body></html>"""


class Notes:
    """Write down what is heard."""

    def __init__(self, _deepest: int) -> None:
        self.heard: list[object] = []

    def start_element(self, tag: str, attrs: Attributes) -> None:
        """Hear a start."""
        self.heard.append((tag, dict(attrs)))

    def end_element(self, tag: str) -> None:
        """Hear an end."""
        self.heard.append(f"/{tag}")

    def characters(self, data: str) -> None:
        """Hear text."""
        self.heard.append(data)


def test_events_come_in_document_order() -> None:
    """Elements open and close in order, attributes and text between them."""
    notes = parse_markup('<p id="x">One<br>two', Notes)

    assert [("p", {"id": "x"}), "One", ("br", {}), "/br", "two", "/p"] == [
        event
        for event in notes.heard
        if event not in ("/html", "/body", "/head", ("html", {}), ("head", {}), ("body", {}))
    ]


def test_the_package_behind_the_parser_stays_whole() -> None:
    """Only turbohtml's parser of events is imported, and whoever wants all of turbohtml still gets it."""
    program = (
        "import sys; from auditor.reading.passages import walk_markup; walk_markup('<p>We cure knees.');"
        "assert 'turbohtml' not in sys.modules and 'turbohtml.saxparse' in sys.modules;"
        "import turbohtml; assert turbohtml.parse('<p>x').find('p')"
    )

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_the_slow_parser_reads_the_same_page() -> None:
    """Where turbohtml is missing, the tokenizer of the standard library gives the same passages."""
    walk = PageWalk()
    parse_slowly(PAGE, walk)

    assert walk_markup(PAGE).blocks == walk.finish().blocks


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "We cure knees.",
        "<b>" * 50_000 + "We cure knees.",
        "<p><b>" * 20_000 + "We cure knees.",
        "<table>" * 20_000 + "We cure knees.",
        "<p " + " ".join(f"a{number}=1" for number in range(20_000)) + ">We cure knees.",
        f'<p title="{"x" * 1_000_000}">We cure knees.',
        "<br>" * 200_000 + "We cure knees.",
        "<p>We cure knees.</p><script>" + "x" * 1_000_000,
        "<" * 200_000 + " We cure knees.",
        "We cure knees." + "&" * 200_000,
        "<p>\0\ud800</p><p>We cure knees.",
        "<details>" * 10_000 + "We cure knees.",
        "<template>" * 10_000 + "<p>We cure knees.",
        "<ul><li>" * 20_000 + "We cure knees.",
        "<svg><g>" * 200 + "<text>We cure knees.",
        "<div><template ShadowRootMode=open><p>We cure knees.</template></div>",
    ],
    ids=[
        "deep", "formatting", "adoption", "tables", "attributes", "attribute", "breaks", "script", "angles", "ampersands",
        "surrogates", "details", "templates", "lists", "drawing", "shadow root",
    ],
)  # fmt: skip
def test_hostile_markup_hides_no_text(markup: str) -> None:
    """However markup is bent, the words on the page are read."""
    assert any("We cure knees." in block.text for block in walk_markup(markup).blocks)


def test_words_about_shadow_roots_stay_as_they_are() -> None:
    """What is renamed for the parser's sake is renamed in no page without templates."""
    assert ["The attribute is called ShadowRootMode."] == [
        block.text for block in walk_markup("<p>The attribute is called ShadowRootMode.").blocks
    ]


@pytest.mark.parametrize("depth", [400, 600, 5000])
def test_no_depth_turns_code_into_text(depth: int) -> None:
    """However deep they stand, scripts and styles are no text, and hidden words and quotations are known as such."""
    inner = (
        "<script>var cure = '<p>all';</script><style>.cure {}</style><script src=a></script>We cure knees.<br>Always. "
        "<blockquote>It helped, said Bo.</blockquote><p hidden>Not shown.<div>Shown.</div>"
        "<noscript><p>Turn it on.</p></noscript><ul><li>One<li><img src=x alt='A knee'>Two</ul></p>"
        "<svg><path d=z /><text>Drawn.</text></svg>"
    )
    content = walk_markup("<div>" * depth + inner + "</div>" * depth + "<p>The end.")

    assert [
        ("We cure knees.", None, False),
        ("Always.", None, False),
        ("It helped, said Bo.", "quotation", False),
        ("Not shown.", None, True),
        ("Shown.", None, False),
        ("Turn it on.", None, True),
        ("One", None, False),
        ("A knee", None, False),
        ("Two", None, False),
        ("Drawn.", None, False),
        ("The end.", None, False),
    ] == [(block.text, block.block, block.hidden) for block in content.blocks]
    assert ["var cure = '<p>all';"] == content.scripts
    assert ["a"] == content.loaded
