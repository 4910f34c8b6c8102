"""How the elements that are more than text begin and end: links, images, forms, frames, scripts, metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.models import Frame
from auditor.reading.content import Anchor, Block, Entry, Sheet
from auditor.reading.html import SHADOW
from auditor.reading.marks import read_class, read_language_tag
from auditor.reading.normalising import normalise_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.reading.passages import PageWalk

    Values = dict[str, str | None]
    Closer = tuple[Callable[[PageWalk, Any], None], Any] | None

_BUTTON_TYPES = frozenset(("submit", "button", "reset", "image"))
_OPEN_SENTENCE = re.compile(r"[\w,，、]\s{0,9}$")
_SCOPED = frozenset(("style", "hidden", "lang", "itemprop"))
_LONGEST_SOUNDS = 16
_PIXEL = frozenset(("0", "1", "2", "0px", "1px"))
_SUMMARY_META = frozenset(("description", "og:title", "og:description", "twitter:title", "twitter:description"))


# --- links ------------------------------------------------------------------------------------------


def start_link(walk: PageWalk, _tag: str, values: Values) -> Closer:
    """Enter ``a``; one that looks like a button, or follows another link, is a passage of its own."""
    names = values.get("class")
    marks = read_class(f"{names} {values.get('id')}") if names else None
    button = (marks is not None and marks.button) or values.get("role") == "button"
    alone = True
    if walk.buffer:
        if not walk.uncovered:
            walk.flush()
        elif button:
            alone = _OPEN_SENTENCE.search("".join(walk.buffer[-2:])) is None
            if alone:
                walk.flush()
    closer: Closer = None
    if button and alone:
        closer = walk.enter("a", {}, "button")
    elif marks is not None or not _SCOPED.isdisjoint(values):
        closer = walk.start_inline("a", values)
    href = values.get("href")
    link = None
    if href is not None:
        link = Anchor(href.strip(), walk.scope.landmark)
        walk.content.anchors.append(link)
        walk.pending.append(link)
        if "rel" in values and walk.capture is None and "author" in (values["rel"] or ""):
            walk.capture, walk.captured = "author", []
            closer = (_end_author, closer)
    walk.link = link
    walk.inside.append("a")
    return (_end_link, (link, closer, values.get("aria-label") or values.get("title")))


def _end_author(walk: PageWalk, state: Any) -> None:
    walk.end_capture()
    if state is not None:
        state[0](walk, state[1])


def _end_link(walk: PageWalk, state: Any) -> None:
    """Leave ``a``; a link without words takes its accessible name."""
    link, closer, name = state
    walk.inside.pop()
    walk.link = None
    if link is not None and not link.parts:
        if name:
            link.parts.append(name)
        if walk.pending and walk.pending[-1] is link:
            walk.pending.pop()
    if closer is not None:
        closer[0](walk, closer[1])


def start_quotation(walk: PageWalk, _tag: str, _values: Values) -> Closer:
    """Enter ``q``, a quotation within a line."""
    walk.inside.append("q")
    return (_end_quotation, None)


def _end_quotation(walk: PageWalk, _state: Any) -> None:
    walk.inside.pop()


def start_break(walk: PageWalk, _tag: str, _values: Values) -> Closer:
    """Note a line break; whether it parts two passages is decided when both lines are known."""
    if walk.buffer:
        walk.note_break()
    return None


# --- images and frames --------------------------------------------------------------------------------


def start_image(walk: PageWalk, _tag: str, values: Values) -> Closer:
    """Read alternative text; count the images that have none."""
    source = values.get("src") or values.get("data-src") or ""
    alt = normalise_text(values.get("alt") or "")
    if alt and len(alt) <= 2 and not alt.isalnum():
        walk.characters(alt)  # an emoji drawn as an image
    elif alt:
        index = walk.add(alt, "alt")
        if walk.link is not None and not walk.link.parts:
            walk.link.parts.append(alt)
            walk.link.passage = index
            if walk.pending and walk.pending[-1] is walk.link:
                walk.pending.pop()
    elif values.get("width") in _PIXEL or values.get("height") in _PIXEL:
        if source:
            walk.content.loaded.append(source)
    elif source:
        walk.content.images += 1
    return None


def start_frame(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Note an embedded page, and read one that the page brings along; what stands inside ``iframe`` shows to nobody."""
    address = values.get("src") or values.get("data-src") or values.get("data-lazy-src") or ""
    if address and not address.startswith("about:"):
        walk.content.frames.append(Frame(url=address.strip(), title=normalise_text(values.get("title") or "")))
        walk.content.loaded.append(address)
    if values.get("srcdoc"):
        walk.read_inner(values["srcdoc"] or "")
    return start_skipped(walk, tag, values) if tag == "iframe" else None


def start_skipped(walk: PageWalk, _tag: str, _values: Values) -> Closer:
    """Enter an element whose text nobody reads."""
    walk.skipping = True
    return _END_SKIPPED


def _end_skipped(walk: PageWalk, _state: Any) -> None:
    walk.skipping = False


_END_SKIPPED: Closer = (_end_skipped, None)


def start_script(walk: PageWalk, _tag: str, values: Values) -> Closer:
    """Enter a script: an address, JSON-LD or code."""
    source = values.get("src") or values.get("data-src")
    if source:
        walk.content.loaded.append(source)
    structured = "ld+json" in (values.get("type") or "").lower()
    walk.skipping = True
    walk.script = []
    return (_end_script, walk.content.structured if structured else walk.content.scripts)


def _end_script(walk: PageWalk, state: Any) -> None:
    walk.skipping = False
    if walk.script:
        state.append("".join(walk.script))
    walk.script = None


def start_sounds(walk: PageWalk, _tag: str, _values: Values) -> Closer:
    """Enter ``rt``: how the signs beneath it are spoken, no part of their sentence."""
    walk.skipping = True
    walk.script = []
    return (_end_sounds, None)


def _end_sounds(walk: PageWalk, _state: Any) -> None:
    """Leave ``rt``; what is too long to be a sound are words of their own."""
    text = normalise_text("".join(walk.script or ()))
    walk.script = None
    walk.skipping = False
    if len(text) > _LONGEST_SOUNDS:
        walk.add(text, "caption")


# --- the head -----------------------------------------------------------------------------------------


def start_root(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter ``html`` or ``body``; the first language named is the page's."""
    walk.content.language = walk.content.language or read_language_tag(values.get("lang") or values.get("xml:lang"))
    if tag == "html":
        return None
    kept = {name: value for name, value in values.items() if name in {"style", "hidden", "itemtype"}}
    return walk.enter(tag, kept, None)


def start_title(walk: PageWalk, _tag: str, _values: Values) -> Closer:
    """Enter the page's title; titles of drawings are skipped with the drawing."""
    state = (walk.buffer, walk.uncovered, walk.covered)
    walk.buffer = []
    return (_end_title, state)


def _end_title(walk: PageWalk, state: Any) -> None:
    text = normalise_text("".join(walk.buffer))
    walk.buffer, walk.uncovered, walk.covered = state
    if text and not walk.content.title:
        walk.content.title = text
        walk.content.blocks.append(Block(text, "title", "head"))


def start_meta(walk: PageWalk, _tag: str, values: Values) -> Closer:
    """Note metadata; what search engines and social networks show is a passage."""
    name = (values.get("name") or values.get("property") or values.get("itemprop") or "").strip().lower()
    given = values.get("content")
    if not name and (values.get("http-equiv") or "").lower() == "content-language":
        name = "content-language"
    if not name or given is None or name in walk.content.meta:
        return None
    if name in _SUMMARY_META:
        text = normalise_text(given)
        if text and text != walk.content.title and text not in walk.content.meta.values():
            walk.content.blocks.append(Block(text, "meta", "head"))
        walk.content.meta[name] = text
    else:
        walk.content.meta[name] = given[:1000]
    return None


def start_address(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Note ``base`` and the canonical address."""
    href = (values.get("href") or "").strip()
    if tag == "base":
        walk.content.base = walk.content.base or href
    elif "canonical" in (values.get("rel") or "").lower().split():
        walk.content.canonical = walk.content.canonical or href
    return None


def start_time(walk: PageWalk, _tag: str, values: Values) -> Closer:
    """Note a date given for machines."""
    when = values.get("datetime")
    if when and walk.scope.landmark not in {"aside", "footer", "nav"}:
        told = f"{values.get('class') or ''} {values.get('itemprop') or ''}".lower()
        fact = "modified" if "modif" in told or "updat" in told else "published"
        sure = "publish" in told or "entry" in told or fact == "modified" or "pubdate" in values
        walk.content.marked.setdefault(fact if sure else "time", when[:40])
    return None


# --- hidden parts -------------------------------------------------------------------------------------


def start_details(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter ``details``: closed, all but its summary is hidden."""
    walk.flush_text()
    walk.closed.append(walk.scope.hidden)
    closer = walk.enter(tag, values, None)
    return (_end_details, (None if "open" in values else walk.hide(), closer))


def _end_details(walk: PageWalk, state: Any) -> None:
    inner, outer = state
    walk.flush_text()
    walk.closed.pop()
    for closer in (inner, outer):
        if closer is not None:
            closer[0](walk, closer[1])


def start_summary(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter the line of ``details`` that always shows."""
    walk.flush_text()
    closer = walk.enter(tag, values, None)
    if not walk.closed:
        return closer
    before = walk.scope
    walk.scope = before._replace(hidden=walk.closed[-1])
    return (_end_summary, (before, closer))


def _end_summary(walk: PageWalk, state: Any) -> None:
    before, closer = state
    walk.flush_text()
    walk.scope = before
    if closer is not None:
        closer[0](walk, closer[1])


def start_hidden(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter ``noscript``, ``template`` or a closed ``dialog``; the template of a shadow root shows."""
    walk.flush_text()
    if (tag == "dialog" and "open" in values) or SHADOW in values or "shadowrootmode" in values:
        return walk.enter(tag, values, None)
    return walk.hide()


# --- forms --------------------------------------------------------------------------------------------


def start_form(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter a form."""
    walk.flush_text()
    words = " ".join(values.get(name) or "" for name in ("id", "class", "name", "role", "action", "aria-label"))
    sheet = Sheet(
        action=(values.get("action") or "").strip(),
        method="post" if (values.get("method") or "").strip().lower() == "post" else "get",
        landmark=walk.scope.landmark,
        words=f"{words} {walk.section[-1] if walk.section else ''}"[:400],
    )
    walk.content.sheets.append(sheet)
    before, walk.sheet = walk.sheet, sheet
    return (_end_form, (before, walk.enter(tag, values, None)))


def _end_form(walk: PageWalk, state: Any) -> None:
    walk.sheet, closer = state
    closer[0](walk, closer[1])


def start_label(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter ``label``."""
    walk.flush_text()
    before, walk.label = walk.label, []
    return (_end_label, (before, walk.label, values.get("for"), walk.enter(tag, values, "label")))


def _end_label(walk: PageWalk, state: Any) -> None:
    before, words, target, closer = state
    if target:
        walk.content.labels.setdefault(target, normalise_text("".join(words)))
    walk.label = before
    closer[0](walk, closer[1])


def start_button(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter ``button``."""
    walk.flush_text()
    sends = walk.sheet is not None and (values.get("type") or "submit").lower() == "submit"
    role = None if walk.role == "heading" else "button"
    return (_end_button, (walk.sheet if sends else None, len(walk.content.blocks), walk.enter(tag, values, role)))


def _end_button(walk: PageWalk, state: Any) -> None:
    sheet, count, closer = state
    walk.flush_text()
    if sheet is not None and not sheet.text and len(walk.content.blocks) > count:
        sheet.text = walk.content.blocks[count].text
        sheet.passage = count
    closer[0](walk, closer[1])


def start_entry(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Note a field; what it shows before it is filled is a passage."""
    kind = (values.get("type") or ("text" if tag == "input" else tag)).strip().lower()
    if tag == "input" and kind in _BUTTON_TYPES:
        _note_submit(walk, kind, values)
        return None
    closer: Closer = None
    if tag != "input":
        walk.flush_text()
        closer = walk.enter(tag, {}, "label" if tag == "textarea" else None)
    if kind != "hidden":
        sheet = walk.sheet
        if sheet is None:
            if walk.loose is None:
                walk.loose = Sheet("", "get", walk.scope.landmark, "")
            sheet = walk.loose
        hint = normalise_text(values.get("placeholder") or values.get("aria-label") or values.get("title") or "")
        sheet.entries.append(
            Entry(
                name=(values.get("name") or "")[:200],
                type=kind[:40],
                id=values.get("id") or "",
                hint=hint,
                required="required" in values or values.get("aria-required") == "true",
                label=walk.label,
            )
        )
        if values.get("placeholder") and hint:
            walk.add(hint, "label")
    return closer


def _note_submit(walk: PageWalk, kind: str, values: Values) -> None:
    """Keep the words of an input that is a button."""
    text = normalise_text(values.get("value") or values.get("alt") or "")
    if not text:
        return
    walk.flush_text()
    index = walk.add(text, "button")
    if walk.sheet is not None and not walk.sheet.text and kind in {"submit", "image"}:
        walk.sheet.text, walk.sheet.passage = text, index


def start_group(walk: PageWalk, tag: str, values: Values) -> Closer:
    """Enter ``optgroup``, whose name is an attribute."""
    walk.flush_text()
    text = normalise_text(values.get("label") or "")
    if text:
        walk.add(text, "label")
    return walk.enter(tag, {}, None)


STARTS: dict[str, Callable[[PageWalk, str, Values], Closer]] = {
    "a": start_link,
    "q": start_quotation,
    "br": start_break,
    "img": start_image,
    "amp-img": start_image,
    "iframe": start_frame,
    "frame": start_frame,
    "style": start_skipped,
    "svg": start_skipped,
    "math": start_skipped,
    "noembed": start_skipped,
    "rp": start_skipped,
    "rt": start_sounds,
    "script": start_script,
    "html": start_root,
    "body": start_root,
    "title": start_title,
    "meta": start_meta,
    "link": start_address,
    "base": start_address,
    "time": start_time,
    "details": start_details,
    "summary": start_summary,
    "noscript": start_hidden,
    "template": start_hidden,
    "dialog": start_hidden,
    "form": start_form,
    "label": start_label,
    "button": start_button,
    "input": start_entry,
    "select": start_entry,
    "textarea": start_entry,
    "optgroup": start_group,
}
