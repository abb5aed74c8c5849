"""A column's rows in segments: its labels, ranges of its numbers and dates, and its blanks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.data.kinds import kind_of
from workbench.figure import number
from workbench.words import Text

# A column's labels beyond these are one segment; a number or a date is cut into this many ranges of like many rows.
MOST_LABELS, RANGES = 12, 5


@dataclass(frozen=True)
class Segments:
    """A column's rows in segments."""

    names: list[str | Text]
    code: np.ndarray
    """The segment of each row."""


def segments_of(column: pl.Series) -> Segments | None:
    """Cut a column into segments; None for free text and ids, of which nearly every row has its own.

    Parameters
    ----------
    column : polars.Series
        The column's values on the rows that were predicted.
    """
    kind = kind_of(column)
    if kind == "text":
        return None
    # Few whole numbers are marks or counts, each worth a segment of its own.
    is_coded = column.dtype.is_integer() and column.n_unique() <= MOST_LABELS
    return ranges(column) if kind in ("number", "date") and not is_coded else labels(column)


def labels(column: pl.Series) -> Segments:
    """Return a segment for each of the most frequent labels, one for the others and one for blanks."""
    text = column.cast(pl.String)
    counted = text.drop_nulls().alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    kept = counted["value"].head(MOST_LABELS).to_list()
    names: list[str | Text] = list(kept)
    code = text.replace_strict(kept, list(range(len(kept))), default=len(kept), return_dtype=pl.Int64).to_numpy().copy()
    if len(counted) > len(kept):
        names.append(Text("diagnosis.segment.others", count=len(counted) - len(kept)))
    return with_blanks(names, code, text.is_null().to_numpy())


def ranges(column: pl.Series) -> Segments:
    """Return ranges of like many rows, and one segment for blanks."""
    is_date = column.dtype.is_temporal()
    values = (column.to_physical() if is_date else column).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    known = np.isfinite(values)
    if not known.any():
        return with_blanks([], np.zeros(len(values), dtype=np.int64), ~known)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, RANGES + 1), method="lower"))
    code = np.searchsorted(edges[1:-1], np.where(known, values, edges[0]), side="right")
    names: list[str | Text] = []
    for place in range(max(len(edges) - 1, 1)):
        own = values[known & (code == place)]
        # Named after the values that are there: the edge between two ranges belongs to one of them alone.
        ends = [said(column, end) if is_date else number(float(end)) for end in (own.min(), own.max())] if len(own) else []
        names.append(" – ".join(dict.fromkeys(ends)))
    return with_blanks(names, code, ~known)


def said(column: pl.Series, end: float) -> str:
    """Return the end of a range of dates as a person reads it."""
    return str(pl.Series([int(end)]).cast(column.dtype)[0]).removesuffix(" 00:00:00")


def with_blanks(names: list[str | Text], code: np.ndarray, blank: np.ndarray) -> Segments:
    """Give blanks a segment of their own, where there are any."""
    if not blank.any():
        return Segments(names, code)
    code = code.copy()
    code[blank] = len(names)
    return Segments([*names, Text("diagnosis.segment.blank")], code)
