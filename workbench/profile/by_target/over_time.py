"""How the target goes over time: its rate or mean per period with 95 % interval and support."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from workbench.profile.by_target import Goal, estimated
from workbench.profile.columns import DAY, MOST_PERIODS, brief, period, truncated, unit_of

# How many of what numpy counts lie between two starts; years are grouped by as many as it takes.
STEPS = {"hour": 1, "day": 1, "week": 7, "month": 1, "quarter": 3}
# A stretch of days that touches a period too many is read as this much longer.
COARSER = 1.05


def by_time(times: pl.Series, goal: Goal) -> dict[str, Any] | None:
    """Tell the target over time.

    Parameters
    ----------
    times : polars.Series
        Dates or moments, as many as the target has rows; moments are read by the clock of their own zone.
    goal : Goal
        The target.

    Returns
    -------
    dict or None
        ``column``, ``unit`` (hour, day, week, month, quarter or year) with ``step`` (years in a period), ``measure`` (``rate``
        or ``mean``), ``labels``, ``overall``, ``missing`` (rows with a target but no time) and ``bins``: every period from the
        first to the last, at most 60, each with its ``start``, ``rows`` and ``estimates``; an empty one has estimates of None.
        None where no row has both a time and a target, or the column holds no dates.

    Notes
    -----
    Rates carry Wilson's interval, means Student's t interval, as along any other column.
    """
    if times.dtype not in (pl.Date, pl.Datetime):
        return None
    known = times.filter(pl.Series(goal.known))
    here = known.is_not_null().to_numpy()
    if not here.any():
        return None
    unit, step, starts = periods(known.drop_nulls())
    places = ((starts - starts.min()).astype(np.int64) // step).astype(np.intp)
    size = int(places.max()) + 1
    codes = np.full(len(known), size)
    codes[here] = places
    count, _, estimates = estimated(codes, size + 1, goal)
    shown = (starts.min() + np.arange(size) * step).astype("M8[D]" if times.dtype == pl.Date else "M8[s]")
    return {
        "column": times.name,
        "unit": unit,
        "step": step if unit == "year" else 1,
        "measure": "rate" if goal.labels else "mean",
        "labels": [brief(label) for label in goal.labels],
        "overall": goal.overall,
        "missing": int(count[size]),
        "bins": [{"start": str(shown[i]), "rows": int(count[i]), "estimates": estimates[i]} for i in range(size)],
    }


def periods(times: pl.Series) -> tuple[str, int, np.ndarray]:
    """Return the finest period that makes no more than 60 of them, its step, and where each moment's period starts."""
    if times.dtype == pl.Datetime:
        times = times.dt.replace_time_zone(None)
    exact = unit_of(times.dtype)
    moments = times.to_physical().to_numpy()
    days = (int(moments.max()) - int(moments.min())) / DAY[exact]
    moments = moments.astype(np.int64).astype(f"M8[{exact}]")
    wider = 1
    while True:
        unit, every = period(days, times.dtype == pl.Date)
        step = STEPS.get(unit) or int(every[:-1]) * wider
        starts = truncated(moments, unit, f"{step}y" if unit == "year" else every)
        if (int(starts.max().astype(np.int64)) - int(starts.min().astype(np.int64))) // step < MOST_PERIODS:
            return unit, step, starts
        days, wider = days * COARSER + 1, wider + (unit == "year")
