"""What a text tells by itself, worked out once: the pages of a site repeat their menus, footers and phrases."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    T = TypeVar("T")

MOST = 8192
"""Answers that are kept of each question: what pages repeat, they repeat soon."""
LONGEST = 2000
"""Characters of the longest text whose answers are kept: a longer one is hardly met again."""


def remember(ask: Callable[[str], T]) -> Callable[[str], T]:
    """Return *ask*, a function of nothing but a text, with its last answers remembered."""
    known = lru_cache(maxsize=MOST)(ask)

    @wraps(ask)
    def recall(text: str) -> T:
        return known(text) if len(text) <= LONGEST else ask(text)

    return recall


def remember_further(ask: Callable[..., T]) -> Callable[..., T]:
    """Return *ask*, a function of nothing but a text and what is further asked of it, with its last answers remembered.

    Apart from `remember`, which is asked for every passage and takes two thirds of the time.
    """
    known = lru_cache(maxsize=MOST)(ask)

    @wraps(ask)
    def recall(text: str, *further: Any) -> T:
        return known(text, *further) if len(text) <= LONGEST else ask(text, *further)

    return recall
