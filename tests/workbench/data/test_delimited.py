"""Text tables: delimiters, quotes, crooked rows, and both readers giving the same."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.delimited import Table, read_delimited
from workbench.errors import TooLarge, UnreadableFile


def table(text: str, **options: int) -> Table:
    return read_delimited(text.encode(), **{"max_rows": 1000} | options)  # type: ignore[arg-type]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    found = table("\n".join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x", "2"], ["3", "y", "4"])))
    assert found.delimiter == delimiter
    assert found.frame.columns == ["a", "b", "c"]


def test_a_decimal_comma_does_not_hide_the_semicolon() -> None:
    assert table("a;b\n1,5;2,3\n2,5;3,3\n").delimiter == ";"


def test_one_column_has_no_delimiter() -> None:
    found = table("name\nAnna\n\nBob\n")
    assert found.delimiter is None
    assert found.frame["name"].to_list() == ["Anna", None, "Bob"]


def test_quoted_cells_hold_line_ends_delimiters_and_quotes() -> None:
    found = table('a,b\n"x\ny","1, ""one"""\n"z",2\n')
    assert found.frame.rows() == [("x\ny", '1, "one"'), ("z", "2")]


def test_short_rows_are_filled_up_and_named() -> None:
    found = table("a,b,c\n1,2,3\n4,5\n7,8,9\n")
    assert found.frame.rows() == [("1", "2", "3"), ("4", "5", None), ("7", "8", "9")]
    assert [note.say("en") for note in found.notes] == ["1 row had too few cells and was filled up with blanks: line 3."]


def test_what_a_long_row_has_too_much_is_kept() -> None:
    found = table('a,b\n1,2\n3,4,"5,6",7\n8,9\n')
    assert found.frame["surplus"].to_list() == [None, "5,6,7", None]
    assert "line 3" in found.notes[0].say("en")


def test_line_numbers_count_title_rows_and_lines_inside_cells() -> None:
    found = table('title\n\na,b\n"x\ny",1\n2\n3,4\n')
    assert "line 6" in found.notes[-1].say("en")


def test_a_stray_quote_does_not_swallow_the_file() -> None:
    found = table('name,size\nscreen,15"\npad,10\npen,1\n')
    assert found.frame["size"].to_list() == ['15"', "10", "1"]
    found = table('name,size\n"screen,15\npad,10\npen,1\n')
    assert found.frame.height == 3
    assert found.notes[-1].key == "reading.note.literal_quotes"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_line_end_is_understood(end: str) -> None:
    assert table(end.join(["a,b", "1,2", "3,4", ""])).frame.rows() == [("1", "2"), ("3", "4")]


def test_blank_lines_are_no_rows() -> None:
    assert table("a,b\n1,2\n\n3,4\n\n\n").frame.height == 2


def test_names_without_rows_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="no row of data"):
        table("a,b\n")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TooLarge, match="more than 3 rows"):
        table("a,b\n" + "1,2\n" * 4, max_rows=3)


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(TooLarge, match="10,001 columns"):
        table(",".join(f"c{i}" for i in range(10_001)) + "\n" + ",".join(["1"] * 10_001) + "\n")


def test_a_cell_larger_than_a_block_is_read() -> None:
    big = "x" * 300_000
    assert table(f'a,b\n"{big}",1\ny,2\nz,3 "or" 4\n').frame["a"][0] == big


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=6
)
letters = cells.filter(lambda cell: cell.strip() != "")


@settings(deadline=None)
@given(
    st.lists(st.tuples(letters, cells, letters), min_size=1, max_size=20),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_reading_what_was_written_gives_it_back(rows: list[tuple[str, str, str]], end: str, quoting: int) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerows([("名前", "b", "c"), *rows])  # type: ignore[arg-type]
    found = read_delimited(out.getvalue().encode(), header=1, max_rows=100)
    assert found.delimiter == ","
    assert [tuple(cell or "" for cell in row) for row in found.frame.rows()] == rows
