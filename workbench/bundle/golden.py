"""Golden rows: training rows kept with what the model said about them, by which a bundle proves itself wherever it is read."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.bundle.manifest import MOST_TOLERANCE
from workbench.bundle.replay import Outputs, Replay
from workbench.errors import BundleError

# Tighter than any number that is shown, wider than one rounding.
TOLERANCE = 1e-9


def with_outputs(rows: pl.DataFrame, replay: Replay) -> pl.DataFrame:
    """Return the rows with what the model says about them in further columns, whose names clash with none."""
    said = figures(replay.outputs(rows), replay)
    names = [free_name(f"output_{i}", rows.columns) for i in range(said.shape[1])]
    return rows.hstack([pl.Series(name, said[:, i]) for i, name in enumerate(names)])


def free_name(name: str, taken: list[str]) -> str:
    """Return a name that no column has."""
    while name in taken:
        name += "_"
    return name


def figures(outputs: Outputs, replay: Replay) -> np.ndarray:
    """Return outputs as numbers alone: a label by its position, then probabilities or scores."""
    if not replay.task.is_classification:
        return outputs.prediction.reshape(-1, 1)
    position = {label: i for i, label in enumerate(replay.names.tolist())}
    codes = np.array([position[p] for p in outputs.prediction.tolist()], dtype=np.float64)
    return np.column_stack([codes, *(more for more in (outputs.probabilities, outputs.score) if more is not None)])


def tolerance(rows: pl.DataFrame, replay: Replay) -> float:
    """Return how far a prediction may be off: more only where an estimator's own answer depends on the batch it is asked in."""
    whole = figures(replay.outputs(rows), replay)
    alone = np.vstack([figures(replay.outputs(rows.slice(i, 1)), replay) for i in range(rows.height)])
    return float(np.clip(10 * difference(whole, alone), TOLERANCE, MOST_TOLERANCE))


def difference(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference, relative to the largest number of each column."""
    size = np.maximum(np.abs(expected).max(axis=0, initial=0.0), 1e-12)
    return float((np.abs(found - expected) / size).max(initial=0.0))


def check(golden: pl.DataFrame, features: list[str], replay: Replay, *, within: float) -> None:
    """Predict golden rows again.

    Raises
    ------
    BundleError
        If the model does not say what it said when it was written.
    """
    kept = golden.drop(features).to_numpy()
    found = figures(replay.outputs(golden.select(features)), replay)
    if kept.shape != found.shape:
        raise BundleError("error.bundle.golden", rows=golden.height)
    wrong = ~(np.abs(found - kept) <= within * np.maximum(np.abs(kept).max(axis=0, initial=0.0), 1e-12)).all(axis=1)
    if wrong.any():
        raise BundleError("error.bundle.golden", rows=int(wrong.sum()))
