"""The rows of a leaderboard: in an order, some of them, each metric in its column, the baseline below on the same scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import figure
from workbench.ui import grids
from workbench.ui.findings import plain
from workbench.ui.language import say
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Board

Row = dict[str, Any]

ORDERS = ("rank", "fit_seconds", "predict_seconds", "size", "holdout", "simple", "title")
SHOWN = ("all", "tied", "finished", "unfinished")
FAMILIES = ("linear", "tree", "native")
PARTS = ("standing", "metrics", "cost")


def order(run: str) -> None:
    """Draw the choice of the order of rows."""
    st.selectbox(
        say("ui.leaderboard.order"),
        ORDERS,
        format_func=lambda name: say(f"ui.leaderboard.orders.{name}"),
        key=f"compare.order.{run}",
        width=200,
    )


def filters(found: Board) -> None:
    """Draw the choice of which rows are shown, and of which metrics."""
    run = found.job.id
    with st.popover(say("ui.leaderboard.filter"), icon=":material/filter_alt:"):
        st.selectbox(
            say("ui.leaderboard.show"),
            SHOWN,
            format_func=lambda name: say(f"ui.leaderboard.rows.{name}"),
            key=f"compare.shown.{run}",
        )
        st.multiselect(
            say("ui.leaderboard.kinds"),
            FAMILIES,
            format_func=lambda name: say(f"ui.leaderboard.family.{name}"),
            placeholder=say("ui.leaderboard.all_kinds"),
            key=f"compare.families.{run}",
        )
        st.text_input(say("ui.leaderboard.orders.title"), key=f"compare.named.{run}")
        st.multiselect(
            say("ui.leaderboard.measures"),
            found.metrics,
            found.metrics,
            format_func=lambda name: say(f"metric.{name}.title"),
            help=say("ui.leaderboard.measures_help"),
            key=f"compare.measures.{run}",
        )


def table(found: Board) -> None:
    """Draw the rows that were chosen, and below them the baseline."""
    rows = arranged(found, chosen(found))
    shown = [line(row, found) for row in rows]
    if not shown:
        st.info(say("ui.leaderboard.no_such_rows"), icon=":material/filter_alt_off:")
        return
    if found.standing.baseline:
        shown.append(baseline_line(found.standing.baseline, found))
    preparation = say(f"ui.leaderboard.preparation_{found.plan['preprocessing']}")
    about = say("ui.compare.caption", metric=Text(f"metric.{found.standing.sort}.title"), folds=found.plan["folds"])
    made = live_columns(found, shown) if found.is_going else columns_of(part(found.job.id), found, shown)
    grids.show(shown, made, key=f"leaderboard.{found.job.id}", height="content")
    st.caption(f"{about} {preparation}")
    if lines := [] if found.is_going else [*reasons(rows, found), *blanks(rows, found)]:
        st.caption("  \n".join(lines))


def part(run: str) -> str:
    """Draw the choice of what the table shows, and return it: all at once fits on no screen."""
    return st.segmented_control(
        say("ui.leaderboard.part"),
        PARTS,
        default=PARTS[0],
        required=True,
        format_func=lambda name: say(f"ui.leaderboard.parts.{name}"),
        key=f"compare.part.{run}",
        label_visibility="collapsed",
    )


def reasons(rows: list[Row], found: Board) -> list[str]:
    """Return why rows have no score, in full: a cell shows only the beginning."""
    return [
        plain(say("ui.leaderboard.reason_line", model=found.title(row["model"]), reason=Text.from_dict(row["reason"])))
        for row in rows
        if row["reason"]
    ]


def blanks(rows: list[Row], found: Board) -> list[str]:
    """Return why metrics are blank, or are means of some folds only, a line for each metric and reason."""
    named: dict[tuple[str, Text], list[str]] = {}
    for row in rows:
        for metric, why in (row.get("blank") or {}).items():
            named.setdefault((metric, Text.from_dict(why)), []).append(say(found.title(row["model"])))
    lines = []
    for (metric, why), models in named.items():
        key = "ui.leaderboard.partly_line" if "known" in why.values else "ui.leaderboard.blank_line"
        lines.append(plain(say(key, metric=Text(f"metric.{metric}.title"), models=models, why=why)))
    return lines


def chosen(found: Board) -> list[Row]:
    """Return the rows that pass the filter."""
    run = found.job.id
    which = st.session_state.get(f"compare.shown.{run}", SHOWN[0])
    families = st.session_state.get(f"compare.families.{run}") or FAMILIES
    wanted = str(st.session_state.get(f"compare.named.{run}") or "").strip().casefold()
    return [
        row
        for row in found.standing.rows
        if passes(row, which) and found.family(row["model"]) in families and is_named(row, found, wanted)
    ]


def is_named(row: Row, found: Board, wanted: str) -> bool:
    """Tell whether a row's model has the wanted text in its name or is called so."""
    return wanted in say(found.title(row["model"])).casefold() or wanted in row["model"]


def passes(row: Row, which: str) -> bool:
    """Tell whether a row is one of those to be shown."""
    if which == "tied":
        return bool(row["tied_with_best"])
    return which == "all" or (row["rank"] is not None) == (which == "finished")


def arranged(found: Board, rows: list[Row]) -> list[Row]:
    """Return rows in the chosen order; those without the value stay below."""
    name = st.session_state.get(f"compare.order.{found.job.id}", ORDERS[0])
    if name == "rank":
        return rows
    if name == "title":
        return sorted(rows, key=lambda row: say(found.title(row["model"])))
    if name == "simple":
        return sorted(rows, key=lambda row: found.simplicity(row["model"]))
    is_falling = name == "holdout" and found.is_higher_better(found.standing.sort)

    def place(row: Row) -> tuple[bool, float]:
        value = (row["holdout"] or {}).get(found.standing.sort) if name == "holdout" else row.get(name)
        return value is None, (-value if is_falling else value) if value is not None else 0.0

    return sorted(rows, key=place)


def live_columns(found: Board, shown: list[Row]) -> dict[str, Any]:
    """Return the columns while rows still come."""
    sort = found.standing.sort
    return {
        **first_columns(),
        sort: metric_column(found, sort, shown),
        "spread": spread_column(shown),
        "state": grids.words("ui.compare.state", width="medium"),
        **{name: metric_column(found, name, shown) for name in found.metrics if name != sort},
        "seconds": grids.number("ui.compare.seconds", digits=1),
    }


def columns_of(which: str, found: Board, shown: list[Row]) -> dict[str, Any]:
    """Return the columns of a part of the table: rank, model and the ranking metric are in each."""
    sort = found.standing.sort
    if which == "metrics":
        # In their order already, and without their ranks: so all metrics of a task fit beside the menu.
        title = {"title": grids.words("ui.compare.model", width=160, pinned=True)}
        return title | {f"{name} ±": spread_cell(found, name) for name in measures(found)}
    made = first_columns() | {sort: metric_column(found, sort, shown)}
    if which == "cost":
        return made | cost_columns()
    return made | {
        "spread": spread_column(shown),
        "difference": grids.words("ui.leaderboard.difference", help=say("ui.leaderboard.difference_help"), width=180),
        "state": grids.words("ui.compare.state", width=135),
        "holdout": holdout_column(shown),
    }


def first_columns() -> dict[str, Any]:
    """Return the columns that stand first."""
    return {
        "rank": grids.number("ui.compare.rank", width=50),
        "title": grids.words("ui.compare.model", width="medium", pinned=True),
    }


def cost_columns() -> dict[str, Any]:
    """Return the columns of time and size."""
    return {
        "fit_seconds": grids.number("ui.leaderboard.fit", digits=2, help=say("ui.leaderboard.fit_help")),
        "predict_seconds": grids.number("ui.leaderboard.predict", digits=2, help=say("ui.leaderboard.predict_help")),
        "size": st.column_config.NumberColumn(say("ui.leaderboard.size"), help=say("ui.leaderboard.size_help"), format="bytes"),
    }


def measures(found: Board) -> list[str]:
    """Return the metrics that are to be shown, the ranking one first."""
    wanted = st.session_state.get(f"compare.measures.{found.job.id}", found.metrics)
    sort = found.standing.sort
    return [sort, *(name for name in found.metrics if name != sort and name in wanted)]


def spread_cell(found: Board, metric: str) -> Any:
    """Return a column of means with their spread in one cell."""
    return grids.titled(heading(found, metric), help=say(f"metric.{metric}.about"), alignment="right")


def mean_and_spread(row: Row, metric: str) -> str | None:
    """Return a metric's mean with its standard deviation, in one cell."""
    mean, spread = row["metrics"].get(metric), row["metrics_std"].get(metric)
    if mean is None:
        return None
    digits = max(figure.decimals([mean, spread]) - 1, 0)
    form = f",.{digits}f" if digits < figure.MOST_DIGITS else ".2e"
    return f"{mean:{form}} ± {spread or 0.0:{form}}"


def metric_column(found: Board, metric: str, shown: list[Row]) -> Any:
    """Return a metric's column, its better direction in the header."""
    return grids.measure(heading(found, metric), [row.get(metric) for row in shown], help=say(f"metric.{metric}.about"))


def heading(found: Board, metric: str) -> str:
    """Return a metric's name with an arrow in its better direction."""
    return directed(metric, is_up=found.is_higher_better(metric))


def directed(metric: str, *, is_up: bool) -> str:
    """Return a metric's name with an arrow up or down."""
    key = "ui.leaderboard.column_higher" if is_up else "ui.leaderboard.column_lower"
    return say(key, metric=Text(f"metric.{metric}.title"))


def spread_column(shown: list[Row]) -> Any:
    """Return the column of the standard deviations."""
    values = [row.get("spread") for row in shown]
    return grids.measure(say("ui.leaderboard.spread"), values, help=say("ui.leaderboard.spread_help"))


def holdout_column(shown: list[Row]) -> Any:
    """Return the column of the scores on the hold-out."""
    values = [row.get("holdout") for row in shown]
    return grids.measure(say("ui.leaderboard.holdout"), values, help=say("ui.leaderboard.holdout_help"))


def line(row: Row, found: Board) -> Row:
    """Return one row as the table shows it."""
    sort = found.standing.sort
    timed = ("rank", "fit_seconds", "predict_seconds", "size", "seconds")
    return {
        **row["metrics"],
        **{f"{name} ±": mean_and_spread(row, name) for name in row["metrics"]},
        **{name: row.get(name) for name in timed},
        "title": say(found.title(row["model"])),
        "spread": row["metrics_std"].get(sort),
        "difference": difference(row["difference"], [row["metrics"].get(sort)]),
        "state": state_of(row, found),
        "holdout": (row["holdout"] or {}).get(sort),
    }


def baseline_line(row: Row, found: Board) -> Row:
    """Return the baseline as the table shows it."""
    note = say("ui.leaderboard.baseline_tied") if row.get("tied_with_best") else ""
    shown = line({"difference": None, "holdout": None, **row}, found)
    return shown | {"rank": None, "title": say("ui.compare.baseline"), "state": note}


def difference(found: dict[str, float] | None, of: Sequence[float | None]) -> str | None:
    """Return a difference of some values with its interval, in one cell."""
    if not found:
        return None
    mean, low, high = figure.scores([found[name] for name in ("mean", "low", "high")], like=of, sign=True)
    return f"{mean} ({low} – {high})"


def state_of(row: Row, found: Board) -> str:
    """Return what there is to say about a row: that it has no score, else how it stands to the best."""
    if row["reason"]:
        # After the end the whole reason stands below the table, which has no room for it.
        return say(Text.from_dict(row["reason"]) if found.is_going else f"ui.compare.{row['status']}")
    is_advised = row["model"] == found.standing.recommended
    if row["rank"] == 1:
        return say("ui.leaderboard.best_and_advised" if is_advised else "ui.leaderboard.best") if not found.is_going else ""
    if is_advised:
        return say("ui.leaderboard.advised")
    if row["tied_with_best"]:
        return say("ui.compare.tied")
    return "" if row["status"] == "finished" else say(f"ui.compare.{row['status']}")
