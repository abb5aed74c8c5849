"""The chart of a confusion matrix: how often each class was predicted as each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench import figure
from workbench.experiment.diagnosis.charts import SQUARE
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# So many classes can still be read.
MOST_CLASSES = 20
# Ends of one hue that stand on light and dark pages alike, as the numbers on them do.
COLOURS = [[0.0, "#DCE9F3"], [1.0, figure.MAIN]]


def matrix(counts: np.ndarray, names: Sequence[str], lang: Lang) -> go.Figure:
    """Draw how often each class was predicted as each, coloured by the share of its own rows; of many the most frequent."""
    shown = np.argsort(-counts.sum(axis=1), kind="stable")[:MOST_CLASSES]
    shown = np.sort(shown)
    title = Text("diagnosis.matrix.title")
    if len(shown) < len(names):
        title = Text("diagnosis.matrix.some", shown=len(shown), count=len(names))
    part = counts[np.ix_(shown, shown)]
    shares = part / np.maximum(counts[shown].sum(axis=1, keepdims=True), 1)
    labels = [figure.said(figure.shorten(names[place], 16), lang) for place in shown]
    height = max(SQUARE, 60 + 30 * len(shown))
    made = figure.new(title, lang, x=Text("diagnosis.axis.said"), y=Text("diagnosis.axis.actual_class"), height=height)
    places = list(range(len(shown)))
    made.add_heatmap(
        x=places,
        y=places,
        z=shares,
        zmin=0,
        zmax=1,
        colorscale=COLOURS,
        text=[[f"{value:,}" for value in row] for row in part],
        texttemplate="%{text}",
        customdata=part,
        hovertemplate="%{customdata:,} (%{z:.1%})<extra></extra>",
        colorbar={"tickformat": ".0%", "thickness": 12},
        xgap=1,
        ygap=1,
    )
    made.update_xaxes(tickvals=places, ticktext=labels, showgrid=False)
    return made.update_yaxes(tickvals=places, ticktext=labels, autorange="reversed", showgrid=False)
