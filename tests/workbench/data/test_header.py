"""Where the column names stand."""

from __future__ import annotations

import pytest

from workbench.data.header import find, unique_names
from workbench.data.merged import Span
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


def test_numbering_a_name_that_repeats_does_not_begin_again_each_time() -> None:
    tries = 0

    class Name(str):
        def __format__(self, how: str) -> str:
            nonlocal tries
            tries += 1
            return str.__format__(self, how)

    names, _ = unique_names([Name("a")] * 500)
    assert names == ("a", *(f"a_{k}" for k in range(2, 501)))
    assert tries < 1_000


def test_a_heading_over_several_columns_is_spread_where_names_would_repeat() -> None:
    found = find(rows("表1,,,,\n,2023,,2024,\n店,実績,予測,実績,予測\n東京,1,2,3,4\n大阪,3,4,5,6"))
    assert found.names == ("店", "2023 実績", "2023 予測", "2024 実績", "2024 予測")
    assert (found.first, found.rows) == (1, 2)
    assert [note.key for note in found.notes] == ["reading.note.above", "reading.note.joined"]


def test_a_heading_ends_where_one_above_it_ends() -> None:
    text = "店,国内,,,海外,\n,男,,女,,\n,数,額,数,数,額\n東京,1,2,3,4,5\n大阪,3,4,5,6,7"
    assert find(rows(text)).names == ("店", "国内 男 数", "国内 男 額", "国内 女 数", "海外 数", "海外 額")


def test_merged_cells_say_how_far_headings_go_even_above_text() -> None:
    text = "名簿,,,\n氏名,,住所,\n姓,名,県,\n佐藤,花,東京,港\n鈴木,次郎,大阪,北"
    found = find(rows(text), spans=[Span(0, 0, 0, 3), Span(1, 0, 1, 1), Span(1, 2, 1, 3)])
    assert found.names == ("氏名 姓", "氏名 名", "住所 県", "住所")
    assert (found.first, found.rows) == (1, 2)


def test_a_heading_over_two_rows_is_named_once() -> None:
    text = "店,売上,\n,実績,予測\n東京,x,y\n大阪,z,w"
    found = find(rows(text), spans=[Span(0, 0, 1, 0), Span(0, 1, 0, 2)])
    assert found.names == ("店", "売上 実績", "売上 予測")


@pytest.mark.parametrize("units", [",円,個", ",(千円),[個]", "単位,百万円,％"])
def test_a_row_of_units_is_part_of_the_names(units: str) -> None:
    found = find(rows(f"店,売上,数\n{units}\n東京,1,2\n大阪,3,4"))
    assert found.rows == 2
    assert found.names[1] == f"売上 {units.split(',')[1]}"


def test_short_words_below_the_names_are_no_units_where_no_numbers_follow() -> None:
    assert find(rows("店,種類\n東京,本\n大阪,台\n名古屋,本")).rows == 1


def test_names_that_most_rows_do_not_reach_are_names() -> None:
    assert find(rows("id,name,,note\n1,a\n2,b\n3,c,x,y")).names == ("id", "name", "column_3", "note")


def test_rows_above_a_table_without_names_are_said() -> None:
    found = find(rows("作成 2024\n1,2\n3,4\n5,6"))
    assert [note.key for note in found.notes] == ["reading.note.above", "reading.note.nameless"]


def test_rows_of_which_no_two_are_equally_wide_begin_with_the_names() -> None:
    found = find(rows("id,name,age\n1101,John\n1102,Julie,26,Potatoes"))
    assert found.names[:3] == ("id", "name", "age")
    assert found.data == 1
