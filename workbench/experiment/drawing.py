"""Which rows a smaller part of a table has, by chance: classes in their shares, groups whole."""

from __future__ import annotations

import numpy as np


def drawn(y: np.ndarray, most_rows: int, seed: int, *, is_classes: bool, group: np.ndarray | None = None) -> np.ndarray:
    """Return the positions of at most so many rows, in their order.

    Parameters
    ----------
    y : numpy.ndarray
        The rows' targets.
    most_rows : int
        How many rows are wanted. Of groups as many whole ones are drawn as fit, one at least.
    seed : int
        The same seed draws the same rows.
    is_classes : bool
        Whether the targets are codes of classes, which keep their shares.
    group : numpy.ndarray, optional
        The name of each row's group.
    """
    if len(y) <= most_rows:
        return np.arange(len(y))
    chance = np.random.default_rng(seed)
    if group is not None:
        return of_groups(group, most_rows, chance)
    return of_classes(y, most_rows, chance) if is_classes else np.sort(chance.choice(len(y), most_rows, replace=False))


def of_groups(group: np.ndarray, most_rows: int, chance: np.random.Generator) -> np.ndarray:
    """Draw groups one after the other until the next would be too much."""
    names, codes = np.unique(group, return_inverse=True)
    order = chance.permutation(len(names))
    sizes = np.bincount(codes)[order].cumsum()
    return np.flatnonzero(np.isin(codes, order[: max(1, int((sizes <= most_rows).sum()))]))


def of_classes(y: np.ndarray, most_rows: int, chance: np.random.Generator) -> np.ndarray:
    """Draw from each class its share, rounded so that the shares fill the sample; of a rare class one row at least."""
    codes, counts = np.unique(y, return_counts=True)
    exact = counts * most_rows / len(y)
    shares = np.maximum(np.floor(exact).astype(int), 1)
    for place in np.argsort(-(exact - np.floor(exact)), kind="stable"):
        shares[place] += int(shares.sum() < most_rows and shares[place] < counts[place])
    picked = [chance.choice(np.flatnonzero(y == code), share, replace=False) for code, share in zip(codes, shares, strict=True)]
    return np.sort(np.concatenate(picked))
