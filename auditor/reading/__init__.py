"""From page to document: what a visitor reads, and where it stands."""

from __future__ import annotations

from auditor.reading.documents import read_page, read_text

__all__ = ["read_page", "read_text"]
