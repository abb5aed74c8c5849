"""The chart of a learning curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench import figure
from workbench.experiment.diagnosis.charts import legend_below, whiskers
from workbench.experiment.diagnosis.learning_curve import Along
from workbench.words import Lang, Text, say

if TYPE_CHECKING:
    import plotly.graph_objects as go


def learning(found: Sequence[Along], metric: str, lang: Lang) -> go.Figure:
    """Draw the metric along growing numbers of training rows: on the folds, and on the rows fitted."""
    name = Text(f"metric.{metric}.title")
    title = Text("diagnosis.learning.title", metric=name)
    if not found:
        return figure.empty(title, lang, reason=Text("diagnosis.learning.nothing"))
    made = figure.new(title, lang, x=Text("diagnosis.axis.training_rows"), y=name)
    rows = [one.rows for one in found]
    judged = [float(one.judged or 0.0) for one in found]
    made.add_scatter(
        x=rows,
        y=[one.fitted for one in found],
        mode="lines+markers",
        name=say("diagnosis.learning.fitted", lang),
        line={"color": figure.QUIET, "width": 1.5, "dash": "dot"},
        hovertemplate="%{x:,.0f}: %{y:.4g}<extra></extra>",
    )
    made.add_scatter(
        x=rows,
        y=judged,
        mode="lines+markers",
        name=say("diagnosis.learning.judged", lang),
        line={"color": figure.MAIN, "width": 2.5},
        marker={"size": 8},
        error_y=whiskers(judged, [one.low for one in found], [one.high for one in found]),
        hovertemplate="%{x:,.0f}: %{y:.4g}<extra></extra>",
    )
    return legend_below(made.update_xaxes(rangemode="tozero", tickformat=",", nticks=6))
