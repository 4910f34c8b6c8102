"""Corpora for tests: labelled cases, written as lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import auditor

if TYPE_CHECKING:
    from pathlib import Path

RULES = auditor.load_rules()


def write(path: Path, *rows: object) -> Path:
    """Write *rows* as JSON lines."""
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path
