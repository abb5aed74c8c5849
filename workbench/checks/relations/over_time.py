"""Checks along time: stretches without rows, and rows of the end that do not look like those of the beginning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import polars as pl

from workbench.checks import marks
from workbench.checks.arrival.adversary import FEWEST_ROWS, Apart, tell_apart
from workbench.checks.arrival.arrived import is_naming, is_short
from workbench.checks.check import Check, Finding, NotApplicable, Outcome
from workbench.checks.context import ORDERED, Context, first_seen, order
from workbench.checks.examples import rows_of
from workbench.words import Text

FEWEST_MOMENTS = 10
# Steps are regular when nine in ten are within a factor of two of the usual one.
REGULAR = 2.0
# A regular order has a gap from this many usual steps on …
MISSED = 1.9
# … any other when so long a wait, of all waits, has less than this chance.
CHANCE = 0.001
# Gaps that take this share of the whole stretch are more than a few closed days.
MANY_GAPS = 0.10
MOST_NAMED = 3
# A number whose ranks go with time's like this is the time under another name.
FOLLOWS = 0.95
MOST_CALENDAR = 53


@dataclass(frozen=True)
class Order:
    """The column that rows follow in time."""

    column: str
    series: pl.Series
    is_date: bool

    @cached_property
    def moments(self) -> np.ndarray:
        """Each row's moment as a number, seconds for dates; missing ones are NaN."""
        if self.is_date:
            found: np.ndarray = (self.series.cast(pl.Datetime("us")).dt.timestamp("ms") / 1000).to_numpy()
        else:
            found = self.series.cast(pl.Float64).to_numpy()
        return np.where(np.isfinite(found), found, np.nan)

    def shown(self, moment: float) -> str:
        """Return a moment as a sentence shows it."""
        if not self.is_date:
            return f"{moment:g}"
        text = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
        return text.removesuffix(" 00:00")


def order_of(context: Context) -> Order | None:
    """Return the time column, or the date whose order the rows follow; None where there is neither."""
    names = (
        [context.time] if context.time else [n for n, kind in context.kinds.items() if kind == "date" and n != context.target]
    )
    for name in names:
        series = context.frame[name]
        is_date = series.dtype == pl.Date or isinstance(series.dtype, pl.Datetime)
        if not is_date and not series.dtype.is_numeric():
            continue
        if context.time or (context.distinct[name] >= FEWEST_MOMENTS and order(series.drop_nulls()) >= ORDERED):
            return Order(name, series, is_date)
    return None


class TimeGaps(Check):
    """Stretches of time without a row."""

    code = "WB403"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look for steps in time that are far longer than the others."""
        when = order_of(context)
        if when is None:
            return NotApplicable(Text("check.reason.no_order"))
        moments = np.unique(when.moments[~np.isnan(when.moments)])
        if len(moments) < FEWEST_MOMENTS:
            return NotApplicable(
                Text("check.reason.few_moments", column=when.column, count=len(moments), needed=FEWEST_MOMENTS)
            )
        steps = np.diff(moments)
        places = np.flatnonzero(steps >= longest_usual(steps))
        return [self.described(context, when, moments, places)] if len(places) else []

    def described(self, context: Context, when: Order, moments: np.ndarray, places: np.ndarray) -> Finding:
        """Put the gaps into words, the longest first."""
        steps = np.diff(moments)
        ranked = places[np.argsort(-steps[places], kind="stable")]
        named = [f"{when.shown(moments[i])} – {when.shown(moments[i + 1])}" for i in ranked[:MOST_NAMED]]
        usual = float(np.median(steps))
        share = float((steps[places] - usual).sum() / (moments[-1] - moments[0]))
        values = {"column": when.column, "count": len(places), "gaps": named, "share": share}
        return self.finding(
            [when.column],
            Text("check.WB403.evidence", usual=lasting(usual, is_date=when.is_date), **values),
            Text("check.WB403.action"),
            severity="warning" if share >= MANY_GAPS else "info",
            examples=rows_of(context.frame, around(when, moments, ranked[0]), [when.column, context.target, *context.features]),
            chart=rows_along(when),
            gaps=len(places),
            share=share,
        )


def around(when: Order, moments: np.ndarray, gap: int) -> list[int]:
    """Return the last row before a gap and the first one after it."""
    return [int(np.flatnonzero(when.moments == moments[place])[-1 if place == gap else 0]) for place in (gap, gap + 1)]


def longest_usual(steps: np.ndarray) -> float:
    """Return how long a step must be to be a gap.

    Notes
    -----
    Regular steps: about two of them. Otherwise rows come by chance, and a wait of `g` among `n` of mean `m` has a chance of at
    most `n exp(-g / m)` (waits of a Poisson process; the longest hundredth is left out of the mean).
    """
    low, middle, high = np.quantile(steps, [0.1, 0.5, 0.9])
    if low * REGULAR >= middle and high <= REGULAR * middle:
        return float(MISSED * np.quantile(steps, 0.95, method="lower"))
    mean = steps[steps <= np.quantile(steps, 0.99)].mean()
    return float(mean * np.log(len(steps) / CHANCE))


def lasting(amount: float, *, is_date: bool) -> Text:
    """Return a step's length in the largest unit that it fills."""
    if not is_date:
        return Text("check.lasting.steps", amount=f"{amount:g}")
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if amount >= seconds:
            return length(unit, amount / seconds)
    return length("seconds", amount)


def length(unit: str, amount: float) -> Text:
    """Return an amount of a unit; what reads as 1 is one of it."""
    shown = f"{amount:.3g}"
    return Text(f"check.lasting.{unit}", amount=shown, count=1 if shown == "1" else 2)


def rows_along(when: Order, bins: int = 24) -> dict[str, object]:
    """Return the rows over time as a line."""
    known = when.moments[~np.isnan(when.moments)]
    counts, edges = np.histogram(known, bins=bins)
    return {
        "kind": "lines",
        "x": [when.shown(float(edge))[:10] for edge in edges[:-1]],
        "values": [float(count) for count in counts],
        "low": None,
        "high": None,
        "x_title": when.column,
        "y": "check.WB403.rows",
    }


class DriftAlongTime(Check):
    """Late rows that a small model tells from early ones."""

    code = "WB404"
    severity = "warning"
    cost = "expensive"

    def run(self, context: Context) -> Outcome:
        """Fit a small model that tells the first third of the time order from the last, and name the columns it goes by."""
        when = order_of(context)
        if when is None:
            return NotApplicable(Text("check.reason.no_order"))
        early, late = thirds(when.moments)
        if min(len(early), len(late)) < FEWEST_ROWS:
            return NotApplicable(Text("check.reason.few_in_time", rows=min(len(early), len(late)), needed=FEWEST_ROWS))
        names, aside = self.columns(context, when)
        if not names:
            return NotApplicable(Text("check.reason.only_time"))
        frame = context.frame.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None)).select(names)
        owner = None if context.group is None else context.frame[context.group]
        groups = None if owner is None else (owner[early], owner[late])
        apart = tell_apart(frame[early], frame[late], groups=groups, in_order=True)
        if apart is None:
            return NotApplicable(Text("check.reason.nothing_to_compare"))
        found = [self.described(context, when, apart, (early, late), aside)] if apart.grade else []
        return [*found, *self.trending(context, when, aside)]

    def trending(self, context: Context, when: Order, aside: list[str]) -> Iterator[Finding]:
        """Yield the numbers that rise or fall with time: later rows hold values that training does not reach."""
        names = [name for name in aside if not is_calendar(context.frame[name], when)]
        if names:
            evidence = Text("check.WB404.trend", count=len(names), columns=names, column=when.column)
            rows = np.argsort(when.moments, kind="stable")[: int((~np.isnan(when.moments)).sum())]
            shown = [int(rows[place]) for place in (0, len(rows) // 2, -1)]
            examples = rows_of(context.frame, shown, [when.column, *names])
            chart = trend(context.frame[names[0]], rows)
            yield self.finding(
                names, evidence, Text("check.WB404.trend_action"), severity="info", examples=examples, chart=chart
            )

    def columns(self, context: Context, when: Order) -> tuple[list[str], list[str]]:
        """Return the columns to go by, and those left out because they are the time under another name."""
        names: list[str] = []
        aside: list[str] = []
        for name in context.varying:
            kind, known = context.kinds[name], context.frame[name].drop_nulls()
            if name == when.column or kind == "date" or (kind == "text" and not is_short(known)) or is_naming(known):
                continue
            is_time = trends(context.frame[name], when) or is_calendar(context.frame[name], when)
            (aside if is_time else names).append(name)
        return names, aside

    def described(
        self, context: Context, when: Order, apart: Apart, ends: tuple[np.ndarray, np.ndarray], aside: list[str]
    ) -> Finding:
        """Put it into words."""
        early, late = ends
        columns = [name for name, _ in apart.telling]
        evidence = Text(
            "check.WB404.evidence",
            column=when.column,
            until=when.shown(float(when.moments[early[-1]])),
            since=when.shown(float(when.moments[late[0]])),
            auc=apart.auc,
            low=apart.low,
            high=apart.high,
            columns=[f"{name} ({share:.0%})" for name, share in apart.telling],
            aside=Text("check.WB404.aside", count=len(aside), columns=aside[:MOST_NAMED]) if aside else "",
            sampled=apart.sampled,
        )
        return self.finding(
            columns,
            evidence,
            Text("check.WB404.action", column=when.column),
            severity="warning" if apart.grade == "strong" else "info",
            examples=rows_of(context.frame, [int(early[0]), int(late[0]), int(late[-1])], [when.column, *columns]),
            chart=apart.chart(),
            auc=apart.auc,
            low=apart.low,
            high=apart.high,
        )


def thirds(moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the first and of the last third in their order in time; equal moments stay together."""
    rows = np.argsort(moments, kind="stable")[: int((~np.isnan(moments)).sum())]
    if not len(rows):
        return rows, rows
    sorted_moments = moments[rows]
    first, last = sorted_moments[len(rows) // 3], sorted_moments[min(2 * len(rows) // 3, len(rows) - 1)]
    if first == last:
        return rows[:0], rows[:0]
    until = int(np.searchsorted(sorted_moments, first, side="right"))
    since = int(np.searchsorted(sorted_moments, last, side="left"))
    return rows[:until], rows[since:]


def trend(series: pl.Series, rows: np.ndarray) -> marks.Chart:
    """Return the means of a number along the rows in their order in time."""
    values = series.cast(pl.Float64).to_numpy()[rows]
    parts = [part[np.isfinite(part)] for part in np.array_split(values, marks.MOST_POINTS)]
    ends = np.linspace(0, 1, len(parts)).tolist()
    told = [(end, float(part.mean())) for end, part in zip(ends, parts, strict=True) if len(part)]
    return marks.line([end for end, _ in told], [mean for _, mean in told], x_title="check.chart.first_to_last", y=series.name)


def trends(series: pl.Series, when: Order) -> bool:
    """Tell a number that rises or falls with time throughout."""
    if not series.dtype.is_numeric():
        return False
    values = series.cast(pl.Float64).to_numpy()
    known = ~np.isnan(when.moments) & np.isfinite(values)
    ranks = [pl.Series(side[known]).rank().to_numpy() for side in (values, when.moments)]
    if known.sum() < FEWEST_MOMENTS or not all(rank.std() for rank in ranks):
        return False
    return bool(abs(np.corrcoef(ranks[0], ranks[1])[0, 1]) >= FOLLOWS)


def is_calendar(series: pl.Series, when: Order) -> bool:
    """Tell a part of the date that has a column of its own: its year, month, quarter, week, day of the week or hour."""
    if not when.is_date or series.n_unique() > MOST_CALENDAR:
        return False
    known = pl.Series(~np.isnan(when.moments)) & series.is_not_null()
    dates, codes = when.series.filter(known).cast(pl.Datetime("us")).dt, first_seen(series.filter(known))
    parts = (dates.year(), dates.month(), dates.quarter(), dates.week(), dates.weekday(), dates.hour())
    return any(same(codes, first_seen(part)) for part in parts)


def same(codes: np.ndarray, others: np.ndarray) -> bool:
    """Tell whether two columns say the same in other words."""
    if not len(codes) or not codes.max():
        return False
    return bool((codes == others).all())
