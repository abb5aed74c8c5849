"""Checks of what a value may be: amounts below zero, shares above one hundred, dates that have not come yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome
from workbench.checks.context import Context
from workbench.checks.examples import rows_of
from workbench.words import Text

# A few values beyond are slips; a column that is mostly beyond means something else than its name says.
MOST_BEYOND = 0.5
CENTURY = 1900


class Bounds(NamedTuple):
    """What a name promises: `key` says it in words."""

    key: str
    pattern: re.Pattern[str]
    low: float | None
    high: float | None


def words(*parts: str) -> str:
    """Return a pattern for whole words of a name, letter case aside."""
    return r"(?:^|[_\W\d])(?:" + "|".join(parts) + r")(?:$|[_\W\d])"


RULES = (
    Bounds("age", re.compile(words("age") + r"|年齢|年令", re.IGNORECASE), 0, 130),
    Bounds("month", re.compile(words("month", "mnth") + r"$|^月$", re.IGNORECASE), 1, 12),
    Bounds("hour", re.compile(words("hour", "hr") + r"$|^時$", re.IGNORECASE), 0, 24),
    Bounds("percent", re.compile(words("percent", "percentage", "pct") + r"|割合\(?%|％|パーセント", re.IGNORECASE), 0, 100),
    Bounds("latitude", re.compile(words("latitude", "lat") + r"|緯度", re.IGNORECASE), -90, 90),
    Bounds("longitude", re.compile(words("longitude", "lon", "lng") + r"|経度", re.IGNORECASE), -180, 180),
    Bounds("height", re.compile(r"身長|体重|" + words("height_cm", "weight_kg"), re.IGNORECASE), 0, None),
    Bounds(
        "count",
        re.compile(r"人数|件数|個数|回数|台数|数量|" + words("count", "quantity", "qty", "num_of", "number_of"), re.IGNORECASE),
        0,
        None,
    ),
    Bounds(
        "amount",
        re.compile(r"年収|収入|単価|価格|料金|家賃|" + words("price", "income", "salary", "fare"), re.IGNORECASE),
        0,
        None,
    ),
)


class ImpossibleRange(Check):
    """A value that the column's name rules out."""

    code = "WB109"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Hold numbers against what their names promise."""
        ruled = [(name, rule) for name in numbers(context) if (rule := rule_of(name))]
        if not ruled:
            return NotApplicable(Text("check.reason.no_rules"))
        return [found for name, rule in ruled for found in self.beyond(context, name, rule)]

    def beyond(self, context: Context, name: str, rule: Bounds) -> Iterator[Finding]:
        """Yield the values of one column that cannot be."""
        column = context.frame[name]
        low, high = (pl.lit(False), pl.lit(False))
        if rule.low is not None:
            low = pl.col(name) < rule.low
        if rule.high is not None:
            high = pl.col(name) > rule.high
        places = context.frame.select((low | high).fill_null(False).alias("beyond"))["beyond"].arg_true()
        filled = len(column) - column.null_count()
        if not len(places) or len(places) > MOST_BEYOND * filled:
            return
        values = column.gather(places)
        evidence = Text(
            f"check.WB109.{rule.key}",
            column=name,
            count=len(places),
            rows=len(places),
            share=len(places) / filled,
            lowest=f"{extreme(values.min()):g}",
            highest=f"{extreme(values.max()):g}",
        )
        examples = rows_of(context.frame, places.head(3).to_list(), [name])
        chart = outside(column, values, rule)
        yield self.finding([name], evidence, Text("check.WB109.action"), examples=examples, chart=chart)


class FutureDate(Check):
    """A date that has not come yet, or lies before anybody's records."""

    code = "WB111"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look at every date column."""
        names = [name for name in context.frame.columns if context.frame[name].dtype in (pl.Date, pl.Datetime)]
        if not names:
            return NotApplicable(Text("check.reason.no_dates"))
        return [found for name in names for found in self.odd(context, name)]

    def odd(self, context: Context, name: str) -> Iterator[Finding]:
        """Yield the dates of one column that cannot be true today."""
        column = context.frame[name]
        filled = len(column) - column.null_count()
        limits = {
            "future": column > moment(context.today, column.dtype),
            "ancient": column < moment(date(CENTURY, 1, 1), column.dtype),
        }
        for kind, beyond in limits.items():
            places = beyond.fill_null(False).arg_true()
            if not len(places):
                continue
            values = column.gather(places)
            evidence = Text(
                f"check.WB111.{kind}",
                column=name,
                count=len(places),
                rows=len(places),
                share=len(places) / filled,
                first=str(values.min())[:10],
                last=str(values.max())[:10],
                today=context.today.isoformat(),
            )
            examples = rows_of(context.frame, places.head(3).to_list(), [name])
            chart = marks.over_time(column) or marks.frequent(column)
            yield self.finding([name], evidence, Text(f"check.WB111.{kind}_action"), examples=examples, chart=chart)


def outside(column: pl.Series, values: pl.Series, rule: Bounds) -> marks.Chart | None:
    """Return how a column is spread, what cannot be highlighted on the side that has more of it."""
    above = values.filter(values > rule.high) if rule.high is not None else values.clear()
    below = values.filter(values < rule.low) if rule.low is not None else values.clear()
    x, is_above = column.drop_nulls().cast(pl.Float64).to_numpy(), len(above) >= len(below)
    return marks.spread(x, beyond=extreme(above.min() if is_above else below.max()), above=is_above)


def extreme(value: object) -> float:
    """Return an extreme as a number."""
    assert isinstance(value, int | float)
    return float(value)


def numbers(context: Context) -> list[str]:
    """Return the features that hold numbers."""
    return [name for name in context.features if context.frame[name].dtype.is_numeric()]


def rule_of(name: str) -> Bounds | None:
    """Return what a column's name promises, if it is one of the names we know."""
    return next((rule for rule in RULES if rule.pattern.search(name)), None)


def moment(day: date, dtype: pl.DataType) -> date | datetime:
    """Return the end of a day as a column of this type compares it."""
    return datetime.combine(day, time.max) if dtype == pl.Datetime else day
