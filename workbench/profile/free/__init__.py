"""A chart that a person puts together: the kind that suits the columns, drawn of how many rows, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench import figure
from workbench.errors import ColumnNotFound
from workbench.profile.free import marks, numbers, points, spread
from workbench.profile.free.marks import Marks
from workbench.profile.free.scene import KINDS, Kind, Scene, Wish
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["KINDS", "MOST", "Drawn", "Kind", "Wish", "choices", "draw", "suited"]

# More points than this are slow in every browser, and hide each other.
MOST = 20_000
# Kinds with marks too many to click.
MANY = ("points", "density")
# What draws each kind over all rows.
DRAWING = {"bars": marks.bars, "line": marks.line, "box": spread.boxes, "density": spread.density}


@dataclass(frozen=True)
class Drawn:
    """A free chart, how many rows it shows, and what is to be said of it."""

    figure: go.Figure
    kind: Kind
    """What "auto" became."""
    shown: int
    """How many rows the chart shows: the points that are drawn, or the rows that were counted."""
    rows: int
    """How many rows the table has."""
    badge: Text
    notes: tuple[Text, ...] = ()
    """What was left out, how far off a sample may be, how x and y correlate."""
    rows_of: np.ndarray | None = None
    """The row of each point; None where a mark stands for many rows."""
    cell_of: np.ndarray | None = None
    """The mark of each row, -1 where it has none; None where a mark is one row."""

    @property
    def is_sample(self) -> bool:
        """Whether points of some rows stand for all."""
        return self.badge.key == "profile.free.badge_sample"

    @property
    def has_many(self) -> bool:
        """Whether marks are so many that they are drawn around rather than clicked."""
        return self.kind in MANY

    def numbers(self, marks: Iterable[object]) -> list[int]:
        """Return the rows behind marks that a person picked, in the table's order.

        Parameters
        ----------
        marks : iterable
            The marks' numbers as a browser sends them back; what is no mark of this chart is passed over.
        """
        picked = {mark for mark in marks if isinstance(mark, int) and not isinstance(mark, bool) and abs(mark) < 2**62}
        here = np.fromiter(picked, dtype=np.int64, count=len(picked))
        if self.rows_of is not None:
            return list(np.intersect1d(here, self.rows_of).tolist())
        if self.cell_of is None:
            return []
        return list(np.flatnonzero(np.isin(self.cell_of, here[here >= 0])).tolist())


def suited(x: str, y: str | None) -> tuple[Kind, ...]:
    """Return the kinds of chart that suit the kinds of two columns; the first is what "auto" means.

    Parameters
    ----------
    x : {"number", "boolean", "date", "category", "text"}
        The kind of the column across.
    y : str or None
        The kind of the column upwards, where there is one.

    Examples
    --------
    >>> suited("date", "number")
    ('line', 'points', 'density', 'box')
    """
    is_scale = {"number": True, "date": True, None: False}
    match (is_scale.get(x, False), is_scale.get(y, False)):
        case _ if y is None:
            return {"number": ("bars", "box"), "date": ("bars", "line", "box")}.get(x, ("bars",))  # type: ignore[return-value]
        case (True, True):
            return {
                ("date", "number"): ("line", "points", "density", "box"),
                ("number", "number"): ("points", "density", "line", "box", "bars"),
            }.get((x, str(y)), ("points", "density", "box"))  # type: ignore[return-value]
        case (False, True):
            return ("box", "bars", "density") if y == "number" else ("box", "density")
        case (True, False):
            return ("box", "bars", "line", "density") if x == "number" else ("line", "bars", "box", "density")
        case _:
            return ("bars", "density")


def choices(frame: pl.DataFrame, kinds: Mapping[str, str], wish: Wish) -> tuple[Kind, ...]:
    """Return the kinds of chart that suit the columns of a wish; two numbers as 0 and 1 are first taken for labels.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    kinds : mapping
        The kind of each column.
    wish : Wish
        Which columns.

    Raises
    ------
    ColumnNotFound
        If the table has no column of a name.
    """
    found = [suited(k[wish.x], k[wish.y] if wish.y is not None else None) for k in (readings(frame, kinds, wish), kinds)]
    return tuple(dict.fromkeys(kind for each in found for kind in each))


def readings(frame: pl.DataFrame, kinds: Mapping[str, str], wish: Wish) -> dict[str, str]:
    """Return the kinds of columns, those of two numbers as 0 and 1 as yes and no."""
    for name in wish.columns:
        if name not in frame.columns:
            raise ColumnNotFound(name, frame.columns)
    flags = [name for name in axes_of(wish) if numbers.is_flag(frame[name], kinds[name])]
    return {**kinds, **dict.fromkeys(flags, "boolean")}


def draw(frame: pl.DataFrame, kinds: Mapping[str, str], wish: Wish, lang: Lang, *, most: int = MOST, seed: int = 0) -> Drawn:
    """Draw what a person wants to see of a table.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    kinds : mapping
        The kind of each column.
    wish : Wish
        Which columns, and what kind of chart.
    lang : {"ja", "en"}
        The reader's language.
    most : int, optional
        Points are drawn of at most so many rows; everything else is counted over all rows.
    seed : int, optional
        Decides, with the number of rows alone, which rows a sample takes.

    Returns
    -------
    Drawn
        Always with a figure: one without marks says why.

    Raises
    ------
    ColumnNotFound
        If the table has no column of a name.
    """
    read, possible = readings(frame, kinds, wish), choices(frame, kinds, wish)
    kind = possible[0] if wish.kind == "auto" else wish.kind
    fits = kind in suited(read[wish.x], read[wish.y] if wish.y is not None else None)
    scene = Scene(frame, read if fits else kinds, wish, lang)
    if kind not in possible:
        names = [Text(f"profile.free.kind.{each}") for each in possible]
        return nothing(scene, kind, Text("profile.free.unsuited", kind=Text(f"profile.free.kind.{kind}"), kinds=names))
    missing = without(scene)
    if frame.height - missing <= 0:
        return nothing(scene, kind, Text("profile.free.no_rows", columns=list(dict.fromkeys(axes_of(wish)))))
    if not scene.panels.count:
        return nothing(scene, kind, Text("profile.free.no_rows", columns=[wish.facet]))
    return finished(scene, kind, marks_of(scene, kind, most, seed), missing)


def axes_of(wish: Wish) -> list[str]:
    """Return the columns of the two axes."""
    return [name for name in (wish.x, wish.y) if name is not None]


def without(scene: Scene) -> int:
    """Count the rows that have no value, or an infinite one, in x or y."""
    blank = np.zeros(scene.rows, dtype=bool)
    for name in axes_of(scene.wish):
        blank |= (
            np.isnan(scene.positions(name))
            if scene.is_measured(name)
            else numbers.plain(scene.frame[name]).is_null().to_numpy()
        )
    return int(blank.sum())


def marks_of(scene: Scene, kind: Kind, most: int, seed: int) -> Marks:
    """Draw the marks of a kind."""
    if kind == "points":
        return points.points(scene, most, seed)
    return DRAWING[kind](scene)


def finished(scene: Scene, kind: Kind, marks: Marks, missing: int) -> Drawn:
    """Put a chart together with what is to be said of it."""
    used = int(marks.used.sum())
    if not used:
        return nothing(scene, kind, Text("profile.free.none_shown"))
    shown = used if marks.rows_of is None else len(marks.rows_of)
    # Few marks are clicked, many are drawn around: where a box is drawn by dragging, Streamlit takes no clicks.
    marks.figure.update_layout(dragmode="select" if kind in MANY else "pan")
    names = list(dict.fromkeys(axes_of(scene.wish)))
    left = [Text("profile.free.left_out", count=missing, columns=names)] if missing else []
    return Drawn(
        marks.figure,
        kind,
        shown,
        scene.rows,
        badge(shown, used, scene.rows),
        (*left, *marks.notes),
        rows_of=marks.rows_of,
        cell_of=marks.cell_of,
    )


def badge(shown: int, used: int, rows: int) -> Text:
    """Say how many of the table's rows a chart shows."""
    if shown < used:
        return Text("profile.free.badge_sample", shown=shown, rows=rows)
    if shown < rows:
        return Text("profile.free.badge_some", shown=shown, rows=rows)
    return Text("profile.free.badge_all", count=rows)


def nothing(scene: Scene, kind: Kind, reason: Text) -> Drawn:
    """Return a chart without marks that says why."""
    empty = figure.empty(scene.title, scene.lang, reason=reason)
    return Drawn(empty, kind, 0, scene.rows, badge(0, 0, scene.rows), rows_of=np.array([], dtype=np.int64))
