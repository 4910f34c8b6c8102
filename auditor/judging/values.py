"""Typed values out of YAML nodes, each refusal with file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from auditor.judging.yamlfiles import Node

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "vi", "zh")


_NO_TEXT = "must be text; put it in single quotes if it holds a colon or begins with a bracket"


def read_text(node: Node, path: Path, what: str) -> str:
    """Return the text of *node*, white space collapsed."""
    if not isinstance(node.value, str):
        raise RuleError(path, node.line, f"{what} {_NO_TEXT}")
    text = " ".join(node.value.split())
    if not text:
        raise RuleError(path, node.line, f"{what} is empty")
    return text


def read_pattern(node: Node, path: Path, what: str) -> str:
    """Return a pattern as written: white space counts."""
    if not isinstance(node.value, str) or not node.value.strip():
        raise RuleError(path, node.line, f"{what} {_NO_TEXT}")
    return node.value.strip("\n")


def read_number(node: Node, path: Path, what: str) -> int:
    """Return the whole number of *node*."""
    if not isinstance(node.value, str) or not re.fullmatch(r"[0-9]{1,6}", node.value):
        raise RuleError(path, node.line, f"{what} must be a whole number")
    return int(node.value)


def read_choice(node: Node, path: Path, what: str, allowed: Iterable[str]) -> str:
    """Return the text of *node*, one of *allowed*."""
    text = read_text(node, path, what)
    if text not in allowed:
        raise RuleError(path, node.line, f"{what} is '{text}', must be one of {', '.join(allowed)}")
    return text


def read_items(node: Node, path: Path, what: str) -> list[Node]:
    """Return the items of the list in *node*."""
    if not isinstance(node.value, list):
        raise RuleError(path, node.line, f"{what} must be a list")
    return node.value


def read_choices(node: Node, path: Path, what: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the list in *node*, each item one of *allowed*."""
    return tuple(read_choice(item, path, what, allowed) for item in read_items(node, path, what))


def read_mapping(node: Node, path: Path, what: str) -> dict[str, Node]:
    """Return the mapping in *node*."""
    if not isinstance(node.value, dict):
        raise RuleError(path, node.line, f"{what} must be a mapping")
    return node.value


def expect_language(language: str, path: Path, line: int) -> None:
    """Raise RuleError unless *language* is a code known here."""
    if language not in LANGUAGES:
        raise RuleError(path, line, f"'{language}' is no language code known here; one of {', '.join(LANGUAGES)}")


def read_by_language(
    node: Node, path: Path, what: str, read: Callable[[Node, Path, str], str]
) -> dict[str, tuple[str, ...]]:
    """Return language to values, each got by *read*."""
    result = {}
    for language, items in read_mapping(node, path, what).items():
        expect_language(language, path, items.line)
        result[language] = tuple(read(item, path, what) for item in read_items(items, path, what))
    return result


def read_keys(node: Node, path: Path, allowed: Iterable[str]) -> dict[str, Node]:
    """Return the mapping in *node*, whose keys are all among *allowed*."""
    values = read_mapping(node, path, "the file")
    for key, value in values.items():
        if key not in allowed:
            raise RuleError(path, value.line, f"unknown key '{key}'; known are {', '.join(allowed)}")
    return values
