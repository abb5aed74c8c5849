"""Workbooks as people keep them: titles, merged headings, notes and totals, hidden sheets, and what Excel calls a date."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from workbench.data.excel import Sheet, Size, read_excel
from workbench.errors import TooLarge, UnreadableFile, WorkbenchError

Cell = object


def made(fill: Callable[[Workbook], None], **options: object) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        fill(book)
    return out.getvalue()


def filled(sheet: Worksheet, rows: list[list[Cell]], merged: tuple[str, ...] = ()) -> None:
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is not None:
                sheet.write(i, j, cell)
    for area in merged:
        sheet.merge_range(area, "")
        first = area.split(":")[0]
        sheet.write(first, rows[int(re.sub(r"\D", "", first)) - 1][ord(first[0]) - 65])


def book_of(rows: list[list[Cell]], merged: tuple[str, ...] = (), **options: object) -> bytes:
    return made(lambda book: filled(book.add_worksheet("表"), rows, merged), **{"default_date_format": "yyyy-mm-dd", **options})


def rewritten(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return out.getvalue()


def opened(data: bytes, **options: object) -> Sheet:
    return read_excel(data, **{"max_rows": 10_000} | options)  # type: ignore[arg-type]


def keys(sheet: Sheet) -> list[str]:
    return [note.key for note in sheet.notes]


def test_merged_headings_of_three_rows_below_a_title_are_joined() -> None:
    rows: list[list[Cell]] = [
        ["都道府県別の店舗", None, None, None, None, None, "(単位: 千円)"],
        ["都道府県", "直営", None, None, None, "合計", None],
        [None, "駅前", None, "郊外", None, None, None],
        [None, "数", "売上", "数", "売上", "数", "売上"],
        ["東京", 1, 10, 2, 20, 3, 30],
        ["大阪", 4, 40, 5, 50, 9, 90],
    ]
    found = opened(book_of(rows, ("A1:D1", "A2:A4", "B2:E2", "F2:G3", "B3:C3", "D3:E3")))
    assert found.frame.columns == [
        "都道府県",
        "直営 駅前 数",
        "直営 駅前 売上",
        "直営 郊外 数",
        "直営 郊外 売上",
        "合計 数",
        "合計 売上",
    ]
    assert found.frame.rows() == [("東京", 1, 10, 2, 20, 3, 30), ("大阪", 4, 40, 5, 50, 9, 90)]
    assert keys(found) == ["reading.note.above", "reading.note.joined"]


def test_notes_and_a_total_below_the_table_are_left_out_said_and_listed() -> None:
    rows: list[list[Cell]] = [
        ["店", "売上", "率"],
        ["東京", 10, 0.5],
        ["大阪", 20, 0.7],
        ["合　計", 30, 0.6],
        [],
        ["※ 速報値", None, None],
    ]
    found = opened(book_of([*rows, ["店舗の移転を含む"]]))
    assert found.frame.rows() == [("東京", 10, 0.5), ("大阪", 20, 0.7)]
    assert keys(found) == ["reading.note.below", "reading.note.total"]
    assert "※ 速報値 / 店舗の移転を含む" in found.notes[0].say("ja")
    assert found.misfits.rows() == [(4, "total", "合 計 30 0.6"), (6, "note", "※ 速報値"), (7, "note", "店舗の移転を含む")]


def test_a_last_row_that_only_looks_like_a_total_is_kept_and_said() -> None:
    found = opened(book_of([["姓", "点"], ["佐藤", 10], ["計", 7]]))
    assert found.frame["姓"].to_list() == ["佐藤", "計"]
    assert keys(found) == ["reading.note.total_kept"]
    assert found.misfits.height == 0


def test_rows_with_few_cells_are_no_notes() -> None:
    found = opened(book_of([["名前", "a", "b"], ["注文", 1, 2], ["備品", None, None], ["その他", None, None]]))
    assert found.frame["名前"].to_list() == ["注文", "備品", "その他"]
    assert keys(found) == []


def test_sheets_are_offered_with_their_size_hidden_ones_last_and_charts_not() -> None:
    def fill(book: Workbook) -> None:
        filled(book.add_worksheet("控え"), [["x"], [1]])
        book.worksheets()[0].hide()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=控え!$A$1:$A$2"})
        book.add_chartsheet("グラフ").set_chart(chart)
        filled(book.add_worksheet("売上"), [["a", "b"], [1, 2], [3, 4]])
        book.worksheets()[-1].activate()

    found = opened(made(fill))
    assert found.name == "売上"
    assert found.sheets == ("売上", "控え")
    assert found.sizes == {"売上": Size(3, 2, False), "控え": Size(2, 1, True)}
    assert opened(made(fill), sheet="控え").frame.rows() == [(1,)]


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_times_and_durations_are_what_excel_shows(is_1904: bool) -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        formats = [
            book.add_format({"num_format": code})
            for code in ('ggge"年"m"月"d"日"', "yyyy/m/d h:mm", "h:mm", "[h]:mm:ss", "0.0")
        ]
        sheet.write_row(0, 0, ["日", "時刻つき", "時刻", "時間", "数"])
        for i, (day, hour) in enumerate([(dt.datetime(1999, 12, 31), 9), (dt.datetime(2024, 2, 29), 18)], 1):
            sheet.write_datetime(i, 0, day, formats[0])
            sheet.write_datetime(i, 1, day + dt.timedelta(hours=hour, minutes=30), formats[1])
            sheet.write_number(i, 2, (hour + 0.5) / 24, formats[2])
            sheet.write_number(i, 3, (hour + 24) / 24, formats[3])
            sheet.write_number(i, 4, hour / 2, formats[4])

    frame = opened(made(fill, date_1904=is_1904)).frame
    assert frame["日"].to_list() == [dt.date(1999, 12, 31), dt.date(2024, 2, 29)]
    assert frame["時刻つき"].to_list() == [dt.datetime(1999, 12, 31, 9, 30), dt.datetime(2024, 2, 29, 18, 30)]
    if not is_1904:  # there a time of day is one of the first of January 1904
        assert frame["時刻"].to_list() == ["09:30:00", "18:30:00"]
    assert frame["時間"].to_list() == ["33:00:00", "42:00:00"]
    assert frame["数"].to_list() == [4.5, 9.0]


def test_the_first_days_of_excel_are_counted_with_its_leap_year() -> None:
    def fill(book: Workbook) -> None:
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet().write_column(0, 0, ["日", 1, 59, 61, 2_958_465], style)

    days = opened(made(fill)).frame["日"].to_list()
    assert days == [dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 3, 1), dt.date(9999, 12, 31)]


def test_numbers_that_can_be_no_date_stay_numbers() -> None:
    def fill(book: Workbook) -> None:
        book.add_worksheet().write_column(0, 0, ["日", -1, 3e6], book.add_format({"num_format": "yyyy-mm-dd"}))

    assert opened(made(fill)).frame["日"].to_list() == [-1, 3_000_000]


def test_error_cells_are_blank_and_counted() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        filled(sheet, [["店", "率", "差"], ["東京", 0.5, 1], ["大阪", None, None], ["京都", None, 3]])
        sheet.write_formula("B3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C3", "=NA()", None, "#N/A")
        sheet.write_formula("B4", "=1/0", None, "#DIV/0!")

    found = opened(made(fill))
    assert found.frame.rows() == [("東京", 0.5, 1), ("大阪", None, None), ("京都", None, 3)]
    assert found.notes[0].say("ja") == "#N/A や #DIV/0! などのエラーのセル 3 個を空欄として読みました: 率、差"


def test_numbers_kept_as_text_are_numbers_and_codes_stay_text() -> None:
    found = opened(book_of([["コード", "数", "会員"], ["001", "12", True], ["1234", 3, False], ["0120", "4.5", None]]))
    assert found.frame["コード"].to_list() == ["001", "1234", "0120"]
    assert found.frame["数"].to_list() == [12.0, 3.0, 4.5]
    assert found.frame["会員"].to_list() == [True, False, None]
    assert opened(book_of([["a"], [1], [2]]), text=["a"]).frame["a"].to_list() == ["1", "2"]


def test_cells_that_only_have_a_format_are_no_rows() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.add_worksheet()
        filled(sheet, [["a", "b"], [1, 2]])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    found = opened(made(fill))
    assert found.frame.rows() == [(1, 2)]
    assert found.sizes == {"Sheet1": Size(2, 2, False)}


@pytest.mark.parametrize(("row", "column", "says"), [(1_048_575, 3, "more than 10,000 rows"), (3, 16_383, "16,384 columns")])
def test_a_stray_cell_far_away_is_refused_before_room_is_made_for_it(row: int, column: int, says: str) -> None:
    data = book_of([["a", "b"], [1, 2]])
    far = made(lambda book: (filled(book.add_worksheet(), [["a"], [1]]), book.worksheets()[0].write(row, column, 1)))  # type: ignore[arg-type,func-returns-value]
    for file in (far, rewritten(far, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('<c r="A1"', '<c  r="A1"'))):
        with pytest.raises(TooLarge, match=says):
            opened(file, max_columns=10_000)
    assert opened(data).frame.height == 1


def test_cells_scattered_over_a_huge_sheet_are_refused() -> None:
    far = made(lambda book: (filled(book.add_worksheet(), [["a"], [1]]), book.worksheets()[0].write(1_048_575, 1_000, 1)))  # type: ignore[arg-type,func-returns-value]
    with pytest.raises(TooLarge, match="hardly any is filled"):
        opened(far, max_rows=2_000_000)


def test_a_damaged_workbook_is_a_sentence_or_a_table() -> None:
    data, chance = book_of([["店", "数"], *[[f"店{i}", i] for i in range(200)]]), random.Random(7)
    for _ in range(25):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
        try:
            opened(bytes(broken[: chance.choice([len(broken), chance.randrange(30, len(broken))])]))
        except WorkbenchError:
            continue


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace("</row>", "").replace("</sheetData>", "")),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace("<v>0</v>", "<v>999</v>")),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace('<c r="A2" t="s">', '<c r="A2>')),
        ("xl/workbook.xml", lambda xml: xml.replace("UTF-8", "UTF-99")),
        ("xl/sharedStrings.xml", lambda xml: xml[:90]),
        ("xl/workbook.xml", lambda xml: xml.replace("<sheets>", "<sheet>")),
        ("xl/_rels/workbook.xml.rels", lambda xml: xml.replace("worksheets/", "elsewhere/")),
    ],
)
def test_a_workbook_with_a_damaged_part_is_a_sentence_or_a_table(part: str, change: Callable[[str], str]) -> None:
    with contextlib.suppress(UnreadableFile):
        assert opened(rewritten(book_of([["a", "b"], ["x", 1], ["y", 2]]), part, change)).frame.height == 2


def test_progress_ends_with_the_whole() -> None:
    told: list[float] = []
    opened(book_of([["a"], [1]]), progress=told.append)
    assert told[-1] == 1.0


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8).map(lambda text: "店" + text)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            texts | st.none(),
            st.integers(-(10**14), 10**14),
            st.floats(-1e15, 1e15).map(lambda x: float(f"{x:.15g}")) | st.none(),
            st.booleans(),
            st.dates(dt.date(1900, 3, 1)),
            st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2200, 1, 1)).map(
                lambda x: x.replace(microsecond=x.microsecond // 1000 * 1000)
            ),
        ),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_a_table_that_was_written_comes_back(rows: list[tuple[object, ...]], inline: bool) -> None:
    schema = {"名前": pl.String, "数": pl.Int64, "値": pl.Float64, "真偽": pl.Boolean, "日": pl.Date, "時": pl.Datetime("us")}
    frame = pl.DataFrame(rows, schema=schema, orient="row")

    def fill(book: Workbook) -> None:
        sheet, clock = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, frame.columns)
        for i, row in enumerate(rows, 1):
            for j, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(i, j, cell)
                elif cell is not None:
                    sheet.write(
                        i, j, cell, *([clock] if isinstance(cell, dt.datetime) else [day] if isinstance(cell, dt.date) else [])
                    )

    found = opened(made(fill, constant_memory=inline, in_memory=not inline), header=1).frame
    expected = frame.with_columns(
        pl.col("値") if frame["値"].null_count() < frame.height else pl.col("値").cast(pl.String),
        pl.col("時") if (frame["時"].dt.time() != dt.time()).any() else pl.col("時").cast(pl.Date),
    )
    assert_frame_equal(found.cast({"値": expected["値"].dtype}), expected)
