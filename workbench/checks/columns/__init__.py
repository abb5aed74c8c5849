"""Checks of single columns and of columns that repeat each other: constant, id-like, duplicate, disguised missing values."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome
from workbench.checks.columns.naming import FEWEST_FOR_ID, ID_SHARE, names_rows
from workbench.checks.context import Context, first_seen
from workbench.checks.examples import rows_of
from workbench.words import Text

NEAR_CONSTANT = 0.995
# Words that people write where nothing is known; short ones count only as the whole cell.
LATIN = ("?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "xna", "unknown", "missing", "undefined")
JAPANESE = ("不明", "未入力", "未回答", "未記入", "未設定", "欠損", "該当なし", "データなし", "無回答", "－", "―", "ー")
PLACEHOLDERS = frozenset((*LATIN, *JAPANESE))
# A repeated extreme is suspicious when the gap before it is this many times the width of everything else.
GAP = 1.0
FEWEST_REPEATS = 3
FEWEST_REST = 10
# Values of a column must repeat, in so many rows and so often, for another to say the same in other words.
FEWEST_TO_RENAME, REPEATS = 10, 0.5


class Constant(Check):
    """A column with one value in every row."""

    code = "WB101"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look for features with no second value; missing is a value here."""
        if context.rows < 2:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=2))
        found = []
        for name in sorted(set(context.features) - set(context.varying), key=context.frame.columns.index):
            value = context.frame[name][0]
            shown = Text("check.missing_value") if value is None else str(value)[:80]
            evidence = Text("check.WB101.evidence", column=name, value=shown, rows=context.rows)
            examples = rows_of(context.frame, [0, 1, 2][: context.rows], [name, context.target])
            chart = marks.frequent(context.frame[name])
            more: dict[str, Any] = {"exclude": [name], "examples": examples, "chart": chart}
            found.append(self.finding([name], evidence, Text("check.WB101.action"), **more))
        return found


class NearConstant(Check):
    """A column that is almost always the same."""

    code = "WB102"
    severity = "info"

    def run(self, context: Context) -> Outcome:
        """Look for features whose most frequent value fills nearly all rows."""
        if context.rows < 100:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=100))
        shares: dict[str, float] = {}
        for name in context.varying:
            if context.distinct[name] <= 0.1 * context.rows:
                share = most_frequent(context.frame[name])[1] / context.rows
                shares |= {name: share} if share >= NEAR_CONSTANT else {}
        if not shares:
            return []
        named = [f"{name} ({share:.2%})" for name, share in shares.items()]
        evidence = Text("check.WB102.evidence", count=len(shares), columns=named, limit=NEAR_CONSTANT)
        first = context.frame[next(iter(shares))]
        others = (~first.eq_missing(most_frequent(first)[0])).arg_true().head(3).to_list()
        examples = rows_of(context.frame, others, [*shares, context.target])
        ranked = sorted(shares, key=lambda name: -shares[name])[: marks.MOST_BARS]
        chart = marks.bars(ranked, [shares[name] for name in ranked], share=True, x="check.chart.largest_share")
        action = Text("check.WB102.action")
        return [self.finding(list(shares), evidence, action, examples=examples, chart=chart, shares=shares)]


def most_frequent(series: pl.Series) -> tuple[Any, int]:
    """Return a column's most frequent value, missing included, and how often it occurs."""
    return series.alias("value").value_counts().sort("count", descending=True).row(0)


class IdLike(Check):
    """A column that names rows instead of describing them."""

    code = "WB103"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look for texts and whole numbers that hardly ever repeat."""
        if context.rows < FEWEST_FOR_ID:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=FEWEST_FOR_ID))
        found = []
        for name in context.features:
            series = context.frame[name].drop_nulls()
            distinct = context.distinct[name]
            if len(series) < FEWEST_FOR_ID or distinct < ID_SHARE * len(series) or not names_rows(series):
                continue
            evidence = Text(
                "check.WB103.evidence", column=name, distinct=distinct, rows=len(series), example=str(series[0])[:80]
            )
            shown = rows_of(
                context.frame, context.frame[name].is_not_null().arg_true().head(3).to_list(), [name, context.target]
            )
            more: dict[str, Any] = {"exclude": [name], "examples": shown, "chart": variety(context, name)}
            found.append(self.finding([name], evidence, Text("check.WB103.action"), **more))
        return found


def variety(context: Context, name: str) -> marks.Chart:
    """Return the share of different values of a column beside those of the columns with most."""
    ranked = sorted(context.features, key=lambda other: (other != name, -context.distinct[other]))[: marks.MOST_BARS]
    shares = [context.distinct[other] / context.rows for other in ranked]
    return marks.bars(ranked, shares, highlight=[0], share=True, x="check.chart.distinct_share")


class DuplicateColumn(Check):
    """A column that says the same as another, value for value."""

    code = "WB104"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look for equal columns, and for columns that only rename another's values."""
        if context.rows < 2 or len(context.features) < 2:
            return NotApplicable(Text("check.reason.two_columns"))
        found = []
        for first, others in repeated(context).items():
            for other in others:
                found.append(self.same(context, first, other))
        return found

    def same(self, context: Context, first: str, other: str) -> Finding:
        """Describe one pair."""
        equal = context.frame[first].dtype == context.frame[other].dtype and context.frame[first].equals(
            context.frame[other].alias(first), null_equal=True
        )
        if equal:
            evidence = Text("check.WB104.equal", first=first, other=other, rows=context.rows)
        else:
            evidence = Text(
                "check.WB104.renamed", first=first, other=other, rows=context.rows, distinct=context.distinct[first]
            )
        action = Text("check.WB104.action", other=other)
        examples = rows_of(context.frame, distinct_rows(context.frame[first]), [first, other])
        chart = beside(context, first, other)
        return self.finding([first, other], evidence, action, exclude=[other] if equal else [], examples=examples, chart=chart)


def distinct_rows(series: pl.Series) -> list[int]:
    """Return the first three rows with different values."""
    some = series.head(marks.MOST_ROWS)
    return (some.is_first_distinct() & some.is_not_null()).arg_true().head(3).to_list()


def beside(context: Context, first: str, other: str) -> marks.Chart:
    """Return the values that go together; of two columns of many numbers one along the other."""
    table = context.frame.select(first, other).head(marks.MOST_ROWS)
    if context.distinct[first] <= marks.MOST_BARS or not all(table[name].dtype.is_numeric() for name in (first, other)):
        return marks.pairing(table[first], table[other])
    some = table.drop_nulls().unique(first).sort(first)
    places = np.unique(np.linspace(0, some.height - 1, min(marks.MOST_POINTS, some.height)).astype(int)).tolist()
    return marks.line(some[places][first].to_list(), some[places][other].to_list(), x_title=first, y=other)


def repeated(context: Context) -> dict[str, list[str]]:
    """Return the columns that repeat another, by the first of them; a look at some rows spares most comparisons."""
    some = context.frame.head(500)
    by_look: dict[bytes, list[str]] = {}
    for name in context.varying:
        # Two columns that never repeat a value rename each other trivially: only equal values count there.
        tells = may_rename(context, name)
        look = first_seen(some[name]).tobytes() if tells else b"=" + str(some[name].to_list()).encode()
        by_look.setdefault(look, []).append(name)
    found: dict[str, list[str]] = {}
    for names in (names for names in by_look.values() if len(names) > 1):
        whole: dict[bytes, str] = {}
        for name in names:
            tells = may_rename(context, name)
            key = first_seen(context.frame[name]).tobytes() if tells else context.frame[name].hash(seed=0).to_numpy().tobytes()
            if key in whole:
                found.setdefault(whole[key], []).append(name)
            else:
                whole[key] = name
    return found


def may_rename(context: Context, name: str) -> bool:
    """Tell whether the values of a column repeat enough to be another's in other words."""
    return context.rows >= FEWEST_TO_RENAME and context.distinct[name] <= REPEATS * context.rows


class DisguisedMissing(Check):
    """A value that stands for "not known"."""

    code = "WB105"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look for placeholder words, and for a repeated extreme far from everything else."""
        if not context.rows or not context.features:
            return NotApplicable(Text("check.reason.rows", rows=context.rows, needed=1))
        found = []
        for name in context.features:
            value, count = disguised(context.frame[name], context.distinct[name])
            if count:
                is_word = context.frame[name].dtype == pl.String
                values = {"column": name, "value": value, "rows": count, "share": count / context.rows}
                evidence = Text("check.WB105.word", **values) if is_word else Text("check.WB105.extreme", **values)
                action = Text("check.WB105.action", value=value)
                more: dict[str, Any] = {"examples": stand_ins(context, name, value), "chart": apart(context.frame[name], value)}
                found.append(self.finding([name], evidence, action, **more, value=value, rows=count))
        return found


def is_value(series: pl.Series, value: str) -> pl.Series:
    """Tell which rows hold a value that was said as text."""
    if series.dtype == pl.String:
        return (series == value).fill_null(False)
    return ((series.cast(pl.Float64) - float(value)).abs() <= 1e-5 * abs(float(value))).fill_null(False)


def stand_ins(context: Context, name: str, value: str) -> list[dict[str, Any]]:
    """Return rows with the value."""
    return rows_of(context.frame, is_value(context.frame[name], value).arg_true().head(3).to_list(), [name, context.target])


def apart(series: pl.Series, value: str) -> marks.Chart | None:
    """Return the most frequent values, or how numbers are spread, the value highlighted."""
    if series.dtype == pl.String:
        return marks.frequent(series, highlight=value)
    x = series.drop_nulls().cast(pl.Float64).to_numpy()
    is_top = float(value) > float(np.median(x))
    return marks.spread(x, beyond=float(value) * (1 - 1e-5 if (float(value) > 0) == is_top else 1 + 1e-5), above=is_top)


def disguised(series: pl.Series, distinct: int) -> tuple[str, int]:
    """Return the value that seems to mean "missing" and how often it occurs, 0 where none does."""
    if series.dtype == pl.String:
        counted = series.drop_nulls().alias("value").value_counts().filter(pl.col("count") > 1)
        held = counted.filter(pl.col("value").str.strip_chars().str.to_lowercase().is_in(list(PLACEHOLDERS)))
        held = held.sort(["count", "value"], descending=[True, False])
        return held.row(0) if len(held) and distinct > 2 and not is_code(held["value"][0], counted["value"]) else ("", 0)
    if not series.dtype.is_numeric() or distinct < FEWEST_REST:
        return "", 0
    x = series.drop_nulls().cast(pl.Float64).to_numpy()
    return lone_extreme(np.sort(x[np.isfinite(x)]))


def is_code(word: str, values: pl.Series) -> bool:
    """Tell whether a word is one code among others of its form: the airport XNA among airports means an airport."""
    alike = values.str.contains(r"^[A-Z]+$") & (values.str.len_chars() == len(word))
    return word.isalpha() and word.isupper() and float(alike.mean() or 0) > 0.9  # type: ignore[arg-type]


def lone_extreme(x: np.ndarray) -> tuple[str, int]:
    """Return a repeated minimum or maximum that lies farther from the other values than they spread."""
    for extreme in (x[-1:], x[:1]):
        rest = x[x != extreme]
        count = len(x) - len(rest)
        if count < max(FEWEST_REPEATS, 0.0005 * len(x)) or len(np.unique(rest)) < FEWEST_REST:
            continue
        gap = min(abs(extreme[0] - rest[0]), abs(extreme[0] - rest[-1]))
        if gap > GAP * (rest[-1] - rest[0]):
            return f"{extreme[0]:g}", count
    return "", 0
