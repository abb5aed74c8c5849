"""The marks of a free chart that show how values spread, over all rows: boxes, and counts in two directions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench import figure
from workbench.profile.free import numbers
from workbench.profile.free.marks import Marks, extra, mark, parts, side, spoken, tally, told_once
from workbench.profile.free.scene import DENSE, SCALE, Scene, Series, Side, at, label, period_title
from workbench.words import Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.profile.free.numbers import Groups

# How much of its place a group of boxes takes.
BOXES_WIDTH = 0.8


def boxes(scene: Scene) -> Marks:
    """Draw quartiles and whiskers of a number or date in each group, over all rows; the mean is the mark to pick."""
    wish = scene.wish
    is_upright = scene.is_measured(wish.y)
    value, by = (str(wish.y), wish.x) if is_upright else (wish.x, wish.y)
    groups = scene.groups(by) if by is not None else numbers.everything(scene.rows)
    series = scene.series(wish.colour)
    y = scene.positions(value)
    among = (groups.codes != numbers.NONE) & ~np.isnan(y)
    cell = numbers.cells(scene.panels, series.groups, groups, among=among)
    counts = tally(cell, scene, series, groups)
    found = numbers.per_cell(y, cell, counts.size, numbers.box)
    across = Side(period_title(by or "", groups, scene.lang), groups=side_by_side(groups))
    along = Side(value, str(scene.kind(value)))
    chart = scene.stage(across, along) if is_upright else scene.stage(along, across)
    for panel, s, part, look in parts(scene, series, counts):
        first = mark(scene, series, groups, panel, s, 0)
        here = [(i, found[first + i]) for i in range(groups.count) if part[i]]
        if here:
            draw_boxes(chart, scene, series, s, here, first, value, is_upright=is_upright, look=look | at(panel))
    beyond = sum(b["beyond"] for b in found if b is not None)
    notes = [Text("profile.free.box", count=beyond), *scene.panel_notes(among)]
    notes += scene.rest_of(by, groups, among) if by is not None else []
    return Marks(told_once(chart), cell >= 0, cell_of=cell, notes=(*notes, *scene.colour_notes(series, wish.colour, among)))


def side_by_side(groups: Groups) -> Groups:
    """Return groups that stand beside each other, whatever scale they come from."""
    return replace(groups, places=(), width=None)


def draw_boxes(
    chart: go.Figure,
    scene: Scene,
    series: Series,
    s: int,
    here: list[tuple[int, dict[str, float]]],
    first: int,
    value: str,
    *,
    is_upright: bool,
    look: dict[str, Any],
) -> None:
    """Draw the boxes of one series, and a diamond at each mean."""
    count, colour = series.groups.count, series.colours[s]
    step = BOXES_WIDTH / count
    places = [i + (s + 0.5) * step - BOXES_WIDTH / 2 for i, _ in here]

    def told(name: str) -> list[Any]:
        return numbers.shown([b[name] for _, b in here], str(scene.kind(value)))

    ends = {"q1": told("q1"), "median": told("median"), "q3": told("q3")}
    ends |= {"lowerfence": told("low"), "upperfence": told("high")}
    chart.add_box(
        **ends,
        **{"x" if is_upright else "y": places},
        orientation="v" if is_upright else "h",
        width=step * 0.86,
        line={"color": colour, "width": 1.4},
        **look,
    )
    chart.add_scatter(
        **{"x" if is_upright else "y": places, "y" if is_upright else "x": told("mean")},
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": colour},
        customdata=[
            [first + i, f"{b['rows']:,}", f"{b['beyond']:,}", mean if isinstance(mean, str) else figure.number(mean)]
            for (i, b), mean in zip(here, told("mean"), strict=True)
        ],
        hovertemplate=Text("profile.free.box_hover").say(scene.lang) + extra(look),
        **look | {"showlegend": False},
    )
    chart.update_layout(boxmode="overlay")


def density(scene: Scene) -> Marks:
    """Draw the rows in each cell of a grid of x and y; marks nobody sees lie in the cells, to be selected."""
    wish = scene.wish
    assert wish.y is not None
    across, up = scene.groups(wish.x, width=DENSE), scene.groups(wish.y, width=DENSE)
    among = (across.codes != numbers.NONE) & (up.codes != numbers.NONE)
    cell = numbers.cells(scene.panels, up, across, among=among)
    shape = (scene.panels.count, up.count, across.count)
    counts = np.bincount(cell[cell >= 0], minlength=int(np.prod(shape))).reshape(shape)
    chart = scene.stage(side(scene, wish.x, across), side(scene, wish.y, up))
    x, y = Side("", groups=across).at(), Side("", groups=up).at()
    names = [[f"{a}<br>{b}" for a in spoken(across, scene)] for b in spoken(up, scene)]
    for panel in range(scene.panels.count):
        draw_cells(chart, counts[panel], x, y, names, panel, panel * up.count * across.count)
    chart.update_layout(coloraxis={"colorscale": SCALE, "colorbar": count_bar(int(counts.max()), scene)})
    notes = [*scene.panel_notes(among), *scene.rest_of(wish.x, across, among)]
    notes += scene.rest_of(wish.y, up, among) if wish.y != wish.x else []
    notes += [Text("profile.free.colour_unused", column=wish.colour)] if wish.colour is not None else []
    return Marks(chart, cell >= 0, cell_of=cell, notes=(*notes, Text("profile.free.pick_area")))


def draw_cells(
    chart: go.Figure, counts: np.ndarray, x: list[Any], y: list[Any], names: list[list[str]], panel: int, first: int
) -> None:
    """Draw one panel's cells in colours by powers of ten, and marks to select them by."""
    up, across = np.nonzero(counts)
    chart.add_heatmap(
        x=x,
        y=y,
        z=[[float(np.log10(n)) if n else None for n in row] for row in counts],
        text=[
            [f"{name}<br>n = {n:,}" for name, n in zip(told, row, strict=True)] for told, row in zip(names, counts, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
        coloraxis="coloraxis",
        **at(panel),
    )
    chart.add_scatter(
        x=[x[i] for i in across],
        y=[y[i] for i in up],
        customdata=first + up * len(x) + across,
        mode="markers",
        marker={"opacity": 0, "size": 6},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hoverinfo="skip",
        showlegend=False,
        **at(panel),
    )


def count_bar(most: int, scene: Scene) -> dict[str, Any]:
    """Return a bar of colours that names counts, not their logarithms."""
    ticks = sorted({1, *(step * 10**power for power in range(8) for step in (1, 3)), max(1, most)})
    ticks = [n for n in ticks if n <= max(1, most)]
    return {
        "title": {"text": label(Text("profile.chart.rows"), scene.lang, 16), "side": "top"},
        "thickness": 12,
        "tickvals": [float(np.log10(n)) for n in ticks],
        "ticktext": [f"{n:,}" for n in ticks],
    }
