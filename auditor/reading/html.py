"""Turn markup into events: the one place that knows an HTML parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

SHADOW = "data-shadowroot"
"""Attribute of a ``template`` that shows where it stands."""

Attributes = tuple[tuple[str, "str | None"], ...]


class Handler(Protocol):
    """What wants to hear of a page's elements and text, in document order."""

    def start_element(self, tag: str, attrs: Attributes) -> None:
        """Hear that an element opens."""

    def end_element(self, tag: str) -> None:
        """Hear that an element closes; void elements close too."""

    def characters(self, data: str) -> None:
        """Hear a run of text."""


HandlerT = TypeVar("HandlerT", bound=Handler)


def parse_markup(markup: str, make: Callable[[], HandlerT]) -> HandlerT:
    """Parse *markup* as browsers do and return the handler that heard it."""
    handler = make()
    try:
        _parse_fast(markup, handler)
    except (ImportError, UnicodeError, SystemError):
        # turbohtml is young: whatever it cannot take, the slow parser reads from the start.
        handler = make()
        parse_slowly(markup, handler)
    return handler


def parse_slowly(markup: str, handler: Handler) -> None:
    """Parse *markup* with beautifulsoup4 and tell *handler* the same events."""
    from bs4 import BeautifulSoup
    from bs4.element import CData, NavigableString, PreformattedString, Tag

    soup = BeautifulSoup(markup, "html.parser")
    opened: list[Tag] = []
    for node in soup.descendants:
        while opened and node.parent is not opened[-1]:
            handler.end_element(opened.pop().name)
        if isinstance(node, Tag):
            handler.start_element(node.name, tuple((name, _plain(value)) for name, value in node.attrs.items()))
            opened.append(node)
        elif isinstance(node, NavigableString) and (
            isinstance(node, CData) or not isinstance(node, PreformattedString)
        ):
            handler.characters(str(node))
    while opened:
        handler.end_element(opened.pop().name)


def _parse_fast(markup: str, handler: Handler) -> None:
    """Parse *markup* with turbohtml, linear in length, depth and attributes."""
    from turbohtml.saxparse import SaxHandler, sax_parse

    class Relay(SaxHandler):
        """Pass on what a reader hears; comments and the doctype are no text."""

        start_element = handler.start_element
        end_element = handler.end_element
        characters = handler.characters

    if "shadowrootmode" in markup.lower():
        # It passes over the content of a shadow root, which browsers show like any other.
        markup = re.sub("(?i)shadowrootmode", SHADOW, markup)
    sax_parse(markup, Relay())


def _plain(value: object) -> str | None:
    """Return an attribute's value as one string."""
    return " ".join(value) if isinstance(value, list) else None if value is None else str(value)
