"""The pages of one PDF, read in a process of their own: a hostile file takes down no more than that.

This file is run by its path and so imports nothing of the program; pypdfium2 is all that it adds to a bare start.
"""

from __future__ import annotations

import ctypes
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pypdfium2 import PdfDocument, PdfPage

READY = b"ready\n"
"""What the process writes first: without it, it never began, and its end says nothing of the file."""
MOST_PAGES = 5000
MOST_TEXT = 20_000_000
"""Characters read from one file: a small one can unpack to more than any memory holds."""
MOST_LINKS = 2000
LONGEST_ENTRY = 10_000
"""Characters read of what a file says of itself in one entry."""


class Limits(NamedTuple):
    """What one file may take."""

    memory: int = 1_500_000_000
    """Bytes above what the process holds when it starts; kept where the system knows such limits."""
    seconds: int = 30
    """Time of the processor."""


class Printed(NamedTuple):
    """What stands in a PDF."""

    problem: str = ""
    """Why it could not be read to its end: broken, locked or long."""
    total: int = 0
    """Pages in the file, read or not."""
    pages: Sequence[str] = ()
    """The text of each page that was read."""
    addresses: Sequence[str] = ()
    known: Sequence[tuple[str, str]] = ()
    """What the file says of itself, such as its title."""
    pictured: bool = False
    """Whether the first pages hold pictures."""


def read_pages(body: bytes) -> Printed:
    """Read a PDF; one that is locked, broken or too long has a problem."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        reason = str(error).lower()
        return Printed("locked" if "password" in reason or "security" in reason else "broken")
    try:
        return _read_document(document)
    finally:
        document.close()


def _read_document(document: PdfDocument) -> Printed:
    """Read page by page as far as the limits go."""
    total = len(document)
    pages: list[str] = []
    addresses: list[str] = []
    pictured = False
    left = MOST_TEXT
    for number in range(total):
        if number == MOST_PAGES:
            return Printed("long", total, pages)
        page = document[number]
        text_page = page.get_textpage()
        left -= text_page.count_chars()
        if left < 0:
            return Printed("long", total, pages)
        pages.append(text_page.get_text_range())
        if len(addresses) < MOST_LINKS:
            addresses.extend(_list_addresses(document, page))
        pictured = pictured or (number < 3 and _has_images(page))
        text_page.close()
        page.close()
    stated = document.get_metadata_dict(skip_empty=True)
    known = [(key.lower(), value[:LONGEST_ENTRY]) for key, value in stated.items()]
    return Printed("", total, pages, addresses, known, pictured)


def _has_images(page: PdfPage) -> bool:
    """Tell whether a page holds pictures."""
    from pypdfium2 import raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


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


def limit_process(limits: Limits) -> None:
    """Let the system end this process where it takes too much, and keep no image of its memory."""
    try:
        import resource
    except ImportError:  # not on Windows, where only the clock of the parent limits it
        return
    held = 0
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 -- pathlib is slow to import
        held = int(file.read().split()[0]) * resource.getpagesize()
    for name, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, held + limits.memory),
    ):
        with suppress(ValueError, OSError):  # a stricter one holds already
            resource.setrlimit(name, (limit, limit))


def main() -> None:
    """Read a PDF from standard input within limits and write what stands in it to standard output."""
    order = json.loads(sys.argv[1])
    sys.path[:] = order["path"]
    import pypdfium2  # noqa: F401 -- before the limits, which are for the file

    limit_process(Limits(*order["limits"]))
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    printed = json.dumps(read_pages(sys.stdin.buffer.read()), ensure_ascii=False)
    sys.stdout.buffer.write(printed.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
