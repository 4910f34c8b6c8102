"""What a text tells by itself, worked out once: the pages of a site repeat their menus, footers and phrases."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    T = TypeVar("T")

MOST = 16_384
"""Answers that are kept."""
LONGEST = 2000
"""Characters of the longest text whose answers are kept: a longer one is hardly met again."""


def recall(ask: Callable[..., T], text: str, *further: Any) -> T:
    """Return what *ask*, a function of nothing but its arguments, says of *text* and *further* ones."""
    return _recall(ask, text, *further) if len(text) <= LONGEST else ask(text, *further)


@lru_cache(maxsize=MOST)
def _recall(ask: Callable[..., Any], text: str, *further: Any) -> Any:
    return ask(text, *further)
