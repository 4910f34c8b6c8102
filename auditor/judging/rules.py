"""The rule set, read once and cached by the digest of its files."""

from __future__ import annotations

import gc
import hashlib
import marshal
import mmap
import os
import sys
import tempfile
from array import array
from contextlib import contextmanager, suppress
from dataclasses import fields
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from auditor.judging.folders import digest_files, find_rules, read_files
from auditor.judging.packing import Numbers, Rows, Table, pack_numbers, pack_rows, pack_table
from auditor.models import (
    Basis,
    Figure,
    Grade,
    Measured,
    PreparedList,
    PreparedLiteral,
    PreparedPattern,
    PreparedPatterns,
    Rule,
    RuleSet,
    Scoring,
    Severity,
    SupportNeeded,
    ToneScale,
    Trigger,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    T = TypeVar("T")

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
            # Most starts find the rules in the cache and need nothing of what builds them.
            from auditor.judging.loading import build_rule_set

            with _pause_collector():
                known = build_rule_set(files)
            _write_cache(known)
        _loaded[digest] = known
    return known


@contextmanager
def _pause_collector() -> Iterator[None]:
    """Look for no garbage: building makes a million things that need no collector, and looking takes a quarter longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
            "folders.py",
            "tonefile.py",
            "tones.py",
            "patterns.py",
            "gates.py",
            "literals.py",
            "preparing.py",
            "rulefile.py",
            "codebook.py",
            "context.py",
            "measured.py",
            "packing.py",
        )
    ] + [here.parent / "models.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def _read_cache(digest: str) -> RuleSet | None:
    path = _find_cache(digest)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            packed = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        start, size = packed[:8].cast("I")
        record = marshal.loads(packed[8:start])  # noqa: S302 - see above
        if record["digest"] != digest or size != len(packed):
            return None
        return _from_record(record, packed[start:])
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def _write_cache(rules: RuleSet) -> None:
    path = _find_cache(rules.digest)
    if path is None:
        return
    temporary = None
    body: list[bytes] = []
    head = marshal.dumps(_to_record(rules, body))
    start = 8 + len(head)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(array("I", [start, start + sum(map(len, body))]).tobytes())
            file.writelines([head, *body])
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


def _to_record(rules: RuleSet, body: list[bytes]) -> dict[str, Any]:
    """Return *rules* in plain tuples and mappings; what a page needs little of goes to *body*, as places there."""

    def place(packed: bytes) -> tuple[int, int]:
        start = sum(map(len, body))
        body.append(packed)
        return start, start + len(packed)

    triggers = {
        language: {
            first: {
                length: {phrase: tuple(map(_plain, members)) for phrase, members in phrases.items()}
                for length, phrases in by_length.items()
            }
            for first, by_length in index.items()
        }
        for language, index in rules.triggers.items()
    }
    return {
        "digest": rules.digest,
        "rules": [_plain(rule) for rule in rules.rules],
        "words": place(pack_table(rules.words)),
        "basis": place(pack_table({id_: _plain(basis) for id_, basis in rules.basis.items()})),
        "codebook": [_plain(variable) for variable in rules.codebook.values()],
        "measured": place(pack_table({id_: _plain(measured) for id_, measured in rules.measured.items()})),
        "triggers": {language: place(pack_table(index)) for language, index in triggers.items()},
        "tones": place(pack_table({language: _plain(scale) for language, scale in rules.tones.items()})),
        "offer": rules.offer,
        "scoring": _plain(rules.scoring),
        "patterns": {
            language: (
                place(pack_rows(map(tuple, prepared.patterns))),
                place(pack_rows(prepared.exact)),
                place(pack_table({name: tuple(listed) for name, listed in prepared.lists.items()})),
                place(pack_table({part: tuple(map(tuple, found)) for part, found in prepared.literals.items()})),
                place(pack_numbers(prepared.gates)),
                place(pack_numbers(prepared.callers)),
            )
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


def _from_record(record: dict[str, Any], body: memoryview) -> RuleSet:
    def table(place: tuple[int, int], make: Callable[[Any], T]) -> Table[T]:
        return Table(body[slice(*place)], make)

    return RuleSet(
        rules=tuple(map(_rule, record["rules"])),
        words=table(record["words"], dict),
        basis=table(record["basis"], partial(_noun, Basis)),
        codebook={values[0]: _variable(values) for values in record["codebook"]},
        measured=table(record["measured"], partial(_noun, Measured)),
        triggers={language: table(index, _read_triggers) for language, index in record["triggers"].items()},
        tones=table(record["tones"], partial(_noun, ToneScale)),
        offer=record["offer"],
        scoring=_noun(Scoring, record["scoring"]),
        patterns={
            language: PreparedPatterns(
                patterns=Rows(body[slice(*patterns)], PreparedPattern._make),
                exact=Rows(body[slice(*exact)], frozenset),
                lists=table(lists, PreparedList._make),
                literals=table(literals, lambda found: tuple(map(PreparedLiteral._make, found))),
                gates=Numbers(body[slice(*gates)]),
                callers=Numbers(body[slice(*callers)]),
            )
            for language, (patterns, exact, lists, literals, gates, callers) in record["patterns"].items()
        },
        digest=record["digest"],
    )


@cache
def _name_fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _noun(kind: Any, values: tuple[Any, ...]) -> Any:
    return kind(**dict(zip(_name_fields(kind), values, strict=True)))


def _variable(values: tuple[Any, ...]) -> Variable:
    id_, name, unit, tier, polarity, published, limit = values
    figures = tuple(
        Figure(says=says, source=source, verified=verified, percent=percent)
        for says, source, verified, percent in published
    )
    return Variable(id=id_, name=name, unit=unit, tier=tier, polarity=polarity, published=figures, limit=limit)


def _read_triggers(by_length: Any) -> dict[int, dict[tuple[str, ...], tuple[Trigger, ...]]]:
    return {
        length: {phrase: tuple(_noun(Trigger, values) for values in members) for phrase, members in phrases.items()}
        for length, phrases in by_length.items()
    }


def _rule(values: tuple[Any, ...]) -> Rule:
    named = dict(zip(_name_fields(Rule), values, strict=True))
    named["severity"] = Severity(named["severity"])
    named["fallback"] = bool(named["fallback"])
    support = named["support"]
    named["support"] = SupportNeeded(answered_by=Grade(support[0]), within=support[1]) if support else None
    return Rule(**named)
