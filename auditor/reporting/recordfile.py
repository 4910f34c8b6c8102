"""Records read back from files: what another program, or a hand, may have changed is checked by the schema first."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import RecordError
from auditor.reporting.record import FORMAT, FORMAT_VERSION
from auditor.reporting.schema import find_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = Path(__file__).parent / "audit.schema.json"


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the records in the file at *path*: one, or one a line.

    Raises RecordError with what is wrong and where.
    """
    try:
        # PowerShell and Windows editors put a byte order mark before what they save.
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise RecordError(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecordError(path, "is not in UTF-8, so it is no record of an audit") from error
    found = list(_parse(text, path))
    if not found:
        raise RecordError(path, "is empty; a record comes from auditor audit --json-output")
    for where, record in found:
        _check(record, path, where)
    return [record for _, record in found]


def _parse(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    """Yield each record with where it stands."""
    whole = _load(text)
    lines = enumerate(text.split("\n"), 1) if whole is None else ()
    if whole is not None:
        yield "", whole
    for number, line in lines:
        if line.strip():
            record = _load(line)
            if record is None:
                where = f"line {number}: " if number > 1 else ""
                raise RecordError(path, f"{where}is no JSON; a record comes from auditor audit --json-output")
            yield f"line {number}: ", record


def _load(text: str) -> Any:
    """Return what *text* holds as JSON; None if it holds none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, a number without end, or brackets without end
        return None


def _check(record: Any, path: Path, where: str) -> None:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise RecordError(path, f"{where}is no record of an audit; one comes from auditor audit --json-output")
    version = record.get("format_version")
    if version != FORMAT_VERSION:
        raise RecordError(
            path,
            f"{where}is a record of version {version!r}; this program reads {FORMAT_VERSION}: audit the page again",
        )
    problem = next(find_problems(record, _read_schema()), None)
    if problem:
        raise RecordError(path, f"{where}{problem}")
    _check_places(record, path, where)


def _check_places(record: dict[str, Any], path: Path, where: str) -> None:
    """Refuse what no schema can tell: evidence in a passage that the record does not hold, a basis under another name."""
    for name, basis in record["basis"].items():
        if basis["id"] != name:
            raise RecordError(path, f"{where}basis holds {basis['id']!r} under the name {name!r}")
    most = len(record["document"]["passages"])
    for part in ("findings", "strengths", "observations"):
        for finding in record[part]:
            for evidence in finding["evidence"]:
                if evidence["passage"]["index"] >= most:
                    raise RecordError(path, f"{where}{part} quote from a passage that document.passages does not hold")


@cache
def _read_schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return found
