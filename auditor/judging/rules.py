"""The rule set, read once and cached by the digest of its files."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.judging.loading import build_rule_set, digest_files, find_rules, read_files
from auditor.models import Basis, Grade, PreparedPattern, Rule, RuleSet, Scoring, Severity, SupportNeeded, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_CACHED = 8
_MAPPINGS_OF_TUPLES = ("match", "unless", "beside", "structure", "when", "flags", "passes")


def load_rules(path: Path | str | None = None, *, extra: Iterable[Path | str] = ()) -> RuleSet:
    """Return the rules in folder *path*, by default those that come with the program, with *extra* folders over them.

    A file in a later folder replaces the one of the same name. Raises RuleError with file and line.
    """
    folders = (Path(path) if path else find_rules(), *map(Path, extra))
    files = read_files(folders)
    return _load_by_digest(files, digest_files(files))


def _load_by_digest(files: Any, digest: str) -> RuleSet:
    known = _loaded.get(digest)
    if known is None:
        known = _read_cache(digest)
        if known is None:
            known = build_rule_set(files)
            _write_cache(known)
        _loaded[digest] = known
    return known


_loaded: dict[str, RuleSet] = {}


# --- cache -------------------------------------------------------------------------------------
# JSON, because a cache that could run code would be one more thing to trust.


def _find_cache(digest: str) -> Path | None:
    """Return the cache file for *digest* in a folder that only this user can write, or None where there is none."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - a home that is missing is no error
    folder = Path(root) / "clinic-auditor"
    if not folder.is_absolute():
        return None  # as the XDG Base Directory Specification asks
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return None
    return folder / f"rules-{__version__}-{_shape()}-{digest[:32]}.json"


@lru_cache(maxsize=1)
def _shape() -> str:
    """Return a short name for the shape of what is cached, so that a changed program reads no stale file."""
    here = Path(__file__).parent
    sources = [here / name for name in ("rules.py", "loading.py", "patterns.py", "preparing.py", "rulefile.py")] + [
        here.parent / "models.py"
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def _read_cache(digest: str) -> RuleSet | None:
    path = _find_cache(digest)
    if path is None:
        return None
    try:
        record = json.loads(path.read_bytes())
        if record["digest"] != digest:
            return None
        return _from_record(record)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_cache(rules: RuleSet) -> None:
    path = _find_cache(rules.digest)
    if path is None:
        return
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(_to_record(rules), file, ensure_ascii=False, separators=(",", ":"))
        Path(temporary).replace(path)
        _prune_cache(path.parent)
    except OSError:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()


def _prune_cache(folder: Path) -> None:
    """Delete all but the newest rule sets: every edit of a rule would leave one behind."""
    kept = sorted(folder.glob("rules-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_MOST_CACHED:]:
        path.unlink(missing_ok=True)


def _to_record(rules: RuleSet) -> dict[str, Any]:
    gates: dict[frozenset[int], int] = {}
    patterns = {
        language: [
            [
                *pattern[:3],
                pattern.pattern if pattern.pattern != pattern.source else 0,
                [gates.setdefault(gate, len(gates)) for gate in pattern.gates],
                *pattern[5:],
            ]
            for pattern in items
        ]
        for language, items in rules.patterns.items()
    }
    return {
        "digest": rules.digest,
        "rules": [_plain(rule) for rule in rules.rules],
        "words": rules.words,
        "basis": [_plain(basis) for basis in rules.basis.values()],
        "triggers": {language: [_plain(trigger) for trigger in items] for language, items in rules.triggers.items()},
        "offer": rules.offer,
        "scoring": _plain(rules.scoring),
        "literals": rules.literals,
        "gates": [sorted(gate) for gate in gates],
        "patterns": patterns,
    }


def _plain(noun: Any) -> list[Any]:
    values = [getattr(noun, field.name) for field in fields(noun)]
    return [_plain(value) if isinstance(value, SupportNeeded) else value for value in values]


def _from_record(record: dict[str, Any]) -> RuleSet:
    return RuleSet(
        rules=tuple(_rule(values) for values in record["rules"]),
        words={language: _tuples(lists) for language, lists in record["words"].items()},
        basis={values[0]: _noun(Basis, values) for values in record["basis"]},
        triggers={
            language: tuple(_noun(Trigger, values) for values in items)
            for language, items in record["triggers"].items()
        },
        offer={sign: _tuples(lists) for sign, lists in record["offer"].items()},
        scoring=_noun(Scoring, record["scoring"]),
        patterns=_patterns(record),
        literals=_tuples(record["literals"]),
        digest=record["digest"],
    )


def _noun(kind: Any, values: list[Any]) -> Any:
    names = (field.name for field in fields(kind))
    return kind(**{name: _frozen(value) for name, value in zip(names, values, strict=True)})


def _patterns(record: dict[str, Any]) -> dict[str, tuple[PreparedPattern, ...]]:
    """Return the patterns; the many that share a gate share one set."""
    gates = [frozenset(gate) for gate in record["gates"]]
    result = {}
    for language, items in record["patterns"].items():
        result[language] = tuple(
            PreparedPattern(owner, slot, source, pattern or source, tuple(gates[number] for number in numbers), *rest)
            for owner, slot, source, pattern, numbers, *rest in items
        )
    return result


def _rule(values: list[Any]) -> Rule:
    named: dict[str, Any] = {field.name: value for field, value in zip(fields(Rule), values, strict=True)}
    for name, value in named.items():
        if name in _MAPPINGS_OF_TUPLES:
            named[name] = _tuples(value)
        elif isinstance(value, list):
            named[name] = tuple(value)
    named["severity"] = Severity(named["severity"])
    support = named["support"]
    named["support"] = SupportNeeded(answered_by=Grade(support[0]), within=support[1]) if support else None
    return Rule(**named)


def _tuples(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in lists.items()}


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
