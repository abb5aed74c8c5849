"""The filled cells of a sheet as one long table, and the columns of a table made of them, whole columns at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.data.merged import Span
from workbench.data.typed import typed, without_empty

# What a cell holds. A SPAN is a length of time, which may be longer than a day; an ERROR is what a formula shows that failed.
NUMBER, TEXT, BOOLEAN, MOMENT, SPAN, ERROR = range(6)
SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "column": pl.UInt32,
    "kind": pl.UInt8,
    "number": pl.Float64,
    "text": pl.String,
}
# From here on a float no longer tells neighbouring whole numbers apart.
EXACT = 2**53
DAY = 86_400_000_000
# Days are counted from here; before the first of March 1900 by one more, because Excel knows a 29th of February that year.
FIRST_DAY, FIRST_DAY_1904 = pl.datetime(1899, 12, 30), pl.datetime(1904, 1, 1)
MARCH_1900 = 60
# The year 10000, which no calendar here has.
LAST_DAY = 2_958_466


@dataclass(frozen=True)
class Extent:
    """How many rows and columns a sheet has."""

    rows: int
    columns: int

    def with_cell(self, row: int, column: int) -> Extent:
        """Return the extent that also holds a cell."""
        return Extent(max(self.rows, row + 1), max(self.columns, column + 1))


@dataclass(frozen=True)
class Cells:
    """The filled cells of a sheet."""

    frame: pl.DataFrame
    """Has the columns of ``SCHEMA``; rows and columns count from 0."""
    reach: Extent
    spans: tuple[Span, ...] = ()
    is_1904: bool = False


@dataclass(frozen=True)
class Column:
    """A column with its plain type, and what in it was not as plain as it looks."""

    series: pl.Series
    is_mixed: bool = False
    """Whether cells of different types met and all became text."""
    markers: tuple[str, ...] = ()
    errors: int = 0


def as_rows(cells: Cells, start: int, stop: int) -> list[list[str]]:
    """Return some rows as a person sees them."""
    part = cells.frame.filter((pl.col("row") >= start) & (pl.col("row") < stop))
    rows = [[""] * cells.reach.columns for _ in range(min(stop, cells.reach.rows) - start)]
    for row, column, text in zip(part["row"], part["column"], shown(part, cells.is_1904).fill_null(""), strict=True):
        rows[row - start][column] = text
    return rows


def as_columns(cells: Cells, names: Sequence[str], start: int, stop: int, as_text: Collection[str] = ()) -> list[Column]:
    """Make columns of the rows from one up to another."""
    part = cells.frame.filter((pl.col("row") >= start) & (pl.col("row") < stop)).with_columns(pl.col("row") - start)
    parts = part.partition_by("column", as_dict=True)
    none = part.clear()
    return [
        column(name, parts.get((i,), none), max(stop - start, 0), cells.is_1904, name in as_text)
        for i, name in enumerate(names)
    ]


def column(name: str, cells: pl.DataFrame, height: int, is_1904: bool, as_text: bool) -> Column:
    """Make a column; where cells of different types meet, all become text, and then whatever all of that plainly is."""
    errors = cells["kind"] == ERROR
    count = int(errors.sum())
    cells = cells.filter(~errors) if count else cells
    kinds = set(cells["kind"].unique())
    if not as_text and (own := of_own_type(cells, kinds, is_1904)) is not None:
        return Column(placed(name, cells["row"], own, height), errors=count)
    text = without_empty(placed(name, cells["row"], shown(cells, is_1904), height))
    found = None if as_text else typed(text)
    series, markers = (found.series, found.markers) if found is not None else (text, ())
    return Column(series, len(kinds) > 1 and series.dtype == pl.String and not as_text, markers, count)


def of_own_type(cells: pl.DataFrame, kinds: set[int], is_1904: bool) -> pl.Series | None:
    """Return cells that are all numbers, booleans or dates as such, or None."""
    numbers = cells["number"]
    if kinds == {NUMBER}:
        return numbers.cast(pl.Int64) if is_whole(numbers).all() else numbers
    if kinds == {BOOLEAN}:
        return numbers != 0
    if kinds == {MOMENT} and ((numbers >= 1) | is_1904).all():
        found = moments(numbers, is_1904)
        return found.cast(pl.Date) if (found == found.dt.truncate("1d")).all() else found
    return None


def placed(name: str, rows: pl.Series, values: pl.Series, height: int) -> pl.Series:
    """Return values each in its row, and nothing in the rows between."""
    if len(values) == height and rows.is_sorted():
        return values.alias(name)
    return pl.Series(name, [None], dtype=values.dtype).new_from_index(0, height).scatter(rows, values)


def is_whole(numbers: pl.Series) -> pl.Series:
    """Whether numbers are whole and exactly so: Excel knows no others than floats."""
    return (numbers == numbers.floor()) & (numbers.abs() < EXACT)


def moments(serials: pl.Series, is_1904: bool) -> pl.Series:
    """Return the dates and times that Excel counts in days."""
    days = pl.lit(serials) + pl.lit((serials < MARCH_1900) & (not is_1904)).cast(pl.Float64)
    since = ((days * (DAY / 1000)).round().cast(pl.Int64) * 1000).cast(pl.Duration("us"))
    return pl.select((FIRST_DAY_1904 if is_1904 else FIRST_DAY).cast(pl.Datetime("us")) + since).to_series()


def clock(serials: pl.Series) -> pl.Series:
    """Write times and lengths of time as hours, minutes and seconds."""
    millis = pl.lit((serials.abs() * (DAY / 1000)).round().cast(pl.Int64))
    parts = [(millis // 3_600_000), (millis // 60_000 % 60), (millis // 1000 % 60)]
    hours, minutes, seconds = (part.cast(pl.String).str.zfill(2) for part in parts)
    rest = (
        pl.when(millis % 1000 == 0).then(pl.lit("")).otherwise(pl.format(".{}", (millis % 1000).cast(pl.String).str.zfill(3)))
    )
    sign = pl.when(pl.lit(serials) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.select(pl.format("{}{}:{}:{}{}", sign, hours, minutes, seconds, rest)).to_series()


def shown(cells: pl.DataFrame, is_1904: bool) -> pl.Series:
    """Write cells as text, the way a person sees them."""
    out = cells["text"]
    for kind in set(cells["kind"].unique()) - {TEXT, ERROR}:
        rows = (cells["kind"] == kind).arg_true()
        out = out.scatter(rows, written(cells["number"].gather(rows), kind, is_1904))
    return out.set(cells["kind"] == ERROR, None)


def written(numbers: pl.Series, kind: int, is_1904: bool) -> pl.Series:
    """Write numbers of one kind as text."""
    if kind == BOOLEAN:
        return pl.select(pl.when(pl.lit(numbers) != 0).then(pl.lit("true")).otherwise(pl.lit("false"))).to_series()
    if kind == SPAN:
        return clock(numbers)
    if kind == NUMBER:
        whole = is_whole(numbers)
        return numbers.set(~whole, None).cast(pl.Int64).cast(pl.String).zip_with(whole, numbers.cast(pl.String))
    found = moments(numbers, is_1904)
    text = found.dt.strftime("%Y-%m-%d %H:%M:%S%.f").str.strip_suffix(" 00:00:00")
    return text.zip_with((numbers >= 1) | is_1904, clock(numbers))


def without_impossible_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Take as numbers what is shown as a date but none can be: before the first day or after the year 9999."""
    wrong = (frame["kind"] == MOMENT) & ((frame["number"] < 0) | (frame["number"] >= LAST_DAY))
    return frame.with_columns(kind=frame["kind"].set(wrong, NUMBER)) if wrong.any() else frame
