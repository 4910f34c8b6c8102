"""The folder of a run: who holds it, and which pieces saved pages are read in."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditorError, SourceError
from auditor.pipeline import attempt
from auditor.scanning.models import Part
from auditor.scanning.store import STORE
from auditor.sources.files import find_pages
from auditor.sources.warc import is_archive_name, is_remote, list_members, split_archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from auditor.models import Failure

PART_SIZE = 64
"""Pages that are read, judged and kept together: what a process killed in between has to do again."""


@contextmanager
def hold_run(folder: Path) -> Iterator[None]:
    """Hold the run in *folder* against every other process, for as long as this one lives.

    The folder is made if it is not there. Raises `AuditorError` if it holds something else, or another process holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_foreign = any(folder.iterdir()) and not (folder / STORE).exists()
    except (NotADirectoryError, FileExistsError):
        raise AuditorError(f"{folder} is a file, and a run needs a folder: name another by --output") from None
    if is_foreign:
        raise AuditorError(f"{folder} is not empty and holds no run: name a new folder by --output")
    handle = os.open(folder, os.O_RDONLY)
    try:
        # The lock is on the folder itself: the system drops it when the process ends, however it ends.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AuditorError(f"another scan is at work in {folder}: wait for it, or name another folder") from None
    try:
        yield
    finally:
        os.close(handle)


def list_parts(source: str) -> list[Part]:
    """Return the parts in which the archive, folder or page *source* is read, numbered later; raise `SourceError` for none."""
    if is_remote(source):
        # To find where its parts begin would be to fetch all of it before.
        return [Part(task=0, source=source)]
    if is_archive_name(source):
        return [
            Part(task=0, source=source, member=member, start=start, stop=stop)
            for member in list_members(source)
            for start, stop in _pair(list(split_archive(source, member=member, size=PART_SIZE)))
        ]
    folder = Path(source)
    if folder.is_file():
        return [Part(task=0, source=source, files=(folder.name,))]
    runs = {path.parent for path in folder.glob(f"**/{STORE}")}
    names = [str(path.relative_to(folder)) for path in find_pages(folder) if runs.isdisjoint(path.parents)]
    if not names:
        raise SourceError(
            source, "the folder holds nothing but the report of a scan: name the pages or archives to judge"
        )
    return [
        Part(task=0, source=source, files=tuple(names[start : start + PART_SIZE]))
        for start in range(0, len(names), PART_SIZE)
    ]


def attempt_parts(source: str) -> list[Part] | Failure:
    """Return the parts of *source*, or why there are none."""
    return attempt(source, partial(list_parts, source))


def _pair(starts: Sequence[int]) -> list[tuple[int, int | None]]:
    return list(zip(starts, [*starts[1:], None], strict=True))
