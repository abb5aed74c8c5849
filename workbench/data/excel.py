"""Excel workbooks (xlsx, xlsm, xlsb, xls) and OpenDocument sheets: which sheet is read, and what of it is the table.

An .xlsx goes through :mod:`workbench.data.xlsx`; the others, and what is written in an unusual way, through calamine.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import polars as pl

from workbench.data import header as headers
from workbench.data import xlsx
from workbench.data.cells import (
    BOOLEAN,
    MOMENT,
    NUMBER,
    SPAN,
    TEXT,
    Cells,
    Column,
    Extent,
    as_columns,
    as_rows,
    without_impossible_dates,
)
from workbench.data.footer import Below, below
from workbench.data.header import Header, few
from workbench.data.merged import Span
from workbench.data.objects import ChildEndedError, read_objects
from workbench.data.rowwise import MISFITS
from workbench.data.xlsx import UnusualError
from workbench.errors import TooLarge, UnreadableFile, closest
from workbench.words import Text

LOOKED_AT = 300
# Rows at the end among which notes and a total are looked for.
LAST = 50
MOST_COLUMNS = 10_000
# The name of the stream in which Office keeps an encrypted workbook, and how the file around it begins.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLE = b"\xd0\xcf\x11\xe0"
# So many blanks, with hardly a cell among them, were made by a stray cell far away from the table.
MOST_BLANKS = 200_000_000
# A sum as Excel shows it may differ in the last digits.
SAME = 1e-6
# Where cells are in the parts of workbooks that are read by calamine.
SHEET_XML = re.compile(r"xl/(worksheets/)?[^/]*\.xml\Z")
PLACE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
# In an .xlsb: a record of 16 bytes with the first and last row and column.
XLSB_EXTENT = re.compile(rb"\x94\x01\x10.{4}(.{4}).{4}(.{4})", re.DOTALL)
# What is said about damage; RuntimeError is also zipfile's word for methods it does not know.
BROKEN = (ChildEndedError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)
# What the objects of the general reader are.
KINDS = {"bool": BOOLEAN, "int": NUMBER, "float": NUMBER, "str": TEXT, "timedelta": SPAN} | dict.fromkeys(
    ["date", "datetime", "time"], MOMENT
)
Progress = Callable[[float], None]
Check = Callable[[Extent], None]


@dataclass(frozen=True)
class Size:
    """What the page can say about a sheet before it is read."""

    rows: int | None
    """None where the format does not say without being read."""
    columns: int | None
    hidden: bool


@dataclass(frozen=True)
class Sheet:
    """The table of one sheet."""

    frame: pl.DataFrame
    header: Header
    name: str
    sheets: tuple[str, ...]
    """The sheets that can hold a table, visible ones first."""
    notes: tuple[Text, ...]
    sizes: dict[str, Size] = field(default_factory=dict)
    misfits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MISFITS))
    """The rows below the table that were left out: line, problem (note or total) and what they said."""


@dataclass(frozen=True)
class Found:
    """The cells of the sheet that is read, and the workbook they are from."""

    name: str
    cells: Cells
    sizes: dict[str, Size]


def read_excel(
    data: bytes,
    *,
    sheet: str | None = None,
    header: int | None = None,
    max_rows: int,
    max_columns: int = MOST_COLUMNS,
    text: Collection[str] = (),
    progress: Progress | None = None,
) -> Sheet:
    """Read one sheet of a workbook.

    Parameters
    ----------
    data : bytes
        The file.
    sheet : str, optional
        The sheet's name; the first visible one that holds something when not given.
    header : int, optional
        The row of the column names as Excel counts; 0 where there are none.
    max_rows, max_columns : int
        More are refused.
    text : collection of str
        Columns that stay text whatever their cells are.
    progress : callable, optional
        Is told the share that is read.

    Raises
    ------
    UnreadableFile
        If the workbook is damaged or protected, has no such sheet, or the sheet holds no table.
    TooLarge
        If there are too many rows or columns.
    """
    if data.startswith(OLE) and ENCRYPTED in data:
        raise UnreadableFile("error.data.password")

    most = Extent(max_rows + LOOKED_AT, max_columns)

    def check(reach: Extent) -> None:
        if reach.rows > most.rows:
            raise TooLarge("error.data.rows", limit=max_rows)
        if reach.columns > most.columns:
            raise TooLarge("error.data.columns", count=reach.columns, limit=max_columns)

    try:
        found = find(data, sheet, check, most, progress)
    except BROKEN as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.excel")) from problem
    check_blanks(found.cells)
    return table(found, header, max_rows, text)


def check_blanks(cells: Cells) -> None:
    """Refuse a sheet in which a stray cell far away would make a huge table of nothing."""
    reach = cells.reach
    if reach.rows * reach.columns > max(MOST_BLANKS, 100 * len(cells.frame)):
        raise TooLarge("error.data.scattered", rows=reach.rows, columns=reach.columns, count=len(cells.frame))


def find(data: bytes, wanted: str | None, check: Check, most: Extent, progress: Progress | None) -> Found:
    """Return the cells of the sheet that was asked for, or of the first that holds something."""
    try:
        return by_columns(data, wanted, check, progress)
    except UnusualError:
        return by_calamine(data, wanted, check, most)


def by_columns(data: bytes, wanted: str | None, check: Check, progress: Progress | None) -> Found:
    """Read an .xlsx that is written as usual."""
    book = xlsx.open_book(data)
    parts = {part.name: part for part in sorted(book.parts, key=lambda part: part.hidden)}
    sizes = {name: sized(xlsx.extent(book, part), part.hidden) for name, part in parts.items()}
    for name in asked(wanted, list(parts)):
        cells = xlsx.read_sheet(book, parts[name], check, progress)
        if len(cells.frame):
            return Found(name, cells, sizes | {name: sized(cells.reach, parts[name].hidden)})
    raise UnreadableFile("error.data.empty")


def by_calamine(data: bytes, wanted: str | None, check: Check, most: Extent) -> Found:
    """Read any workbook that calamine knows."""
    check_places(data, check)
    found = read_objects(data, wanted, (most.rows, most.columns))
    if found.problem in {"password", "broken"}:
        raise UnreadableFile("error.data.password") if found.problem == "password" else ChildEndedError
    names = sorted(found.hidden, key=lambda name: found.hidden[name])
    asked(wanted, names)
    reach = Extent(*found.reach)
    check(reach)
    if found.name is None or found.frame is None:
        raise UnreadableFile("error.data.empty")
    kinds = found.frame["type"].replace_strict(KINDS, return_dtype=pl.UInt8)
    frame = without_impossible_dates(found.frame.select("row", "column", kinds.alias("kind"), "number", "text"))
    sizes = {name: sized(reach if name == found.name else None, found.hidden[name]) for name in names}
    return Found(found.name, Cells(frame, reach, tuple(Span(*span) for span in found.spans)), sizes)


def asked(wanted: str | None, names: list[str]) -> list[str]:
    """Return the sheets to try: the one asked for, or all."""
    if wanted is not None and wanted not in names:
        raise UnreadableFile("error.data.unknown_sheet", sheet=wanted, hint=closest(wanted, names))
    return names if wanted is None else [wanted]


def sized(reach: Extent | None, hidden: bool) -> Size:
    """Return what is known about a sheet."""
    return Size(reach.rows, reach.columns, hidden) if reach else Size(None, None, hidden)


def check_places(data: bytes, check: Check) -> None:
    """Look how far cells reach before calamine makes room for them: 500 GB for a stray cell in the last corner."""
    if not data.startswith(b"PK"):
        return  # the older format ends at 65,536 rows and 256 columns
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if SHEET_XML.match(name):
                places = {m.groups() for m in PLACE.finditer(archive.read(name))}
                columns = max((xlsx.number(letters.decode()) for letters, _ in places), default=0)
                area(Extent(max((int(row) for _, row in places), default=0), columns + 1), check)
            elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
                with archive.open(name) as file:
                    found = XLSB_EXTENT.search(file.read(xlsx.HEAD))
                if found:
                    rows, columns = (int.from_bytes(part, "little") + 1 for part in found.groups())
                    area(Extent(rows, columns), check)


def area(reach: Extent, check: Check) -> None:
    """Refuse what calamine would have to make room for."""
    if reach.rows * reach.columns > MOST_BLANKS:
        check(reach)
        raise TooLarge("error.data.scattered", rows=reach.rows, columns=reach.columns, count=0)


def table(found: Found, given: int | None, max_rows: int, text: Collection[str]) -> Sheet:
    """Make a table of the cells: names from its head, what is no row of it left out at its end."""
    cells = found.cells
    head = headers.find(as_rows(cells, 0, LOOKED_AT), given, cells.spans)
    end, left_out, kept = last_row(cells, head)
    if end <= head.data:
        raise UnreadableFile("error.data.no_rows")
    if end - head.data > max_rows:
        raise TooLarge("error.data.rows", limit=max_rows)
    columns = as_columns(cells, head.names, head.data, end, text)
    notes = [*head.notes, *about_columns(columns), *about_below(left_out, kept), *about_merged(cells, head, end)]
    if len(found.sizes) > 1:
        notes.append(Text("reading.note.sheet", sheet=found.name, count=len(found.sizes)))
    misfits = pl.DataFrame([(b.at + 1, b.problem, b.content) for b in left_out], schema=MISFITS, orient="row")
    frame = pl.DataFrame([column.series for column in columns])
    return Sheet(frame, head, found.name, tuple(found.sizes), tuple(notes), found.sizes, misfits)


def last_row(cells: Cells, head: Header) -> tuple[int, list[Below], list[Below]]:
    """Return where the rows end, what below them is left out, and what only looks like a total."""
    stop = cells.reach.rows
    start = max(head.data, stop - LAST)
    found = [Below(b.at + start, b.problem, b.content) for b in below(as_rows(cells, start, stop), len(head.names))]
    totals = [b for b in found if b.problem == "total" and not is_sum(cells, head.data, b.at)]
    left_out = [b for b in found if b not in totals]
    return min((b.at for b in left_out), default=stop), left_out, totals


def is_sum(cells: Cells, start: int, at: int) -> bool:
    """Whether most numbers of a row are the sums of what stands above them, and one of them is more than nothing."""
    numbers = cells.frame.filter((pl.col("row") >= start) & (pl.col("row") <= at) & (pl.col("kind") == NUMBER))
    sums = numbers.group_by("column").agg(
        above=pl.col("number").filter(pl.col("row") < at).sum(), here=pl.col("number").filter(pl.col("row") == at).sum()
    )
    sums = sums.filter((pl.col("here") != 0) | (pl.col("above") != 0))
    same = (sums["here"] - sums["above"]).abs() <= SAME * sums["above"].abs()
    return len(sums) > 0 and 2 * int(same.sum()) >= len(sums)


def about_columns(columns: list[Column]) -> list[Text]:
    """Say which columns are not as plain as they look."""
    mixed = [c.series.name for c in columns if c.is_mixed]
    marked = [c for c in columns if c.markers]
    failed = [c for c in columns if c.errors]
    notes = [Text("reading.note.mixed", names=few(mixed))] if mixed else []
    if marked:
        markers = few(sorted({f"'{m}'" for c in marked for m in c.markers}))
        notes.append(Text("reading.note.markers", markers=markers, names=few([c.series.name for c in marked])))
    if failed:
        names = few([c.series.name for c in failed])
        notes.append(Text("reading.note.errors", count=sum(c.errors for c in failed), names=names))
    return notes


def about_below(left_out: list[Below], kept: list[Below]) -> list[Text]:
    """Say what stands below the table."""
    notes = []
    if texts := [b.content for b in left_out if b.problem == "note"]:
        notes.append(Text("reading.note.below", count=len(texts), text=" / ".join(texts)[:200]))
    notes += [Text("reading.note.total", line=b.at + 1, text=b.content[:200]) for b in left_out if b.problem == "total"]
    return notes + [Text("reading.note.total_kept", line=b.at + 1, text=b.content[:200]) for b in kept]


def about_merged(cells: Cells, head: Header, end: int) -> list[Text]:
    """Say that merged cells among the rows hold their value only once."""
    count = sum(1 for span in cells.spans if head.data <= span.top < end)
    return [Text("reading.note.merged", count=count)] if count else []
