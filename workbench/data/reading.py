"""From a file's bytes to a table: what it is, how it was read, and notes on everything that was not as plain as it looks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from workbench.data import columnar, unpack
from workbench.data.decode import decode
from workbench.data.delimited import read_delimited
from workbench.data.excel import read_excel
from workbench.data.formats import in_zip, recognise
from workbench.data.header import few
from workbench.data.typed import typed
from workbench.errors import UnreadableFile
from workbench.words import Text

# An archive in an archive in an archive is no table.
MOST_WRAPPINGS = 2


@dataclass(frozen=True)
class Reading:
    """A table and how it was read."""

    frame: pl.DataFrame
    """Columns are Int64, Float64, Boolean, Date, Datetime or String; nothing is always null."""
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int = 1
    """How many rows the column names took; 0 where there were none."""
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return how the table was read, as plain data."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_rows": self.header_rows,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "notes": [note.to_dict() for note in self.notes],
        }


@dataclass(frozen=True)
class Wishes:
    """What a person decided instead of the reader."""

    sheet: str | None
    encoding: str | None
    header: int | None
    max_rows: int


def read(
    source: Path | bytes,
    *,
    name: str,
    sheet: str | None = None,
    encoding: str | None = None,
    header: int | None = None,
    max_rows: int,
) -> Reading:
    r"""Read a table from CSV, TSV, Excel, OpenDocument, Parquet, Feather or JSON, packed as .gz or .zip or not.

    Parameters
    ----------
    source : Path or bytes
        The file; its content decides what it is, not its name.
    name : str
        What the person calls the file, for sentences.
    sheet : str, optional
        Which sheet of a workbook.
    encoding : str, optional
        What a text file is written in; found when not given.
    header : int, optional
        The row of the column names, counted from 1; 0 where there are none; found when not given.
    max_rows : int
        More rows are refused.

    Returns
    -------
    Reading
        The table with encoding, delimiter, header rows, sheets and notes.

    Raises
    ------
    UnreadableFile
        If no reading makes a table; the sentence says what the file seems to be, or what would do.
    TooLarge
        If a limit is exceeded.

    Examples
    --------
    >>> read("品目,数\nりんご,3\n".encode("cp932"), name="a.csv", max_rows=10).encoding
    'cp932'
    """
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as problem:
        raise UnreadableFile("error.data.unreachable", name=name) from problem
    return of_bytes(data, Wishes(sheet, encoding, header, max_rows), MOST_WRAPPINGS)


def of_bytes(data: bytes, wishes: Wishes, wrappings: int) -> Reading:
    """Read bytes as what they are, unpacking first."""
    kind = recognise(data)
    if kind == "zip":
        kind = in_zip(data)
        if kind == "excel":
            unpack.check_workbook(data)
    if kind in {"gzip", "archive"}:
        if not wrappings:
            raise UnreadableFile("error.data.not_a_table", seems=Text("file_kind.archive"))
        return unpacked(data, kind, wishes, wrappings - 1)
    if kind in {"excel", "ole"}:
        return of_excel(data, wishes)
    return of_text(data, wishes) if kind == "text" else of_typed(data, kind, wishes.max_rows)


def unpacked(data: bytes, kind: str, wishes: Wishes, wrappings: int) -> Reading:
    """Read the one table inside an archive."""
    if kind == "gzip":
        return of_bytes(unpack.gunzip(data), wishes, wrappings)
    name, inside = unpack.unzip(data)
    reading = of_bytes(inside, wishes, wrappings)
    return replace(reading, notes=(Text("reading.note.inside", name=name), *reading.notes))


def of_excel(data: bytes, wishes: Wishes) -> Reading:
    """Read a sheet."""
    found = read_excel(data, sheet=wishes.sheet, header=wishes.header, max_rows=wishes.max_rows)
    frame, more = without_hollow(found.frame)
    return Reading(frame, header_rows=found.header.rows, sheet=found.name, sheets=found.sheets, notes=(*found.notes, *more))


def of_typed(data: bytes, kind: str, max_rows: int) -> Reading:
    """Read a file that knows its types."""
    if kind == "parquet":
        frame, notes = columnar.read_parquet(data, max_rows=max_rows)
    elif kind == "feather":
        frame, notes = columnar.read_feather(data, max_rows=max_rows)
    else:
        text = decode(data)
        frame, notes = columnar.read_json(text.data, lines=kind == "jsonl", max_rows=max_rows)
        return Reading(frame, encoding=text.encoding, header_rows=0, notes=notes)
    return Reading(frame, header_rows=0, notes=notes)


def of_text(data: bytes, wishes: Wishes) -> Reading:
    """Read a text table and give its columns their types."""
    text = decode(data, wishes.encoding)
    table = read_delimited(text.data, header=wishes.header, max_rows=wishes.max_rows)
    columns = [typed(column) for column in table.frame]
    frame, more = without_hollow(pl.DataFrame([column.series for column in columns]))
    marked = [column.series.name for column in columns if column.markers]
    if marked:
        markers = sorted({f"'{marker}'" for column in columns for marker in column.markers})
        more = (*more, Text("reading.note.markers", markers=few(markers), names=few(marked)))
    return Reading(frame, text.encoding, table.delimiter, table.header.rows, notes=(*table.notes, *more))


def without_hollow(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """Leave out what spreadsheets add, and say so: rows at the end and columns without a name that hold nothing at all."""
    height = frame.height
    while height and not any_filled(frame.slice(height - 1, 1)):
        step = 1
        while height - 2 * step >= 0 and not any_filled(frame.slice(height - 2 * step, 2 * step)):
            step *= 2
        height -= step
    if height == 0:
        raise UnreadableFile("error.data.no_rows")
    empty = [c.name for i, c in enumerate(frame) if c.name == f"column_{i + 1}" and c.null_count() == len(c)]
    notes = [Text("reading.note.hollow_rows", count=frame.height - height)] if height < frame.height else []
    notes += [Text("reading.note.hollow_columns", count=len(empty))] if empty else []
    return frame.head(height).drop(empty), tuple(notes)


def any_filled(frame: pl.DataFrame) -> bool:
    """Whether any cell holds something."""
    return any(column.null_count() < len(column) for column in frame)
