"""Lists as spreadsheets write them: whatever separates the columns, a slip in one row costs no other."""

from __future__ import annotations

import pytest

from auditor.scanning.sitemaps import unpack_text
from auditor.scanning.spreadsheets import find_address_column, find_separator, name_columns, read_rows
from auditor.scanning.targets import read_list

TABLE = 'name;url\r\nKlinik Müller;https://a.example/\r\n"Café\nLuna";https://b.example/\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("separator", "start"), [(";", ""), ("\t", ""), (";", "sep=;\r\n"), ("|", '"sep=|"\r\n'), (",", "")]
)
def test_a_spreadsheet_is_read_however_it_was_saved(encoding: str, separator: str, start: str) -> None:
    """As Excel saves them: with marks, as Unicode text, in the encoding of its country, with a line for the separator."""
    content = (start + TABLE.replace(";", separator)).encode(encoding)
    targets, mistakes = read_list(unpack_text(content), "list.csv")

    assert [("https://a.example/", "Klinik Müller"), ("https://b.example/", "Café\nLuna")] == [
        (target.url, target.columns["name"]) for target in targets
    ]
    assert mistakes == ()


@pytest.mark.parametrize("below", ["C Ltd", '"C, Ltd"', '"C\nLtd"'])
def test_a_quotation_mark_that_nobody_closes_swallows_no_line(below: str) -> None:
    """Its line is named and read without it, and the lines below are read as they stand."""
    text = f'url,name\nhttps://a.example/,A\nhttps://b.example/,"B\nhttps://c.example/,{below}\nhttps://d.example/,D\n'
    targets, mistakes = read_list(text, "list.csv")

    assert ["A", "B", below.strip('"'), "D"] == [target.columns["name"] for target in targets]
    assert [(3, "a quotation mark is not closed: read as if it were not there")] == [
        (each.line, each.problem) for each in mistakes
    ]


def test_a_field_that_is_too_long_is_named() -> None:
    """It costs its own line."""
    text = f"url,name\nhttps://a.example/,{'x' * 200_000}\nhttps://b.example/,B\n"
    targets, mistakes = read_list(text, "list.csv")

    assert ["https://b.example/"] == [target.url for target in targets]
    assert [(2, True)] == [(each.line, each.refused) for each in mistakes]


def test_every_column_has_a_name_of_its_own() -> None:
    """Nothing is lost because two columns have one name, or one has none."""
    assert ["url", "note", "column_3", "note_4"] == name_columns(["URL", "Note", " ", "note"])
    targets, _ = read_list("url,note,,note\nhttps://a.example/,1,2,3\n", "list.csv")
    assert [{"url": "https://a.example/", "note": "1", "column_3": "2", "note_4": "3"}] == [
        target.columns for target in targets
    ]


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["name", "url"], 1),
        (["address", "Website"], 1),
        (["Clinic", "Website URL"], 1),
        (["Web page", "address"], 0),
        (["name", "address"], 1),
        (["name", "case_ref"], None),
        (["a.example/website"], None),
        (["# websites"], None),
        (["curled", "burls"], None),
    ],
)
def test_the_column_of_addresses_is_found(cells: list[str], place: int | None) -> None:
    """By its name, a plain one first; an address or a comment is no name."""
    assert place == find_address_column(cells)


@pytest.mark.parametrize(
    ("first", "separator"), [("url", ","), ("name;url;area", ";"), ("a,b|url|c", "|"), ("https://a.example/", None)]
)
def test_what_separates_columns_is_found(first: str, separator: str | None) -> None:
    """It is what makes most columns of the first line."""
    assert separator == find_separator(f"\n{first}\nx\n")


def test_rows_know_their_lines() -> None:
    """A field over two lines shifts no number, and a blank row is one too."""
    rows = list(read_rows('url,name\na,"one\ntwo"\n,,\nb,x\n', ","))

    assert [1, 2, 4, 5] == [row.number for row in rows]
    assert [["url", "name"], ["a", "one\ntwo"], ["", "", ""], ["b", "x"]] == [list(row.cells) for row in rows]
