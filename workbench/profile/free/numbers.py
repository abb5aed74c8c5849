"""What a free chart counts and measures: rows in groups, quartiles, correlations, and which rows a sample takes.

Everything here looks at all rows; only points are sampled (`sample`), and what that costs is told by `worst_share` and by the
interval of `correlation` (Fisher's z transformation, Fisher 1921).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from workbench import figure
from workbench.profile.by_target import Z95
from workbench.profile.columns import brief, period
from workbench.words import Text

# Codes of rows that belong to no group: no value (missing or infinite), and a value that is not told by itself.
NONE, REST = -1, -2
# Values this rare are the tails of a distribution; they are counted and not drawn.
TAIL = 0.01
# A box's whiskers reach to the last value within this many lengths of the box (Tukey 1977).
REACH = 1.5
FLAG = 2
# Whole numbers up to here are told apart, and so are their halves.
EXACT = 2.0**51


@dataclass(frozen=True)
class Groups:
    """The group of every row of a table, and what each group is."""

    codes: np.ndarray
    names: tuple[str | Text, ...]
    places: tuple[Any, ...] = ()
    """Where each group stands on an axis that has a scale of its own; nothing where groups stand side by side."""
    width: float | None = None
    """How wide a group is on that axis."""
    unit: str | None = None
    """The length of a period of time."""
    rest: int = 0
    """How many different values are not told by themselves."""

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self.names)

    def left(self, code: int, among: np.ndarray) -> int:
        """Count the rows of some that belong to no group for a reason."""
        return int(((self.codes == code) & among).sum())


def positions(series: pl.Series, kind: str) -> np.ndarray:
    """Return numbers, or dates as milliseconds since 1970; what cannot be drawn (missing, infinite) is not a number."""
    if kind == "date":
        naive = series.dt.replace_time_zone(None) if getattr(series.dtype, "time_zone", None) else series
        return naive.dt.timestamp("ms").cast(pl.Float64).to_numpy()
    x = series.cast(pl.Float64, strict=False).to_numpy()
    return np.where(np.isfinite(x), x, np.nan)


def shown(values: Sequence[float] | np.ndarray, kind: str, *, whole_days: bool = False) -> list[Any]:
    """Return positions as plotly takes them: numbers, or dates in ISO 8601."""
    array = np.asarray(values, dtype=np.float64)
    if kind == "date":
        moments = np.floor(array).astype("int64").astype("datetime64[ms]")
        array = moments.astype("datetime64[D]" if whole_days else "datetime64[ms]").astype(str)
    return list(array.tolist())


def labels(series: pl.Series, most: int) -> Groups:
    """Give each of the most frequent values a group, numbers in their order; ties go by value, whatever the rows' order."""
    values = plain(series)
    counted = values.drop_nulls().alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    kept = counted["value"].head(most)
    kept = kept if values.dtype == pl.String else kept.sort()
    order = pl.DataFrame({"value": kept, "code": np.arange(len(kept))}, schema={"value": values.dtype, "code": pl.Int64})
    found = pl.DataFrame({"value": values}).join(order, on="value", how="left", maintain_order="left")["code"]
    codes = np.where(values.is_null().to_numpy(), NONE, found.fill_null(REST).to_numpy())
    return Groups(codes, tuple(name_of(value) for value in kept), rest=len(counted) - len(kept))


def plain(series: pl.Series) -> pl.Series:
    """Return finite numbers, yes and no, or text."""
    if series.dtype.is_numeric():
        return pl.Series(positions(series, "number")).fill_nan(None)
    return series if series.dtype == pl.Boolean else series.cast(pl.String, strict=False)


def name_of(value: Any) -> str | Text:
    """Return a value as a chart names it."""
    if isinstance(value, bool):
        return Text("profile.bin.yes") if value else Text("profile.bin.no")
    return figure.number(value) if isinstance(value, int | float) else str(brief(value)) or '""'


def is_few(series: pl.Series, most: int) -> bool:
    """Tell whether a column of numbers has so few different ones that each can be told by itself."""
    return plain(series).drop_nulls().n_unique() <= most


def is_flag(series: pl.Series, kind: str) -> bool:
    """Tell whether a column holds two numbers, as 0 and 1, which are labels rather than sizes."""
    return kind == "number" and plain(series).drop_nulls().n_unique() == FLAG


def grouped(series: pl.Series, kind: str, most: int, *, parts: int = 4) -> Groups:
    """Put rows into groups: by their value, or numbers of many values and dates into parts of about as many rows each."""
    if kind not in ("number", "date") or (kind == "number" and is_few(series, most)):
        return labels(series, most)
    x = positions(series, kind)
    inside = x[~np.isnan(x)]
    if not len(inside):
        return Groups(np.full(len(x), NONE), ())
    cuts = np.unique(np.quantile(inside, np.linspace(0, 1, parts + 1)[1:-1]))
    cuts = cuts[cuts < inside.max()]
    codes = np.where(np.isnan(x), NONE, np.searchsorted(cuts, x, side="left"))
    return Groups(codes, spans([inside.min(), *cuts, inside.max()], kind))


def spans(edges: Sequence[float], kind: str) -> tuple[str, ...]:
    """Name what lies between edges that follow each other."""
    names = shown(edges, kind, whole_days=True) if kind == "date" else [figure.number(edge) for edge in edges]
    return tuple(f"{a} – {b}" for a, b in itertools.pairwise(names))


def periods(series: pl.Series) -> Groups:
    """Put dates into hours, days, weeks, months, quarters or years, whichever stays readable."""
    filled = series.drop_nulls()
    if not len(filled):
        return Groups(np.full(len(series), NONE), ())
    days = (filled.max() - filled.min()).total_seconds() / 86_400  # type: ignore[operator, union-attr]
    unit, every = period(days, series.dtype == pl.Date)
    begun = positions(series.dt.truncate(every), "date")
    starts = np.unique(begun[~np.isnan(begun)])
    codes = np.where(np.isnan(begun), NONE, np.searchsorted(starts, np.nan_to_num(begun)))
    places = tuple(shown(starts, "date", whole_days=unit != "hour"))
    return Groups(codes, places, places, unit=unit)


def bins(series: pl.Series, kind: str, most: int) -> Groups:
    """Put numbers or dates into bins of one width from the 1st to the 99th percentile; the tails are told by `REST`."""
    x = positions(series, kind)
    inside = x[~np.isnan(x)]
    if not len(inside):
        return Groups(np.full(len(x), NONE), ())
    low, high = np.quantile(inside, [TAIL, 1 - TAIL], method="inverted_cdf")
    edges = edges_of(inside[(inside >= low) & (inside <= high)], float(low), float(high), most, kind)
    with np.errstate(invalid="ignore"):
        codes = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
        codes = np.where(np.isnan(x), NONE, np.where((x < low) | (x > high), REST, codes))
    middles = shown([a / 2 + b / 2 for a, b in itertools.pairwise(edges)], kind)
    names = spans(list(edges), kind) if kind == "date" or not is_whole(edges) else wholes(edges)
    width = float(edges[1]) - float(edges[0])
    return Groups(codes, names, tuple(middles), width=width if math.isfinite(width) else None)


def edges_of(inside: np.ndarray, low: float, high: float, most: int, kind: str) -> np.ndarray:
    """Return the edges of bins of one width, each of as many whole numbers where there are no others."""
    if low == high:
        half = 43_200_000.0 if kind == "date" else max(0.5, abs(low) * 1e-6)
        return np.array([low - half, high + half])
    if kind == "number" and abs(low) + abs(high) < EXACT and bool((inside == np.floor(inside)).all()):
        step = math.ceil((high - low + 1) / most)  # bins of a broken width would hold now more, now fewer whole numbers
        return np.arange(low - 0.5, high + step, step)
    along = np.linspace(0, 1, most + 1)
    edges = low * (1 - along) + high * along  # the distance of two huge numbers may be none
    return edges if bool((edges[1:] > edges[:-1]).all()) else np.array([low, high])


def is_whole(edges: np.ndarray) -> bool:
    """Tell whether bins hold whole numbers."""
    return bool(abs(edges[-1]) < EXACT and ((edges - 0.5) == np.floor(edges)).all())


def wholes(edges: np.ndarray) -> tuple[str, ...]:
    """Name the whole numbers between edges."""
    pairs = [(figure.number(a + 0.5), figure.number(b - 0.5)) for a, b in itertools.pairwise(edges.tolist())]
    return tuple(a if a == b else f"{a} – {b}" for a, b in pairs)


def everything(rows: int) -> Groups:
    """Put all rows into one group without a name."""
    return Groups(np.zeros(rows, dtype=np.int64), ("",))


def with_others(groups: Groups, *, missing: bool = True) -> Groups:
    """Make groups of their own of the rows whose value is not told by itself, and of those without one where wanted."""
    codes, names = groups.codes.copy(), list(groups.names)
    others = ((REST, Text("profile.bin.rest", count=groups.rest)), (NONE, Text("profile.bin.missing")))
    for code, name in others if missing else others[:1]:
        if (groups.codes == code).any():
            codes[groups.codes == code] = len(names)
            names.append(name)
    return replace(groups, codes=codes, names=tuple(names))


def cells(*groups: Groups, among: np.ndarray) -> np.ndarray:
    """Return the cell of each row in the grid that groups span, the last one running fastest; -1 outside of it."""
    out = np.zeros(len(among), dtype=np.int64)
    inside = among.copy()
    for one in groups:
        inside &= one.codes >= 0
        out = out * one.count + one.codes
    return np.where(inside, out, -1)


def per_cell(values: np.ndarray, cell: np.ndarray, size: int, measure: Callable[[np.ndarray], Any]) -> list[Any]:
    """Return a measure of the sorted values of every cell, None where there are none."""
    here = np.flatnonzero((cell >= 0) & ~np.isnan(values))
    order = here[np.lexsort((values[here], cell[here]))]
    ends = np.cumsum(np.bincount(cell[here], minlength=size))
    return [measure(part) if len(part) else None for part in np.split(values[order], ends[:-1])]


def box(x: np.ndarray) -> dict[str, float]:
    """Return quartiles, mean, Tukey's whiskers and how many values lie beyond them, of sorted numbers."""
    with np.errstate(all="ignore"):
        q1, median, q3 = np.quantile(x, [0.25, 0.5, 0.75])
        reach = REACH * (q3 - q1)
        within = x[(x >= q1 - reach) & (x <= q3 + reach)]
        low, high = (within[0], within[-1]) if len(within) else (q1, q3)
        found = {"q1": q1, "median": median, "q3": q3, "low": min(low, q1), "high": max(high, q3), "mean": x.mean()}
        return {name: float(value) for name, value in found.items()} | {"rows": len(x), "beyond": len(x) - len(within)}


def correlation(x: np.ndarray, y: np.ndarray) -> dict[str, float] | None:
    """Return Pearson's r with its 95 % interval by Fisher's z; None where it is not known (few rows, nothing varies)."""
    if len(x) < 4:
        return None
    with np.errstate(all="ignore"):
        a, b = x / (np.abs(x).max() or 1.0), y / (np.abs(y).max() or 1.0)
        a, b = a - a.mean(), b - b.mean()
        size = math.sqrt(float(a @ a)) * math.sqrt(float(b @ b))
        if not size > 1e-14 * len(x):
            return None
        r = float(np.clip(a @ b / size, -1.0, 1.0))
        z, reach = np.arctanh(r), Z95 / math.sqrt(len(x) - 3)
        return {"r": r, "low": float(np.tanh(z - reach)), "high": float(np.tanh(z + reach)), "rows": len(x)}


def sample(eligible: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return the numbers of at most so many rows, drawn uniformly and in the table's order.

    Every row of the table has a random number of its own that depends on the seed alone, and the smallest are taken: a larger
    sample holds the smaller one, and what is drawn with colours or in panels is drawn of the same points.
    """
    here = np.flatnonzero(eligible)
    if len(here) <= most:
        return here
    lots = np.random.default_rng(seed).random(len(eligible))[here]
    return np.sort(here[np.argpartition(lots, most)[:most]])


def worst_share(shown: int, rows: int) -> float:
    """Return by how much a share read off a sample may be off: the 95 % reach at one half, for a finite number of rows.

    Examples
    --------
    >>> round(worst_share(20_000, 307_511), 4)
    0.0067
    """
    if shown >= rows or not shown:
        return 0.0
    return Z95 * math.sqrt(0.25 / shown * (rows - shown) / (rows - 1))
