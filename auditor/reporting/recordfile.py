"""Records read back from files: what another program, or a hand, may have changed is checked by the schema first."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import RecordError
from auditor.reporting.record import FORMAT, FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = Path(__file__).parent / "audit.schema.json"
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the records in the file at *path*: one, or one a line.

    Raises RecordError with what is wrong and where.
    """
    try:
        text = path.read_text("utf-8")
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
    try:
        yield "", json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        for number, line in lines:
            try:
                yield f"line {number}: ", json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                if number == 1 or len(lines) == 1:
                    problem = "holds no JSON; a record comes from auditor audit --json-output"
                else:
                    problem = f"line {number}: is no JSON"
                raise RecordError(path, problem) from error


def _check(record: Any, path: Path, where: str) -> None:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise RecordError(path, f"{where}is no record of an audit; one comes from auditor audit --json-output")
    version = record.get("format_version")
    if version != FORMAT_VERSION:
        raise RecordError(
            path,
            f"{where}is a record of version {version!r}; this program reads {FORMAT_VERSION}: audit the page again",
        )
    problem = next(_find_problems(record, _read_schema(), ""), None)
    if problem:
        raise RecordError(path, f"{where}{problem}")
    _check_places(record, path, where)


def _check_places(record: dict[str, Any], path: Path, where: str) -> None:
    """Refuse evidence in a passage that the record does not hold, which no schema can tell."""
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


def _find_problems(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    """Yield what in *value* is not as *schema* has it; it speaks the part of JSON Schema that our schema uses."""
    if "$ref" in schema:
        yield from _find_problems(value, _read_schema()["$defs"][schema["$ref"].rpartition("/")[2]], where)
        return
    if "anyOf" in schema:
        tried = [list(_find_problems(value, option, where)) for option in schema["anyOf"]]
        if all(tried):
            yield min(tried, key=lambda problems: ("must be" in problems[0], len(problems)))[0]
        return
    named = where or "the record"
    types = schema.get("type", [])
    if types and not any(_is_a(value, name) for name in ([types] if isinstance(types, str) else types)):
        yield f"{named} must be of type {types if isinstance(types, str) else ' or '.join(types)}"
    elif "const" in schema and value != schema["const"]:
        yield f"{named} must be {schema['const']!r}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{named} must be one of {', '.join(map(str, schema['enum']))}"
    elif isinstance(value, dict):
        yield from _find_member_problems(value, schema, where)
    elif isinstance(value, list):
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not least <= len(value) <= most:
            yield f"{named} must have {least} items" if least == most else f"{named} has too many or too few items"
        for number, item in enumerate(value):
            yield from _find_problems(item, schema.get("items", {}), f"{where}[{number}]")
    elif isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{named} must not be empty"
        elif "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{named} must be written as {schema['pattern']}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if not low <= value <= high:
            yield f"{named} must be between {schema.get('minimum', '-')} and {schema.get('maximum', 'any')}"


def _find_member_problems(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where or 'the record'} lacks {name}"
    for name, item in value.items():
        inner = known.get(name, schema.get("additionalProperties", {}))
        if inner is False:
            yield f"{where or 'the record'} holds {name[:80]!r}, which is no part of a record"
        else:
            yield from _find_problems(
                item, inner if isinstance(inner, dict) else {}, f"{where}.{name}" if where else name
            )


def _is_a(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name in {"boolean"} or not isinstance(value, bool))
