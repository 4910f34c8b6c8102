"""Make a saved page inert, and mark words in it: the one place that edits a tree of markup.

What is kept is listed, not what goes: an element or attribute that nobody thought of is not in the copy. So the copy
means the same to every parser: nothing in it holds raw text but style sheets, which hold no ``<``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.reporting.cleaning import clean_text
from auditor.reporting.styles import disarm_declarations, disarm_sheet, is_hiding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bs4 import BeautifulSoup
    from bs4.element import NavigableString, Tag

    from auditor.reporting.locating import Piece

LONGEST_MARKUP = 5_000_000
"""Characters beyond which a page is not copied."""
OWN = "auditor-"
"""What every class and identifier of ours begins with, and none of the page's."""

_MOST_STYLE = 1_000_000
_LONGEST_PICTURE = 500_000
_MOST_PICTURES = 3_000_000
_LONGEST_VALUE = 1_000

_KEPT = frozenset(
    "a abbr address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del details"
    " dfn dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr html i ins kbd label"
    " legend li main menu nav ol p pre q rp rt ruby s samp search section small span strike strong sub summary sup table"
    " tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_BLOCKS = frozenset(
    "form dialog noscript template object video audio canvas noframes frameset marquee iframe frame optgroup".split()
)
"""Elements that show as a plain block in the copy."""
_PREFORMATTED = frozenset(("xmp", "listing", "plaintext", "textarea"))
_GONE = frozenset(
    "script style head title meta link base embed source track area param noembed basefont bgsound keygen".split()
)
_DRAWN = ("text", "foreignobject", "mtext")
_PLAIN_VALUES = frozenset(
    "class id style lang dir align valign width height colspan rowspan bgcolor color face size border cellpadding cellspacing"
    " start reversed hidden datetime scope title nowrap".split()
)
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_PIXEL = frozenset(("0", "1", "2", "0px", "1px"))
_BUTTONS = frozenset(("submit", "button", "reset", "image"))
_MEDIA = re.compile(r"[\w\s().,:/-]{1,200}")
# Directions that the page turns would turn our numbers too.
_ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_GIVEN = frozenset(f"{OWN}{look}" for look in ("image", "field", "press"))
"""Classes of words that stood in attributes."""


class Copy(NamedTuple):
    """An inert copy of a page, with its texts in order."""

    soup: BeautifulSoup
    texts: list[NavigableString]
    asides: frozenset[int]
    """Numbers of texts that were attributes, such as alternative texts."""
    concealed: frozenset[int]
    """Numbers of texts that the markup itself hides, but for those in ``details``, which the copy opens."""
    style: str
    """Style elements for the head."""


class Mark(NamedTuple):
    """A mark to be set: its number, what it says to who cannot see it, and whether it is a strength."""

    number: int
    label: str
    good: bool


def disarm_page(markup: str) -> Copy:
    """Return the inert copy of the page *markup*."""
    soup = _parse(markup)
    styles = _collect_styles(soup)
    _inline_frames(soup)
    pictures = _MOST_PICTURES
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        pictures -= _disarm(tag, soup, pictures)
    return _read_texts(soup, styles)


def mark_texts(copy: Copy, marks: Mapping[Mark, Sequence[Piece]]) -> None:
    """Set *marks* in *copy*, each with its number in front of its first words."""
    by_run: dict[int, list[tuple[int, int, Mark]]] = {}
    first: dict[tuple[int, int], list[Mark]] = {}
    for mark, pieces in marks.items():
        for piece in pieces:
            by_run.setdefault(piece.run, []).append((piece.start, piece.end, mark))
        first.setdefault((pieces[0].run, pieces[0].start), []).append(mark)
    for run, stretches in by_run.items():
        _mark_text(copy, run, stretches, first)


def write_body(copy: Copy) -> tuple[dict[str, dict[str, str]], str]:
    """Return the attributes of the copy's ``html`` and ``body``, and what stands in them, as markup."""
    attributes: dict[str, dict[str, str]] = {}
    for name in ("html", "body"):
        attributes[name] = {}
        for tag in copy.soup.find_all(name):
            attributes[name] = {key: str(value) for key, value in tag.attrs.items()} | attributes[name]
            tag.unwrap()
    return attributes, copy.soup.decode(formatter="minimal")


# --- what goes, and what becomes of the rest ---------------------------------------------------


def _parse(markup: str) -> BeautifulSoup:
    from warnings import catch_warnings, simplefilter

    from bs4 import BeautifulSoup
    from bs4.element import PreformattedString

    with catch_warnings():
        simplefilter("ignore")  # a page may look like a file name, or like XML: it is a page all the same
        soup = BeautifulSoup(markup, "html.parser", multi_valued_attributes=None)
    for node in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        node.extract()  # comments, doctypes, instructions
    return soup


def _collect_styles(soup: BeautifulSoup) -> str:
    """Return the harmless part of the page's style sheets."""
    kept: list[str] = []
    left = _MOST_STYLE
    for tag in soup.find_all("style"):
        sheet = disarm_sheet("".join(tag.strings))
        media = str(tag.get("media") or "")
        left -= len(sheet)
        if sheet.strip() and left > 0 and (not media or _MEDIA.fullmatch(media)):
            kept.append(f'<style media="{media}">{sheet}</style>' if media else f"<style>{sheet}</style>")
    return "\n".join(kept)


def _inline_frames(soup: BeautifulSoup) -> None:
    """Put a page that a frame brings along in its place; what it may bring in turn is not shown."""
    for frame in soup.find_all("iframe", srcdoc=True):
        inner = _parse(str(frame["srcdoc"]))
        for tag in inner.find_all(["title", "iframe"]):
            tag.decompose()
        frame.clear()
        frame.name = "div"
        frame.extend(list(inner.contents))


def _disarm(tag: Tag, soup: BeautifulSoup, room: int) -> int:
    """Make *tag* harmless; return how much of the *room* for pictures it took."""
    name = tag.name.lower()
    if name in {"img", "amp-img", "input"}:
        return _replace_void(tag, soup, room)
    if name in _GONE:
        _drop(tag)
    elif name in {"svg", "math"}:
        _replace_drawing(tag, soup)
    else:
        given = dict(tag.attrs)
        tag.attrs = _keep_attributes(tag)
        _rename(tag, given, soup)
    return 0


def _drop(tag: Tag) -> None:
    """Take *tag* away with what it holds; what html.parser put into an element that holds nothing stays."""
    if tag.name in {"script", "style", "title", "noembed"}:
        tag.decompose()
    else:
        tag.unwrap()


def _rename(tag: Tag, given: Mapping[str, Any], soup: BeautifulSoup) -> None:
    """Give *tag* a name that only shows; what was *given* to it as attributes may have to show too."""
    name = tag.name
    if name in {"iframe", "frame"}:
        tag.clear()
        tag.append(_make_span(soup, "Embedded page", "label"))
    shown = given.get({"optgroup": "label", "textarea": "placeholder"}.get(name, ""))
    if shown:
        tag.insert(0, _make_span(soup, str(shown), "field"))
    shadow = "shadowrootmode" in given or "data-shadowroot" in given
    if name == "noscript" or (name == "dialog" and "open" not in given) or (name == "template" and not shadow):
        tag["hidden"] = ""
    if name == "details":
        tag["open"] = ""
    if name in {"button", "option"}:
        tag["class"] = f"{tag.get('class') or ''} {OWN}{name}".strip()
    if name in _BLOCKS:
        tag.name = "div"
    elif name in _PREFORMATTED:
        tag.name = "pre"
    elif name not in _KEPT:
        tag.name = "span"


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


def _replace_void(tag: Tag, soup: BeautifulSoup, room: int) -> int:
    """Show in place of an image or a field the words that it gives; return the size of a picture that is kept."""
    kind = "input" if tag.name == "input" else "image"
    size = 0
    if kind == "input":
        text, look = _read_field(tag)
    else:
        text, look = str(tag.get("alt") or "").strip(), "image"
    source = str(tag.get("src") or "")
    nodes: list[Tag | str] = []
    if kind == "image" and len(source) <= min(_LONGEST_PICTURE, room) and _PICTURE.fullmatch(source):
        size = len(source)
        picture = soup.new_tag("img", attrs=_keep_attributes(tag) | {"src": source, "alt": ""})
        nodes.append(picture)
    if kind == "image" and text and len(text) <= 2 and not text.isalnum():
        nodes.append(text)  # an emoji drawn as an image
    elif text:
        nodes.append(_make_span(soup, text, look))
    elif kind == "image" and not size and not tag.has_attr("alt") and tag.get("width") not in _PIXEL:
        nodes.append(_make_span(soup, "Image", "label"))
    elif kind == "input" and look:
        nodes.append(_make_span(soup, "\xa0", look))
    rest = list(tag.contents)  # html.parser believes that amp-img holds what follows
    for node in (*nodes, *rest):
        tag.insert_before(node)
    tag.decompose()
    return size


def _read_field(tag: Tag) -> tuple[str, str]:
    """Return the words of an ``input`` and how it looks; no looks for one that is hidden."""
    kind = str(tag.get("type") or "text").strip().lower()
    if kind in _BUTTONS:
        return str(tag.get("value") or tag.get("alt") or ""), "press"
    if kind in {"hidden", "checkbox", "radio"}:
        return "", ""
    return str(tag.get("placeholder") or ""), "field"


def _replace_drawing(tag: Tag, soup: BeautifulSoup) -> None:
    """Keep of a drawing or formula only its words."""
    words = [str(text) for text in tag.find_all(string=True) if text.find_parent(_DRAWN)]
    if words:
        span = soup.new_tag("span")
        for word in words:
            span.append(word)
            span.append(" ")
        tag.insert_before(span)
    tag.decompose()


def _make_span(soup: BeautifulSoup, text: str, look: str) -> Tag:
    span = soup.new_tag("span", attrs={"class": f"{OWN}{look}"})
    span.string = _ACTING.sub("", text)[: 4 * _LONGEST_VALUE]
    return span


# --- its texts ---------------------------------------------------------------------------------


def _read_texts(soup: BeautifulSoup, styles: str) -> Copy:
    from bs4.element import NavigableString, Tag

    hidden: dict[int, bool] = {id(soup): False}
    texts: list[NavigableString] = []
    asides: set[int] = set()
    concealed: set[int] = set()
    for node in list(soup.descendants):
        parent = node.parent
        if parent is None:
            continue
        if isinstance(node, Tag):
            hides = node.has_attr("hidden") or is_hiding(str(node.get("style") or ""))
            hidden[id(node)] = hides or hidden[id(parent)]
            continue
        text = NavigableString(_ACTING.sub("", str(node)))
        node.replace_with(text)
        look = str(parent.get("class") or "")
        if look == f"{OWN}label":
            continue
        if look in _GIVEN:
            asides.add(len(texts))
        if hidden[id(parent)]:
            concealed.add(len(texts))
        texts.append(text)
    return Copy(soup, texts, frozenset(asides), frozenset(concealed), styles)


# --- marks -------------------------------------------------------------------------------------


def _mark_text(
    copy: Copy,
    run: int,
    stretches: list[tuple[int, int, Mark]],
    first: Mapping[tuple[int, int], list[Mark]],
) -> None:
    text = copy.texts[run]
    whole = str(text)
    cuts = sorted({0, len(whole), *(edge for start, end, _ in stretches for edge in (start, end))})
    nodes: list[Tag | str] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        nodes.extend(_make_number(copy.soup, mark) for mark in first.get((run, start), ()))
        over = [mark for low, high, mark in stretches if low <= start and end <= high]
        nodes.append(_make_mark(copy.soup, whole[start:end], over) if over else whole[start:end])
    _prepare_parents(text)
    for node in nodes:
        text.insert_before(node)
    text.extract()


def _make_mark(soup: BeautifulSoup, text: str, over: Iterable[Mark]) -> Tag:
    good = all(mark.good for mark in over)
    mark = soup.new_tag("mark", attrs={"class": f"{OWN}mark {OWN}good" if good else f"{OWN}mark"})
    mark.string = text
    return mark


def _make_number(soup: BeautifulSoup, mark: Mark) -> Tag:
    number = soup.new_tag(
        "a",
        attrs={
            "class": f"{OWN}number",
            "id": f"{OWN}mark-{mark.number}",
            "href": f"#{OWN}note-{mark.number}",
            "aria-label": f"Note {mark.number}: {mark.label}",
        },
    )
    number.string = str(mark.number)
    return number


def _prepare_parents(text: NavigableString) -> None:
    """Make what holds a mark show, and no link: links cannot hold the link that a number is."""
    for parent in text.parents:
        words = str(parent.attrs.get("class") or "").split()
        if f"{OWN}holds" in words:
            break
        if parent.name == "a":
            parent.name = "span"
        parent.attrs["class"] = " ".join((*words, f"{OWN}holds"))
