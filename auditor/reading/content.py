"""What one reader gathers from a page before it becomes a `Document`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from auditor.models import Frame, Obstacle


class Block(NamedTuple):
    """The text of one block; a passage but for its index and its settled language."""

    text: str
    role: str
    landmark: str = "body"
    section: tuple[str, ...] = ()
    language: str | None = None
    hidden: bool = False
    block: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class Anchor:
    """A link as it stands in the markup."""

    href: str
    landmark: str
    parts: list[str] = field(default_factory=list)
    passage: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """A form field as it stands in the markup."""

    name: str
    type: str
    id: str
    hint: str
    """Its placeholder or accessible name."""
    required: bool
    label: list[str] | None = None
    """Words of the label around it, still being filled."""


@dataclass(slots=True, eq=False, repr=False)
class Sheet:
    """A form as it stands in the markup."""

    action: str
    method: str
    landmark: str
    words: str
    """Its id, classes, name and role, and the headings above it."""
    entries: list[Entry] = field(default_factory=list)
    text: str = ""
    passage: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class Content:
    """Everything that one walk over a page yields."""

    blocks: list[Block] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """Id of a field to the words of its label."""
    frames: list[Frame] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    """Addresses of scripts, frames and pixels."""
    scripts: list[str] = field(default_factory=list)
    structured: list[str] = field(default_factory=list)
    """Source text of JSON-LD."""
    meta: dict[str, str] = field(default_factory=dict)
    marked: dict[str, str] = field(default_factory=dict)
    """Facts that the markup names: author, published, modified, reviewer, publisher."""
    title: str = ""
    base: str = ""
    canonical: str = ""
    language: str | None = None
    images: int = 0
    elements: int = 0
    scripted: bool = False
    """Whether the page says that it needs a script, or has a mount point for one."""
    obstacle: Obstacle | None = None
