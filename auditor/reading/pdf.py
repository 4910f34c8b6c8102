"""PDF: text in reading order, links, and what the file says of itself."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from typing import TYPE_CHECKING

from auditor.models import Obstacle
from auditor.reading.content import Anchor, Block, Content
from auditor.reading.normalising import normalise_text
from auditor.reading.text import parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 5000
MOST_TEXT = 20_000_000
"""Characters read from one file: a small one can unpack to more than any memory holds."""
MOST_LINKS = 2000
FULL_PAGE = 8
"""Lines from which on a page may have two running heads; a shorter one would be all edge."""
LEAST_TEXT = 20
"""Characters on average that a page of real text holds; a scan has fewer."""

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page |seite |página |- ?|\[|第 ?)?\d{1,4}(?: ?(?:/|of|von|de) ?\d{1,4}| ?-|\]| ?页| ?ページ)?", re.IGNORECASE
)


def parse_pdf(body: bytes) -> Content:
    """Return the content of a PDF; a locked, broken or scanned one has an obstacle."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        return _stop_before(str(error))
    try:
        return _read_document(document)
    finally:
        document.close()


def _stop_before(error: str) -> Content:
    """Return the content of a file that could not be opened."""
    content = Content()
    if "password" in error.lower() or "security" in error.lower():
        content.obstacle = Obstacle(kind="encrypted", reason="The PDF is locked with a password.")
    else:
        content.obstacle = Obstacle(kind="unreadable", reason="The PDF is broken and could not be opened.")
    return content


def _stop_within(number: int, total: int) -> Content:
    """Return the content of a file too long to be read to its end, of which therefore nothing can be said."""
    content = Content()
    reason = f"The PDF has {total:,} pages, of which only {number:,} can be read: audit it in parts."
    content.obstacle = Obstacle(kind="unreadable", reason=reason)
    return content


def _read_document(document: PdfDocument) -> Content:
    """Read all pages as one text."""
    pages: list[list[str]] = []
    addresses: list[str] = []
    size = 0
    for number in range(len(document)):
        if number == MOST_PAGES or size > MOST_TEXT:
            return _stop_within(number, len(document))
        page = document[number]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        size += len(text)
        pages.append([line.strip() for line in text.splitlines()])
        if len(addresses) < MOST_LINKS:
            addresses.extend(_list_addresses(document, page))
        text_page.close()
        page.close()
    running, repeated = split_margins(pages)
    content = parse_text("\n".join(running))
    for text in repeated:
        content.blocks.append(Block(normalise_text(text), "paragraph", "footer"))
    content.anchors.extend(Anchor(address, "body") for address in dict.fromkeys(addresses))
    known = {key.lower(): normalise_text(value) for key, value in document.get_metadata_dict(skip_empty=True).items()}
    content.title = known.get("title", "")
    if content.title:
        content.blocks.insert(0, Block(content.title, "title", "head"))
        for anchor in content.anchors:
            anchor.passage = None if anchor.passage is None else anchor.passage + 1
    if "author" in known:
        content.meta["author"] = known["author"]  # when the file was made is no date of what it says
    if sum(len(line) for line in running) < LEAST_TEXT * max(1, len(pages)) and _has_images(document):
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


def _has_images(document: PdfDocument) -> bool:
    """Tell whether the first pages hold pictures."""
    from pypdfium2 import raw

    for number in range(min(len(document), 3)):
        page = document[number]
        found = any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        page.close()
        if found:
            return True
    return False


def _list_addresses(document: PdfDocument, page: PdfPage) -> list[str]:
    """Return the addresses that the links of a page lead to."""
    from pypdfium2 import raw

    addresses: list[str] = []
    place = ctypes.c_int(0)
    link = raw.FPDF_LINK()
    while len(addresses) < MOST_LINKS and raw.FPDFLink_Enumerate(page, ctypes.byref(place), ctypes.byref(link)):
        action = raw.FPDFLink_GetAction(link)
        size = raw.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if 1 < size < 8192:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document, action, buffer, size)
            addresses.append(buffer.value.decode("utf-8", errors="replace"))
    return addresses
