"""The stage of a free chart: which columns are wanted, the panels it is drawn in, and who gets which colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from workbench import figure
from workbench.profile.charts import TICKS, period_name
from workbench.profile.free import numbers
from workbench.profile.free.numbers import NONE, REST, Groups
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

Kind = Literal["auto", "points", "bars", "box", "line", "density"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# More groups than this cannot be read side by side; more colours cannot be told apart; more panels are stamps.
MOST_GROUPS, MOST_COLOURS, MOST_PANELS = 30, 7, 9
# Heights in pixels: of the one panel of a chart, of a row of several, and what stands around these.
TALL, ROW, AROUND = 420, 190, 150
GAP_ACROSS, GAP_DOWN = 0.03, 34
# From a light to a dark sign, both seen on white and on black.
SCALE = ((0.0, "#7CC4EE"), (0.5, "#0072B2"), (1.0, "#7A4FC0"))


@dataclass(frozen=True)
class Wish:
    """What a person wants to see."""

    x: str
    y: str | None = None
    colour: str | None = None
    facet: str | None = None
    kind: Kind = "auto"
    share: bool = False
    """Bars show each group's share of its place instead of the count."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are named, each once."""
        return tuple(dict.fromkeys(name for name in (self.x, self.y, self.colour, self.facet) if name is not None))


@dataclass(frozen=True)
class Series:
    """What is drawn side by side in one panel: the group of each row, and the groups' names and colours."""

    groups: Groups
    colours: tuple[str, ...]
    others: int = 0
    """How many of the last groups hold what is not told by itself."""


@dataclass(frozen=True)
class Side:
    """One axis: its title, and its places where it is no plain scale."""

    title: Text | str
    kind: str = "number"
    groups: Groups | None = None
    share: bool = False

    def look(self, lang: Lang) -> dict[str, Any]:
        """Return plotly's settings; the type is always said, as plotly would take names like "2020" for dates."""
        groups = self.groups
        if groups is not None and not groups.places:
            names = [label(name, lang, 18) for name in groups.names]
            return {"type": "linear", "tickvals": list(range(groups.count)), "ticktext": names, "showgrid": False}
        if self.kind == "date":
            return {"type": "date"} | ({"tickformat": TICKS.get(groups.unit, "%Y-%m-%d")} if groups and groups.unit else {})
        return {"type": "linear", "separatethousands": True, "minexponent": 9} | (
            {"tickformat": ".0%", "rangemode": "tozero"} if self.share else {}
        )

    def at(self) -> list[Any]:
        """Return where each group stands."""
        assert self.groups is not None
        return list(self.groups.places) or list(range(self.groups.count))


@dataclass(frozen=True)
class Scene:
    """A table, what is wanted of it, and for whom."""

    frame: pl.DataFrame
    kinds: Mapping[str, str]
    wish: Wish
    lang: Lang

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.frame.height

    def kind(self, name: str | None) -> str | None:
        """Return a column's kind, or None where no column is wanted."""
        return None if name is None else self.kinds[name]

    def positions(self, name: str) -> np.ndarray:
        """Return a column as numbers."""
        return numbers.positions(self.frame[name], self.kinds[name])

    def is_measured(self, name: str | None) -> bool:
        """Tell whether a column has a scale: numbers and dates."""
        return self.kind(name) in ("number", "date")

    @property
    def title(self) -> str:
        """The chart's title, from the columns' names."""
        wish = self.wish
        names = [wish.x] if wish.y is None or wish.y == wish.x else [wish.y, wish.x]
        return " × ".join(figure.shorten(name, 60) for name in names)

    @cached_property
    def panels(self) -> Groups:
        """The panel of each row."""
        name = self.wish.facet
        if name is None:
            return numbers.everything(self.rows)
        return numbers.grouped(self.frame[name], self.kinds[name], MOST_PANELS)

    def groups(self, name: str, *, width: int | None = None) -> Groups:
        """Put the rows into groups for an axis: bins of one width where a number of them is said, else values or parts."""
        series, kind = self.frame[name], self.kinds[name]
        if kind == "date" and width != DENSE:
            return numbers.periods(series)
        if kind in ("number", "date") and width is not None:
            return numbers.bins(series, kind, width)
        return numbers.grouped(series, kind, MOST_GROUPS, parts=10)

    def series(self, name: str | None, *, with_missing: bool = True) -> Series:
        """Return the groups that get a colour each: at most seven, one of them the others."""
        if name is None:
            return Series(numbers.everything(self.rows), (figure.MAIN,))
        found = numbers.grouped(self.frame[name], self.kinds[name], MOST_COLOURS)
        if found.rest:
            found = numbers.grouped(self.frame[name], self.kinds[name], MOST_COLOURS - 1)
        told = found.count
        whole = numbers.with_others(found, missing=with_missing)
        colours = (*figure.COLOURS[:told], *[figure.QUIET] * (whole.count - told))
        return Series(whole, colours, others=whole.count - told)

    def rest_of(self, name: str, groups: Groups, among: np.ndarray) -> list[Text]:
        """Say which rows of an axis are not drawn because their value is rare or far out."""
        count = groups.left(REST, among)
        if not count:
            return []
        if groups.places:
            return [Text("profile.free.tails", count=count, column=name)]
        return [Text("profile.free.rest", count=count, column=name, shown=groups.count, values=groups.count + groups.rest)]

    def panel_notes(self, among: np.ndarray) -> list[Text]:
        """Say which rows are in no panel."""
        count = self.panels.left(REST, among) + self.panels.left(NONE, among)
        return [Text("profile.free.no_panel", count=count, column=self.wish.facet)] if count else []

    def colour_notes(self, series: Series, name: str | None, among: np.ndarray) -> list[Text]:
        """Say how many rows the grey of the others stands for."""
        rest = series.groups.rest
        if not rest or name is None:
            return []
        grey = series.groups.count - series.others
        return [Text("profile.free.others", count=series.groups.left(grey, among), column=name, values=rest)]

    def stage(self, x: Side, y: Side) -> go.Figure:
        """Return an empty chart with its panels."""
        count = max(1, self.panels.count)
        across = math.ceil(math.sqrt(count))
        down = math.ceil(count / across)
        chart = figure.new(self.title, self.lang, height=TALL if count == 1 else ROW * down + AROUND)
        gap = GAP_DOWN / (ROW * down)
        for i in range(count):
            column, row = i % across, i // across
            top, bottom = (down - row) / down - gap, (down - row - 1) / down
            self.axes(chart, i, x, y, is_left=column == 0, is_lowest=i + across >= count)
            if count > 1:
                left, right = column / across, (column + 1) / across - GAP_ACROSS
                chart.update_layout(
                    {axis(i, "xaxis"): {"domain": [left, right]}, axis(i, "yaxis"): {"domain": [bottom, top]}},
                )
                self.panel_name(chart, i, (left + right) / 2, top)
        legend = {"yref": "container", "yanchor": "bottom", "y": 0, "xref": "container", "xanchor": "left", "x": 0.02}
        legend["itemsizing"] = "constant"
        chart.update_layout(legend=legend, hoverlabel={"namelength": -1}, hovermode="closest")
        return chart

    def axes(self, chart: go.Figure, i: int, x: Side, y: Side, *, is_left: bool, is_lowest: bool) -> None:
        """Give a panel its axes; all share one scale, and only the outer ones are labelled."""
        for name, side, is_outer, other in (("xaxis", x, is_lowest, "y"), ("yaxis", y, is_left, "x")):
            look = side.look(self.lang) | {"anchor": axis(i, other), "showticklabels": is_outer}
            look["title"] = {"text": self.axis_title(side.title, name) if is_outer else ""}
            if i:
                look["matches"] = name[0]
            chart.update_layout({axis(i, name): look})

    def axis_title(self, title: Text | str, name: str) -> str:
        """Return an axis title in lines that fit; a small panel has room for one."""
        if self.panels.count > 1:
            return label(title, self.lang, 24)
        width = figure.X_WIDTH if name == "xaxis" else figure.Y_WIDTH
        return figure.folded(title, self.lang, width)

    def panel_name(self, chart: go.Figure, i: int, x: float, top: float) -> None:
        """Write what a panel holds above it."""
        text = label(self.panels.names[i], self.lang, 24)
        chart.add_annotation(
            text=text, x=x, y=top, xref="paper", yref="paper", yanchor="bottom", xanchor="center", showarrow=False
        )


# Bins along each axis of a chart of counts in two directions, and of one direction.
DENSE, BINS = 40, 30


def axis(panel: int, name: str) -> str:
    """Return plotly's name of a panel's axis: x, x2, x3, or xaxis, xaxis2."""
    return name if panel == 0 else f"{name}{panel + 1}"


def at(panel: int) -> dict[str, str]:
    """Return the axes of a panel's marks."""
    return {"xaxis": axis(panel, "x"), "yaxis": axis(panel, "y")}


def label(name: Text | str, lang: Lang, width: int) -> str:
    """Return a name as it fits a chart, safe in plotly's small HTML."""
    return figure.said(figure.shorten(name.say(lang) if isinstance(name, Text) else name, width), lang)


def period_title(name: str, groups: Groups | None, lang: Lang) -> str:
    """Return an axis title with the length of its periods."""
    if groups is None or groups.unit is None:
        return name
    return f"{figure.shorten(name, 30)} ({period_name(groups.unit).say(lang)})"
