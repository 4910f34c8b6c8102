"""Pages out of web archives: WARC files (ISO 28500) and WACZ packages (https://specs.webrecorder.net/wacz/1.1.1/).

A page in an archive is named by the archive, a ``#`` and where its record begins: ``crawl.warc.gz#4711``, or with the
file inside a package ``crawl.wacz#archive/data.warc.gz:4711``. Importing this module costs what FastWARC costs.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from contextlib import contextmanager, suppress
from datetime import timezone
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecordType

from auditor.errors import SourceError
from auditor.models import Page
from auditor.sources.files import MAX_BYTES
from auditor.sources.sniffing import detect_charset, read_label, sniff_media_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    Clock = Callable[[], datetime]

ARCHIVE_SUFFIXES = (".warc", ".warc.gz", ".wacz")

_NAMED = re.compile(r"(?P<path>.+\.(?:warc|warc\.gz|wacz))#(?:(?P<member>.+):)?(?P<start>[0-9]+)", re.DOTALL)
_MEMBER = re.compile(r"archive/.+\.warc(?:\.gz)?")
_LISTS = ("pages/pages.jsonl", "pages/extraPages.jsonl")
_MOST_LISTED = 50_000_000
"""Bytes of a list of pages inside a package that are read."""
_KINDS = (WarcRecordType.response, WarcRecordType.resource)
_MADE_FOR_MACHINES = re.compile(
    r"/(?:robots|ads|app-ads|llms|llms-full|humans|security)\.txt$|\.(?:js|css|json|xml|map)$"
)
_BROKEN = "the archive is damaged (a record is not whole): get it again from where it came"
_CHUNK = 1 << 20
_FINE = range(200, 300)
_LONGEST_HEAD = 4 << 20
_LONGEST_FIELD, _MOST_FIELDS = 1000, 30
"""Of a head that is too long for FastWARC: bytes of a field, and fields, that are kept."""


class Place(NamedTuple):
    """Where the record of a page begins."""

    path: str
    member: str
    """Name of the file inside a package; empty for a plain archive."""
    start: int


class _DamagedError(Exception):
    """What is wrong with an archive, in words."""


def is_archive_name(name: str) -> bool:
    """Tell whether *name* ends as that of an archive."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)


def is_remote(path: str | Path) -> bool:
    """Tell whether *path* is an address, such as ``s3://bucket/crawl.warc.gz``, which fsspec opens."""
    return "://" in str(path)


def parse_place(source: str) -> Place | None:
    """Return the place in an archive that *source* names, or None if it names something else."""
    match = _NAMED.fullmatch(source)
    return Place(match["path"], match["member"] or "", int(match["start"])) if match else None


def name_place(place: Place) -> str:
    """Return how *place* is named."""
    return f"{place.path}#{place.member + ':' if place.member else ''}{place.start}"


def find_places(path: str | Path) -> Iterator[Place]:
    """Yield the place of every page in the archive *path*, in its order; raise `SourceError` where it is damaged."""
    for member in list_members(path):
        for page in read_pages(path, member=member, body=False):
            yield cast("Place", parse_place(page.source))


def load_archived(place: Place, *, max_bytes: int = MAX_BYTES) -> Page:
    """Return the page whose record begins at *place*."""
    name = name_place(place)
    for page in read_pages(
        place.path, member=place.member, start=place.start, stop=place.start + 1, max_bytes=max_bytes
    ):
        return page
    raise SourceError(name, "no page begins at this place of the archive: name the archive alone to find its pages")


def list_members(path: str | Path) -> tuple[str, ...]:
    """Return the archives inside the package *path*; one without a name where it is an archive itself."""
    if not str(path).lower().endswith(".wacz"):
        return ("",)
    with _open_package(path) as package:
        members = tuple(sorted(name for name in package.namelist() if _MEMBER.fullmatch(name)))
    if not members:
        raise SourceError(str(path), "the package holds no archive: check that it was saved whole")
    return members


def split_archive(path: str | Path, *, member: str = "", size: int) -> Iterator[int]:
    """Yield where the parts of an archive begin that hold *size* responses each; a damaged one is split as far as it goes."""
    count = 0
    yield 0
    with suppress(OSError, EOFError, ValueError, SourceError, _DamagedError), _open_archive(path, member) as stream:
        for record in ArchiveIterator(stream, record_types=_KINDS[0] | _KINDS[1], parse_http=False, fsspec_args=False):
            if count and count % size == 0:
                yield record.stream_pos
            count += 1


def read_pages(
    path: str | Path,
    *,
    member: str = "",
    start: int = 0,
    stop: int | None = None,
    max_bytes: int = MAX_BYTES,
    body: bool = True,
) -> Iterator[Page]:
    """Yield the pages whose records begin from *start* and before *stop*, in the order of the archive.

    Pictures, scripts, redirects and errors are left out, and of a package what its list of pages does not name. Without
    *body* only the first bytes of each are read. Raises `SourceError` where the archive is damaged: what stands before
    has been yielded.
    """
    listed = _list_pages(path) if member else frozenset()
    limit = max_bytes if body else 8192
    try:
        with _open_archive(path, member) as stream:
            if start:
                stream.seek(start)
            last = start
            # What a browser made of a page is one only for who asks for that very record: the page itself lies beside it.
            kinds = (*_KINDS, WarcRecordType.conversion) if stop == start + 1 else _KINDS
            for record in ArchiveIterator(stream, parse_http=False, fsspec_args=False):
                last = record.stream_pos
                if stop is not None and last >= stop:
                    return
                if record.record_type in kinds:
                    place = Place(str(path), member, last)
                    page = _build_page(_open_record(record, place, limit), place, limit, listed)
                    if page:
                        yield page
            _check_tail(stream, last)
    except (OSError, EOFError, ValueError, zlib.error, _DamagedError) as error:
        raise SourceError(str(path), _explain(error)) from error


@contextmanager
def _open_package(path: str | Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as package:
            yield package
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise SourceError(str(path), _explain(error)) from error


@contextmanager
def _open_archive(path: str | Path, member: str) -> Iterator[BinaryIO]:
    if is_remote(path):
        with _import_fsspec().open(str(path), "rb") as stream:
            yield cast("BinaryIO", stream)
        return
    if not member:
        with Path(path).open("rb") as stream:
            yield stream
        return
    with _open_package(path) as package:
        try:
            opened = package.open(member)
        except KeyError:
            raise _DamagedError(f"the package holds no {member}: check the name") from None
        with opened as stream:
            yield cast("BinaryIO", stream)


def _import_fsspec() -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise _DamagedError(
            "addresses of archives need the extra [cluster]: pip install 'clinic-auditor[cluster]'"
        ) from error
    return fsspec


def _list_pages(path: str | Path) -> frozenset[str]:
    """Return the addresses that the package *path* lists as pages; none if it lists none."""
    found: set[str] = set()
    with _open_package(path) as package:
        for name in _LISTS:
            with suppress(KeyError), package.open(name) as file:
                for line in file.read(_MOST_LISTED).splitlines():
                    with suppress(ValueError, AttributeError, RecursionError):
                        found.add(str(json.loads(line).get("url") or ""))
    return frozenset(found - {""})


def _open_record(record: Any, place: Place, limit: int) -> Any:
    """Return *record*, which begins at *place*, with the head of its answer read."""
    try:
        record.parse_http(auto_decode="all")
    except OSError:
        # FastWARC reads no head of more than 32 kB, and gives up there.
        record = _shorten_head(place, limit)
        record.parse_http(auto_decode="all")
    if record.is_http and not record.is_http_parsed:
        raise _DamagedError(_BROKEN)
    return record


def _shorten_head(place: Place, limit: int) -> Any:
    """Return the record at *place* with so much of its head as can be read: what tells how to read the body is not left out."""
    with _open_archive(place.path, place.member) as stream:
        stream.seek(place.start)
        record = next(iter(ArchiveIterator(stream, parse_http=False, fsspec_args=False)), None)
        if record is None:
            raise _DamagedError(_BROKEN)
        block = record.reader.read(limit + _LONGEST_HEAD)
        known = [(name, value) for name, value in record.headers if name.lower() != "content-length"]
    end = b"\r\n" if block.partition(b"\n")[0].endswith(b"\r") else b"\n"
    head, _, body = block.partition(end + end)
    line, *fields = head.split(end)
    fields = [field for field in fields if len(field) < _LONGEST_FIELD]
    fields.sort(
        key=lambda field: not field.lower().startswith(b"content-") and not field.lower().startswith(b"transfer-")
    )
    short = b"\r\n".join([line[:_LONGEST_FIELD], *fields[:_MOST_FIELDS], b"", body])
    # Of a record that was cut off as much is missing as before, which tells that it was.
    length = max(record.content_length - len(block), 0) + len(short)
    named = "".join(f"{name}: {value}\r\n" for name, value in (*known, ("Content-Length", length)))
    whole = BytesIO(b"WARC/1.1\r\n" + named.encode() + b"\r\n" + short)
    return next(iter(ArchiveIterator(whole, parse_http=False, fsspec_args=False)))


def _check_tail(stream: BinaryIO, start: int) -> None:
    """Look whether the last record, which begins at *start*, is whole: FastWARC drops half a record without a word."""
    stream.seek(start)
    rest = stream.read(_CHUNK)
    is_packed = rest.startswith(b"\x1f\x8b")
    inflater = zlib.decompressobj(31)
    ended = not rest
    while is_packed and rest:
        inflater.decompress(rest, 16 * _CHUNK)
        ended = inflater.eof
        rest = inflater.unconsumed_tail or inflater.unused_data or stream.read(_CHUNK)
        if ended:
            inflater = zlib.decompressobj(31)
    if not is_packed:
        stream.seek(-4, os.SEEK_END)
        ended = stream.read(4) == b"\r\n\r\n"
    if not ended:
        raise _DamagedError(_BROKEN)


def _build_page(record: Any, place: Place, limit: int, listed: frozenset[str]) -> Page | None:
    url = record.headers.get("WARC-Target-URI", "").strip("<> ")
    path = _read_path(url)
    status, headers = _read_headers(record)
    if (status is not None and status not in _FINE) or (listed and url not in listed) or path is None:
        return None
    length = record.content_length
    body = record.reader.read(limit + 1)
    cut = len(body) > limit or record.headers.get("WARC-Truncated") is not None
    body = bytes(memoryview(body)[:limit])
    declared = next((value for name, value in headers if name.lower() == "content-type"), None)
    if status is None:
        declared = declared or record.headers.get("Content-Type")
    media_type = sniff_media_type(body, declared=declared, name=path.rpartition("/")[2])
    if media_type is None or not body or (media_type == "text/plain" and not _is_text_page(declared, path)):
        return None
    encoded = any(name.lower() in {"content-encoding", "transfer-encoding"} for name, _ in headers)
    return Page(
        source=name_place(place),
        body=body,
        media_type=media_type,
        sha256=sha256(body).hexdigest(),
        retrieved=_read_moment(record),
        url=url,
        charset=None if media_type == "application/pdf" else detect_charset(body, declared=read_label(declared)),
        status=status,
        headers=headers,
        address=record.headers.get("WARC-IP-Address"),
        truncated=cut or (not encoded and len(body) < min(length, limit)),
    )


def _read_path(url: str) -> str | None:
    """Return the path of *url*, or None if it is no web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.path.lower() if parts.scheme in {"http", "https"} and parts.netloc else None


def _read_headers(record: Any) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    if record.http_headers is None:
        return None, ()
    return record.http_headers.status_code or 0, tuple((str(name), str(value)) for name, value in record.http_headers)


def _is_text_page(declared: str | None, path: str) -> bool:
    return (declared or "").lower().startswith("text/") and not _MADE_FOR_MACHINES.search(path)


def _read_moment(record: Any) -> str:
    moment = record.record_date
    if moment is None:
        raise _DamagedError("a record says no moment of capture: the archive is damaged")
    return cast("str", moment.astimezone(timezone.utc).isoformat(timespec="seconds"))


def _explain(error: Exception) -> str:
    if isinstance(error, _DamagedError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "there is no such file: check the path"
    if isinstance(error, OSError) and error.errno:
        return f"the archive cannot be read, {os.strerror(error.errno)}: copy it and try again"
    return f"the archive is damaged ({str(error).rstrip('.') or type(error).__name__}): get it again from where it came"


class Indexed(NamedTuple):
    """One response or resource of an archive, as an index lists it."""

    url: str
    moment: str
    """ISO 8601, as the archive says it."""
    status: int
    media_type: str
    digest: str
    start: int
    length: int
    """Bytes in the archive, packed."""


def index_archive(path: Path) -> Iterator[Indexed]:
    """Yield every response and resource of the archive *path* in its order; raise `SourceError` if it is damaged."""
    waiting: Indexed | None = None
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False, fsspec_args=False):
                if waiting:
                    yield waiting._replace(length=record.stream_pos - waiting.start)
                is_listed = record.is_http if record.record_type == WarcRecordType.response else False
                is_listed = is_listed or record.record_type == WarcRecordType.resource
                waiting = _describe_response(record, *_read_answer(record, path)) if is_listed else None
        if waiting:
            yield waiting._replace(length=path.stat().st_size - waiting.start)
    except (OSError, EOFError, ValueError, zlib.error, _DamagedError) as error:
        raise SourceError(str(path), _explain(error)) from error


def _read_answer(record: Any, path: Path) -> tuple[int, str]:
    """Return status and type of what *record* of the archive *path* holds."""
    if not record.is_http:
        # What is no answer of a server is indexed as a page that was had.
        return 200, record.headers.get("Content-Type", "")
    record = _open_record(record, Place(str(path), "", record.stream_pos), 0)
    return record.http_headers.status_code or 0, record.http_content_type or ""


def _describe_response(record: Any, status: int, declared: str) -> Indexed:
    headers = record.headers
    return Indexed(
        url=headers.get("WARC-Target-URI", ""),
        moment=headers.get("WARC-Date", ""),
        status=status,
        media_type=str(declared or "").partition(";")[0].strip().lower() or "unk",
        digest=headers.get("WARC-Payload-Digest", ""),
        start=record.stream_pos,
        length=0,
    )
