"""How columns go together: Pearson's correlation of every pair of numbers over the rows where both are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

# Rows at a time: bounds the memory of the products, and keeps them in the processor's cache.
BLOCK = 32_768
# Fewer rows than this in common say nothing about a pair.
FEWEST_ROWS = 10
# More columns than this would make a matrix of a million cells; the first ones are taken and the profile says so.
MOST_COLUMNS = 400


def correlations(table: pl.DataFrame) -> dict[str, Any]:
    """Correlate the numeric columns pairwise.

    Returns
    -------
    dict
        ``columns``, ``matrix`` (row by row; None where a pair cannot be computed) and ``left_out``, how many numeric
        columns were beyond the limit.
    """
    names = [s.name for s in table if s.dtype.is_numeric()]
    kept = names[:MOST_COLUMNS]
    if not kept:
        return {"columns": [], "matrix": [], "left_out": 0}
    r, common = pearson(table.select(kept))
    shown = np.isfinite(r) & (common >= FEWEST_ROWS)
    matrix = [[float(v) if ok else None for v, ok in zip(*row, strict=True)] for row in zip(r, shown, strict=True)]
    return {"columns": kept, "matrix": matrix, "left_out": len(names) - len(kept)}


def pearson(numbers: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the correlation of every pair over the rows both have, and how many those are.

    Notes
    -----
    Columns are centred and scaled by their own mean and spread first, so that sums of squares lose no digits; then five matrix
    products give every pair's moments at once.
    """
    centre, scale = spread(numbers)
    width = numbers.width
    n, sx, sxx, sxy = (np.zeros((width, width)) for _ in range(4))
    # Absurdly large values overflow to infinity or NaN, which leaves their pairs without a number.
    with np.errstate(all="ignore"):
        for start in range(0, numbers.height, BLOCK):
            x = numbers.slice(start, BLOCK).cast(pl.Float64).to_numpy()
            known = np.isfinite(x)
            z = np.where(known, (x - centre) / scale, 0.0)
            mask = known.astype(np.float64)
            n += mask.T @ mask
            sx += z.T @ mask
            sxx += (z * z).T @ mask
            sxy += z.T @ z
        covariance = sxy - sx * sx.T / n
        variance = sxx - sx**2 / n
        # What rounding leaves of a column that does not vary on the common rows is not variation.
        variance[variance < 1e-10 * np.maximum(n, 1)] = np.nan
        r = covariance / np.sqrt(variance * variance.T)
    return np.clip(r, -1.0, 1.0), n


def spread(numbers: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return each column's mean and standard deviation over its finite values; 0 and 1 where there is none."""
    centres, scales = [], []
    with np.errstate(all="ignore"):
        for series in numbers:
            x = series.drop_nulls().to_numpy().astype(np.float64)
            x = x[np.isfinite(x)]
            deviation = float(x.std()) if len(x) else 0.0
            centre = float(x.mean()) if len(x) and np.isfinite(x.mean()) else 0.0
            centres.append(centre)
            # A constant's deviation is not always zero: its mean is rounded.
            scales.append(deviation if np.isfinite(deviation) and deviation > 1e-13 * abs(centre) else 1.0)
    return np.array(centres), np.array(scales)


def pairs(associations: dict[str, Any], *, at_least: float) -> list[tuple[str, str, float]]:
    """List the pairs whose correlation is at least so strong, strongest first."""
    names = associations["columns"]
    found = [
        (names[i], names[j], r)
        for i, row in enumerate(associations["matrix"])
        for j, r in enumerate(row[:i])
        if r is not None and abs(r) >= at_least
    ]
    return [(b, a, r) for a, b, r in sorted(found, key=lambda pair: -abs(pair[2]))]
