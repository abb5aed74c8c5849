"""Files that know their types (Parquet, Feather, JSON): brought to the five kinds, with nothing for NaN."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl

from workbench.data.delimited import MOST_COLUMNS, check_columns, check_rows
from workbench.data.header import few, unique_names
from workbench.data.typed import typed
from workbench.errors import UnreadableFile
from workbench.words import Text


def read_parquet(data: bytes, *, max_rows: int, max_columns: int = MOST_COLUMNS) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """Read a Parquet file; its size is known before its values are unpacked.

    Raises
    ------
    UnreadableFile
        If it is damaged.
    TooLarge
        If it has too many rows or columns.
    """
    try:
        lazy = pl.scan_parquet(io.BytesIO(data))
        check_columns(len(lazy.collect_schema()), max_columns)
        check_rows(lazy.select(pl.len()).collect().item(), max_rows)
        return plain(lazy.collect())
    except pl.exceptions.PolarsError as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.parquet")) from problem


def read_feather(data: bytes, *, max_rows: int, max_columns: int = MOST_COLUMNS) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """Read a Feather file.

    Raises
    ------
    UnreadableFile
        If it is damaged.
    TooLarge
        If it has too many rows or columns.
    """
    try:
        frame = pl.read_ipc(io.BytesIO(data))
    except pl.exceptions.PolarsError as problem:
        raise UnreadableFile("error.data.broken", format=Text("file_kind.feather")) from problem
    check_columns(frame.width, max_columns)
    check_rows(frame.height, max_rows)
    return plain(frame)


def read_json(
    data: bytes, *, lines: bool, max_rows: int, max_columns: int = MOST_COLUMNS
) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """Read objects, one a line or in one list, as rows; a field that an object lacks is missing.

    Raises
    ------
    UnreadableFile
        If it is no JSON, or holds something else than objects.
    TooLarge
        If it has too many rows or columns.
    """
    rows = json_lines(data) if lines else json_list(data)
    if not all(isinstance(row, dict) for row in rows):
        raise UnreadableFile("error.data.json_rows")
    check_rows(len(rows), max_rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    check_columns(len(names), max_columns)
    return plain(pl.DataFrame([of_values(name, [row.get(name) for row in rows]) for name in names]))


def json_lines(data: bytes) -> list[Any]:
    """Read one value a line."""
    rows: list[Any] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            if line.strip():
                rows.append(json.loads(line))
        except (ValueError, RecursionError) as problem:
            raise UnreadableFile("error.data.json", line=number) from problem
    return rows


def json_list(data: bytes) -> list[Any]:
    """Read the values of one list."""
    try:
        return list(json.loads(data))
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile("error.data.json", line=getattr(problem, "lineno", 1)) from problem


def of_values(name: str, values: list[Any]) -> pl.Series:
    """Make a column of JSON values; different types in one column become text."""
    types = {type(v) for v in values} - {type(None)}
    if types == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if types == {int} and all(v is None or abs(v) < 2**63 for v in values):
        return pl.Series(name, values, dtype=pl.Int64)
    if types and types <= {int, float} and all(v is None or abs(v) < 2**1000 for v in values):
        return pl.Series(name, [None if v is None else float(v) for v in values], dtype=pl.Float64)
    return typed(
        pl.Series(name, [v if v is None or isinstance(v, str) else json_text(v) for v in values], dtype=pl.String)
    ).series


def json_text(value: object) -> str:
    """Write a value as JSON does, dates as ISO."""
    return json.dumps(value, ensure_ascii=False, default=str)


def plain(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """Bring columns of any type to Int64, Float64, Boolean, Date, Datetime or String."""
    names, notes = unique_names(frame.columns)
    frame.columns = list(names)
    infinite = [s.name for s in frame if s.dtype.is_float() and s.is_infinite().any()]
    out = pl.DataFrame([simplified(column) for column in frame])
    return out, (*notes, *([Text("reading.note.infinite", names=few(infinite))] if infinite else []))


def simplified(column: pl.Series) -> pl.Series:
    """Bring one column to a plain type."""
    dtype = column.dtype
    if dtype.is_integer():
        whole = column.cast(pl.Int64, strict=False)
        return whole if whole.null_count() == column.null_count() else column.cast(pl.Float64)
    if dtype.is_float() or dtype.is_decimal():
        numbers = column.cast(pl.Float64)
        return numbers.set(~numbers.is_finite(), None)
    if dtype == pl.Datetime:
        zoned = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if getattr(dtype, "time_zone", None) else column
        return zoned.cast(pl.Datetime("us"))
    if dtype in (pl.Boolean, pl.Date):
        return column
    text = as_text(column)
    return text.set(text == "", None)


def as_text(column: pl.Series) -> pl.Series:
    """Write values that are no number, date or boolean as text."""
    if column.dtype == pl.Binary:
        try:
            return column.cast(pl.String)
        except pl.exceptions.PolarsError:
            return column.bin.encode("hex")
    if column.dtype.is_nested() or column.dtype == pl.Object:
        return pl.Series(column.name, [None if v is None else json_text(v) for v in column.to_list()], dtype=pl.String)
    if column.dtype == pl.Duration:
        return pl.Series(column.name, [None if v is None else str(v) for v in column.to_list()], dtype=pl.String)
    return column.cast(pl.String)
