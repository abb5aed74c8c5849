"""The cells of an .xlsx sheet: every way of writing one, and the same as the general reader finds."""

from __future__ import annotations

import io
import zipfile

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from workbench.data import xlsx
from workbench.data.cells import Cells, shown
from workbench.data.excel import KINDS as TYPES
from workbench.data.excel import read_excel
from workbench.data.objects import answer
from workbench.errors import UnreadableFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"


def workbook(sheet: str, shared: str = "", styles: str = "", kind: str = "worksheet") -> bytes:
    """An .xlsx with these rows, shared texts and styles."""
    related = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/{type_}" Target="{target}"/>'
        for i, (type_, target) in enumerate(
            [(kind, "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "/xl/styles.xml")]
        )
    )
    root = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    listed = '<sheet name="s" sheetId="1" r:id="r0"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{KINDS}"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{root}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def cells_of(data: bytes) -> Cells:
    book = xlsx.open_book(data)
    return xlsx.read_sheet(book, book.parts[0], lambda reach: None, None)


def by_calamine(data: bytes) -> pl.DataFrame:
    found = answer(data, None, (2**20, 2**14)).frame
    assert found is not None
    return found.select(
        "row", "column", kind=found["type"].replace_strict(TYPES, return_dtype=pl.UInt8), number="number", text="text"
    )


def texts(cells: Cells) -> list[str | None]:
    return shown(cells.frame, cells.is_1904).to_list()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<v>1.50</v>", "1.5"),
        ("<v>1E2</v>", "100"),
        ('<f>SUM(B1:B2)&gt;"&lt;v&gt;"</f><v>3</v>', "3"),
        ('<f t="shared" ref="A1:A9" si="0"/><v>3</v>', "3"),
    ],
)
def test_a_number_is_read_however_it_was_made(cell: str, text: str) -> None:
    assert texts(cells_of(workbook(f'<row r="1"><c r="A1">{cell}</c></row>'))) == [text]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1" t="inlineStr"><is><t>東京 &amp; 大阪</t></is></c>', "東京 & 大阪"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', " a "),
        ('<c r="A1" t="inlineStr"><is><r><t>東</t></r><r><rPr><b/></rPr><t>京</t></r></is></c>', "東京"),
        ('<c r="A1" t="str"><f>"a"</f><v>a&lt;b</v></c>', "a<b"),
        ('<c r="A1" t="str"><v xml:space="preserve"> a</v></c>', " a"),
        ('<c t="s" r="A1"><v>0</v></c>', "東京"),
        ('<c r="A1" t="s" s="0"><v>0</v></c>', "東京"),
        ('<c r="A1" t="s"><v>1</v></c>', "一\n二"),
        ('<c r="A1" t="b"><v>1</v></c>', "true"),
    ],
)
def test_a_text_is_read_as_it_is_shown(cell: str, text: str) -> None:
    shared = "<si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si><si><t>一_x000A_二</t></si>"
    found = read_excel(
        workbook(f'<row r="1">{cell}</row><row r="2"><c r="A2"><v>1</v></c></row>', shared), header=0, max_rows=9
    )
    assert found.frame["column_1"][0] == text


def test_blank_cells_are_none() -> None:
    cells = '<c r="A1" s="1"/><c r="B1"></c><c r="C1" t="str"><v></v></c><c r="D1" t="s"><v>0</v></c><c r="E1"><v>1</v></c>'
    assert texts(cells_of(workbook(f'<row r="1">{cells}</row>', "<si><t/></si>"))) == ["1"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", xlsx.NUMBER),
        ("0.00E+00", xlsx.NUMBER),
        ("#,##0;[Red]-#,##0", xlsx.NUMBER),
        ('0.0"days"', xlsx.NUMBER),
        (r"0\d", xlsx.NUMBER),
        ("[$¥-411]#,##0_);(#,##0)", xlsx.NUMBER),
        ("@", xlsx.NUMBER),
        ("yyyy/m/d", xlsx.MOMENT),
        ('[$-411]ggge"年"m"月"d"日";@', xlsx.MOMENT),
        ("h:mm AM/PM", xlsx.MOMENT),
        ("aaa", xlsx.MOMENT),
        ("[h]:mm", xlsx.SPAN),
        ("[mm]:ss", xlsx.SPAN),
    ],
)
def test_a_format_tells_dates_from_numbers(code: str, kind: int) -> None:
    assert xlsx.meaning(code) == kind


@pytest.mark.parametrize(
    "sheet",
    [
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
        '<row r="1"><c s="0" r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>',
        '<row r="1"><!-- x --><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>',
    ],
)
def test_what_is_written_in_an_unusual_way_is_left_to_the_general_reader(sheet: str) -> None:
    assert read_excel(workbook(sheet), header=0, max_rows=9).frame.rows() == [(1, 2), (3, None)]


def test_a_workbook_of_charts_is_empty() -> None:
    with pytest.raises(UnreadableFile, match="is empty"):
        read_excel(workbook("", kind="chartsheet"), max_rows=9)


def test_blocks_end_between_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c></row>' for i in range(1, 200))
    data = workbook(rows)
    whole = cells_of(data)
    for size in (64, 100, 1000):
        monkeypatch.setattr(xlsx, "BLOCK", size)
        assert_frame_equal(cells_of(data).frame, whole.frame)
    assert whole.frame["number"].to_list() == [float(i) for i in range(1, 200)]


def test_the_names_of_columns_are_numbers() -> None:
    assert [xlsx.number(name) for name in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16_383]


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 60), st.integers(0, 40)),
        st.one_of(
            st.text(
                st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n<&>\"'"),
                min_size=1,
                max_size=6,
            ),
            st.floats(allow_nan=False, allow_infinity=False, width=32),
            st.integers(-(2**40), 2**40),
            st.booleans(),
        ),
        min_size=1,
        max_size=60,
    ),
    st.booleans(),
)
def test_the_general_reader_finds_the_same_cells(cells: dict[tuple[int, int], object], inline: bool) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": inline, "in_memory": not inline}) as book:
        sheet = book.add_worksheet()
        for (row, column), value in sorted(cells.items()):
            (sheet.write_string if isinstance(value, str) else sheet.write)(row, column, value)
    mine, general = cells_of(out.getvalue()), by_calamine(out.getvalue())
    assert_frame_equal(mine.frame.sort("row", "column"), general.sort("row", "column"))
    assert mine.frame.height == len(cells)
    assert isinstance(mine.frame, pl.DataFrame)
