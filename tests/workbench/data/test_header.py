"""Where the column names stand."""

from __future__ import annotations

import pytest

from workbench.data.header import find, unique_names
from workbench.errors import UnreadableFile


def rows(text: str) -> list[list[str]]:
    return [line.split(",") if line else [] for line in text.split("\n")]


def test_title_rows_above_the_names_are_left_out_and_said() -> None:
    found = find(rows("売上一覧,,\n作成日,2024-01-01,\n\n店,月,売上\n東京,1,10\n大阪,2,20"))
    assert found.names == ("店", "月", "売上")
    assert found.data == 4
    assert [note.key for note in found.notes] == ["reading.note.above"]
    assert "売上一覧" in found.notes[0].say("ja")


def test_names_over_two_rows_are_joined() -> None:
    found = find(rows(",X1,X2\nID,LIMIT,AGE\n1,2,3\n4,5,6"))
    assert found.names == ("ID", "X1 LIMIT", "X2 AGE")
    assert found.rows == 2


def test_a_row_of_data_is_no_header() -> None:
    found = find(rows("5.1,3.5,setosa\n4.9,3.0,setosa"))
    assert found.rows == 0
    assert found.names == ("column_1", "column_2", "column_3")


def test_years_are_names() -> None:
    assert find(rows("店,2019,2020,2021\n東京,1,2,3\n大阪,4,5,6")).names == ("店", "2019", "2020", "2021")


def test_text_alone_has_its_names_in_the_first_row() -> None:
    assert find(rows("name,city\nAnna,Rome\nBob,Oslo")).rows == 1


def test_a_first_row_with_blanks_below_is_one_header_row() -> None:
    assert find(rows("name,score\nAnna,\nBob,3\nCleo,4")).rows == 1


def test_row_names_without_a_name_get_one() -> None:
    found = find(rows("x,y\nr1,1,2\nr2,3,4\nr3,5,6"))
    assert found.names == ("column_1", "x", "y")


def test_a_given_row_wins() -> None:
    found = find(rows(",X1,X2\nID,LIMIT,AGE\n1,2,3"), 2)
    assert found.names == ("ID", "LIMIT", "AGE")
    assert found.data == 2


def test_zero_says_that_there_are_no_names() -> None:
    assert find(rows("a,b\nc,d"), 0).data == 0


@pytest.mark.parametrize("row", [-1, 9, 2])
def test_a_given_row_that_holds_nothing_is_refused(row: int) -> None:
    with pytest.raises(UnreadableFile, match=f"no column names in row {row}"):
        find(rows("a,b\n\n1,2"), row)


def test_missing_and_repeated_names_are_numbered_without_a_clash() -> None:
    names, notes = unique_names(["a", "", "a", "a_2", "column_2"])
    assert len(set(names)) == 5
    assert names[0] == "a"
    assert {note.key for note in notes} == {"reading.note.unnamed", "reading.note.repeated"}
