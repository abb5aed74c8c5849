"""Whether the difference between two models can be told from chance, by a t-test that knows that folds overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

# A plain paired t-test on folds would call equal models different up to six times too often at this level.
LEVEL = 0.95
# Two ways to one answer differ in the last digits, often in the same direction on every fold: that is no difference.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Difference:
    """The mean difference of two models over the same folds, with its interval."""

    mean: float
    low: float
    high: float
    p: float
    """How often chance alone makes a difference as large."""


def corrected_t(a: Sequence[float], b: Sequence[float], *, test_share: float, level: float = LEVEL) -> Difference:
    """Return the difference a - b by the corrected resampled t-test of Nadeau and Bengio (2003).

    The mean difference d over k folds has the standard error sd(d) · sqrt(1/k + test_share) instead of sd(d) · sqrt(1/k),
    because the folds' training rows overlap, and k - 1 degrees of freedom.

    Parameters
    ----------
    a, b : sequence of float
        A metric of two models on the same folds.
    test_share : float
        Rows judged on ÷ rows trained on in a fold; 1 / (k - 1) for k plain folds.
    level : float
        The interval's confidence.

    Returns
    -------
    Difference
        Conservative: a large `p` means that the folds cannot tell, not that the models are equal.

    References
    ----------
    C. Nadeau and Y. Bengio (2003), Inference for the Generalization Error, Machine Learning 52, 239-281.
    R. R. Bouckaert and E. Frank (2004), Evaluating the Replicability of Significance Tests for Comparing Learning
    Algorithms, PAKDD.

    Examples
    --------
    >>> corrected_t([0.9, 0.8, 0.9], [0.9, 0.8, 0.9], test_share=0.5).p
    1.0
    """
    one, other = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    apart = np.where(np.isclose(one, other, rtol=ROUNDING, atol=0), 0.0, one - other)
    mean = float(apart.mean())
    error = float(np.sqrt(apart.var(ddof=1) * (1 / len(apart) + test_share)))
    if error == 0:
        return Difference(mean, mean, mean, float(mean == 0))
    half = float(stats.t.ppf((1 + level) / 2, len(apart) - 1)) * error
    return Difference(mean, mean - half, mean + half, float(2 * stats.t.sf(abs(mean) / error, len(apart) - 1)))


def apart_t(
    a: Sequence[float], b: Sequence[float], *, test_share_a: float, test_share_b: float, level: float = LEVEL
) -> Difference:
    """Return the difference of the means a - b of two models that were not judged on the same folds.

    Parameters
    ----------
    a, b : sequence of float
        A metric of each model on its own folds.
    test_share_a, test_share_b : float
        As in `corrected_t`, of each one's folds.
    level : float
        The interval's confidence.

    Returns
    -------
    Difference
        Welch's t-test with each side's variance corrected as by `corrected_t`. What folds have in common by chance cannot
        cancel out, so the interval is wider than that of folds that are the same.
    """
    sides = ((np.asarray(a, dtype=float), test_share_a), (np.asarray(b, dtype=float), test_share_b))
    mean = float(sides[0][0].mean() - sides[1][0].mean())
    parts = [float(side.var(ddof=1)) * (1 / len(side) + share) for side, share in sides]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Difference(mean, mean, mean, float(mean == 0))
    freedom = sum(parts) ** 2 / sum(part**2 / (len(side) - 1) for part, (side, _) in zip(parts, sides, strict=True))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Difference(mean, mean - half, mean + half, float(2 * stats.t.sf(abs(mean) / error, freedom)))


def difference(
    a: Sequence[float | None], b: Sequence[float | None], *, test_share: float, level: float = LEVEL
) -> Difference | None:
    """Return `corrected_t` on the folds where both have the metric, None where these are fewer than two or it has no number."""
    both = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    if len(both) < 2:
        return None
    found = corrected_t([x for x, _ in both], [y for _, y in both], test_share=test_share, level=level)
    # Squares of numbers near the largest there are leave nothing to say.
    return found if math.isfinite(found.low) and math.isfinite(found.high) else None


def interval(values: Sequence[float | None], *, test_share: float, level: float = LEVEL) -> Difference | None:
    """Return the mean of a metric over the folds with its corrected interval, None where fewer than two folds have it."""
    return difference(values, [0.0] * len(values), test_share=test_share, level=level)
