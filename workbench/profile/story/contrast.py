"""Groups of rows compared by their counts, means and spreads alone: differences and ratios with 95 % intervals, tests, Holm.

The bins of a profile say all of this (the spread of a mean stands in its interval), so that no row is read a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from workbench.profile.by_target import Z95
from workbench.profile.difference.measures import Estimate, newcombe

# Chi-square wants so many rows expected in each cell (Cochran 1954); smaller groups are counted together.
FEWEST_EXPECTED = 5.0
# What rounding leaves of a target that does not vary is not variation.
ROUNDING = 1e-24


@dataclass(frozen=True)
class Group:
    """Rows by their number, mean and sum of squared deviations; of a rate these are n, p and np(1 - p)."""

    rows: float
    mean: float
    squares: float


@dataclass(frozen=True)
class Bins:
    """The bins of a column as arrays, for one label of the target or its mean."""

    rows: np.ndarray
    mean: np.ndarray
    squares: np.ndarray

    @cached_property
    def whole(self) -> Group:
        """All rows together."""
        return self.together(np.ones(len(self.rows), dtype=bool))

    def together(self, mask: np.ndarray) -> Group:
        """Return some bins as one group."""
        rows, mean = self.rows[mask], self.mean[mask]
        count = float(rows.sum())
        if not count:
            return Group(0.0, 0.0, 0.0)
        middle = float(rows @ mean) / count
        return Group(count, middle, float(self.squares[mask].sum() + rows @ (mean - middle) ** 2))

    def kept(self, mask: np.ndarray) -> Bins:
        """Return some of the bins."""
        return Bins(self.rows[mask], self.mean[mask], self.squares[mask])

    def shares(self, masks: np.ndarray) -> np.ndarray:
        """Return for each choice of bins the share of the target's variance between them and the other rows."""
        whole = self.whole
        if not whole.squares > ROUNDING * whole.rows * max(1.0, float((self.mean**2).max())):
            return np.zeros(len(masks))
        inside = masks @ self.rows
        total = masks @ (self.rows * (self.mean - whole.mean))
        with np.errstate(all="ignore"):
            between = total**2 * (1 / inside + 1 / (whole.rows - inside))
        return np.where(np.isfinite(between), between / whole.squares, 0.0)


def bins_of(bins: Sequence[Mapping[str, Any]], label: int, measure: str) -> Bins | None:
    """Return a story's bins as arrays, or None where a mean is not known."""
    rows = np.array([entry["rows"] for entry in bins], dtype=np.float64)
    told = [entry["estimates"][label] for entry in bins]
    if any(estimate["value"] is None for estimate in told):
        return None
    mean = np.array([estimate["value"] for estimate in told], dtype=np.float64)
    if measure == "rate":
        return Bins(rows, mean, rows * mean * (1 - mean))
    return Bins(rows, mean, spreads(rows, told))


def spreads(rows: np.ndarray, told: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Return the sum of squared deviations in each bin, from Student's interval of its mean."""
    from scipy.special import stdtrit

    width = np.array([0.0 if e["low"] is None else e["high"] - e["low"] for e in told])
    freedom = np.maximum(rows - 1, 1)
    with np.errstate(all="ignore"):
        deviation = width / 2 / stdtrit(freedom, 0.975) * np.sqrt(rows)
        return np.where(rows > 1, deviation**2 * (rows - 1), 0.0)


def difference(inside: Group, outside: Group, measure: str) -> Estimate:
    """Return how much higher a group's rate or mean is than another's: Newcombe's interval for rates, Welch's for means."""
    if measure == "rate":
        return newcombe(outside.rows * outside.mean, outside.rows, inside.rows * inside.mean, inside.rows)
    return welch(inside, outside)


def welch(inside: Group, outside: Group) -> Estimate:
    """Return the difference of two means with Welch's interval (Welch 1947, Biometrika 34, 28-35)."""
    from scipy.special import stdtrit

    rise = inside.mean - outside.mean
    if min(inside.rows, outside.rows) < 2:
        return {"value": rise, "low": None, "high": None}
    a, b = (group.squares / (group.rows - 1) / group.rows for group in (inside, outside))
    freedom = (a + b) ** 2 / (a**2 / (inside.rows - 1) + b**2 / (outside.rows - 1)) if a + b > 0 else 1.0
    reach = float(stdtrit(freedom, 0.975) * np.sqrt(a + b))
    return {"value": rise, "low": rise - reach, "high": rise + reach}


def ratio(inside: Group, outside: Group) -> Estimate | None:
    """Return how many times as frequent an event is in one group as in another; None where it never happens in one of them.

    Notes
    -----
    The interval is Wald's on the logarithm: Katz, Baptista, Azen and Pike (1978), Biometrics 34, 469-474.
    """
    a, b = inside.rows * inside.mean, outside.rows * outside.mean
    if not (a > 0 and b > 0):
        return None
    value = inside.mean / outside.mean
    reach = float(np.exp(Z95 * np.sqrt(max(0.0, 1 / a - 1 / inside.rows + 1 / b - 1 / outside.rows))))
    return {"value": value, "low": value / reach, "high": value * reach}


def differ(bins: Sequence[Mapping[str, Any]], measure: str, labels: int, parts: Sequence[np.ndarray]) -> float | None:
    """Return how likely parts of a story's bins differ this much by chance; None where that cannot be computed.

    Parameters
    ----------
    bins : sequence of mapping
        A story's bins.
    measure : {"rate", "mean"}
        What their estimates are.
    labels : int
        How many labels are told; labels that are not told count together.
    parts : sequence of numpy.ndarray
        Which bins belong to each part.

    Notes
    -----
    Rates: Pearson's chi-square of parts by labels, small ones counted together (Cochran 1954, Biometrics 10, 417-451).
    Means: the F test of a one-way analysis of variance, which one far value makes careful rather than bold.
    """
    if measure == "mean":
        found = bins_of(bins, 0, measure)
        if found is None:
            return None
        groups = [found.together(part) for part in parts]
        return f_test(Bins(*(np.array(values) for values in zip(*((g.rows, g.mean, g.squares) for g in groups), strict=True))))
    rows = np.array([entry["rows"] for entry in bins], dtype=np.float64)
    hits = np.array([[entry["estimates"][i]["value"] or 0.0 for i in range(labels)] for entry in bins]) * rows[:, None]
    counts = np.round(np.column_stack([hits, rows - hits.sum(axis=1)]))
    return chi_square(np.array([counts[part].sum(axis=0) for part in parts]))


def chi_square(counts: np.ndarray) -> float | None:
    """Return the p of Pearson's chi-square test, once what is too rare is counted together."""
    from scipy.special import chdtrc

    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if not counts.size:
        return None
    # First labels, then bins: the rarest two become one until chi-square holds.
    while min(counts.shape) > 1 and (expected := expectation(counts)).min() < FEWEST_EXPECTED:
        rare = counts.sum(axis=1).min() / len(counts) > counts.sum(axis=0).min() / counts.shape[1]
        counts = merged(counts.T).T if rare and counts.shape[1] > 2 else merged(counts)
    if min(counts.shape) < 2:
        return None
    expected = expectation(counts)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return float(chdtrc((counts.shape[0] - 1) * (counts.shape[1] - 1), statistic))


def expectation(counts: np.ndarray) -> np.ndarray:
    """Return the counts that independence expects."""
    return np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()


def merged(counts: np.ndarray) -> np.ndarray:
    """Return counts with the two smallest rows added."""
    order = np.argsort(counts.sum(axis=1), kind="stable")
    return np.vstack([counts[order[2:]], counts[order[:2]].sum(axis=0)])


def f_test(bins: Bins) -> float | None:
    """Return the p of the F test that all bins have one mean."""
    from scipy.special import fdtrc

    groups, whole = len(bins.rows), bins.whole
    if groups < 2 or whole.rows <= groups:
        return None
    within = float(bins.squares.sum())
    between = float((bins.rows * (bins.mean - whole.mean) ** 2).sum())
    if not np.isfinite(within + between) or within + between <= ROUNDING * whole.rows * max(1.0, float((bins.mean**2).max())):
        return None
    if within == 0:
        return 0.0
    return float(fdtrc(groups - 1, whole.rows - groups, between / (groups - 1) / (within / (whole.rows - groups))))


def holm(p: Sequence[float]) -> list[float]:
    """Return p values adjusted for their number, whatever their dependence.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70: below 0.05, the chance that any of them is a coincidence is 5 %.

    Examples
    --------
    >>> [round(v, 2) for v in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    raised = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    found = np.empty(len(values))
    found[order] = raised
    return [float(v) for v in found]


def monotone(bins: Bins) -> tuple[int, float]:
    """Return 1 for rising or -1 for falling, and the share of the variance between bins that a one-way course explains.

    Notes
    -----
    Isotonic regression by pooling adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman 1955).
    """
    centre = float(np.average(bins.mean, weights=bins.rows))
    whole = float((bins.rows * (bins.mean - centre) ** 2).sum())
    if not whole > 0:
        return 1, 0.0
    left = {sign: float((bins.rows * (bins.mean - sign * pooled(sign * bins.mean, bins.rows)) ** 2).sum()) for sign in (1, -1)}
    sign = min(left, key=lambda key: left[key])
    return sign, 1 - left[sign] / whole


def pooled(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the closest values that never fall."""
    blocks: list[list[float]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append([float(value), float(weight), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value2, weight2, size2 = blocks.pop()
            value1, weight1, size1 = blocks[-1]
            heavy = weight1 + weight2
            blocks[-1] = [(value1 * weight1 + value2 * weight2) / heavy, heavy, size1 + size2]
    return np.repeat([b[0] for b in blocks], [int(b[2]) for b in blocks])
