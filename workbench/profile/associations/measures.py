"""How strongly two columns go together: Pearson's r, the correlation ratio and Cramér's V, None where it cannot be told."""

from __future__ import annotations

import numpy as np

# Fewer rows than this in common say nothing about a pair.
FEWEST_ROWS = 10


def correlation(x: np.ndarray, y: np.ndarray) -> tuple[float | None, int]:
    """Return Pearson's correlation over the rows where both are finite, and how many those are.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(12.0)
    >>> correlation(x, 3 - x)
    (-1.0, 12)
    """
    both = np.isfinite(x) & np.isfinite(y)
    rows = int(both.sum())
    if rows < FEWEST_ROWS:
        return None, rows
    a, b = centred(x[both]), centred(y[both])
    if a is None or b is None:
        return None, rows
    return finite(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0)), rows


def centred(x: np.ndarray) -> np.ndarray | None:
    """Return numbers less their mean, within -1 and 1; None where all are the same."""
    low, high = x.min(), x.max()
    if low == high:
        return None
    # Halves, as the distance between two finite numbers may not be finite.
    scaled = (x / 2 - low / 2) / (high / 2 - low / 2)
    return scaled - scaled.mean()


def ratio(codes: np.ndarray, size: int, x: np.ndarray) -> tuple[float | None, int]:
    """Return the correlation ratio of numbers by category over the rows that have both, and how many those are.

    Parameters
    ----------
    codes : numpy.ndarray
        Each row's category from 0; `size` and more where it has none.
    size : int
        How many categories there are.
    x : numpy.ndarray
        The numbers.
    """
    both = (codes < size) & np.isfinite(x)
    rows = int(both.sum())
    z = centred(x[both]) if rows >= FEWEST_ROWS else None
    if z is None:
        return None, rows
    count = np.bincount(codes[both], minlength=size).astype(np.float64)
    total = np.bincount(codes[both], weights=z, minlength=size)
    return finite(ratios(count[:, None], total[:, None], np.array([z @ z]))[0]), rows


def ratios(count: np.ndarray, total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Return the correlation ratio of several numbers by one category.

    Parameters
    ----------
    count, total : numpy.ndarray
        Rows and sum of each number (a column) in each category (a row).
    squares : numpy.ndarray
        Each number's sum of squares around its mean; NaN where it does not vary.

    Returns
    -------
    numpy.ndarray
        The square root of 1 - (SSW / (n - k)) / (SST / (n - 1)), at least 0: eta with the share that k categories explain by
        chance taken off (Kelley 1935, epsilon squared), as Cramér's V has it taken off. NaN where n is not above k.
    """
    with np.errstate(all="ignore"):
        rows, used = count.sum(axis=0), (count > 0).sum(axis=0)
        between = np.where(count > 0, total**2 / count, 0.0).sum(axis=0) - total.sum(axis=0) ** 2 / rows
        explained = 1 - (1 - between / squares) * (rows - 1) / (rows - used)
        told = (rows >= FEWEST_ROWS) & (rows > used) & (used > 1) & (squares > 0)
        return np.where(told, np.sqrt(np.clip(explained, 0.0, 1.0)), np.nan)


def cramers_v(table: np.ndarray) -> tuple[float | None, int]:
    """Return Cramér's V of a table of counts, corrected for bias, and how many rows it counts.

    Notes
    -----
    Bergsma (2013), "A bias-correction for Cramér's V and Tschuprow's T": what chance alone adds to chi squared is taken off,
    and the number of categories shrinks in step, so that unrelated columns with many categories come out at 0.
    """
    rows = int(table.sum())
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0].astype(np.float64)
    r, k = table.shape
    if rows < FEWEST_ROWS or min(r, k) < 2:
        return None, rows
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / rows
    phi = max(0.0, float(((table - expected) ** 2 / expected).sum()) / rows - (r - 1) * (k - 1) / (rows - 1))
    fewest = min(r - (r - 1) ** 2 / (rows - 1), k - (k - 1) ** 2 / (rows - 1)) - 1
    return (finite(min(1.0, np.sqrt(phi / fewest))) if fewest > 0 else None), rows


def finite(value: float) -> float | None:
    """Return a plain number, None for what is none."""
    return float(value) if np.isfinite(value) else None
