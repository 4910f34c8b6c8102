"""How a page is asked for, and what is advised where none comes."""

from __future__ import annotations

from dataclasses import dataclass

from auditor import __version__

USER_AGENT = f"clinic-auditor/{__version__} (+https://github.com/clinic-auditor/clinic-auditor)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How a page is asked for, how long to wait, and how much to take; times are in seconds."""

    user_agent: str = USER_AGENT
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    total_timeout: float = 60.0
    """For everything together, redirects included."""
    max_bytes: int = 20_000_000
    """Counted after decompression."""
    max_redirects: int = 10
    allow_private: bool = False
    """Whether addresses inside private and reserved networks may be fetched."""
    any_type: bool = False
    """Whether what is no page is taken too, such as a robots.txt or a sitemap."""
    keep_alive: bool = False
    """Whether a connection may serve the next page; only for a carrier that serves one host."""
    since: str | None = None
    """HTTP date: a page that has not changed later answers with status 304 and no body."""


USUAL = FetchSettings()
SAVE = "open the page in a browser, save it and audit the file"
