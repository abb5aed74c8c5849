"""A fold's training rows, without those unlike all others and with rare classes filled up; nothing here touches a new row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from workbench.bundle.preparation import finished
from workbench.bundle.replay import prepare

# Rows that a made-up one lies between: it and one of this many nearest of its class.
NEIGHBOURS = 5


def usual(program: dict[str, Any], frame: pl.DataFrame, share: float, seed: int) -> np.ndarray:
    """Return the positions of the rows that stay when the share that an isolation forest finds easiest to part is left out.

    Parameters
    ----------
    program : dict
        A preparation without blanks, a tree's.
    frame : polars.DataFrame
        The training rows.
    share : float
        How many are left out, of 1.
    seed : int
        The forest's.
    """
    from sklearn.ensemble import IsolationForest

    found = IsolationForest(contamination=share, random_state=seed, n_jobs=1).fit_predict(prepare(program, frame))
    return np.flatnonzero(found > 0)


def balanced(
    matrix: np.ndarray, y: np.ndarray, program: Mapping[str, Any], method: str, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return training rows in which every class has as many as the largest, and their classes.

    Parameters
    ----------
    matrix : numpy.ndarray
        The prepared training rows.
    y : numpy.ndarray
        Their classes.
    program : mapping
        What the matrix's columns are.
    method : {"oversample", "smote"}
        Rows repeated by chance, or made up between neighbours of one class.
    seed : int
        What chance starts from.
    """
    chance = np.random.default_rng(seed)
    classes, counts = np.unique(y, return_counts=True)
    parts, labels = [matrix], [y]
    for code, count in zip(classes, counts, strict=True):
        if missing := int(counts.max() - count):
            own = matrix[y == code]
            parts.append(repeated(own, missing, chance) if method == "oversample" else between(own, missing, program, chance))
            labels.append(np.full(missing, code, dtype=y.dtype))
    order = "F" if matrix.flags.f_contiguous else "C"
    return np.asarray(np.concatenate(parts), order=order), np.concatenate(labels)  # type: ignore[call-overload]


def repeated(rows: np.ndarray, count: int, chance: np.random.Generator) -> np.ndarray:
    """Return so many of the rows, drawn with replacement."""
    return rows[chance.integers(0, len(rows), count)]


def between(rows: np.ndarray, count: int, program: Mapping[str, Any], chance: np.random.Generator) -> np.ndarray:
    """Return rows between neighbours: numbers somewhere between both, categories and flags whole from either of them."""
    if len(rows) < 2:
        return repeated(rows, count, chance)
    first = chance.integers(0, len(rows), count)
    second = neighbours(rows)[first, chance.integers(0, min(NEIGHBOURS, len(rows) - 1), count)]
    weight = chance.random((count, 1))
    made = rows[first] + (rows[second] - rows[first]) * weight.astype(rows.dtype)
    whole = [place for place, column in enumerate(finished(program)) if column and column["kind"] in ("table", "missing")]
    if whole:
        made[:, whole] = np.where(weight < 0.5, rows[first][:, whole], rows[second][:, whole])
    return made


def neighbours(rows: np.ndarray) -> np.ndarray:
    """Return the nearest others of each row, every column scaled to the same spread and blanks in its middle."""
    from sklearn.neighbors import NearestNeighbors

    known = np.isfinite(rows)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, rows, 0).sum(axis=0, dtype=np.float64) / count
    centred = np.where(known, rows - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    centred /= np.where(spread > 0, spread, 1.0)
    most = min(NEIGHBOURS, len(rows) - 1)
    found = NearestNeighbors(n_neighbors=most + 1, n_jobs=1).fit(centred).kneighbors(centred, return_distance=False)
    # A row is its own nearest, except among copies of it.
    own = found == np.arange(len(rows))[:, None]
    own[~own.any(axis=1), -1] = True
    return found[~own].reshape(len(rows), most)


def weights(y: np.ndarray) -> np.ndarray:
    """Return a weight for each row by which every class counts the same."""
    classes, place, counts = np.unique(y, return_inverse=True, return_counts=True)
    return (len(y) / (len(classes) * counts))[place]
