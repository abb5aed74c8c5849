"""Intervals of rates, means and areas under the ROC curve, and whether two of them differ by more than chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; None where it has none."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """Return plain data for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


NOTHING = Estimate(None)


def rate(hits: int, rows: int, level: float = LEVEL) -> Estimate:
    """Return a rate with Wilson's (1927) score interval, as statsmodels' and SciPy's; nothing of no rows.

    Examples
    --------
    >>> rate(0, 20).high < 0.17
    True
    """
    if not rows:
        return NOTHING
    z = float(stats.norm.ppf((1 + level) / 2))
    share, about = hits / rows, z * z / rows
    middle = (share + about / 2) / (1 + about)
    half = z * math.sqrt(share * (1 - share) / rows + about / (4 * rows)) / (1 + about)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half))


def rates_differ(hits: int, rows: int, others: int, of: int) -> float | None:
    """Return how often chance alone makes two rates as different, by the pooled z-test of two proportions."""
    if not rows or not of:
        return None
    pooled = (hits + others) / (rows + of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / of))
    return two_sided(hits / rows - others / of, error)


def gap(first: Estimate, second: Estimate) -> Estimate:
    """Return the difference of two independent rates, first less second, by Newcombe's (1998, method 10) hybrid."""
    (a, a_low, a_high), (b, b_low, b_high) = ((one.value, one.low, one.high) for one in (first, second))
    if a is None or a_low is None or a_high is None or b is None or b_low is None or b_high is None:
        return NOTHING
    down, up = math.hypot(a - a_low, b_high - b), math.hypot(a_high - a, b - b_low)
    return Estimate(a - b, a - b - down, a - b + up)


def mean(values: np.ndarray, level: float = LEVEL) -> Estimate:
    """Return a mean with Student's interval; a single value has none."""
    if not len(values):
        return NOTHING
    middle = float(np.mean(values))
    if len(values) < 2:
        return Estimate(middle)
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return Estimate(middle, middle - half, middle + half)


def moments_differ(first: tuple[float, float, int], second: tuple[float, float, int]) -> float:
    """Return how often chance alone makes two means (each with its variance and rows) as different, by Welch's t-test."""
    (a, a_spread, n), (b, b_spread, m) = first, second
    if a_spread == b_spread == 0.0:
        return float(a == b)
    return float(stats.ttest_ind_from_stats(a, math.sqrt(a_spread), n, b, math.sqrt(b_spread), m, equal_var=False).pvalue)


def area(auc: float, events: int, others: int, level: float = LEVEL) -> Estimate:
    """Return an area under the ROC curve with Newcombe's (2006, method 5) interval, which holds near 1 and in small groups.

    Its ends are the areas whose own standard error (Hanley and McNeil 1982, with the average group's size) would reach the
    observed one.
    """
    z = float(stats.norm.ppf((1 + level) / 2))

    def reach(place: float, side: float) -> float:
        return place - side * z * area_error(place, events, others) - auc

    # From below, the lower end; from above, the upper one: each is the only crossing on its side.
    low = bisected(lambda place: reach(place, -1.0), 0.0, auc)
    high = bisected(lambda place: reach(place, 1.0), auc, 1.0)
    return Estimate(auc, low, high)


def area_error(auc: float, events: int, others: int) -> float:
    """Return the standard error of an area, by Hanley and McNeil's (1982) formula with the average size in both places."""
    average = (events + others) / 2 - 1
    shape = 1 + average * ((1 - auc) / (2 - auc) + auc / (1 + auc))
    return math.sqrt(max(0.0, auc * (1 - auc) * shape / (events * others)))


def areas_differ(first: tuple[float, int, int], second: tuple[float, int, int]) -> float | None:
    """Return how often chance alone makes two independent areas (each with its events and others) as different."""
    error = math.hypot(area_error(*first), area_error(*second))
    return two_sided(first[0] - second[0], error)


def bisected(reach: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that is negative at the lower and positive at the upper end crosses 0."""
    for _ in range(60):
        middle = (low + high) / 2
        if reach(middle) > 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def two_sided(apart: float, error: float) -> float:
    """Return the probability of a normal difference at least as large."""
    if error == 0:
        return float(apart == 0)
    return float(2 * stats.norm.sf(abs(apart) / error))


def holm(chances: Sequence[float | None]) -> list[float | None]:
    """Return the probabilities corrected for how many were looked at, by Holm's (1979) steps; None stays None.

    Examples
    --------
    >>> holm([0.01, 0.04, None])
    [0.02, 0.04, None]
    """
    known = sorted((p, place) for place, p in enumerate(chances) if p is not None)
    corrected: list[float | None] = [None] * len(chances)
    last = 0.0
    for step, (p, place) in enumerate(known):
        last = max(last, min(1.0, p * (len(known) - step)))
        corrected[place] = last
    return corrected
