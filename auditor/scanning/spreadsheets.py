"""Lists as spreadsheets write them: rows of CSV, each with its line, read so that a slip in one costs no other."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ADDRESS_COLUMNS = ("url", "website", "web", "site", "homepage")
_ADDRESS_WORDS = re.compile(r"(?:^|_)(?:urls?|websites?|webpage|web_(?:page|site|address)|homepage)(?:_|\Z)")
_UNSURE_COLUMNS = ("address", "link", "domain")
"""What may hold addresses of another kind, where no column is plainly for those of the web."""
_SEPARATORS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r'\s*"?sep=([,;\t|])"?\s*\Z', re.IGNORECASE)
"""How Excel is told what separates the columns."""
_ADDRESS = re.compile(r"\w\.\w|^#|https?:", re.IGNORECASE)
"""What tells a cell from the name of a column."""
_LONGEST_NAME = 40
_MOST_LINES = 200
"""Of one row."""


class Row(NamedTuple):
    """One row, or why there is none."""

    number: int
    """Of its first line."""
    cells: Sequence[str]
    problem: str = ""


def find_separator(text: str) -> str | None:
    """Return what separates the columns of *text*, None if it is no CSV; raise `AuditorError` if its columns have no names."""
    lines = [line for line in io.StringIO(text) if line.strip()][:1]
    first = lines[0].rstrip("\r\n") if lines else ""
    if told := _SEPARATOR_LINE.match(first):
        return told[1]
    split = {separator: first.split(separator) for separator in _SEPARATORS}
    named = [separator for separator, cells in split.items() if find_address_column(cells) is not None]
    if named:
        return max(named, key=lambda separator: len(split[separator]))
    if first.count(",") and first.lower().startswith("http"):
        raise AuditorError("the list has several columns but no first line that names them: put url,name,… above it")
    return None


def read_rows(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows of the CSV *text*; a line that tells the separator is none."""
    lines = list(io.StringIO(text, newline=""))
    place = 1 if lines and _SEPARATOR_LINE.match(lines[0]) else 0
    while place < len(lines):
        block = lines[place : place + _MOST_LINES]
        rows = csv.reader(block, delimiter=separator)
        problem = ""
        try:
            cells = next(rows)
            used = rows.line_num
        except csv.Error as error:
            cells, used, problem = [], 1, f"the line cannot be read as CSV ({error}): passed over"
        if used > 1 and not _is_closed(block[:used], separator):
            # What lies below is not swallowed by a quotation mark that nobody closes.
            cells = [cell.replace('"', "") for cell in block[0].rstrip("\r\n").split(separator)]
            used, problem = 1, "a quotation mark is not closed: read as if it were not there"
        yield Row(place + 1, cells, problem)
        place += used


def name_columns(cells: Sequence[str]) -> list[str]:
    """Return the names of the columns that a first line gives, each once; a column without one is called by its place."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = name_column(cell) or f"column_{place}"
        names.append(f"{name}_{place}" if name in names else name)
    return names


def name_column(cell: str) -> str:
    """Return the name of a column in the one form in which it is known."""
    return re.sub(r"\W+", "_", cell.strip().strip('"').lower()).strip("_")


def find_address_column(cells: Sequence[str]) -> int | None:
    """Return which column of the first line *cells* is for web addresses, None if none is."""
    names = ["" if _ADDRESS.search(cell) else name_column(cell) for cell in cells]
    plain = [name for name in _ADDRESS_COLUMNS if name in names]
    worded = [name for name in names if len(name) <= _LONGEST_NAME and _ADDRESS_WORDS.search(name)]
    unsure = [name for name in _UNSURE_COLUMNS if name in names]
    return next((names.index(name) for name in (*plain, *worded, *unsure)), None)


def _is_closed(lines: Sequence[str], separator: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return False
    return True
