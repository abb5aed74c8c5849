"""What fills a column's blanks, and how far its numbers are moved and divided, learnt from the training rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.experiment.plan.switches import Switches

Scale = tuple[float, float]
# Squares of larger numbers may be infinite.
HUGE = 1e150
# Two larger numbers may be further apart than a float can say.
MOST_APART = 1e307
# Trees read single precision, which ends at 3e38; new rows may hold larger numbers than these.
MOST_SINGLE = 1e30


def method_of(switches: Switches, suited: str) -> str:
    """Return the scaling that is wanted, where `suited` is what suits the family."""
    return suited if switches.scaling == "suited" else switches.scaling


def average(values: np.ndarray) -> float:
    """Return the mean of what is not blank; 0 where everything is."""
    known = values[~np.isnan(values)]
    return mean_of(known) if len(known) else 0.0


def unit_of(values: np.ndarray) -> float:
    """Return what numbers are divided by before they are squared or added: 1, unless these would be infinite."""
    most = float(np.abs(values).max(initial=0.0))
    return most if most > HUGE else 1.0


def mean_of(values: np.ndarray) -> float:
    """Return a mean, also of numbers whose sum is more than a float can say."""
    unit = unit_of(values)
    return float(values.mean() if unit == 1 else (values / unit).mean() * unit)


def deviation_of(values: np.ndarray) -> float:
    """Return a standard deviation, also of numbers whose squares are more than a float can say."""
    unit = unit_of(values)
    return float(values.std() if unit == 1 else (values / unit).std() * unit)


def middle(values: np.ndarray) -> float:
    """Return the median of what is not blank; 0 where everything is."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0


def most_frequent(values: np.ndarray) -> float:
    """Return the most frequent value, the smallest of several; 0 where everything is blank."""
    known, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    return float(known[counts.argmax()]) if len(known) else 0.0


FILLERS: dict[str, Callable[[np.ndarray], float]] = {
    "mean": average,
    "median": middle,
    "mode": most_frequent,
    "zero": lambda _: 0.0,
}


def spread(values: np.ndarray) -> float:
    """Return the standard deviation once blanks are filled with the mean; 1 for a constant."""
    known = values[~np.isnan(values)]
    if not len(known) or known.min() == known.max():
        return 1.0
    unit = unit_of(known)
    known = known if unit == 1 else known / unit
    return scale_of(unit * np.sqrt(((known - known.mean()) ** 2).sum() / len(values)))


def scale_of(deviation: float) -> float:
    """Return a divisor that leaves a constant alone."""
    return float(deviation) if np.isfinite(deviation) and deviation > 0 else 1.0


def whole(values: np.ndarray, filled: float | None) -> np.ndarray:
    """Return values with their blanks filled; those that stay blank are not looked at, and without any there is a 0."""
    known = values[~np.isnan(values)] if filled is None else np.where(np.isnan(values), filled, values)
    return known if len(known) else np.zeros(1)


def standard(values: np.ndarray, filled: float | None) -> Scale:
    """Scale to mean 0 and standard deviation 1; numbers of which not even a difference can be said to at most 1."""
    known = whole(values, filled)
    if (unit := unit_of(known)) > MOST_APART:
        return 0.0, unit
    if filled == average(values):
        return filled, spread(values)
    return mean_of(known), scale_of(deviation_of(known))


def between(values: np.ndarray, filled: float | None) -> Scale:
    """Scale the smallest to 0 and the largest to 1."""
    known = whole(values, filled)
    return float(known.min()), scale_of(known.max() - known.min())


def largest(values: np.ndarray, filled: float | None) -> Scale:
    """Scale the largest, sign aside, to 1."""
    return 0.0, scale_of(np.abs(whole(values, filled)).max())


def quartiles(values: np.ndarray, filled: float | None) -> Scale:
    """Scale by median and quartiles, which no outlier moves."""
    low, centre, high = np.percentile(whole(values, filled), [25, 50, 75])
    return float(centre), scale_of(high - low)


def single(values: np.ndarray, filled: float | None) -> Scale:
    """Leave numbers alone that single precision can say, and divide larger ones until it can."""
    most = float(np.abs(whole(values, filled)).max())
    return 0.0, most if most > MOST_SINGLE else 1.0


SCALINGS: dict[str, Callable[[np.ndarray, float | None], Scale]] = {
    "none": lambda *_: (0.0, 1.0),
    "single": single,
    "standard": standard,
    "minmax": between,
    "maxabs": largest,
    "robust": quartiles,
}
