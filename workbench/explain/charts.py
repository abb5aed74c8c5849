"""The two charts of an explanation: which columns matter overall, and what moved one row away from the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.words import Lang, Text, say

if TYPE_CHECKING:
    import plotly.graph_objects as go

# More bars than this are not read; the rest is one bar, so that the sum still holds.
MOST_BARS = 20
MOST_REASONS = 10
BAR, MARGIN, AMOUNTS = 26, 130, 96


def importance_chart(
    importance: Sequence[Mapping[str, Any]], lang: Lang, *, is_probability: bool = True, rows: int | None = None
) -> go.Figure:
    """Draw the columns by their mean effect, largest at the top.

    Parameters
    ----------
    importance : sequence of mapping
        What `Explainer.importance` returns.
    lang : {"ja", "en"}
        The reader's language.
    is_probability : bool
        True where effects are probabilities, shown as points; False for a number's own units.
    rows : int, optional
        How many rows the mean is of, stated in the title.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar chart; an empty one that says so where no column has any effect.
    """
    import plotly.graph_objects as go

    title = Text("explain.importance.title_rows", count=rows) if rows else Text("explain.importance.title")
    shown = [entry for entry in importance if entry["importance"] > 0][:MOST_BARS]
    if not shown:
        return figure.empty(title, lang, reason=Text("explain.importance.nothing"))
    factor = 100 if is_probability else 1
    values = [entry["importance"] * factor for entry in shown]
    names = [str(entry["feature"]) for entry in shown]
    chart = figure.new(title, lang, x=unit(is_probability), height=MARGIN + BAR * len(shown))
    texts = [say("explain.importance.hover", lang, effect=size(v, is_probability, lang)) for v in values]
    chart.add_trace(
        go.Bar(
            x=values,
            y=list(range(len(shown))),
            orientation="h",
            marker={"color": figure.MAIN},
            hovertext=[hover(name, text) for name, text in zip(names, texts, strict=True)],
            hoverinfo="text",
        )
    )
    return with_names(chart, [figure.shorten(name) for name in names])


def reasons_chart(row: Mapping[str, Any], lang: Lang) -> go.Figure:
    """Draw how one row's columns lead from the base to its output, step by step.

    Parameters
    ----------
    row : mapping
        One of `Effects.answers`: ``class``, ``output``, ``base`` and ``reasons``.
    lang : {"ja", "en"}
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        A waterfall from the base (top) to the output (bottom); small effects are one step.
    """
    import plotly.graph_objects as go

    is_probability = row["class"] is not None
    factor = 100 if is_probability else 1
    steps = reason_steps(row["reasons"], lang)
    names = [say("explain.reasons.base", lang), *(name for name, _ in steps), say("explain.reasons.output", lang)]
    values = [row["base"] * factor, *(effect * factor for _, effect in steps), row["output"] * factor]
    title = Text("explain.reasons.title", label=str(row["class"])) if is_probability else Text("explain.reasons.title_number")
    chart = figure.new(title, lang, x=unit(is_probability, total=True), height=MARGIN + BAR * len(names))
    ends = {0, len(values) - 1}
    texts = [amount(v, is_probability, lang, signed=i not in ends) for i, v in enumerate(values)]
    chart.add_trace(
        go.Waterfall(
            x=values,
            y=list(range(len(names))),
            orientation="h",
            measure=["absolute", *["relative"] * len(steps), "total"],
            increasing={"marker": {"color": figure.UP}},
            decreasing={"marker": {"color": figure.DOWN}},
            totals={"marker": {"color": figure.QUIET}},
            connector={"line": {"color": figure.GRID}},
            hovertext=[hover(name, text) for name, text in zip(names, texts, strict=True)],
            hoverinfo="text",
        )
    )
    # the figures stand in a column of their own: beside the bars they would lie over the names on a phone
    for place, text in enumerate(texts):
        chart.add_annotation(x=1, xref="paper", xanchor="left", xshift=6, y=place, text=text, showarrow=False)
    chart.update_layout(margin_r=AMOUNTS)
    return with_names(chart, [figure.shorten(name, 36) for name in names])


def reason_steps(reasons: Sequence[Mapping[str, Any]], lang: Lang) -> list[tuple[str, float]]:
    """Return the largest effects as (column = value, effect) and all others as one."""
    moved = sorted((r for r in reasons if r["effect"]), key=lambda r: -abs(r["effect"]))
    kept, rest = moved[:MOST_REASONS], moved[MOST_REASONS:]
    steps = [(f"{r['feature']} = {shown_value(r['value'], lang)}", r["effect"]) for r in kept]
    if rest:
        steps.append((say("explain.reasons.others", lang, count=len(rest)), sum(r["effect"] for r in rest)))
    return steps


def shown_value(value: Any, lang: Lang) -> str:
    """Return a cell as a reader expects it."""
    if value is None:
        return say("explain.reasons.blank", lang)
    if isinstance(value, bool):
        return str(value).lower()  # as in a file's cells
    if not isinstance(value, int | float):
        return str(value)
    return figure.number(value)


def amount(value: float, is_probability: bool, lang: Lang, *, signed: bool) -> str:
    """Return a step with its sign, or an end of the path without one."""
    if is_probability and signed:
        return say("explain.reasons.points", lang, effect=f"{value:+.1f}")
    if is_probability:
        return f"{value:.1f}%"
    return ("+" if signed and value > 0 else "") + figure.number(value)


def size(value: float, is_probability: bool, lang: Lang) -> str:
    """Return a mean effect, which has no sign."""
    shown = figure.number(value)
    return say("explain.reasons.points", lang, effect=shown) if is_probability else shown


def unit(is_probability: bool, *, total: bool = False) -> Text:
    """Return the title of the axis with its unit."""
    if is_probability:
        return Text("explain.axis.probability") if total else Text("explain.axis.points")
    return Text("explain.axis.number") if total else Text("explain.axis.units")


def hover(name: str, text: str) -> str:
    """Return what the pointer shows, safe inside plotly's small HTML."""
    return f"<b>{name.replace('<', '&lt;')}</b><br>{text.replace('<', '&lt;')}"


def with_names(chart: go.Figure, names: Sequence[str]) -> go.Figure:
    """Name the bars from top to bottom; by position, as two shortened names may be equal."""
    escaped = [name.replace("<", "&lt;") for name in names]
    places = list(range(len(names)))
    chart.update_yaxes(autorange="reversed", tickmode="array", tickvals=places, ticktext=escaped, showgrid=False)
    return chart.update_layout(showlegend=False)
