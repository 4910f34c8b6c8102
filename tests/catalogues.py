"""Gather the messages of the reports and bring the catalogues up to date: ``python -m tests.catalogues``.

A message that is new is added without a translation, one that is gone is dropped; a test says which are missing.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from auditor.reporting.catalogue import FOLDER, LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORTING = FOLDER.parent
TEMPLATE = FOLDER / "auditor.pot"
KEYWORDS = {"_": None, "say": None, "mark": None, "say_many": (1, 2), "ngettext": (1, 2)}
OPTIONS = {"trimmed": "false", "silent": "false"}
HEADER = """\
# Messages of clinic-auditor's reports. python -m tests.catalogues gathers them anew.
"""


def gather_messages() -> Catalog:
    """Return every message of the code and of the templates, in the order of the alphabet."""
    found = Catalog(project="clinic-auditor", header_comment=HEADER.rstrip(), charset="utf-8")
    for message in sorted(set(_extract()), key=str):
        found.add(message)
    return found


def _extract() -> Iterator[str | tuple[str, ...]]:
    for path in sorted(REPORTING.rglob("*")):
        if path.suffix == ".py":
            method = "python"
        elif path.suffix in {".html", ".md"} and "templates" in path.parts:
            method = "jinja2.ext:babel_extract"
        else:
            continue
        yield from _extract_file(path, method)


def _extract_file(path: Path, method: str) -> Iterator[str | tuple[str, ...]]:
    options = {} if method == "python" else OPTIONS
    for _line, message, _comments, _context in extract(method, BytesIO(path.read_bytes()), KEYWORDS, (), options):
        if message:
            yield message


def render_template() -> bytes:
    """Return the template of all catalogues."""
    return _write(gather_messages())


def render_catalogue(locale: str) -> bytes:
    """Return the catalogue of *locale* with exactly the messages of today."""
    path = FOLDER / f"{locale}.po"
    known = read_po(BytesIO(path.read_bytes()), locale) if path.exists() else Catalog(locale)
    fresh = Catalog(locale, project="clinic-auditor", header_comment=HEADER.rstrip(), charset="utf-8")
    for message in gather_messages():
        if message.id:
            found = known.get(message.id if isinstance(message.id, str) else message.id[0])
            fresh.add(message.id, found.string if found else "")
    return _write(fresh)


def _write(catalogue: Catalog) -> bytes:
    # Dates and versions would change the file without changing a message.
    catalogue.mime_headers = [
        (name, value)
        for name, value in catalogue.mime_headers
        if name in {"Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms"}
    ]
    text = BytesIO()
    write_po(text, catalogue, width=0, sort_output=False, no_location=True)
    return text.getvalue()


def main() -> None:
    """Write the template and every catalogue that is not what it would be today, and name it."""
    wanted = {TEMPLATE: render_template()}
    wanted |= {FOLDER / f"{locale}.po": render_catalogue(locale) for locale in LOCALES if locale != "en"}
    for path, rendered in wanted.items():
        if not path.exists() or path.read_bytes() != rendered:
            path.write_bytes(rendered)
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
