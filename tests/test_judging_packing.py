"""Packing: rows and tables kept as bytes are what was packed."""

from __future__ import annotations

import pytest

from auditor.judging.packing import Numbers, Rows, Table, pack_numbers, pack_rows, pack_table

ROWS = [("a", (1, 2)), "", frozenset({"b"}), None, {"c": 3}]
NUMBERS = [[1, 70_000], [], [3]]
VALUES = {"knee": (1,), "kneel": (2,), "": (), " th": (4,), "膝": (5,)}


def test_rows_are_what_was_packed() -> None:
    """Each row is read when it is asked for, from either end, and in slices."""
    rows = Rows(memoryview(pack_rows(ROWS)), lambda row: row)

    assert ROWS == list(rows)
    assert len(ROWS) == len(rows)
    assert ROWS[1:3] == list(rows[1:3])
    assert rows == ROWS


def test_rows_are_made_once() -> None:
    """What a row is made into is kept."""
    rows = Rows(memoryview(pack_rows([[1], [2]])), list)

    assert rows[1] is rows[1]


@pytest.mark.parametrize("number", [-1, 3])
def test_there_is_no_row_beyond_the_last(number: int) -> None:
    """Rows are counted from the first."""
    with pytest.raises(IndexError):
        Rows(memoryview(pack_rows([1, 2, 3])), int)[number]
    with pytest.raises(IndexError):
        Numbers(memoryview(pack_numbers([[1], [2], [3]])))[number]


def test_numbers_are_what_was_packed() -> None:
    """Rows of numbers may be empty, and need not fit into two bytes."""
    numbers = Numbers(memoryview(pack_numbers(NUMBERS)))

    assert NUMBERS == [list(row) for row in numbers]
    assert [[], [3]] == [list(row) for row in numbers[1:]]


def test_tables_are_what_was_packed() -> None:
    """Values are found by their keys, and by nothing that only looks like one."""
    table = Table(memoryview(pack_table(VALUES)), tuple)

    assert table == VALUES
    assert len(VALUES) == len(table)
    assert (2,) == table["kneel"]
    assert "kne" not in table
    assert "nee" not in table
    with pytest.raises(KeyError):
        table["hip"]


def test_nothing_can_be_packed() -> None:
    """Empty rows and tables are rows and tables."""
    assert [] == list(Rows(memoryview(pack_rows([])), list))
    assert {} == dict(Table(memoryview(pack_table({})), list))
