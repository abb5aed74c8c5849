"""How well one column alone predicts the target, out of fold: the measure behind the search for leaks.

Numbers go through a shallow tree, categories through shrunken means (an id gains nothing there). Numbers of a wide table are
screened by their bins first, and only the strongest get their trees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from workbench.checks.context import ORDERED, Context, first_seen, order
from workbench.task import Task

FOLDS = 5
SEED = 0
# Trees cost most of the time; columns below the strongest are no suspects.
MOST_TREES = 16
SCREEN_BINS = 64
# Labels beyond these, and labels too rare to stand in every fold, say little about a column.
MOST_LABELS = 20
FEWEST_ROWS = 50
# A text with more values than this share of the rows names rows; it is no rival to a suspect.
KEY_LIKE = 0.05
# A number beyond any measured one: where missing values and infinities go in a tree.
FAR = 1e29
# Sums of so many squares overflow above about this.
LARGEST = 1e140


@dataclass(frozen=True)
class Powers:
    """The power of every feature alone."""

    measure: str
    """``AUC`` (macro, one label against the rest) or ``R²``."""
    values: dict[str, float]
    members: dict[str, tuple[str, ...]]
    """The columns behind each entry: itself, or the neighbouring 0/1 columns of one category."""
    rivals: frozenset[str]
    """Entries that count as honest competition: all but texts that name rows."""
    rows: int


def measure(context: Context) -> Powers | None:
    """Return the power of every feature, or None where the table is too small or the target has one value.

    Parameters
    ----------
    context : Context
        The table under review; its sample of rows is used.
    """
    table, y, classes = goal(context)
    if table.height < FEWEST_ROWS or (classes < 2 if context.task.is_classification else y.std() == 0):
        return None
    indicator = np.eye(classes)[y] if classes else y[:, None]
    splits = folds(indicator, y, classes)
    columns = {name: table[name] for name in context.varying if not is_order(context, name)}
    groups = {"{" + ", ".join(group) + "}": group for group in one_hot_groups(table.select(context.varying))}
    columns |= {name: folded(table, group) for name, group in groups.items()}
    numbers = {name: as_number(series) for name, series in columns.items() if series.dtype != pl.String}
    quick = {name: screened(x, indicator, bool(classes)) for name, x in numbers.items()}
    treed = set(sorted(quick, key=lambda name: -quick[name])[:MOST_TREES])
    values = {}
    for name, series in columns.items():
        if name in treed:
            values[name] = tree_power(numbers[name], y, indicator, splits, classes)
        elif name in numbers:
            values[name] = quick[name]
        else:
            values[name] = means_power(first_seen(series) + 1, y, indicator, splits, classes)
    named = {name for name, s in columns.items() if s.dtype == pl.String and s.n_unique() > KEY_LIKE * len(s)}
    members = {name: tuple(groups.get(name, (name,))) for name in columns}
    return Powers("AUC" if classes else "R²", values, members, frozenset(values.keys() - named), table.height)


def goal(context: Context) -> tuple[pl.DataFrame, np.ndarray, int]:
    """Return the sampled rows, the target as codes or numbers, and the number of labels (0 for a number)."""
    table = context.sample
    if context.task is Task.REGRESSION:
        return table, squarable(table[context.target].cast(pl.Float64).to_numpy()), 0
    counts = table[context.target].alias("label").value_counts().sort(["count", "label"], descending=[True, False])
    kept = counts.filter(pl.col("count") >= FOLDS)["label"].head(MOST_LABELS)
    table = table.filter(pl.col(context.target).is_in(kept.implode()))
    return table, first_seen(table[context.target]), len(kept)


def squarable(x: np.ndarray) -> np.ndarray:
    """Return numbers so small that their squares are numbers: divided by a power of two, which changes no digit and no R²."""
    largest = float(np.abs(x).max(initial=0.0))
    return np.ldexp(x, -np.frexp(largest)[1]) if largest > LARGEST else x


def is_order(context: Context, name: str) -> bool:
    """Tell a date that rows follow: under a random split its neighbours give every row away, which is the order's doing."""
    return context.kinds[name] == "date" and order(context.frame[name].drop_nulls()) >= ORDERED


def folds(indicator: np.ndarray, y: np.ndarray, classes: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the rows to learn from and to score, five times."""
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = StratifiedKFold if classes else KFold
    return list(kind(FOLDS, shuffle=True, random_state=SEED).split(indicator, y if classes else None))


def as_number(series: pl.Series) -> np.ndarray:
    """Return a column as finite numbers, dates as time passed, missing values far below everything."""
    if series.dtype == pl.Date or isinstance(series.dtype, pl.Datetime):
        series = series.cast(pl.Datetime("us")).dt.timestamp("ms")
    x = series.cast(pl.Float64, strict=False).to_numpy()
    return np.nan_to_num(np.clip(x, -FAR, FAR), nan=-10 * FAR)


def tree_power(x: np.ndarray, y: np.ndarray, indicator: np.ndarray, splits: Any, classes: int) -> float:
    """Return the out-of-fold power of a number through a tree of depth six."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    out = np.zeros_like(indicator)
    for train, valid in splits:
        leaf = max(5, len(train) // 400)
        kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
        tree = kind(max_depth=6, min_samples_leaf=leaf, random_state=SEED).fit(x[train, None], y[train])
        if classes:
            out[np.ix_(valid, tree.classes_)] = tree.predict_proba(x[valid, None])
        else:
            out[valid, 0] = tree.predict(x[valid, None])
    return scored(y, indicator, out, classes)


def means_power(codes: np.ndarray, y: np.ndarray, indicator: np.ndarray, splits: Any, classes: int) -> float:
    """Return the out-of-fold power of a category through its shrunken means."""
    out, size = np.zeros_like(indicator), int(codes.max()) + 1
    for train, valid in splits:
        out[valid] = shrunken_means(codes[train], indicator[train], size)[codes[valid]]
    return scored(y, indicator, out, classes)


def shrunken_means(codes: np.ndarray, values: np.ndarray, size: int, weight: float = 10) -> np.ndarray:
    """Return each category's mean, drawn to the overall one; a category never seen gets that one, so an id gains nothing."""
    count = np.bincount(codes, minlength=size)[:, None]
    total = np.stack([np.bincount(codes, weights=v, minlength=size) for v in values.T], axis=1)
    return (total + values.mean(axis=0) * weight) / (count + weight)


def scored(y: np.ndarray, indicator: np.ndarray, out: np.ndarray, classes: int) -> float:
    """Return AUC or R² of out-of-fold predictions."""
    from sklearn.metrics import r2_score, roc_auc_score

    if not classes:
        return float(r2_score(y, out[:, 0]))
    if classes == 2:
        return float(roc_auc_score(y, out[:, 1]))
    return float(roc_auc_score(indicator, out, average="macro"))


def screened(x: np.ndarray, indicator: np.ndarray, is_class: bool) -> float:
    """Return the power of a number's bins on the rows that made them: optimistic, and quick."""
    cuts = np.unique(np.quantile(x, np.linspace(0, 1, SCREEN_BINS + 1)[1:-1]))
    codes = np.searchsorted(cuts, x, side="left")
    count = np.bincount(codes, minlength=len(cuts) + 1).astype(np.float64)
    total = np.stack([np.bincount(codes, weights=v, minlength=len(count)) for v in indicator.T], axis=1)
    if is_class:
        return float(np.mean([binned_auc(hits, count - hits) for hits in total.T]))
    used, n, y = int((count > 0).sum()), len(x), indicator[:, 0]
    between = (total[:, 0] ** 2 / np.maximum(count, 1)).sum() - n * y.mean() ** 2
    return float(1 - (1 - between / (n * y.var())) * (n - 1) / max(n - used, 1))


def binned_auc(hits: np.ndarray, others: np.ndarray) -> float:
    """Return the AUC of bins ranked by their rate."""
    order = np.argsort(hits / np.maximum(hits + others, 1), kind="stable")
    hits, others = hits[order], others[order]
    below = np.cumsum(others) - others / 2
    return float((hits * below).sum() / (hits.sum() * others.sum()))


def one_hot_groups(table: pl.DataFrame) -> list[list[str]]:
    """Return runs of at least three neighbouring 0/1 columns that sum to one in every row: really one category."""
    is_flag = [s.dtype.is_numeric() and not s.null_count() and set(s.unique().to_list()) == {0, 1} for s in table]
    found, start = [], 0
    while start < table.width:
        end = group_end(table, is_flag, start)
        if end:
            found.append(table.columns[start:end])
        start = end or start + 1
    return found


def group_end(table: pl.DataFrame, is_flag: list[bool], start: int) -> int:
    """Return where a group that starts here ends, 0 where none does."""
    total = np.zeros(table.height)
    for end in range(start, table.width):
        if not is_flag[end]:
            return 0
        total = total + table.to_series(end).to_numpy()
        if (total > 1).any():
            return 0
        if end - start >= 2 and (total == 1).all():
            return end + 1
    return 0


def folded(table: pl.DataFrame, group: list[str]) -> pl.Series:
    """Return the one category that neighbouring 0/1 columns spell."""
    names = np.array(group)
    return pl.Series(names[table.select(group).to_numpy().argmax(axis=1)].tolist())
