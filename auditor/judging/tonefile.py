"""The file of one language under ``rules/tones`` read into a `ToneScale`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.errors import RuleError
from auditor.judging.context import is_word, tokenize
from auditor.judging.gates import PatternReader
from auditor.judging.patterns import split_alternatives
from auditor.judging.values import read_items, read_keys, read_mapping, read_text
from auditor.models import ToneScale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from auditor.judging.yamlfiles import Node

_KEYS = ("start", "selling", "leaning", "informing", "reporting", "kinds", "verbs", "weights")
_BOUNDS = ("selling", "leaning", "informing", "reporting")
_SHORTEST = 3
"""Letters of the shortest word that counts as its kind."""


def read_tones(path: Path, node: Node, language: str, lists: Mapping[str, tuple[str, ...]]) -> ToneScale:
    """Return the scale of *language* in the file *path*, whose kinds and verbs name word *lists*.

    Raises RuleError with file and line.
    """
    values = read_keys(node, path, _KEYS)
    for key in _KEYS:
        if key not in values:
            raise RuleError(path, 1, f"lacks '{key}'")
    selling, leaning, informing, reporting = (_read_weight(values[key], path, key) for key in _BOUNDS)
    if not selling > leaning > informing > reporting:
        raise RuleError(
            path, values["selling"].line, f"the bounds must fall from one to the next: {', '.join(_BOUNDS)}"
        )
    weights = _read_weights(values["weights"], path)
    reader = PatternReader(language, lists)
    kinds: dict[str, str] = {}
    for kind, names in read_mapping(values["kinds"], path, "kinds").items():
        for word in _list_words(names, path, lists, reader):
            if len(word) >= _SHORTEST and word not in weights:
                kinds.setdefault(word, f"<{kind}>")
    return ToneScale(
        start=_read_weight(values["start"], path, "start"),
        selling=selling,
        leaning=leaning,
        informing=informing,
        reporting=reporting,
        weights=weights,
        kinds=kinds,
        verbs=frozenset(_list_words(values["verbs"], path, lists, reader)),
    )


def list_named(node: Node, path: Path) -> set[str]:
    """Return the names of the word lists that the tones in *node* use."""
    values = read_keys(node, path, _KEYS)
    named = [*read_mapping(values["kinds"], path, "kinds").values()] if "kinds" in values else []
    named += [values["verbs"]] if "verbs" in values else []
    return {read_text(item, path, "a word list") for items in named for item in read_items(items, path, "a kind")}


def _read_weight(node: Node, path: Path, what: str) -> int:
    text = read_text(node, path, what)
    if not re.fullmatch(r"-?[0-9]{1,4}", text):
        raise RuleError(path, node.line, f"{what} must be a whole number, which may be negative")
    return int(text)


def _read_weights(node: Node, path: Path) -> dict[str, int]:
    """Return sign to weight; the file lists the signs of each weight."""
    weights: dict[str, int] = {}
    for number, signs in read_mapping(node, path, "weights").items():
        if not re.fullmatch(r"-?[0-9]{1,4}", number):
            raise RuleError(path, signs.line, f"'{number}' must be a whole number, which may be negative")
        for item in read_items(signs, path, "a weight"):
            sign = read_text(item, path, "a sign")
            if sign in weights:
                raise RuleError(path, item.line, f"'{sign}' has a weight already")
            weights[sign] = int(number)
    return weights


def _list_words(node: Node, path: Path, lists: Mapping[str, tuple[str, ...]], reader: PatternReader) -> Iterator[str]:
    """Yield the words of the terms of the lists in *node*, but for terms that are no plain words."""
    for item in read_items(node, path, "a kind"):
        name = read_text(item, path, "a word list")
        if name not in lists:
            raise RuleError(path, item.line, f"no word list '{name}'")
        yield from (word for term in lists[name] for word in _spell_out(term, reader))


def _spell_out(term: str, reader: PatternReader) -> Iterable[str]:
    for part in split_alternatives(term):
        if re.search(r"[a-z]{3}", part.lower()):
            for text in reader.find_ways(part)[1]:
                yield from filter(is_word, tokenize(text).texts)
        elif part.isalpha():
            yield part.lower()
