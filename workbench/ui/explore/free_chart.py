"""The free chart on screen: what is chosen, the chart with what it leaves out, and the rows that are selected in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions, figure
from workbench.ui.feedback import guarded
from workbench.ui.findings import bullets, plain
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.roles import controlled
from workbench.ui.session import session

if TYPE_CHECKING:
    from workbench.actions.explore import Drawn, Kind, Wish
    from workbench.data import DatasetRecord

# A browser paints 5,000 points of SVG in half a second to one, and 20,000 in two; selecting among these takes longer still.
POINTS = (2_000, 5_000, 10_000, 20_000)
USUAL = 5_000
MOST_OPEN = 8
MOST_SHOWN = 500
# By plotly's names: what dragging does, and all of the chart again; a picture.
BUTTONS = [["pan2d", "select2d", "lasso2d"], ["resetScale2d"], ["toImage"]]
# Tall enough for a dozen rows.
ROW, HEAD, TALLEST = 35, 38, 460


@dataclass
class Choice:
    """What a person chose for the chart of one table; it outlives widgets, which Streamlit forgets when they are not drawn."""

    wish: Wish
    most: int = USUAL

    def set(self, name: str, value: Any) -> None:
        """Choose something else."""
        self.wish = replace(self.wish, **{name: value})

    def set_most(self, value: int) -> None:
        """Choose how many points are drawn at most."""
        self.most = value


def panel(dataset: DatasetRecord) -> None:
    """Draw the free chart of a table; what is chosen and selected runs only this part of the page again."""
    choice_of(dataset)
    content(dataset)


@st.fragment
def content(dataset: DatasetRecord) -> None:
    """Draw the choice, the chart and the rows behind a selection."""
    with guarded("explore"):
        # A browser keeps what a list said when it was chosen from, so each language has lists of its own.
        choice, key = choice_of(dataset), f"explore.free.{dataset.id}.{lang()}"
        st.caption(say("ui.free.about"))
        columns(dataset, choice, key)
        kind(dataset, choice, key)
        with st.spinner(say("ui.free.working")):
            drawn = actions.explore.chart(dataset.id, choice.wish, lang(), by=who(), most=choice.most)
        marks = chart(drawn, key)
        if drawn.shown:
            rows(dataset, choice, drawn, marks, key)


def choice_of(dataset: DatasetRecord) -> Choice:
    """Return what this tab chose for a table; to begin with, its first column of numbers along its target."""
    kept: dict[str, Choice] = session().charts
    found = kept.pop(dataset.id, None)
    if found is None or not {*found.wish.columns} <= {*dataset.columns}:
        found = Choice(first_wish(dataset))
    kept[dataset.id] = found
    while len(kept) > MOST_OPEN:
        kept.pop(next(iter(kept)))
    return found


def first_wish(dataset: DatasetRecord) -> Wish:
    """Return the chart to begin with."""
    target = dataset.roles.target
    drawable = [name for name in (*dataset.features, *dataset.columns) if dataset.kinds[name] != "text" and name != target]
    numbers = [name for name in drawable if dataset.kinds[name] == "number"]
    first = next(iter([*numbers, *drawable, *dataset.columns]))
    return actions.explore.Wish(first, target if target != first else None)


def columns(dataset: DatasetRecord, choice: Choice, key: str) -> None:
    """Draw the choice of the columns."""
    for place, name in zip(st.columns(4), ("x", "y", "colour", "facet"), strict=True):
        with place:
            controlled(
                st.selectbox,
                f"{key}.{name}",
                getattr(choice.wish, name),
                partial(choice.set, name),
                label=say(f"ui.free.{name}"),
                options=[*([] if name == "x" else [None]), *dataset.columns],
                format_func=partial(column_name, dataset),
                placeholder=say("ui.none"),
                help=say(f"ui.free.{name}_help"),
            )


def column_name(dataset: DatasetRecord, name: str | None) -> str:
    """Return a column with its kind, or the choice of none."""
    if name is None:
        return say("ui.none")
    return say("ui.free.column", name=name, kind=say(f"profile.kind.{dataset.kinds[name]}"))


def kind(dataset: DatasetRecord, choice: Choice, key: str) -> None:
    """Draw the choice of the kind of chart among those that suit, and what that kind offers."""
    wish = choice.wish
    possible = actions.explore.kinds(dataset.id, wish, by=who())
    if wish.kind not in ("auto", *possible):
        choice.set("kind", "auto")
    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    with left:
        controlled(
            st.selectbox,
            f"{key}.kind",
            choice.wish.kind,
            partial(choice.set, "kind"),
            label=say("ui.free.kind"),
            options=["auto", *possible],
            format_func=partial(kind_name, possible[0]),
        )
    now = possible[0] if choice.wish.kind == "auto" else choice.wish.kind
    with middle:
        if now == "points" and dataset.rows > min(POINTS):
            most(dataset, choice, key)
        elif now == "bars" and can_share(dataset, wish):
            controlled(st.toggle, f"{key}.share", wish.share, partial(choice.set, "share"), label=say("ui.free.shares"))
    if now == "points" and dataset.rows > choice.most:
        right.caption(say("ui.free.or_density"))


def kind_name(usual: Kind, name: Kind) -> str:
    """Return a kind of chart; the automatic one with what it means here."""
    said = say(f"profile.free.kind.{name}")
    return said if name != "auto" else say("ui.free.auto", auto=said, kind=say(f"profile.free.kind.{usual}"))


def can_share(dataset: DatasetRecord, wish: Wish) -> bool:
    """Tell whether bars stand for parts of something: with labels upwards, or colours alone."""
    return dataset.kinds[wish.y] != "number" if wish.y is not None else wish.colour is not None


def most(dataset: DatasetRecord, choice: Choice, key: str) -> None:
    """Draw the choice of how many points there may be."""
    controlled(
        st.selectbox,
        f"{key}.most",
        choice.most,
        choice.set_most,
        label=say("ui.free.most"),
        options=POINTS,
        format_func=lambda number: f"{number:,}",
        help=say("ui.free.most_help", rows=f"{dataset.rows:,}"),
    )


def chart(drawn: Drawn, key: str) -> list[Any]:
    """Draw the chart with what is to be said of it, and return the marks that are selected."""
    icon, colour = (":material/casino:", "orange") if drawn.is_sample else (":material/done_all:", "gray")
    st.badge(say(drawn.badge), icon=icon, color=colour)  # type: ignore[arg-type]
    title = figure.title_of(drawn.figure)
    config = figure.config(title, lang(), select=bool(drawn.shown))
    if not drawn.shown:
        st.plotly_chart(drawn.figure, theme=None, key=f"{key}.empty", config=config)
        return []
    state: Any = st.plotly_chart(
        drawn.figure,
        theme=None,
        key=f"{key}.chart",
        config=config | {"displayModeBar": True, "modeBarButtons": BUTTONS},
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
    )
    if drawn.notes:
        st.caption(bullets([plain(say(note)) for note in drawn.notes]))
    return [mark_of(point) for point in state["selection"]["points"]]


def mark_of(point: dict[str, Any]) -> Any:
    """Return the number of a mark, which stands alone or before what its hover text says."""
    carried = point.get("customdata")
    return carried[0] if isinstance(carried, list | tuple) and carried else carried


def rows(dataset: DatasetRecord, choice: Choice, drawn: Drawn, marks: list[Any], key: str) -> None:
    """Draw the rows behind the selected marks, and all of them as a file."""
    if not marks:
        st.caption(say("ui.free.select_many" if drawn.has_many else "ui.free.select_one"))
        return
    numbers = actions.explore.picked(dataset.id, choice.wish, marks, lang(), by=who(), most=choice.most)
    found = actions.explore.rows(dataset.id, numbers, by=who(), most=MOST_SHOWN)
    st.subheader(say("ui.free.rows", count=len(numbers), number=f"{len(numbers):,}"))
    if len(numbers) > found.height:
        st.caption(say("ui.free.first", number=f"{found.height:,}"))
    st.dataframe(found, hide_index=True, height=min(HEAD + ROW * max(1, found.height), TALLEST), key=f"{key}.rows")
    # Made when somebody clicks, outside the page's run: who asks is settled here.
    made = partial(actions.explore.rows_file, dataset.id, numbers, lang(), by=who())
    st.download_button(
        say("ui.free.download", count=len(numbers), number=f"{len(numbers):,}"),
        made,
        say("ui.free.file_name", table=PurePath(dataset.name).stem),
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}.download",
    )
