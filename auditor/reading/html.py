"""Turn markup into events: the one place that knows an HTML parser."""

from __future__ import annotations

import re
import sys
from collections import Counter
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SHADOW = "data-shadowroot"
"""Attribute of a ``template`` that shows where it stands."""

DEEPEST = 500
"""Open elements up to which turbohtml nests; from 512 on it puts what an element holds behind it."""

Attributes = tuple[tuple[str, "str | None"], ...]

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_DRAWINGS = ("svg", "math")
_UNSCRIPTED = "unscripted"
# Spelled out, because a search that ignores case takes twenty times as long.
_TEMPLATE = re.compile("<[tT][eE][mM][pP][lL][aA][tT][eE]")
# An open paragraph ends where one of these begins, the others where their like begins right inside them.
_ENDS_PARAGRAPH = frozenset((
    "address", "article", "aside", "blockquote", "center", "details", "dialog", "dd", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "ul",
))  # fmt: skip
_ENDS_BEFORE = {
    "li": ("li",),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "tr": ("tr", "td", "th"),
    "option": ("option",),
    "a": ("a",),
}


class Handler(Protocol):
    """What wants to hear of a page's elements and text, in document order.

    It is made with the number of elements that may be open, and raises `TooDeepError` where one more opens.
    """

    def start_element(self, tag: str, attrs: Attributes) -> None:
        """Hear that an element opens."""

    def end_element(self, tag: str) -> None:
        """Hear that an element closes; void elements close too."""

    def characters(self, data: str) -> None:
        """Hear a run of text."""


HandlerT = TypeVar("HandlerT", bound=Handler)


class TooDeepError(Exception):
    """Elements are nested deeper than turbohtml builds them."""


def parse_markup(markup: str, make: Callable[[int], HandlerT]) -> HandlerT:
    """Parse *markup* as browsers do and return the handler that heard it."""
    try:
        try:
            handler = make(DEEPEST)
            _parse_fast(markup, handler)
        except TooDeepError:
            handler = make(sys.maxsize)
            _parse_deep(markup, handler)
    except (ImportError, UnicodeError, SystemError):
        # turbohtml is young: whatever it cannot take, the slow parser reads from the start.
        handler = make(sys.maxsize)
        parse_slowly(markup, handler)
    return handler


def parse_slowly(markup: str, handler: Handler) -> None:
    """Parse *markup* with Python's own tokenizer and tell *handler* the same events, closed as they are written."""
    from html.parser import HTMLParser

    nest = _Nest(handler)

    class Relay(HTMLParser):
        """Pass on what a reader hears; comments and the doctype are no text."""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            nest.open(tag, tuple(attrs), closed=False)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            nest.open(tag, tuple(attrs), closed=True)

        def handle_endtag(self, tag: str) -> None:
            nest.close(tag)

        def handle_data(self, data: str) -> None:
            handler.characters(data)

    relay = Relay()
    relay.feed(markup)
    relay.close()
    nest.close_all()


def _parse_fast(markup: str, handler: Handler) -> None:
    """Parse *markup* with turbohtml, linear in length, depth and attributes."""
    events = _import_events()
    # No class of its own for each page: classes refer to themselves, and would hold on to the page.
    relay = events.SaxHandler()
    relay.start_element, relay.end_element = handler.start_element, handler.end_element
    relay.characters = handler.characters
    events.sax_parse(_show_shadows(markup), relay)


def _import_events() -> ModuleType:
    """Import turbohtml's parser of events alone.

    The package itself imports all its other tools, which takes 15 ms, a tenth of an audit. A package that was not run
    finds its modules all the same; it is not left behind for those who want all of it.
    """
    name = "turbohtml.saxparse"
    spec = None if name in sys.modules or "turbohtml" in sys.modules else find_spec("turbohtml")
    if spec:
        sys.modules["turbohtml"] = module_from_spec(spec)
        try:
            with suppress(ImportError, AttributeError):  # of a version that needs its package after all
                return import_module(name)
        finally:
            del sys.modules["turbohtml"]
    return import_module(name)


def _parse_deep(markup: str, handler: Handler) -> None:
    """Tell *handler* of elements nested to any depth, closed as they are written: browsers mend more than this."""
    from turbohtml import TokenType, tokenize

    # The tokenizer takes what stands in noscript for plain text, as a browser does that runs scripts.
    markup = re.sub("(?i)(</?)noscript(?=[\\s/>])", rf"\1{_UNSCRIPTED}", _show_shadows(markup))
    nest = _Nest(handler)
    for token in tokenize(markup):
        if token.type == TokenType.TEXT:
            handler.characters(token.data or "")
            continue
        tag = "noscript" if token.tag == _UNSCRIPTED else token.tag or ""
        if token.type == TokenType.START_TAG:
            nest.open(tag, tuple(token.attrs or ()), closed=token.self_closing)
        elif token.type == TokenType.END_TAG:
            nest.close(tag)
    nest.close_all()


class _Nest:
    """The elements that are open: every tag costs the same, however many there are."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.opened: list[str] = []
        self.counts: Counter[str] = Counter()

    def open(self, tag: str, attrs: Attributes, *, closed: bool) -> None:
        """Open an element, and end what cannot hold it; only drawings close elements with a slash."""
        if tag in _ENDS_PARAGRAPH:
            self.close("p")
        while self.opened and self.opened[-1] in _ENDS_BEFORE.get(tag, ()):
            self.close(self.opened[-1])
        self.handler.start_element(tag, attrs)
        if tag in _VOID or (closed and any(self.counts[name] for name in _DRAWINGS)):
            self.handler.end_element(tag)
        else:
            self.opened.append(tag)
            self.counts[tag] += 1

    def close(self, tag: str) -> None:
        """Close the innermost element of this name with all that stands in it; without one, nothing."""
        while self.counts[tag]:
            name = self.opened.pop()
            self.counts[name] -= 1
            self.handler.end_element(name)
            if name == tag:
                return

    def close_all(self) -> None:
        """Close what the page leaves open."""
        while self.opened:
            self.close(self.opened[-1])


def _show_shadows(markup: str) -> str:
    """Rename what makes turbohtml pass over the content of a shadow root, which browsers show like any other."""
    # Most pages have no template; bytes are made lower case in a fraction of the time that text takes.
    if not _TEMPLATE.search(markup) or b"shadowrootmode" not in markup.encode("utf-8", "surrogatepass").lower():
        return markup
    return re.sub("(?i)shadowrootmode", SHADOW, markup)
