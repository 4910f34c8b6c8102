"""Web archives for tests, written with warcio as archiving tools write them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MOMENT = "2031-03-14T09:26:53Z"
CLAIM = b"<html lang=en><title>Lumora Clinic</title><body><p>Our cells cure arthritis for good."


class Record:
    """One response of a server, as an archive holds it."""

    def __init__(self, url: str, body: bytes = CLAIM, **fields: Any) -> None:
        """Take the *url* and the *body*; *fields* are status, headers, kind and extra."""
        self.url, self.body = url, body
        self.status: str | None = fields.get("status", "200 OK")
        self.headers: Mapping[str, str] = fields.get("headers", {"Content-Type": "text/html"})
        self.kind: str = fields.get("kind", "response")
        self.extra: Mapping[str, str] = fields.get("extra", {})


def pack_warc(records: Iterable[Record], *, gzip: bool = True) -> bytes:
    """Return a WARC file that holds *records*."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzip, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("made.warc.gz", {"software": "tests"}))
    for record in records:
        http = None
        if record.kind != "resource":
            http = StatusAndHeaders(record.status, list(record.headers.items()), protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                record.url,
                record.kind,
                payload=io.BytesIO(record.body),
                length=len(record.body),
                http_headers=http,
                warc_content_type="text/html" if http is None else "",
                warc_headers_dict={"WARC-Date": MOMENT, **record.extra},
            )
        )
    return out.getvalue()


def write_warc(path: Path, records: Iterable[Record], *, gzip: bool = True) -> Path:
    """Write a WARC file that holds *records* to *path*."""
    path.write_bytes(pack_warc(records, gzip=gzip))
    return path


def write_wacz(path: Path, records: Iterable[Record], pages: Iterable[str] = ()) -> Path:
    """Write a package with one archive of *records* to *path*, whose list names *pages*."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/data.warc.gz", pack_warc(records))
        lines = [{"format": "json-pages-1.0"}, *({"url": url} for url in pages)]
        package.writestr("pages/pages.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    return path
