"""A leaderboard as a chart: each model's score with its interval beside the baseline, and its difference from the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import figure
from workbench.evaluation.compare import interval
from workbench.evaluation.metrics import greater_is_better, title
from workbench.experiment.candidates import candidate
from workbench.experiment.leaderboard.standing import Standing
from workbench.task import Task
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.experiment.leaderboard import Row

ROW_HEIGHT = 30
# A model that is worse than the baseline by more than the baseline is worse than the best only stretches the axis.
FAR = 1.0
# So many lines can be told apart; a fold each gets its number up to so many.
MOST_LINES, MOST_TICKS = 6, 15
LINE_SYMBOLS = ("diamond", "circle", "square", "triangle-up", "x", "star", "circle-open")
# In spans of the models' scores.
NEAR = 1.0
# Dots of single folds stay behind the mean.
FAINT = 0.35
# A score to so many digits as d3 writes it, however large or small it is.
HOVER = ",.5~r"


@dataclass(frozen=True)
class Mark:
    """One model on the chart."""

    name: str
    group: str
    """``best``, ``tied`` or ``behind``."""
    mean: float
    low: float
    high: float
    folds: tuple[float, ...] = ()
    spread: float | None = None
    holdout: float | None = None


SYMBOLS = {"best": "diamond", "tied": "circle", "behind": "circle-open"}
COLOURS = {"best": figure.ACCENT, "tied": figure.MAIN, "behind": figure.QUIET}


def scores(found: Standing, task: Task, lang: Lang, *, test_share: float | None) -> go.Figure:
    """Draw the mean of the metric for each model with its corrected 95 % interval, its folds, and the baseline as a line."""
    marks = [mark for row in found.rows if (mark := score_of(row, found.sort, task, lang, test_share))]
    heading = Text("leaderboard.chart.scores", metric=title(found.sort))
    if not marks:
        return figure.empty(heading, lang, reason=Text("leaderboard.chart.nothing"))
    base = (found.baseline or {"metrics": {}})["metrics"].get(found.sort)
    chart = new(heading, marks, lang, x=axis(found.sort))
    chart.add_scatter(
        x=[value for mark in marks for value in mark.folds],
        y=[mark.name for mark in marks for _ in mark.folds],
        mode="markers",
        marker={"size": 5, "color": figure.QUIET, "opacity": FAINT},
        name=Text("leaderboard.chart.fold").say(lang),
        hovertemplate=f"%{{y}}<br>%{{x:{HOVER}}}<extra></extra>",
    )
    add_marks(chart, marks, lang)
    add_holdouts(chart, marks, lang)
    if base is not None:
        add_line(chart, base, Text("leaderboard.chart.baseline"), lang)
    return cropped(chart, marks, found.sort, base, lang)


def differences(found: Standing, task: Task, lang: Lang) -> go.Figure:
    """Draw each model's difference from the best with its corrected 95 % interval: one that reaches 0 is a tie."""
    marks = [mark for row in found.rows if (mark := difference_of(row, task, lang))]
    heading = Text("leaderboard.chart.differences", metric=title(found.sort))
    if len(marks) < 2:
        return figure.empty(heading, lang, reason=Text("leaderboard.chart.no_differences"))
    chart = new(heading, marks, lang, x=Text("leaderboard.chart.difference", metric=title(found.sort)))
    add_marks(chart, marks, lang, is_difference=True)
    add_line(chart, 0.0, None, lang)
    base = ((found.baseline or {}).get("difference") or {}).get("mean")
    if base is not None:
        add_line(chart, base, Text("leaderboard.chart.baseline"), lang)
    return cropped(chart, marks, found.sort, base, lang)


def folds(found: Standing, task: Task, lang: Lang) -> go.Figure:
    """Draw the metric fold by fold, a line for each of the best: a fold that is hard for all says something about its rows."""
    heading = Text("leaderboard.chart.folds", metric=title(found.sort))
    shown = [row for row in found.rows if row["rank"] is not None and len(row["folds"]) > 1][:MOST_LINES]
    if not shown:
        return figure.empty(heading, lang, reason=Text("leaderboard.chart.nothing"))
    chart = figure.new(heading, lang, x=Text("leaderboard.chart.fold_number"), y=axis(found.sort), height=420)
    lines = [*shown, *([found.baseline] if found.baseline and is_near(found.baseline, shown, found.sort) else [])]
    for place, row in enumerate(lines):
        is_base = row is found.baseline
        name = Text("leaderboard.chart.baseline").say(lang) if is_base else name_of(row, task, lang)
        values = [fold.get(found.sort) for fold in row["folds"]]
        colour = figure.INK if is_base else figure.COLOURS[place % len(figure.COLOURS)]
        chart.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=values,
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 2 if place == 0 else 1.2, "dash": "dash" if is_base else "solid"},
            marker={"size": 8, "symbol": LINE_SYMBOLS[place % len(LINE_SYMBOLS)]},
            hovertemplate=f"{name}<br>%{{x}}: %{{y:{HOVER}}}<extra></extra>",
        )
    chart.update_xaxes(dtick=1 if len(shown[0]["folds"]) <= MOST_TICKS else None)
    chart.update_layout(legend={"x": 0, "xanchor": "left", "y": 0, "yref": "container", "yanchor": "bottom"})
    chart.update_layout(margin_b=110 + 12 * len(lines))
    return chart


def is_near(baseline: Row, rows: Sequence[Row], sort: str) -> bool:
    """Tell whether the baseline's folds can be drawn without pressing the models' lines into one."""
    values = [fold[sort] for row in rows for fold in row["folds"] if fold.get(sort) is not None]
    base = [fold[sort] for fold in baseline.get("folds") or () if fold.get(sort) is not None]
    if not values or not base:
        return False
    span = max(values) - min(values)
    return min(values) - max(base) <= NEAR * span and min(base) - max(values) <= NEAR * span


def axis(sort: str) -> Text:
    """Return the axis of a metric, with its direction."""
    return Text("leaderboard.chart.higher" if greater_is_better(sort) else "leaderboard.chart.lower", metric=title(sort))


def score_of(row: Row, sort: str, task: Task, lang: Lang, test_share: float | None) -> Mark | None:
    """Return a row's mark on the chart of scores, None for one without a rank."""
    if row["rank"] is None:
        return None
    values = [fold[sort] for fold in row["folds"] if fold.get(sort) is not None]
    mean = row["metrics"][sort]
    found = interval(values, test_share=test_share) if test_share is not None else None
    low, high = (found.low, found.high) if found else (mean, mean)
    holdout = (row["holdout"] or {}).get(sort)
    return Mark(name_of(row, task, lang), group_of(row), mean, low, high, tuple(values), row["metrics_std"].get(sort), holdout)


def difference_of(row: Row, task: Task, lang: Lang) -> Mark | None:
    """Return a row's mark on the chart of differences."""
    name = name_of(row, task, lang)
    if row["rank"] == 1:
        return Mark(name, "best", 0.0, 0.0, 0.0)
    if row["rank"] is None or not row["difference"]:
        return None
    return Mark(name, group_of(row), row["difference"]["mean"], row["difference"]["low"], row["difference"]["high"])


def name_of(row: Row, task: Task, lang: Lang) -> str:
    """Return a model's name, short enough for an axis; also as plotly's small HTML."""
    return figure.shorten(figure.said(candidate(task, row["model"]).title, lang))


def group_of(row: Row) -> str:
    """Return how a row stands to the best."""
    if row["rank"] == 1:
        return "best"
    return "tied" if row["tied_with_best"] else "behind"


def new(heading: Text, marks: Sequence[Mark], lang: Lang, *, x: Text) -> go.Figure:
    """Return a chart with a line for each model, the best at the top."""
    # On a phone the legend stands in five lines and takes its room from the rows.
    chart = figure.new(heading, lang, x=x, height=230 + ROW_HEIGHT * len(marks))
    names = [mark.name for mark in reversed(marks)]
    chart.update_yaxes(categoryorder="array", categoryarray=names, range=[-0.6, len(names) - 0.4])
    # Below the plot: above it, a phone would lay it over the title.
    chart.update_layout(legend={"x": 0, "xanchor": "left", "y": 0, "yref": "container", "yanchor": "bottom"}, margin_b=96)
    return chart


def add_marks(chart: go.Figure, marks: Sequence[Mark], lang: Lang, *, is_difference: bool = False) -> None:
    """Add the means with their intervals, a trace for each group, told apart by shape too."""
    for group, symbol in SYMBOLS.items():
        mine = [mark for mark in marks if mark.group == group]
        if not mine:
            continue
        bars: dict[str, Any] = {
            "type": "data",
            "symmetric": False,
            "array": [mark.high - mark.mean for mark in mine],
            "arrayminus": [mark.mean - mark.low for mark in mine],
            "thickness": 1.5,
        }
        chart.add_scatter(
            x=[mark.mean for mark in mine],
            y=[mark.name for mark in mine],
            error_x=bars,
            mode="markers",
            marker={"size": 11, "symbol": symbol, "color": COLOURS[group]},
            name=Text(f"leaderboard.chart.group.{group}").say(lang),
            customdata=[
                [*figure.scores([mark.mean, mark.low, mark.high], sign=is_difference), spread_said(mark)] for mark in mine
            ],
            hovertemplate="%{y}<br>%{customdata[0]} (%{customdata[1]} – %{customdata[2]})%{customdata[3]}<extra></extra>",
        )


def spread_said(mark: Mark) -> str:
    """Return the standard deviation over the folds, where it is known."""
    return "" if mark.spread is None else f"<br>± {figure.score(mark.spread)}"


def add_holdouts(chart: go.Figure, marks: Sequence[Mark], lang: Lang) -> None:
    """Add the scores on the hold-out, where there are any."""
    known = [mark for mark in marks if mark.holdout is not None]
    if known:
        chart.add_scatter(
            x=[mark.holdout for mark in known],
            y=[mark.name for mark in known],
            mode="markers",
            marker={"size": 10, "symbol": "x-thin", "line": {"width": 2.5, "color": figure.COLOURS[5]}},
            name=Text("leaderboard.chart.holdout").say(lang),
            hovertemplate=f"%{{y}}<br>%{{x:{HOVER}}}<extra></extra>",
        )


def add_line(chart: go.Figure, x: float, text: Text | None, lang: Lang) -> None:
    """Add a vertical line, with its name at the top."""
    style = {"line_color": figure.INK, "line_width": 1.5, "line_dash": "dash" if text else "solid"}
    note = (
        {"annotation_text": figure.said(text, lang), "annotation_position": "top", "annotation_font_size": 11} if text else {}
    )
    chart.add_vline(x=x, **style, **note)


def cropped(chart: go.Figure, marks: Sequence[Mark], sort: str, base: float | None, lang: Lang) -> go.Figure:
    """Hold the axis to where models can be told apart; who lies beyond is named below the plot's title."""
    best = marks[0].mean
    if base is None or best == base:
        return chart
    sign = 1.0 if greater_is_better(sort) else -1.0
    span = abs(best - base)
    limit = min(best * sign, base * sign) - FAR * span
    beyond = [mark for mark in marks if mark.mean * sign < limit]
    if not beyond:
        return chart
    ends = [end * sign for mark in marks if mark not in beyond for end in (mark.low, mark.high)]
    top = max([*ends, best * sign, base * sign]) + 0.05 * span
    chart.update_xaxes(range=sorted([limit * sign, top * sign]))
    for mark in beyond:
        chart.add_annotation(
            x=limit * sign,
            y=mark.name,
            text=figure.said(Text("leaderboard.chart.beyond", value=figure.score(mark.mean)), lang),
            showarrow=False,
            xanchor="left" if sign > 0 else "right",
            font={"size": 11},
        )
    return chart
