"""Charts of what goes together and what is missing together, drawn from a profile's plain data alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.profile.charts import MOST_BARS, ROW_HEIGHT, bar_chart
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# More cells or bars than this cannot be read; the strongest are kept and the title says how many there are.
MOST_CELLS = 25
MOST_PAIRS = 20
# A name beside a matrix takes at most so many half-width characters; the whole one stands in the hover text.
NAME_WIDTH = 16
NAME_HEIGHT = 110
NOTE_WIDTH = 44
LEGEND_HEIGHT = 44
NEUTRAL = "#E8E8E8"


def associations_chart(profiled: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw the correlations between the numbers that go together most; the closest pairs where there are not two numbers."""
    together = profiled["associations"]
    chosen = most_related(together["matrix"])
    if len(chosen) < 2 and together.get("pairs"):
        return pairs_chart(profiled, lang)
    title = Text("profile.chart.associations", shown=len(chosen), count=len(together["columns"]))
    if len(chosen) < 2:
        return figure.empty(title, lang, reason=Text("profile.chart.no_pairs"))
    names = [figure.said(together["columns"][i], lang) for i in chosen]
    # The columns are the rows again: numbers say which, as names would overlap on a phone.
    numbers = [str(i + 1) for i in range(len(names))]
    rows = [f"{figure.shorten(name, NAME_WIDTH)} · {i}" for name, i in zip(names, numbers, strict=True)]
    chart = matrix(title, lang, numbers, rows, legend=LEGEND_HEIGHT, room=30)
    chart.add_heatmap(
        z=[[together["matrix"][i][j] for j in chosen] for i in chosen],
        zmin=-1,
        zmax=1,
        colorscale=[[0.0, figure.DOWN], [0.5, NEUTRAL], [1.0, figure.UP]],
        customdata=[[f"{a} × {b}" for b in names] for a in names],
        hovertemplate="%{customdata}<br>r = %{z:.3f}<extra></extra>",
        xgap=1,
        ygap=1,
        # Above the cells: beside them it would take a phone's whole width.
        colorbar={
            "orientation": "h",
            "x": 1.0,
            "xanchor": "right",
            "y": 1.0,
            "yanchor": "bottom",
            "len": 0.7,
            "thickness": 8,
            "tickvals": [-1, 0, 1],
            "ticktext": ["r = −1", "0", "1"],
            "tickangle": 0,
        },
    )
    return chart


def most_related(cells: list[list[float | None]]) -> list[int]:
    """Return the columns with the strongest correlations, in their own order, as many as can be read."""
    peak = [max((abs(r) for j, r in enumerate(row) if j != i and r is not None), default=-1.0) for i, row in enumerate(cells)]
    known = [i for i, value in enumerate(peak) if value >= 0]
    return sorted(sorted(known, key=lambda i: -peak[i])[:MOST_CELLS])


def pairs_chart(profiled: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw the pairs of columns of any kind that go together most, the closest on top."""
    pairs = profiled["associations"].get("pairs") or []
    shown = pairs[:MOST_PAIRS]
    title = Text("profile.chart.pairs", shown=len(shown))
    if not shown:
        return figure.empty(title, lang, reason=Text("profile.chart.no_pairs"))
    names = [[figure.said(pair["first"], lang), figure.said(pair["second"], lang)] for pair in shown]
    chart = figure.new(title, lang, x=Text("profile.chart.association"), height=max(220, ROW_HEIGHT * len(shown) + 140))
    chart.add_bar(
        x=[abs(pair["value"]) for pair in shown],
        y=list(range(len(shown))),
        orientation="h",
        marker_color=figure.MAIN,
        customdata=[f"{a} × {b}<br>{facts_of(pair, lang)}" for (a, b), pair in zip(names, shown, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    labels = [f"{figure.shorten(a, NAME_WIDTH // 2 + 2)} × {figure.shorten(b, NAME_WIDTH // 2 + 2)}" for a, b in names]
    chart.update_yaxes(tickvals=list(range(len(shown))), ticktext=labels, autorange="reversed")
    chart.update_xaxes(range=[0, 1])
    return chart


def facts_of(pair: Mapping[str, Any], lang: Lang) -> str:
    """Return a pair's measure and value, and how many rows it has in common."""
    measure, rows = Text(f"profile.measure.{pair['measure']}").say(lang), Text("profile.chart.rows").say(lang)
    return f"{measure}: {pair['value']:.3f}<br>{rows}: {pair['rows']:,}"


def missing_chart(profiled: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw the columns with most missing values."""
    columns = sorted((c for c in profiled["columns"] if c["missing"]), key=lambda c: -c["missing_rate"])
    title = Text("profile.chart.missing", count=len(columns), columns=len(profiled["columns"]))
    if not columns:
        return figure.empty(title, lang, reason=Text("profile.chart.none_missing"))
    bars = [(c["name"], c["missing_rate"], f"{c['missing']:,}") for c in columns[:MOST_BARS]]
    return bar_chart(title, bars, lang, x=Text("profile.chart.missing_rate"), share=True)


def missing_pattern_chart(profiled: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw which columns are missing together: a line with its rows for each frequent pattern, a cell for each column."""
    found = profiled["missingness"]
    patterns, columns = found["patterns"], found["columns"][:MOST_CELLS]
    title = Text("profile.chart.patterns", shown=len(patterns))
    if not columns:
        return figure.empty(title, lang, reason=Text("profile.chart.none_missing"))
    names = [figure.said(name, lang) for name in columns]
    rows = [f"{pattern['rows']:,}" for pattern in patterns]
    chart = matrix(title, lang, names, rows, legend=24)
    chart.add_heatmap(
        z=[[int(name in pattern["columns"]) for name in columns] for pattern in patterns],
        zmin=0,
        zmax=1,
        colorscale=[[0.0, figure.GRID], [1.0, figure.ACCENT]],
        showscale=False,
        customdata=[[[name, told(pattern, profiled["rows"], lang)] for name in names] for pattern in patterns],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        xgap=2,
        ygap=2,
    )
    for key, colour in (("profile.bin.missing", figure.ACCENT), ("profile.chart.pattern_known", figure.GRID)):
        mark = {"symbol": "square", "size": 11, "color": colour}
        chart.add_scatter(x=[None], y=[None], mode="markers", marker=mark, name=Text(key).say(lang), hoverinfo="skip")
    notes = notes_of(found, lang)
    chart.update_xaxes(title={"text": "<br>".join(notes), "font": {"size": 12}})
    chart.update_yaxes(title={"text": Text("profile.chart.rows").say(lang)})
    chart.update_layout(height=chart.layout.height + 18 * len(notes))
    return chart


def told(pattern: Mapping[str, Any], rows: int, lang: Lang) -> str:
    """Return how many columns are missing together in how many rows."""
    count = len(pattern["columns"])
    if not count:
        return Text("profile.chart.pattern_complete", rows=pattern["rows"], share=pattern["rows"] / rows).say(lang)
    return Text("profile.chart.pattern_of", count=count, rows=pattern["rows"], share=pattern["rows"] / rows).say(lang)


def notes_of(found: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return the lines that say what the chart does not show."""
    notes = []
    if found["rest"]:
        notes.append(Text("profile.chart.patterns_rest", count=found["rest"]).say(lang))
    if len(found["columns"]) > MOST_CELLS:
        notes.append(Text("profile.chart.patterns_fewer", shown=MOST_CELLS, count=len(found["columns"])).say(lang))
    return [line for note in notes for line in figure.wrap(note, NOTE_WIDTH)]


def matrix(title: Text, lang: Lang, columns: list[str], rows: list[str], *, legend: int, room: int = NAME_HEIGHT) -> go.Figure:
    """Return a chart for a matrix of named cells with room for a legend above it; names are upright, so that none overlap."""
    chart = figure.new(title, lang)
    top = (chart.layout.margin.t or figure.MARGIN["t"]) + legend
    chart.update_layout(height=top + max(120, ROW_HEIGHT * len(rows)) + room, margin={"t": top})
    across, down = list(range(len(columns))), list(range(len(rows)))
    font = {"size": 10}
    names = [figure.shorten(name, NAME_WIDTH) for name in columns]
    chart.update_xaxes(tickvals=across, ticktext=names, tickangle=-90, tickfont=font, range=[-0.5, len(columns) - 0.5])
    chart.update_yaxes(tickvals=down, ticktext=rows, tickfont=font, range=[len(rows) - 0.5, -0.5])
    chart.update_layout(xaxis={"showgrid": False, "zeroline": False}, yaxis={"showgrid": False, "zeroline": False})
    return chart
