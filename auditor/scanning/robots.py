"""What a site asks of visitors like us in its robots.txt (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

AGENT = "clinic-auditor"
"""The name by which rules for us would be found."""
MOST_BYTES = 512_000
MOST_DELAY = 60.0
"""Seconds between two requests beyond which a site is left alone: its pages would take a night and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules of one site that hold for us."""

    rules: Any = None
    """None where there are none, or where they are not asked."""

    def allows(self, url: str) -> bool:
        """Tell whether the page at *url* may be fetched."""
        return self.rules is None or bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Seconds that the site wants between two requests."""
        asked = self.rules.crawl_delay(AGENT) if self.rules is not None else None
        return float(asked) if asked else 0.0

    @property
    def sitemaps(self) -> Sequence[str]:
        """The addresses of sitemaps that it names."""
        return () if self.rules is None else tuple(self.rules.sitemaps)


def parse_robots(text: str) -> Robots:
    """Return the rules that *text* holds; what cannot be understood is passed over."""
    if not text.strip():
        return Robots()
    from protego import Protego

    return Robots(rules=Protego.parse(text[:MOST_BYTES]))
