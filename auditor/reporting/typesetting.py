"""The Markdown of our letters as HTML: headings, paragraphs, lists, quotations, emphasis, and no tag of anyone else's."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_INLINE = re.compile(
    r"\\(?P<plain>[^\w\s]|_)"
    r"|\*\*(?P<strong>(?:\\.|[^*\\])+)\*\*"
    r"|\*(?P<em>(?:\\.|[^*\\])+)\*"
    r"|(?P<gap>\[(?:fill in|einsetzen): [^\]]*\])"
    r"|<(?P<url>https?://[^\s<>]+)>"
)
_HEADING = re.compile(r"(#{1,4}) (.+)")
_ITEM = re.compile(r"(?:(-)|\d+\.) (?:\[([ x])\] )?(.*)")


def set_markdown(text: str) -> str:
    """Return the Markdown *text* as HTML, safe to stand in a page."""
    return _Markup("\n".join(block for part in re.split(r"\n{2,}", text.strip()) for block in _set_block(part)))


class _Markup(str):
    """Text that is HTML already, as templates know it."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _set_block(part: str) -> Iterator[str]:
    lines = part.split("\n")
    if heading := _HEADING.fullmatch(part):
        level = len(heading[1])
        yield f"<h{level}>{_set_inline(heading[2])}</h{level}>"
    elif part == "---":
        yield "<hr>"
    elif all(line.startswith(">") for line in lines):
        inner = "\n".join(line[1:].removeprefix(" ") for line in lines)
        yield f"<blockquote>{set_markdown(inner)}</blockquote>"
    elif _ITEM.match(lines[0]):
        yield from _set_list(lines)
    else:
        yield f"<p>{'<br>'.join(_set_inline(line.strip()) for line in lines)}</p>"


def _set_list(lines: list[str]) -> Iterator[str]:
    found = _ITEM.match(lines[0])
    tag = "ul" if found and found[1] else "ol"
    yield f"<{tag}>"
    for line in lines:
        item = _ITEM.match(line)
        if item is None:
            yield f"<li>{_set_inline(line.strip())}</li>"
        else:
            begun = {None: "<li>", " ": '<li class="box">☐ ', "x": '<li class="box">☑ '}[item[2]]
            yield f"{begun}{_set_inline(item[3])}</li>"
    yield f"</{tag}>"


def _set_inline(text: str) -> str:
    parts, done = [], 0
    for found in _INLINE.finditer(text):
        parts.append(escape(text[done : found.start()]))
        done = found.end()
        if found["plain"]:
            parts.append(escape(found["plain"]))
        elif found["url"]:
            parts.append(f'<a href="{escape(found["url"])}" rel="nofollow noreferrer">{escape(found["url"])}</a>')
        elif found["gap"]:
            parts.append(f"<mark>{escape(found['gap'])}</mark>")
        elif found["strong"]:
            parts.append(f"<strong>{_set_inline(found['strong'])}</strong>")
        else:
            parts.append(f"<em>{_set_inline(found['em'])}</em>")
    return "".join([*parts, escape(text[done:])])
