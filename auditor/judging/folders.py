"""Rule folders as files: found, read and digested, whatever they say."""

from __future__ import annotations

import fnmatch
import hashlib
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterable

BASIS = "basis.yaml"
MEASURED = "measured.yaml"
ADDED_FILES = (BASIS, MEASURED)
"""Files that a later folder adds to, where it replaces others of the same name."""
_CHUNK = 65_536


class RuleFile(NamedTuple):
    """One file of a rule folder: the name it goes by there, and its bytes."""

    name: str
    folder: Path
    content: bytes

    @property
    def path(self) -> Path:
        """Where the file is; made when it is asked for, as hundreds of paths take as long as reading what is there."""
        return self.folder / self.name


def find_rules() -> Path:
    """Return the folder of the rules that come with the program: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"


def read_files(folders: Iterable[Path]) -> tuple[RuleFile, ...]:
    """Return the files of *folders* sorted by name; a later folder replaces files of the same name.

    Bases and measured figures are not replaced but added, so that a folder need not copy those of others.
    Raises RuleError for a folder that is missing, holds no rule file or holds what is none.
    """
    files: dict[tuple[str, int], RuleFile] = {}
    for number, folder in enumerate(folders):
        if not folder.is_dir():
            raise RuleError(folder, None, "not a folder; name one that holds rule files")
        names = _list_files(folder)
        if not names:
            raise RuleError(folder, None, "holds no rule file; a rule is a file such as hype/secret-formula.yaml")
        for name in names:
            if os.path.splitext(name)[1] != ".yaml":  # noqa: PTH122 - a path of its own for each would take as long as reading it
                raise RuleError(folder / name, None, "the file name must end in .yaml")
            try:
                content = _read_file(f"{folder}/{name}")
            except OSError as error:
                raise RuleError(folder / name, None, f"cannot be read: {error.strerror}") from error
            files[name, number if name in ADDED_FILES else 0] = RuleFile(name, folder, content)
    return tuple(files[key] for key in sorted(files))


def _read_file(path: str) -> bytes:
    """Return what the file at *path* holds, without a file object: there are hundreds, and each takes as long as reading."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return b"".join(iter(partial(os.read, file, _CHUNK), b""))
    finally:
        os.close(file)


def _list_files(folder: Path) -> list[str]:
    """Return the names of the files below *folder* that look like rules, without pathlib, which takes four times as long."""
    found = []
    for place, folders, names in os.walk(folder):
        inner = place[len(str(folder)) :].replace(os.sep, "/").strip("/")
        found += [f"{inner}/{name}".lstrip("/") for name in fnmatch.filter((*folders, *names), "*.y*ml")]
    return sorted(found)


def digest_files(files: Iterable[RuleFile]) -> str:
    """Return the SHA-256 over names and contents of *files*."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    return digest.hexdigest()
