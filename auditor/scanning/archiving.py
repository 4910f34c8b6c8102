"""The evidence: every request and response in a web archive (WARC 1.1, ISO 28500), one file a site, each record packed alone."""

from __future__ import annotations

import hashlib
import io
import os
import re
import uuid
import zlib
from datetime import timezone
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from auditor import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from auditor.models import Page
    from auditor.sources.stepping import Exchange

CAPTURES = "captures"
SOFTWARE = f"clinic-auditor/{__version__}"

_GZIP = 31
"""How zlib is asked for the gzip format (https://zlib.net/manual.html)."""
_LEVEL = 6
"""How hard zlib packs: at 9, which is what warcio asks for, it takes twice the time for pages of the same size."""
_PIECE = 65_536

# What no longer holds for the bytes that are kept: chunks are put together (as other archiving tools do).
_CHANGED = ("transfer-encoding",)


class Packed(NamedTuple):
    """Records that can be put behind those of an archive."""

    records: bytes
    last: int | None
    """Where among them the last response begins, None if there is none."""


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
    return append_packed(path, pack_exchanges(exchanges, name_new(path), about))


def name_new(path: Path) -> str:
    """Return the name of the archive at *path* if it is still to be begun, nothing if it holds something."""
    return "" if path.exists() and path.stat().st_size else path.name


def append_packed(path: Path, packed: Packed) -> tuple[int, int | None]:
    """Add what is *packed* to the archive at *path*; return its length then, and where the last response begins, if any."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        start = file.tell()
        file.write(packed.records)
        file.flush()
        return file.tell(), None if packed.last is None else start + packed.last


def pack_exchanges(exchanges: Sequence[Exchange], name: str, about: Mapping[str, str]) -> Packed:
    """Return *exchanges* as records, behind what is said *about* the crawl if they begin the archive *name*."""
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(_Packer(out), gzip=False, warc_version="1.1")
    if name:
        writer.write_record(writer.create_warcinfo_record(name, dict(about)))
    last = None
    for exchange in exchanges:
        place = out.tell()
        if _write_exchange(writer, exchange):
            last = place
    return Packed(out.getvalue(), last)


def append_rendering(path: Path, page: Page, refers_to: str) -> tuple[int, int]:
    """Add what a browser made of a page, a conversion of the response that begins at *refers_to* in the same archive.

    Returns the length of the archive then, and where the record begins.
    """
    from warcio.warcwriter import WARCWriter

    rendering = page.rendering
    fields = {
        "WARC-Date": page.retrieved.replace("+00:00", "Z"),
        "WARC-Payload-Digest": digest(page.body),
        "X-Rendered-From": refers_to,
        "X-Rendered-By": rendering.browser if rendering else "",
    }
    with path.open("ab") as file:
        start = file.tell()
        out = io.BytesIO()
        writer = WARCWriter(_Packer(out), gzip=False, warc_version="1.1")
        writer.write_record(
            writer.create_warc_record(
                page.url,
                "conversion",
                payload=io.BytesIO(page.body),
                length=len(page.body),
                warc_content_type="text/html; charset=utf-8",
                warc_headers_dict=fields,
            )
        )
        file.write(out.getvalue())
        file.flush()
        return file.tell(), start


def append_resources(path: Path, pages: Iterable[tuple[str, Page]]) -> int:
    """Add *pages*, each with its address, to the archive at *path* as they were read; return how many there were.

    A record is named for what it holds, so that the same pages make the same archive.
    """
    from warcio.warcwriter import WARCWriter

    count = 0
    for count, (url, page) in enumerate(pages, 1):
        with path.open("ab") as file:
            writer = WARCWriter(_Packer(file), gzip=False, warc_version="1.1")
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "resource",
                    payload=io.BytesIO(page.body),
                    length=len(page.body),
                    warc_content_type=page.media_type + (f"; charset={page.charset}" if page.charset else ""),
                    warc_headers_dict={
                        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{url} {page.sha256} {count}')}>",
                        "WARC-Date": page.retrieved.replace("+00:00", "Z"),
                        "WARC-Payload-Digest": digest(page.body),
                    },
                )
            )
    return count


class _Packer:
    """Packs every record as a member of gzip of its own (WARC 1.1, annex D). A class because warcio writes to files."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._member = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)

    def write(self, piece: bytes) -> None:
        """Add *piece* to the record."""
        self._out.write(self._member.compress(piece))

    def flush(self) -> None:
        """End the record, and let the next one begin."""
        self._out.write(self._member.flush())
        self._member = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)


def _write_exchange(writer: Any, exchange: Exchange) -> bool:
    """Write the response, if one came, and the request; tell whether one came."""
    from warcio.statusandheaders import StatusAndHeaders

    common = {
        "WARC-Date": _format_moment(exchange.began),
        "WARC-IP-Address": exchange.address,
    }
    identity = f"<urn:uuid:{uuid.uuid4()}>"
    if exchange.status:
        body = bytes(exchange.body)
        fields = {"WARC-Record-ID": identity, **common, "WARC-Payload-Digest": digest(body)}
        if exchange.cut:
            fields["WARC-Truncated"] = exchange.cut
        if exchange.ended:
            # The standard has a field for the beginning alone; a capture that is to stand says both.
            fields["X-Capture-Ended"] = _format_moment(exchange.ended)
        headers = [
            (f"X-Archive-Orig-{name}" if name.lower() in _CHANGED else name, value)
            for name, value in ((name.decode("latin-1"), value.decode("latin-1")) for name, value in exchange.headers)
        ]
        response = StatusAndHeaders(exchange.status, headers, protocol=exchange.version)
        writer.write_record(
            writer.create_warc_record(
                exchange.url,
                "response",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=_keep_head(response),
                warc_headers_dict=fields,
            )
        )
        common["WARC-Concurrent-To"] = identity
    line, _, rest = exchange.request.decode("latin-1").partition("\r\n")
    named = [field.partition(": ") for field in rest.split("\r\n") if field]
    request = StatusAndHeaders(line, [(name, value) for name, _, value in named], is_http_request=True)
    writer.write_record(
        writer.create_warc_record(
            exchange.url,
            "request",
            payload=io.BytesIO(),
            length=0,
            http_headers=_keep_head(request),
            warc_headers_dict={"WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>", **common},
        )
    )
    return bool(exchange.status)


def _keep_head(head: Any) -> Any:
    """Have *head* written with the bytes that came: warcio spells values that are not ASCII anew, and fails on other words."""
    head.headers_buff = head.to_bytes(encoding="latin-1")
    head.compute_headers_buffer = lambda _filter: None
    return head


def _format_moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(content: bytes) -> str:
    """Return the SHA-256 of *content* as archives write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
