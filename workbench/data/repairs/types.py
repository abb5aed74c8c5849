"""The type of a column after its repairs: the plain one of its cells, or the one an analyst asked for."""

from __future__ import annotations

import polars as pl

from workbench.data.typed import dates, moments, typed

TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def plainly_typed(column: pl.Series, *, changed: bool) -> pl.Series:
    """Give a column of text in which something changed the type that all its cells have."""
    return typed(column).series if changed and column.dtype == pl.String else column


def with_type(column: pl.Series, kind: str) -> pl.Series:
    """Give a column the type of a kind; its cells that do not fit were blanked before.

    Parameters
    ----------
    column : polars.Series
        After its repairs.
    kind : {"number", "boolean", "date", "category", "text"}
        What it shall be.

    Returns
    -------
    polars.Series
        Of that type; of another where its kind cannot become it, as a date cannot become a number.
    """
    if kind in {"text", "category"}:
        return as_labels(column)
    if column.dtype.is_numeric():
        return column.cast(pl.Boolean) if kind == "boolean" else column
    if column.dtype != pl.String:
        return column
    text = column.str.strip_chars()
    if kind == "boolean":
        return text.str.to_lowercase().replace_strict(TRUTHS, default=None, return_dtype=pl.Boolean)
    if kind == "number":
        plain = typed(text).series
        return plain if plain.dtype.is_numeric() else text.cast(pl.Float64, strict=False)
    day = dates(text)
    return day if day.null_count() == text.null_count() else moments(text)


def as_labels(column: pl.Series) -> pl.Series:
    """Write a column as text; a whole number without a point, as a signature reads it."""
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        text = whole.cast(pl.String).zip_with((whole == column).fill_null(value=False), column.cast(pl.String))
        return text.set(column.is_nan().fill_null(value=False), None)
    return column.cast(pl.String)
