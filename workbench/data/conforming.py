"""Whole columns brought to the fields of a signature in one pass, with what does not fit kept compact until somebody asks."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.data.fields import Field, Problem
from workbench.data.typed import MARKERS, moments
from workbench.errors import SignatureError
from workbench.words import Text

# What stands for a blank in a column of numbers, dates or booleans; NaN does not: a model must not be asked about it.
BLANKS = sorted(MARKERS - {"NaN", "nan"})
TRUE, FALSE = ["true", "1"], ["false", "0"]
MOST_SHOWN = 60
# How many problems the refusal of a call counts up one by one.
MOST_LISTED = 1_000
# The code of a cell that was repaired as the training table was: it is scored, and whoever reads the result is told.
REPAIRED = "repaired"
NOT_A = {"number": "not_a_number", "boolean": "not_a_boolean", "date": "not_a_date"}


@dataclass(frozen=True)
class Finding:
    """The rows of one field that have the same thing wrong."""

    field: str
    code: str
    rows: np.ndarray
    """Row numbers in order; empty for a whole column."""
    values: pl.Series | None
    """The values as they came, one for each row."""
    facts: tuple[tuple[str, object], ...] = ()
    after: pl.Series | None = None
    """What repaired values became, one for each row; null is a blank."""

    def problems(self) -> Iterator[Problem]:
        """Yield one problem a row."""
        facts = dict(self.facts)
        if not len(self.rows):
            yield Problem(None, self.field, Text(f"signature.{self.code}", field=self.field, **facts), self.code)
            return
        shown = [None] * len(self.rows) if self.values is None else self.values.to_list()
        became = [None] * len(self.rows) if self.after is None else self.after.to_list()
        for row, value, after in zip(self.rows.tolist(), shown, became, strict=True):
            text = self.text(as_sent(value), after, facts)
            yield Problem(row, self.field, text, self.code)

    def text(self, value: str, after: str | None, facts: dict[str, object]) -> Text:
        """Say what is wrong with one value, or what became of it."""
        if self.code != REPAIRED:
            return Text(f"signature.{self.code}", field=self.field, value=value, **facts)
        if after is None:
            return Text("signature.repaired_blank", field=self.field, value=value)
        return Text("signature.repaired", field=self.field, value=value, after=after[:MOST_SHOWN])


def as_sent(value: object) -> str:
    """Return a cell as the person who sent it wrote it."""
    return (str(value).lower() if isinstance(value, bool) else str(value))[:MOST_SHOWN]


@dataclass(frozen=True)
class Conformed:
    """A table in the form of a signature."""

    frame: pl.DataFrame
    """Exactly the fields, in order, with the right types."""
    missing_columns: list[str]
    extra_columns: list[str]
    wrong: tuple[Finding, ...]
    """What cannot be scored, compactly."""
    doubtful: tuple[Finding, ...]
    """What can be scored but not trusted, compactly."""

    @functools.cached_property
    def problems(self) -> list[Problem]:
        """Cells and columns that do not fit, in the order of the rows."""
        return listed(self.wrong)

    @functools.cached_property
    def warnings(self) -> list[Problem]:
        """Values the model has not seen, in the order of the rows."""
        return listed(self.doubtful)

    def require(self) -> None:
        """Refuse a table that does not fit.

        Raises
        ------
        SignatureError
            Names every row and field.
        """
        if self.wrong:
            found = self.problems
            fields = [{"row": p.row, "field": p.field, "problem": p.text} for p in found[:MOST_LISTED]]
            raise SignatureError("error.data.rows_do_not_fit", fields=fields, count=len(found), first=found[0].text)


def listed(findings: Sequence[Finding]) -> list[Problem]:
    """Return every problem: whole columns first, then row by row."""
    found = [problem for finding in findings for problem in finding.problems()]
    return sorted(found, key=lambda problem: -1 if problem.row is None else problem.row)


@dataclass(frozen=True)
class Column:
    """How one column is brought to its field: its value, and where it cannot be one."""

    value: pl.Expr
    bad: pl.Expr | None = None


def conform(fields: Sequence[Field], frame: pl.DataFrame) -> Conformed:
    """Bring a table to the fields; see `Signature.conform`."""
    types = dict(frame.schema)
    there = tuple((i, field) for i, field in enumerate(fields) if field.name in types)
    source = with_dates(frame, [field for _, field in there])
    passed = {c.name: c for c in source.select(program(there, tuple(types[field.name] for _, field in there)))}
    nothing = {f.name: pl.repeat(None, frame.height, dtype=f.dtype, eager=True) for f in fields if f.name not in types}
    columns = [nothing[f.name] if f.name in nothing else passed[f"v{i}"] for i, f in enumerate(fields)]
    out = pl.DataFrame([c.alias(f.name) for c, f in zip(columns, fields, strict=True)], height=frame.height)
    absent = [Finding(f.name, "missing_column", np.empty(0, np.intp), None) for f in fields if f.name in nothing and f.required]
    found = [x for i, f in enumerate(fields) for x in findings(f, i, passed, frame)]
    wrong = [x for x, is_wrong in found if is_wrong]
    doubtful = [x for x, is_wrong in found if not is_wrong]
    names = {field.name for field in fields}
    return Conformed(
        frame=out,
        missing_columns=[f.name for f in fields if f.name in nothing],
        extra_columns=[name for name in types if name not in names],
        wrong=(*absent, *wrong),
        doubtful=(*doubtful, *sparse(out)),
    )


# Building the expressions of a hundred fields takes longer than answering for one row.
@functools.lru_cache(maxsize=256)
def program(fields: tuple[tuple[int, Field], ...], types: tuple[pl.DataType, ...]) -> tuple[pl.Expr, ...]:
    """Return everything that is asked of a table whose columns have these types."""
    return tuple(expr for (i, field), dtype in zip(fields, types, strict=True) for expr in expressions(i, field, dtype))


def with_dates(frame: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """Read the dates that are still text into columns beside them, and mark what is none."""
    more: list[pl.Series] = []
    for field in fields:
        column = frame.get_column(field.name)
        if field.kind == "date" and column.dtype == pl.String:
            text = column.str.strip_chars()
            text = text.set(text.is_in(BLANKS), None)
            read = moments(text)
            more += [
                read.alias(beside(field.name, "read")),
                (read.is_null() & text.is_not_null()).alias(beside(field.name, "bad")),
            ]
    return frame.with_columns(more) if more else frame


def beside(name: str, what: str) -> str:
    """Return a name that no column of a file can have."""
    return f"{name}\x00{what}"


def expressions(i: int, field: Field, dtype: pl.DataType) -> Iterator[pl.Expr]:
    """Yield a field's value, where it is bad and where it is doubtful."""
    column = READ[field.kind](field, dtype)
    yield column.value.alias(f"v{i}")
    bad = None if column.bad is None else column.bad.fill_null(value=False)
    if bad is not None:
        yield bad.alias(f"b{i}")
    if not field.blank:
        yield (column.value.is_null() if bad is None else column.value.is_null() & ~bad).alias(f"n{i}")
    broken = beyond(field, column.value)
    if broken is not None:
        yield broken.alias(f"l{i}")
    unseen = outside(field, column.value)
    if unseen is not None:
        unseen = unseen.fill_null(value=False)
        yield (unseen if broken is None else unseen & ~broken).alias(f"w{i}")


def beyond(field: Field, value: pl.Expr) -> pl.Expr | None:
    """Return where a value is outside the limits of the contract."""
    tests = [
        test(value, pl.lit(end).cast(field.dtype))
        for end, test in zip(field.allowed, (pl.Expr.lt, pl.Expr.gt), strict=True)
        if end is not None
    ]
    return pl.any_horizontal(tests).fill_null(value=False) if tests else None


def outside(field: Field, value: pl.Expr) -> pl.Expr | None:
    """Return where a value is none the training data had."""
    if field.kind == "category" and field.categories is not None:
        known = value.is_in(list(field.categories)) if field.categories else pl.lit(value=False)
        return value.is_not_null() & ~known
    if field.range is None:
        return None
    low, high = field.range
    if field.kind == "date":
        low, high = (pl.lit(dt.datetime.fromisoformat(end)).cast(field.dtype) for end in (low, high))
    return (value < low) | (value > high)


def numbers(field: Field, dtype: pl.DataType) -> Column:
    """Read numbers, also from plain text; NaN of a table is a blank, infinity is no number."""
    column = pl.col(field.name)
    if dtype == pl.String:
        text = column.str.strip_chars()
        value = text.cast(pl.Float64, strict=False)
        finite = value.is_finite().fill_null(value=False)
        return Column(pl.when(finite).then(value), ~finite & ~text.is_in(BLANKS))
    if dtype.is_float():
        wide = column.cast(pl.Float64)
        return Column(pl.when(wide.is_finite()).then(wide), wide.is_infinite())
    if dtype.is_numeric():
        return Column(column.cast(pl.Float64))
    return nothing_fits(column, pl.Float64())


def booleans(field: Field, dtype: pl.DataType) -> Column:
    """Read booleans, also true and false as text, 1 and 0."""
    column = pl.col(field.name)
    if dtype == pl.Boolean:
        return Column(column)
    if dtype != pl.String and not dtype.is_numeric():
        return nothing_fits(column, pl.Boolean())
    if dtype == pl.String:
        text = column.str.strip_chars()
        yes, no, blank = text.str.to_lowercase().is_in(TRUE), text.str.to_lowercase().is_in(FALSE), text.is_in(BLANKS)
    else:
        yes, no, blank = column == 1, column == 0, column.is_nan() if dtype.is_float() else pl.lit(value=False)
    return Column(pl.when(yes).then(pl.lit(value=True)).when(no).then(pl.lit(value=False)), ~(yes | no | blank))


def dates(field: Field, dtype: pl.DataType) -> Column:
    """Read dates; text was read before."""
    column = pl.col(field.name)
    if dtype == pl.Datetime and getattr(dtype, "time_zone", None):
        return Column(column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(field.dtype))
    if dtype in (pl.Date, pl.Datetime):
        return Column(column.cast(field.dtype))
    if dtype == pl.String:
        return Column(pl.col(beside(field.name, "read")).cast(field.dtype), pl.col(beside(field.name, "bad")))
    return nothing_fits(column, field.dtype)


def labels(field: Field, dtype: pl.DataType) -> Column:
    """Read labels and text; a whole number is written without a point."""
    column = pl.col(field.name)
    if dtype == pl.String:
        return Column(pl.when(column != "").then(column))
    if dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        text = pl.when(whole == column).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
        return Column(pl.when(column.is_not_nan()).then(text))
    return Column(column.cast(pl.String, strict=False))


def nothing_fits(column: pl.Expr, dtype: pl.DataType) -> Column:
    """Take no value of a column of another kind."""
    return Column(pl.repeat(None, pl.len(), dtype=dtype), column.is_not_null())


READ: dict[str, Callable[[Field, pl.DataType], Column]] = {
    "number": numbers,
    "boolean": booleans,
    "date": dates,
    "category": labels,
    "text": labels,
}


def findings(field: Field, i: int, passed: dict[str, pl.Series], frame: pl.DataFrame) -> Iterator[tuple[Finding, bool]]:
    """Yield what is the matter with one field, each with whether the rows cannot be scored for it."""
    if (found := finding(passed.get(f"b{i}"), field, NOT_A.get(field.kind, ""), frame)) is not None:
        yield found, True
    if (found := blank(passed.get(f"n{i}"), field, frame)) is not None:
        yield found, field.strict
    if (found := finding(passed.get(f"l{i}"), field, "out_of_bounds", frame, allowed=field.span)) is not None:
        yield found, field.strict
    if (found := doubt(passed.get(f"w{i}"), field, frame)) is not None:
        yield found, found.code == "not_allowed"


def blank(mask: pl.Series | None, field: Field, frame: pl.DataFrame) -> Finding | None:
    """Return the rows that are blank where the contract allows no blank; a column that must be there is missed as a whole."""
    if mask is None and not field.blank and not field.required and field.name not in frame.columns and frame.height:
        return Finding(field.name, "blank", np.arange(frame.height), None)
    rows = np.empty(0, np.intp) if mask is None else np.flatnonzero(mask.to_numpy())
    return Finding(field.name, "blank", rows, None) if len(rows) else None


def finding(mask: pl.Series | None, field: Field, code: str, frame: pl.DataFrame, **facts: object) -> Finding | None:
    """Return the rows that a mask marks, with their values as they came."""
    if mask is None or not mask.any():
        return None
    rows = np.flatnonzero(mask.to_numpy())
    return Finding(field.name, code, rows, frame.get_column(field.name).gather(rows), tuple(facts.items()))


def doubt(mask: pl.Series | None, field: Field, frame: pl.DataFrame) -> Finding | None:
    """Return the values of a field that the training data did not have, or that the contract does not allow for it."""
    if field.range is None:
        return finding(mask, field, "not_allowed" if field.strict else "unseen_category", frame)
    low, high = field.range if field.kind == "date" else (f"{end:g}" for end in field.range)
    return finding(mask, field, "out_of_range", frame, low=low, high=high)


def sparse(frame: pl.DataFrame) -> list[Finding]:
    """Return the rows of which more than half is blank."""
    if not frame.width:
        return []
    blank = frame.select(pl.sum_horizontal(pl.all().is_null().cast(pl.Int32))).to_series().to_numpy()
    rows = np.flatnonzero(2 * blank > frame.width)
    facts = (("fields", frame.width),)
    return [Finding("", "many_missing", rows, pl.Series(blank[rows]), facts)] if len(rows) else []
