"""Charts of a regression's diagnosis: predicted against real values, differences, and errors along a range."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from workbench import figure
from workbench.experiment.diagnosis import numbers as diagnosis_numbers
from workbench.experiment.diagnosis.charts import TALL, interval, legend_below, whiskers
from workbench.experiment.diagnosis.group_charts import HEAD, ROW, placed
from workbench.experiment.diagnosis.numbers import Of, Range
from workbench.experiment.race.oof import Oof
from workbench.words import Lang, Text, say

if TYPE_CHECKING:
    import plotly.graph_objects as go


def chart(view: str, oof: Oof, of: Of, lang: Lang, *, target: str, seed: int) -> go.Figure:
    """Draw one view of predicted numbers.

    Parameters
    ----------
    view : {"actual", "residuals", "ranges"}
        What is drawn.
    oof : Oof
        The predictions.
    of : {"predicted", "actual"}
        Along which values errors are drawn.
    lang : {"ja", "en"}
        The reader's language.
    target : str
        What was predicted; it names the axes.
    seed : int
        Draws the points where there are too many.
    """
    if view == "actual":
        return legend_below(actual(oof, lang, target=target, seed=seed))
    if view == "ranges":
        return ranges(oof, of, lang, target=target)
    return residuals(oof, lang, target=target)


def actual(oof: Oof, lang: Lang, *, target: str, seed: int) -> go.Figure:
    """Draw real against predicted values as points, all of a few and some by chance of many; the title says which."""
    kept = diagnosis_numbers.drawn(len(oof.y), seed)
    title = Text("diagnosis.actual.title", target=target)
    if len(kept) < len(oof.y):
        title = Text("diagnosis.actual.some", target=target, shown=f"{len(kept):,}", rows=f"{len(oof.y):,}")
    made = figure.new(title, lang, x=Text("diagnosis.axis.predicted"), y=Text("diagnosis.axis.actual"), height=TALL)
    made.add_scatter(
        x=oof.prediction[kept],
        y=oof.y[kept],
        mode="markers",
        marker={"size": 5, "color": figure.MAIN, "opacity": 0.45},
        name=say("diagnosis.actual.rows", lang),
        hovertemplate="%{x:,.4g} → %{y:,.4g}<extra></extra>",
    )
    found = diagnosis_numbers.by_range(oof, "predicted")
    means = [one.middle + float(one.bias.value or 0.0) for one in found]
    made.add_scatter(
        x=[one.middle for one in found],
        y=means,
        mode="lines+markers",
        line={"color": figure.ACCENT, "width": 2},
        marker={"size": 8},
        name=say("diagnosis.actual.means", lang),
        error_y=whiskers(means, *([ends(one, side) for one in found] for side in ("low", "high"))),
        hovertemplate="%{x:,.4g} → %{y:,.4g}<extra></extra>",
    )
    low, high = (float(end(side(oof.y[kept]), side(oof.prediction[kept]))) for end, side in ((min, np.min), (max, np.max)))
    line = {"color": figure.QUIET, "width": 1.5, "dash": "dot"}
    name = say("diagnosis.actual.perfect", lang)
    return made.add_scatter(x=[low, high], y=[low, high], mode="lines", line=line, name=name, hoverinfo="skip")


def ends(one: Range, side: str) -> float | None:
    """Return an end of the interval of a range's mean real value."""
    end = getattr(one.bias, side)
    return None if end is None else one.middle + float(end)


def residuals(oof: Oof, lang: Lang, *, target: str) -> go.Figure:
    """Draw how the differences are spread, with the tails counted in the axis title."""
    found = diagnosis_numbers.residuals(oof)
    x = Text("diagnosis.axis.trimmed", count=found.outside) if found.outside else Text("diagnosis.axis.residual")
    made = figure.new(Text("diagnosis.residuals.title", target=target), lang, x=x, y=Text("diagnosis.axis.rows"))
    bins = list(itertools.pairwise(found.edges))
    made.add_bar(
        x=[(a + b) / 2 for a, b in bins],
        y=found.counts,
        width=[(b - a) * 0.96 for a, b in bins],
        customdata=[[figure.number(float(a)), figure.number(float(b))] for a, b in bins],
        hovertemplate="%{customdata[0]} – %{customdata[1]}<br>%{y:,}<extra></extra>",
        marker_color=figure.MAIN,
        showlegend=False,
    )
    made.add_vline(x=0, line={"color": figure.QUIET, "width": 1.5, "dash": "dot"})
    if found.mean.value is not None:
        made.add_vline(x=found.mean.value, line={"color": figure.ACCENT, "width": 2, "dash": "dash"})
    return made


def ranges(oof: Oof, of: Of, lang: Lang, *, target: str) -> go.Figure:
    """Draw the size of the error and its direction along predicted or real values, with intervals."""
    found = diagnosis_numbers.by_range(oof, of)
    title = Text(f"diagnosis.ranges.{of}", target=target)
    height = HEAD + round(1.3 * ROW * len(found))
    made = figure.new(title, lang, x=Text("diagnosis.axis.error"), y=Text(f"diagnosis.axis.{of}_range"), height=height)
    names = [f"{figure.number(one.low)} – {figure.number(one.high)}" for one in found]
    sides = (("error", figure.MAIN, -0.12), ("bias", figure.ACCENT, 0.12))
    for side, colour, shift in sides:
        values = [getattr(one, side) for one in found]
        middle = [float(value.value or 0.0) for value in values]
        hover = [
            f"{name}<br>{interval(v.value, v.low, v.high, is_share=False)}<br>n = {one.rows:,}"
            for name, v, one in zip(names, values, found, strict=True)
        ]
        made.add_scatter(
            x=middle,
            y=[place + shift for place in range(len(found))],
            mode="markers",
            marker={"size": 9, "color": colour},
            name=say(f"diagnosis.ranges.{side}", lang),
            error_x=whiskers(middle, [v.low for v in values], [v.high for v in values]) | {"color": colour},
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    made.add_vline(x=0, line={"color": figure.QUIET, "width": 1, "dash": "dot"})
    return placed(made, names, lang, is_share=False)
