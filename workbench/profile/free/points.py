"""The points of a free chart: one for each row, or for a seeded sample of them, and how far off that may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench import figure
from workbench.profile.free import numbers
from workbench.profile.free.marks import Marks, told_once
from workbench.profile.free.scene import MOST_COLOURS, SCALE, Scene, Series, Side, at, label
from workbench.words import Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Colours end at these quantiles, so that a few far values do not make one colour of all others.
COLOUR_ENDS = (0.01, 0.99)


def points(scene: Scene, most: int, seed: int) -> Marks:
    """Draw a point for each row, or for a sample of the rows."""
    wish = scene.wish
    assert wish.y is not None
    x, y = scene.positions(wish.x), scene.positions(wish.y)
    known = ~np.isnan(x) & ~np.isnan(y)
    eligible = known & (scene.panels.codes >= 0)
    chosen = numbers.sample(eligible, most, seed)
    chart = scene.stage(Side(wish.x, str(scene.kind(wish.x))), Side(wish.y, str(scene.kind(wish.y))))
    notes = [*scene.panel_notes(known), *agreement(scene, x, y, eligible, chosen)]
    paint = paint_of(scene)
    for panel in range(scene.panels.count):
        here = chosen[scene.panels.codes[chosen] == panel]
        for part, look in coloured(scene, here, paint):
            chart.add_scatter(
                x=as_drawn(scene, wish.x, x[part]),
                y=as_drawn(scene, wish.y, y[part]),
                customdata=part,
                mode="markers",
                **look,
                **at(panel),
            )
    return Marks(told_once(chart), eligible, rows_of=chosen, notes=(*notes, *colour_notes(scene, chart, eligible, paint)))


def as_drawn(scene: Scene, name: str, values: np.ndarray) -> Any:
    """Return positions as plotly takes them."""
    if scene.kind(name) != "date":
        return values
    return numbers.shown(values, "date", whole_days=str(scene.frame[name].dtype) == "Date")


def paint_of(scene: Scene) -> np.ndarray | Series:
    """Return where points get their colour from: numbers of many values from a scale, others from the groups they are in."""
    name = scene.wish.colour
    if name is not None and scene.kind(name) == "number" and not numbers.is_few(scene.frame[name], MOST_COLOURS):
        return scene.positions(name)
    return scene.series(name)


def coloured(scene: Scene, rows: np.ndarray, paint: np.ndarray | Series) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Yield the rows of each colour with how they look; the others are drawn first, below the rest."""
    if isinstance(paint, Series):
        for i in reversed(range(paint.groups.count)):
            part = rows[paint.groups.codes[rows] == i]
            if len(part):
                yield part, named(paint.groups.names[i], paint.colours[i], i, scene)
        return
    values = paint[rows]
    blank = np.isnan(values)
    if blank.any():
        yield rows[blank], named(Text("profile.bin.missing"), figure.QUIET, 1, scene)
    whole = {"color": values[~blank], "coloraxis": "coloraxis", "size": 5, "opacity": 0.7}
    template = "%{x}<br>%{y}<br>%{marker.color}<extra></extra>"
    yield rows[~blank], {"marker": whole, "showlegend": False, "hovertemplate": template}


def named(name: Text | str, colour: str, rank: int, scene: Scene) -> dict[str, Any]:
    """Return how points of a group look."""
    text = label(name, scene.lang, 40)
    return {
        "marker": {"color": colour, "size": 5, "opacity": 0.6},
        "name": text,
        "legendgroup": str(rank),
        "legendrank": rank,
        "showlegend": bool(text),
        "hovertemplate": "%{x}<br>%{y}<extra>%{fullData.name}</extra>" if text else "%{x}<br>%{y}<extra></extra>",
    }


def colour_notes(scene: Scene, chart: go.Figure, among: np.ndarray, paint: np.ndarray | Series) -> list[Text]:
    """Give a colour scale its bar, and say where it ends or what the grey of the others stands for."""
    name = scene.wish.colour
    if isinstance(paint, Series) or name is None:
        return scene.colour_notes(paint, name, among) if isinstance(paint, Series) else []
    values = paint[among]
    values = values[~np.isnan(values)]
    if not len(values):
        return []
    low, high = (float(v) for v in np.quantile(values, COLOUR_ENDS))
    bar = {"title": {"text": label(name, scene.lang, 16), "side": "top"}, "thickness": 12}
    chart.update_layout(coloraxis={"colorscale": SCALE, "colorbar": bar, "cmin": low, "cmax": high})
    beyond = int(((values < low) | (values > high)).sum())
    return [Text("profile.free.colour_ends", column=name, count=beyond)] if beyond else []


def agreement(scene: Scene, x: np.ndarray, y: np.ndarray, eligible: np.ndarray, chosen: np.ndarray) -> list[Text]:
    """Say how far off a sample may be, and how x and y correlate in all rows and among the points."""
    rows, shown = int(eligible.sum()), len(chosen)
    notes = []
    if shown < rows:
        notes.append(Text("profile.free.off", points=100 * numbers.worst_share(shown, rows)))
    if scene.wish.x == scene.wish.y:
        return [*notes, Text("profile.free.same", column=scene.wish.x)]
    if {scene.kind(scene.wish.x), scene.kind(scene.wish.y)} != {"number"}:
        return notes
    whole = numbers.correlation(x[eligible], y[eligible])
    part = numbers.correlation(x[chosen], y[chosen]) if shown < rows else None
    if whole is None:
        return [*notes, Text("profile.free.no_r")]
    if shown == rows:
        return [*notes, Text("profile.free.r", **written(whole))]
    if part is None:
        return [*notes, Text("profile.free.r_all", r=written(whole)["r"], rows=rows)]
    return [*notes, Text("profile.free.r_sample", **written(part), all=written(whole)["r"], rows=rows)]


def written(found: dict[str, float]) -> dict[str, str]:
    """Return a correlation and its interval to three digits."""
    return {name: f"{round(found[name], 3) + 0.0:.3f}" for name in ("r", "low", "high")}
