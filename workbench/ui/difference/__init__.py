"""Two tables beside each other on screen: choose what is compared, then the columns that differ most, each with its chart."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import feedback, grids
from workbench.ui.difference import choice
from workbench.ui.difference.choice import Beside, controlled
from workbench.ui.explore import profile_files
from workbench.ui.feedback import chart
from workbench.ui.findings import bullets, plain
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.session import session

if TYPE_CHECKING:
    from workbench.data import DatasetRecord

# Above so many cells a comparison takes a second or more, and a sign says that it goes on.
MANY_CELLS = 4_000_000
# Ten lines: the chart of the one that is clicked stays in sight.
ROW, HEAD = 35, 38
HEIGHT = HEAD + 10 * ROW
MOST_OPEN = 8
# The sides' colours in the charts, by Streamlit's names for them.
COLOURS = ("blue", "orange")

Column = dict[str, Any]


def panel(dataset: DatasetRecord) -> None:
    """Draw what is compared and what came of it; what was chosen stays when the tab or page is left."""
    whole(dataset)


@st.fragment
def whole(dataset: DatasetRecord) -> None:
    """Draw everything; choices run only this part of the page again."""
    with feedback.guarded("explore"), feedback.reported():
        state = state_of(dataset)
        st.caption(say("ui.difference.about"))
        choice.suggested(dataset, state)
        choice.choice(dataset, state)
        if state.asked is not None:
            result(dataset, state)


def state_of(dataset: DatasetRecord) -> Beside:
    """Return this tab's comparison of a table."""
    known: dict[str, Beside] = session().beside
    found = known.pop(dataset.id, None) or Beside()
    known[dataset.id] = found
    while len(known) > MOST_OPEN:
        known.pop(next(iter(known)))
    return found


def result(dataset: DatasetRecord, state: Beside) -> None:
    """Draw what differs, or say why nothing can be compared."""
    assert state.asked is not None
    is_large = dataset.rows * len(dataset.columns) > MANY_CELLS
    with st.spinner(say("ui.difference.working")) if is_large else nullcontext():
        found = actions.difference.of(*state.asked, by=who())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(sides(found), width="content")
        with st.popover(say("ui.explore.take"), icon=":material/download:", width="content"):
            profile_files.of_difference(dataset, *state.asked)
    for text in found["told"]:
        st.markdown(f"**{plain(say(text))}**")
    st.markdown(plain(say(found["verdict"])))
    for text in found["notes"]:
        st.caption(plain(say(text)))
    if found["columns"]:
        columns(dataset, state, found)


def sides(found: dict[str, Any]) -> str:
    """Say which table is which, in the colours of the charts, a line each."""
    lines = [
        say(f"ui.difference.side_{place}", colour=COLOURS[place], name=plain(say(name)), count=rows)
        for place, (name, rows) in enumerate(zip(found["sides"], found["rows"], strict=True))
    ]
    return "  \n".join(lines)


def columns(dataset: DatasetRecord, state: Beside, found: dict[str, Any]) -> None:
    """Draw the ranked columns, and below them the one that is looked at beside the ranking as a chart."""
    assert state.asked is not None
    by_name = {column["name"]: column for column in found["columns"]}
    if state.looked_at is None or state.looked_at not in by_name:
        state.looked_at = str(found["columns"][0]["name"])
    listed(dataset, state, found["columns"])
    left, right = st.columns(2, gap="medium")
    with left:
        figure = actions.difference.chart(*state.asked, state.looked_at, lang(), by=who())
        chart(figure, key=f"explore.beside.chart.{dataset.id}")
        st.markdown(bullets([plain(say(text)) for text in by_name[state.looked_at]["told"]]))
    with right:
        chart(actions.difference.ranking_chart(*state.asked, lang(), by=who()), key=f"explore.beside.ranking.{dataset.id}")
    st.caption(say("ui.difference.how"))


def listed(dataset: DatasetRecord, state: Beside, found: list[Column]) -> None:
    """Draw the search and the columns it finds."""
    controlled(
        st.text_input,
        f"explore.beside.search.{dataset.id}",
        state.search,
        state.look_for,
        label=say("ui.difference.search"),
        placeholder=say("ui.difference.search_hint"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    parts, meanings = state.search.casefold().split(), dataset.roles.meaning
    kept = [c for c in found if all(part in f"{c['name']} {meanings.get(c['name'], '')}".casefold() for part in parts)]
    if kept:
        table(dataset, state, kept)
    else:
        st.info(say("ui.difference.not_found", wanted=plain(state.search)), icon=":material/search_off:")
    st.caption(say("ui.difference.found", count=len(kept), of=len(found)))


def table(dataset: DatasetRecord, state: Beside, kept: list[Column]) -> None:
    """Draw a line for each column, most different first; the one that is clicked is drawn."""
    names, key = [column["name"] for column in kept], f"explore.beside.table.{dataset.id}"
    wanted = [names.index(state.looked_at)] if state.looked_at in names else []
    if selected(key) != wanted:
        st.session_state[key] = {"selection": {"rows": wanted, "columns": [], "cells": []}}
    shown = {
        "name": grids.words("ui.column.name", pinned=True, width="medium"),
        "distance": grids.number("ui.difference.distance", digits=3, help=say("ui.difference.distance_help")),
        "interval": grids.words("ui.difference.interval"),
        "first": grids.words("ui.difference.first"),
        "second": grids.words("ui.difference.second"),
        "first_missing": grids.share("ui.difference.first_missing"),
        "second_missing": grids.share("ui.difference.second_missing"),
        "adjusted": grids.p_value("ui.difference.adjusted", help=say("ui.difference.adjusted_help")),
        "psi": grids.number("ui.difference.psi", digits=3, help=say("ui.difference.psi_help")),
        "measure": grids.words("ui.difference.measure"),
        "kind": grids.words("ui.column.kind"),
    }
    lines = [line(column) for column in kept]
    st.dataframe(
        {name: [entry[name] for entry in lines] for name in shown},
        column_config=shown,
        hide_index=True,
        height=min(HEIGHT, HEAD + ROW * len(lines)),
        placeholder=grids.BLANK,
        key=key,
        on_select=lambda: clicked(key, names, state),
        selection_mode="single-row",
        alt=say("ui.difference.list"),
    )


def line(column: Column) -> Column:
    """Return a column as the list shows it."""
    return {
        "name": column["name"],
        "distance": column["distance"],
        "interval": f"{column['low']:.3f} – {column['high']:.3f}",
        "first": say(column["typical"][0]),
        "second": say(column["typical"][1]),
        "first_missing": column["missing"][0],
        "second_missing": column["missing"][1],
        "adjusted": column["adjusted"],
        "psi": column["psi"],
        "measure": say(f"profile.difference.measure_name.{column['measure']}"),
        "kind": say(f"profile.kind.{column['kind']}"),
    }


def selected(key: str) -> list[int]:
    """Return which row of the list is selected."""
    return list((st.session_state.get(key) or {}).get("selection", {}).get("rows", []))


def clicked(key: str, names: list[str], state: Beside) -> None:
    """Look at the column whose line was clicked; clicking it once more changes nothing."""
    for row in selected(key):
        state.looked_at = names[row]
