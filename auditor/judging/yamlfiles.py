"""YAML read strictly: no duplicate keys, no implicit types, no aliases, and every value knows its line.

PyYAML keeps the last of two equal keys and reads ``no`` as false and ``1.10`` as 1.1; here every scalar is the words
that stand in the file, and the reader of a key decides what they must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.errors import RuleError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 2_000_000
MAX_DEPTH = 12
_ADVICE = {
    "mapping values are not allowed": "put text that holds a colon in single quotes",
    "cannot start any token": "put text that begins with a special character in single quotes",
    "unknown escape character": "put patterns in single quotes, where a backslash stands for itself",
    "undefined alias": "put text that begins with * in single quotes",
    "did not find expected": "look for a missing quote or bracket, or for lines that are not indented alike",
    "could not find expected ':'": "look for a line that is not indented as its text",
    "unexpected end of stream": "a quote is opened and never closed",
}
"""What to do about the mistakes that are made most, by words of the message."""
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value of a YAML file with the line it stands on."""

    value: str | list[Node] | dict[str, Node]
    line: int


def read_yaml(path: Path, text: bytes) -> Node:
    """Return the one document in *text*, read from *path*.

    Raises RuleError for what is not plain YAML: syntax, encoding, duplicate keys, aliases, several documents.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if len(text) > MAX_BYTES:
        raise RuleError(path, None, f"larger than {MAX_BYTES:,} bytes; split it")
    try:
        root = yaml.compose(text.decode("utf-8-sig"), Loader=loader)
    except UnicodeDecodeError as error:
        raise RuleError(path, None, "not UTF-8; save it as UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "nested too deeply or not YAML"
        advice = _advise(problem, text.splitlines()[mark.line : mark.line + 1] if mark else [])
        raise RuleError(path, mark.line + 1 if mark else None, f"not valid YAML: {problem}{advice}") from error
    if root is None:
        raise RuleError(path, None, "the file is empty")
    return _convert_node(root, path, set(), 0)


def _advise(problem: str, lines: list[bytes]) -> str:
    """Return what to do about *problem* with the line in *lines*, to be added to the message."""
    if any(b"\t" in line[: len(line) - len(line.lstrip())] for line in lines):
        return "; indent with spaces, not tabs"
    return next((f"; {advice}" for words, advice in _ADVICE.items() if words in problem), "")


def _convert_node(node: Any, path: Path, seen: set[int], depth: int) -> Node:
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise RuleError(path, line, "anchors and aliases are not allowed; write it out")
    if depth > MAX_DEPTH:
        raise RuleError(path, line, "nested too deeply")
    seen.add(id(node))
    if node.tag.removeprefix(_TAG) not in _PLAIN_TAGS:
        raise RuleError(path, line, f"tags such as {node.tag} are not allowed")
    if node.id == "scalar":
        return Node(value=node.value, line=line)
    if node.id == "sequence":
        return Node(value=[_convert_node(item, path, seen, depth + 1) for item in node.value], line=line)
    result: dict[str, Node] = {}
    for key, value in node.value:
        if key.id != "scalar":
            raise RuleError(path, key.start_mark.line + 1, "a key must be a plain word")
        if key.value in result:
            raise RuleError(path, key.start_mark.line + 1, f"the key '{key.value}' stands here twice")
        result[key.value] = _convert_node(value, path, seen, depth + 1)
    return Node(value=result, line=line)
