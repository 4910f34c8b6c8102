"""The walk over a page: roles, landmarks, sections, blocks and what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor.reading.passages import walk_markup

if TYPE_CHECKING:
    from auditor.reading.content import Block


def roles(markup: str) -> list[tuple[str, str]]:
    """Return role and text of every passage."""
    return [(block.role, block.text) for block in walk_markup(markup).blocks]


def find_block(markup: str, text: str) -> Block:
    """Return the passage that reads *text*."""
    return next(block for block in walk_markup(markup).blocks if block.text == text)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<title>Knees</title>", [("title", "Knees")]),
        ("<svg><title>Logo</title></svg><title>Knees</title>", [("title", "Knees")]),
        ('<meta name="description" content="Best knees.">', [("meta", "Best knees.")]),
        ('<title>Knees</title><meta property="og:title" content="Knees">', [("title", "Knees")]),
        ("<h2>One</h2><p>Two</p>three<div>four</div>", [("heading", "One"), ("paragraph", "Two"), ("paragraph", "three"), ("paragraph", "four")]),
        ("<ul><li>One<li><p>Two</p></ul>", [("list_item", "One"), ("list_item", "Two")]),
        ("<table><caption>Prices</caption><tr><th>Knee<td>9 €</table>", [("caption", "Prices"), ("table_cell", "Knee"), ("table_cell", "9 €")]),
        (f"<table><tr><td>{'Long text of a page laid out in a table. ' * 6}</table>", [("paragraph", ("Long text of a page laid out in a table. " * 6).strip())]),
        ("<figure><img src=k.jpg alt='A knee'><figcaption>Ours</figcaption></figure>", [("alt", "A knee"), ("caption", "Ours")]),
        ("<blockquote><p>Great.</p></blockquote>", [("quote", "Great.")]),
        ("<p><q>All in quotes.</q></p><p>Not <q>all</q>.</p>", [("quote", "All in quotes."), ("paragraph", "Not all.")]),
        ("<button>Book <b>now</b></button>", [("button", "Book now")]),
        ("<input type=submit value='Get a quote'><input type=hidden value=x>", [("button", "Get a quote")]),
        ("<a class='btn' href=/q>Ask us</a>", [("button", "Ask us")]),
        ("<div role=button>Ask us</div>", [("button", "Ask us")]),
        ("<p>Please <a class='cta' href=/q>ask us</a> today.</p>", [("paragraph", "Please ask us today.")]),
        ("<h3><button>Why?</button></h3>", [("heading", "Why?")]),
        ("<label>Name <input name=n placeholder='Full name'></label>", [("label", "Name"), ("label", "Full name")]),
        ("<select><option>Knee<option>Hip</select>", [("label", "Knee"), ("label", "Hip")]),
        ("<a href=/a>Home</a> <a href=/b>About</a>", [("link", "Home"), ("link", "About")]),
        ("<a href=/a><h3>Card</h3><p>One.</p><p>Two.</p></a>", [("heading", "Card"), ("paragraph", "One."), ("paragraph", "Two.")]),
        ("<p>See <a href=/a>this page</a>.</p>", [("paragraph", "See this page.")]),
        ("<p>We <b>cu</b>re <!-- x -->knees</p>", [("paragraph", "We cure knees")]),
        ("<p>Knee Street 3<br>Kneetown</p>", [("paragraph", "Knee Street 3 Kneetown")]),
        ("<p>We help.<br>You heal.</p>", [("paragraph", "We help."), ("paragraph", "You heal.")]),
        ("<p>We offer<br><br>- knees<br>- hips</p>", [("paragraph", "We offer"), ("list_item", "- knees"), ("list_item", "- hips")]),
        ("<p>再生<br>医療</p>", [("paragraph", "再生医療")]),
        ("<p>この<ruby>治療<rp>(</rp><rt>ちりょう</rt><rp>)</rp></ruby>は<ruby>癌<rt>がん</ruby>を</p>", [("paragraph", "この治療は癌を")]),
        ("<p><ruby>See<rt>We <b>cure</b> knees of all ages.</rt></ruby> us</p>", [("paragraph", "See us"), ("caption", "We cure knees of all ages.")]),
        ("<p>Good <img class=emoji alt='✅' src=e.png> knees", [("paragraph", "Good ✅ knees")]),
        ("<style>p{}</style><script>x</script><svg><desc>y</desc></svg><p>z", [("paragraph", "z")]),
        ("<p>We <svg><g><path d=M0/><text>cu<tspan>re</tspan></text></g><title>x</title></svg> knees</p>", [("paragraph", "We cure knees")]),
        ("<svg><foreignObject><p>We cure.</p></foreignObject><style>x</style></svg>y", [("paragraph", "We cure."), ("paragraph", "y")]),
        ("<math><mtext>We cure.</mtext><mi>x</mi></math>", [("paragraph", "We cure.")]),
        ("<h2>One</h2><iframe srcdoc='<title>x</title><p>We cure.<iframe srcdoc=y></iframe>'></iframe>", [("heading", "One"), ("paragraph", "We cure.")]),
        ("<p>Hello {{ name }} <% if x %></p>", [("paragraph", "Hello {{ name }} <% if x %>")]),
        ("<body><p>One</body><body class=b><p>Two", [("paragraph", "One"), ("paragraph", "Two")]),
        ("<frameset><noframes>No frames</noframes></frameset>", [("paragraph", "No frames")]),
        ('<p class="a>One</p><p class="b">Two</p>', [("paragraph", "Two")]),
    ],
)  # fmt: skip
def test_every_block_is_a_passage_with_its_role(markup: str, expected: list[tuple[str, str]]) -> None:
    """One passage a block, in document order; inline elements and script do not split or add words."""
    assert expected == roles(markup)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<header><p>x</p></header>", "header"),
        ("<nav><p>x</p></nav>", "nav"),
        ("<main><p>x</p></main>", "main"),
        ("<article><p>x</p></article>", "main"),
        ("<main><header><p>x</p></header></main>", "main"),
        ("<main><aside><p>x</p></aside></main>", "aside"),
        ("<footer><p>x</p></footer>", "footer"),
        ("<div role=contentinfo><p>x</p></div>", "footer"),
        ("<div id=footer><p>x</p></div>", "footer"),
        ("<p>x</p>", "body"),
        ("<p><span class=footer>x</span></p>", "body"),
    ],
)
def test_a_passage_knows_its_landmark(markup: str, expected: str) -> None:
    """Landmarks come from elements, roles and customary classes of blocks."""
    assert expected == find_block(markup, "x").landmark


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p hidden>x</p>", True),
        ("<div style='color:red; display: none'><p>x</p></div>", True),
        ("<p style='visibility:hidden'>x</p>", True),
        ("<p style='position: absolute; left: -9999px'>x</p>", True),
        ("<p>We <span style='font-size: 0'>x</span> cure</p>", True),
        ("<p><span style='font-size: 0.8em'>x</span></p>", False),
        ("<div style='font-size:0'><p style='font-size:1rem'>x</p></div>", False),
        ("<details><summary>More</summary><p>x</p></details>", True),
        ("<details><summary>x</summary><p>More</p></details>", False),
        ("<details open><summary>More</summary><p>x</p></details>", False),
        ("<body><noscript><p>x</p></noscript>", True),
        ("<template><p>x</p></template>", True),
        ("<dialog><p>x</p></dialog>", True),
        ("<p aria-hidden=true>x</p>", False),
        ("<p>x</p>", False),
    ],
)
def test_what_does_not_show_is_kept_and_marked(markup: str, expected: bool) -> None:
    """Hidden and closed parts are read, and told apart from what shows."""
    assert expected is find_block(markup, "x").hidden


def test_hidden_words_do_not_break_what_shows() -> None:
    """Words hidden within a line stand behind it, marked, and the line reads on."""
    blocks = walk_markup("<p>We cu<span hidden>not at all</span>re knees</p>").blocks

    assert [("We cure knees", False), ("not at all", True)] == [(block.text, block.hidden) for block in blocks]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h1>A</h1><h2>B</h2><p>x", ("A", "B")),
        ("<h1>A</h1><h2>B</h2><h2>C</h2><p>x", ("A", "C")),
        ("<h2>A</h2><nav><h3>Menu</h3></nav><p>x", ("A",)),
        ("<nav><h3>Menu</h3><p>x</nav>", ("Menu",)),
        ("<header><h1>A</h1></header><main><p>x</main>", ("A",)),
        ("<div hidden><h2>Popup</h2></div><p>x", ()),
        ("<h2><img alt='A knee' src=k.png></h2><p>x", ()),
    ],
)
def test_a_passage_knows_the_headings_above_it(markup: str, expected: tuple[str, ...]) -> None:
    """Sections follow the ranks of headings; menus and closed parts keep theirs."""
    assert expected == find_block(markup, "x").section


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<div class=testimonials><p>x</p></div>", "testimonial"),
        ("<h2>Patient stories</h2><p>x", "testimonial"),
        ("<h2>Patient stories</h2><h3>Bo</h3><p>x", "testimonial"),
        ("<h2>Patient stories</h2><p>y<h2>Prices</h2><p>x", None),
        ("<div class=testimonial><blockquote>x</blockquote></div>", "testimonial"),
        ("<blockquote>x</blockquote>", "quotation"),
        ("<h2>FAQ</h2><h2>Does it hurt?</h2><p>x", "faq"),
        ("<div itemscope itemtype='https://schema.org/FAQPage'><p>x</div>", "faq"),
        ("<h2>References</h2><ul><li>x</ul>", "references"),
        ("<p>References</p><ul><li>x</ul>", "references"),
        ("<h2>References</h2><button>x</button>", None),
        ("<h2>References</h2><p>Our cells reach every joint in your body at once.</p><p>x", None),
        ("<div class=disclaimer><p>x</div>", "disclaimer"),
        ("<p>x", None),
    ],
)
def test_a_passage_knows_its_block(markup: str, expected: str | None) -> None:
    """Classes, headings and elements say what a passage is part of; running text is no reference."""
    assert expected == find_block(markup, "x").block


def test_an_element_may_have_its_own_language() -> None:
    """A lang attribute is kept for the passages inside it."""
    blocks = walk_markup("<html lang=en><p>One</p><p lang='zh-CN'>二</p>").blocks

    assert [None, "zh"] == [block.language for block in blocks]


def test_links_know_the_passage_that_holds_them() -> None:
    """A link in a sentence points to it, a link around an image to its alternative text."""
    content = walk_markup(
        "<p>One</p><p>See <a href=/a>two</a></p><a href=/b><img src=k.png alt=Knee></a><a href=/c aria-label=Chat></a>"
    )

    assert [("/a", ["two"], 1), ("/b", ["Knee"], 2), ("/c", ["Chat"], None)] == [
        (anchor.href, anchor.parts, anchor.passage) for anchor in content.anchors
    ]


def test_facts_marked_in_the_markup_are_noted() -> None:
    """Microdata, rel and customary classes name author and dates."""
    content = walk_markup(
        "<a rel=author href=/m>Ann Bolt</a><time class=published datetime=2020-01-02>x</time><meta itemprop=dateModified content=2021-03-04>"
        "<span itemprop=reviewedBy>Carl Dent</span>"
    )

    assert {"author": "Ann Bolt", "published": "2020-01-02", "reviewer": "Carl Dent"} == content.marked
    assert "2021-03-04" == content.meta["datemodified"]


def test_images_without_words_are_counted() -> None:
    """Pictures without alternative text count, measuring pixels do not."""
    assert 2 == walk_markup("<img src=a><img src=b alt=''><img src=c alt=Knee><img src=d width=1 height=1>").images
