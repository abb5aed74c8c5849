"""Charts of a profile, drawn from its plain data alone."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# More bars than this cannot be read; the strongest are kept and the title says how many there are.
MOST_BARS = 30
ROW_HEIGHT = 22
# Dates in digits: plotly writes names of months in English only.
TICKS = {"hour": "%m-%d %H:%M", "month": "%Y-%m", "quarter": "%Y-%m", "year": "%Y"}


def column_chart(column: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw one column: histogram, bars of its top values, counts per period, or how long its texts are."""
    title = column["name"]
    if column.get("histogram"):
        return histogram_chart(column, lang)
    if column.get("periods"):
        return periods_chart(column, lang)
    if column.get("top") and column["distinct"] > len(column["top"]) and column["top"][0]["count"] == 1:
        if column["length"]["min"] < column["length"]["max"] and "histogram" in column["length"]:
            return lengths_chart(column, lang)
        reason = Text("profile.chart.all_differ", column=title, count=column["distinct"])
        return figure.empty(title, lang, reason=reason)
    if column.get("top"):
        return labels_chart(column, lang)
    return figure.empty(title, lang, reason=Text("profile.chart.no_values", column=title))


def histogram_chart(column: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw a number's distribution between its 1st and 99th percentile, the tails counted in the axis title."""
    shape = column["histogram"]
    tails = shape["below"] + shape["above"]
    x = Text("profile.chart.trimmed", column=column["name"], count=tails) if tails else column["name"]
    return add_histogram(figure.new(column["name"], lang, x=x, y=Text("profile.chart.rows")), shape)


def lengths_chart(column: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw how long the values of a text are where each differs from all others."""
    shape = column["length"]["histogram"]
    tails = shape["below"] + shape["above"]
    values = {"count": column["distinct"], "outside": tails}
    x = Text("profile.chart.lengths_trimmed", **values) if tails else Text("profile.chart.lengths", **values)
    return add_histogram(figure.new(column["name"], lang, x=x, y=Text("profile.chart.rows")), shape)


def add_histogram(chart: go.Figure, shape: dict[str, Any]) -> go.Figure:
    """Add a histogram's bars."""
    bins = list(itertools.pairwise(shape["edges"]))
    chart.add_bar(
        x=[a + (b - a) / 2 for a, b in bins],
        y=shape["counts"],
        width=[(b - a) * 0.96 for a, b in bins],
        customdata=[[figure.number(a), figure.number(b)] for a, b in bins],
        hovertemplate="%{customdata[0]} – %{customdata[1]}<br>%{y:,}<extra></extra>",
        marker_color=figure.MAIN,
    )
    return chart


def periods_chart(column: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw how many rows fall into each period."""
    periods = column["periods"]
    chart = figure.new(column["name"], lang, x=period_name(periods["unit"]), y=Text("profile.chart.rows"))
    chart.add_bar(
        x=periods["starts"],
        y=periods["counts"],
        marker_color=figure.MAIN,
        hovertemplate="%{x}<br>%{y:,}<extra></extra>",
    )
    chart.update_xaxes(tickformat=TICKS.get(periods["unit"], "%Y-%m-%d"))
    return chart


def period_name(unit: str) -> Text:
    """Return the name of a period for an axis."""
    return Text(f"profile.period.{unit}")


def labels_chart(column: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw the most frequent values, the others and the missing ones as bars of their own."""
    bars = [(label_of(entry["value"], lang), entry["count"], figure.MAIN) for entry in column["top"]]
    if column["rest"]:
        bars.append(
            (Text("profile.bin.rest", count=column["distinct"] - len(column["top"])).say(lang), column["rest"], figure.QUIET)
        )
    if column["missing"]:
        bars.append((Text("profile.bin.missing").say(lang), column["missing"], figure.MISSING))
    height = max(220, ROW_HEIGHT * len(bars) + 120)
    chart = figure.new(column["name"], lang, x=Text("profile.chart.rows"), height=height)
    places = list(range(len(bars)))
    chart.add_bar(
        x=[count for _, count, _ in bars],
        y=places,
        orientation="h",
        marker_color=[colour for *_, colour in bars],
        customdata=[name for name, *_ in bars],
        hovertemplate="%{customdata}<br>%{x:,}<extra></extra>",
    )
    chart.update_yaxes(tickvals=places, ticktext=[figure.shorten(name) for name, *_ in bars], autorange="reversed")
    return chart


def target_chart(column: dict[str, Any], lang: Lang) -> go.Figure:
    """Draw the target's rate or mean per bin of a column with 95 % intervals; the rows of each bin stand in the hover text."""
    story = column.get("by_target")
    title = Text("profile.chart.by_target", column=column["name"])
    if not story or not story["bins"]:
        return figure.empty(title, lang, reason=Text("profile.chart.no_story", column=column["name"]))
    if all(estimate["value"] is None for entry in story["bins"] for estimate in entry["estimates"]):
        return figure.empty(title, lang, reason=Text("profile.chart.no_estimates"))
    is_rate = story["measure"] == "rate"
    chart = figure.new(title, lang, x=column["name"], y=measure_name(story))
    names = [bin_name(entry, lang) for entry in story["bins"]]
    for i, label in enumerate(story["labels"] or [None]):
        add_series(chart, story["bins"], i, "" if label is None else label_of(label, lang), is_rate)
    chart.update_xaxes(tickvals=list(range(len(names))), ticktext=[figure.shorten(name, 18) for name in names])
    if is_rate:
        chart.update_yaxes(tickformat=".0%", rangemode="tozero")
    if len(story["overall"]) == 1 and story["overall"][0] is not None:
        overall = story["overall"][0]
        shown = f"{overall:.1%}" if is_rate else figure.number(overall)
        note = Text("profile.chart.overall", value=shown).say(lang)
        chart.add_hline(
            y=overall, line={"dash": "dot", "color": figure.INK, "width": 1}, annotation_text=note, annotation_position="right"
        )
        chart.update_layout(margin={"r": 110})
    return chart


def add_series(chart: go.Figure, bins: list[dict[str, Any]], i: int, name: str, is_rate: bool) -> None:
    """Add one label's estimates as points with their intervals."""
    told = [(place, entry["rows"], entry["estimates"][i]) for place, entry in enumerate(bins)]
    told = [(place, rows, e) for place, rows, e in told if e["value"] is not None]
    chart.add_scatter(
        x=[place for place, *_ in told],
        y=[e["value"] for *_, e in told],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(e["high"] - e["value"]) if e["high"] is not None else 0 for *_, e in told],
            "arrayminus": [(e["value"] - e["low"]) if e["low"] is not None else 0 for *_, e in told],
            "thickness": 1.5,
        },
        customdata=[rows for _, rows, _ in told],
        # A line between labels would show a course where there is none.
        mode="markers" if any(isinstance(entry.get("value"), str) for entry in bins) else "markers+lines",
        line={"width": 1},
        marker={"size": 8},
        name=name,
        showlegend=bool(name),
        hovertemplate="%{y:.1%}<br>n = %{customdata:,}" if is_rate else "%{y:,.4~g}<br>n = %{customdata:,}",
    )


def measure_name(story: dict[str, Any]) -> Text:
    """Return what the axis of a target chart measures."""
    if story["measure"] == "mean":
        return Text("profile.chart.mean")
    if len(story["labels"]) == 1:
        return Text("profile.chart.rate_of", label=str(story["labels"][0]))
    return Text("profile.chart.rate")


def bin_name(entry: dict[str, Any], lang: Lang) -> str:
    """Return what a bin holds, for an axis."""
    match entry["kind"]:
        case "range":
            return stretch(entry["low"], entry["high"])
        case "value":
            return label_of(entry["value"], lang)
        case "rest":
            return Text("profile.bin.rest", count=entry["distinct"]).say(lang)
        case "infinite":
            return Text("profile.bin.infinite").say(lang)
        case _:
            return Text("profile.bin.missing").say(lang)


def stretch(low: float | str, high: float | str) -> str:
    """Return a range of numbers or days; within one day, of hours and minutes."""
    if isinstance(low, str) and isinstance(high, str):
        (day, _, start), (last, _, end) = low.partition("T"), high.partition("T")
        if day == last and start and end:
            return f"{day} {start[:5]} – {end[:5]}"
    return f"{edge(low)} – {edge(high)}"


def edge(value: float | str) -> str:
    """Return one end of a range; a moment without its time."""
    return value.partition("T")[0] if isinstance(value, str) else figure.number(value)


def label_of(value: object, lang: Lang) -> str:
    """Return a value as an axis shows it."""
    if isinstance(value, bool):
        return (Text("profile.bin.yes") if value else Text("profile.bin.no")).say(lang)
    if isinstance(value, int | float):
        return figure.number(value)
    return figure.said(str(value), lang) if str(value).strip() else Text("profile.bin.blank").say(lang)


def bar_chart(title: Text, bars: list[tuple[str, float, str]], lang: Lang, *, x: Text, share: bool) -> go.Figure:
    """Draw named lengths, the longest on top."""
    chart = figure.new(title, lang, x=x, height=max(220, ROW_HEIGHT * len(bars) + 120))
    places = list(range(len(bars)))
    chart.add_bar(
        x=[value for _, value, _ in bars],
        y=places,
        orientation="h",
        marker_color=figure.MAIN,
        customdata=[[figure.said(name, lang), note] for name, _, note in bars],
        hovertemplate="%{customdata[0]}<br>%{x:.1%} (%{customdata[1]})<extra></extra>",
    )
    names = [figure.shorten(figure.said(name, lang)) for name, *_ in bars]
    chart.update_yaxes(tickvals=places, ticktext=names, autorange="reversed")
    if share:
        chart.update_xaxes(tickformat=".0%", rangemode="tozero")
    return chart
