"""Excel workbooks (xlsx, xlsm, xlsb, xls) and OpenDocument sheets, read by calamine."""

from __future__ import annotations

import datetime as dt
import io
import math
from dataclasses import dataclass
from typing import Any

import polars as pl
import python_calamine as calamine

from workbench.data import header as headers
from workbench.data.delimited import check_columns, check_rows
from workbench.data.header import Header, few
from workbench.data.typed import typed, without_empty
from workbench.errors import UnreadableFile, closest
from workbench.words import Text

LOOKED_AT = 300
# The name of the stream in which Office keeps an encrypted workbook.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# From here on a float no longer tells neighbouring whole numbers apart.
EXACT = 2**53


@dataclass(frozen=True)
class Sheet:
    """The table of one sheet."""

    frame: pl.DataFrame
    header: Header
    name: str
    sheets: tuple[str, ...]
    notes: tuple[Text, ...]


def read_excel(data: bytes, *, sheet: str | None = None, header: int | None = None, max_rows: int) -> Sheet:
    """Read one sheet of a workbook.

    Parameters
    ----------
    data : bytes
        The file.
    sheet : str, optional
        The sheet's name; the first visible one that holds something when not given.
    header : int, optional
        The row of the column names as Excel counts; 0 where there are none.
    max_rows : int
        More rows are refused.

    Raises
    ------
    UnreadableFile
        If the workbook is damaged or protected, has no such sheet, or the sheet holds no table.
    TooLarge
        If there are too many rows or columns.
    """
    if ENCRYPTED in data:
        raise UnreadableFile("error.data.password")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name, rows = sheet_rows(book, sheet, max_rows)
    except calamine.PasswordError as problem:
        raise UnreadableFile("error.data.password") from problem
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.excel")) from problem
    found = headers.find([[shown(cell) for cell in row] for row in rows[:LOOKED_AT]], header)
    body = rows[found.data :]
    while body and not any(cell != "" for cell in body[-1]):
        body.pop()
    check_rows(len(body), max_rows)
    return of_rows(body, found, name, tuple(book.sheet_names))


def sheet_rows(book: calamine.CalamineWorkbook, wanted: str | None, max_rows: int) -> tuple[str, list[list[Any]]]:
    """Return the cells of the sheet that was asked for, or of the first that holds something."""
    if wanted is not None and wanted not in book.sheet_names:
        raise UnreadableFile("error.data.unknown_sheet", sheet=wanted, hint=closest(wanted, book.sheet_names))
    for name in [wanted] if wanted is not None else in_order(book):
        found = book.get_sheet_by_name(name)
        if found.height:
            check_columns(found.width)
            check_rows(found.height, max_rows + LOOKED_AT)
            return name, found.to_python(skip_empty_area=False)
    raise UnreadableFile("error.data.empty")


def in_order(book: calamine.CalamineWorkbook) -> list[str]:
    """Return the names of the sheets, hidden ones last."""
    hidden = {s.name for s in book.sheets_metadata if s.visible != calamine.SheetVisibleEnum.Visible}
    return sorted(book.sheet_names, key=lambda name: name in hidden)


def of_rows(rows: list[list[Any]], found: Header, name: str, sheets: tuple[str, ...]) -> Sheet:
    """Make a table of cells that have types of their own."""
    columns, mixed = [], []
    for i, column in enumerate(found.names):
        series, is_mixed = of_cells(column, [row[i] if i < len(row) else "" for row in rows])
        columns.append(series)
        if is_mixed:
            mixed.append(column)
    notes = [*found.notes]
    if len(sheets) > 1:
        notes.append(Text("reading.note.sheet", sheet=name, count=len(sheets)))
    if mixed:
        notes.append(Text("reading.note.mixed", names=few(mixed)))
    return Sheet(pl.DataFrame(columns), found, name, sheets, tuple(notes))


def of_cells(name: str, cells: list[Any]) -> tuple[pl.Series, bool]:
    """Make a column; where cells of different types meet, all become text, and whatever all of that plainly is."""
    values = [None if cell == "" else cell for cell in cells]
    types = {type(v) for v in values} - {type(None)}
    if types and types <= {int, float}:
        return of_numbers(name, values), False
    if types == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean), False
    if types and types <= {dt.date, dt.datetime}:
        return of_dates(name, values), False
    text = without_empty(pl.Series(name, [None if v is None else shown(v) for v in values], dtype=pl.String))
    series = typed(text).series
    return series, len(types) > 1 and series.dtype == pl.String


def of_numbers(name: str, values: list[Any]) -> pl.Series:
    """Make whole numbers of floats that all are: Excel knows no others."""
    whole = all(v is None or (math.isfinite(v) and v == int(v) and abs(v) < EXACT) for v in values)
    return pl.Series(
        name, [None if v is None else (int(v) if whole else float(v)) for v in values], dtype=pl.Int64 if whole else pl.Float64
    )


def of_dates(name: str, values: list[Any]) -> pl.Series:
    """Make dates, with a time only if one of them has one."""
    moments = [v if v is None or isinstance(v, dt.datetime) else dt.datetime.combine(v, dt.time()) for v in values]
    series = pl.Series(name, moments, dtype=pl.Datetime("us"))
    return series if (series.dt.time() != dt.time()).any() else series.cast(pl.Date)


def shown(cell: Any) -> str:
    """Write a cell as text, the way a person sees it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ") if cell.time() != dt.time() else cell.date().isoformat()
    return str(cell)
