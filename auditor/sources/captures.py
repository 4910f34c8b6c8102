"""Keep a page as it came, so that it can be judged again when it is long gone: its bytes and, beside them, a record."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from auditor.errors import SourceError
from auditor.models import Page, Redirect, Rendering
from auditor.sources.sniffing import CHARSETS, PAGE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORD_SUFFIX = ".capture.json"

_VERSION = "1"
_SUFFIXES = dict(zip(PAGE_TYPES, (".html", ".pdf", ".txt"), strict=True))
_SLUG_LENGTH = 80


def save_page(page: Page, folder: Path) -> Path:
    """Write *page* and its record into *folder*, and return where its bytes are."""
    path = folder / f"{_name_page(page)}-{page.sha256[:8]}{_SUFFIXES[page.media_type]}"
    record = json.dumps(_describe_page(page), indent=2) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(path, page.body)
        _write_whole(path.with_suffix(RECORD_SUFFIX), record.encode("ascii"))
    except OSError as error:
        reason = f"the page could not be kept in {folder}, {error.strerror or error}: choose another folder"
        raise SourceError(page.source, reason) from error
    return path


def find_record(path: Path) -> Path | None:
    """Return the record that belongs to *path*, which may be the record itself."""
    if path.name.endswith(RECORD_SUFFIX):
        return path
    if path.suffix not in _SUFFIXES.values():
        return None
    record = path.with_suffix(RECORD_SUFFIX)
    with suppress(OSError):
        return record if record.is_file() else None
    return None


def restore_page(path: Path, read: Callable[[Path], bytes]) -> Page:
    """Return the page whose record is at *path* exactly as it was saved; *read* returns the content of a file."""
    try:
        page = _parse_record(read(path))
    except (ValueError, RecursionError) as error:
        # What json says of a damaged file does not help a reader; what we say of a wrong value does.
        what = str(error) if isinstance(error, _WrongRecordError) else "it is not JSON"
        raise SourceError(str(path), f"the record is damaged or was changed ({what}): capture the page again") from None
    body = path.with_name(path.name.removesuffix(RECORD_SUFFIX) + _SUFFIXES[page.media_type])
    page = replace(page, body=read(body))
    if sha256(page.body).hexdigest() != page.sha256:
        raise SourceError(str(body), "the file is not what was captured, its SHA-256 differs: capture the page again")
    return page


class _WrongRecordError(ValueError):
    """What is wrong in a record, in a few words."""


# --- writing -----------------------------------------------------------------------------------


def _name_page(page: Page) -> str:
    """Return a name that every file system takes, whatever the page's author put into its address."""
    if page.url:
        place = re.sub(r"^[a-z]+://|[?#].*$", "", page.url, flags=re.DOTALL)
    else:
        name = re.split(r"[/\\]", page.source)[-1]
        place = "stdin" if name == "-" else name.rpartition(".")[0] or name
    plain = unicodedata.normalize("NFKD", unquote(place)).encode("ascii", "ignore").decode("ascii").lower()
    slug = "-".join(re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*", plain[: 4 * _SLUG_LENGTH]))
    return slug[:_SLUG_LENGTH].rstrip("-.") or "page"


def _describe_page(page: Page) -> dict[str, object]:
    return {
        "version": _VERSION,
        "url": page.url,
        "source": page.source,
        "retrieved": page.retrieved,
        "status": page.status,
        "headers": page.headers,
        "redirects": [{"url": hop.url, "status": hop.status, "location": hop.location} for hop in page.redirects],
        "address": page.address,
        "sha256": page.sha256,
        "media_type": page.media_type,
        "charset": page.charset,
        "truncated": page.truncated,
        # Only a page that a browser made says so: records of all others stay what they were.
        **({"rendering": asdict(page.rendering)} if page.rendering else {}),
    }


def _write_whole(path: Path, content: bytes) -> None:
    """Write *content* so that nobody ever finds a half of it at *path*."""
    draft = path.with_name(f".{path.stem[:40]}-{os.urandom(4).hex()}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


# --- reading back ------------------------------------------------------------------------------

_TEXT_OR_NONE = (str, type(None))
_TYPES: dict[str, tuple[type, ...]] = {
    "version": (str,),
    "url": _TEXT_OR_NONE,
    "source": (str,),
    "retrieved": (str,),
    "status": (int, type(None)),
    "headers": (list,),
    "redirects": (list,),
    "address": _TEXT_OR_NONE,
    "sha256": (str,),
    "media_type": (str,),
    "charset": _TEXT_OR_NONE,
    "truncated": (bool,),
}
_HOP_TYPES: dict[str, tuple[type, ...]] = {"url": (str,), "status": (int,), "location": (str,)}
_RENDERING_TYPES: dict[str, tuple[type, ...]] = {
    "browser": (str,),
    "received_sha256": (str,),
    "received_bytes": (int,),
    "width": (int,),
    "refused": (list,),
}
_SHAPES = {
    "version": re.escape(_VERSION),
    "url": r"https?://\S+",
    "retrieved": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|\+00:00)",
    "address": r"[0-9A-Fa-f:.]+",
    "sha256": r"[0-9a-f]{64}",
    "media_type": "|".join(map(re.escape, PAGE_TYPES)),
    "charset": "|".join(map(re.escape, sorted(CHARSETS))),
}


def _parse_record(content: bytes) -> Page:
    given = json.loads(content)
    rendering = given.pop("rendering", None) if isinstance(given, dict) else None
    record = _check_types(given, _TYPES, "the record")
    for name, shape in _SHAPES.items():
        if record[name] is not None and not re.fullmatch(shape, record[name]):
            raise _WrongRecordError(f"{name} is not as it should be")
    if (record["charset"] is None) != (record["media_type"] == "application/pdf"):
        raise _WrongRecordError("charset does not fit media_type")
    return Page(
        source=record["source"],
        body=b"",
        media_type=record["media_type"],
        sha256=record["sha256"],
        retrieved=record["retrieved"],
        url=record["url"],
        charset=record["charset"],
        status=record["status"],
        headers=tuple(_check_header(header) for header in record["headers"]),
        redirects=tuple(Redirect(**_check_types(hop, _HOP_TYPES, "a redirect")) for hop in record["redirects"]),
        address=record["address"],
        truncated=record["truncated"],
        rendering=None if rendering is None else _restore_rendering(rendering),
    )


def _restore_rendering(given: object) -> Rendering:
    rendering = _check_types(given, _RENDERING_TYPES, "the rendering")
    refused = rendering["refused"]
    if not all(type(host) is str for host in refused) or not re.fullmatch(
        _SHAPES["sha256"], rendering["received_sha256"]
    ):
        raise _WrongRecordError("the rendering is not as it should be")
    return Rendering(**(rendering | {"refused": tuple(refused)}))


def _check_types(value: object, types: dict[str, tuple[type, ...]], what: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != types.keys():
        raise _WrongRecordError(f"{what} does not hold what it should")
    for name, allowed in types.items():
        # Not isinstance, for which true is an int.
        if type(value[name]) not in allowed:
            raise _WrongRecordError(f"{name} is not as it should be")
    return value


def _check_header(header: object) -> tuple[str, str]:
    match header:
        case [str(name), str(value)]:
            return name, value
    raise _WrongRecordError("a header is not as it should be")
