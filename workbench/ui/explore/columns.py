"""The explore page's tab of columns: all of them to search and sort, and one of them with its charts and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import explore, grids
from workbench.ui.explore import looking
from workbench.ui.feedback import chart
from workbench.ui.findings import plain
from workbench.ui.language import lang, say
from workbench.ui.models.results import spoken
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.profile import Shown
    from workbench.data import DatasetRecord

Column = dict[str, Any]

HEIGHT = 420
# So wide that what goes with the target is seen beside long names without scrolling.
NAME, SHAPE, STRENGTH = 120, 70, 90
# A cell has room for so many bars; more of a histogram's are added up.
MOST_BARS = 15
# Counts of a number's facts, in the order a person asks for them.
COUNTS = ("zeros", "negative", "infinite", "outliers")


def panel(dataset: DatasetRecord, shown: Shown) -> None:
    """Draw the list beside the column that is looked at; below each other where there is no room."""
    found = {column["name"]: column for column in shown.profile["columns"]}
    if not found:
        explore.to_come(shown)
        return
    chosen = looking.column(dataset.columns, first_column(dataset, shown))
    left, right = st.columns([5, 7], gap="medium")
    with left:
        chosen = pickers(dataset, ordered(shown), chosen)
    with right:
        one(dataset, shown, found.get(chosen), chosen)


def first_column(dataset: DatasetRecord, shown: Shown) -> str:
    """Return the column to begin with: the one that goes with the target most, else the first that can be drawn."""
    columns = ordered(shown)
    if shown.whole and dataset.roles.target and strength(columns[0]) is not None:
        return str(columns[0]["name"])
    return str(next((column["name"] for column in columns if column["kind"] != "text"), dataset.columns[0]))


def strength(column: Column) -> float | None:
    """Return how much of the target a column explains alone."""
    story = column.get("by_target")
    return story["strength"] if story else None


def ordered(shown: Shown) -> list[Column]:
    """Return the columns, strongest first once all of them are there; without a target in the table's order."""
    columns: list[Column] = shown.profile["columns"]
    return sorted(columns, key=lambda column: -(strength(column) or 0.0)) if shown.whole else columns


def pickers(dataset: DatasetRecord, columns: list[Column], chosen: str) -> str:
    """Draw the search and the list, and a box to pick from; return the column that is picked."""
    key = f"explore.column.{dataset.id}"
    st.session_state[key] = chosen
    st.selectbox(say("page.explore.column"), dataset.columns, key=key, on_change=lambda: looking.pick(st.session_state[key]))
    wanted = st.text_input(
        say("ui.explore.search"),
        placeholder=say("ui.explore.search_hint"),
        icon=":material/search:",
        label_visibility="collapsed",
        key=f"explore.search.{dataset.id}",
    )
    meanings = dataset.roles.meaning
    parts = (wanted or "").casefold().split()
    kept = [c for c in columns if all(part in f"{c['name']} {meanings.get(c['name'], '')}".casefold() for part in parts)]
    if kept:
        table(dataset, kept, chosen)
    else:
        st.caption(say("ui.explore.not_found", wanted=plain(wanted or "")))
    st.caption(say("ui.explore.found", count=len(kept), of=len(dataset.columns)))
    return chosen


def table(dataset: DatasetRecord, columns: list[Column], chosen: str) -> None:
    """Draw a line for each column; the one that is clicked is looked at."""
    names = [column["name"] for column in columns]
    key = f"explore.columns.{dataset.id}"
    wanted = [names.index(chosen)] if chosen in names else []
    if selected(key) != wanted:
        st.session_state[key] = {"selection": {"rows": wanted, "columns": [], "cells": []}}
    shown = {
        "name": grids.words("ui.column.name", pinned=True, width=NAME),
        "shape": st.column_config.BarChartColumn(say("ui.explore.shape"), width=SHAPE, y_min=0),
        **({"strength": grids.share("ui.explore.strength", width=STRENGTH)} if dataset.roles.target else {}),
        "missing": grids.share("ui.column.missing"),
        "distinct": grids.number("ui.column.distinct"),
        "kind": grids.words("ui.column.kind"),
        "typical": grids.words("ui.column.typical", width="large"),
    }
    lines = [line(column) for column in columns]
    st.dataframe(
        {name: [entry[name] for entry in lines] for name in shown},
        column_config=shown,
        hide_index=True,
        height=min(HEIGHT, 37 + 35 * len(lines)),
        placeholder=grids.BLANK,
        key=key,
        on_select=lambda: clicked(key, names),
        selection_mode="single-row",
        alt=say("ui.explore.list"),
    )


def selected(key: str) -> list[int]:
    """Return which row of a grid is selected."""
    return list((st.session_state.get(key) or {}).get("selection", {}).get("rows", []))


def clicked(key: str, names: list[str]) -> None:
    """Look at the column whose row was clicked; clicking it once more changes nothing."""
    for row in selected(key):
        looking.pick(names[row])


def line(column: Column) -> Column:
    """Return a column as the list shows it."""
    return {
        "name": column["name"],
        "shape": shape(column),
        "strength": strength(column),
        "missing": column["missing_rate"],
        "distinct": column["distinct"],
        "kind": say(f"profile.kind.{column['kind']}"),
        "typical": typical(column),
    }


def shape(column: Column) -> list[int]:
    """Return the heights of a column's small chart: its histogram, periods or most frequent values."""
    if found := column.get("histogram") or column.get("periods"):
        counts = found["counts"]
        together = -(-len(counts) // MOST_BARS)
        return [sum(counts[i : i + together]) for i in range(0, len(counts), together)]
    return [entry["count"] for entry in (column.get("top") or ())[:MOST_BARS]]


def typical(column: Column) -> str:
    """Return the most frequent labels, or the range with the median."""
    if column.get("top"):
        return say("ui.profile.top", labels=[spoken(entry["value"]) for entry in column["top"][:3]])
    if isinstance(column.get("median"), int | float):
        return say("ui.profile.range", low=number(column["min"]), median=number(column["median"]), high=number(column["max"]))
    if column.get("min") is not None:
        return say("ui.profile.span", first=moment(column["min"]), last=moment(column["max"]))
    return ""


def one(dataset: DatasetRecord, shown: Shown, column: Column | None, name: str) -> None:
    """Draw one column: what it means, its distribution, the target along it, and the figures of both."""
    roles = dataset.roles
    st.subheader(plain(name))
    if notes := [plain(text) for text in (roles.meaning.get(name), roles.unit.get(name)) if text]:
        st.caption(" · ".join(notes))
    if column is None:
        explore.to_come(shown)
        return
    chart(actions.profile.column_chart(dataset.id, name, lang(), by=who()), key="explore.column_chart")
    if roles.target and name != roles.target:
        chart(actions.profile.target_chart(dataset.id, name, lang(), by=who()), key="explore.target_chart")
        along(dataset, name)
    facts(column, dataset.rows)
    frequent(column, dataset.rows)
    if not roles.target:
        st.caption(say("page.explore.no_target"))


def along(dataset: DatasetRecord, name: str) -> None:
    """Draw the figures of the target's chart."""
    bins = actions.profile.target_bins(dataset.id, name, lang(), by=who())
    if not bins:
        return
    form = grids.share if bins[0]["measure"] == "rate" else grids.number
    has_labels = len({entry["label"] for entry in bins}) > 1
    with st.expander(say("ui.explore.bins", count=len({entry["bin"] for entry in bins})), icon=":material/table_rows:"):
        grids.show(
            bins,
            {
                "bin": grids.words("ui.explore.bin", pinned=True),
                **({"label": grids.words("ui.explore.label")} if has_labels else {}),
                "rows": grids.number("ui.profile.rows"),
                "value": form(f"ui.explore.{bins[0]['measure']}"),
                "low": form("ui.explore.low"),
                "high": form("ui.explore.high"),
            },
            key="explore.bins",
        )


def facts(column: Column, rows: int) -> None:
    """Draw a column's facts in figures."""
    listed = [
        (fact("kind"), say(f"profile.kind.{column['kind']}")),
        (fact("known"), number(rows - column["missing"])),
        (fact("missing"), say("ui.explore.of_rows", count=number(column["missing"]), share=f"{column['missing_rate']:.1%}")),
        (fact("distinct"), number(column["distinct"])),
        *(numbers(column) if "std" in column else span(column)),
        *([(fact("mode"), mode)] if (mode := most_frequent(column)) else []),
    ]
    grids.show(
        [{"fact": name, "value": value} for name, value in listed],
        {"fact": grids.words("ui.explore.fact.title"), "value": grids.words("ui.column.value", alignment="right")},
        key="explore.facts",
        height="content",
    )


def fact(name: str) -> str:
    """Return what a fact is called."""
    return say(f"ui.explore.fact.{name}")


def numbers(column: Column) -> list[tuple[str, str]]:
    """Return the moments, quantiles and counts of a number."""
    return [
        *((fact(name), number(column[name])) for name in ("mean", "std", "min")),
        *((quantile(float(share)), number(value)) for share, value in column["quantiles"].items()),
        *((fact(name), number(column[name])) for name in ("max", "skew", *COUNTS)),
    ]


def quantile(share: float) -> str:
    """Return what a quantile is called."""
    return fact("median") if share == 0.5 else say("ui.explore.fact.quantile", share=f"{share:.0%}")


def span(column: Column) -> list[tuple[str, str]]:
    """Return the first, middle and last moment of dates, or how long texts are."""
    if column["kind"] == "date" and "min" in column:
        ends = {"first": "min", "median": "median", "last": "max"}
        return [(fact(name), moment(column.get(key))) for name, key in ends.items()]
    if length := column.get("length"):
        shown = say("ui.explore.lengths", low=length["min"], mean=number(round(length["mean"], 1)), high=length["max"])
        return [(fact("length"), shown)]
    return []


def moment(value: str | None) -> str:
    """Return a date with its time, where it has one, as a person reads it."""
    return value.removesuffix("T00:00:00").replace("T", " ") if value else grids.BLANK


def most_frequent(column: Column) -> str:
    """Return the most frequent number or date and how often it is there; other kinds have a table of such values."""
    if not (mode := column.get("mode")):
        return ""
    value = moment(mode["value"]) if isinstance(mode["value"], str) else number(mode["value"])
    return say("ui.explore.times", value=value, count=mode["count"], rows=number(mode["count"]))


def frequent(column: Column, rows: int) -> None:
    """Draw the most frequent values with their counts."""
    known = rows - column["missing"]
    if not column.get("top") or not known:
        return
    with st.expander(say("ui.explore.frequent", count=len(column["top"])), icon=":material/format_list_numbered:"):
        grids.show(
            [
                {"value": spoken(entry["value"]), "rows": entry["count"], "share": entry["count"] / known}
                for entry in column["top"]
            ],
            {
                "value": grids.words("ui.column.value", pinned=True),
                "rows": grids.number("ui.profile.rows"),
                "share": grids.share("ui.explore.share_known"),
            },
            key="explore.frequent",
        )
