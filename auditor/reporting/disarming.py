"""Make a saved page inert, and mark words in it.

beautifulsoup4 reads the page; the copy is written anew from what is listed here, so that an element or attribute that
nobody thought of is not in it. Nothing in it holds raw text but style sheets, which hold no ``<``: every parser reads it
alike. Its own ways to edit a tree cost as much as an element has neighbours, which a hostile page has by the million.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from auditor.reporting.cleaning import clean_text
from auditor.reporting.styles import disarm_declarations, disarm_sheet, is_hiding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bs4 import BeautifulSoup
    from bs4.element import PageElement, Tag

    from auditor.reporting.locating import Piece

LONGEST_MARKUP = 5_000_000
"""Characters beyond which a page is not copied."""
OWN = "auditor-"
"""What every class and identifier of ours begins with, and none of the page's."""

_MOST_STYLE = 1_000_000
_LONGEST_PICTURE = 500_000
_MOST_PICTURES = 3_000_000
_LONGEST_VALUE = 1_000
_MOST_FRAMES = 20

_KEPT = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "dir",
        "div",
        "dl",
        "dt",
        "em",
        "fieldset",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "i",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "search",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_BLOCKS = frozenset(
    [
        "form",
        "dialog",
        "noscript",
        "template",
        "object",
        "video",
        "audio",
        "canvas",
        "noframes",
        "frameset",
        "marquee",
        "iframe",
        "frame",
        "optgroup",
    ]
)
"""Elements that show as a plain block in the copy."""
_PREFORMATTED = frozenset(("xmp", "listing", "plaintext", "textarea"))
_TRANSPARENT = frozenset(("html", "head", "body"))
_EMPTIED = frozenset(
    [
        "script",
        "style",
        "title",
        "meta",
        "link",
        "base",
        "embed",
        "source",
        "track",
        "area",
        "param",
        "noembed",
        "basefont",
        "bgsound",
        "keygen",
        "img",
        "amp-img",
        "input",
        "svg",
        "math",
    ]
)
"""Elements whose content is not copied."""
_VOID = frozenset(("br", "col", "hr", "img", "wbr"))
_DRAWN = ("text", "foreignobject", "mtext")
_PLAIN_VALUES = frozenset(
    [
        "class",
        "id",
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
        "cellpadding",
        "cellspacing",
        "start",
        "reversed",
        "hidden",
        "datetime",
        "scope",
        "title",
        "nowrap",
    ]
)
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_PIXEL = frozenset(("0", "1", "2", "0px", "1px"))
_BUTTONS = frozenset(("submit", "button", "reset", "image"))
_MEDIA = re.compile(r"[\w\s().,:/-]{1,200}")
# Directions that the page turns would turn our numbers too.
_ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Mark(NamedTuple):
    """A mark to be set: its number, what it says to who cannot see it, and whether it is a strength."""

    number: int
    label: str
    good: bool


@dataclass(slots=True)
class _Element:
    """An element of the copy."""

    name: str
    attributes: dict[str, str]
    parent: _Element | None = None
    concealed: bool = False
    """Whether the markup hides it, but for ``details``, which the copy opens."""


@dataclass(slots=True)
class _Text:
    """A text of the copy."""

    text: str
    parent: _Element
    markup: str = ""
    """The same with its marks."""


class _End(NamedTuple):
    element: _Element


@dataclass(slots=True)
class Copy:
    """An inert copy of a page."""

    nodes: list[_Element | _Text | _End] = field(default_factory=list)
    texts: list[_Text] = field(default_factory=list)
    asides: set[int] = field(default_factory=set)
    """Numbers of texts that were attributes, such as alternative texts."""
    concealed: set[int] = field(default_factory=set)
    """Numbers of texts that the markup hides."""
    styles: list[str] = field(default_factory=list)
    attributes: dict[str, dict[str, str]] = field(default_factory=lambda: {"html": {}, "body": {}})
    room: int = _MOST_PICTURES
    """How many characters of pictures may still be kept."""

    @property
    def runs(self) -> list[str]:
        """Its texts, in order."""
        return [text.text for text in self.texts]


def disarm_page(markup: str) -> Copy:
    """Return the inert copy of the page *markup*."""
    copy = Copy()
    _walk(_parse(markup), copy)
    return copy


def mark_texts(copy: Copy, marks: Mapping[Mark, Sequence[Piece]]) -> None:
    """Set *marks* in *copy*, each with its number in front of its first words."""
    stretches: dict[int, list[tuple[int, int, Mark]]] = {}
    first: dict[tuple[int, int], list[Mark]] = {}
    for mark, pieces in marks.items():
        for piece in pieces:
            stretches.setdefault(piece.run, []).append((piece.start, piece.end, mark))
        first.setdefault((pieces[0].run, pieces[0].start), []).append(mark)
    for run, lying in stretches.items():
        text = copy.texts[run]
        edges = {edge for start, end, _ in lying for edge in (start, end)}
        for start, end in pairwise(sorted({0, len(text.text), *edges})):
            text.markup += "".join(_write_number(mark) for mark in first.get((run, start), ()))
            over = [mark for low, high, mark in lying if low <= start and end <= high]
            text.markup += _write_mark(text.text[start:end], over)
        _prepare_parents(text.parent)


def write_body(copy: Copy) -> str:
    """Return what stands in the body of *copy*, as markup."""
    return "".join(_write_nodes(copy.nodes))


# --- reading -----------------------------------------------------------------------------------


def _parse(markup: str) -> BeautifulSoup:
    from warnings import catch_warnings, simplefilter

    from bs4 import BeautifulSoup

    with catch_warnings():
        simplefilter("ignore")  # a page may look like a file name, or like XML: it is a page all the same
        return BeautifulSoup(markup, "html.parser", multi_valued_attributes=None, on_duplicate_attribute="ignore")


def _walk(soup: BeautifulSoup, copy: Copy) -> None:
    """Copy all that *soup* holds, however deep."""
    from bs4.element import NavigableString, PreformattedString, Tag

    root = _Element("", {})
    open_elements: list[tuple[Iterator[PageElement], _Element, bool]] = [(iter(soup.contents), root, False)]
    framed = 0
    while open_elements:
        children, element, closes = open_elements[-1]
        node = next(children, None)
        if node is None:
            open_elements.pop()
            if closes:
                copy.nodes.append(_End(element))
            continue
        if isinstance(node, Tag):
            inner = _copy_element(node, element, copy)
            if inner is not None:
                contents = node.contents
                if node.name == "iframe":
                    framed += 1
                    contents = _parse(str(node.get("srcdoc") or "")).contents if framed < _MOST_FRAMES else []
                open_elements.append((iter(contents), inner, inner is not element))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            _add_text(str(node), element, copy)


def _copy_element(tag: Tag, parent: _Element, copy: Copy) -> _Element | None:
    """Add what stands for *tag*, and return what holds its content; ``None`` if nothing does."""
    name = tag.name
    if name == "style":
        _keep_style(tag, copy)
    elif name in {"img", "amp-img"}:
        _add_image(tag, parent, copy)
    elif name == "input":
        _add_field(tag, parent, copy)
    elif name in {"svg", "math"}:
        _add_drawing(tag, parent, copy)
    if name in _EMPTIED:
        return None
    if name in _TRANSPARENT:
        if name in copy.attributes:
            copy.attributes[name] = _keep_attributes(tag) | copy.attributes[name]
        return parent
    return _open_element(tag, parent, copy)


def _open_element(tag: Tag, parent: _Element, copy: Copy) -> _Element:
    name = tag.name
    element = _Element(_rename(name), _keep_attributes(tag), parent)
    shadow = tag.has_attr("shadowrootmode") or tag.has_attr("data-shadowroot")
    if name == "noscript" or (name == "dialog" and not tag.has_attr("open")) or (name == "template" and not shadow):
        element.attributes["hidden"] = ""
    if name == "details":
        element.attributes["open"] = ""
    if name in {"button", "option"}:
        element.attributes["class"] = f"{element.attributes.get('class', '')} {OWN}{name}".strip()
    hides = "hidden" in element.attributes or is_hiding(element.attributes.get("style", ""))
    element.concealed = parent.concealed or hides
    copy.nodes.append(element)
    if name in {"iframe", "frame"} and not tag.get("srcdoc"):
        _add_span("Embedded page", "label", element, copy)
    shown = tag.get({"optgroup": "label", "textarea": "placeholder"}.get(name, ""))
    if shown:
        _add_span(str(shown), "field", element, copy)
    if element.name in _VOID:
        copy.nodes.append(_End(element))
    return element


def _rename(name: str) -> str:
    if name in _BLOCKS:
        return "div"
    if name in _PREFORMATTED:
        return "pre"
    return name if name in _KEPT else "span"


def _keep_attributes(tag: Tag) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in tag.attrs.items():
        text = _ACTING.sub("", str(value if value is not None else ""))[:_LONGEST_VALUE]
        if name == "style":
            text = disarm_declarations(text)
        elif name in {"class", "id"}:
            text = " ".join(word for word in text.split() if not word.lower().startswith(OWN))
        if name in _PLAIN_VALUES and (text or name not in {"class", "id", "style"}):
            kept[name] = text
    if tag.name == "a" and tag.get("href"):
        kept["title"] = clean_text(f"Leads to {tag['href']}", 300)
    return kept


def _keep_style(tag: Tag, copy: Copy) -> None:
    sheet = disarm_sheet("".join(tag.strings))
    media = str(tag.get("media") or "")
    if not sheet.strip() or sum(map(len, copy.styles)) + len(sheet) > _MOST_STYLE:
        return
    if not media or _MEDIA.fullmatch(media):
        copy.styles.append(f'<style media="{media}">{sheet}</style>' if media else f"<style>{sheet}</style>")


# --- what shows in the place of what goes ------------------------------------------------------


def _add_image(tag: Tag, parent: _Element, copy: Copy) -> None:
    """Show a picture that the page brings along, and the words that stand for it."""
    source, text = str(tag.get("src") or ""), str(tag.get("alt") or "").strip()
    kept = len(source) <= min(_LONGEST_PICTURE, copy.room) and _PICTURE.fullmatch(source) is not None
    if kept:
        copy.room -= len(source)
        picture = _Element("img", _keep_attributes(tag) | {"src": source, "alt": ""}, parent)
        copy.nodes.extend((picture, _End(picture)))
    if text and len(text) <= 2 and not text.isalnum():
        _add_text(text, parent, copy)  # an emoji drawn as an image
    elif text:
        _add_span(text, "image", parent, copy)
    elif not kept and not tag.has_attr("alt") and tag.get("width") not in _PIXEL:
        _add_span("Image", "label", parent, copy)


def _add_field(tag: Tag, parent: _Element, copy: Copy) -> None:
    """Show what a field or a button says before anybody touches it."""
    kind = str(tag.get("type") or "text").strip().lower()
    if kind in _BUTTONS:
        text = str(tag.get("value") or tag.get("alt") or "")
        if text:
            _add_span(text, "press", parent, copy)
    elif kind not in {"hidden", "checkbox", "radio"}:
        _add_span(str(tag.get("placeholder") or "\xa0"), "field", parent, copy)


def _add_drawing(tag: Tag, parent: _Element, copy: Copy) -> None:
    """Keep of a drawing or formula only its words."""
    words = [str(text) for drawn in tag.find_all(_DRAWN) for text in drawn.find_all(string=True, recursive=False)]
    if words:
        span = _Element("span", {}, parent, parent.concealed)
        copy.nodes.append(span)
        for word in words:
            _add_text(f"{word} ", span, copy)
        copy.nodes.append(_End(span))


def _add_span(text: str, look: str, parent: _Element, copy: Copy) -> None:
    span = _Element("span", {"class": f"{OWN}{look}"}, parent, parent.concealed)
    copy.nodes.append(span)
    if look == "label":
        copy.nodes.append(_Text(text, span))  # ours, and nothing to be found in
    else:
        copy.asides.add(len(copy.texts))
        _add_text(text[: 4 * _LONGEST_VALUE], span, copy)
    copy.nodes.append(_End(span))


def _add_text(text: str, parent: _Element, copy: Copy) -> None:
    if parent.concealed:
        copy.concealed.add(len(copy.texts))
    node = _Text(_ACTING.sub("", text), parent)
    copy.nodes.append(node)
    copy.texts.append(node)


# --- writing -----------------------------------------------------------------------------------


def _write_nodes(nodes: Iterable[_Element | _Text | _End]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _Text):
            yield node.markup or escape(node.text, quote=False)
        elif isinstance(node, _Element):
            values = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
            yield f"<{node.name}{values}>"
        elif node.element.name not in _VOID:
            yield f"</{node.element.name}>"


def _write_mark(text: str, over: Sequence[Mark]) -> str:
    if not over:
        return escape(text, quote=False)
    look = f"{OWN}mark {OWN}good" if all(mark.good for mark in over) else f"{OWN}mark"
    return f'<mark class="{look}">{escape(text, quote=False)}</mark>'


def _write_number(mark: Mark) -> str:
    label = escape(mark.label)
    return (
        f'<a class="{OWN}number" id="{OWN}mark-{mark.number}" href="#{OWN}note-{mark.number}"'
        f' aria-label="{label}">{mark.number}</a>'
    )


def _prepare_parents(element: _Element | None) -> None:
    """Make what holds a mark show, and no link: links cannot hold the link that a number is."""
    while element is not None and element.attributes.get("class", "").split()[-1:] != [f"{OWN}holds"]:
        if element.name == "a":
            element.name = "span"
        element.attributes["class"] = f"{element.attributes.get('class', '')} {OWN}holds".strip()
        element = element.parent
