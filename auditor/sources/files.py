"""Pages from files, folders and standard input."""

from __future__ import annotations

import os
import stat
from datetime import timezone
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import SourceError
from auditor.models import Page
from auditor.sources.captures import find_record, restore_page
from auditor.sources.sniffing import PAGE_TYPES, detect_charset, sniff_media_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import BinaryIO

    Clock = Callable[[], datetime]

MAX_BYTES = 20_000_000
PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".pdf", ".txt", ".md")

_CHUNK = 1 << 20
_MIN_CAPTURE = 5_000_000
"""What a capture may always hold: a small limit for pages must not forbid their records."""


def load_page(path: Path, *, now: Clock, max_bytes: int = MAX_BYTES) -> Page:
    """Return the page in the file *path*; a saved capture comes back exactly as it was."""
    record = find_record(path)
    if record:
        return restore_page(record, lambda part: _read_whole(part, max(max_bytes, _MIN_CAPTURE)))
    body, truncated = _read_file(path, max_bytes)
    media_type = sniff_media_type(body, declared=None, name=path.name)
    return _build_page(str(path), body, media_type, now, truncated=truncated)


def read_stream(stream: BinaryIO, *, media_type: str | None, now: Clock, max_bytes: int = MAX_BYTES) -> Page:
    """Return the page that comes from *stream*; *media_type*, if given, is believed."""
    if media_type not in {None, *PAGE_TYPES}:
        raise SourceError("-", f"a page cannot be of the type {media_type}: name one of {', '.join(PAGE_TYPES)}")
    body, truncated = _read_limited(stream, max_bytes)
    media_type = media_type or sniff_media_type(body, declared=None, name=None)
    return _build_page("-", body, media_type, now, truncated=truncated)


def find_pages(folder: Path) -> tuple[Path, ...]:
    """Return the files under *folder* that look like pages, sorted, without hidden ones; links to folders are not followed."""
    if not folder.is_dir():
        raise SourceError(str(folder), "there is no such folder: check the path")
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(place, name) for name in names if _is_page_name(name))
    pages = tuple(sorted(path for path in found if path.is_file()))
    if not pages:
        wanted = ", ".join(PAGE_SUFFIXES)
        raise SourceError(
            str(folder), f"the folder holds no page that can be read: put files in it that end in {wanted}"
        )
    return pages


def _is_page_name(name: str) -> bool:
    return name.lower().endswith(PAGE_SUFFIXES) and not name.startswith(".")


def _read_file(path: Path, limit: int) -> tuple[bytes, bool]:
    try:
        # Looked at before it is opened: to open a pipe that nobody writes to would wait for ever.
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise SourceError(str(path), _describe_special(mode))
        with path.open("rb") as file:
            return _read_limited(file, limit)
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(str(path), "there is no such file: check the path") from None
    except PermissionError as error:
        raise SourceError(str(path), "the file may not be read: change its permissions, or copy it") from error
    except OSError as error:
        raise SourceError(str(path), f"the file cannot be read, {error.strerror}: copy it and try again") from error
    except ValueError as error:
        raise SourceError(ascii(str(path)), "this is not a valid path: check it") from error


def _describe_special(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "this is a folder, not a page: name the pages in it, or the folder where several sources are taken"
    return "this is not a regular file: save the page to a file, or send it through a pipe and name - as the source"


def _read_limited(stream: BinaryIO, limit: int) -> tuple[bytes, bool]:
    """Return at most *limit* bytes of *stream* and whether there are more."""
    body = bytearray()
    while len(body) <= limit and (chunk := stream.read(min(_CHUNK, limit + 1 - len(body)))):
        body += chunk
    return bytes(memoryview(body)[:limit]), len(body) > limit


def _read_whole(path: Path, limit: int) -> bytes:
    body, truncated = _read_file(path, limit)
    if truncated:
        raise SourceError(str(path), f"the captured file is larger than {limit} bytes: raise the limit")
    return body


def _build_page(source: str, body: bytes, media_type: str | None, now: Clock, *, truncated: bool) -> Page:
    if media_type is None:
        reason = "what it holds is neither HTML nor PDF nor text: save the page from a browser, or export it as PDF"
        raise SourceError(source, reason)
    return Page(
        source=source,
        body=body,
        media_type=media_type,
        sha256=sha256(body).hexdigest(),
        retrieved=now().astimezone(timezone.utc).isoformat(timespec="seconds"),
        charset=None if media_type == "application/pdf" else detect_charset(body, declared=None),
        truncated=truncated,
    )
