"""The few rows that show a finding, and their cells as plain data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

# Rows that show a finding, columns of them, and letters of a cell.
MOST_EXAMPLES, MOST_SHOWN, LONGEST = 3, 8, 80


def rows_of(frame: pl.DataFrame, places: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return a few rows as plain data: their numbers, counted from 1 as a spreadsheet does, and some columns.

    Parameters
    ----------
    frame : polars.DataFrame
        The table under review.
    places : sequence of int
        Which rows, counted from 0; the first three are taken.
    columns : sequence of str
        What to show of them.
    """
    taken = [int(place) for place in places[:MOST_EXAMPLES]]
    shown = frame.select(list(dict.fromkeys(columns))[:MOST_SHOWN])[taken].to_dicts()
    return [
        {"#": place + 1} | {name: plain(value) for name, value in row.items()} for place, row in zip(taken, shown, strict=True)
    ]


def plain(value: Any) -> Any:
    """Return a cell as JSON can carry it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value[:LONGEST] if isinstance(value, str) else value
