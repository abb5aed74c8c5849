"""The marks of the small charts beside findings, as plain data: `checks.charts` draws them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from workbench.checks.context import Context
from workbench.task import Task

# Marks that can be told apart in a small chart, and letters of a label beside them.
MOST_BARS, BINS, MOST_POINTS, LONGEST = 12, 20, 30, 30
# Rows from which a chart is drawn: beyond these no bar changes visibly.
MOST_ROWS = 50_000
QUANTILES = 8
MISSING = "–"

Chart = dict[str, Any]


def bars(
    labels: Sequence[object],
    values: Sequence[float],
    *,
    highlight: Sequence[int] = (),
    share: bool = False,
    x: str | None = None,
) -> Chart:
    """Return bars.

    Parameters
    ----------
    labels, values : sequence
        One bar each, in the order of drawing.
    highlight : sequence of int
        Places of the bars that the finding is about.
    share : bool
        Whether the values are shares of one.
    x : str, optional
        The key of the sentence that names the values.
    """
    return {
        "kind": "bars",
        "labels": [label if isinstance(label, bool) else short(label) for label in labels],
        "values": [float(value) for value in values],
        "low": None,
        "high": None,
        "share": share,
        "x": x,
        "highlight": [int(place) for place in highlight] or None,
    }


def two(
    labels: Sequence[object], first: Sequence[float], second: Sequence[float], names: Sequence[str], *, share: bool
) -> Chart:
    """Return two bars for each label, named by two columns or keys of sentences."""
    return {
        "kind": "two",
        "labels": [label if isinstance(label, bool) else short(label) for label in labels],
        "first": [float(value) for value in first],
        "second": [float(value) for value in second],
        "names": list(names),
        "share": share,
    }


def line(x: Sequence[Any], values: Sequence[float], *, x_title: str | None, y: str | None) -> Chart:
    """Return a line over numbers or dates."""
    return {
        "kind": "lines",
        "x": [place.isoformat() if isinstance(place, date) else place for place in x],
        "values": [float(value) for value in values],
        "low": None,
        "high": None,
        "x_title": x_title,
        "y": y,
    }


def short(value: object) -> str:
    """Return a value as a label."""
    if value is None:
        return MISSING
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def frequent(series: pl.Series, *, highlight: object = None) -> Chart:
    """Return how many of the rows have each of the most frequent values."""
    counted = counts(series)
    labels, values = counted["value"].to_list(), (counted["count"] / max(len(series), 1)).to_list()
    marked = [place for place, label in enumerate(labels) if highlight is not None and str(label) == str(highlight)]
    return bars(labels, values, highlight=marked, share=True, x="check.chart.rows_share")


def counts(series: pl.Series, most: int = MOST_BARS) -> pl.DataFrame:
    """Return the most frequent values and how often they occur."""
    return series.alias("value").value_counts().sort(["count", "value"], descending=[True, False]).head(most)


def spread(values: np.ndarray, *, beyond: float | None = None, above: bool = True) -> Chart | None:
    """Return a histogram, the bins from a value on (or up to it) highlighted; None where there is nothing to draw."""
    values = values[np.isfinite(values)]
    if not len(values) or values.min() == values.max():
        return None
    found, edges = np.histogram(values, bins=BINS)
    marked: list[int] = []
    if beyond is not None:
        marked = [i for i in range(BINS) if (edges[i + 1] >= beyond if above else edges[i] <= beyond) and found[i]]
    labels = [f"{low:.3g} – {high:.3g}" for low, high in itertools.pairwise(edges)]
    return bars(labels, found.tolist(), highlight=marked, x="check.chart.rows")


def outcome(context: Context, name: str) -> Chart | None:
    """Return the target by the values of a column: the share of one label, or the mean; None for several classes."""
    table = context.sample
    if name == context.target or table.height < 2 or context.task is Task.MULTICLASS:
        return None
    if context.task is Task.REGRESSION:
        goal, x = table[context.target].cast(pl.Float64), "check.chart.mean"
    else:
        event = context.event if context.event is not None else counts(table[context.target])["value"].to_list()[-1]
        goal = (table[context.target].cast(pl.String) == str(event)).cast(pl.Float64)
        x = "check.chart.event_share"
    keyed = pl.DataFrame({"value": binned(table[name]), "goal": goal})
    by = keyed.group_by("value").agg(pl.col("goal").mean(), pl.len().alias("rows")).sort("rows", descending=True)
    by = by.head(MOST_BARS).sort("value")
    return bars(by["value"].to_list(), by["goal"].to_list(), share=context.task is not Task.REGRESSION, x=x)


def binned(series: pl.Series) -> pl.Series:
    """Return labels as they are, and numbers and dates of many values by their quantiles."""
    if series.dtype in (pl.String, pl.Boolean):
        return series
    if series.n_unique() <= MOST_BARS:
        return series.cast(pl.String)
    if not series.dtype.is_numeric():
        return series.cast(pl.String).str.slice(0, 7)
    x = series.cast(pl.Float64)
    finite = x.filter(x.is_finite())
    cuts = np.unique(np.quantile(finite.to_numpy(), np.linspace(0, 1, QUANTILES + 1))) if len(finite) else np.zeros(1)
    place = np.clip(np.searchsorted(cuts, x.fill_null(np.nan).to_numpy(), side="right") - 1, 0, max(len(cuts) - 2, 0))
    # Numbered, so that sorting by label keeps the order of the values.
    names = [f"{i + 1}: {low:.3g} – {high:.3g}" for i, (low, high) in enumerate(itertools.pairwise(cuts))] or [MISSING]
    return pl.Series([None if missing else names[i] for i, missing in zip(place, x.is_null(), strict=True)], dtype=pl.String)


def pairing(first: pl.Series, other: pl.Series) -> Chart:
    """Return how many rows have each pair of values that go together."""
    keyed = pl.DataFrame({"a": first.cast(pl.String), "b": other.cast(pl.String)})
    found = keyed.group_by("a", "b").len().sort(["len", "a", "b"], descending=[True, False, False]).head(MOST_BARS)
    labels = [f"{cut(a)} → {cut(b)}" for a, b in found.select("a", "b").iter_rows()]
    return bars(labels, found["len"].to_list(), x="check.chart.rows")


def cut(value: str | None) -> str:
    """Return a value so short that two of them make a label."""
    half = (LONGEST - 3) // 2
    if value is None:
        return MISSING
    return value if len(value) <= half else value[: half - 1] + "…"


def repeats(series: pl.Series, what: str) -> Chart:
    """Return how many different values occur once, twice, and so on; `what` is the key of what they are called."""
    times = series.drop_nulls().value_counts()["count"].to_numpy()
    if not len(times):
        return bars([], [], x=what)
    if len(np.unique(times)) <= MOST_BARS:
        often, how_many = np.unique(times, return_counts=True)
        return bars([f"{n}×" for n in often], how_many.tolist(), x=what)
    edges = np.unique(np.round(np.geomspace(times.min(), times.max() + 1, MOST_BARS + 1)).astype(int))
    found, _ = np.histogram(times, bins=edges)
    labels = [f"{low}×" if high == low + 1 else f"{low}–{high - 1}×" for low, high in itertools.pairwise(edges)]
    labels[-1] = f"{edges[-2]}–{times.max()}×"
    return bars(labels, found.tolist(), x=what)


def over_time(dates: pl.Series) -> Chart | None:
    """Return how many rows lie in each stretch of time; None where there is one moment only."""
    known = dates.drop_nulls().cast(pl.Datetime("ms"))
    stamps = known.dt.timestamp("ms").to_numpy()
    if not len(stamps) or stamps.min() == stamps.max():
        return None
    found, edges = np.histogram(stamps, bins=MOST_POINTS)
    begins = pl.Series(edges[:-1].astype(np.int64)).cast(pl.Datetime("ms"))
    days = begins.dt.date()
    # Of a few days each has several stretches: only the hours tell these apart.
    starts = (days if days.n_unique() == len(days) else begins.dt.truncate("1s")).to_list()
    return line(starts, found.tolist(), x_title=dates.name, y="check.chart.rows")


def along(values: np.ndarray, title: str) -> Chart | None:
    """Return how many rows have how much of something, as a line; None where all rows have the same."""
    values = values[np.isfinite(values)]
    if not len(values) or values.min() == values.max():
        return None
    found, edges = np.histogram(values, bins=MOST_POINTS)
    middles = [float(f"{middle:.4g}") for middle in (edges[1:] + edges[:-1]) / 2]
    return line(middles, found.tolist(), x_title=title, y="check.chart.rows")
