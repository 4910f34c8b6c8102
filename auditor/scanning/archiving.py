"""The evidence: every request and response in a web archive (WARC 1.1, ISO 28500), one file a site, each record packed alone."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
import zlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from auditor import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from auditor.models import Page
    from auditor.sources.stepping import Exchange

CAPTURES = "captures"
SOFTWARE = f"clinic-auditor/{__version__}"

_GZIP = 31
"""How zlib is asked for the gzip format (https://zlib.net/manual.html)."""
_LEVEL = 6
"""How hard zlib packs: the highest level, 9, takes twice the time and gives pages of the same size."""
_PIECE = 65_536

# What no longer holds for the bytes that are kept: chunks are put together (as other archiving tools do).
_CHANGED = (b"transfer-encoding",)
_BREAK = re.compile(r"[\r\n]+")


def name_archive(site: str, visit: int) -> str:
    """Return the name of the archive of *site*, relative to the run: safe in every file system, and no site's but its own."""
    plain = re.sub(r"[^a-z0-9.]+", "-", site.lower()).strip("-.")[:80] or "site"
    mark = hashlib.sha256(site.encode()).hexdigest()[:8]
    return f"{CAPTURES}/{plain}-{mark}-{visit}.warc.gz"


def is_whole(path: Path, length: int) -> bool:
    """Tell whether all of the archive at *path* is there and sound, of which the store knows so much *length*.

    Each record ends with a checksum of its own: a byte that changed since it was written shows when it is unpacked.
    """
    if not path.exists():
        return length == 0
    left, unpacker = length, None
    with path.open("rb") as file:
        while left and (packed := file.read(min(left, _PIECE))):
            left -= len(packed)
            while packed:
                unpacker = unpacker or zlib.decompressobj(_GZIP)
                try:
                    unpacker.decompress(packed)
                except zlib.error:
                    return False
                packed = unpacker.unused_data
                unpacker = None if unpacker.eof else unpacker
    return not left and unpacker is None


def cut_archive(path: Path, length: int) -> None:
    """Cut the archive at *path* back to the *length* that the store knows of."""
    if path.exists():
        os.truncate(path, length)


def append_exchanges(path: Path, exchanges: Sequence[Exchange], about: Mapping[str, str]) -> tuple[int, int | None]:
    """Add *exchanges* to the archive at *path*, which is begun by what is said *about* the crawl.

    Returns the length of the archive then, and where the last response begins, None if there was none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    last = None
    with path.open("ab") as file:
        start = file.tell()
        packed = bytearray() if start else _pack_about(path.name, about)
        for exchange in exchanges:
            if exchange.status:
                last = start + len(packed)
            packed += _pack_exchange(exchange)
        file.write(packed)
        file.flush()
        return file.tell(), last


def append_rendering(path: Path, page: Page, refers_to: str) -> tuple[int, int]:
    """Add what a browser made of a page, a conversion of the response that begins at *refers_to* in the same archive.

    Returns the length of the archive then, and where the record begins.
    """
    rendering = page.rendering
    fields = {
        "WARC-Record-ID": _make_identity(),
        "WARC-Date": page.retrieved.replace("+00:00", "Z"),
        "WARC-Target-URI": page.url or page.source,
        "WARC-Payload-Digest": digest(page.body),
        "X-Rendered-From": refers_to,
        "X-Rendered-By": rendering.browser if rendering else "",
    }
    with path.open("ab") as file:
        start = file.tell()
        file.write(_pack_record("conversion", fields, page.body, media_type="text/html; charset=utf-8"))
        file.flush()
        return file.tell(), start


def append_resources(path: Path, pages: Iterable[tuple[str, Page]]) -> int:
    """Add *pages*, each with its address, to the archive at *path* as they were read; return how many there were.

    A record is named for what it holds, so that the same pages make the same archive.
    """
    count = 0
    for count, (url, page) in enumerate(pages, 1):
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{url} {page.sha256} {count}")
        fields = {
            "WARC-Record-ID": f"<urn:uuid:{identity}>",
            "WARC-Date": page.retrieved.replace("+00:00", "Z"),
            "WARC-Target-URI": url,
            "WARC-Payload-Digest": digest(page.body),
        }
        media_type = page.media_type + (f"; charset={page.charset}" if page.charset else "")
        with path.open("ab") as file:
            file.write(_pack_record("resource", fields, page.body, media_type=media_type))
    return count


def _pack_about(name: str, about: Mapping[str, str]) -> bytearray:
    """Return the record with which an archive begins: what made it, and how."""
    fields = {
        "WARC-Record-ID": _make_identity(),
        "WARC-Date": _format_moment(datetime.now(timezone.utc)),
        "WARC-Filename": name,
    }
    return _pack_record("warcinfo", fields, _write_fields(about), media_type="application/warc-fields")


def _pack_exchange(exchange: Exchange) -> bytearray:
    """Return the records of the response, if one came, and of the request, each with the bytes that went over the wire."""
    common = {
        "WARC-Date": _format_moment(exchange.began),
        "WARC-Target-URI": exchange.url,
        "WARC-IP-Address": exchange.address,
    }
    packed = bytearray()
    if exchange.status:
        identity = _make_identity()
        fields = {"WARC-Record-ID": identity, **common, "WARC-Payload-Digest": digest(exchange.body)}
        if exchange.cut:
            fields["WARC-Truncated"] = exchange.cut
        if exchange.ended:
            # The standard has a field for the beginning alone; a capture that is to stand says both.
            fields["X-Capture-Ended"] = _format_moment(exchange.ended)
        block = f"{exchange.version} {exchange.status}\r\n".encode("latin-1")
        for name, value in exchange.headers:
            block += (b"X-Archive-Orig-" if name.lower() in _CHANGED else b"") + name + b": " + value + b"\r\n"
        packed += _pack_record(
            "response", fields, block + b"\r\n" + exchange.body, media_type="application/http; msgtype=response"
        )
        common["WARC-Concurrent-To"] = identity
    fields = {"WARC-Record-ID": _make_identity(), **common}
    return packed + _pack_record("request", fields, exchange.request, media_type="application/http; msgtype=request")


def _pack_record(kind: str, fields: Mapping[str, str], block: bytes, *, media_type: str) -> bytearray:
    """Return one record as a member of gzip of its own (WARC 1.1, annex D)."""
    named = {
        "WARC-Type": kind,
        **fields,
        "WARC-Block-Digest": digest(block),
        "Content-Type": media_type,
        "Content-Length": str(len(block)),
    }
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    packed = bytearray(packer.compress(b"WARC/1.1\r\n" + _write_fields(named) + b"\r\n"))
    for piece in (block, b"\r\n\r\n"):
        packed += packer.compress(piece)
    return packed + packer.flush()


def _write_fields(fields: Mapping[str, str]) -> bytes:
    """Return *fields* as lines; a line break within one, as in an address from elsewhere, would begin another field."""
    return "".join(f"{name}: {_BREAK.sub(' ', value)}\r\n" for name, value in fields.items()).encode(errors="replace")


def _make_identity() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _format_moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(content: bytes | bytearray) -> str:
    """Return the SHA-256 of *content* as archives write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
