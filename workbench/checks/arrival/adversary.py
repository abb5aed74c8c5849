"""Adversarial validation: how well a small model tells the rows of two tables apart, and by which columns.

Two samples of one distribution cannot be told apart: the out-of-fold AUC is 0.5 (a classifier two-sample test, Lopez-Paz and
Oquab 2017). From 0.7 on the rows are told apart acceptably, from 0.8 on excellently (Hosmer and Lemeshow 2000, 162).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workbench.words import Text

FOLDS = 5
SEED = 0
# Rows of either side, and cells of both together: the AUC of more moves in the third digit.
MOST_ROWS, MOST_CELLS = 10_000, 5_000_000
FEWEST_ROWS = 50
# An AUC that is worth a note or a warning, if its interval lies above the second figure.
NOTED, NOTED_LOW = 0.60, 0.55
STRONG, STRONG_LOW = 0.70, 0.60
# Columns that carry less of the model are not named.
TELLING, MOST_TELLING = 0.05, 8
Z = 1.959964
# A small model: it is to find what is plain, not to remember rows.
SETTINGS: dict[str, Any] = {
    "n_estimators": 40,
    "num_leaves": 8,
    "learning_rate": 0.1,
    "importance_type": "gain",
    "n_jobs": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "random_state": SEED,
}


@dataclass(frozen=True)
class Apart:
    """How well two tables are told apart."""

    auc: float
    low: float
    high: float
    rows: tuple[int, int]
    """Rows used of each."""
    total: tuple[int, int]
    weights: tuple[tuple[str, float], ...]
    """Each column's share of the model's gain, largest first."""

    @property
    def grade(self) -> str | None:
        """``strong``, ``noted``, or None where chance may be all there is."""
        if self.auc >= STRONG and self.low >= STRONG_LOW:
            return "strong"
        return "noted" if self.auc >= NOTED and self.low > NOTED_LOW else None

    @property
    def telling(self) -> list[tuple[str, float]]:
        """The columns that give the difference away."""
        return [(name, share) for name, share in self.weights if share >= TELLING][:MOST_TELLING]

    @property
    def sampled(self) -> Text | str:
        """The sentence that says a sample was measured, or nothing where every row was."""
        if self.rows == self.total:
            return ""
        return Text("check.adversary.sampled", rows=sum(self.rows), total=sum(self.total), seed=SEED)

    def chart(self) -> dict[str, object] | None:
        """Return the bars of the columns' shares."""
        if not self.telling:
            return None
        names, shares = zip(*self.telling, strict=True)
        return {
            "kind": "bars",
            "labels": list(names),
            "values": list(shares),
            "low": None,
            "high": None,
            "share": True,
            "x": "check.adversary.gain",
            "highlight": [0],
        }


def tell_apart(
    first: pl.DataFrame, second: pl.DataFrame, *, groups: tuple[pl.Series, pl.Series] | None = None, in_order: bool = False
) -> Apart | None:
    """Fit a small model that tells two tables apart, and score it on rows it has not seen.

    Parameters
    ----------
    first, second : polars.DataFrame
        Tables with the same columns.
    groups : tuple of polars.Series, optional
        What each row belongs to: rows of one entity never stand on both sides of a fold, or they would be known by it.
    in_order : bool
        The rows stand in an order; folds are then blocks of neighbours, which are alike in many ways.

    Returns
    -------
    Apart or None
        None where either has too few rows, nothing varies, or too few groups stand on a side.

    Notes
    -----
    The interval is the wider of Hanley and McNeil's (1982, Radiology 143, 29-36), which takes rows as independent, and
    Student's from the spread of the five folds, which does not.
    """
    total = (first.height, second.height)
    places = tuple(drawn(rows, first.width) for rows in total)
    one, two = first[places[0]], second[places[1]]
    if min(one.height, two.height) < FEWEST_ROWS:
        return None
    both = pl.concat([one, two])
    kept = [name for name in both.columns if both[name].n_unique() > 1]
    if not kept:
        return None
    y = np.repeat([0, 1], [one.height, two.height])
    owner = (
        None
        if groups is None
        else np.concatenate([g.cast(pl.String)[p].fill_null("") for g, p in zip(groups, places, strict=True)])
    )
    fold = folds(y, owner, in_order=in_order)
    if fold is None:
        return None
    return scored(matrix(both.select(kept)), kept, y, fold, total)


def drawn(rows: int, columns: int) -> np.ndarray:
    """Return which rows are used, in their order."""
    most = min(MOST_ROWS, max(500, MOST_CELLS // (2 * max(columns, 1))))
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(SEED).choice(rows, most, replace=False))


def matrix(frame: pl.DataFrame) -> np.ndarray:
    """Return columns as numbers a tree can part: labels by how frequent they are in both tables, missing ones as such."""
    with np.errstate(over="ignore"):  # what is too large for half the width is infinite to a tree
        return np.column_stack([numbers(series) for series in frame]).astype(np.float32)


def numbers(series: pl.Series) -> np.ndarray:
    """Return one column as numbers."""
    if series.dtype == pl.String:
        ranked = series.drop_nulls().alias("value").value_counts().sort(["count", "value"], descending=[True, False])
        ranks = ranked.with_row_index("rank").select("value", "rank")
        series = series.to_frame("value").join(ranks, on="value", how="left", maintain_order="left")["rank"]
    elif series.dtype in (pl.Date, pl.Datetime):
        series = series.cast(pl.Datetime("us")).dt.timestamp("ms")
    found: np.ndarray = series.cast(pl.Float64).to_numpy()
    return found


def folds(y: np.ndarray, owner: np.ndarray | None, *, in_order: bool) -> np.ndarray | None:
    """Return the fold of each row, or None where some fold lacks a side."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    fold = np.zeros(len(y), dtype=np.int64)
    if owner is not None:
        if len(np.unique(owner)) < 2 * FOLDS:
            return None
        parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(y, y, owner)
    elif in_order:
        for side in (0, 1):
            here = np.flatnonzero(y == side)
            fold[here] = np.arange(len(here)) * FOLDS // len(here)
        return fold
    else:
        parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(y, y)
    for number, (_, judged) in enumerate(parts):
        fold[judged] = number
    whole = all(len(np.unique(y[fold == k])) == len(np.unique(y[fold != k])) == 2 for k in range(FOLDS))
    return fold if whole else None


def scored(x: np.ndarray, names: list[str], y: np.ndarray, fold: np.ndarray, total: tuple[int, int]) -> Apart:
    """Fit on four folds, judge on the fifth, five times."""
    import lightgbm
    from sklearn.metrics import roc_auc_score

    out, gain, each = np.zeros(len(y)), np.zeros(len(names)), []
    smallest = int(np.clip(len(y) // 40, 5, 40))
    for k in range(FOLDS):
        train, judged = fold != k, fold == k
        model = lightgbm.LGBMClassifier(min_child_samples=smallest, class_weight="balanced", **SETTINGS)
        model.fit(x[train], y[train])
        out[judged] = model.booster_.predict(x[judged])
        gain += model.feature_importances_
        each.append(float(roc_auc_score(y[judged], out[judged])))
    auc = float(roc_auc_score(y, out))
    sides = (int((y == 0).sum()), int((y == 1).sum()))
    reach = max(Z * hanley_mcneil(auc, *sides), of_folds(each))
    shares = gain / gain.sum() if gain.sum() else gain
    weights = sorted(zip(names, shares.tolist(), strict=True), key=lambda entry: -entry[1])
    return Apart(auc, max(0.0, auc - reach), min(1.0, auc + reach), sides, total, tuple(weights))


def hanley_mcneil(auc: float, n: int, m: int) -> float:
    """Return the standard error of an AUC of so many rows of either kind.

    Examples
    --------
    >>> round(hanley_mcneil(0.893, 51, 58), 3)
    0.032
    """
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n - 1) * (q1 - auc**2) + (m - 1) * (q2 - auc**2)
    return float(np.sqrt(max(spread, 0.0) / (n * m)))


def of_folds(aucs: list[float]) -> float:
    """Return how far the mean of the folds' AUCs may be off, by Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(len(aucs) - 1, 0.975) * np.std(aucs, ddof=1) / np.sqrt(len(aucs)))
