"""What is written: files named for their pages, each whole or not at all."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.models import STANDARD_INPUT

if TYPE_CHECKING:
    from auditor.models import Page

_UNSAFE = r"[^a-zA-Z0-9._]+"
_LONGEST_NAME = 80


def name_report(page: Page) -> str:
    """Return a file name for the report on *page*: the same for the same page, another for any other."""
    identity = page.url or page.source
    told = identity.partition("://")[2] or identity if page.url else Path(identity).stem
    plain = "stdin" if identity == STANDARD_INPUT else told[: 4 * _LONGEST_NAME]
    plain = re.sub(_UNSAFE, "-", plain)[:_LONGEST_NAME].strip("-.").lower()
    mark = sha256(f"{identity}\0{page.sha256}".encode(errors="surrogatepass")).hexdigest()
    return f"{plain or 'page'}-{mark[:8]}.html"


def write_file(path: Path, text: str, *, append: bool = False) -> None:
    """Write *text* to *path* whole or not at all, or add it to what is there.

    Raises OSError with the name of *path*, which the system leaves out when a disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if append or (path.exists() and not path.is_file()):
            with path.open("a" if append else "w", encoding="utf-8", newline="") as file:
                file.write(text)
        else:
            _replace_file(path, text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _replace_file(path: Path, text: str) -> None:
    unfinished = path.with_name(
        f".{sha256(path.name.encode(errors='surrogatepass')).hexdigest()[:16]}.{os.getpid()}.part"
    )
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
