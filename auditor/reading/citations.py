"""References that a page gives, from a trial number down to "studies show"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.reading.identifiers import find_identifiers, find_linked, find_own_record
from auditor.reading.investigators import join_investigators
from auditor.reading.references import find_entries, find_pointers
from auditor.reading.studies import find_told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.models import Citation, Link, Passage
    from auditor.reading.joining import JoinedText


def find_citations(
    passages: Sequence[Passage], joined: JoinedText, links: Iterable[Link], url: str | None
) -> tuple[Citation, ...]:
    """Return all references of a page in page order, each place once."""
    found = [
        *find_own_record(url),
        *find_identifiers(joined, passages),
        *find_linked(links, passages, url),
        *find_entries(joined, passages),
    ]
    found.extend(find_pointers(joined, passages, found))
    found.extend(join_investigators(find_told(joined, passages, found), joined))
    return _order_citations(found)


def _order_citations(found: list[Citation]) -> tuple[Citation, ...]:
    """Return citations in page order, without those that repeat another in the same passage."""
    seen: set[tuple[str, str, int | None]] = set()
    kept = []
    for citation in found:
        key = (citation.kind, citation.identifier.lower(), citation.passage)
        if key not in seen:
            seen.add(key)
            kept.append(citation)
    last = max((citation.passage or 0 for citation in kept), default=0) + 1
    return tuple(
        sorted(kept, key=lambda citation: (last if citation.passage is None else citation.passage, citation.start))
    )
