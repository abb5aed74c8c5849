"""The training data in summary, kept with a model so that new data can be held against it."""

from __future__ import annotations

from typing import Any

import polars as pl

# Twenty equal parts show a shifted distribution and cost nothing.
QUANTILES = [i / 20 for i in range(21)]
TOP = 50


def summarise(frame: pl.DataFrame, kinds: dict[str, str]) -> dict[str, Any]:
    """Summarise every column of a training frame.

    Parameters
    ----------
    frame : polars.DataFrame
        The training rows.
    kinds : dict
        Which kind each column is; a column without one is left out.

    Returns
    -------
    dict
        ``rows`` and ``columns``: for each its ``kind`` and ``missing_rate``; numbers and dates with 21 ``quantiles``
        (dates as text), categories and booleans with the ``top`` values and their ``share`` of the rows that have one.
    """
    return {"rows": frame.height, "columns": {name: column(frame.get_column(name), kind) for name, kind in kinds.items()}}


def column(series: pl.Series, kind: str) -> dict[str, Any]:
    """Summarise one column."""
    known = series.drop_nulls()
    if known.dtype.is_float():
        known = known.drop_nans()
    found: dict[str, Any] = {
        "kind": kind,
        "missing_rate": 1 - len(known) / len(series) if len(series) else 0.0,
        "distinct": known.n_unique(),
    }
    if kind in ("number", "date"):
        return found | {"quantiles": quantiles(known)}
    return found | {"top": [] if kind == "text" else top(known)}


def quantiles(known: pl.Series) -> list[Any]:
    """Return the column's quantiles, from the smallest value to the largest."""
    ordered = known.sort()
    last = len(ordered) - 1
    return [ordered[round(q * last)] for q in QUANTILES] if last >= 0 else []


def top(known: pl.Series) -> list[dict[str, Any]]:
    """Return the most frequent values with their shares; ties in the order of their text."""
    text = known.cast(pl.String).alias("value")
    counted = text.value_counts().sort(["count", "value"], descending=[True, False]).head(TOP)
    return [{"value": value, "share": count / len(known)} for value, count in counted.iter_rows()]
