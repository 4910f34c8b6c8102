"""PDF: text in reading order, links, and what the file says of itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from auditor.models import Obstacle
from auditor.reading import pdf_pages
from auditor.reading.content import Anchor, Block, Content
from auditor.reading.normalising import normalise_text
from auditor.reading.pdf_pages import READY, Limits, Printed
from auditor.reading.text import parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 3
"""Seconds to wait for each second of the processor: other work may go on beside."""
FULL_PAGE = 8
"""Lines from which on a page may have two running heads; a shorter one would be all edge."""
LEAST_TEXT = 20
"""Characters on average that a page of real text holds; a scan has fewer."""

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page |seite |página |- ?|\[|第 ?)?\d{1,4}(?: ?(?:/|of|von|de) ?\d{1,4}| ?-|\]| ?页| ?ページ)?", re.IGNORECASE
)
_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need to start at all."""


def parse_pdf(body: bytes, *, limits: Limits | None = None, interpreter: str = sys.executable or "") -> Content:
    """Return the content of a PDF; a locked, broken, scanned or overwhelming one has an obstacle."""
    printed = _read_apart(body, limits or Limits(), interpreter)
    reason = _find_problem(printed)
    if reason is None:
        return _arrange_pages(printed)
    content = Content()
    content.obstacle = Obstacle(kind="encrypted" if printed.problem == "locked" else "unreadable", reason=reason)
    return content


def _read_apart(body: bytes, limits: Limits, interpreter: str) -> Printed:
    """Read a PDF in a process of its own; where none can be had, in this one."""
    order = json.dumps({"path": [entry for entry in sys.path if entry], "limits": limits})
    try:
        # Isolated from the working folder and the environment; it finds libraries where this process does.
        ended = subprocess.run(  # noqa: S603 -- our own file
            [interpreter, "-I", "-S", pdf_pages.__file__, order],
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            timeout=limits.seconds * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Printed("heavy")
    except OSError:
        return pdf_pages.read_pages(body)
    if not ended.stdout.startswith(READY):
        return pdf_pages.read_pages(body)
    if ended.returncode != 0:
        return Printed("heavy")
    return Printed(*json.loads(ended.stdout[len(READY) :].decode("utf-8", "surrogatepass")))


def _find_problem(printed: Printed) -> str | None:
    """Return why a file was not read to its end; of a part of it nothing can be said."""
    if printed.problem == "long" and printed.pages:
        return (
            f"The PDF has {printed.total:,} pages, of which only {len(printed.pages):,} can be read: audit it in parts."
        )
    return {
        "": None,
        "locked": "The PDF is locked with a password.",
        "broken": "The PDF is broken and could not be opened.",
    }.get(printed.problem, "The PDF needs more memory or time than one file may take: audit it in parts.")


def _arrange_pages(printed: Printed) -> Content:
    """Return all pages as one text."""
    pages = [[line.strip() for line in text.splitlines()] for text in printed.pages]
    running, repeated = split_margins(pages)
    content = parse_text("\n".join(running))
    for text in repeated:
        content.blocks.append(Block(normalise_text(text), "paragraph", "footer"))
    content.anchors.extend(Anchor(address, "body") for address in dict.fromkeys(printed.addresses))
    known = {key: normalise_text(value) for key, value in printed.known}
    content.title = known.get("title", "")
    if content.title:
        content.blocks.insert(0, Block(content.title, "title", "head"))
        for anchor in content.anchors:
            anchor.passage = None if anchor.passage is None else anchor.passage + 1
    if "author" in known:
        content.meta["author"] = known["author"]  # when the file was made is no date of what it says
    if printed.pictured and sum(len(line) for line in running) < LEAST_TEXT * max(1, len(pages)):
        content.obstacle = Obstacle(
            kind="scan", reason="The PDF holds pictures of pages and no text that could be read."
        )
    return content


def split_margins(pages: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """Return the running lines of all pages, and once each line that stands at the edge of most pages."""
    edges: Counter[str] = Counter()
    for lines in pages:
        full = [line for line in lines if line]
        edges.update({_DIGITS.sub("#", full[place]) for place in _list_edges(len(full))})
    often = (
        {line for line, count in edges.items() if count >= 3 and count * 2 > len(pages)} if len(pages) > 2 else set()
    )
    running: list[str] = []
    repeated: dict[str, str] = {}
    for lines in pages:
        places = [place for place, line in enumerate(lines) if line]
        outer = {places[edge] for edge in _list_edges(len(places))}
        for place, line in enumerate(lines):
            shape = _DIGITS.sub("#", line)
            if place in outer and shape in often:
                repeated.setdefault(shape, line)
            elif not (place in places[:1] + places[-1:] and len(pages) > 1 and _PAGE_NUMBER.fullmatch(line)):
                running.append(line)
    return running, [line for shape, line in repeated.items() if any(char.isalpha() for char in shape)]


def _list_edges(count: int) -> set[int]:
    """Return the places of the lines at the top and the bottom of a page with *count* lines."""
    margin = 2 if count >= FULL_PAGE else 1
    return {place for place in range(count) if place < margin or place >= count - margin}
