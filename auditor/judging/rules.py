"""The rule set, read once and cached by the digest of its files."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.judging.loading import build_rule_set, digest_files, find_rules, read_files
from auditor.models import (
    Basis,
    Figure,
    Grade,
    Measured,
    PreparedPattern,
    PreparedPatterns,
    Rule,
    RuleSet,
    Scoring,
    Severity,
    SupportNeeded,
    Trigger,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_CACHED = 8


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
# Marshal, which holds tuples and sets as they are and reads four times as fast as JSON. It runs no code; a file that
# somebody broke can be no valid one, and the folder is this user's alone.


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
    return folder / f"rules-{sys.implementation.cache_tag}-{_shape()}-{digest[:32]}.cache"


@lru_cache(maxsize=1)
def _shape() -> str:
    """Return a short name for the shape of what is cached, so that a changed program reads no stale file."""
    here = Path(__file__).parent
    sources = [
        here / name
        for name in (
            "rules.py",
            "loading.py",
            "patterns.py",
            "gates.py",
            "literals.py",
            "preparing.py",
            "rulefile.py",
            "codebook.py",
            "measured.py",
        )
    ] + [here.parent / "models.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def _read_cache(digest: str) -> RuleSet | None:
    path = _find_cache(digest)
    if path is None:
        return None
    try:
        record = marshal.loads(path.read_bytes())  # noqa: S302 - see above
        if record["digest"] != digest:
            return None
        return _from_record(record)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


class _Patterns(Mapping[str, PreparedPatterns]):
    """Language to patterns, each language read when it is first asked for: a page needs one of many."""

    def __init__(self, stored: dict[str, bytes]) -> None:
        self._stored = stored
        self._read: dict[str, PreparedPatterns] = {}

    def __getitem__(self, language: str) -> PreparedPatterns:
        if language not in self._read:
            patterns, *others = marshal.loads(self._stored[language])  # noqa: S302 - see above
            self._read[language] = PreparedPatterns(tuple(map(PreparedPattern._make, patterns)), *others)
        return self._read[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def __contains__(self, language: object) -> bool:
        return language in self._stored


def _write_cache(rules: RuleSet) -> None:
    path = _find_cache(rules.digest)
    if path is None:
        return
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            marshal.dump(_to_record(rules), file)
        Path(temporary).replace(path)
        _prune_cache(path.parent)
    except OSError:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()


def _prune_cache(folder: Path) -> None:
    """Delete all but the newest rule sets: every edit of a rule would leave one behind."""
    kept = sorted(folder.glob("rules-*.cache"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_MOST_CACHED:]:
        path.unlink(missing_ok=True)


def _to_record(rules: RuleSet) -> dict[str, Any]:
    """Return *rules* in plain tuples, mappings and sets, which is all that marshal holds."""
    return {
        "digest": rules.digest,
        "rules": [_plain(rule) for rule in rules.rules],
        "words": rules.words,
        "basis": [_plain(basis) for basis in rules.basis.values()],
        "codebook": [_plain(variable) for variable in rules.codebook.values()],
        "measured": {id_: _plain(measured) for id_, measured in rules.measured.items()},
        "triggers": {language: [_plain(trigger) for trigger in items] for language, items in rules.triggers.items()},
        "offer": rules.offer,
        "scoring": _plain(rules.scoring),
        "patterns": {
            language: marshal.dumps([list(map(tuple, prepared.patterns)), *prepared[1:]])
            for language, prepared in rules.patterns.items()
        },
    }


def _plain(noun: Any) -> tuple[Any, ...]:
    values = (getattr(noun, field.name) for field in fields(noun))
    return tuple(
        int(value)
        if isinstance(value, int)
        else _plain(value)
        if isinstance(value, SupportNeeded)
        else tuple(map(_plain, value))
        if isinstance(value, tuple) and value and isinstance(value[0], Figure)
        else value
        for value in values
    )


def _from_record(record: dict[str, Any]) -> RuleSet:
    return RuleSet(
        rules=tuple(map(_rule, record["rules"])),
        words=record["words"],
        basis={values[0]: _noun(Basis, values) for values in record["basis"]},
        codebook={values[0]: _variable(values) for values in record["codebook"]},
        measured={id_: _noun(Measured, values) for id_, values in record["measured"].items()},
        triggers={language: tuple(map(_trigger, items)) for language, items in record["triggers"].items()},
        offer=record["offer"],
        scoring=_noun(Scoring, record["scoring"]),
        patterns=_Patterns(record["patterns"]),
        digest=record["digest"],
    )


def _noun(kind: Any, values: tuple[Any, ...]) -> Any:
    return kind(**{field.name: value for field, value in zip(fields(kind), values, strict=True)})


def _variable(values: tuple[Any, ...]) -> Variable:
    id_, name, unit, tier, polarity, published, limit = values
    figures = tuple(
        Figure(says=says, source=source, verified=verified, percent=percent)
        for says, source, verified, percent in published
    )
    return Variable(id=id_, name=name, unit=unit, tier=tier, polarity=polarity, published=figures, limit=limit)


def _trigger(values: tuple[Any, ...]) -> Trigger:
    phrase, context, direction, reach, stops = values
    return Trigger(phrase=phrase, context=context, direction=direction, reach=reach, stops=stops)


def _rule(values: tuple[Any, ...]) -> Rule:
    named = {field.name: value for field, value in zip(fields(Rule), values, strict=True)}
    named["severity"] = Severity(named["severity"])
    support = named["support"]
    named["support"] = SupportNeeded(answered_by=Grade(support[0]), within=support[1]) if support else None
    return Rule(**named)
