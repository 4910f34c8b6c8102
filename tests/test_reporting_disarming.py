"""The inert copy of a page: what is kept, what goes, what shows in the place of what goes."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from auditor.reporting.disarming import Mark, disarm_page, mark_texts, write_body
from auditor.reporting.locating import Piece

ATTACKS = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1)>x</p>",
    "<img src=https://x.example/a.png onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=https://x.example/ ping=https://x.example/p target=_top>x</a>",
    "<form action=https://x.example/ method=post><input name=a formaction=https://x.example/><button>x</button></form>",
    "<iframe src=https://x.example/></iframe>",
    "<iframe srcdoc='<script>alert(1)</script><p onclick=alert(1)>x</p>'></iframe>",
    "<object data=x.swf><embed src=x.swf></object>",
    "<meta http-equiv=refresh content='0;url=https://x.example/'>",
    "<base href=https://x.example/>",
    "<link rel=preload as=image href=https://x.example/a.png><link rel=stylesheet href=https://x.example/a.css>",
    "<svg><use href=https://x.example/a.svg#x></use><script>alert(1)</script><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<video poster=https://x.example/a.png src=https://x.example/a.mp4 autoplay><source src=x><track src=x></video>",
    "<img srcset='https://x.example/a.png 1x' src=data:image/svg+xml,<svg/onload=alert(1)>>",
    "<picture><source srcset=https://x.example/a.png><img src=https://x.example/a.png alt=Knee></picture>",
    "<table background=https://x.example/a.png><tr><td background=https://x.example/a.png>x</table>",
    "<p style='background: url(https://x.example/a.png)'>x</p>",
    "<style>@import 'https://x.example/a.css'; p { background: u\\72l(https://x.example/a.png) }</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)><details ontoggle=alert(1)>x</details>",
    "<body onload=alert(1) background=https://x.example/a.png><frameset><frame src=https://x.example/></frameset>",
    "<applet code=x></applet><portal src=https://x.example/></portal><fencedframe src=https://x.example/></fencedframe>",
    "<template shadowrootmode=open><img src=x onerror=alert(1)></template><template><script>alert(1)</script></template>",
    "<p id=auditor-notes class='auditor-note auditor-label'>x</p>",
    "<div popover id=a>x</div><button popovertarget=a commandfor=a>x</button>",
]
HARMLESS = frozenset(
    [
        "id",
        "class",
        "style",
        "lang",
        "dir",
        "align",
        "valign",
        "width",
        "height",
        "colspan",
        "rowspan",
        "bgcolor",
        "color",
        "face",
        "size",
        "border",
        "hidden",
        "open",
        "title",
        "datetime",
        "scope",
        "alt",
        "src",
        "cellpadding",
        "cellspacing",
        "start",
        "reversed",
        "nowrap",
    ]
)


class Tags(HTMLParser):
    """Every element and attribute of a piece of markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: dict[str, str] = {}
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.add(tag)
        self.attributes.update({name: value or "" for name, value in attrs})


def copy_body(markup: str) -> str:
    """Return what the copy of *markup* shows."""
    return write_body(disarm_page(markup))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_the_copy_acts(attack: str) -> None:
    """No element runs, sends, loads or leads anywhere, whatever the page tries."""
    copy = disarm_page(f"<p>Before</p>{attack}<p>After</p>")
    body = write_body(copy)
    tags = Tags(body)

    forbidden = {
        "script",
        "iframe",
        "form",
        "input",
        "button",
        "object",
        "embed",
        "svg",
        "math",
        "meta",
        "base",
        "link",
        "style",
    }
    assert set() == tags.names & (
        forbidden | {"video", "audio", "source", "template", "noscript", "textarea", "title", "xmp"}
    )
    assert (
        set() == (tags.attributes.keys() | copy.attributes["html"].keys() | copy.attributes["body"].keys()) - HARMLESS
    )
    assert "src" not in tags.attributes
    assert not any("x.example" in value and name != "title" for name, value in tags.attributes.items())
    assert "x.example" not in "".join(copy.styles)
    assert not any(value.startswith("auditor-n") for value in tags.attributes.values())
    assert "Before" in body


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p class=lead lang=de>Gut</p>", '<p class="lead" lang="de">Gut</p>'),
        ("<p class=a class=b>x</p>", '<p class="a">x</p>'),
        ("<img src=a.png alt='A knee'>", '<span class="auditor-image">A knee</span>'),
        ("<img src=a.png alt='✓'>", "✓"),
        ("<img src=a.png>", '<span class="auditor-label">Image</span>'),
        ("<img src=a.png width=1 height=1>", ""),
        ("<img src='data:image/png;base64,AAAA' alt=''>", '<img src="data:image/png;base64,AAAA" alt="">'),
        ("<input type=submit value=Book>", '<span class="auditor-press">Book</span>'),
        ("<input placeholder=Name>", '<span class="auditor-field">Name</span>'),
        ("<input type=hidden value=x>", ""),
        ("<button class=big>Book</button>", '<span class="big auditor-button">Book</span>'),
        ("<details><summary>More</summary>x</details>", '<details open=""><summary>More</summary>x</details>'),
        ("<a href='https://a.example/b'>Go</a>", '<a title="Leads to https://a.example/b">Go</a>'),
        ("<svg><title>No</title><text>Cured</text></svg>", "<span>Cured </span>"),
        ("<iframe src=x></iframe>", '<div><span class="auditor-label">Embedded page</span></div>'),
        ("<iframe srcdoc='<p>We cure.</p>'></iframe>", "<div><p>We cure.</p></div>"),
        ("<x-card>We cure.</x-card>", "<span>We cure.</span>"),
        ("<p>a\u202eb\x07</p>", "<p>ab</p>"),
        ("<p>1 < 2 &amp; <b>3</b>", "<p>1 &lt; 2 &amp; <b>3</b></p>"),
    ],
)  # fmt: skip
def test_the_copy_shows_what_a_visitor_saw(markup: str, expected: str) -> None:
    """Words stay, with the looks that do no harm; where something goes, its words show."""
    assert expected == copy_body(markup)


def test_style_sheets_go_to_the_head() -> None:
    """Harmless style sheets are kept with their medium, and stand nowhere else."""
    copy = disarm_page("<style media=print>p { color: red }</style><p>x</p>")

    assert (['<style media="print">p { color: red }</style>'], "<p>x</p>") == (copy.styles, write_body(copy))


def test_what_the_markup_hides_is_known() -> None:
    """Hidden texts are in the copy, and known for what they are; what is folded is opened and shows."""
    copy = disarm_page(
        "<p>a<p hidden>b</p><div style='display:none'><i>c</i></div><details>d</details><noscript>e</noscript>"
    )

    assert ["b", "c", "e"] == [copy.runs[number] for number in sorted(copy.concealed)]


def test_marks_are_set_in_place() -> None:
    """Each mark has its number in front; marks overlap, and no number stands inside a link."""
    copy = disarm_page('<p><a href="x">We cure</a> knees.</p>')
    one, two = Mark(1, "high, Cures", good=False), Mark(2, "strength, Knees", good=True)

    mark_texts(copy, {one: [Piece(0, 3, 7), Piece(1, 0, 6)], two: [Piece(1, 1, 6)]})
    body = write_body(copy)

    number = '<a class="auditor-number" id="auditor-mark-{0}" href="#auditor-note-{0}" aria-label="{1}">{0}</a>'
    assert body == (
        f'<p class="auditor-holds"><span title="Leads to x" class="auditor-holds">We {number.format(1, "high, Cures")}'
        f'<mark class="auditor-mark">cure</mark></span><mark class="auditor-mark"> </mark>{number.format(2, "strength, Knees")}'
        '<mark class="auditor-mark">knees</mark>.</p>'
    )


@pytest.mark.parametrize(
    "markup", ["<div>" * 20_000 + "We cure.", "<p>" * 20_000 + "We cure.", f'<p title="{"x" * 1_000_000}">We cure.', "<" * 50_000 + "We cure.", "\x01<br>" * 20_000 + "We cure.", "<img>" * 20_000 + "We cure.", "<svg>" * 5_000 + "</svg>" * 5_000 + "We cure."]
)  # fmt: skip
def test_bent_markup_is_copied(markup: str) -> None:
    """Depth, length and litter neither stop the copy nor hide its words."""
    assert "We cure." in copy_body(markup)
