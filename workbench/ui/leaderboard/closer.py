"""One row of a leaderboard looked at closely: its folds, and its score on the hold-out when somebody asks for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import grids
from workbench.ui.feedback import reported
from workbench.ui.language import say
from workbench.ui.leaderboard import take
from workbench.ui.people import who
from workbench.ui.runs import live
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Board
    from workbench.jobs import Job

Row = dict[str, Any]


def key(run: str) -> str:
    """Return the key of the choice of a row: what else is drawn for that row looks it up here."""
    return f"compare.row.{run}"


def row(found: Board) -> None:
    """Draw the choice of a row, its folds and its hold-out score."""
    rows = {one["model"]: one for one in found.standing.rows if one["rank"] is not None}
    if not rows:
        return
    st.subheader(say("ui.leaderboard.closer"), divider="gray")
    model = st.selectbox(
        say("ui.leaderboard.closer"),
        list(rows),
        format_func=lambda name: say(found.title(name)),
        key=key(found.job.id),
        label_visibility="collapsed",
        width=360,
    )
    folds(rows[model], found)
    holdout(rows[model], found)
    take.use(rows[model], found)


def folds(one: Row, found: Board) -> None:
    """List every metric of every fold."""
    if not one["folds"]:
        return
    with st.expander(say("ui.leaderboard.folds_title"), icon=":material/view_week:"):
        shown = [{"fold": i, **values} for i, values in enumerate(one["folds"], 1)]
        measures = {
            name: grids.measure(say(f"metric.{name}.title"), [values[name] for values in one["folds"]])
            for name in sorted(found.metrics, key=lambda name: name != found.standing.sort)
        }
        columns = {"fold": grids.number("ui.leaderboard.fold", width="small"), **measures}
        grids.show(shown, columns, key=f"compare.folds_of.{found.job.id}")


def holdout(one: Row, found: Board) -> None:
    """Show the score on the hold-out, or offer to make it."""
    if one["holdout"]:
        metrics = [f"{say(f'metric.{name}.title')} **{number(one['holdout'].get(name))}**" for name in found.metrics]
        st.markdown(f"{say('ui.leaderboard.judged')}: {' · '.join(metrics)}")
        return
    if not actions.holdouts.may_start(by=who()):
        return
    going = actions.holdouts.of_run(found.job.id, one["model"], by=who())
    if going is not None and (going.state in live.GOING or going.state != "finished"):
        live.follow(going.id, "holdout", partial(draw, say(found.title(one["model"]))))
    if going is None or going.state not in live.GOING:
        offer(one["model"], found)


def offer(model: str, found: Board) -> None:
    """Offer to judge a row on the hold-out."""
    clicked = st.button(
        say("ui.leaderboard.judge"),
        icon=":material/fact_check:",
        help=say("ui.leaderboard.judge_help"),
        key=f"compare.judge.{found.job.id}.{model}",
    )
    if clicked:
        with reported():
            actions.holdouts.start(found.job.id, model, by=who())
            st.rerun()


def draw(model: str, run_id: str, job: Job) -> None:  # noqa: ARG001 - what draws a run is given its id
    """Say how far a run is that judges a row, or why it failed."""
    if job.state in live.GOING:
        st.markdown(f":material/progress_activity: {model}: {say('ui.leaderboard.judging')}")
    elif job.state != "finished":
        error = job.error or Text(f"ui.run.{job.state}")
        st.error(say(error), icon=live.ICONS[job.state])
