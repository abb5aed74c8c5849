"""Whether the difference between two models can be told from chance, by a t-test that knows that folds overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

# A plain paired t-test on folds would call equal models different up to six times too often at this level.
LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """The mean difference of two models over the same folds, with its interval."""

    mean: float
    low: float
    high: float
    p: float
    """How often chance alone makes a difference as large."""


def corrected_t(a: Sequence[float], b: Sequence[float], *, test_share: float, level: float = LEVEL) -> Difference:
    """Return the difference a - b by the corrected t-test of Nadeau and Bengio (2003).

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

    Examples
    --------
    >>> corrected_t([0.9, 0.8, 0.9], [0.9, 0.8, 0.9], test_share=0.5).p
    1.0
    """
    apart = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    mean = float(apart.mean())
    error = float(np.sqrt(apart.var(ddof=1) * (1 / len(apart) + test_share)))
    if error == 0:
        return Difference(mean, mean, mean, float(mean == 0))
    half = float(stats.t.ppf((1 + level) / 2, len(apart) - 1)) * error
    return Difference(mean, mean - half, mean + half, float(2 * stats.t.sf(abs(mean) / error, len(apart) - 1)))


def tie_group(
    scores: Mapping[str, Sequence[float | None]], best: str, *, test_share: float, level: float = LEVEL
) -> frozenset[str]:
    """Return the models that the folds cannot tell from the best one, the best among them.

    Parameters
    ----------
    scores : mapping
        A metric of each model on the same folds.
    best : str
        The model with the best mean.
    test_share : float
        As in `corrected_t`.
    level : float
        A model is no tie when its difference is beyond chance at this level.
    """
    return frozenset(m for m, own in scores.items() if m == best or ties(own, scores[best], test_share, level))


def ties(a: Sequence[float | None], b: Sequence[float | None], test_share: float, level: float) -> bool:
    """Tell whether two models cannot be told apart on the folds on which both have the metric."""
    both = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    if len(both) < 2:
        return False
    return corrected_t([x for x, _ in both], [y for _, y in both], test_share=test_share, level=level).p > 1 - level
