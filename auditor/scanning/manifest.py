"""The seal of a run: a manifest with the SHA-256 of every file, and whether all is still as it says."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor import __version__
from auditor.errors import AuditorError
from auditor.keeping import write_file
from auditor.scanning.store import STORE, find_visit, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST = "manifest.json"
STAMP = "manifest.json.tsr"
ASIDE = "manifests"
FORMAT = "clinic-auditor/manifest/1"
_UNSEALED = (MANIFEST, STAMP)
_CHUNK = 1 << 20


class Change(NamedTuple):
    """What is not as the manifest says."""

    file: str
    problem: str


def write_manifest(folder: Path, *, about: Mapping[str, Any], inputs: Mapping[str, str]) -> Path:
    """Seal the run in *folder*, again if it was sealed, and return where the manifest is.

    *about* says how the run was made; *inputs* are archives outside of it that were read, with their SHA-256.
    """
    manifest = {
        "format": FORMAT,
        "version": __version__,
        **about,
        "inputs": dict(inputs),
        "files": {name: describe_file(folder / name) for name in list_files(folder)},
    }
    path = folder / MANIFEST
    write_file(path, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    # A time stamp holds for the manifest that it was given for, and for no other.
    (folder / STAMP).unlink(missing_ok=True)
    return path


def put_aside(folder: Path, visit: int) -> None:
    """Keep the manifest of *visit*, and its time stamp, under another name, so that the run can grow.

    The next manifest seals them with all other files.
    """
    (folder / ASIDE).mkdir(exist_ok=True)
    for name in (STAMP, MANIFEST):
        if (folder / name).exists():
            (folder / name).replace(folder / ASIDE / f"{visit}-{name}")


class AlteredError(AuditorError):
    """A run that is no longer as it was sealed, or whose store does not hold what was scanned."""


class ManifestError(AlteredError):
    """A manifest that is not as it was written, or is gone from a run that was complete."""


def is_put_aside(folder: Path, visit: int) -> bool:
    """Tell whether the manifest of *visit* was put aside."""
    return (folder / ASIDE / f"{visit}-{MANIFEST}").exists()


def find_changes(folder: Path, *, inputs: bool = True) -> Iterator[Change]:
    """Yield every file of the run in *folder* that was changed, is missing, or was added since it was sealed.

    *inputs* outside of the folder are looked at where they can still be found. Raises `AuditorError` if there is no manifest.
    """
    manifest = read_manifest(folder)
    sealed = manifest["files"]
    for name in sorted({*sealed, *list_files(folder)}):
        if name not in sealed:
            yield Change(name, "was added after the run was sealed")
        elif problem := _compare_file(folder / name, sealed[name]):
            yield Change(name, problem)
    for name, digest in manifest["inputs"].items() if inputs else ():
        try:
            is_same = not Path(name).is_file() or hash_file(Path(name)) == digest
        except OSError as error:
            yield Change(name, f"cannot be read ({error.strerror})")
            continue
        if not is_same:
            yield Change(name, "was changed after it was read: it has another SHA-256")


def _compare_file(path: Path, sealed: Mapping[str, Any]) -> str:
    """Return what is wrong with the file at *path*, which was *sealed* as it was; nothing if it is the same."""
    try:
        if path.is_dir() or not (path.is_file() or path.is_symlink()):
            return "is no longer a file" if path.exists() else "is missing"
        return "" if describe_file(path) == sealed else "was changed: it has another SHA-256 or length"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def describe_changes(folder: Path) -> str:
    """Return in one sentence what of the run in *folder* was changed since it was sealed; nothing if it is whole, or was never."""
    try:
        changes = list(find_changes(folder, inputs=False))
    except ManifestError as error:
        return f"{folder} is not as it was sealed: {error}"
    except AuditorError:
        return ""
    if not changes:
        return ""
    more = f", and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f"{folder} is not as it was sealed: {changes[0].file} {changes[0].problem}{more} (auditor verify names all)"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the run in *folder*.

    Raises `ManifestError` if it was changed or taken away, `AuditorError` if the folder is no run that is complete.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        if _was_sealed(folder):
            raise ManifestError(f"{MANIFEST} is missing") from None
        raise AuditorError(f"{folder} holds no {MANIFEST}: name the folder of a scan that is complete") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ManifestError(f"{MANIFEST} cannot be read or was changed: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ManifestError(f"{MANIFEST} is not the manifest of a run, or was changed")
    return manifest


def _was_sealed(folder: Path) -> bool:
    """Tell whether the run in *folder* was complete once, so that its manifest was taken away."""
    if not (folder / STORE).is_file():
        return False
    with closing(open_store(folder, reading=True)) as connection:
        return find_visit(connection)["finished"] is not None


def list_files(folder: Path) -> list[str]:
    """Return the names of all files under *folder* that a manifest seals, sorted; a link to a folder is one, for it leads out."""
    found = [
        Path(place, name)
        for place, folders, names in os.walk(folder)
        for name in (*names, *(each for each in folders if Path(place, each).is_symlink()))
    ]
    return sorted(name for name in (path.relative_to(folder).as_posix() for path in found) if name not in _UNSEALED)


def describe_file(path: Path) -> dict[str, Any]:
    """Return the length of a file and its SHA-256; of a link where it leads. Raises `AuditorError` if it is no file."""
    if path.is_symlink():
        if path.is_dir():
            raise AuditorError(
                f"{path} is a link to a folder, and what that holds would not be sealed: "
                "put the folder itself there, then give the same command again"
            )
        return {"link": str(path.readlink())}
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        # To read a pipe or a device may have no end.
        raise AuditorError(f"{path} is a pipe or a device and no file: take it away, then give the same command again")
    return {"bytes": status.st_size, "sha256": hash_file(path)}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
