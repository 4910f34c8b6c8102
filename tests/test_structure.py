"""The house: floors, rooms and doors, read from the syntax trees."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import auditor

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(auditor.__file__).parent
FLOORS = {
    "nouns": -1,
    "errors": 0, "models": 0,
    "sources": 1, "reading": 1, "judging": 1, "registries": 1, "reporting": 1,
    "keeping": 1,
    "pipeline": 2,
    "scanning": 3, "evaluation": 3, "evidence": 3,
    "cli": 4, "__init__": 4,
    "__main__": 5,
}  # fmt: skip
DRAWERS = {"utils", "helpers", "common", "base", "manager", "misc", "tools"}
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported_names(path: Path) -> Iterator[str]:
    """Yield the dotted name of everything that *path* imports, inside functions and for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(path: Path) -> set[str]:
    """Return the floor entries of our own package that *path* imports; its version number lies below all floors."""
    names = (name.split(".") for name in imported_names(path))
    return {parts[1] for parts in names if parts[0] == "auditor" and parts[1:] != ["__version__"]}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    """A module imports only from floors below its own, or from its own room."""
    room = module.partition("/")[0]
    too_high = {name for name in own_imports(MODULES[module]) if name != room and FLOORS[name] >= FLOORS[room]}

    assert set() == too_high


def test_every_library_lives_in_one_place() -> None:
    """An outside library is imported in one module only, and that of the command line in its room only."""
    homes = defaultdict(set)
    for module, path in MODULES.items():
        for name in imported_names(path):
            library = name.split(".")[0]
            homes[library].add(module.partition("/")[0] if library == "click" else module)

    outside = {name: found for name, found in homes.items() if name not in sys.stdlib_module_names | {"auditor"}}
    assert outside
    assert {} == {name: found for name, found in outside.items() if len(found) > 1}


def test_there_is_no_drawer() -> None:
    """No module is named for nothing in particular."""
    assert set() == DRAWERS & {part for module in MODULES for part in module.split("/")}


def test_every_module_says_what_it_is() -> None:
    """Every module opens with a docstring."""
    silent = {module for module, path in MODULES.items() if not ast.get_docstring(ast.parse(path.read_bytes()))}

    assert set() == silent


def test_every_module_is_on_a_floor() -> None:
    """A new room is given its floor here before anything is built in it."""
    assert set() == {module.partition("/")[0] for module in MODULES} - FLOORS.keys()
