"""Checks of columns marked as sensitive: outcomes by their groups, and other columns that give them away."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from workbench.checks.check import Check, Finding, NotApplicable, Outcome, Severity
from workbench.checks.context import Context
from workbench.checks.examples import rows_of
from workbench.checks.leaks.power import Powers, measure
from workbench.figure import number
from workbench.task import Task
from workbench.words import Text

# More groups than this are no groups of people; a number is cut into quarters.
MOST_GROUPS, QUARTERS = 12, 4
FEWEST = 30
# A rate below this share of the highest is what the four-fifths rule of the US guidelines on selection (1978) asks about.
FOUR_FIFTHS = 0.8
# A column that tells the sensitive one this well stands in for it.
PROXY = {"AUC": 0.80, "R²": 0.40}
MOST_PROXIES = 5
LEVEL = 0.95


class OutcomeByGroup(Check):
    """A target that comes out differently for the groups of a sensitive column."""

    code = "WB701"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Compare the event's rate, or the mean, of each group with its interval."""
        if not context.sensitive:
            return NotApplicable(Text("check.reason.no_sensitive"))
        if context.task is Task.MULTICLASS or context.labelled[context.target].n_unique() < 2:
            return NotApplicable(Text("check.reason.no_outcome"))
        return [found for name in context.sensitive if name != context.target for found in self.of_column(context, name)]

    def of_column(self, context: Context, name: str) -> Iterator[Finding]:
        """Yield the comparison of one column's groups."""
        table = context.labelled
        groups = grouped(table[name])
        y = outcome(context, table[context.target])
        places = {label: (groups == label).fill_null(False) for label in groups.drop_nulls().unique().sort()}
        told = [(label, y[place.to_numpy()]) for label, place in places.items()]
        told = [(label, values) for label, values in told if len(values) >= FEWEST][:MOST_GROUPS]
        if len(told) < 2:
            return
        is_rate = context.task is Task.BINARY
        figures = [(label, *(wilson(values) if is_rate else mean(values)), len(values)) for label, values in told]
        figures.sort(key=lambda figure: -figure[1])
        highest, lowest = figures[0], figures[-1]
        if is_rate and not highest[1]:  # the event occurs outside these groups only
            return
        apart = lowest[3] < highest[2]  # the lowest group's upper end lies below the highest group's lower end
        ratio = lowest[1] / highest[1] if is_rate else None
        severity: Severity = "warning" if apart and (ratio is None or ratio < FOUR_FIFTHS) else "info"
        labels = {"high": spoken(highest[0], table[name]), "low": spoken(lowest[0], table[name])}
        values = {"column": name, **labels, "high_rows": highest[4], "low_rows": lowest[4]}
        if is_rate:
            evidence = Text(
                "check.WB701.rates",
                event=str(event_of(context)),
                high_rate=highest[1],
                high_from=highest[2],
                high_to=highest[3],
                low_rate=lowest[1],
                low_from=lowest[2],
                low_to=lowest[3],
                ratio=ratio,
                **values,
            )
        else:
            evidence = Text("check.WB701.means", target=context.target, high_mean=highest[1], low_mean=lowest[1], **values)
        chart = {
            "kind": "bars",
            "labels": [figure[0] == "true" if table[name].dtype == pl.Boolean else figure[0] for figure in figures],
            "values": [figure[1] for figure in figures],
            "low": [figure[2] for figure in figures],
            "high": [figure[3] for figure in figures],
            "share": is_rate,
        }
        shown = [int(context.labelled_places[places[figure[0]].arg_true()[0]]) for figure in (highest, lowest)]
        examples = rows_of(context.frame, shown, [name, context.target])
        more: dict[str, Any] = {"examples": examples, "chart": chart, "ratio": ratio}
        yield self.finding([name], evidence, Text("check.WB701.action"), severity=severity, **more)


def spoken(label: str, column: pl.Series) -> Text | str:
    """Return a group's label as a sentence names it; yes and no as words."""
    return Text(f"check.arrival.{label}") if column.dtype == pl.Boolean else label


class Proxy(Check):
    """A column that gives a sensitive one away, so that leaving that out changes little."""

    code = "WB702"
    severity = "warning"
    cost = "expensive"

    def run(self, context: Context) -> Outcome:
        """Measure how well each feature alone predicts the sensitive column, out of fold."""
        names = [name for name in context.sensitive if name != context.target]
        if not names:
            return NotApplicable(Text("check.reason.no_sensitive"))
        found = []
        for name in names:
            powers = of_sensitive(context, name)
            if powers is None:
                continue
            strong = sorted(
                ((power, column) for column, power in powers.values.items() if power >= PROXY[powers.measure]), reverse=True
            )
            if not strong:
                continue
            columns = [member for _, column in strong[:MOST_PROXIES] for member in powers.members[column]]
            said = [f"{column} ({power:.2f})" for power, column in strong[:MOST_PROXIES]]
            evidence = Text(
                "check.WB702.evidence",
                column=name,
                count=len(strong),
                columns=said,
                measure=powers.measure,
                sampled=context.sampled,
            )
            chart = {
                "kind": "bars",
                "labels": [c for _, c in strong[:MOST_PROXIES]],
                "values": [p for p, _ in strong[:MOST_PROXIES]],
            }
            found.append(self.finding(columns, evidence, Text("check.WB702.action", column=name), chart=chart, sensitive=name))
        return found


def of_sensitive(context: Context, name: str) -> Powers | None:
    """Return how well each feature predicts a sensitive column, numbers as quarters."""
    groups = grouped(context.frame[name])
    if groups.drop_nulls().n_unique() < 2:
        return None
    frame = context.frame.with_columns(groups.cast(pl.String).alias(name))
    aside = (*context.exclude, *([context.target] if context.target != name else []))
    return measure(dataclasses.replace(context, frame=frame, target=name, event=None, exclude=aside, new=None))


def grouped(column: pl.Series) -> pl.Series:
    """Return groups: the labels as they are, the less frequent ones not told; a number's quarters."""
    if column.dtype.is_numeric() and column.n_unique() > MOST_GROUPS:
        return quarters(column.cast(pl.Float64))
    counted = column.drop_nulls().alias("value").value_counts().sort(["count", "value"], descending=[True, False])
    kept = counted["value"].head(MOST_GROUPS)
    text = column.cast(pl.String)
    return text.set(~text.is_in(kept.cast(pl.String).implode()).fill_null(False), None)


def quarters(column: pl.Series) -> pl.Series:
    """Return the quarter of each number, named by its ends."""
    known = column.drop_nulls().to_numpy()
    known = known[np.isfinite(known)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, QUARTERS + 1), method="lower"))
    names = [f"{number(low)} – {number(high)}" for low, high in itertools.pairwise(edges)] or [number(edges[0])]
    values = column.fill_null(np.nan).to_numpy()
    places = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, len(names) - 1)
    return pl.Series(column.name, np.array(names, dtype=object)[places], dtype=pl.String).set(
        pl.Series(~np.isfinite(values)), None
    )


def event_of(context: Context) -> object:
    """Return the label that counts as the event."""
    labels = context.labelled[context.target].unique().sort().to_list()
    return next((label for label in labels if str(label) == str(context.event)), labels[-1])


def outcome(context: Context, target: pl.Series) -> np.ndarray:
    """Return the target as numbers: 1 for the event, or the value."""
    if context.task is Task.BINARY:
        return (target == event_of(context)).to_numpy().astype(float)
    return target.cast(pl.Float64).to_numpy()


def wilson(hits: np.ndarray) -> tuple[float, float, float]:
    """Return a rate with Wilson's (1927) score interval."""
    found = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(LEVEL, method="wilson")
    return float(hits.mean()), float(found.low), float(found.high)


def mean(values: np.ndarray) -> tuple[float, float, float]:
    """Return a mean with Student's interval."""
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1)) * error
    return float(values.mean()), float(values.mean()) - half, float(values.mean()) + half
