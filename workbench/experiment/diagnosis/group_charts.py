"""Charts of segments and of a sensitive column's groups: each figure with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench import figure
from workbench.experiment.diagnosis.charts import interval, legend_below, whiskers
from workbench.experiment.diagnosis.groups import FEWEST, RATES, Group
from workbench.experiment.diagnosis.weakness import Measure, Segment
from workbench.words import Lang, Text, say

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW, HEAD = 30, 150
LONG = 26
# Told apart from chance after every look was paid for.
LEVEL = 0.05
# One colour and shift for each of the rates.
SHIFTS = (-0.24, -0.08, 0.08, 0.24)


def named(name: str | Text, lang: Lang) -> str:
    """Return a segment's name in a language."""
    return name.say(lang) if isinstance(name, Text) else str(name)


def segments(found: Sequence[Segment], measure: Measure, lang: Lang) -> go.Figure:
    """Draw segments weakest first, with their intervals; what is clearly weaker than the rest stands out."""
    title, metric = Text("diagnosis.segments.title"), Text(f"metric.{measure}.title")
    drawn = [one for one in found if one.is_enough]
    if not drawn:
        return figure.empty(title, lang, reason=Text("diagnosis.segments.too_few"))
    made = figure.new(title, lang, x=metric, height=HEAD + ROW * len(drawn))
    several = len({one.column for one in drawn}) > 1
    names = [f"{one.column} = {named(one.name, lang)}" if several else named(one.name, lang) for one in drawn]
    is_share = measure not in ("MAE", "AUC")
    values = [float(one.value.value or 0.0) for one in drawn]
    clear = [one.chance is not None and one.chance < LEVEL for one in drawn]
    made.add_scatter(
        x=values,
        y=list(range(len(drawn))),
        mode="markers",
        marker={"size": 10, "color": [figure.UP if one else figure.MAIN for one in clear]},
        error_x=whiskers(values, [one.value.low for one in drawn], [one.value.high for one in drawn]),
        customdata=[
            f"{figure.said(name, lang)}<br>{interval(one.value.value, one.value.low, one.value.high, is_share=is_share)}"
            f"<br>n = {one.rows:,}"
            for name, one in zip(names, drawn, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    rests = [one.rest for one in drawn]
    made.add_scatter(
        x=rests,
        y=list(range(len(drawn))),
        mode="markers",
        marker={"symbol": "line-ns", "size": 14, "line": {"width": 2, "color": figure.QUIET}},
        name=say("diagnosis.segments.rest", lang),
        hovertemplate="%{x:.4g}<extra></extra>",
    )
    return placed(made, names, lang, is_share=is_share)


def groups(found: Sequence[Group], lang: Lang) -> go.Figure:
    """Draw every group's error rates, or its mean error, with intervals."""
    title = Text("diagnosis.groups.title")
    names = [named(one.name, lang) for one in found]
    if found and found[0].counts is None:
        return errors(found, names, lang)
    made = figure.new(title, lang, x=Text("diagnosis.axis.rate"), height=HEAD + 2 * ROW * max(len(found), 1))
    for rate, shift, colour in zip(RATES, SHIFTS, (6, 5, 1, 0), strict=True):
        able = [place for place, one in enumerate(found) if one.rows_of(rate)]
        estimates = [found[place].rate(rate) for place in able]
        values = [float(one.value or 0.0) for one in estimates]
        made.add_scatter(
            x=values,
            y=[place + shift for place in able],
            mode="markers",
            name=say(f"diagnosis.rate.{rate}", lang),
            marker={
                "size": 9,
                "color": figure.COLOURS[colour],
                "symbol": ["circle" if found[place].rows_of(rate) >= FEWEST else "circle-open" for place in able],
            },
            error_x=whiskers(values, [one.low for one in estimates], [one.high for one in estimates])
            | {"color": figure.COLOURS[colour]},
            customdata=[
                f"{figure.said(names[place], lang)}<br>{interval(one.value, one.low, one.high, is_share=True)}"
                f"<br>n = {found[place].rows_of(rate):,}"
                for place, one in zip(able, estimates, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    return placed(made, names, lang, is_share=True)


def errors(found: Sequence[Group], names: Sequence[str], lang: Lang) -> go.Figure:
    """Draw groups' mean errors and their direction."""
    made = figure.new(Text("diagnosis.groups.errors"), lang, x=Text("diagnosis.axis.error"), height=HEAD + 2 * ROW * len(found))
    for side, shift, colour in (("error", -0.12, figure.MAIN), ("bias", 0.12, figure.ACCENT)):
        estimates = [getattr(one, side) for one in found]
        values = [float(one.value or 0.0) for one in estimates]
        made.add_scatter(
            x=values,
            y=[place + shift for place in range(len(found))],
            mode="markers",
            name=say(f"diagnosis.ranges.{side}", lang),
            marker={"size": 9, "color": colour},
            error_x=whiskers(values, [one.low for one in estimates], [one.high for one in estimates]) | {"color": colour},
            hovertemplate="%{x:,.4g}<extra></extra>",
        )
    return placed(made, names, lang, is_share=False)


def placed(made: go.Figure, names: Sequence[str], lang: Lang, *, is_share: bool) -> go.Figure:
    """Put names beside their rows, the first on top."""
    ticks = [figure.said(figure.shorten(name, LONG), lang) for name in names]
    made.update_yaxes(tickvals=list(range(len(names))), ticktext=ticks, range=[len(names) - 0.5, -0.5], zeroline=False)
    return legend_below(made.update_xaxes(tickformat=".0%" if is_share else None, nticks=6))
