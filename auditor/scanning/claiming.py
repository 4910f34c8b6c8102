"""One folder, one run: tables of two runs in one place would be taken for one, or the second would write over the first."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from auditor.errors import AuditorError
from auditor.keeping import write_file
from auditor.scanning import store

if TYPE_CHECKING:
    from pathlib import Path

MARK = "export.json"
TABLES = ("changes", "codebook", "findings", "mistakes", "networks", "pages", "prevalence", "sites")
_KINDS = ("csv", "jsonl", "parquet")
_WRITTEN = frozenset(("captures.wacz", *(f"{table}.{kind}" for table in TABLES for kind in _KINDS)))


def claim_folder(run: Path, folder: Path) -> None:
    """Note in *folder*, which is made, that the run in *run* is exported into it.

    The same run may be exported there again, after a further visit too, and in another form. Raises `AuditorError` if the
    run is not complete, if the folder lies in this or another run, whose seal that would break, or if it holds what may
    have been exported of another.
    """
    place = folder.resolve()
    if any((parent / store.STORE).is_file() for parent in (place, *place.parents)):
        raise AuditorError(f"{folder} lies in a run, where nothing may be added: name another folder by --output")
    with closing(store.open_finished(run)) as connection:
        told = store.read_run(connection)
    mark = {"run": {"created": told["created"], "targets": told["targets"]}}
    folder.mkdir(parents=True, exist_ok=True)
    if _read_mark(folder) == mark:
        return
    if (folder / MARK).exists() or any(path.name in _WRITTEN for path in folder.iterdir()):
        raise AuditorError(
            f"{folder} holds the export of another run: name another folder, or take that one away first"
        )
    write_file(folder / MARK, json.dumps(mark, indent=1) + "\n")


def _read_mark(folder: Path) -> object:
    try:
        return json.loads((folder / MARK).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
