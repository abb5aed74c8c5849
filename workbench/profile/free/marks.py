"""The marks of a free chart that stand for many rows: bars of counts, shares and means, and lines, over all rows.

Each mark carries a number (plotly's `customdata`): a point the number of its row, any other mark that of its cell, so that the
rows behind a selection can be told. Shares have Wilson's interval, means Student's, as along the target (`by_target`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench import figure
from workbench.profile.by_target import means, wilson
from workbench.profile.columns import finite
from workbench.profile.free import numbers
from workbench.profile.free.scene import BINS, Scene, Series, Side, at, label, period_title
from workbench.words import Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.profile.free.numbers import Groups

# Numbers beyond it are summed up in this unit, as their sum may be too large for a number.
HUGE = 1e150
Estimate = dict[str, float | None]


@dataclass(frozen=True)
class Marks:
    """A chart, the rows it stands for, and what is to be said of it."""

    figure: go.Figure
    used: np.ndarray
    """Which rows of the table the marks are made from."""
    rows_of: np.ndarray | None = None
    """The row of each point; None where marks stand for many rows."""
    cell_of: np.ndarray | None = None
    """The mark of each row, -1 where it has none."""
    notes: tuple[Text, ...] = ()


def told_once(chart: go.Figure) -> go.Figure:
    """Name each group once in the legend, in whatever panel it first stands."""
    told: set[str] = set()
    for trace in chart.data:
        if trace.showlegend and trace.legendgroup:
            trace.showlegend = trace.legendgroup not in told
            told.add(trace.legendgroup)
    return chart


def bars(scene: Scene) -> Marks:
    """Draw the rows, or their shares, of each group; with a number as y its mean."""
    wish = scene.wish
    if wish.y is not None and scene.kind(wish.y) == "number":
        return averages(scene, as_bars=True)
    groups = scene.groups(wish.x, width=BINS)
    series, name, unused = columns_of(scene)
    among = (groups.codes != numbers.NONE) & (series.groups.codes >= 0)
    cell = numbers.cells(scene.panels, series.groups, groups, among=among)
    counts = tally(cell, scene, series, groups)
    totals = counts.sum(axis=1, keepdims=True)
    is_share = wish.share and series.groups.count > 1
    y = Side(Text("profile.free.share") if is_share else Text("profile.chart.rows"), share=is_share)
    chart = scene.stage(side(scene, wish.x, groups), y)
    is_stacked = bool(groups.places)
    for panel, s, part, look in parts(scene, series, counts):
        total = totals[panel, 0]
        shares = [wilson(float(n), float(of)) if of else None for n, of in zip(part, total, strict=True)]
        shown = [None if e is None else e["value"] for e in shares] if is_share else part.tolist()
        chart.add_bar(
            x=Side(wish.x, groups=groups).at(),
            y=shown,
            width=bar_width(scene, wish.x, groups),
            marker_color=series.colours[s],
            customdata=[
                [mark(scene, series, groups, panel, s, i), name, f"{n:,}", share_of(e)]
                for i, (name, n, e) in enumerate(zip(spoken(groups, scene), part.tolist(), shares, strict=True))
            ],
            error_y=reaches(shares) if is_share and not is_stacked else None,
            hovertemplate="%{customdata[1]}<br>%{customdata[2]} (%{customdata[3]})" + extra(look),
            **look,
            **at(panel),
        )
    chart.update_layout(barmode="stack" if is_stacked else "group")
    notes = [
        *scene.panel_notes(among),
        *scene.rest_of(wish.x, groups, among),
        *scene.colour_notes(series, name, among),
        *unused,
    ]
    return Marks(told_once(chart), cell >= 0, cell_of=cell, notes=tuple(notes))


def columns_of(scene: Scene) -> tuple[Series, str | None, list[Text]]:
    """Return what stands side by side: the labels of y where it has some, else the colour; and what is not used then."""
    wish = scene.wish
    if wish.y is None:
        return scene.series(wish.colour), wish.colour, []
    unused = [Text("profile.free.colour_unused", column=wish.colour)] if wish.colour not in (None, wish.y) else []
    return scene.series(wish.y, with_missing=False), wish.y, unused


def tally(cell: np.ndarray, scene: Scene, series: Series, groups: Groups) -> np.ndarray:
    """Count rows by panel, series and group."""
    shape = (scene.panels.count, series.groups.count, groups.count)
    return np.bincount(cell[cell >= 0], minlength=int(np.prod(shape))).reshape(shape)


def parts(scene: Scene, series: Series, counts: np.ndarray) -> Iterator[tuple[int, int, np.ndarray, dict[str, Any]]]:
    """Yield the counts of every series in every panel, with the series' name for the legend."""
    for panel in range(scene.panels.count):
        for s in range(series.groups.count):
            text = label(series.groups.names[s], scene.lang, 40)
            yield panel, s, counts[panel, s], {"name": text, "legendgroup": str(s), "showlegend": bool(text)}


def mark(scene: Scene, series: Series, groups: Groups, panel: int, s: int, i: int) -> int:
    """Return the number of a mark: its cell."""
    del scene
    return (panel * series.groups.count + s) * groups.count + i


def extra(look: dict[str, Any]) -> str:
    """Return the part of a hover text that names the series, where it has a name."""
    return "<extra>%{fullData.name}</extra>" if look["name"] else "<extra></extra>"


def spoken(groups: Groups, scene: Scene) -> list[str]:
    """Return what groups hold, in the reader's language."""
    return [label(name, scene.lang, 60) for name in groups.names]


def share_of(estimate: Estimate | None) -> str:
    """Return a share as a percentage."""
    return figure.number(None) if estimate is None or estimate["value"] is None else f"{estimate['value']:.1%}"


def side(scene: Scene, name: str, groups: Groups) -> Side:
    """Return the axis of a grouped column."""
    return Side(period_title(name, groups, scene.lang), str(scene.kind(name)), groups)


def bar_width(scene: Scene, name: str, groups: Groups) -> float | None:
    """Return how wide bars are on a scale of their own; on others plotly sees to it."""
    return groups.width * 0.96 if groups.width and scene.kind(name) == "number" else None


def reaches(estimates: list[Estimate | None]) -> dict[str, Any]:
    """Return intervals as plotly draws them."""
    up, down = [], []
    for e in estimates:
        told = e is not None and e["value"] is not None and e["low"] is not None and e["high"] is not None
        up.append(e["high"] - e["value"] if told else 0)  # type: ignore[index, operator]
        down.append(e["value"] - e["low"] if told else 0)  # type: ignore[index, operator]
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.2, "width": 3}


def line(scene: Scene) -> Marks:
    """Draw the mean of y, the shares of its labels, or the rows, along x."""
    return averages(scene) if scene.wish.y is None or scene.kind(scene.wish.y) == "number" else shares(scene)


def course(scene: Scene) -> Groups:
    """Return the places of a line: periods, few different values, or bins of one width."""
    name = scene.wish.x
    return scene.groups(name, width=BINS)


def averages(scene: Scene, *, as_bars: bool = False) -> Marks:
    """Draw the mean of y with its interval in each group; without y the rows."""
    wish = scene.wish
    groups = scene.groups(wish.x) if as_bars else course(scene)
    series = scene.series(wish.colour)
    y = scene.positions(wish.y) if wish.y is not None else np.ones(scene.rows)
    among = (groups.codes != numbers.NONE) & ~np.isnan(y)
    cell = numbers.cells(scene.panels, series.groups, groups, among=among)
    counts = tally(cell, scene, series, groups)
    found = estimates(cell, y, counts) if wish.y is not None else [{"value": float(n)} for n in counts.ravel()]
    title = Text("profile.free.mean", column=figure.shorten(wish.y, 30)) if wish.y is not None else Text("profile.chart.rows")
    chart = scene.stage(side(scene, wish.x, groups), Side(title))
    draw_estimates(chart, scene, series, groups, counts, found, as_bars=as_bars)
    rest = scene.rest_of(wish.x, groups, among)
    notes = [*scene.panel_notes(among), *rest, *scene.colour_notes(series, wish.colour, among)]
    return Marks(told_once(chart), cell >= 0, cell_of=cell, notes=tuple(notes))


def estimates(cell: np.ndarray, y: np.ndarray, counts: np.ndarray) -> list[Any]:
    """Return the mean of every cell with its interval."""
    inside = cell >= 0
    unit = HUGE if np.abs(y[inside]).max(initial=0.0) > HUGE else 1.0
    with np.errstate(all="ignore"):
        found = [row[0] for row in means(cell[inside], y[inside][:, None] / unit, counts.size)]
    return [{name: None if v is None else finite(v * unit) for name, v in e.items()} for e in found]


def shares(scene: Scene) -> Marks:
    """Draw the share of each label of y, with its interval, along x."""
    wish = scene.wish
    groups = course(scene)
    series, name, unused = columns_of(scene)
    among = (groups.codes != numbers.NONE) & (series.groups.codes >= 0)
    cell = numbers.cells(scene.panels, series.groups, groups, among=among)
    counts = tally(cell, scene, series, groups)
    totals = np.broadcast_to(counts.sum(axis=1, keepdims=True), counts.shape)
    found = [wilson(float(n), float(of)) for n, of in zip(counts.ravel(), totals.ravel(), strict=True)]
    title = Text("profile.free.share_of", column=figure.shorten(str(wish.y), 30))
    chart = scene.stage(side(scene, wish.x, groups), Side(title, share=True))
    draw_estimates(chart, scene, series, groups, totals, found, is_share=True)
    notes = [
        *scene.panel_notes(among),
        *scene.rest_of(wish.x, groups, among),
        *scene.colour_notes(series, name, among),
        *unused,
    ]
    return Marks(told_once(chart), cell >= 0, cell_of=cell, notes=tuple(notes))


def draw_estimates(
    chart: go.Figure,
    scene: Scene,
    series: Series,
    groups: Groups,
    counts: np.ndarray,
    found: list[Any],
    *,
    as_bars: bool = False,
    is_share: bool = False,
) -> None:
    """Draw estimates with their intervals, as bars or as points on a line; the rows of each stand in the hover text."""
    places, names = Side("", groups=groups).at(), spoken(groups, scene)
    for panel, s, part, look in parts(scene, series, counts):
        first = mark(scene, series, groups, panel, s, 0)
        mine = found[first : first + groups.count]
        here = [i for i, e in enumerate(mine) if e["value"] is not None and part[i]]
        values = [mine[i]["value"] for i in here]
        told = [f"{v:.1%}" if is_share else figure.number(v) for v in values]
        common = {
            "x": [places[i] for i in here],
            "y": values,
            "error_y": reaches([mine[i] for i in here]) if "low" in mine[0] else None,
            "customdata": [[first + i, names[i], text, f"{part[i]:,}"] for i, text in zip(here, told, strict=True)],
            "hovertemplate": "%{customdata[1]}<br>%{customdata[2]}<br>n = %{customdata[3]}" + extra(look),
            **look,
            **at(panel),
        }
        if as_bars:
            chart.add_bar(**common, marker_color=series.colours[s])
        else:
            mode = "markers+lines" if groups.places else "markers"
            chart.add_scatter(**common, mode=mode, line={"width": 1.2}, marker={"size": 7, "color": series.colours[s]})
