"""What the switches learn from a training part's matrix: which columns stay, how they are bent, scaled and mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from workbench.bundle.operations import compiled
from workbench.bundle.replay import prepare
from workbench.experiment.plan.switches import Switches
from workbench.experiment.preparation.scaling import SCALINGS, method_of

Operation = dict[str, Any]

# A column in which one value has more than this share of the rows says next to nothing.
NEAR_CONSTANT = 0.99
# More quantiles than this bend a column no better, and every one of them stands in the bundle.
QUANTILES = 100
# Quantiles are somebody's cells: to this many digits they are nobody's amount any more.
DIGITS = 4


def learnt(
    program: Mapping[str, Any], frame: pl.DataFrame, switches: Switches, y: np.ndarray | None, *, is_scaled: bool
) -> list[Operation]:
    """Return the operations that switches ask for, learnt from the training rows.

    Parameters
    ----------
    program : mapping
        The columns as they were described.
    frame : polars.DataFrame
        The training rows.
    switches : Switches
        What is wanted.
    y : numpy.ndarray, optional
        The rows' targets.
    is_scaled : bool
        Whether scaling suits the family.
    """
    if not needs_operations(switches):
        return []
    matrix = prepare(dict(program) | {"dtype": "float64"}, frame)
    columns, operations = list(program["columns"]), []
    kept = chosen(matrix, columns, switches, y)
    if len(kept) < len(columns):
        operations.append({"op": "take", "at": kept})
        matrix, columns = matrix[:, kept], [columns[place] for place in kept]
    numbers = [place for place, column in enumerate(columns) if column["kind"] in ("number", "date")]
    if switches.transformation != "none" and numbers:
        steps = bending(matrix, numbers, switches, method_of(switches, "standard" if is_scaled else "none"))
        operations += steps
    if switches.pca is not None:
        for step in compiled([step for step in operations if step["op"] != "take"]):
            matrix = step(matrix)
        operations.append(components(matrix, switches.pca))
    return operations


def needs_operations(switches: Switches) -> bool:
    """Tell whether anything is wanted that no description of a single column says."""
    wanted = (switches.multicollinearity, switches.pca)
    return switches.low_variance or switches.transformation != "none" or any(value is not None for value in wanted)


def chosen(matrix: np.ndarray, columns: Sequence[Mapping[str, Any]], switches: Switches, y: np.ndarray | None) -> list[int]:
    """Return the positions of the columns that stay, in their order; the best of them where none would."""
    kept = list(range(matrix.shape[1]))
    if switches.low_variance:
        shares = np.array([share_of_most_frequent(matrix[:, place]) for place in kept])
        kept = [place for place in kept if shares[place] <= NEAR_CONSTANT] or [int(shares.argmin())]
    if switches.multicollinearity is not None:
        # Codes of categories have no order, so they correlate with nothing.
        ordered = [place for place in kept if not is_code(columns[place])]
        gone = set(ordered) - set(apart(matrix, ordered, switches.multicollinearity, y))
        kept = [place for place in kept if place not in gone]
    return kept


def is_code(column: Mapping[str, Any]) -> bool:
    """Tell whether a column holds codes of a category, not zeros and ones."""
    return column["kind"] == "table" and len(column["outputs"]) > 2 and max(filter(None, column["outputs"]), default=0) > 1


def share_of_most_frequent(values: np.ndarray) -> float:
    """Return the share of the rows that have the most frequent value; blanks are one."""
    _, counts = np.unique(values, return_counts=True)
    return float(counts.max() / len(values)) if len(values) else 1.0


def apart(matrix: np.ndarray, places: Sequence[int], most: float, y: np.ndarray | None) -> list[int]:
    """Return columns of which no two correlate more, preferring those that say more about the target."""
    if len(places) < 2:
        return list(places)
    values = matrix[:, places]
    values = np.where(np.isnan(values), np.nanmean(np.where(np.isfinite(values), values, np.nan), axis=0), values)
    with np.errstate(divide="ignore", invalid="ignore"):
        related = np.abs(np.nan_to_num(np.corrcoef(values, rowvar=False)))
    order = np.argsort(-relevance(values, y), kind="stable")
    kept: list[int] = []
    for place in order:
        if not any(related[place, other] > most for other in kept):
            kept.append(int(place))
    return [places[place] for place in kept]


def relevance(values: np.ndarray, y: np.ndarray | None) -> np.ndarray:
    """Return how much each column correlates with the target: with a number, or with the class it tells apart best."""
    if y is None:
        return np.zeros(values.shape[1])
    codes = np.unique(y) if y.dtype.kind in "iu" else []
    targets = np.column_stack([y == code for code in codes] if len(codes) else [y]).astype(float)
    a, b = values - values.mean(axis=0), targets - targets.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.abs(a.T @ b) / np.sqrt((a**2).sum(axis=0)[:, None] * (b**2).sum(axis=0))
    return np.nan_to_num(found).max(axis=1)


def bending(matrix: np.ndarray, numbers: list[int], switches: Switches, scaling: str) -> list[Operation]:
    """Return the operation that makes numbers less skewed, and the one that scales them then."""
    values = matrix[:, numbers]
    bend = powers(values, numbers) if switches.transformation == "yeo-johnson" else quantiles(values, numbers)
    if scaling == "none":
        return [bend]
    bent = compiled([bend])[0](matrix.copy())[:, numbers]
    pairs = [SCALINGS[scaling](column, None) for column in bent.T]
    return [bend, {"op": "scale", "at": numbers, "shift": [s for s, _ in pairs], "scale": [s for _, s in pairs]}]


def powers(values: np.ndarray, at: list[int]) -> Operation:
    """Return Yeo and Johnson's power for each column; 1, which bends nothing, where none can be found."""
    from sklearn.preprocessing import PowerTransformer

    with np.errstate(all="ignore"):
        found = PowerTransformer(method="yeo-johnson", standardize=False).fit(values).lambdas_
    return {"op": "yeo-johnson", "at": at, "lambdas": [float(x) if np.isfinite(x) else 1.0 for x in found]}


def quantiles(values: np.ndarray, at: list[int]) -> Operation:
    """Return the quantiles of each column; of one without numbers those of 0 to 1."""
    shares = np.linspace(0, 1, min(QUANTILES, max(2, len(values))))
    rows = [np.quantile(known, shares) if len(known := column[~np.isnan(column)]) else shares for column in values.T]
    return {"op": "quantile", "at": at, "quantiles": [[float(f"{x:.{DIGITS}g}") for x in row] for row in rows]}


def components(matrix: np.ndarray, wanted: float | int) -> Operation:
    """Return the principal components of all columns: so many at most, or as many as hold this share of the variance."""
    from sklearn.decomposition import PCA

    count = min(int(wanted), *matrix.shape) if isinstance(wanted, int) else wanted
    found = PCA(n_components=count, svd_solver="full").fit(matrix)
    return {"op": "project", "mean": found.mean_.tolist(), "components": found.components_.tolist()}
