"""Gather the messages of the reports and bring the catalogues up to date: ``python -m tests.catalogues``.

A message that is new is added without a translation, one that is gone is dropped; a test says which are missing.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.extract import extract

from auditor.reporting.catalogue import FOLDER, LOCALES, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

REPORTING = FOLDER.parent
TEMPLATE = FOLDER / "auditor.pot"
KEYWORDS = {"_": None, "say": None, "mark": None, "say_many": (1, 2), "ngettext": (1, 2)}
OPTIONS = {"trimmed": "false", "silent": "false"}
HEADER = """\
# Messages of clinic-auditor's reports. python -m tests.catalogues gathers them anew.
"""


def gather_messages() -> list[str | tuple[str, ...]]:
    """Return every message of the code and of the templates, those with a plural as pairs, in order."""
    return sorted(set(_extract()), key=lambda message: message if isinstance(message, str) else message[0])


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


def render_template() -> str:
    """Return the template of all catalogues."""
    return _render("", {})


def render_catalogue(locale: str) -> str:
    """Return the catalogue of *locale* with exactly the messages of today."""
    read_catalogue.cache_clear()
    known = read_catalogue(locale).messages if (FOLDER / f"{locale}.po").exists() else {}
    return _render(locale, known)


def _render(locale: str, known: Mapping[str, tuple[str, ...]]) -> str:
    """Return the messages as a gettext file; without dates, so that it changes only with a message."""
    head = [
        f"Language: {locale}",
        "Content-Type: text/plain; charset=UTF-8",
        "Plural-Forms: nplurals=2; plural=(n != 1);",
    ]
    entries = [HEADER + 'msgid ""\nmsgstr ""\n' + "".join(f"{_quote(line + chr(10))}\n" for line in head)]
    for message in gather_messages():
        one, *many = message if isinstance(message, tuple) else (message,)
        told = known.get(one, ("",) * (1 + len(many)))
        lines = ["#, python-format"] if "%(" in one else []
        lines.append(f"msgid {_quote(one)}")
        if many:
            lines.append(f"msgid_plural {_quote(many[0])}")
            lines += [f"msgstr[{number}] {_quote(text)}" for number, text in enumerate(told)]
        else:
            lines.append(f"msgstr {_quote(told[0])}")
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main() -> None:
    """Write the template and every catalogue that is not what it would be today, and name it."""
    wanted = {TEMPLATE: render_template()}
    wanted |= {FOLDER / f"{locale}.po": render_catalogue(locale) for locale in LOCALES if locale != "en"}
    for path, rendered in wanted.items():
        if not path.exists() or path.read_text("utf-8") != rendered:
            path.write_text(rendered, "utf-8")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
