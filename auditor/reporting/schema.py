"""Values held against our own schemas; it speaks the part of JSON Schema that they use (https://json-schema.org)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


def find_problems(value: Any, schema: dict[str, Any]) -> Iterator[str]:
    """Yield what in *value* is not as *schema* has it, each in a few words with its place."""
    yield from _Check(schema).check(value, schema, "")


class _Check:
    """One walk, which knows the schema that names of definitions belong to."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.definitions = root.get("$defs", {})

    def check(self, value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            yield from self._check_options(value, schema["anyOf"], where)
        elif problem := _find_wrong_kind(value, schema):
            yield f"{where or 'the record'} must be {problem}"
        elif isinstance(value, dict):
            yield from self._check_members(value, schema, where)
        elif isinstance(value, list):
            yield from self._check_items(value, schema, where)
        elif problem := _find_wrong_value(value, schema):
            yield f"{where} {problem}"

    def _check_options(self, value: Any, options: list[dict[str, Any]], where: str) -> Iterator[str]:
        tried = [list(self.check(value, option, where)) for option in options]
        if all(tried):
            # The option whose kind fits tells most: what is wrong lies within it.
            unfit = f"{where or 'the record'} must be of type "
            yield min(tried, key=lambda problems: problems[0].startswith(unfit))[0]

    def _check_members(self, value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        yield from (f"{where or 'the record'} lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            inner = known.get(name, others)
            if inner is False:
                yield f"{where or 'the record'} holds {name[:80]!r}, which is no part of it"
            else:
                yield from self.check(item, inner, f"{where}.{name}" if where else name)

    def _check_items(self, value: list[Any], schema: dict[str, Any], where: str) -> Iterator[str]:
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{where} must have {schema.get('minItems', 0)} items"
        for number, item in enumerate(value):
            yield from self.check(item, schema.get("items", {}), f"{where}[{number}]")


def _find_wrong_kind(value: Any, schema: dict[str, Any]) -> str:
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is_a(value, name) for name in types):
        return f"of type {' or '.join(types)}"
    if "const" in schema and value != schema["const"]:
        return repr(schema["const"])
    if "enum" in schema and value not in schema["enum"]:
        return f"one of {', '.join(map(str, schema['enum']))}"
    return ""


def _find_wrong_value(value: Any, schema: dict[str, Any]) -> str:
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            return "must not be empty"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return f"must be written as {schema['pattern']}"
    elif _is_a(value, "number") and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"must be from {schema.get('minimum', 'any')} to {schema.get('maximum', 'any')}"
    return ""


def _is_a(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
