"""Take what a server sends, unpack it, and stop where it is more than was asked for."""

from __future__ import annotations

import hashlib
import re
import zlib
from datetime import timezone
from typing import TYPE_CHECKING

from auditor.errors import NoPageError
from auditor.models import Page
from auditor.sources.settings import SAVE
from auditor.sources.sniffing import PAGE_TYPES, detect_charset, read_label, sniff_media_type
from auditor.sources.stepping import Pull

if TYPE_CHECKING:
    from typing import Any

    from auditor.models import Redirect
    from auditor.sources.carrying import Response
    from auditor.sources.stepping import Fetch, Walk

_DECODERS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_SLICE = 4096
"""Of compressed data, small because zlib copies what is left over whenever one gzip member ends in it."""
_OVERHEAD = 65_536
"""By which packed data may be longer than what it holds."""


def receive_page(response: Response, address: str, redirects: tuple[Redirect, ...], fetch: Fetch) -> Walk[Page]:
    """Return the page that *response* holds, whatever its status; raise `NoPageError` if that could be none."""
    retrieved = fetch.now().astimezone(timezone.utc).isoformat(timespec="seconds")
    body, truncated = yield from _read_body(response, fetch)
    declared = response.headers.get("content-type")
    url = response.request.url
    media_type = sniff_media_type(body, declared=declared, name=url.path.rpartition("/")[2])
    if media_type is None and response.status_code < 400 and not fetch.settings.any_type:
        raise NoPageError(f"what came is {_describe_other(declared)}: give the address of a page")
    media_type = media_type or "text/plain"
    return Page(
        source=str(url),
        body=body,
        media_type=media_type,
        sha256=hashlib.sha256(body).hexdigest(),
        retrieved=retrieved,
        url=str(url),
        charset=None if media_type == "application/pdf" else detect_charset(body, declared=read_label(declared)),
        status=response.status_code,
        headers=tuple(response.headers.multi_items()),
        redirects=redirects,
        address=address,
        truncated=truncated,
    )


def _describe_other(declared: str | None) -> str:
    kind = re.match(r"[\w.+/-]{1,60}", declared or "", re.ASCII)
    if kind and kind[0].lower() in PAGE_TYPES:
        return f"no page, although the server calls it {kind[0]}"
    return f"neither HTML nor PDF nor text but {kind[0] if kind else 'something unknown'}"


def _read_body(response: Response, fetch: Fetch) -> Walk[tuple[bytes, bool]]:
    """Return the decompressed body and whether it is cut off."""
    named = response.headers.get("content-encoding", "").lower().split(",")
    codings = [coding.strip() for coding in named if coding.strip() not in {"", "identity"}]
    limit = fetch.settings.max_bytes
    if not codings:
        return (yield from take_body(response, fetch, limit))
    if len(codings) > 1 or codings[0] not in _DECODERS:
        raise NoPageError(f"the server packed the page in a way that was not asked for: {SAVE}")
    return (yield from _inflate(response, fetch, _DECODERS[codings[0]], limit))


def _open_chunks(response: Response) -> Any:
    # The stream is read itself, because httpx's own decoders make all at once what a small piece unpacks to. What is held
    # already can be read either way.
    stream = response.stream
    return iter(stream) if hasattr(stream, "__iter__") else aiter(stream)


def _pull(chunks: Any, fetch: Fetch) -> Walk[bytes | None]:
    """Return the next chunk of a body, None at its end, and note it where exchanges are kept."""
    chunk: bytes | None = yield Pull(chunks)
    fetch.deadline.check()
    if fetch.exchanges:
        fetch.exchanges[-1].body += chunk or b""
        fetch.exchanges[-1].ended = fetch.now()
        fetch.exchanges[-1].is_whole = chunk is None
    return chunk


def take_body(response: Response, fetch: Fetch, limit: int) -> Walk[tuple[bytes, bool]]:
    """Return the body as it is sent, up to *limit* bytes, and whether it is cut off."""
    chunks = _open_chunks(response)
    body = bytearray()
    while (chunk := (yield from _pull(chunks, fetch))) is not None:
        body += chunk
        if len(body) > limit:
            _cut_off(fetch, limit)
            return bytes(memoryview(body)[:limit]), True
    return bytes(body), False


def _inflate(response: Response, fetch: Fetch, window: int, limit: int) -> Walk[tuple[bytes, bool]]:
    """Unpack the body and stop at *limit*, however small the packed data is."""
    chunks = _open_chunks(response)
    body = bytearray()
    inflater = None
    received = 0
    while (chunk := (yield from _pull(chunks, fetch))) is not None:
        for start in range(0, len(chunk), _SLICE):
            rest = chunk[start : start + _SLICE]
            received += len(rest)
            while rest:
                if inflater is None:
                    # Some servers send deflate without the zlib header that the standard asks for.
                    bare = window == 15 and rest[0] & 0x8F != 0x08
                    inflater = zlib.decompressobj(-15 if bare else window)
                elif inflater.eof:
                    if window != 31 or rest[0] != 0x1F:
                        return bytes(body), False
                    inflater = zlib.decompressobj(window)
                body += inflater.decompress(rest, limit + 1 - len(body))
                if len(body) > limit:
                    _cut_off(fetch)
                    return bytes(memoryview(body)[:limit]), True
                rest = inflater.unconsumed_tail or inflater.unused_data
            if received > limit + _OVERHEAD:
                _cut_off(fetch)
                return bytes(body), True
    return bytes(body), inflater is not None and not inflater.eof


def _cut_off(fetch: Fetch, limit: int | None = None) -> None:
    """Note that the rest of a body was not taken."""
    if fetch.exchanges:
        fetch.exchanges[-1].cut = "length"
        if limit is not None:
            del fetch.exchanges[-1].body[limit:]
