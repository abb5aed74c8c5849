"""From files of every kind to the same table, and what is said about files that hold none."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from workbench.data import Reading, read, unpack
from workbench.errors import TooLarge, UnreadableFile

CSV = "店,売上,日付,会員\n東京,10,2024-01-31,true\n大阪,,2024-02-01,false\n".encode("cp932")
FRAME = pl.DataFrame(
    {
        "店": ["東京", "大阪"],
        "売上": [10, None],
        "日付": [dt.date(2024, 1, 31), dt.date(2024, 2, 1)],
        "会員": [True, False],
    }
)


def opened(data: bytes, **options: object) -> Reading:
    return read(data, name="t", **{"max_rows": 1000} | options)  # type: ignore[arg-type]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(sheets: dict[str, list[list[object]]], hidden: str | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell is not None:
                    sheet.write(i, j, cell)
        if name == hidden:
            sheet.hide()
    book.close()
    return out.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def feather(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_ipc(out)
    return out.getvalue()


def cells(frame: pl.DataFrame) -> list[list[object]]:
    return [frame.columns, *map(list, frame.rows())]


@pytest.mark.parametrize(
    "data",
    [
        CSV,
        gzip.compress(CSV, mtime=0),
        zipped({"folder/t.csv": CSV, "__MACOSX/t.csv": b"x"}),
        parquet(FRAME),
        feather(FRAME),
        workbook({"Sheet1": cells(FRAME)}),
        FRAME.with_columns(pl.col("日付").cast(pl.String)).write_ndjson().encode(),
        json.dumps(FRAME.with_columns(pl.col("日付").cast(pl.String)).to_dicts()).encode(),
    ],
    ids=["csv", "gz", "zip", "parquet", "feather", "xlsx", "jsonl", "json"],
)
def test_the_same_table_comes_from_every_format(data: bytes) -> None:
    assert_frame_equal(opened(data).frame, FRAME)


def test_a_reading_says_how_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(CSV)
    said = read(path, name="t.csv", max_rows=10).to_dict()
    assert said == {
        **{"encoding": "cp932", "delimiter": ",", "header_rows": 1, "sheet": None},
        **{"sheets": [], "sheet_sizes": {}, "notes": [], "misfits": 0},
    }
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "file is empty"),
        (b" \n\n", "file is empty"),
        (b"\xef\xbb\xbf", "file is empty"),
        (b"%PDF-1.7 ...", "PDF document"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"<!DOCTYPE html><html><body>sign in", r"web page \(HTML\)"),
        (b'<?xml version="1.0"?><rows/>', "XML"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "binary file"),
        (zipped({"word/document.xml": b"<w/>"}), "text document or slides"),
        (zipped({"a.csv": CSV, "b.csv": CSV}), "several files: a.csv, b.csv"),
        (zipped({}), "holds no file"),
        (gzip.compress(CSV, mtime=0)[:-12], r"gzip archive\) is damaged"),
        (b"PK\x03\x04junk", r"ZIP archive\) is damaged"),
        (parquet(FRAME)[:-9], r"Parquet\) is damaged"),
        (feather(FRAME)[:40], r"Feather\) is damaged"),
        (workbook({"a": [["x"], [1]]})[:-40], r"ZIP archive\) is damaged"),
        (zipped({"xl/workbook.xml": b"<", "[Content_Types].xml": b"<"}), r"Excel workbook\) is damaged"),
        (b'{"a": 1}\n{"a": \n', "line 2 cannot be read"),
        (b"[{}, 3]", "does not hold rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, r"Excel workbook\) is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (gzip.compress(gzip.compress(gzip.compress(CSV, mtime=0), mtime=0), mtime=0), "seems to be an archive"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_seems_to_be(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        opened(data)


def test_a_protected_archive_asks_for_no_password() -> None:
    data = bytearray(zipped({"a.csv": CSV}))
    data[6] |= 1  # the flag "encrypted", in the file's own header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFile, match="protected by a password"):
        opened(bytes(data))


def test_an_archive_made_to_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "SMALL", 1_000_000)
    for bomb in (gzip.compress(b"0" * 5_000_000), zipped({"a.csv": b"0" * 5_000_000})):
        with pytest.raises(TooLarge, match="which no table does"):
            opened(bomb)


def test_a_line_of_ten_thousand_cells_is_refused() -> None:
    for line in (b"a," * 10_000 + b"a\n1\n", b"a;" * 2_000_000):
        with pytest.raises(TooLarge, match=r"columns; at most 10,000 can be read"):
            opened(line)
    assert opened(b"a," * 199 + b"a\n" + b"1," * 199 + b"1\n", max_columns=200).frame.width == 200
    for data in (b"a,b,c\n1,2,3\n", parquet(pl.DataFrame({"a": [1], "b": 1, "c": 1})), b'[{"a": 1, "b": 2, "c": 3}]'):
        with pytest.raises(TooLarge, match="at most 2 can be read"):
            opened(data, max_columns=2)


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("workbench.data.delimited.MOST_ROW", 4_000_000)
    path = tmp_path / "t.csv"
    path.write_bytes(b"x" * 10_000_000)
    with pytest.raises(TooLarge, match="begins in line 1 has more than 4 MB"):
        read(path, name="t.csv", max_rows=10)


@pytest.mark.parametrize("delimiter", [";", "x", "\t"])
def test_a_delimiter_that_was_given_is_used(delimiter: str) -> None:
    found = opened(delimiter.join("ab").encode() + b",\n" + delimiter.join("12").encode() + b",\n", delimiter=delimiter)
    assert found.delimiter == delimiter
    assert found.frame.rows() == [(1, "2,")]


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n", "、"])
def test_what_cannot_stand_between_cells_is_refused(delimiter: str) -> None:
    with pytest.raises(UnreadableFile, match="cannot stand between cells"):
        opened(b"a,b\n1,2\n", delimiter=delimiter)


def test_other_encodings_far_down_are_found(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for encoding, end in (("cp932", "1,東京都千代田区\n"), ("iso2022_jp", "1,東京都\n"), ("utf-8", "1,東京\n")):
        path.write_bytes(("a,b\n" + "1,x\n" * 500_000 + end).encode(encoding))
        found = read(path, name="t.csv", max_rows=10**6)
        assert found.encoding == encoding
        assert found.frame["b"][-1] == end[2:].strip()


def test_old_line_ends_are_understood_in_any_encoding() -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp932"):
        found = opened("店,数\r東京,1\r大阪,2\r".encode(encoding))
        assert found.frame.rows() == [("東京", 1), ("大阪", 2)]


def test_large_archives_go_by_way_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "HELD", 1000)
    monkeypatch.setattr(unpack, "BLOCK", 100)
    data = b"a,b\n" + b"".join(b"%d,x\n" % i for i in range(5000))
    for packed in (gzip.compress(data), gzip.compress(data[:9999]) + gzip.compress(data[9999:]), zipped({"t.csv": data})):
        assert opened(packed, max_rows=10_000).frame["a"].to_list() == list(range(5000))


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"'t\.csv' cannot be opened"):
        read(tmp_path / "t.csv", name="t.csv", max_rows=10)


def test_the_first_visible_sheet_that_holds_something_is_read() -> None:
    book = workbook({"memo": [["x"], [1]], "blank": [], "売上": [["a", "b"], [1, 2.5]]}, hidden=None)
    assert opened(book).sheet == "memo"
    found = opened(book, sheet="売上")
    assert found.frame.rows() == [(1, 2.5)]
    assert found.sheets == ("memo", "blank", "売上")
    assert [note.key for note in found.notes] == ["reading.note.sheet"]


def test_an_unknown_sheet_names_the_sheets() -> None:
    with pytest.raises(UnreadableFile, match=r"no sheet 'Uriage'.*売上, memo"):
        opened(workbook({"売上": [["a"], [1]], "memo": []}), sheet="Uriage")


def test_a_workbook_without_cells_is_empty() -> None:
    with pytest.raises(UnreadableFile, match="file is empty"):
        opened(workbook({"a": []}))


def test_title_rows_of_a_sheet_are_left_out_and_mixed_cells_become_text() -> None:
    rows: list[list[object]] = [
        ["売上一覧", None, None],
        [None, None, None],
        ["店", "数", "日"],
        ["東京", 1, dt.date(2024, 1, 2)],
    ]
    found = opened(workbook({"a": [*rows, ["大阪", "未定", dt.datetime(2024, 1, 3, 9)]]}))
    assert found.frame.rows() == [("東京", "1", dt.datetime(2024, 1, 2)), ("大阪", "未定", dt.datetime(2024, 1, 3, 9))]
    assert [note.key for note in found.notes] == ["reading.note.above", "reading.note.mixed"]


def test_blank_rows_at_the_end_and_nameless_blank_columns_are_left_out_and_said() -> None:
    found = opened(b"a;b;;\n1;2;;\n;;;\n3;4;;\n;;;\n;;;\n")
    assert found.frame.rows() == [(1, 2), (None, None), (3, 4)]
    assert [note.key for note in found.notes][-2:] == ["reading.note.hollow_rows", "reading.note.hollow_columns"]


def test_markers_of_nothing_are_said() -> None:
    assert "NA" in opened(b"a,b\n1,x\nNA,y\n").notes[0].say("en")


def test_types_that_no_model_knows_become_plain() -> None:
    frame = pl.DataFrame(
        {
            "small": pl.Series([1, 2], dtype=pl.Int8),
            "huge": pl.Series([1, 2**63], dtype=pl.UInt64),
            "float": [1.0, float("inf")],
            "label": pl.Series(["a", ""], dtype=pl.Categorical),
            "list": [[1], None],
            "zone": pl.Series([dt.datetime(2024, 1, 1, 9), None]).dt.replace_time_zone("Asia/Tokyo"),
            "blob": [b"\xff", b"a"],
            "nothing": [None, None],
            "span": [dt.timedelta(days=1), None],
        }
    )
    found = opened(parquet(frame))
    assert [str(d.base_type()) for d in found.frame.dtypes] == [
        "Int64",
        "Float64",
        "Float64",
        "String",
        "String",
        "Datetime",
        *["String"] * 3,
    ]
    assert found.frame["float"].to_list() == [1.0, None]
    assert found.frame["label"].to_list() == ["a", None]
    assert found.frame["zone"][0] == dt.datetime(2024, 1, 1)
    assert [note.key for note in found.notes] == ["reading.note.infinite"]


@pytest.mark.parametrize("make", [parquet, feather, lambda f: f.write_ndjson().encode(), lambda f: f.write_csv().encode()])
def test_too_many_rows_are_refused_in_every_format(make: Callable[[pl.DataFrame], bytes]) -> None:
    with pytest.raises(TooLarge, match="more than 3 rows"):
        opened(make(pl.DataFrame({"a": [1, 2, 3, 4], "b": 1})), max_rows=3)


# What breaks detectors, and what breaks delimiters.
words = st.text('東京大阪髙﨑①㈱～ｶﾅさくらab0 ,;\t"\n', max_size=8).map(lambda word: "店" + word)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            words | st.none(),
            st.integers(-(2**40), 2**40),
            st.floats(-1e12, 1e12) | st.none(),
            st.booleans(),
            st.dates(dt.date(1000, 1, 1)),
        ),
        min_size=1,
        max_size=15,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_a_table_that_was_written_comes_back(rows: list[tuple[object, ...]], encoding: str, separator: str) -> None:
    frame = pl.DataFrame(
        rows, schema={"名前": pl.String, "数": pl.Int64, "値": pl.Float64, "真偽": pl.Boolean, "日": pl.Date}, orient="row"
    )
    data = frame.write_csv(separator=separator).encode(encoding)
    found = opened(data, header=1)
    assert found.encoding == encoding
    expected = frame if frame["値"].null_count() < frame.height else frame.with_columns(pl.col("値").cast(pl.String))
    assert_frame_equal(found.frame, expected)


@pytest.mark.parametrize(
    ("make", "options", "unused"),
    [
        (lambda: b"a,b\n1,2\n", {"sheet": "2024"}, "sheet"),
        (
            lambda: parquet(pl.DataFrame({"a": [1]})),
            {"encoding": "cp932", "header": 2},
            "character encoding, row of the column names",
        ),
        (lambda: b'{"a": 1}\n{"a": 2}\n', {"delimiter": ";"}, "delimiter"),
    ],
)
def test_a_setting_that_means_nothing_for_a_file_is_said(
    make: Callable[[], bytes], options: dict[str, object], unused: str
) -> None:
    (note,) = opened(make(), **options).notes
    assert note.say("en") == f"A file of this kind has no such thing, so what was asked for was not used: {unused}."


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
def test_json_lines_of_old_japanese_systems_are_read(encoding: str) -> None:
    data = "".join(f'{{"ソフト": "表計算{i}", "数": {i}}}\n' for i in range(20)).encode(encoding)
    for found in (opened(data), opened(data, encoding=encoding)):
        assert found.encoding == encoding
        assert found.frame.columns == ["ソフト", "数"]
        assert found.frame["数"].to_list() == list(range(20))


def test_an_encoding_that_was_given_is_used_for_json_too() -> None:
    with pytest.raises(UnreadableFile, match="not written in utf-8"):
        opened('{"店": "東京"}\n'.encode("cp932"), encoding="utf-8")
