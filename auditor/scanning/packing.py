"""Pack the captures of a run into one file that replays in a browser: WACZ (https://specs.webrecorder.net/wacz/1.1.1/)."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from auditor.errors import SourceError
from auditor.scanning import store
from auditor.scanning.analysing import load_source
from auditor.scanning.archiving import CAPTURES, SOFTWARE, append_resources
from auditor.sources.warc import index_archive

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from auditor.models import Page

WACZ_VERSION = "1.1.1"
SAVED = "saved.warc.gz"
"""The archive in the package that holds pages read from elsewhere."""
_ADDRESS = "coalesce(final_url, url) AS url"
_PACKED = "WHERE state IN ('assessed', 'not_assessed')"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The moment of every file in the package, so that the same run makes the same package."""


def write_wacz(folder: Path, path: Path) -> Path:
    """Pack the captures of the run in *folder* into the file *path*, and return it.

    Saved pages that a run read from elsewhere are packed as resources, bytes as they were judged. Raises `AuditorError`
    if the run is not complete, or if such a page is no longer what it was.
    """
    connection = store.open_finished(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(draft, "w") as package, tempfile.TemporaryDirectory(dir=path.parent) as place:
            archives = sorted((folder / CAPTURES).glob("*.warc.gz"))
            saved = Path(place, SAVED)
            if append_resources(saved, _list_saved(connection)):
                archives.append(saved)
            resources = [_add_file(package, f"archive/{archive.name}", archive) for archive in archives]
            index = "".join(sorted(line for archive in archives for line in _list_index(archive)))
            resources.append(_add(package, "indexes/index.cdx", index.encode()))
            pages = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in _list_pages(connection))
            resources.append(_add(package, "pages/pages.jsonl", pages.encode()))
            described = _describe(connection, resources)
            _add(package, "datapackage.json", described)
            digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
            _add(package, "datapackage-digest.json", json.dumps(digest, indent=2).encode())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
        connection.close()
    return path


def sort_address(url: str) -> str:
    """Return *url* as an index sorts it, with the host turned round: ``example,clinic)/cells``."""
    parts = urlsplit(re.sub(r"^(https?://)www\d*\.", r"\1", url.lower()))
    host = ",".join(reversed((parts.hostname or "").split(".")))
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{host}{f':{parts.port}' if parts.port else ''}){parts.path or '/'}{f'?{query}' if query else ''}"


def _list_index(archive: Path) -> Iterator[str]:
    for entry in index_archive(archive):
        fields = {
            "url": entry.url,
            "mime": entry.media_type,
            "status": str(entry.status),
            "digest": entry.digest,
            "length": str(entry.length),
            "offset": str(entry.start),
            "filename": archive.name,
        }
        moment = re.sub(r"\D", "", entry.moment)[:14]
        yield f"{sort_address(entry.url)} {moment} {json.dumps(fields)}\n"


def _list_pages(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    yield {"format": "json-pages-1.0", "id": "pages", "title": "Pages that were judged"}
    for row in connection.execute(
        f"SELECT page, source, {_ADDRESS}, retrieved, title FROM pages {_PACKED} ORDER BY page"
    ):
        moment = row["retrieved"].replace("+00:00", "Z")
        url = row["url"] if row["source"].startswith(f"{CAPTURES}/") else _name_saved(row["url"])
        yield {"id": str(row["page"]), "url": url, "ts": moment, "title": row["title"] or row["url"]}


def _list_saved(connection: sqlite3.Connection) -> Iterator[tuple[str, Page]]:
    """Yield the pages of the run that are not among its captures, each with the address under which it is packed."""
    limit = json.loads(store.find_visit(connection)["settings"])["judgement"]["max_bytes"]
    for row in connection.execute(
        f"SELECT source, sha256, retrieved, {_ADDRESS} FROM pages {_PACKED} AND NOT source LIKE ? ORDER BY page",
        (f"{CAPTURES}/%",),
    ):
        page = load_source(row["source"], max_bytes=limit)
        if page.sha256 != row["sha256"]:
            raise SourceError(row["source"], "it is no longer what was judged: bring back the page as it was")
        yield _name_saved(row["url"]), replace(page, retrieved=row["retrieved"])


def _name_saved(url: str) -> str:
    """Return an address for a page that may have none: players know no others than those of the web (RFC 2606)."""
    return url if "://" in url else f"http://saved.invalid/{quote(url)}"


def _describe(connection: sqlite3.Connection, resources: list[dict[str, Any]]) -> bytes:
    visit = store.find_visit(connection)
    described = {
        "profile": "data-package",
        "wacz_version": WACZ_VERSION,
        "title": "Captures of a scan",
        "software": SOFTWARE,
        "created": visit["started"],
        "modified": visit["finished"] or visit["started"],
        "resources": resources,
    }
    return json.dumps(described, indent=2).encode()


def _add(package: zipfile.ZipFile, name: str, content: bytes) -> dict[str, Any]:
    # What is packed already must be stored as it is: a player reads single records out of it.
    package.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_STORED)
    digest = hashlib.sha256(content).hexdigest()
    return {"name": Path(name).name, "path": name, "hash": f"sha256:{digest}", "bytes": len(content)}


def _add_file(package: zipfile.ZipFile, name: str, source: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with source.open("rb") as read, package.open(zipfile.ZipInfo(name, _EARLIEST), "w", force_zip64=True) as written:
        while chunk := read.read(1 << 20):
            digest.update(chunk)
            written.write(chunk)
    return {
        "name": source.name,
        "path": name,
        "hash": f"sha256:{digest.hexdigest()}",
        "bytes": source.stat().st_size,
    }
