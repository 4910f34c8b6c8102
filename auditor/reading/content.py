"""What one reader gathers from a page before it becomes a `Document`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

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


make_block: Callable[[tuple[str, str, str, tuple[str, ...], str | None, bool, str | None]], Block] = partial(
    tuple.__new__, Block
)
"""Make a block of its values in their order, in half the time that the class takes."""

# Plain classes, filled while a page is walked: Python takes a third of a millisecond to make a dataclass of each.


class Anchor:
    """A link as it stands in the markup."""

    __slots__ = ("href", "landmark", "parts", "passage")

    def __init__(self, href: str, landmark: str, parts: list[str] | None = None, passage: int | None = None) -> None:
        """Begin with the address and where it stands; its words come in *parts*."""
        self.href = href
        self.landmark = landmark
        self.parts = [] if parts is None else parts
        self.passage = passage


class Entry:
    """A form field as it stands in the markup."""

    __slots__ = ("hint", "id", "label", "name", "required", "type")

    def __init__(
        self,
        *,
        name: str,
        type: str,  # noqa: A002 - as HTML calls it
        id: str,  # noqa: A002
        hint: str,
        required: bool,
        label: list[str] | None = None,
    ) -> None:
        """Take its attributes, as *hint* its placeholder or accessible name, and the label around it, still being filled."""
        self.name = name
        self.type = type
        self.id = id
        self.hint = hint
        self.required = required
        self.label = label


class Sheet:
    """A form as it stands in the markup."""

    __slots__ = ("action", "entries", "landmark", "method", "passage", "text", "words")

    def __init__(self, action: str, method: str, landmark: str, words: str) -> None:
        """Take its attributes, as *words* its id, classes, name and role, and the headings above it."""
        self.action = action
        self.method = method
        self.landmark = landmark
        self.words = words
        self.entries: list[Entry] = []
        self.text = ""
        self.passage: int | None = None


class Content:
    """Everything that one walk over a page yields."""

    __slots__ = (
        "anchors", "base", "blocks", "canonical", "elements", "frames", "images", "labels", "language", "loaded", "marked",
        "meta", "obstacle", "scripted", "scripts", "sheets", "structured", "title",
    )  # fmt: skip

    def __init__(self) -> None:
        """Begin with nothing."""
        self.blocks: list[Block] = []
        self.anchors: list[Anchor] = []
        self.sheets: list[Sheet] = []
        self.labels: dict[str, str] = {}
        """Id of a field to the words of its label."""
        self.frames: list[Frame] = []
        self.loaded: list[str] = []
        """Addresses of scripts, frames and pixels."""
        self.scripts: list[str] = []
        self.structured: list[str] = []
        """Source text of JSON-LD."""
        self.meta: dict[str, str] = {}
        self.marked: dict[str, str] = {}
        """Facts that the markup names: author, published, modified, reviewer, publisher."""
        self.title = ""
        self.base = ""
        self.canonical = ""
        self.language: str | None = None
        self.images = 0
        self.elements = 0
        self.scripted = False
        """Whether the page says that it needs a script, or has a mount point for one."""
        self.obstacle: Obstacle | None = None
