"""A row's model put to use: a name for it, the run that fits and registers it, and where to go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import places
from workbench.ui.feedback import reported
from workbench.ui.findings import plain
from workbench.ui.language import say
from workbench.ui.people import who
from workbench.ui.runs import live
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Board
    from workbench.jobs import Job

Row = dict[str, Any]
USES = ("explain", "what_if", "predict", "models")


def use(row: Row, found: Board) -> None:
    """Draw what has become of a row's model, and the form that registers it."""
    if not actions.holdouts.may_start(by=who()):
        return
    known = actions.adoption.of_run(found.job.id, row["model"], by=who())
    if known is not None:
        live.follow(known.id, "adopt", draw)
    if known is None or known.state not in live.GOING:
        form(row["model"], found)


def form(model: str, found: Board) -> None:
    """Draw the form for a model's name."""
    title = say(found.title(model))
    with st.popover(say("ui.leaderboard.take.title"), icon=":material/inventory_2:"):
        st.markdown(say("ui.leaderboard.take.about", model=plain(title)))
        with st.form(f"compare.take.{found.job.id}.{model}", border=False):
            name = st.text_input(
                say("ui.leaderboard.take.name"),
                found.name_for(model),
                max_chars=80,
                help=say("ui.leaderboard.take.name_help"),
                key=f"compare.take.name.{found.job.id}.{model}",
            )
            label = say("ui.leaderboard.take.start", model=title)
            if st.form_submit_button(label, type="primary", icon=":material/inventory_2:"):
                with reported():
                    actions.adoption.start(found.job.id, model, name, by=who())
                    st.rerun()


def draw(run_id: str, job: Job) -> None:  # noqa: ARG001 - what draws a run is given its id
    """Say how far a registration is, where its model is used, or why there is none."""
    if job.state in live.GOING:
        st.markdown(f":material/progress_activity: {say('ui.leaderboard.take.going')}")
    elif job.state != "finished":
        st.error(say(job.error or Text(f"ui.run.{job.state}")), icon=live.ICONS[job.state])
    else:
        links((job.result or {})["registered"])


def links(reference: str) -> None:
    """Say under which name a model is registered, and lead to where it is used; nothing where it was deleted since."""
    if reference.partition("@")[0] not in actions.models.registered(by=who()):
        return
    st.markdown(say("ui.leaderboard.take.done", model=plain(reference)))
    with st.container(horizontal=True):
        for place in USES:
            places.link(place, model=reference)
