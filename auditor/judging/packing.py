"""Rows kept as bytes until they are asked for: a page needs a tenth of the rule set, and what is not read costs nothing.

Making a quarter of a million objects takes longer than judging a page by those it needs; so does the memory for them.
Rows are in Python's marshal format, which runs no code.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

_PREFIX = 2
"""Characters by which the keys of a table are told apart before they are looked at one by one."""


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
    """A mapping of which each value is read when it is first asked for, and kept."""

    def __init__(self, packed: memoryview, make: Callable[[Any], T]) -> None:
        """Take what `pack_table` gave, and what makes a value of what was packed."""
        (length,) = packed[:4].cast("I")
        self._buckets: dict[str, str] = marshal.loads(packed[4 : 4 + length])  # noqa: S302 - see above
        self._rows = Rows(packed[4 + length :], make)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        for bucket in self._buckets.values():
            for line in bucket.strip("\n").split("\n"):
                yield line.partition("\t")[0]

    def __contains__(self, key: object) -> bool:
        """Return whether *key* is one, without reading its value."""
        return isinstance(key, str) and self._find(key) is not None

    def __getitem__(self, key: str) -> T:
        """Return the value of *key*."""
        number = self._find(key)
        if number is None:
            raise KeyError(key)
        return self._rows[number]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of *key*, or *default*: most words that are looked up are no keys."""
        number = self._find(key)
        return default if number is None else self._rows[number]

    def _find(self, key: str) -> int | None:
        bucket = self._buckets.get(key[:_PREFIX], "")
        start = bucket.find(f"\n{key}\t")
        if start < 0:
            return None
        start += len(key) + 2
        return int(bucket[start : bucket.index("\n", start)])


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
    """Return *values*, plain ones, by keys without tabs and line breaks: these in short lists, then the rows."""
    buckets: dict[str, str] = {}
    for number, key in enumerate(values):
        buckets[key[:_PREFIX]] = f"{buckets.get(key[:_PREFIX], chr(10))}{key}\t{number}\n"
    keys = marshal.dumps(buckets)
    return array("I", [len(keys)]).tobytes() + keys + pack_rows(values.values())
