"""Data dictionaries: recognised, matched by name, filled in."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from workbench.data import Roles
from workbench.data.dictionary import Entry, fill, load
from workbench.errors import DataError, TooLarge

COLUMNS = ["CUST_ID", "AGE", "INCOME", "CHURN"]
# The form of a dictionary that comes with a well-known competition: numbered lines, several tables, cp1252.
MANY_TABLES = (
    ",Table,Row,Description,Special\n"
    "1,bureau.csv,AGE,Age in the bureau’s file,\n"
    "2,application.csv,CUST_ID,ID of the customer,\n"
    '5,application.csv,AGE,"Age, in years",normalized\n'
    "6,application.csv,INCOME,Income – per year,\n"
    "8,bureau.csv,BALANCE,Balance at the bureau,\n"
).encode("cp1252")
JAPANESE = (
    "データ定義書,,,,,\nNo,物理名,論理名,型,単位,説明,予測時,タイミング\n"
    "1,cust_id,顧客番号,文字,,顧客を識別する番号,,\n2,ａｇｅ,年齢,数値,歳,申込時の年齢,可,申込時\n"
    "3,INCOM,年収,数値,万円,前年の収入,可,\n4,CHURN ,解約,区分,,1年以内の解約,不可,翌年末\n"
).encode("cp932")


def test_a_dictionary_of_several_tables_is_matched_by_name() -> None:
    found = load(MANY_TABLES, COLUMNS, name="columns.csv")
    assert found.holds == {"name": "Row", "meaning": "Description"}
    assert found.entries["AGE"] == Entry("AGE", "Age, in years")
    assert found.entries["INCOME"].meaning == "Income – per year"
    assert list(found.unmatched) == ["CHURN"]
    assert found.others == ("BALANCE",)


def test_a_japanese_dictionary_gives_unit_answer_and_moment() -> None:
    found = load(JAPANESE, COLUMNS, name="定義書.csv")
    assert found.holds == {
        "name": "物理名",
        "unit": "単位",
        "type": "型",
        "known": "予測時",
        "when": "タイミング",
        "meaning": "説明",
    }
    assert found.entries["AGE"] == Entry("ａｇｅ", "申込時の年齢", "歳", "数値", True, "申込時")
    assert found.entries["CHURN"].known is False
    assert found.unmatched == {"INCOME": ("INCOM",)}


def test_without_a_header_that_says_so_the_longest_text_is_the_meaning() -> None:
    found = load(b"a,b,c\nAGE,x,How old the customer is\nINCOME,y,What comes in\n", COLUMNS, name="d.csv")
    assert found.holds == {"name": "a", "meaning": "c"}


def test_what_the_person_wrote_stays_unless_asked() -> None:
    found = load(JAPANESE, COLUMNS, name="定義書.csv")
    mine = Roles(meaning={"AGE": "本人の年齢"}, unknown_at_prediction=("AGE",), target="CHURN")
    kept = fill(mine, found)
    assert (kept.roles.meaning["AGE"], kept.roles.unit, kept.roles.target) == ("本人の年齢", {"AGE": "歳"}, "CHURN")
    assert kept.roles.unknown_at_prediction == ("AGE", "CHURN")
    assert kept.counts == {"meaning": 2, "unit": 1, "when": 2, "known": 1}
    over = fill(mine, found, overwrite=True)
    assert over.roles.meaning["AGE"] == "申込時の年齢"
    assert (over.roles.known_at_prediction, over.roles.unknown_at_prediction) == (("AGE",), ("CHURN",))


def test_two_columns_that_differ_in_case_keep_their_own_words() -> None:
    found = load(b"name,description\na,the small one\nA,the large one\n", ["A", "a"], name="d.csv")
    assert {column: entry.meaning for column, entry in found.entries.items()} == {"A": "the large one", "a": "the small one"}


def test_the_sheet_of_a_workbook_that_matches_most_is_taken() -> None:
    found = load(
        workbook({"表紙": [["版", "日付"], ["1", "x"]], "定義": [["列", "意味"], ["AGE", "年齢"]]}), COLUMNS, name="d.xlsx"
    )
    assert found.entries["AGE"].meaning == "年齢"


def test_a_file_without_any_of_the_names_is_refused() -> None:
    with pytest.raises(DataError, match=r"Nothing in 'd\.csv' matches the names of the table's 4 columns"):
        load(b"x,y\n1,2\n", COLUMNS, name="d.csv")


def test_a_file_too_large_to_describe_columns_is_refused() -> None:
    with pytest.raises(TooLarge, match=r"too large for a data dictionary \(21 MB; at most 20 MB\)"):
        load(bytes(21_000_000), COLUMNS, name="d.csv")


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """A workbook that holds these cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()
