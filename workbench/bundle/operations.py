"""What a program does to whole matrices once its columns stand: columns chosen, scaled, bent, or mixed into components.

Each operation is plain data, so that a bundle's preparation stays a file that a person can read and that builds no objects::

    {"op": "take",        "at": [...]}                                  these columns, in this order
    {"op": "scale",       "at": [...], "shift": [...], "scale": [...]}  (value - shift) / scale
    {"op": "yeo-johnson", "at": [...], "lambdas": [...]}                a power for each column that makes it less skewed
    {"op": "quantile",    "at": [...], "quantiles": [[...], ...]}       a value's place among the quantiles, as a normal score
    {"op": "project",     "mean": [...], "components": [[...], ...]}    principal components in place of all columns

A blank (NaN) stays one through all but the last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Step = Callable[[np.ndarray], np.ndarray]

# scikit-learn clips normal scores where a quantile is 0 or 1.
EDGE = 1e-7
# A list of all quantiles, or all components of a wide table, is long; a file far beyond is not one.
MOST_NUMBERS = 4_000_000


def checked_width(operations: Any, width: int) -> int | None:
    """Return how many columns come out of operations on so many, or None where they cannot be followed."""
    if not isinstance(operations, list):
        return None
    for operation in operations:
        after = width_after(operation, width)
        if after is None:
            return None
        width = after
    return width


def width_after(operation: Any, width: int) -> int | None:
    """Return how many columns one operation leaves, or None where it is not complete and well formed."""
    if not isinstance(operation, Mapping) or operation.get("op") not in STEPS:
        return None
    if operation["op"] == "project":
        mean, components = operation.get("mean"), operation.get("components")
        whole = are_numbers(mean, width) and are_rows(components, width) and 0 < len(components) <= width  # type: ignore[arg-type]
        return len(components) if whole else None  # type: ignore[arg-type]
    at = operation.get("at")
    if not are_places(at, width):
        return None
    if operation["op"] == "take":
        return len(at)  # type: ignore[arg-type]
    return width if OTHERS[operation["op"]](operation, len(at)) else None  # type: ignore[arg-type]


def is_scale(operation: Mapping[str, Any], count: int) -> bool:
    """Tell whether a scaling has a number and a divisor for each column."""
    scale = operation.get("scale")
    return are_numbers(operation.get("shift"), count) and are_numbers(scale, count) and all(scale)  # type: ignore[arg-type]


def is_power(operation: Mapping[str, Any], count: int) -> bool:
    """Tell whether there is a power for each column."""
    return are_numbers(operation.get("lambdas"), count)


def is_quantile(operation: Mapping[str, Any], count: int) -> bool:
    """Tell whether there are quantiles in order for each column."""
    rows = operation.get("quantiles")
    if not isinstance(rows, list) or len(rows) != count or sum(len(r) for r in rows if isinstance(r, list)) > MOST_NUMBERS:
        return False
    return all(isinstance(r, list) and len(r) > 1 and are_numbers(r, len(r)) and sorted(r) == r for r in rows)


OTHERS: dict[str, Callable[[Mapping[str, Any], int], bool]] = {
    "scale": is_scale,
    "yeo-johnson": is_power,
    "quantile": is_quantile,
}


def are_places(value: Any, width: int) -> bool:
    """Tell whether a list holds different positions of columns, one at least."""
    if not isinstance(value, list) or not value or any(type(place) is not int for place in value):
        return False
    return len(set(value)) == len(value) and min(value) >= 0 and max(value) < width


def are_numbers(value: Any, count: int) -> bool:
    """Tell whether a list holds so many finite numbers."""
    if not isinstance(value, list) or len(value) != count:
        return False
    return all(type(x) in (int, float) and math.isfinite(x) for x in value)


def are_rows(value: Any, width: int) -> bool:
    """Tell whether a list holds rows of so many numbers."""
    if not isinstance(value, list) or len(value) * width > MOST_NUMBERS:
        return False
    return all(are_numbers(row, width) for row in value)


def compiled(operations: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return checked operations as functions of a float64 matrix, which they may overwrite."""
    return [STEPS[operation["op"]](operation) for operation in operations]


def take(operation: Mapping[str, Any]) -> Step:
    """Return the choice of columns."""
    at = np.array(operation["at"], dtype=np.intp)
    return lambda matrix: matrix[:, at]


def scaling(operation: Mapping[str, Any]) -> Step:
    """Return the scaling of some columns."""
    at, shift, scale = (np.array(operation[name]) for name in ("at", "shift", "scale"))

    def step(matrix: np.ndarray) -> np.ndarray:
        matrix[:, at] = (matrix[:, at] - shift) / scale
        return matrix

    return step


def power(operation: Mapping[str, Any]) -> Step:
    """Return Yeo and Johnson's power of some columns."""
    pairs = [(place, float(exponent)) for place, exponent in zip(operation["at"], operation["lambdas"], strict=True)]

    def step(matrix: np.ndarray) -> np.ndarray:
        for place, exponent in pairs:
            matrix[:, place] = bent(matrix[:, place], exponent)
        return matrix

    return step


def bent(values: np.ndarray, exponent: float) -> np.ndarray:
    """Return Yeo and Johnson's power of values, which bends both sides of 0."""
    out = values.copy()
    above, below = values >= 0, values < 0
    high, low = values[above], values[below]
    # As scikit-learn decides which exponents count as 0 and 2.
    near_zero, near_two = abs(exponent) < np.spacing(1.0), abs(exponent - 2) <= np.spacing(1.0)
    out[above] = np.log1p(high) if near_zero else (np.power(high + 1, exponent) - 1) / exponent
    out[below] = -np.log1p(-low) if near_two else -(np.power(-low + 1, 2 - exponent) - 1) / (2 - exponent)
    return out


def ranking(operation: Mapping[str, Any]) -> Step:
    """Return the normal score of each value's place among its column's quantiles."""
    rows = [np.array(row, dtype=np.float64) for row in operation["quantiles"]]
    pairs = list(zip(operation["at"], rows, strict=True))

    def step(matrix: np.ndarray) -> np.ndarray:
        for place, quantiles in pairs:
            matrix[:, place] = normal_score(matrix[:, place], quantiles)
        return matrix

    return step


def normal_score(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return values as scikit-learn's quantile transformer maps them onto a normal distribution."""
    from scipy.special import ndtri

    shares = np.linspace(0, 1, len(quantiles))
    # Equal quantiles are a step; from both sides its middle is met.
    up = np.interp(values, quantiles, shares)
    down = np.interp(-values, -quantiles[::-1], -shares[::-1])
    place = 0.5 * (up - down)
    # Of a constant both are true, and the lower end wins there.
    place = np.where(values - EDGE < quantiles[0], 0.0, np.where(values + EDGE > quantiles[-1], 1.0, place))
    lowest, highest = ndtri(EDGE - np.spacing(1)), ndtri(1 - (EDGE - np.spacing(1)))
    return np.where(np.isnan(values), np.nan, np.clip(ndtri(place), lowest, highest))


def projection(operation: Mapping[str, Any]) -> Step:
    """Return the principal components of all columns."""
    mean, components = np.array(operation["mean"], dtype=np.float64), np.array(operation["components"], dtype=np.float64).T
    return lambda matrix: (matrix - mean) @ components


STEPS: dict[str, Callable[[Mapping[str, Any]], Step]] = {
    "take": take,
    "scale": scaling,
    "yeo-johnson": power,
    "quantile": ranking,
    "project": projection,
}
