"""The language of a report: English messages in the code, and catalogues that say them in another language.

A catalogue is a gettext file (https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html). It is read as it
stands when another language is asked for; English is the messages themselves and loads nothing.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOCALES = ("en", "de", "es")
FOLDER = Path(__file__).parent / "locales"
_GROUPS = {"en": ",", "de": ".", "es": "."}


class Catalogue(NamedTuple):
    """A language with its messages: of each the singular, and the plural where there is one."""

    locale: str
    messages: Mapping[str, tuple[str, ...]]


_ENGLISH = Catalogue("en", {})
_spoken: ContextVar[Catalogue] = ContextVar("spoken", default=_ENGLISH)


@contextmanager
def speak(locale: str) -> Iterator[None]:
    """Let everything that is said within be said in the language *locale*, one of `LOCALES`."""
    token = _spoken.set(_ENGLISH if locale == "en" else read_catalogue(locale))
    try:
        yield
    finally:
        _spoken.reset(token)


def name_locale() -> str:
    """Return the language that is spoken now."""
    return _spoken.get().locale


def say(message: str, /, **values: object) -> str:
    """Return *message* in the language that is spoken, with *values* for its ``%(name)s``."""
    found = _spoken.get().messages.get(message)
    told = found[0] if found else message
    return told % values if values else told


def say_many(one: str, many: str, number: int, /, **values: object) -> str:
    """Return *one* or *many*, as *number* wants it, in the language that is spoken; both may hold ``%(number)s``."""
    found = _spoken.get().messages.get(one) or (one, many)
    return found[0 if number == 1 else -1] % (values | {"number": say_number(number)})


def say_number(number: int) -> str:
    """Return *number* with its thousands grouped as the language does it."""
    return f"{number:,}".replace(",", _GROUPS[name_locale()])


def mark(message: str) -> str:
    """Return *message*, which a table holds and `say` says later; the word by which translators find it."""
    return message


def is_translated(message: str) -> bool:
    """Tell whether the catalogue of the language that is spoken has *message*; there is none for English."""
    return message in _spoken.get().messages


@cache
def read_catalogue(locale: str) -> Catalogue:
    """Read the catalogue of *locale*; its languages have one plural, for all numbers but 1."""
    messages: dict[str, tuple[str, ...]] = {}
    for entry in (FOLDER / f"{locale}.po").read_text("utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in entry.splitlines():
            head, quotes, _ = line.partition('"')
            if line.startswith("#") or not quotes:
                continue
            key = head.strip() or key
            # The escapes of a gettext file are those of JSON.
            parts[key] = parts.get(key, "") + str(json.loads(line[len(head) :]))
        said = tuple(text for name, text in parts.items() if name.startswith("msgstr") and text)
        if parts.get("msgid") and said:
            messages[parts["msgid"]] = said
    return Catalogue(locale, messages)
