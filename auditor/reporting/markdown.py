"""The audits as Markdown: for an editor's desk, an issue tracker or a wiki, with nothing from a page alive in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from auditor.reporting.catalogue import speak
from auditor.reporting.html import view_audit
from auditor.reporting.templating import fill_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def render_markdown(
    records: Iterable[dict[str, Any]], *, locale: str = "en", templates: Path | None = None, cache: Path | None = None
) -> str:
    """Return *records* as one Markdown text, page after page; *templates* may hold the user's own ``report.md``.

    Raises TemplateError for a mistake in it.
    """
    with speak(locale):
        parts = [fill_template("report.md", view_audit(record), folder=templates, cache=cache) for record in records]
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(part.strip("\n") for part in parts)) + "\n"
