"""Charts of a classifier's diagnosis, drawn from its plain data alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench import figure
from workbench.experiment import diagnosis
from workbench.experiment.diagnosis import Curve, Curves, confusion
from workbench.experiment.diagnosis.confusion import Chosen
from workbench.words import Lang, Text, say

if TYPE_CHECKING:
    import plotly.graph_objects as go

# A line of more points looks the same and makes the page slow; every figure comes from all rows.
MOST_POINTS = 400
FAINT = "rgba(128, 132, 140, 0.55)"
BAND = "rgba(0, 114, 178, 0.18)"
SQUARE, TALL = 430, 440
# Pixels between the plot and the legend: the ticks and the axis title; and what title and axis take of a chart's height.
BELOW, MARGINS = 58, 110


def chart(view: str, given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:
    """Draw one view of one class.

    Parameters
    ----------
    view : {"threshold", "roc", "pr", "calibration", "gain", "scores"}
        What is drawn.
    given : Chosen
        The class against the rest.
    threshold : float or None
        Marked where thresholds are drawn.
    label : str
        The class.
    lang : {"ja", "en"}
        The reader's language.
    """
    if not given.is_whole:
        return figure.empty(Text(f"diagnosis.{view}.title", label=label), lang, reason=Text("diagnosis.one_class", label=label))
    draw: dict[str, Callable[..., go.Figure]] = {
        "threshold": along,
        "roc": roc,
        "pr": precision_recall,
        "calibration": calibration,
        "gain": gain,
        "scores": scores,
    }
    return legend_below(draw[view](given, threshold, label, lang))


def legend_below(made: go.Figure) -> go.Figure:
    """Put the legend below the axis: above, it would cover the title where the chart is half a page or a phone wide."""
    below = -BELOW / (made.layout.height - MARGINS)
    return made.update_layout(legend={"yanchor": "top", "y": below, "xanchor": "left", "x": 0.0})


def along(given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:
    """Draw precision, recall and F1 at every threshold."""
    found = confusion.along(given)
    made = figure.new(
        Text("diagnosis.threshold.title", label=label), lang, x=threshold_name(given), y=Text("diagnosis.axis.rate")
    )
    cuts = [one.threshold for one in found]
    lines = {
        "Prec.": [one.precision.value for one in found],
        "Recall": [one.recall.value for one in found],
        "F1": [one.f1 for one in found],
    }
    for (name, values), colour in zip(lines.items(), (figure.COLOURS[0], figure.COLOURS[5], figure.COLOURS[2]), strict=True):
        title = say(f"metric.{name}.title", lang)
        hover = f"{title} %{{y:.3f}}<br>≥ %{{x:.4g}}<extra></extra>"
        # Between two scores every threshold flags the same rows, those of the upper one: no slope leads from one to the other.
        line = {"color": colour, "width": 2, "shape": "vh"}
        made.add_scatter(x=cuts, y=values, name=title, mode="lines", line=line, hovertemplate=hover)
    mark(made, threshold)
    made.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return made


def mark(made: go.Figure, threshold: float | None) -> None:
    """Mark a threshold."""
    if threshold is not None:
        made.add_vline(x=threshold, line={"color": figure.ACCENT, "width": 2, "dash": "dash"})


def threshold_name(given: Chosen) -> Text:
    """Return what thresholds are of."""
    return Text("diagnosis.axis.probability") if given.is_probability else Text("diagnosis.axis.score")


def roc(given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:
    """Draw the ROC curve of all rows over those of the folds."""
    found = diagnosis.roc(given)
    title = Text("diagnosis.roc.title", label=label)
    made = figure.new(title, lang, x=Text("diagnosis.axis.false"), y=Text("diagnosis.axis.recall"), height=SQUARE)
    add_curves(made, found, lang, x=Text("diagnosis.axis.false"), y=Text("diagnosis.axis.recall"))
    made.add_scatter(x=[0, 1], y=[0, 1], **chance_line(lang))
    if threshold is not None:
        at = confusion.confusion(given, threshold)
        add_mark(made, at.false_alarms.value, at.recall.value, threshold)
    return unit_square(made)


def precision_recall(given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:
    """Draw the precision-recall curve of all rows over those of the folds."""
    found = diagnosis.precision_recall(given)
    title = Text("diagnosis.pr.title", label=label)
    made = figure.new(title, lang, x=Text("diagnosis.axis.recall"), y=Text("diagnosis.axis.precision"), height=SQUARE)
    # In steps, as the average precision adds them up: a straight line between two points promises what no threshold gives.
    add_curves(made, found, lang, x=Text("diagnosis.axis.recall"), y=Text("diagnosis.axis.precision"), shape="hv")
    made.add_scatter(x=[0, 1], y=[found.base, found.base], **chance_line(lang))
    if threshold is not None:
        at = confusion.confusion(given, threshold)
        add_mark(made, at.recall.value, at.precision.value, threshold)
    return unit_square(made)


def add_curves(made: go.Figure, found: Curves, lang: Lang, *, x: Text, y: Text, shape: str = "linear") -> None:
    """Add the folds' curves faintly and that of all rows above them."""
    name = say("diagnosis.curve.folds", lang)
    drawn = [one for one in found.folds if one is not None]
    for place, fold in enumerate(drawn):
        px, py, _ = thinned(fold)
        line = {"color": FAINT, "width": 1, "shape": shape}
        legend = {"name": name, "legendgroup": "folds", "showlegend": place == 0}
        made.add_scatter(x=px, y=py, mode="lines", line=line, hoverinfo="skip", **legend)
    px, py, cut = thinned(found.pooled)
    hover = f"{figure.said(x, lang)} %{{x:.1%}}<br>{figure.said(y, lang)} %{{y:.1%}}<br>≥ %{{customdata:.4g}}<extra></extra>"
    made.add_scatter(
        x=px,
        y=py,
        customdata=np.where(np.isfinite(cut), cut, np.nan),
        mode="lines",
        line={"color": figure.MAIN, "width": 2.5, "shape": shape},
        name=say("diagnosis.curve.pooled", lang),
        hovertemplate=hover,
    )


def thinned(curve: Curve) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a curve's points, thinned evenly along its length."""
    if len(curve.x) <= MOST_POINTS:
        return curve.x, curve.y, curve.cut
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(curve.x), np.diff(curve.y)))])
    kept = np.unique(np.searchsorted(length, np.linspace(0, length[-1], MOST_POINTS)).clip(0, len(curve.x) - 1))
    kept = np.unique(np.concatenate([[0], kept, [len(curve.x) - 1]]))
    return curve.x[kept], curve.y[kept], curve.cut[kept]


def chance_line(lang: Lang) -> dict[str, Any]:
    """Return the look of what chance alone gives."""
    line = {"color": figure.QUIET, "width": 1.5, "dash": "dot"}
    return {"mode": "lines", "line": line, "name": say("diagnosis.curve.chance", lang), "hoverinfo": "skip"}


def add_mark(made: go.Figure, x: float | None, y: float | None, threshold: float) -> None:
    """Mark the chosen threshold on a curve."""
    if x is not None and y is not None:
        marker = {"color": figure.ACCENT, "size": 12, "line": {"color": figure.INK, "width": 1}}
        made.add_scatter(
            x=[x], y=[y], mode="markers", marker=marker, name=f"≥ {figure.number(threshold)}", hoverinfo="name+x+y"
        )


def unit_square(made: go.Figure) -> go.Figure:
    """Show both shares from 0 to 1."""
    made.update_xaxes(range=[-0.01, 1.01], tickformat=".0%", nticks=6)
    return made.update_yaxes(range=[-0.01, 1.02], tickformat=".0%", nticks=6)


def calibration(given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:  # noqa: ARG001 - as its like
    """Draw what happened against what was said, with each bin's interval and rows."""
    title = Text("diagnosis.calibration.title", label=label)
    if not given.is_probability:
        return figure.empty(title, lang, reason=Text("diagnosis.calibration.no_probability"))
    found = diagnosis.calibration(given)
    x, y = Text("diagnosis.axis.predicted_share"), Text("diagnosis.axis.observed_share")
    made = figure.new(title, lang, x=x, y=y, height=SQUARE)
    observed = [float(one.observed.value or 0.0) for one in found.bins]
    made.add_scatter(
        x=[one.predicted for one in found.bins],
        y=observed,
        mode="lines+markers",
        name=say("diagnosis.calibration.bins", lang),
        line={"color": figure.MAIN, "width": 1.5},
        marker={"size": 9, "color": [figure.UP if one.is_off else figure.MAIN for one in found.bins]},
        error_y=whiskers(observed, [one.observed.low for one in found.bins], [one.observed.high for one in found.bins]),
        customdata=[
            say(
                "diagnosis.calibration.hover",
                lang,
                low=f"{one.low:.1%}",
                high=f"{one.high:.1%}",
                rows=f"{one.rows:,}",
                predicted=f"{one.predicted:.1%}",
                observed=interval(one.observed.value, one.observed.low, one.observed.high, is_share=True),
            ).replace("\n", "<br>")
            for one in found.bins
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    line = {"color": figure.QUIET, "width": 1.5, "dash": "dot"}
    name = say("diagnosis.calibration.perfect", lang)
    made.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=line, name=name, hoverinfo="skip")
    top = min(1.0, 1.08 * max([one.predicted for one in found.bins] + [float(one.observed.high or 0.0) for one in found.bins]))
    made.update_xaxes(range=[-0.01 * top, 1.01 * top], tickformat=".0%", nticks=6)
    return made.update_yaxes(range=[-0.01 * top, 1.02 * top], tickformat=".0%", nticks=6)


def whiskers(values: Sequence[float], low: Sequence[float | None], high: Sequence[float | None]) -> dict[str, Any]:
    """Return an interval on each side of a value; none where there is none."""
    down = [0.0 if end is None else value - end for value, end in zip(values, low, strict=True)]
    up = [0.0 if end is None else end - value for value, end in zip(values, high, strict=True)]
    return {
        "type": "data",
        "symmetric": False,
        "array": up,
        "arrayminus": down,
        "color": figure.INK,
        "thickness": 1.4,
        "width": 3,
    }


def interval(value: float | None, low: float | None, high: float | None, *, is_share: bool) -> str:
    """Return a figure with its interval as it is read."""

    def amount(one: float | None) -> str:
        return f"{one:.1%}" if is_share and one is not None else figure.number(one)

    return amount(value) if low is None or high is None else f"{amount(value)} ({amount(low)} – {amount(high)})"


def gain(given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:
    """Draw what is found among the rows ranked highest, with the lift on the other axis."""
    found = diagnosis.gain(given)
    title = Text("diagnosis.gain.title", label=label)
    made = figure.new(title, lang, x=Text("diagnosis.axis.ranked"), y=Text("diagnosis.axis.found"), height=SQUARE)
    shares = np.linspace(0, 1, 101)
    gained = np.interp(shares, found.shares, found.gain)
    lift = [None, *(gained[1:] / shares[1:])]
    made.add_scatter(
        x=shares,
        y=gained,
        mode="lines",
        name=say("diagnosis.gain.gain", lang),
        line={"color": figure.MAIN, "width": 2.5},
        hovertemplate="%{x:.0%} → %{y:.1%}<extra></extra>",
    )
    made.add_scatter(
        x=shares,
        y=lift,
        mode="lines",
        yaxis="y2",
        name=say("diagnosis.gain.lift", lang),
        line={"color": figure.COLOURS[5], "width": 2},
        hovertemplate="%{x:.0%}: × %{y:.2f}<extra></extra>",
    )
    made.add_scatter(x=[0, 1], y=[0, 1], **chance_line(lang))
    if threshold is not None:
        flagged = float(given.flagged(threshold).mean())
        add_mark(made, flagged, found.at(flagged), threshold)
    unit_square(made)
    second = {"title": {"text": say("diagnosis.axis.lift", lang)}, "overlaying": "y", "side": "right", "showgrid": False}
    top = 1.05 * max(lift[1:])
    return made.update_layout(yaxis2=second | {"range": [0, top], "tickmode": "auto", "nticks": 6, "automargin": True})


def scores(given: Chosen, threshold: float | None, label: str, lang: Lang) -> go.Figure:
    """Draw how scores are spread for rows of the class and for others, each side as shares of its own rows."""
    found = diagnosis.scores(given)
    title = Text("diagnosis.scores.title", label=label)
    x = Text("diagnosis.axis.chance" if given.is_probability else "diagnosis.axis.score")
    made = figure.new(title, lang, x=x, y=Text("diagnosis.axis.own_rows"))
    middle = (found.edges[:-1] + found.edges[1:]) / 2
    sides = ((label, found.hits, figure.UP), (say("diagnosis.others", lang), found.others, figure.DOWN))
    for name, counts, colour in sides:
        made.add_bar(
            x=middle,
            y=counts / max(int(counts.sum()), 1),
            width=np.diff(found.edges),
            name=figure.said(figure.shorten(name), lang),
            marker={"color": colour, "opacity": 0.6},
            customdata=counts,
            hovertemplate="%{x:.3g}: %{y:.1%} (%{customdata:,})<extra></extra>",
        )
    mark(made, threshold)
    made.update_layout(barmode="overlay", bargap=0)
    return made.update_yaxes(tickformat=".0%")
