"""Rows kept as bytes until they are asked for: a page needs a tenth of the rule set, and what is not read costs nothing.

Making a quarter of a million objects takes longer than judging a page by those it needs; so does the memory for them.
Rows are in Python's marshal format, which runs no code.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


class Rows(Sequence[T]):
    """A sequence of which each row is read when it is first asked for, and kept."""

    def __init__(self, packed: memoryview, make: Callable[[Any], T]) -> None:
        """Take what `pack_rows` gave, and what makes a row of what was packed."""
        (self._count,) = packed[:4].cast("I")
        self._ends = packed[4 : 4 + 4 * self._count].cast("I")
        self._rows = packed[4 + 4 * self._count :]
        self._make = make
        self._read: dict[int, T] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[T]: ...
    def __getitem__(self, number: int | slice) -> T | Sequence[T]:
        """Return row *number*, counted from 0."""
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(self._count))]
        row = self._read.get(number)
        if row is None:
            if not 0 <= number < self._count:
                raise IndexError(number)
            start = self._ends[number - 1] if number else 0
            row = self._read[number] = self._make(marshal.loads(self._rows[start : self._ends[number]]))  # noqa: S302 - see above
        return row

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is a sequence of the same rows."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class Numbers(Sequence["memoryview"]):
    """Rows of nothing but numbers, each a view of them: making an object for every number would cost the most."""

    def __init__(self, packed: memoryview) -> None:
        """Take what `pack_numbers` gave."""
        (self._count,) = packed[:4].cast("I")
        self._ends = packed[4 : 4 + 4 * self._count].cast("I")
        self._numbers = packed[4 + 4 * self._count :].cast("I")

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    @overload
    def __getitem__(self, number: int) -> memoryview: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[memoryview]: ...
    def __getitem__(self, number: int | slice) -> memoryview | Sequence[memoryview]:
        """Return row *number*, counted from 0."""
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(self._count))]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._numbers[self._ends[number - 1] if number else 0 : self._ends[number]]


class Table(Mapping[str, T]):
    """A mapping of which each value is read when it is first asked for, and kept; the keys are read all at once."""

    def __init__(self, packed: memoryview, make: Callable[[Any], T]) -> None:
        """Take what `pack_table` gave, and what makes a value of what was packed."""
        (length,) = packed[:4].cast("I")
        self._keys = packed[4 : 4 + length]
        self._rows = Rows(packed[4 + length :], make)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Key to number of its row."""
        numbers: dict[str, int] = marshal.loads(self._keys)  # noqa: S302 - see above
        return numbers

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        return iter(self._numbers)

    def __contains__(self, key: object) -> bool:
        """Return whether *key* is one, without reading its value."""
        return key in self._numbers

    def __getitem__(self, key: str) -> T:
        """Return the value of *key*."""
        return self._rows[self._numbers[key]]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of *key*, or *default*: most words that are looked up are no keys."""
        number = self._numbers.get(key)
        return default if number is None else self._rows[number]


def pack_rows(rows: Iterable[Any]) -> bytes:
    """Return *rows*, plain values each, in one: their number, their ends, themselves."""
    packed = [marshal.dumps(row) for row in rows]
    ends = array("I")
    for row in packed:
        ends.append((ends[-1] if ends else 0) + len(row))
    return array("I", [len(packed)]).tobytes() + ends.tobytes() + b"".join(packed)


def pack_numbers(rows: Iterable[Sequence[int]]) -> bytes:
    """Return *rows* of numbers in one: how many, their ends, themselves."""
    ends, numbers = array("I"), array("I")
    for row in rows:
        numbers.extend(row)
        ends.append(len(numbers))
    return array("I", [len(ends)]).tobytes() + ends.tobytes() + numbers.tobytes()


def pack_table(values: Mapping[str, Any]) -> bytes:
    """Return *values*, plain ones, by keys: these with the numbers of their rows, then the rows."""
    keys = marshal.dumps({key: number for number, key in enumerate(values)})
    return array("I", [len(keys)]).tobytes() + keys + pack_rows(values.values())
