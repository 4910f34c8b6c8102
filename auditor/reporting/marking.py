"""Text from a page within Markdown: shown as it is, and nothing in it a heading, link, image or tag."""

from __future__ import annotations

import re

# What begins or ends a piece of Markdown anywhere in a line (https://spec.commonmark.org, and GitHub's additions: bare
# addresses, @names, ~~, tables).
_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~@#&$]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_AT_START = re.compile(r"^(\s*)([-+=]|\d{1,9}(?=[.)]))")


def escape_markdown(text: str) -> str:
    """Return *text*, which is one line, so that Markdown shows it and does nothing with it."""
    escaped = _ANYWHERE.sub(lambda found: f"\\{found[0]}", text)
    escaped = _AT_START.sub(_escape_start, escaped)
    return escaped.replace("!\\[", "\\!\\[")


def _escape_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if not found[2].isdigit() else f"{found[1]}{found[2]}\\"
