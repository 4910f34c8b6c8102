"""What makes a class a noun: a frozen, slotted dataclass with keyword arguments, made in half the time.

Python writes and compiles six methods for every dataclass, a tenth of the time of an audit for all nouns together. Here
comparing, hashing and showing are the same functions for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options: bool) -> Any:
        """Return a decorator that changes nothing: only type checkers ask what `noun` is."""
        return lambda decorator: decorator


T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def noun(kind: type[T]) -> type[T]:
    """Return *kind* as ``dataclass(frozen=True, slots=True, kw_only=True)`` makes it."""
    made: Any = dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)(kind)
    made.__eq__ = _is_equal
    made.__hash__ = _hash
    made.__repr__ = _show
    return made  # type: ignore[no-any-return]


def _is_equal(self: Any, other: object) -> bool:
    if self is other:
        return True
    return _list_values(self) == _list_values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_list_values(self))


def _show(self: Any) -> str:
    inner = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
    return f"{self.__class__.__qualname__}({inner})"


def _list_values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__dataclass_fields__)
