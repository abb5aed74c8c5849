"""Charts of two tables beside each other: one column's two distributions, and all columns by how far they lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.profile.difference import measures
from workbench.profile.difference.words import SURE, spoken
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Told apart with any colour vision and on both grounds; the first table is blue everywhere, the second orange.
SIDES = (figure.MAIN, figure.ACCENT)
FILLS = ("rgba(0, 114, 178, 0.25)", "rgba(230, 159, 0, 0.25)")
MOST_BARS = 25
ROW_HEIGHT = 22
# Two bars and a gap.
PAIR_HEIGHT = 40
# Room for the title and the axis below.
FRAME = 150
LONGEST_NAME = 36
LOUD = 0.5
# Two lines of names.
LEGEND = 40

Names = Sequence[Text | str]


def column_chart(column: dict[str, Any], names: Names, lang: Lang) -> go.Figure:
    """Draw one column's distribution in both tables over the same bins, as shares.

    Parameters
    ----------
    column : dict
        A column of what `difference` returned.
    names : sequence of Text or str
        What the two tables are called.
    lang : {"ja", "en"}
        The reader's language.
    """
    bins = column["bins"]
    if not bins or not any(share for entry in bins for share in entry["shares"]):
        return figure.empty(column["name"], lang, reason=Text("profile.difference.chart.no_values", column=column["name"]))
    told = [figure.shorten(figure.said(name, lang), LONGEST_NAME) for name in names]
    return steps(column, told, lang) if any(entry["kind"] == "range" for entry in bins) else bars(column, told, lang)


def steps(column: dict[str, Any], names: list[str], lang: Lang) -> go.Figure:
    """Draw the shares of ranges as two outlines, filled so lightly that both are seen."""
    inner = [entry for entry in column["bins"] if entry["low"] is not None and entry["high"] is not None]
    x = Text("profile.difference.chart.outside", column=column["name"], first=beyond(column, 0), second=beyond(column, 1))
    has_tails = len(inner) < len(column["bins"])
    chart = figure.new(
        column["name"], lang, x=x if has_tails else column["name"], y=Text("profile.difference.chart.share_known")
    )
    for i, name in enumerate(names):
        shares = [entry["shares"][i] for entry in inner]
        if any(share is None for share in shares):
            name, shares = f"{name} {Text('profile.difference.chart.all_missing').say(lang)}", [0.0 for _ in shares]
        chart.add_scatter(
            x=[inner[0]["low"], *(entry["low"] for entry in inner), inner[-1]["high"], inner[-1]["high"]],
            y=[0.0, *shares, shares[-1], 0.0],
            customdata=["", *(f"{edge(entry['low'])} – {edge(entry['high'])}" for entry in inner), "", ""],
            mode="lines",
            line={"shape": "hv", "width": 2, "color": SIDES[i], "dash": "solid" if i == 0 else "dot"},
            fill="tozeroy",
            fillcolor=FILLS[i],
            name=name,
            hovertemplate="%{customdata}<br>%{y:.1%}",
        )
    chart.update_yaxes(tickformat=".0%" if tallest(inner) >= 0.05 else ".1%", rangemode="tozero")
    if column["kind"] == "date":  # in digits: plotly writes names of months in English only
        chart.update_xaxes(tickformat="%Y-%m-%d")
    return legend(chart)


def beyond(column: dict[str, Any], side: int) -> str:
    """Return the share of a table's values that lie outside the bins that are drawn."""
    outside = [entry["shares"][side] or 0.0 for entry in column["bins"] if entry["low"] is None or entry["high"] is None]
    return f"{sum(outside):.1%}"


def tallest(bins: list[dict[str, Any]]) -> float:
    """Return the largest share."""
    return max(share or 0.0 for entry in bins for share in entry["shares"])


def edge(value: float | str) -> str:
    """Return one end of a range; a moment without its seconds."""
    return value[:16].replace("T", " ") if isinstance(value, str) else figure.number(value)


def bars(column: dict[str, Any], names: list[str], lang: Lang) -> go.Figure:
    """Draw the shares of labels or single values as pairs of bars."""
    bins = column["bins"]
    y = "share_known" if column["kind"] in ("number", "date") else "share"
    height = max(240, PAIR_HEIGHT * len(bins) + FRAME)
    chart = figure.new(column["name"], lang, x=Text(f"profile.difference.chart.{y}"), height=height)
    labels, places = [bin_name(entry, lang) for entry in bins], list(range(len(bins)))
    for i, name in enumerate(names):
        chart.add_bar(
            x=[entry["shares"][i] for entry in bins],
            y=places,
            orientation="h",
            marker_color=SIDES[i],
            customdata=labels,
            name=name,
            hovertemplate="%{customdata}<br>%{x:.1%}",
        )
    chart.update_layout(barmode="group", bargap=0.25)
    chart.update_yaxes(tickvals=places, ticktext=[figure.shorten(label) for label in labels], autorange="reversed")
    chart.update_xaxes(tickformat=".0%" if tallest(bins) >= 0.05 else ".1%", rangemode="tozero")
    return legend(chart)


def bin_name(entry: dict[str, Any], lang: Lang) -> str:
    """Return what a bin holds, for an axis."""
    match entry["kind"]:
        case "value":
            value = entry["value"]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return figure.number(value) if is_number else figure.said(spoken(value), lang)
        case "rest":
            return Text("profile.bin.rest", count=entry["distinct"]).say(lang)
        case "common":
            return Text("profile.difference.chart.common").say(lang)
        case "own":
            return Text("profile.difference.chart.own").say(lang)
        case _:
            return Text("profile.bin.missing").say(lang)


def legend(chart: go.Figure) -> go.Figure:
    """Put the names below each other between title and chart, where long ones meet nothing."""
    chart.update_layout(
        showlegend=True,
        title={"y": 1.0, "yanchor": "top", "pad": {"t": 16, "l": 4}},
        legend={"orientation": "v", "x": 1.0, "xanchor": "right", "y": 1.0, "yanchor": "bottom"},
        margin={"t": (chart.layout.margin.t or figure.MARGIN["t"]) + LEGEND},
        height=(chart.layout.height or figure.HEIGHT) + LEGEND,
    )
    return chart


def ranking_chart(found: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw how far the columns lie apart, with their intervals; those that chance explains are grey."""
    columns = found["columns"]
    # Ids lie as far apart as can be by chance alone: beside them nothing else would be seen.
    chosen = [c for c in columns if c["noise"] < LOUD or not measures.within_noise(c)][:MOST_BARS]
    title = Text("profile.difference.chart.ranking", shown=len(chosen), count=len(columns))
    if not chosen:
        return figure.empty(title, lang, reason=Text("profile.difference.nothing_left"))
    axis = Text("profile.difference.chart.distance")
    chart = figure.new(title, lang, x=axis, height=max(240, ROW_HEIGHT * len(chosen) + FRAME))
    for is_sure, colour in ((True, figure.MAIN), (False, figure.QUIET)):
        told = [(i, c) for i, c in enumerate(chosen) if is_sure == (c["adjusted"] is not None and c["adjusted"] < SURE)]
        if told:
            add_distances(
                chart, told, colour, Text(f"profile.difference.chart.{'sure' if is_sure else 'unsure'}").say(lang), lang
            )
    names = [figure.shorten(figure.said(column["name"], lang)) for column in chosen]
    chart.update_yaxes(tickvals=list(range(len(chosen))), ticktext=names, autorange="reversed")
    chart.update_xaxes(rangemode="tozero")
    return legend(chart)


def add_distances(chart: go.Figure, told: list[tuple[int, dict[str, Any]]], colour: str, name: str, lang: Lang) -> None:
    """Add distances as points with their intervals."""
    chart.add_scatter(
        x=[column["distance"] for _, column in told],
        y=[place for place, _ in told],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, column["high"] - column["distance"]) for _, column in told],
            "arrayminus": [max(0.0, column["distance"] - column["low"]) for _, column in told],
            "thickness": 1.5,
        },
        customdata=[[figure.said(column["name"], lang), f"{column['low']:.3f} – {column['high']:.3f}"] for _, column in told],
        mode="markers",
        marker={"size": 9, "color": colour},
        name=name,
        hovertemplate="%{customdata[0]}<br>%{x:.3f} (%{customdata[1]})<extra></extra>",
    )
