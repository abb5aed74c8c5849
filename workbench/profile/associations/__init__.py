"""How columns of all kinds go together: every pair, every column with the target, and groups of redundant columns."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import polars as pl

from workbench import task as tasks
from workbench.profile.associations.measures import correlation, cramers_v, ratio
from workbench.profile.associations.sums import THREADS, Labels, Together
from workbench.words import Text

# More columns than this would make a matrix of a million cells; the first ones are taken and the profile says so.
MOST_COLUMNS = 400
MOST_LABEL_COLUMNS = 100
# A pair of columns with more categories than this has a table with more cells than most tables have rows.
MOST_LABELS = 200
MOST_LABELS_IN_ALL = 5_000
# Against the target alone every category column counts; with more labels it is text.
MOST_LABELS_OF_TARGET = 1_000
MOST_PAIRS = 300
# So close that one column says nearly all of the other.
REDUNDANT = 0.95
# A sentence names so many columns before it only counts them.
MOST_NAMES = 5
MEASURES = ("r", "eta", "v")
DAY = 86_400_000_000


@dataclass(frozen=True)
class Matrix:
    """Every pair's association; columns are in the table's order."""

    names: list[str]
    values: np.ndarray
    """NaN where there is none; only r has a sign."""
    measures: np.ndarray
    """Indices into `MEASURES`."""
    rows: np.ndarray

    def entry(self, a: int, b: int) -> dict[str, Any]:
        """Return one pair's measure, value and rows."""
        return {
            "measure": MEASURES[self.measures[a, b]],
            "value": float(self.values[a, b]),
            "rows": int(self.rows[a, b]),
        }


def associations(table: pl.DataFrame, kinds: Mapping[str, str], *, target: str | None) -> dict[str, Any]:
    """Tell how the columns go together.

    Parameters
    ----------
    table : polars.DataFrame
        The table; NaN must already be null.
    kinds : mapping
        Each column's kind. Numbers, dates (as days), yes/no columns and categories are compared; text is left out.
    target : str or None
        The column that all others are ranked against.

    Returns
    -------
    dict
        ``columns`` and ``matrix`` (the numbers' correlations row by row, None where there is none), ``left_out`` (numbers
        beyond the limit), ``pairs`` (strongest first), ``target`` (columns that go with it, strongest first), ``groups`` of
        redundant columns, and ``limits``, a `Text` of what was left out, or None.

    Notes
    -----
    Every value is taken over the rows that both columns have, at least ten. Two numbers have Pearson's ``r``; a number and a
    category ``eta``, the correlation ratio less what chance explains (see `association_measures.ratios`); two categories
    ``v``, Cramér's V corrected for bias (Bergsma 2013). A number as target that has few whole values, more than two, is taken
    as classes against the other columns.
    """
    chosen = Chosen.of(table, kinds, target)
    together = Together(chosen.frame, [*chosen.labels, *chosen.classes])
    matrix = matrix_of(together, chosen, list(table.columns))
    r, _ = together.correlations()
    first = [i for i, name in enumerate(chosen.frame.columns) if kinds[name] == "number"]
    pairs, told = strongest(matrix)
    return {
        "columns": [chosen.frame.columns[i] for i in first],
        "matrix": [[None if np.isnan(v) else float(v) for v in row] for row in r[np.ix_(first, first)]],
        "left_out": len([n for n in chosen.numbers_left if kinds[n] == "number"]),
        "pairs": pairs,
        "target": against(table, target, chosen, matrix, together),
        "groups": groups(matrix, target),
        "limits": limits(chosen, told - len(pairs)),
    }


@dataclass(frozen=True)
class Chosen:
    """Which columns are compared with all others, and which are not."""

    frame: pl.DataFrame
    labels: list[Labels]
    classes: list[Labels]
    """The target's classes where it is a number."""
    more_labels: list[Labels]
    """Categories that only the target is compared with."""
    numbers_left: list[str]
    """Numbers and dates that only the target is compared with."""
    text: list[str]

    @classmethod
    def of(cls, table: pl.DataFrame, kinds: Mapping[str, str], target: str | None) -> Chosen:
        """Choose among a table's columns."""
        numbers = [n for n in table.columns if kinds[n] == "number"]
        dates = [n for n in table.columns if kinds[n] == "date"]
        kept = {*numbers[:MOST_COLUMNS], *dates[:MOST_COLUMNS]}
        names = [n for n in table.columns if kinds[n] in ("category", "boolean")]
        with ThreadPoolExecutor(THREADS) as threads:
            coded = list(threads.map(labels_of, [table[n] for n in names]))
        all_labels = [label for label in coded if label is not None]
        labels = fitting(all_labels)
        within = {label.name for label in labels}
        return cls(
            frame=numeric(table, [n for n in table.columns if n in kept]),
            labels=labels,
            classes=classes_of(table[target]) if target is not None and kinds[target] == "number" else [],
            more_labels=[label for label in all_labels if label.name not in within],
            numbers_left=[n for n in (*numbers, *dates) if n not in kept],
            text=[n for n in table.columns if kinds[n] == "text"]
            + [n for n, label in zip(names, coded, strict=True) if label is None],
        )


def numeric(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return columns as numbers, dates as days since 1970; what is not finite becomes null."""
    frame = table.select(
        pl.col(name).cast(pl.Date).to_physical().cast(pl.Float64)
        if table.schema[name] == pl.Date
        else pl.col(name).dt.timestamp("us") / DAY
        if table.schema[name] == pl.Datetime
        else pl.col(name).cast(pl.Float64)
        for name in names
    )
    doubtful = [n for n in names if table.schema[n].is_float() or table.schema[n].is_decimal()]
    # A sum is not finite where a value is not; where all are, the look at each of them is spared.
    sums = frame.select(pl.col(doubtful).sum()).row(0) if doubtful else ()
    odd = [n for n, total in zip(doubtful, sums, strict=True) if not np.isfinite(total)]
    return frame.with_columns(pl.when(pl.col(n).is_finite()).then(pl.col(n)) for n in odd)


def labels_of(series: pl.Series) -> Labels | None:
    """Return a column's categories as codes; None where there are too many for any use."""
    if series.dtype == pl.Boolean:
        return Labels(series.name, series.cast(pl.UInt8).fill_null(2).to_numpy(), 2)
    words = series if series.dtype == pl.String else series.cast(pl.String, strict=False)
    levels = words.drop_nulls().unique().sort()
    if len(levels) > MOST_LABELS_OF_TARGET:
        return None
    codes = words.cast(pl.Enum(levels)).to_physical().cast(pl.UInt16).fill_null(len(levels))
    return Labels(series.name, codes.to_numpy(), len(levels))


def classes_of(target: pl.Series) -> list[Labels]:
    """Return a number's classes where it is one of several classes rather than a value."""
    if tasks.infer(target) is not tasks.Task.MULTICLASS:
        return []
    x = target.cast(pl.Float64).to_numpy()
    values = np.unique(x[~np.isnan(x)])
    codes = np.where(np.isnan(x), len(values), np.searchsorted(values, x)).astype(np.uint16)
    return [Labels(target.name, codes, len(values))]


def fitting(labels: Sequence[Labels]) -> list[Labels]:
    """Return the first category columns that are few enough, with few enough categories, to compare every pair."""
    few = [label for label in labels if label.size <= MOST_LABELS][:MOST_LABEL_COLUMNS]
    total = itertools.accumulate(label.size for label in few)
    return [label for label, sofar in zip(few, total, strict=True) if sofar <= MOST_LABELS_IN_ALL]


def matrix_of(together: Together, chosen: Chosen, order: Sequence[str]) -> Matrix:
    """Return every pair's association, the columns in the table's order."""
    p, c = chosen.frame.width, len(chosen.labels)
    values, rows = np.full((p + c, p + c), np.nan), np.zeros((p + c, p + c), np.int64)
    measures = np.zeros((p + c, p + c), np.intp)
    values[:p, :p], rows[:p, :p] = together.correlations()
    measures[:p, p:] = measures[p:, :p] = MEASURES.index("eta")
    measures[p:, p:] = MEASURES.index("v")
    for i in range(c):
        eta, known = together.ratios(i)
        values[:p, p + i] = values[p + i, :p] = eta
        rows[:p, p + i] = rows[p + i, :p] = known
    for (a, b), (v, known_rows) in together.cramers().items():
        if a < c and b < c:
            values[p + a, p + b] = values[p + b, p + a] = np.nan if v is None else v
            rows[p + a, p + b] = rows[p + b, p + a] = known_rows
    names = [*chosen.frame.columns, *(label.name for label in chosen.labels)]
    place = {name: i for i, name in enumerate(order)}
    by_place = sorted(range(p + c), key=lambda i: place[names[i]])
    ordered = np.ix_(by_place, by_place)
    return Matrix([names[i] for i in by_place], values[ordered], measures[ordered], rows[ordered])


def strongest(matrix: Matrix) -> tuple[list[dict[str, Any]], int]:
    """Return the strongest pairs, and how many pairs have a value."""
    a, b = np.triu_indices(len(matrix.names), 1)
    known = ~np.isnan(matrix.values[a, b])
    a, b = a[known], b[known]
    # Digits that rounding leaves must not order what is equal.
    order = np.argsort(-np.round(np.abs(matrix.values[a, b]), 10), kind="stable")[:MOST_PAIRS]
    found = [
        {"first": matrix.names[i], "second": matrix.names[j], **matrix.entry(i, j)}
        for i, j in zip(a[order], b[order], strict=True)
    ]
    return found, int(known.sum())


def against(
    table: pl.DataFrame, target: str | None, chosen: Chosen, matrix: Matrix, together: Together
) -> list[dict[str, Any]]:
    """Return how every column goes with the target, strongest first; what cannot be told is left out."""
    if target is None or target in chosen.text:
        return []
    place = {name: i for i, name in enumerate(matrix.names)}
    labels = {label.name: label for label in (*chosen.labels, *chosen.more_labels)}
    ready = by_class(together, chosen) if chosen.classes else {}
    mine = chosen.classes[0] if chosen.classes else column(table, target, labels)
    found = []
    for name in table.columns:
        if name == target or name in chosen.text:
            continue
        if name in ready:
            measure, value, rows = ready[name]
        elif not chosen.classes and name in place and target in place:
            entry = matrix.entry(place[name], place[target])
            measure, value, rows = entry["measure"], entry["value"], entry["rows"]
        else:
            measure, value, rows = direct(mine, column(table, name, labels))
        if value is not None and not np.isnan(value):
            found.append({"column": name, "measure": measure, "value": value, "rows": rows})
    return sorted(found, key=lambda entry: -round(abs(entry["value"]), 10))


def by_class(together: Together, chosen: Chosen) -> dict[str, tuple[str, float | None, int]]:
    """Return how columns go with the classes of a target that is a number, from the sums that are there."""
    last = len(chosen.labels)
    eta, rows = together.ratios(last)
    found: dict[str, tuple[str, float | None, int]] = {
        name: ("eta", float(e), int(n)) for name, e, n in zip(chosen.frame.columns, eta, rows, strict=True)
    }
    return found | {chosen.labels[a].name: ("v", *told) for (a, b), told in together.cramers().items() if b == last}


def column(table: pl.DataFrame, name: str, labels: Mapping[str, Labels]) -> Labels | np.ndarray:
    """Return one column for a comparison on its own."""
    return labels[name] if name in labels else numeric(table, [name]).to_series().to_numpy()


def direct(a: Labels | np.ndarray, b: Labels | np.ndarray) -> tuple[str, float | None, int]:
    """Compare two columns on their own."""
    if isinstance(a, Labels) and isinstance(b, Labels):
        joint = a.codes.astype(np.intp) * (b.size + 1) + b.codes
        counts = np.bincount(joint, minlength=(a.size + 1) * (b.size + 1)).reshape(a.size + 1, b.size + 1)
        return "v", *cramers_v(counts[:-1, :-1])
    if isinstance(a, Labels):
        a, b = b, a
    if isinstance(b, Labels):
        return "eta", *ratio(b.codes, b.size, np.asarray(a))
    return "r", *correlation(np.asarray(a), b)


def groups(matrix: Matrix, target: str | None) -> list[dict[str, Any]]:
    """Return groups of columns of which every two are redundant; the target belongs to none.

    Notes
    -----
    Complete linkage: the closest two columns or groups are joined first, and only where every pair across them is close enough.
    """
    close = np.nan_to_num(np.abs(matrix.values))
    if target in matrix.names:
        close[matrix.names.index(target)] = close[:, matrix.names.index(target)] = 0.0
    a, b = np.nonzero(np.triu(close >= REDUNDANT, 1))
    home = {i: [i] for i in {*a.tolist(), *b.tolist()}}
    for edge in np.argsort(-np.round(close[a, b], 10), kind="stable"):
        one, other = home[a[edge]], home[b[edge]]
        if one is not other and close[np.ix_(one, other)].min() >= REDUNDANT:
            one += other
            home |= dict.fromkeys(other, one)
    found = {id(members): sorted(members) for members in home.values() if len(members) > 1}
    return sorted((group(matrix, members) for members in found.values()), key=lambda g: (-len(g["columns"]), -g["least"]))


def group(matrix: Matrix, members: list[int]) -> dict[str, Any]:
    """Return a redundant group with its weakest pair."""
    weakest = min(itertools.combinations(members, 2), key=lambda pair: abs(matrix.values[pair]))
    return {
        "columns": [matrix.names[i] for i in members],
        "measure": MEASURES[matrix.measures[weakest]],
        "least": float(abs(matrix.values[weakest])),
    }


def limits(chosen: Chosen, pairs_left: int) -> Text | None:
    """Say what was left out."""
    said = []
    if chosen.text:
        said.append(Text("profile.together.text", count=len(chosen.text), columns=named(chosen.text)))
    if more := [label.name for label in chosen.more_labels]:
        said.append(Text("profile.together.labels", count=len(more), columns=named(more), most=MOST_LABELS))
    if left := chosen.numbers_left:
        said.append(Text("profile.together.numbers", count=len(left), columns=named(left), most=MOST_COLUMNS))
    if pairs_left > 0:
        said.append(Text("profile.together.pairs", count=pairs_left, most=MOST_PAIRS))
    return reduce(lambda first, second: Text("profile.together.both", first=first, second=second), said) if said else None


def named(columns: Sequence[str]) -> list[str]:
    """Return the first columns' names."""
    return [*columns[:MOST_NAMES], *(["…"] if len(columns) > MOST_NAMES else [])]


def pairs(associations: dict[str, Any], *, at_least: float) -> list[tuple[str, str, float]]:
    """List the pairs of numbers whose correlation is at least so strong, strongest first."""
    names = associations["columns"]
    found = [
        (names[i], names[j], r)
        for i, row in enumerate(associations["matrix"])
        for j, r in enumerate(row[:i])
        if r is not None and abs(r) >= at_least
    ]
    return [(b, a, r) for a, b, r in sorted(found, key=lambda pair: -abs(pair[2]))]
