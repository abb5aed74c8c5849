"""Charts of the target's story: which columns go with it, and how it goes over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.profile.charts import MOST_BARS, TICKS, bar_chart, label_of, measure_name, period_name
from workbench.profile.story.tellings import percent
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The lower part of the chart holds the rows of each period, the upper one the target.
ROWS_PART, TARGET_PART = (0.0, 0.2), (0.3, 1.0)
TIME_HEIGHT = 420
BAND_OPACITY = 0.2
# What explains less than this is to look small: a ranking of columns that explain nothing has bars too.
SMALL = 0.05


def ranking_chart(profiled: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw which columns explain most of the target on their own."""
    target = profiled.get("target") or {"name": "", "ranking": []}
    title = Text("profile.chart.ranking", target=target["name"])
    bars = [(e["column"], e["strength"], percent(e["strength"])) for e in target.get("ranking", [])[:MOST_BARS]]
    if not bars:
        return figure.empty(title, lang, reason=Text("profile.chart.no_target"))
    chart = bar_chart(title, bars, lang, x=Text("profile.chart.strength"), share=True)
    chart.update_xaxes(range=[0, max(SMALL, 1.05 * bars[0][1])])
    return chart


def time_chart(profiled: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw the target's rate or mean per period with its 95 % interval as a band, and below it the rows of each period.

    Parameters
    ----------
    profiled : mapping
        A profile; without ``by_time`` the chart says what is needed.
    lang : {"ja", "en"}
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        A line and a band for each label told, broken where a period has no rows.
    """
    told = profiled.get("by_time")
    if not told:
        return figure.empty(Text("profile.chart.over_time"), lang, reason=Text("profile.chart.no_time"))
    title = Text("profile.chart.by_time", target=profiled["target"]["name"], column=told["column"])
    chart = figure.new(title, lang, y=measure_name(told), height=TIME_HEIGHT)
    for i, label in enumerate(told["labels"] or [None]):
        add_line(chart, told, i, "" if label is None or len(told["labels"]) == 1 else label_of(label, lang))
    if len(told["overall"]) == 1 and told["overall"][0] is not None:
        chart.add_hline(y=told["overall"][0], line={"dash": "dot", "color": figure.INK, "width": 1})
    add_rows(chart, told["bins"], lang)
    ticks = TICKS.get(told["unit"], "%Y-%m-%d")
    axis = {"tickformat": ticks, "hoverformat": ticks, "anchor": "y2", "title": {"text": period_text(told, lang)}}
    chart.update_layout(yaxis={"domain": TARGET_PART}, xaxis=axis, bargap=0.3)
    if told["measure"] == "rate":
        chart.update_layout(yaxis={"tickformat": ".0%", "rangemode": "tozero"})
    return chart


def period_text(told: Mapping[str, Any], lang: Lang) -> str:
    """Return what a step of the time axis is."""
    if told["step"] > 1:
        return figure.said(Text("profile.chart.years", count=told["step"]), lang)
    return figure.said(period_name(told["unit"]), lang)


def add_line(chart: go.Figure, told: Mapping[str, Any], i: int, name: str) -> None:
    """Add one label's estimates as a line in its band."""
    colour = figure.COLOURS[i % len(figure.COLOURS)]
    bins = [(entry["start"], entry["rows"], entry["estimates"][i]) for entry in told["bins"]]
    x, y = band(bins)
    shape = {"fill": "toself", "fillcolor": colour, "opacity": BAND_OPACITY, "line": {"width": 0}}
    chart.add_scatter(x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, legendgroup=str(i), **shape)
    written = percent if told["measure"] == "rate" else figure.number
    chart.add_scatter(
        x=[start for start, *_ in bins],
        y=[estimate["value"] for *_, estimate in bins],
        customdata=[[written(e["value"]), written(e["low"]), written(e["high"]), f"{rows:,}"] for _, rows, e in bins],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 6, "color": colour},
        name=name,
        legendgroup=str(i),
        showlegend=bool(name),
        hovertemplate="%{x}<br>%{customdata[0]} (%{customdata[1]} – %{customdata[2]})<br>n = %{customdata[3]}",
    )


def band(bins: Sequence[tuple[str, int, Mapping[str, Any]]]) -> tuple[list[str | None], list[float | None]]:
    """Return the outlines of the intervals, one for each unbroken stretch of periods."""
    x: list[str | None] = []
    y: list[float | None] = []
    for known, group in groupby(bins, lambda entry: entry[2]["low"] is not None):
        stretch = list(group)
        if known:
            starts = [start for start, *_ in stretch]
            x += [*starts, *starts[::-1], None]
            y += [*(e["high"] for *_, e in stretch), *(e["low"] for *_, e in stretch[::-1]), None]
    return x[:-1], y[:-1]


def add_rows(chart: go.Figure, bins: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    """Add the rows of each period as bars below."""
    chart.add_bar(
        x=[entry["start"] for entry in bins],
        y=[entry["rows"] for entry in bins],
        yaxis="y2",
        marker_color=figure.QUIET,
        showlegend=False,
        hovertemplate="%{x}<br>%{y:,}<extra></extra>",
    )
    title = {"text": figure.said(Text("profile.chart.rows"), lang)}
    chart.update_layout(yaxis2={"domain": ROWS_PART, "title": title, "nticks": 3, "rangemode": "tozero"})
