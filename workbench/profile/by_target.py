"""How the target goes along a column: rate or mean per bin with its 95 % interval and support, and one strength to rank by.

Rates carry Wilson's score interval (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it), means Student's t interval.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workbench import task as tasks
from workbench.profile.columns import brief, finite, iso

BINS = 10
TOP_VALUES = 12
# More classes than this make a chart nobody reads; the rest are counted together by leaving them out.
MOST_CLASSES = 6
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Goal:
    """The target as numbers: one column of 0 and 1 per label told, or the value itself."""

    task: tasks.Task
    labels: tuple[Any, ...]
    """The labels told, one per column of `values`: the event of two classes, each of several, nothing for a number."""
    counts: tuple[int, ...]
    values: np.ndarray
    known: np.ndarray
    """Rows of the table that have a target."""

    @property
    def rows(self) -> int:
        """Rows with a target."""
        return int(self.known.sum())

    @property
    def overall(self) -> list[float | None]:
        """The rate of each label told, or the mean."""
        with np.errstate(all="ignore"):
            return [finite(v) for v in self.values.mean(axis=0)]


def goal_of(target: pl.Series, *, event: object = None) -> Goal | None:
    """Return the target as numbers, or None where no row has one.

    Parameters
    ----------
    target : polars.Series
        The target column.
    event : object, optional
        The label counted where there are two; by default the last in sort order.
    """
    known = target.is_not_null().to_numpy()
    task = tasks.infer(target)
    if task is tasks.Task.REGRESSION:
        numbers = target.cast(pl.Float64).to_numpy()
        known = known & np.isfinite(np.where(known, numbers, np.nan))
        return Goal(task, (), (), numbers[known][:, None], known) if known.any() else None
    if not known.any():
        return None
    values = target.filter(pl.Series(known))
    counted = values.alias("label").value_counts().sort("label")
    labels = told(counted, task, event)
    matrix = np.stack([(values == label).to_numpy() for label in labels], axis=1).astype(np.float64)
    return Goal(task, tuple(labels), tuple(int(c) for c in matrix.sum(axis=0)), matrix, known)


def told(counted: pl.DataFrame, task: tasks.Task, event: object) -> list[Any]:
    """Return the labels to tell: the event of two, the most frequent of several."""
    labels = counted["label"].to_list()
    if task is tasks.Task.BINARY:
        return [next((label for label in labels if str(label) == str(event)), labels[-1])]
    frequent = counted.sort(["count", "label"], descending=[True, False])["label"].head(MOST_CLASSES).to_list()
    return [label for label in labels if label in frequent]


def story(series: pl.Series, kind: str, goal: Goal) -> dict[str, Any] | None:
    """Return the target's rate or mean per bin of a column, or None where bins make no sense (free text).

    Returns
    -------
    dict
        ``measure`` (``rate`` or ``mean``), ``labels``, ``overall``, ``strength`` (share of the target's variance that the
        bins explain, adjusted for their number, 0 to 1) and ``bins``, each with its ``rows`` and ``estimates``.
    """
    known = series.filter(pl.Series(goal.known))
    if kind == "text" or not len(known):
        return None
    codes, bins = binned(known, kind)
    present = np.bincount(codes, minlength=len(bins))
    estimates = rates(codes, goal.values, len(bins)) if goal.labels else means(codes, goal.values, len(bins))
    return {
        "measure": "rate" if goal.labels else "mean",
        "labels": [brief(label) for label in goal.labels],
        "overall": goal.overall,
        "strength": strength(codes, goal.values, len(bins)),
        "bins": [b | {"rows": int(present[i]), "estimates": estimates[i]} for i, b in enumerate(bins) if present[i]],
    }


def binned(series: pl.Series, kind: str) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Return each row's bin and what each bin is; missing values are a bin of their own, the last."""
    if kind == "number" and series.dtype.is_numeric() and series.drop_nulls().n_unique() > BINS:
        codes, bins = ranges(series.cast(pl.Float64).to_numpy(), float)
    elif kind == "date" and series.dtype in (pl.Date, pl.Datetime):
        since = series.dt.timestamp("ms").cast(pl.Float64).to_numpy()
        codes, bins = ranges(since, moment)
    else:
        codes, bins = values_of(series)
    return codes, [*bins, {"kind": "missing"}]


def ranges(x: np.ndarray, shown: Any) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Cut numbers at their deciles."""
    here = ~np.isnan(x)
    inside = x[np.isfinite(x)]
    if not len(inside):
        return np.where(here, 0, 1), [{"kind": "infinite"}]
    cuts = np.unique(np.quantile(inside, np.linspace(0, 1, BINS + 1)[1:-1]))
    codes = np.searchsorted(cuts, x, side="left")
    edges = [inside.min(), *cuts, inside.max()]
    bins = [{"kind": "range", "low": shown(a), "high": shown(b)} for a, b in itertools.pairwise(edges)]
    return np.where(here, codes, len(bins)), bins


def moment(milliseconds: float) -> str:
    """Return a time since 1970 in ISO 8601."""
    return iso(pl.Series([int(milliseconds)]).cast(pl.Datetime("ms"))[0])


def values_of(series: pl.Series) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Give each frequent value a bin, numbers in their order, and the others one together."""
    plain = series if series.dtype.is_numeric() or series.dtype == pl.Boolean else series.cast(pl.String, strict=False)
    counted = plain.drop_nulls().alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    kept = counted["value"].head(TOP_VALUES)
    kept = kept if plain.dtype == pl.String else kept.sort()
    bins: list[dict[str, Any]] = [{"kind": "value", "value": brief(value)} for value in kept]
    rest = len(bins)
    if len(counted) > rest:
        bins.append({"kind": "rest", "distinct": len(counted) - rest})
    codes = np.full(len(plain), len(bins))
    if len(kept):
        order = pl.DataFrame({"value": kept, "code": np.arange(len(kept))})
        found = pl.DataFrame({"value": plain}).join(order, on="value", how="left", maintain_order="left")["code"]
        codes = np.where(plain.is_null().to_numpy(), len(bins), found.fill_null(rest).to_numpy())
    return codes, bins


def sums(codes: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each bin's count and, per column of values, its sum."""
    count = np.bincount(codes, minlength=size).astype(np.float64)
    return count, np.stack([np.bincount(codes, weights=v, minlength=size) for v in values.T], axis=1)


def rates(codes: np.ndarray, values: np.ndarray, size: int) -> list[list[dict[str, float | None]]]:
    """Return each bin's rates with Wilson's 95 % interval."""
    count, hits = sums(codes, values, size)
    return [[wilson(float(h), float(n)) for h in row] for n, row in zip(count, hits, strict=True)]


def wilson(hits: float, rows: float) -> dict[str, float | None]:
    """Return a rate with Wilson's 95 % score interval.

    Examples
    --------
    >>> wilson(8, 10)["low"].__round__(3)
    0.49
    """
    if not rows:
        return {"value": None, "low": None, "high": None}
    rate, shrink = hits / rows, 1 + Z95**2 / rows
    middle = (rate + Z95**2 / (2 * rows)) / shrink
    reach = Z95 / shrink * np.sqrt(rate * (1 - rate) / rows + Z95**2 / (4 * rows**2))
    return {"value": rate, "low": max(0.0, float(middle - reach)), "high": min(1.0, float(middle + reach))}


def means(codes: np.ndarray, values: np.ndarray, size: int) -> list[list[dict[str, float | None]]]:
    """Return each bin's mean with Student's 95 % interval; one row has none."""
    from scipy.special import stdtrit

    with np.errstate(all="ignore"):
        count, total = sums(codes, values, size)
        mean = total[:, 0] / count
        squares = np.bincount(codes, weights=(values[:, 0] - mean[codes]) ** 2, minlength=size)
        reach = stdtrit(np.maximum(count - 1, 1), 0.975) * np.sqrt(squares / (count - 1) / count)
    return [[interval(m, r)] for m, r in zip(mean, reach, strict=True)]


def interval(mean: float, reach: float) -> dict[str, float | None]:
    """Return a mean and its interval, None for what is not known."""
    known = bool(np.isfinite(reach))
    return {
        "value": float(mean) if np.isfinite(mean) else None,
        "low": float(mean - reach) if known else None,
        "high": float(mean + reach) if known else None,
    }


def strength(codes: np.ndarray, values: np.ndarray, size: int) -> float:
    """Return the share of the target's variance between bins (the squared correlation ratio), adjusted for their number."""
    count, total = sums(codes, values, size)
    used, n = int((count > 0).sum()), len(codes)
    centre = values.mean(axis=0)
    with np.errstate(all="ignore"):
        whole = float(((values - centre) ** 2).sum())
        between = float((count[:, None] * (total / np.maximum(count, 1)[:, None] - centre) ** 2)[count > 0].sum())
        if not (np.isfinite(whole) and whole > 0) or n <= used:
            return 0.0
        return float(np.clip(1 - (1 - between / whole) * (n - 1) / (n - used), 0.0, 1.0))
