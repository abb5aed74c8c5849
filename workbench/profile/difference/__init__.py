"""Two tables beside each other: how far every column they share lies apart, those that differ most first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl

from workbench.data.kinds import FEW_ROWS, MOST_CATEGORIES, NEARLY_UNIQUE
from workbench.errors import ColumnNotFound, DataError
from workbench.profile.by_target import goal_of, means, wilson
from workbench.profile.columns import brief
from workbench.profile.difference import bins, measures

# Two at a time: sorting and searching let other threads work meanwhile.
HANDS = 2


def difference(first: pl.DataFrame, second: pl.DataFrame, *, target: str | None = None, event: object = None) -> dict[str, Any]:
    """Compare two tables column by column.

    Parameters
    ----------
    first, second : polars.DataFrame
        The tables; the second is what the first has become, or the rest of it.
    target : str, optional
        The column whose change is told with its interval.
    event : object, optional
        The label counted in a binary target; by default the last in sort order.

    Returns
    -------
    dict
        ``rows`` of both, ``only_first`` and ``only_second`` (columns), ``target`` and ``columns``, most different first, each
        with ``name kind kind_changed measure distance low high noise p adjusted psi ks missing summary bins new_values
        gone_values new_count gone_count``. What cannot be computed is None.

        ``distance``, from 0 to 1, is the larger of two for a number or date: `scipy.stats.ks_2samp`'s statistic over the rows
        that have a value (``measure`` is ``ks``; always kept as ``ks``) and the difference in missing rates (``missing``).
        For labels it is the total variation distance, missing being a label (``tv``); for free text the share of rows whose
        value the other table does not have, and of more missing ones (``unseen``).

        ``bins`` hold the ``shares`` of both tables: of the rows with a value for a number or date, of all rows otherwise.

    Raises
    ------
    DataError
        If a table has no rows, or they have no column in common.
    ColumnNotFound
        If neither table has the target.

    Notes
    -----
    Columns are ranked by how far their distance stands out of the noise: by the low end of its 95 % interval (see
    `difference_measures`), from which the distance to expect between two random parts of one table is taken off. A small
    segment, or a column with many labels or few values, so does not come first by chance; columns that differ no more than
    random parts do come last. ``p`` is Kolmogorov-Smirnov's,
    for labels and for numbers of up to 12 values chi-square's, for text that of dealing the values out anew; where
    missing values are tested besides, the smaller of both, doubled. ``adjusted`` is p after Benjamini and Hochberg over all
    columns. ``psi``, the population stability index, is an extra: bins at the first table's deciles, or each label or each
    of few values, missing values a bin of their own, shares below 0.0001 taken as that; None for text.
    """
    one, two = plain(first), plain(second)
    common = [name for name in one.columns if name in two.columns]
    if not one.height or not two.height:
        raise DataError("error.difference.no_rows")
    if not common:
        raise DataError("error.difference.no_common", first=some(one.columns), second=some(two.columns))
    if target is not None and target not in one.columns and target not in two.columns:
        raise ColumnNotFound(target, common)
    with ThreadPoolExecutor(HANDS) as pool:
        columns = list(pool.map(lambda name: compared(one[name], two[name]), common))
    for column, p in zip(columns, measures.adjusted([c["p"] for c in columns]), strict=True):
        column["adjusted"] = p
    return {
        "rows": [one.height, two.height],
        "only_first": [name for name in one.columns if name not in two.columns],
        "only_second": [name for name in two.columns if name not in one.columns],
        "columns": sorted(columns, key=lambda column: (measures.within_noise(column), -column.pop("beyond"))),
        "target": target_change(one[target], two[target], event) if target in common else None,
    }


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which what is not a number is missing."""
    return frame.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None))


def some(names: list[str]) -> list[str]:
    """Return the first few names."""
    return [*names[:5], *["…"] * (len(names) > 5)]


def compared(first: pl.Series, second: pl.Series) -> dict[str, Any]:
    """Compare one column in two tables."""
    are_known = [series.null_count() < len(series) for series in (first, second)]
    changed = all(are_known) and family(first) != family(second)
    kind = "label" if changed else family(first if are_known[0] or not are_known[1] else second)
    if kind == "label":
        facts = of_labels(as_text(first), as_text(second))
    else:
        pair = like(first, second), like(second, first)
        facts = of_numbers(*pair, kind) if kind in ("number", "date") else of_labels(*pair)
    gap: measures.Gap = facts.pop("gap")
    low, high = gap.bounds
    return {
        "name": first.name,
        "kind": kind,
        "kind_changed": changed,
        "measure": gap.measure,
        "distance": gap.distance,
        "low": min(max(0.0, low), gap.distance),
        "high": min(1.0, high),
        "noise": gap.noise,
        "beyond": low,
        "p": gap.p,
        "missing": [first.null_count() / len(first), second.null_count() / len(second)],
        "ks": None,
        "psi": None,
        "new_values": [],
        "gone_values": [],
        "new_count": 0,
        "gone_count": 0,
    } | facts


def family(series: pl.Series) -> str:
    """Tell what a column's type holds."""
    dtype = series.dtype
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    return "date" if dtype in (pl.Date, pl.Datetime) else "label"


def like(series: pl.Series, other: pl.Series) -> pl.Series:
    """Return a column without any value as the other one's type: what it would hold is not known."""
    if len(series) and series.null_count() == len(series) and series.dtype != other.dtype:
        return pl.Series(series.name, [None], dtype=other.dtype).new_from_index(0, len(series))
    return series


def as_text(series: pl.Series) -> pl.Series:
    """Return a column as text; whole numbers without the point that only their type gives them."""
    if series.dtype.is_float():
        values = series.drop_nulls()
        if bool(((values == values.floor()) & (values.abs() < 2**53)).all()):
            series = series.cast(pl.Int64)
    return series.cast(pl.String, strict=False)


def missing_gap(first: pl.Series, second: pl.Series) -> measures.Gap:
    """Return how far the missing rates lie apart."""
    missing = np.array([[s.null_count(), len(s) - s.null_count()] for s in (first, second)])
    return measures.total_variation(missing, measure="missing")


def of_numbers(first: pl.Series, second: pl.Series, kind: str) -> dict[str, Any]:
    """Compare numbers, or dates as the moments they are."""
    x, y = in_order(first, second, kind)
    shown = bins.day_or_moment(first, second) if kind == "date" else float
    gap = missing_gap(first, second)
    facts: dict[str, Any] = {"summary": [bins.summary(values, shown) for values in (x, y)]}
    values, counts = bins.value_counts(x, y)
    has_blanks = first.null_count() + second.null_count() > 0
    if len(x) and len(y):
        apart = measures.kolmogorov_smirnov(x, y, few=counts)
        p = measures.smallest_p([apart.p, gap.p]) if has_blanks else apart.p
        larger = gap if gap.distance > apart.distance else apart
        gap = measures.Gap(larger.measure, larger.hits, larger.rows, larger.noise, p)
        cut = bins.deciles(x, y) if counts is None else counts
        blanks = np.array([[first.null_count()], [second.null_count()]])
        facts |= {"ks": apart.distance, "psi": measures.stability_index(np.hstack([cut, blanks]) if has_blanks else cut)}
    facts["bins"] = bins.value_bins(values, counts, shown) if counts is not None else bins.range_bins(x, y, shown, kind)
    return facts | {"kind": kind, "gap": gap}


def in_order(first: pl.Series, second: pl.Series, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the known values of both in order; whole numbers stay whole, as large ones are not exact otherwise."""
    if kind == "date":
        pair = [s.cast(pl.Datetime("us")).cast(pl.Int64) for s in (first, second)]
    elif all(s.dtype.is_integer() and s.dtype != pl.UInt64 for s in (first, second)):
        pair = [s.cast(pl.Int64) for s in (first, second)]
    else:
        pair = [s.cast(pl.Float64, strict=False) for s in (first, second)]
    one, two = (np.sort(s.drop_nulls().to_numpy()) for s in pair)
    return one, two


def of_labels(first: pl.Series, second: pl.Series) -> dict[str, Any]:
    """Compare labels, or text where hardly any value repeats in the two tables together."""
    table = bins.counted(first, second)
    counts = table.select("first", "second").to_numpy().T
    missing = (first.null_count(), second.null_count())
    known = counts.sum(axis=1)
    many = table.height > MOST_CATEGORIES or (known.sum() > FEW_ROWS and table.height >= NEARLY_UNIQUE * known.sum())
    rows = np.array([len(first), len(second)])
    if many and first.dtype != pl.Boolean:
        facts = {"kind": "text", "gap": measures.unseen(counts, missing), "bins": bins.text_bins(counts, missing, rows)}
        facts["summary"] = [{"distinct": int((side > 0).sum())} for side in counts]
    else:
        all_counts = np.column_stack([counts, missing]) if any(missing) else counts
        facts = {
            "kind": "boolean" if first.dtype == pl.Boolean and second.dtype == pl.Boolean else "category",
            "gap": measures.total_variation(all_counts),
            "psi": measures.stability_index(all_counts),
            "bins": bins.label_bins(table, counts, missing, rows),
            "summary": [bins.top_of(table, side) for side in ("first", "second")],
        }
    return facts | bins.arrivals(table)


def target_change(first: pl.Series, second: pl.Series, event: object) -> dict[str, Any] | None:
    """Return the target's rates or mean in both tables with the change; None where it is not the same kind of thing in both.

    Returns
    -------
    dict or None
        ``name task measure labels rows``, and per label (one entry for a mean) ``first``, ``second`` and ``difference``, each
        with ``value low high``: Wilson's and Newcombe's intervals for rates, Student's and Welch's for means.
    """
    first, second = like(first, second), like(second, first)
    if family(first) != family(second):
        return None
    both = pl.concat([first.alias("t").to_frame(), second.alias("t").to_frame()], how="vertical_relaxed")["t"]
    goal = goal_of(both, event=event)
    if goal is None:
        return None
    here = int(goal.known[: len(first)].sum())
    x, y = goal.values[:here], goal.values[here:]
    told: dict[str, Any] = {
        "name": first.name,
        "task": str(goal.task),
        "measure": "rate" if goal.labels else "mean",
        "labels": [brief(label) for label in goal.labels],
        "rows": [len(x), len(y)],
    }
    if not goal.labels:
        estimates = [means(np.zeros(len(v), dtype=np.int64), v, 1)[0] for v in (x, y)]
        return told | {"first": estimates[0], "second": estimates[1], "difference": [measures.welch(x[:, 0], y[:, 0])]}
    hits = [(float(a), float(b)) for a, b in zip(x.sum(axis=0), y.sum(axis=0), strict=True)]
    return told | {
        "first": [wilson(a, len(x)) for a, _ in hits],
        "second": [wilson(b, len(y)) for _, b in hits],
        "difference": [measures.newcombe(a, len(x), b, len(y)) for a, b in hits],
    }
