"""The small charts beside findings, drawn from the plain data that these carry, and those of the closed loop's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.words import Lang, Text
from workbench.words import say as say_in

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.checks.advice.loop import Answer

# Marks that a finding may carry; the rest would not be read.
MOST_MARKS = 30
# So many bars lie on their side, where their names have room; more stand upright.
LYING = 12
# So few bars are drawn thinner, or they would look like walls.
FEW = 4
ROW, HEAD, LOWEST, HIGHEST = 20, 74, 160, 220
# Columns of a terminal that a name may take beside a bar, and below one.
LONG_NAME, SHORT_NAME = 22, 12
# Answers in one chart; the list below has all of them.
MOST_ANSWERS = 14
MARGIN = {"l": 8, "r": 16, "t": 10, "b": 8}
BAND = "rgba(0, 114, 178, 0.18)"
WHISKER = {"color": figure.INK, "thickness": 1.4, "width": 3}


def chart(data: Mapping[str, Any], lang: Lang, *, title: Text | str = "") -> go.Figure | None:
    """Draw what a finding carries.

    Parameters
    ----------
    data : mapping
        ``kind`` (``bars``, ``lines`` or ``two``) and its marks.
    lang : {"ja", "en"}
        The reader's language.
    title : Text or str, optional
        A heading; beside a finding there is none.

    Returns
    -------
    plotly.graph_objects.Figure or None
        None for a kind that is not known here, such as one of a later version, and where there is nothing to draw.
    """
    draw: Callable[[Mapping[str, Any], Lang, Text | str], go.Figure] | None
    draw = {"bars": bars, "lines": lines, "two": two}.get(str(data.get("kind")))
    marks = data.get("x" if data.get("kind") == "lines" else "labels")
    return draw(data, lang, title) if draw and marks else None


def bars(data: Mapping[str, Any], lang: Lang, title: Text | str = "") -> go.Figure:
    """Draw one value for each label, with its interval where there is one; what is accused stands out."""
    names, values = data["labels"][:MOST_MARKS], data["values"][:MOST_MARKS]
    accused = set(data.get("highlight") or ())
    plain = figure.QUIET if accused else figure.MAIN
    style: dict[str, Any] = {
        "marker_color": [figure.UP if place in accused else plain for place in range(len(names))],
        "errors": spread(values, data.get("low"), data.get("high")),
        "hover": hovers(names, values, lang, data.get("low"), data.get("high"), is_share=bool(data.get("share"))),
    }
    made = blank(names, lang, title, of=named(data.get("x"), lang), is_share=bool(data.get("share")))
    return add_bars(made, names, values, **style)


def two(data: Mapping[str, Any], lang: Lang, title: Text | str = "") -> go.Figure:
    """Draw two values for each label beside each other."""
    names, is_share = data["labels"][:MOST_MARKS], bool(data.get("share"))
    made = blank(names, lang, title, is_share=is_share, each=2)
    for name, side, colour in zip(data["names"], ("first", "second"), (figure.MAIN, figure.ACCENT), strict=True):
        values = data[side][:MOST_MARKS]
        hover = hovers(names, values, lang, None, None, is_share=is_share)
        label = figure.said(figure.shorten(named(name, lang)), lang)
        add_bars(made, names, values, marker_color=colour, errors=None, hover=hover, name=label)
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    made.update_layout(barmode="group", bargap=0.25, showlegend=True, legend=legend)
    return made.update_layout(margin={"t": made.layout.margin.t + 26}, height=made.layout.height + 26)


def lines(data: Mapping[str, Any], lang: Lang, title: Text | str = "") -> go.Figure:
    """Draw a value along something ordered, with the band of its interval."""
    x = [figure.said(place, lang) if isinstance(place, str) else place for place in data["x"]]
    made = figure.new(title, lang, x=named(data.get("x_title"), lang), y=named(data.get("y"), lang), height=HIGHEST)
    if data.get("low") and data.get("high"):
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        made.add_scatter(x=x, y=data["low"], **edge)
        made.add_scatter(x=x, y=data["high"], fill="tonexty", fillcolor=BAND, **edge)
    hover = hovers(x, data["values"], lang, data.get("low"), data.get("high"), is_share=bool(data.get("share")))
    made.add_scatter(
        x=x,
        y=data["values"],
        mode="lines+markers" if len(x) <= MOST_MARKS else "lines",
        line={"color": figure.MAIN, "width": 2},
        marker={"size": 5},
        showlegend=False,
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )
    has_dates = is_dates(data["x"])
    # How much there is over time begins at nothing: cut off, small waves look like storms.
    made.update_yaxes(tickformat=".0%" if data.get("share") else None, nticks=5, rangemode="tozero" if has_dates else None)
    form = "%m-%d %H:%M" if has_dates and "T" in str(data["x"][0]) else "%Y-%m-%d"
    made.update_xaxes(nticks=3 if has_dates else 6, tickformat=form if has_dates else None)
    return small(made)


def loop(answers: Sequence[Answer], lang: Lang) -> go.Figure | None:
    """Draw what the score was and what it would be, each with its interval; None where no answer has figures."""
    figured = [one for one in answers if one.before is not None and one.after is not None]
    drawn = [one for one in figured if not is_one_split(one)][:MOST_ANSWERS]
    if not drawn:
        return None
    names = [name_of(one, lang) for one in drawn]
    metric = figure.said(drawn[0].metric, lang)
    made = figure.new("", lang, x=Text("check.loop_chart.loop", metric=metric), height=len(drawn) * 2 * ROW + HEAD + 30)
    for side, colour, symbol, shift in (("before", figure.QUIET, "circle-open", -0.14), ("after", figure.UP, "circle", 0.14)):
        values = [getattr(one, side) for one in drawn]
        ends = [getattr(one, f"{side}_interval") or (None, None) for one in drawn]
        low, high = [end[0] for end in ends], [end[1] for end in ends]
        made.add_scatter(
            x=values,
            y=[place + shift for place in range(len(drawn))],
            mode="markers",
            name=Text(f"check.loop_chart.{side}").say(lang),
            marker={"color": colour, "symbol": symbol, "size": 10, "line": {"width": 2, "color": colour}},
            error_x=(spread(values, low, high) or {}) | {"color": colour},
            customdata=hovers(names, values, lang, low, high),
            hovertemplate="%{customdata}<extra></extra>",
        )
    ticks = [figure.folded(name, lang, LONG_NAME) for name in names]
    made.update_yaxes(tickvals=list(range(len(drawn))), ticktext=ticks, range=[len(drawn) - 0.5, -0.5], showgrid=False)
    made.update_xaxes(nticks=6)
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    made.update_layout(showlegend=True, legend=legend)
    return small(made, top=30)


def is_one_split(answer: Answer) -> bool:
    """Tell an answer about the split where the advised one is the random one: there is nothing to compare."""
    return not answer.columns and answer.before == answer.after and answer.interval == (0.0, 0.0)


def name_of(answer: Answer, lang: Lang) -> str:
    """Return what an answer's marks stand for: the split, one column, or how many together."""
    if not answer.columns:
        return say_in("check.loop_chart.split", lang)
    if len(answer.columns) == 1:
        return say_in("check.loop_chart.without", lang, column=figure.shorten(answer.columns[0], LONG_NAME))
    return say_in(
        "check.loop_chart.without_many", lang, column=figure.shorten(answer.columns[0], 14), more=len(answer.columns) - 1
    )


def blank(
    names: Sequence[Any], lang: Lang, title: Text | str, *, of: str = "", is_share: bool = False, each: int = 1
) -> go.Figure:
    """Return the axes for bars: lying ones with names beside them, upright ones where they are many."""
    lies, places = len(names) <= LYING, list(range(len(names)))
    height = max(len(names) * ROW * (1 + 0.6 * (each - 1)) + HEAD, LOWEST - 60) if lies else HIGHEST
    made = figure.new(title, lang, **({"x": of} if lies else {"y": of}), height=int(height))
    values, labels = (made.update_xaxes, made.update_yaxes) if lies else (made.update_yaxes, made.update_xaxes)
    values(tickformat=".0%" if is_share else None, nticks=5, rangemode="tozero")
    ticks = [figure.said(figure.shorten(label_of(name, lang), LONG_NAME if lies else SHORT_NAME), lang) for name in names]
    shown = places if lies else places[:: max(len(places) // 10, 1)]
    labels(tickvals=shown, ticktext=[ticks[place] for place in shown], showgrid=False, zeroline=False)
    labels(range=[len(names) - 0.5, -0.5] if lies else [-0.5, len(names) - 0.5])
    return small(made)


def add_bars(
    made: go.Figure,
    names: Sequence[Any],
    values: Sequence[Any],
    *,
    errors: dict[str, Any] | None,
    hover: list[str],
    **style: Any,
) -> go.Figure:
    """Add one bar for each name, by its place: names may repeat."""
    lies, places = len(names) <= LYING, list(range(len(names)))
    side: dict[str, Any] = {"x": values, "y": places, "orientation": "h"} if lies else {"x": places, "y": values}
    if errors:
        side["error_x" if lies else "error_y"] = errors
    if len(names) < FEW and "name" not in style:
        side["width"] = 0.5
    return made.add_bar(**side, **style, customdata=hover, hovertemplate="%{customdata}<extra></extra>", textposition="none")


def small(made: go.Figure, *, top: int = 0) -> go.Figure:
    """Take away the room that a large chart's title needs."""
    has_title = bool(made.layout.title.text)
    height = made.layout.height + (34 if has_title else 0)
    made.update_xaxes(tickfont_size=11, title_font_size=12)
    made.update_yaxes(tickfont_size=11, title_font_size=12)
    return made.update_layout(margin=MARGIN | {"t": MARGIN["t"] + top + (34 if has_title else 0)}, height=height)


def spread(values: Sequence[Any], low: Sequence[Any] | None, high: Sequence[Any] | None) -> dict[str, Any] | None:
    """Return the whiskers of values, or None where there are no intervals."""
    if not low or not high:
        return None
    down, up = ([gap(end, value) for end, value in zip(ends, values, strict=False)] for ends in (low, high))
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, **WHISKER}


def gap(end: float | None, value: float | None) -> float:
    """Return how far an interval reaches from its value."""
    return abs(end - value) if end is not None and value is not None else 0.0


def hovers(
    names: Sequence[Any],
    values: Sequence[Any],
    lang: Lang,
    low: Sequence[Any] | None,
    high: Sequence[Any] | None,
    *,
    is_share: bool = False,
) -> list[str]:
    """Return what each mark says when it is pointed at: its full name, its value and its interval."""
    ends = zip(low, high, strict=False) if low and high else [(None, None)] * len(values)
    said = []
    for name, value, (start, end) in zip(names, values, ends, strict=False):
        about = f" ({amount(start, is_share)} – {amount(end, is_share)})" if start is not None and end is not None else ""
        said.append(f"{escaped(label_of(name, lang))}<br>{amount(value, is_share)}{about}")
    return said


def amount(value: float | None, is_share: bool) -> str:
    """Return a value as it is read."""
    return f"{value:.1%}" if is_share and value is not None else figure.number(value)


def label_of(name: Any, lang: Lang) -> str:
    """Return a label as text; yes and no as words, a missing one is a dash."""
    if isinstance(name, bool):
        return say_in(f"check.arrival.{str(name).lower()}", lang)
    return "–" if name is None else str(name).replace("<br>", " ")


def escaped(text: str) -> str:
    """Return text that plotly's small HTML shows as it is."""
    return text.replace("<", "&lt;")


def named(name: str | None, lang: Lang) -> str:
    """Return a sentence by its key, or a column's name as it is."""
    if not name:
        return ""
    try:
        return say_in(name, lang)
    except KeyError:
        return name


def is_dates(places: Sequence[Any]) -> bool:
    """Tell whether the places of a line are dates."""
    return bool(places) and all(isinstance(one, str) and len(one) >= 10 and one[4:5] == one[7:8] == "-" for one in places)
