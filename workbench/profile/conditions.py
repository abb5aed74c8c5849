"""One condition on one column: which rows it is true for, and how it is said."""

from __future__ import annotations

import calendar
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import polars as pl

from workbench.data.kinds import Kind, kind_of
from workbench.errors import ColumnNotFound, DataError
from workbench.figure import number
from workbench.words import Text

Op = Literal["is", "is_not", "below", "at_least", "between", "before", "from", "missing", "not_missing"]
OPS: tuple[Op, ...] = get_args(Op)
Value = str | float | bool | date

# What can be asked of a column of each kind, the most usual first.
OF_KIND: dict[Kind, tuple[Op, ...]] = {
    "number": ("at_least", "below", "between", "is", "is_not", "missing", "not_missing"),
    "date": ("between", "from", "before", "missing", "not_missing"),
    "category": ("is", "is_not", "missing", "not_missing"),
    "boolean": ("is", "is_not", "missing", "not_missing"),
    "text": ("is", "is_not", "missing", "not_missing"),
}
# How many values an operation takes; the others take any number.
COUNTS = {"below": 1, "at_least": 1, "before": 1, "from": 1, "between": 2, "missing": 0, "not_missing": 0}
# Labels to choose from; a category has no more.
MOST_LABELS = 1_000


@dataclass(frozen=True)
class Condition:
    """A column, what is asked of it, and the values it is held against.

    A missing value fits `missing` only, not `is_not` either: what it would be is not known. `between` holds both its ends; of
    dates it holds the whole last day.
    """

    column: str
    op: Op
    values: tuple[Value, ...] = ()

    def text(self) -> Text:
        """Return the condition as a sentence's part."""
        if self.op == "between":
            low, high = self.values
            if is_month(low, high):
                return Text("profile.difference.op.month", column=self.column, month=f"{low:%Y-%m}")
            return Text("profile.difference.op.between", column=self.column, low=spoken(low), high=spoken(high))
        return Text(f"profile.difference.op.{self.op}", column=self.column, values=[spoken(value) for value in self.values])

    def true_for(self, frame: pl.DataFrame) -> pl.Series:
        """Return which rows fit, never null.

        Raises
        ------
        ColumnNotFound
            If the table has no such column.
        DataError
            If the column is of a kind that cannot be asked this, or a value is none of its values.
        """
        if self.column not in frame.columns:
            raise ColumnNotFound(self.column, frame.columns)
        series = frame[self.column]
        kind = kind_of(series)
        self.check(kind)
        if series.dtype.is_float():
            series = series.fill_nan(None)
        values = [typed(value, kind, self.column) for value in self.values]
        return fits(series, self.op, values, kind).fill_null(value=False)

    def check(self, kind: Kind) -> None:
        """Refuse what cannot be asked of a column of a kind, and values that are missing or the wrong way round."""
        if self.op not in OF_KIND[kind]:
            asked = Text(f"profile.difference.op_name.{self.op}")
            raise DataError("error.difference.wrong_op", column=self.column, kind=Text(f"profile.kind.{kind}"), op=asked)
        if len(self.values) < 1 if self.op not in COUNTS else len(self.values) != COUNTS[self.op]:
            raise DataError("error.difference.no_value", column=self.column)
        if self.op == "between":
            low, high = (typed(value, kind, self.column) for value in self.values)
            if low > high:  # type: ignore[operator]
                raise DataError("error.difference.order", column=self.column, low=spoken(low), high=spoken(high))


def typed(value: Value, kind: Kind, column: str) -> Value:
    """Return a value as its column's kind has it.

    Raises
    ------
    DataError
        If it is no such value.
    """
    with suppress(ValueError, TypeError):
        if kind == "number" and not isinstance(value, bool | date) and not math.isnan(float(value)):
            return float(value)
        if kind == "boolean" and isinstance(value, bool):
            return value
        if kind == "date":
            day = date.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(day, date):
                return day.date() if isinstance(day, datetime) else day
        if kind in ("category", "text") and isinstance(value, str):
            return value
    raise DataError("error.difference.wrong_value", column=column, value=str(value), kind=Text(f"profile.kind.{kind}"))


def fits(series: pl.Series, op: Op, values: list[Value], kind: Kind) -> pl.Series:
    """Return which rows fit; null where a missing value leaves it open."""
    if op in ("missing", "not_missing"):
        return series.is_null() if op == "missing" else series.is_not_null()
    if op in ("is", "is_not"):
        wanted = pl.Series(values, dtype=pl.Float64 if kind == "number" else series.dtype)
        known = (series.cast(pl.Float64) if kind == "number" else series).is_in(wanted.implode())
        known = pl.select(pl.when(series.is_not_null()).then(known)).to_series()
        return known if op == "is" else ~known
    if op in ("below", "before"):
        return series < start_of(values[0], series)
    if op in ("at_least", "from"):
        return series >= start_of(values[0], series)
    if kind == "date":
        return (series >= start_of(values[0], series)) & (series < start_of(next_day(values[1]), series))
    return (series >= values[0]) & (series <= values[1])


def start_of(value: Value, series: pl.Series) -> Value | datetime:
    """Return a value as the column compares it: a day among moments is its midnight."""
    if isinstance(value, date) and series.dtype == pl.Datetime:
        return datetime(value.year, value.month, value.day)
    return value


def next_day(value: Value) -> Value:
    """Return the day after."""
    assert isinstance(value, date)
    return value + timedelta(days=1) if value < date.max else value


def is_month(low: Value, high: Value) -> bool:
    """Tell whether two days are the first and the last of one month."""
    if not (isinstance(low, date) and isinstance(high, date)):
        return False
    return (low.year, low.month, low.day) == (high.year, high.month, 1) and high.day == calendar.monthrange(
        low.year, low.month
    )[1]


def spoken(value: object) -> Text | str:
    """Return a value as a sentence shows it."""
    if isinstance(value, bool):
        return Text("profile.bin.yes") if value else Text("profile.bin.no")
    return number(value) if isinstance(value, int | float) else str(value)


def months(series: pl.Series) -> tuple[date, date] | None:
    """Return the first days of the latest complete month of a column of dates and of the month before it.

    A month is complete when the column goes on to its last day or beyond; both months have rows. None where there are no two.
    """
    days = in_calendar(series)
    if not len(days):
        return None
    last = days.max()
    assert isinstance(last, date)
    found = {m for m in days.dt.truncate("1mo").unique().to_list() if end_of(m) <= last}
    pairs = ((month, before) for month in sorted(found, reverse=True) if (before := month_before(month)) is not None)
    return next((pair for pair in pairs if pair[1] in found), None)


def in_calendar(series: pl.Series) -> pl.Series:
    """Return the known days that a calendar has: years 1 to 9999."""
    days = series.drop_nulls().cast(pl.Date)
    return days.filter(days.is_between(date.min, date.max))


def month_before(first: date) -> date | None:
    """Return the first day of the month before."""
    if first == date.min:
        return None
    return (first - timedelta(days=1)).replace(day=1)


def end_of(first: date) -> date:
    """Return the last day of the month that begins with a day."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def facts(series: pl.Series) -> dict[str, object]:
    """Return what a condition on a column can be made of.

    Returns
    -------
    dict
        ``kind``, ``labels`` (of a category, most frequent first), and ``low``, ``middle`` and ``high`` of numbers and dates,
        None where there are none. The middle divides: it is the median, or the next value where that is the lowest one.
    """
    kind = kind_of(series)
    found: dict[str, object] = {"kind": kind, "labels": [], "low": None, "middle": None, "high": None}
    if kind == "category":
        values = series.drop_nulls().cast(pl.String).alias("value")
        counted = values.value_counts().sort(["count", "value"], descending=[True, False])
        found["labels"] = counted["value"].head(MOST_LABELS).to_list()
    elif kind in ("number", "date"):
        values = in_calendar(series) if kind == "date" else series.drop_nulls().cast(pl.Float64)
        values = (values if kind == "date" else values.filter(values.is_finite())).sort()
        if len(values):
            low, middle = values[0], values[len(values) // 2]
            more = values.filter(values > low) if middle == low else values.head(0)
            found |= {"low": low, "middle": more[0] if len(more) else middle, "high": values[-1]}
    return found
