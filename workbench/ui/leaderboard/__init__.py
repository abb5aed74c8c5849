"""A comparison on screen: its rows as they come, what they come down to, and everything about them after the end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui import diagnosis, grids, places
from workbench.ui.feedback import chart
from workbench.ui.findings import plain
from workbench.ui.language import lang, say
from workbench.ui.leaderboard import beside, closer, files, rows
from workbench.ui.people import who
from workbench.ui.runs import live, running
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Board, View
    from workbench.jobs import Job

VIEWS: tuple[View, ...] = ("scores", "differences", "folds")


def show(run_id: str) -> None:
    """Show a comparison: its rows as they come, and what to do with the winner when it has ended."""
    live.follow(run_id, "run", draw)


def draw(run_id: str, job: Job) -> None:
    """Draw a comparison as it stands."""
    running.head(job)
    board(run_id)
    running.log(job)


def board(run_id: str) -> None:
    """Draw the rows as they stand, and after the end everything about them."""
    metric = st.session_state.get(metric_key(run_id))
    found = actions.leaderboards.board(run_id, by=who(), metric=metric)
    if not found.standing.rows:
        if found.job.state == "running":
            st.info(say("ui.compare.no_rows"), icon=":material/hourglass_empty:")
        return
    running.completeness(found)
    if not found.is_going:
        conclude(found)
    choices(found)
    rows.table(found)
    if found.is_going:
        return
    files.downloads(found)
    charts(found)
    excluded(found)
    closer.row(found)
    if model := st.session_state.get(closer.key(run_id)):
        diagnosis.panel(run_id, model, found.title(model))
    beside.panel(found)


def metric_key(run_id: str) -> str:
    """Return the key of the choice of a metric."""
    return f"compare.metric.{run_id}"


def conclude(found: Board) -> None:
    """Say what the rows come down to, and where to go on with the model that was kept."""
    if found.standing.too_good:
        doubt(found, found.standing.too_good)
    if found.standing.conclusion:
        st.info(plain(say(found.standing.conclusion)), icon=":material/emoji_events:")
    elif found.standing.best:
        st.markdown(say("ui.compare.best", model=found.title(found.standing.best)))
    if found.registered:
        st.markdown(say("ui.compare.registered", model=found.registered))
        with st.container(horizontal=True):
            for place in ("explain", "what_if", "predict", "models"):
                places.link(place, model=found.registered)


def doubt(found: Board, warning: Text) -> None:
    """Say that a score is too good to be believed without a look, and where to look."""
    st.warning(plain(say(warning)), icon=":material/warning:")
    if found.job.owner == who().who:
        places.link("checks", say("ui.leaderboard.to_checks"), dataset=found.job.spec["dataset"])


def choices(found: Board) -> None:
    """Draw what the rows are ranked by, their order, and which are shown."""
    run = found.job.id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            say("ui.leaderboard.metric"),
            found.metrics,
            found.metrics.index(found.standing.sort) if found.standing.sort in found.metrics else 0,
            format_func=partial(rows.heading, found),
            key=metric_key(run),
            width=240,
        )
        rows.order(run)
        rows.filters(found)
    if found.standing.sort != found.plan["sort"]:
        names = {"metric": Text(f"metric.{found.standing.sort}.title"), "sort": Text(f"metric.{found.plan['sort']}.title")}
        st.caption(say("ui.leaderboard.other_metric", **names))


def charts(found: Board) -> None:
    """Draw the scores with their intervals, or the differences from the best."""
    view = st.segmented_control(
        say("ui.leaderboard.view"),
        VIEWS,
        default=VIEWS[0],
        required=True,
        format_func=lambda name: say(f"ui.leaderboard.view_{name}"),
        key=f"compare.view.{found.job.id}",
        label_visibility="collapsed",
    )
    chart(found.chart(view, lang()), key=f"compare.chart.{found.job.id}.{view}")


def excluded(found: Board) -> None:
    """List the columns that were left out, each with the reason."""
    if not found.excluded:
        return
    with st.expander(say("ui.compare.excluded", count=len(found.excluded))):
        grids.show(
            [{"column": one["column"], "reason": say(Text.from_dict(one["reason"]))} for one in found.excluded],
            {"column": grids.words("ui.column.name"), "reason": grids.words("ui.compare.reason", width="large")},
            key="compare.excluded",
        )
