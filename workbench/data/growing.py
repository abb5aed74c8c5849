"""Columns that grow piece by piece, and in the end have the type that the whole column would have been given at once.

A type is proposed from the first filled values, as `typed` does. A piece that needs a wider one widens what is there; a piece
that is none of it turns the column to text, and what was read as numbers before has to be read again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from workbench.data.blocks import MOST_WATCHED, NUMERIC, Plan, Straight, settled
from workbench.data.typed import LOOKED_AT, MOST_DIGITS, WIDER, Loss, Plain, Typed, look, typed

DTYPES: dict[Plain | None, pl.DataType] = {
    None: pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "moment": pl.Datetime("us"),
    "whole": NUMERIC["whole"],
    "number": NUMERIC["number"],
}
# Rows that a column has room for before anything is known of the table's length.
ROOM = 1 << 12
VERSION = re.compile(r"\s*\d{1,3}\.\d{1,3}\s*\Z")


@dataclass
class Outlook:
    """How many rows the table will have, as far as can be told."""

    rows: int = 0


class Numbers:
    """Numbers in memory of their own, as long as the table will be: pieces are copied in and let go at once."""

    def __init__(self, plain: Plain, outlook: Outlook) -> None:
        self.outlook, self.rows = outlook, 0
        self.values = np.empty(0, np.float64 if plain == "number" else np.int64)
        self.filled: np.ndarray | None = None
        """Which values are none, where there are such."""

    def room(self, rows: int) -> slice:
        """Make room for more rows, and return where they go."""
        if self.rows + rows > len(self.values):
            size = max(self.rows + rows, self.outlook.rows, len(self.values) * 5 // 4, ROOM)
            self.values = longer(self.values, size)
            self.filled = self.filled if self.filled is None else longer(self.filled, size)
        self.rows += rows
        return slice(self.rows - rows, self.rows)

    def mask(self) -> np.ndarray:
        """Return which values are none, up to now not one."""
        if self.filled is None:
            self.filled = np.empty(len(self.values), bool)
            self.filled[: self.rows] = True
        return self.filled

    def skip(self, rows: int) -> None:
        """Add rows in which nothing is filled."""
        mask, at = self.mask(), self.room(rows)
        self.values[at] = 0
        mask = self.mask()
        mask[at] = False

    def add(self, part: pa.Array) -> None:
        """Add a piece."""
        at, end = self.room(len(part)), part.offset + len(part)
        known, values = part.buffers()
        self.values[at] = np.frombuffer(values, np.int64 if pa.types.is_int64(part.type) else np.float64)[part.offset : end]
        if part.null_count:
            self.mask()[at] = np.unpackbits(np.frombuffer(known, np.uint8), bitorder="little")[part.offset : end]
        elif self.filled is not None:
            self.filled[at] = True

    def are_plain(self) -> bool:
        """Whether the numbers are finite, and none is long enough to be an id."""
        values, most = self.values[: self.rows], 10**MOST_DIGITS
        return not self.rows or bool(values.min() > -most and values.max() < most)

    def wider(self) -> Numbers:
        """Return the same numbers as floats."""
        out = Numbers("number", self.outlook)
        out.room(self.rows)
        out.values[: self.rows] = self.values[: self.rows]
        out.filled = self.filled if self.filled is None else longer(self.filled, len(out.values))
        return out

    def array(self) -> pa.Array:
        """Return the column, without a copy."""
        known = None if self.filled is None else pa.py_buffer(np.packbits(self.filled[: self.rows], bitorder="little"))
        kind = pa.float64() if self.values.dtype == np.float64 else pa.int64()
        return pa.Array.from_buffers(kind, self.rows, [known, pa.py_buffer(self.values)])


def longer(values: np.ndarray, size: int) -> np.ndarray:
    """Return an array with room for more."""
    out = np.empty(size, values.dtype)
    out[: len(values)] = values
    return out


@dataclass
class Growing:
    """One column."""

    name: str
    outlook: Outlook = field(default_factory=Outlook)
    kept: bool = False
    """Whether it is to stay text, whatever stands in it."""
    plain: Plain | None = None
    looked: bool = False
    """Whether enough values were seen to propose a type."""
    parts: list[pl.Series | int | None] = field(default_factory=list)
    """One for each piece: a number where nothing is filled, None where it would have to be read again as text."""
    numbers: Numbers | None = None
    markers: set[str] = field(default_factory=set)
    trimmed: bool = False
    plus: bool = False
    doubted: bool = False
    lost: set[Loss] = field(default_factory=set)
    texts: set[str] | None = None
    """The different numbers as they were written, where they may be versions."""

    def plan(self) -> Plan:
        """Return how the next piece of the column is to be read."""
        watched = self.texts is not None
        return Plan(self.plain, direct=not (self.markers or self.trimmed or self.plus or watched), watched=watched)

    def add(self, part: Typed | Straight, plan: Plan) -> None:
        """Add the next piece, which may have been planned before the last ones came in."""
        if not self.looked:
            self.parts.append(held(part))
        elif self.plain is None:
            unread = part.plain is not None and not isinstance(held(part), int)
            self.parts.append(None if unread else held(part))
        elif plan.plain is None and isinstance(part, Typed):
            self.grow(*settled([part.series], [self.plan()]))
        else:
            self.grow(part)

    def skip(self, rows: int) -> None:
        """Add a piece in which nothing is filled."""
        self.parts.append(rows)
        if self.numbers:
            self.numbers.skip(rows)

    def propose(self, enough: int) -> bool:
        """Propose a type from the first filled values, if there are enough of them; return whether the pieces wait for it."""
        if self.kept or self.looked:
            return False
        first: list[str] = []
        for part in self.parts:
            first += (
                first_filled(part, LOOKED_AT - len(first)) if isinstance(part, pl.Series) and len(first) < LOOKED_AT else []
            )
        if len(first) < enough:
            return False
        self.looked, self.plain = True, look(first)
        self.texts = set() if self.plain == "number" and is_versions(first) else None
        self.numbers = Numbers(self.plain, self.outlook) if self.plain in NUMERIC and self.plain else None
        return self.plain is not None

    def grow(self, part: Typed | Straight) -> None:
        """Add a piece to a column that has a type so far."""
        if part.plain is None and not isinstance(held(part), int):
            self.parts = [p if isinstance(p, int) else None for p in self.parts]
            self.plain, self.numbers, self.texts = None, None, None
            self.markers, self.trimmed, self.lost = set(), False, set()
        elif self.plain is not None and part.plain == WIDER.get(self.plain):
            self.plain = part.plain
            self.numbers = self.numbers and self.numbers.wider()
        self.keep(part)
        if isinstance(part, Typed):
            self.markers |= set(part.markers)
            self.trimmed |= part.trimmed
            self.plus |= part.plus
            self.lost |= part.lost
            self.watch(part)

    def keep(self, part: Typed | Straight) -> None:
        """Keep the values of a piece."""
        if isinstance(blank := held(part), int):
            self.skip(blank)
        elif self.numbers:
            self.numbers.add(part.array if isinstance(part, Straight) else part.series.rechunk().to_arrow())
            self.parts.append(None)
        elif isinstance(part, Typed):
            self.parts.append(part.series)

    def watch(self, part: Typed) -> None:
        """Remember what numbers that may be versions look like, as long as they are few."""
        if self.texts is not None and part.plain is not None:
            texts = None if part.texts is None else self.texts | part.texts
            self.texts = texts if texts is not None and len(texts) <= MOST_WATCHED else None

    def unread(self) -> list[int]:
        """Return the pieces that have to be read again as text."""
        return [] if self.numbers else [i for i, part in enumerate(self.parts) if part is None]

    def doubt(self) -> None:
        """Let numbers go that the law of types may not take for numbers: what was read straight was not looked at closely."""
        self.doubted = self.numbers is not None and not self.numbers.are_plain()
        if self.doubted:
            self.plain, self.numbers, self.markers, self.trimmed = None, None, set(), False

    def whole(self) -> pa.Array | pl.Series:
        """Return the whole column; the pieces are let go."""
        if self.numbers:
            numbers, self.numbers = self.numbers, None
            return numbers.array()
        series = self.joined()
        if not self.doubted:
            return series
        found = typed(series)
        self.plain, self.markers, self.trimmed = found.plain, set(found.markers), found.trimmed
        return found.series

    def joined(self) -> pl.Series:
        """Put the pieces together."""
        dtype = DTYPES[self.plain]
        parts, self.parts = self.parts, []
        whole = [pl.Series([None], dtype=dtype).new_from_index(0, p) if isinstance(p, int) else p for p in parts]
        pieces = [p if p.dtype == dtype else p.cast(dtype) for p in whole if p is not None]
        return pl.concat(pieces, rechunk=True) if len(pieces) > 1 else (pieces or [pl.Series(dtype=dtype)])[0]

    def marked(self) -> set[str]:
        """Return what was read as nothing in a column that is not text."""
        return {m.strip() for m in self.markers} - {""} if self.trimmed else self.markers

    def versions(self) -> list[str]:
        """Return what was written differently and became the same number, as 1.1 and 1.10."""
        texts: dict[float, set[str]] = {}
        for text in self.texts or ():
            if VERSION.match(text):
                texts.setdefault(float(text), set()).add(text.strip())
        return next((sorted(same) for _, same in sorted(texts.items()) if len(same) > 1), [])


def held(part: Typed | Straight) -> pl.Series | int | None:
    """Return a piece as it is kept, or its length where it was blank to begin with."""
    if isinstance(part, Straight):
        return len(part.array) if part.array.null_count == len(part.array) else None
    blank = part.series.null_count() == len(part.series) and not part.markers and not part.trimmed
    return len(part.series) if blank else part.series


def first_filled(text: pl.Series, most: int) -> list[str]:
    """Return the first filled values."""
    near = [value for value in text.head(4 * most).to_list() if value is not None][:most]
    return near if len(near) == most or len(text) <= 4 * most else text.drop_nulls().head(most).to_list()


def gathered(columns: Sequence[Growing], found: Sequence[pa.Array | pl.Series]) -> pl.DataFrame:
    """Make a table of whole columns."""
    arrays = {str(i): whole for i, whole in enumerate(found) if isinstance(whole, pa.Array)}
    numbers = pl.DataFrame(pa.table(arrays)) if arrays else pl.DataFrame()
    whole = [numbers[str(i)] if str(i) in arrays else whole for i, whole in enumerate(found)]
    return pl.DataFrame([series.alias(column.name) for column, series in zip(columns, whole, strict=True)])


def is_versions(first: Sequence[str]) -> bool:
    """Whether numbers may be versions or sections: short, few, and written with different numbers of decimals."""
    different = len(set(first))
    if different > min(MOST_WATCHED, max(MOST_WATCHED // 8, len(first) // 2)) or not all(map(VERSION.match, first)):
        return False
    return len({len(text.strip().partition(".")[2]) for text in first}) > 1
