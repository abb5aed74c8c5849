"""How far two samples lie apart: distances from 0 to 1 with interval, noise and p, and differences of rates and means.

Every distance is the difference between the two shares of one event, the one that tells the samples apart most: "at most x" for
numbers (Kolmogorov-Smirnov), "one of these labels" for labels (total variation), "not in the other table" for free text,
"missing". That makes the distances of all kinds comparable and gives them one interval: Newcombe's for the difference of two
rates, its low end taken down by the noise, because the event was chosen after looking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.profile.by_target import wilson

# Means of Kolmogorov's distribution, in units of sqrt(1/n + 1/m), and of the size of a standard normal number.
KOLMOGOROV_MEAN = float(np.sqrt(np.pi / 2) * np.log(2))
HALF_NORMAL_MEAN = float(np.sqrt(2 / np.pi))
# Chi-square wants so many rows expected in each cell (Cochran 1954); rarer labels are counted together.
FEWEST_EXPECTED = 5
# A share of nothing has no logarithm: in the stability index it counts as this much.
PSI_FLOOR = 1e-4
# Logarithms of factorials leave so much of a difference of shares.
ROUNDING = 1e-9

Estimate = dict[str, float | None]
UNKNOWN: Estimate = {"value": None, "low": None, "high": None}


@dataclass(frozen=True)
class Gap:
    """How far two samples lie apart: the hits among their rows of the event that tells them apart most."""

    measure: str
    hits: tuple[int, int]
    rows: tuple[int, int]
    noise: float
    """How far two random parts of one table of these sizes lie apart on average."""
    p: float | None
    """How likely two random parts of one table lie apart this much; None where that cannot be computed."""

    @property
    def distance(self) -> float:
        """The difference between the event's two shares."""
        return abs(self.hits[0] / self.rows[0] - self.hits[1] / self.rows[1])

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval with the noise taken off its low end, which may be below 0."""
        (a, b), (n, m) = self.hits, self.rows
        rise = newcombe(a, n, b, m) if a / n <= b / m else newcombe(b, m, a, n)
        return float(rise["low"] or 0.0) - self.noise, float(rise["high"] or 0.0)


def within_noise(column: Mapping[str, Any]) -> bool:
    """Tell whether a column's tables lie no farther apart than random parts of one table, rounding aside."""
    return bool(column["distance"] <= column["noise"] + ROUNDING)


def newcombe(hits: float, rows: float, later_hits: float, later_rows: float) -> Estimate:
    """Return how much a rate has risen, with Newcombe's 95 % interval.

    Notes
    -----
    Method 10 of Newcombe (1998), Statistics in Medicine 17, 873-890: from the two Wilson intervals.

    Examples
    --------
    >>> rise = newcombe(48, 80, 56, 70)
    >>> round(rise["low"], 4), round(rise["high"], 4)
    (0.0524, 0.3339)
    """
    if not rows or not later_rows:
        return dict(UNKNOWN)
    was, now = limits(hits, rows), limits(later_hits, later_rows)
    rise = now[1] - was[1]
    down, up = np.hypot(was[2] - was[1], now[1] - now[0]), np.hypot(was[1] - was[0], now[2] - now[1])
    return {"value": rise, "low": float(rise - down), "high": float(rise + up)}


def limits(hits: float, rows: float) -> tuple[float, float, float]:
    """Return the low end, the value and the high end of a rate."""
    found = wilson(hits, rows)
    return float(found["low"] or 0.0), hits / rows, float(found["high"] or 0.0)


def welch(values: np.ndarray, later: np.ndarray) -> Estimate:
    """Return how much a mean has risen, with Welch's 95 % interval.

    Notes
    -----
    Welch (1947), Biometrika 34, 28-35: Student's t with Satterthwaite's degrees of freedom. One row on a side has no interval.
    """
    from scipy.special import stdtrit

    n, m = len(values), len(later)
    if not n or not m:
        return dict(UNKNOWN)
    with np.errstate(all="ignore"):
        rise = float(later.mean() - values.mean())
        if min(n, m) < 2 or not np.isfinite(rise):
            return {"value": rise if np.isfinite(rise) else None, "low": None, "high": None}
        a, b = values.var(ddof=1) / n, later.var(ddof=1) / m
        freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1)) if a + b > 0 else 1.0
        reach = float(stdtrit(freedom, 0.975) * np.sqrt(a + b))
    return {"value": rise, "low": rise - reach, "high": rise + reach} if np.isfinite(reach) else UNKNOWN | {"value": rise}


def kolmogorov_smirnov(x: np.ndarray, y: np.ndarray, *, few: np.ndarray | None = None) -> Gap:
    """Return how far two sorted samples of numbers lie apart.

    Parameters
    ----------
    x, y : numpy.ndarray
        Sorted, without missing values, neither of them empty; infinite values may be among them.
    few : numpy.ndarray, optional
        The two rows of counts per value where there are only few values: Kolmogorov's p knows no ties.

    Notes
    -----
    The statistic is that of `scipy.stats.ks_2samp`, its p the asymptotic one there. With few values p is the chi-square test's,
    and the noise at most the sum over the places where the values part.
    """
    if len(x) > len(y):
        turned = kolmogorov_smirnov(y, x, few=None if few is None else few[::-1])
        return Gap(turned.measure, turned.hits[::-1], turned.rows[::-1], turned.noise, turned.p)
    n, m = len(x), len(y)
    # Between two values of x only y's share rises: the differences are largest at a value of x or just before it.
    upto, before = np.searchsorted(y, x, side="right"), np.searchsorted(y, x, side="left")
    above, below = np.arange(1, n + 1) / n - upto / m, before / m - np.arange(n) / n
    i, j = int(np.argmax(above)), int(np.argmax(below))
    hits = (i + 1, int(upto[i])) if above[i] >= below[j] else (j, int(before[j]))
    noise = float(KOLMOGOROV_MEAN * np.sqrt(1 / n + 1 / m))
    if few is not None:
        return Gap("ks", hits, (n, m), min(noise, steps_noise(few)), chi_square(few))
    return Gap("ks", hits, (n, m), noise, kolmogorov_p(abs(hits[0] / n - hits[1] / m), n, m))


def steps_noise(counts: np.ndarray) -> float:
    """Return the expected differences summed over the places where few values part: no less than that of the largest."""
    n, m = counts.sum(axis=1)
    share = counts.sum(axis=0).cumsum()[:-1] / (n + m)
    return float(HALF_NORMAL_MEAN * np.sqrt(share * (1 - share) * (1 / n + 1 / m)).sum())


def kolmogorov_p(statistic: float, n: int, m: int) -> float:
    """Return the asymptotic p of the two-sample statistic, as scipy computes it."""
    from scipy.stats import kstwo

    return float(np.clip(kstwo.sf(statistic, max(1, np.round(n * m / (n + m)))), 0.0, 1.0))


def total_variation(counts: np.ndarray, *, measure: str = "tv") -> Gap:
    """Return how far two samples of labels lie apart.

    Parameters
    ----------
    counts : numpy.ndarray
        Two rows, a column a label; missing values are a label of their own. No row is empty.
    measure : str
        The name it goes by.
    """
    n, m = (int(total) for total in counts.sum(axis=1))
    more = counts[0] * m > counts[1] * n
    hits = (int(counts[0][more].sum()), int(counts[1][more].sum()))
    return Gap(measure, hits, (n, m), labels_noise(counts.sum(axis=0), n, m), chi_square(counts))


def labels_noise(counts: np.ndarray, n: int, m: int) -> float:
    """Return the total variation to expect between two random parts, by the labels' counts in both together.

    Notes
    -----
    Half the sum of each label's mean absolute deviation: de Moivre's closed form for binomial counts (Diaconis and Zabell 1991,
    Statistical Science 6, 284-302), with the correction for drawing without putting back.
    """
    from scipy.special import gammaln

    c, among = counts[counts > 0].astype(np.float64), n / (n + m)
    k = np.floor(c * among)
    ways = gammaln(c + 1) - gammaln(k + 2) - gammaln(c - k)
    deviation = 2 * (k + 1) * np.exp(ways + (k + 1) * np.log(among) + (c - k) * np.log1p(-among))
    left = np.sqrt((n + m - c) / max(n + m - 1, 1))
    return float((deviation * left).sum() * (1 / n + 1 / m) / 2)


def chi_square(counts: np.ndarray) -> float | None:
    """Return the p of the chi-square test that two samples of labels are alike; Fisher's exact one where rows are too few.

    Notes
    -----
    Labels of which fewer than 5 rows are expected on a side count together, which the labels' counts in both sides decide.
    """
    from scipy.special import chdtrc

    n, m = (int(total) for total in counts.sum(axis=1))
    if not n or not m:
        return None
    both = counts.sum(axis=0)
    rare = both * (min(n, m) / (n + m)) < FEWEST_EXPECTED
    cells = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)]) if rare.any() else counts
    if rare.any() and cells.shape[1] > 1 and cells[:, -1].sum() * min(n, m) < FEWEST_EXPECTED * (n + m):
        smallest = int(np.argmin(cells[:, :-1].sum(axis=0)))
        cells[:, smallest] += cells[:, -1]
        cells = cells[:, :-1]
    if cells.shape[1] < 2:
        return fisher(counts, both)
    expected = np.outer([n, m], cells.sum(axis=0)) / (n + m)
    return float(chdtrc(cells.shape[1] - 1, ((cells - expected) ** 2 / expected).sum()))


def fisher(counts: np.ndarray, both: np.ndarray) -> float:
    """Return Fisher's exact p of the most frequent label against the others; 1 where there are none."""
    from scipy.stats import fisher_exact

    if (both > 0).sum() < 2:
        return 1.0
    first = counts[:, int(np.argmax(both))]
    return float(fisher_exact(np.column_stack([first, counts.sum(axis=1) - first])).pvalue)


def unseen(counts: np.ndarray, missing: tuple[int, int]) -> Gap:
    """Return how far two samples of free text lie apart: rows whose value the other does not have, and more missing ones.

    Parameters
    ----------
    counts : numpy.ndarray
        Two rows, a column a value.
    missing : tuple of int
        Rows without a value.

    Notes
    -----
    The larger of both directions. Noise and p come from dealing the values out anew (without putting back): a value that stands
    in ``c`` rows falls to one side alone with a probability that has a closed form. Ids that never repeat are all unseen,
    and expected to be.
    """
    known = counts.sum(axis=1)
    rows = (int(known[0]) + missing[0], int(known[1]) + missing[1])
    alone = (int(counts[0][counts[1] == 0].sum()), int(counts[1][counts[0] == 0].sum()))
    gaps = total_variation(np.array([[missing[0], known[0]], [missing[1], known[1]]]))
    more = tuple(max(0.0, missing[i] / rows[i] - missing[1 - i] / rows[1 - i]) for i in (0, 1))
    side = int(alone[1] / rows[1] + more[1] > alone[0] / rows[0] + more[0])
    hits, noise = [0, 0], 0.0
    hits[side] = alone[side]
    if more[side] > 0:
        hits = [hits[i] + missing[i] for i in (0, 1)]
    if any(missing):
        noise = gaps.noise
    expected, p = dealt(counts.sum(axis=0), int(known[0]), int(known[1]), sum(alone))
    tests: list[float | None] = [p, gaps.p] if any(missing) else [p]
    return Gap("unseen", (hits[0], hits[1]), rows, expected[side] / rows[side] + noise, smallest_p(tests))


def dealt(counts: np.ndarray, n: int, m: int, alone: int) -> tuple[tuple[float, float], float]:
    """Return the rows on each side whose value the other would lack by chance, and the p of as many as there are."""
    from scipy.special import gammaln, ndtr

    if not n or not m:
        return (float(n), float(m)), 1.0
    c, values = np.unique(counts[counts > 0], return_counts=True)

    def all_on(side: int) -> np.ndarray:
        fits = c <= side
        top = np.where(fits, side - c, 0)
        log = gammaln(side + 1) - gammaln(top + 1) - gammaln(n + m + 1) + gammaln(n + m - c + 1)
        return np.where(fits, np.exp(log), 0.0)

    one, other = all_on(n), all_on(m)
    spread = float(np.sqrt((values * c**2 * (one + other) * np.clip(1 - one - other, 0, 1)).sum()))
    expected = (float((values * c * one).sum()), float((values * c * other).sum()))
    too_many = alone - sum(expected) - 0.5  # half a row for continuity
    return expected, float(ndtr(-too_many / spread)) if spread > 0 and too_many > 0 else 1.0


def smallest_p(tests: list[float | None]) -> float | None:
    """Return the smallest of several p's, times their number (Bonferroni)."""
    known = [p for p in tests if p is not None]
    return min(1.0, min(known) * len(known)) if known else None


def stability_index(counts: np.ndarray) -> float | None:
    """Return the population stability index of two rows of counts, shares below 0.0001 taken as that."""
    n, m = counts.sum(axis=1)
    if not n or not m:
        return None
    p, q = np.maximum(counts[0] / n, PSI_FLOOR), np.maximum(counts[1] / m, PSI_FLOOR)
    return float(((q - p) * np.log(q / p)).sum())


def adjusted(tests: list[float | None]) -> list[float | None]:
    """Return each p adjusted for how many there are, by Benjamini and Hochberg (1995, JRSS B 57, 289-300).

    Examples
    --------
    >>> [round(p, 3) for p in adjusted([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    known = np.array([p for p in tests if p is not None])
    order = np.argsort(-known, kind="stable")
    ranks = np.arange(len(known), 0, -1)
    found = np.empty(len(known))
    found[order] = np.minimum.accumulate(np.minimum(1.0, known[order] * len(known) / ranks))
    each = iter(found.tolist())
    return [None if p is None else next(each) for p in tests]
