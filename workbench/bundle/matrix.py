"""A program compiled: raw columns straight into the matrix, column by column for a frame, at one stroke for a single row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from workbench.bundle.operations import compiled
from workbench.bundle.preparation import finished, number

# Chunks below 32,000 rows lose time in calls; larger ones only cost memory.
CHUNK = 65_536
UNIX_EPOCH = dt.date(1970, 1, 1).toordinal()
# Larger values count as these, because arithmetic with them would end in infinities: float32 has none beyond the first, and
# a model was never shown a scaled one near the second. What is neither is as large as the rows that it was trained on.
FARTHEST, FARTHEST_SCALED = float(np.finfo(np.float32).max), 1e100


class Preparation:
    """A program compiled once: columns that read the same source share its reading."""

    def __init__(self, program: Mapping[str, Any]) -> None:
        self.operations = compiled(program.get("ops", ()))
        self.final = np.dtype(program["dtype"])
        # Operations see what the columns say unrounded.
        self.dtype = np.dtype(np.float64) if self.operations else self.final
        is_scaled = any(operation["op"] != "take" for operation in program.get("ops", ()))
        self.between, self.farthest = (farthest(dtype, is_scaled=is_scaled) for dtype in (self.dtype, self.final))
        self.width, self.final_width = len(program["columns"]), len(finished(program))
        self.constants: list[tuple[int, float]] = []
        self.numbers: dict[tuple[str, bool], Group] = {}
        self.flags: dict[str, Group] = {}
        self.dates: dict[tuple[str, str], Group] = {}
        self.tables: dict[tuple[str, tuple[str, ...]], Table] = {}
        for position, column in enumerate(program["columns"]):
            self.add(position, column)
        self.by_row = RowReader(self)

    def add(self, position: int, column: Mapping[str, Any]) -> None:
        """Take one column of the program in, beside others of the same source."""
        kind, source = column["kind"], column.get("source", "")
        if kind == "constant":
            self.constants.append((position, number(column["value"])))
        elif kind == "table":
            values = tuple(column["values"])
            self.tables.setdefault((source, values), Table(values, self.dtype)).add(position, column)
        elif kind == "date":
            self.dates.setdefault((source, column["part"]), Group()).add(position, column)
        elif kind == "number":
            self.numbers.setdefault((source, bool(column.get("float32"))), Group()).add(position, column)
        else:
            self.flags.setdefault(source, Group()).add(position, column)

    def matrix(self, frame: pl.DataFrame) -> np.ndarray:
        """Return the rows of a frame as the model's matrix."""
        out = np.empty((frame.height, self.final_width), dtype=self.final, order="F")
        for start in range(0, frame.height, CHUNK):
            part, rows = frame.slice(start, CHUNK), out[start : start + CHUNK]
            if self.operations:
                rows[:] = self.operated(part)
            else:
                self.fill(rows, part)
        return out

    def operated(self, frame: pl.DataFrame) -> np.ndarray:
        """Return one chunk after all operations."""
        made = np.empty((frame.height, self.width), dtype=self.dtype, order="F")
        self.fill(made, frame)
        return self.after(made)

    def after(self, made: np.ndarray) -> np.ndarray:
        """Return finished columns after all operations; they may be overwritten."""
        for step in self.operations:
            made = held(step(made), self.between)
        return held(made, self.farthest)

    def fill(self, out: np.ndarray, frame: pl.DataFrame) -> None:
        """Write one chunk, column by column, into its rows of the matrix."""
        for (source, rounded), group in self.numbers.items():
            values = floats(frame.get_column(source))
            group.write(out, as_float32(values) if rounded else values)
        for source, group in self.flags.items():
            group.write(out, blanks(frame.get_column(source)).astype(np.float64))
        for (source, part), group in self.dates.items():
            group.write(out, date_part(frame.get_column(source), part))
        for (source, _), table in self.tables.items():
            table.write(out, frame.get_column(source))
        for position, value in self.constants:
            out[:, position] = value

    def row(self, row: Mapping[str, Any]) -> np.ndarray:
        """Return one row, given as Python values, as a matrix of one row; an absent column is a blank."""
        made = self.by_row.read(row)
        return self.after(made).astype(self.final) if self.operations else made


class Group:
    """Columns of the matrix that differ only in what fills a blank and in scaling."""

    def __init__(self) -> None:
        self.columns: list[tuple[int, float, float, float]] = []

    def add(self, position: int, column: Mapping[str, Any]) -> None:
        """Take one more column in."""
        filled = number(column.get("missing"))
        self.columns.append((position, filled, float(column["shift"]), float(column["scale"])))

    def write(self, out: np.ndarray, values: np.ndarray) -> None:
        """Write the values into every column of the group."""
        missing = np.isnan(values)
        some = bool(missing.any())
        for position, filled, shift, scale in self.columns:
            whole = np.where(missing, filled, values) if some and not np.isnan(filled) else values
            if is_scaled := scales(shift, scale):
                with np.errstate(over="ignore"):
                    whole = (whole - shift) / scale
            out[:, position] = held(whole, farthest(out.dtype, is_scaled=is_scaled))


class Table:
    """Columns of the matrix that look the same categories up."""

    def __init__(self, values: tuple[str, ...], dtype: np.dtype) -> None:
        self.values, self.dtype = values, dtype
        self.kind = pl.Enum(values) if values else None
        self.positions: list[int] = []
        self.outputs: list[np.ndarray] = []

    def add(self, position: int, column: Mapping[str, Any]) -> None:
        """Take one more column in; behind its outputs stand those of an unseen value and of a blank."""
        listed = [*column["outputs"], column["unseen"], column["missing"]]
        self.positions.append(position)
        self.outputs.append(np.array([number(x) for x in listed], dtype=self.dtype))

    def write(self, out: np.ndarray, column: pl.Series) -> None:
        """Look a chunk's values up for every column."""
        codes = self.codes(column)
        for position, outputs in zip(self.positions, self.outputs, strict=True):
            np.take(outputs, codes, out=out[:, position], mode="clip")

    def codes(self, column: pl.Series) -> np.ndarray:
        """Return each value's position among the table's; one past the end for unseen, two for missing."""
        unseen = len(self.values)
        missing = column.is_null().to_numpy()
        if self.kind is None:
            return np.where(missing, 1, 0)
        known = column.cast(pl.String).cast(self.kind, strict=False).to_physical().cast(pl.Int64).fill_null(unseen).to_numpy()
        return np.where(missing, unseen + 1, known) if missing.any() else known


class RowReader:
    """The same program for one row of Python values, without a frame."""

    def __init__(self, program: Preparation) -> None:
        flat = [(s, *c, rounded) for (s, rounded), group in program.numbers.items() for c in group.columns]
        self.rounded = np.array([c[-1] for c in flat], dtype=bool)
        self.sources = [source for source, *_ in flat]
        self.positions = np.array([c[1] for c in flat], dtype=np.intp)
        self.filled, self.shift, self.scale = (np.array([c[i] for c in flat], dtype=np.float64) for i in (2, 3, 4))
        bounds = [farthest(program.dtype, is_scaled=scales(*pair)) for pair in zip(self.shift, self.scale, strict=True)]
        self.farthest = np.array(bounds, dtype=np.float64)
        self.flags = [(s, *c) for s, group in program.flags.items() for c in group.columns]
        self.dates = [(s, part, *c) for (s, part), group in program.dates.items() for c in group.columns]
        self.tables = [
            (s, {v: i for i, v in enumerate(t.values)}, len(t.values), np.array(t.positions), np.array(t.outputs).T)
            for (s, _), t in program.tables.items()
        ]
        self.start = np.zeros((1, program.width), dtype=program.dtype)
        for position, value in program.constants:
            self.start[0, position] = value

    def read(self, row: Mapping[str, Any]) -> np.ndarray:
        """Return the row as a matrix of one row."""
        out = self.start.copy()
        line = out[0]
        given = [row.get(source) for source in self.sources]
        values = np.array(given, dtype=np.float64)  # None becomes NaN
        if self.rounded.any():
            values[self.rounded] = as_float32(values[self.rounded])
        with np.errstate(over="ignore"):
            made = (np.where(np.isnan(values), self.filled, values) - self.shift) / self.scale
        line[self.positions] = np.minimum(np.maximum(made, -self.farthest), self.farthest)
        for source, position, _, shift, scale in self.flags:
            line[position] = (float(is_blank(row.get(source))) - shift) / scale
        for source, part, position, filled, shift, scale in self.dates:
            line[position] = (part_of(row.get(source), part, filled) - shift) / scale
        for source, codes, unseen, positions, outputs in self.tables:
            line[positions] = outputs[code_of(row.get(source), codes, unseen)]
        return out


def scales(shift: float, scale: float) -> bool:
    """Tell whether a column's numbers are moved or scaled."""
    return shift != 0 or scale != 1


def farthest(dtype: np.dtype, *, is_scaled: bool) -> float:
    """Return what the values of a column of the matrix count as at most."""
    if dtype == np.float32:
        return FARTHEST
    return FARTHEST_SCALED if is_scaled else np.inf


def held(values: np.ndarray, most: float) -> np.ndarray:
    """Return values none of which is farther from 0; NaN stays NaN."""
    if not values.size or most == np.inf:
        return values
    # Two quick looks, as hardly any column needs it.
    if np.fmax.reduce(values, axis=None) > most or np.fmin.reduce(values, axis=None) < -most:
        return np.clip(values, -most, most)
    return values


def as_float32(values: np.ndarray) -> np.ndarray:
    """Return values with the digits that float32 has."""
    return held(values, FARTHEST).astype(np.float32).astype(np.float64)


def floats(column: pl.Series) -> np.ndarray:
    """Return a number or boolean column with NaN for blanks."""
    return column.cast(pl.Float64).to_numpy()


def blanks(column: pl.Series) -> np.ndarray:
    """Return where a column is blank; not-a-number counts."""
    missing = column.is_null()
    return ((missing | column.is_nan().fill_null(value=True)) if column.dtype.is_float() else missing).to_numpy()


def date_part(column: pl.Series, part: str) -> np.ndarray:
    """Return one part of a date column as floats with NaN for blanks."""
    if part == "days":
        return floats(column.cast(pl.Date).cast(pl.Int32))
    if part == "weekday":
        return floats(column.dt.weekday()) - 1
    if part in ("year", "month", "day"):
        return floats(getattr(column.dt, part)())
    return floats(column.cast(pl.Datetime("us")).dt.hour()) if column.dtype == pl.Date else floats(column.dt.hour())


def part_of(value: Any, part: str, filled: float) -> float:
    """Return one part of one date."""
    if is_blank(value):
        return filled
    if part == "days":
        return float(value.toordinal() - UNIX_EPOCH)
    if part == "weekday":
        return float(value.weekday())
    return float(getattr(value, part, 0))  # a date has no hour


def is_blank(value: Any) -> bool:
    """Tell whether a Python value stands for a missing one."""
    return value is None or value != value  # only NaN differs from itself


def code_of(value: Any, codes: Mapping[str, int], unseen: int) -> int:
    """Return a category's position, as `Table.codes` counts."""
    if value is None:
        return unseen + 1
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return codes.get(text, unseen)
