"""An independent time stamp for a run: RFC 3161, asked of an authority that the user names."""

from __future__ import annotations

import hashlib
from datetime import timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import AuditorError
from auditor.scanning.manifest import MANIFEST, STAMP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class StampError(AuditorError):
    """A time stamp that is none, or is for something else."""


class Stamp(NamedTuple):
    """What a time stamp says."""

    moment: str
    """ISO 8601, UTC."""
    serial: int


def stamp_run(folder: Path, post: Callable[[bytes], bytes]) -> Stamp:
    """Have the manifest of the run in *folder* stamped, and keep the answer beside it.

    *post* sends a request to the authority and returns what it answers. Raises `StampError` if that is no stamp for
    this manifest, and `AuditorError` if the library for it is missing.
    """
    client = _import_client()
    manifest = (folder / MANIFEST).read_bytes()
    builder = client.TimestampRequestBuilder().data(manifest).hash_algorithm(client.HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).build()
    answer = post(request.as_bytes())
    stamp, nonce = _read(answer, manifest)
    if nonce not in (None, request.nonce):
        raise StampError("the time-stamp authority answered another request than ours: ask it again")
    draft = folder / f".{STAMP}.part"
    draft.write_bytes(answer)
    draft.replace(folder / STAMP)
    return stamp


def read_stamp(folder: Path) -> Stamp | None:
    """Return what the time stamp of the run in *folder* says, None if it has none.

    Raises `StampError` if it is not for the manifest that lies there. Who signed it is for the reader to decide:
    ``openssl ts -verify`` checks that against the certificates of an authority.
    """
    if not (folder / STAMP).exists():
        return None
    return _read((folder / STAMP).read_bytes(), (folder / MANIFEST).read_bytes())[0]


def _read(answer: bytes, manifest: bytes) -> tuple[Stamp, int | None]:
    client = _import_client()
    try:
        response = client.decode_timestamp_response(answer)
        granted = client.PKIStatus(response.status) in (client.PKIStatus.GRANTED, client.PKIStatus.GRANTED_WITH_MODS)
        told = response.tst_info if granted else None
    except ValueError as error:
        raise StampError("what the time-stamp authority answered is no time stamp: check its address") from error
    if told is None:
        raise StampError("the time-stamp authority refused the request: check what it asks for")
    if told.message_imprint.message not in {
        hashlib.new(name, manifest).digest() for name in ("sha256", "sha384", "sha512")
    }:
        raise StampError(f"the time stamp is for something else than this {MANIFEST}: one of them was changed")
    moment = told.gen_time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Stamp(moment, told.serial_number), told.nonce


def _import_client() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise AuditorError("time stamps need the extra [scan]: pip install 'clinic-auditor[scan]'") from error
    return rfc3161_client
