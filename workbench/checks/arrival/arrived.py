"""New data beside the table a model learns from: the same columns with the same types, compared once for every check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from workbench.checks.arrival import shift
from workbench.checks.arrival.shift import Shift
from workbench.checks.columns.naming import FEWEST_FOR_ID, ID_SHARE, names_rows
from workbench.data.signature import Conformed, Signature

# Rows of either side on which columns are compared; shares and tests need no more.
MOST_ROWS = 50_000
SEED = 0
NOTHING = Shift(None, None, 0.0)


@dataclass(frozen=True)
class Column:
    """One column on both sides."""

    name: str
    kind: str
    shift: Shift
    adjusted: float | None
    """The shift's p, allowing for how many columns there are."""
    missing: tuple[float, float]
    missing_p: float
    """Of as different shares of missing values, allowing for how many columns there are."""
    typical: tuple[Any, Any]
    """Median or most frequent label."""
    unread: int
    """Cells of the new data that cannot be read as this kind."""
    unseen: int
    """Rows with a label that the table does not have."""
    outside: int
    """Rows beyond the table's smallest and largest value."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for a table on a page."""
        return {
            "column": self.name,
            "kind": self.kind,
            "psi": self.shift.psi,
            "p": self.shift.p,
            "adjusted": self.adjusted,
            "before": self.typical[0],
            "after": self.typical[1],
            "missing_before": self.missing[0],
            "missing_after": self.missing[1],
            "unread": self.unread,
            "unseen": self.unseen,
            "outside": self.outside,
        }


class Arrived:
    """A table and new data for it.

    Parameters
    ----------
    frame, new : polars.DataFrame
        The table, and the new data as they were read.
    features : list of str
        Columns that a model learns from.
    group, time : str, optional
        Columns with these roles.
    """

    def __init__(
        self, frame: pl.DataFrame, new: pl.DataFrame, features: list[str], *, group: str | None = None, time: str | None = None
    ) -> None:
        self.frame, self.new, self.features, self.group, self.time = frame, new, features, group, time
        self.gone = [name for name in features if name not in new.columns]
        self.common = [name for name in features if name in new.columns]
        self.extra = [name for name in new.columns if name not in frame.columns]

    @cached_property
    def signature(self) -> Signature:
        """What a model would expect of a row."""
        return Signature.of(self.frame, self.common)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kinds of the columns that both have."""
        return {field.name: field.kind for field in self.signature.fields}

    @cached_property
    def conformed(self) -> Conformed:
        """The new data as a prediction would read it; there has to be a common column."""
        return self.signature.conform(self.new)

    @property
    def after(self) -> pl.DataFrame:
        """All new rows, read as the table's columns are."""
        return self.conformed.frame if self.common else pl.DataFrame()

    @cached_property
    def before(self) -> pl.DataFrame:
        """All rows of the table in the same types."""
        return self.signature.conform(self.frame).frame if self.common else pl.DataFrame()

    @cached_property
    def unread(self) -> dict[str, np.ndarray]:
        """The new rows of each column that cannot be read, from 0."""
        if not self.common:
            return {}
        return {finding.field: finding.rows for finding in self.conformed.wrong if len(finding.rows)}

    @cached_property
    def held(self) -> int:
        """New rows that cannot be scored, because at least one cell cannot be read."""
        return len(np.unique(np.concatenate(list(self.unread.values())))) if self.unread else 0

    @cached_property
    def naming(self) -> list[str]:
        """Columns that name rows: they differ by what they are for."""
        found = []
        for name in self.common:
            known, kind = self.frame[name].drop_nulls(), self.kinds[name]
            if (kind == "text" and not is_short(known)) or (kind in ("number", "category") and is_naming(known)):
                found.append(name)
        return found

    @property
    def is_sampled(self) -> bool:
        """Whether columns are compared on some of the rows only."""
        return max(self.frame.height, self.new.height) > MOST_ROWS

    @cached_property
    def sides(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """At most `MOST_ROWS` rows of each, drawn with a fixed seed."""
        return some(self.before, MOST_ROWS), some(self.after, MOST_ROWS)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column that both have, compared."""
        if not self.frame.height or not self.new.height:
            return ()
        shifts = {name: self.compared(name) for name in self.common}
        gaps = {name: shift.missing_p(self.before[name], self.after[name]) for name in self.common}
        tests, blanks = (shift.adjusted(p) for p in ([s.p for s in shifts.values()], list(gaps.values())))
        return tuple(
            self.column(name, shifts[name], p, float(gap or 0.0))
            for name, p, gap in zip(self.common, tests, blanks, strict=True)
        )

    def compared(self, name: str) -> Shift:
        """Compare one column's values; dates are later by nature, and names of rows and texts hardly repeat."""
        first, second = (side[name] for side in self.sides)
        kind = self.kinds[name]
        if name in self.naming or kind in ("date", "text"):
            return NOTHING
        return shift.of_numbers(first, second) if kind == "number" else shift.of_labels(first, second)

    def column(self, name: str, found: Shift, p: float | None, missing_p: float) -> Column:
        """Gather what there is to say about one column."""
        first, second = self.before[name], self.after[name]
        low, high = self.beyond(name)
        return Column(
            name,
            self.kinds[name],
            found,
            p,
            (first.null_count() / len(first), second.null_count() / len(second)),
            missing_p,
            (typical(first, self.kinds[name]), typical(second, self.kinds[name])),
            len(self.unread.get(name, ())),
            len(self.strange(name)),
            low + high,
        )

    def strange(self, name: str) -> pl.Series:
        """Return the new labels that the table does not have, a row each."""
        if self.kinds[name] != "category":
            return pl.Series(name, [], dtype=pl.String)
        values = self.after[name].drop_nulls()
        return values.filter(~values.is_in(self.before[name].drop_nulls().unique().implode()))

    def beyond(self, name: str) -> tuple[int, int]:
        """Return how many new values lie below and above everything known."""
        if self.kinds[name] not in ("number", "date"):
            return 0, 0
        known, values = self.before[name].drop_nulls(), self.after[name].drop_nulls()
        if not len(known) or not len(values):
            return 0, 0
        return int((values < known.min()).sum()), int((values > known.max()).sum())


def is_short(known: pl.Series) -> bool:
    """Tell labels that repeat, though there are many, from ids and free text."""
    return len(known) > 0 and known.n_unique() < 0.5 * len(known)


def is_naming(known: pl.Series) -> bool:
    """Tell a column that names rows, as the check of such columns does."""
    return len(known) >= FEWEST_FOR_ID and known.n_unique() >= ID_SHARE * len(known) and names_rows(known)


def some(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return at most so many rows, drawn with a fixed seed."""
    return frame.sample(most, seed=SEED) if frame.height > most else frame


def typical(series: pl.Series, kind: str) -> Any:
    """Return a column's median or most frequent label as plain data; nothing of ids and free text."""
    known = series.drop_nulls()
    if not len(known) or kind == "text":
        return None
    if kind == "number":
        value = known.median()
        return float(value) if isinstance(value, int | float) and np.isfinite(value) else None
    if kind == "date":
        middle = known.sort()[len(known) // 2]
        return middle.isoformat() if isinstance(middle, date) else None
    return known.mode().sort()[0]
