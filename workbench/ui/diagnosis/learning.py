"""The tab of the learning curve: refits in a run of their own, drawn as they come, with Stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui.diagnosis.ranked import Chosen
from workbench.ui.feedback import chart, reported
from workbench.ui.findings import plain
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.runs import live

if TYPE_CHECKING:
    from workbench.jobs import Job


def curve(chosen: Chosen) -> None:
    """Draw the newest learning curve of a candidate, and offer to make one."""
    st.markdown(say("ui.diagnosis.learning_about"))
    made = actions.learning.recent(chosen.run, chosen.model, by=who())
    going = made is not None and actions.runs.find(made, by=who()).state in live.GOING
    if made is not None:
        live.follow(made, "learning", draw)
    if going or not actions.learning.may_start(by=who()):
        return
    label = "ui.diagnosis.learning_again" if made else "ui.diagnosis.learning_start"
    if st.button(say(label), icon=":material/show_chart:", key=chosen.key("learning")):
        with reported():
            actions.learning.start(chosen.run, chosen.model, by=who())
            st.rerun()


def draw(run_id: str, job: Job) -> None:
    """Draw a learning curve as it stands."""
    if job.state in live.GOING:
        bar(job)
    elif job.state != "finished":
        st.warning(say(job.error) if job.error else say(f"ui.run.{job.state}"), icon=live.ICONS[job.state])
    found = actions.learning.told(run_id, by=who())
    if found.points:
        chart(actions.learning.chart(found, lang(), by=who()), key=f"compare.learning.{run_id}")
    if job.state in live.GOING:
        return
    if found.verdict:
        st.markdown(plain(say(found.verdict)))
    for note in found.notes:
        st.caption(say(note))
    if found.points:
        st.caption(say("ui.diagnosis.learning_how"))


def bar(job: Job) -> None:
    """Draw how far the refits are, and a button to stop them."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    doing = say(job.note) if job.note else say(f"ui.run.{job.state}")
    left.progress(min(max(job.progress or 0.0, 0.0), 1.0), doing)
    if job.owner == who().who and right.button(
        say("ui.run.stop"), icon=":material/stop:", key=f"run.stop.{job.id}", width="stretch"
    ):
        actions.runs.stop(job.id, by=who())
        st.toast(say("ui.run.stopping"), icon=":material/stop_circle:")
