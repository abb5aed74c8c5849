"""A comparison's run on screen: how far it is, what it takes and says, Stop, and Resume once it has ended too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui import opened
from workbench.ui.feedback import reported
from workbench.ui.findings import plain
from workbench.ui.language import clock, say
from workbench.ui.people import who
from workbench.ui.runs import live

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Board
    from workbench.jobs import Job

# More lines than this are looked through by nobody; the newest come first.
MOST_LINES = 300
GB = 1e9
HEIGHT = 260


def head(job: Job) -> None:
    """Say what runs and how far it is, or how it ended and how it can go on."""
    if job.state not in live.GOING:
        live.head(job)
        resume(job)
        return
    st.subheader(plain(job.title), divider="gray")
    left, right = st.columns([4, 1], vertical_alignment="center")
    stopping = actions.compare.is_stopping(job.id, by=who())
    left.progress(min(max(job.progress or 0.0, 0.0), 1.0), doing(job, is_stopping=stopping))
    if job.owner == who().who:
        with right:
            stop(job, is_stopping=stopping)


def doing(job: Job, *, is_stopping: bool) -> str:
    """Say what a run is doing."""
    if job.note:
        return say(job.note)
    return say("ui.run.stopping" if is_stopping else f"ui.run.{job.state}")


def stop(job: Job, *, is_stopping: bool) -> None:
    """Draw the button that ends a run; pressed before, one that also gives up what it would keep."""
    key = f"run.stop.{job.id}"
    if not is_stopping:
        about = say("ui.runs_kept.stop_help")
        if st.button(say("ui.run.stop"), icon=":material/stop:", key=key, width="stretch", help=about):
            actions.compare.stop(job.id, by=who())
            st.toast(say("ui.run.stopping"), icon=":material/stop_circle:")
        return
    about = say("ui.runs_kept.at_once_help")
    if st.button(say("ui.runs_kept.at_once"), icon=":material/stop_circle:", key=f"{key}.now", width="stretch", help=about):
        actions.compare.stop(job.id, by=who(), keep=False)


def resume(job: Job) -> None:
    """Draw the button that goes on with a run that ended too early."""
    if not actions.resuming.may_resume(job, by=who()):
        return
    label, about = say("ui.runs_kept.resume"), say("ui.runs_kept.resume_help")
    if st.button(label, icon=":material/play_arrow:", key=f"run.resume.{job.id}", type="primary", help=about):
        with reported():
            run = actions.resuming.resume(job.id, by=who())
            opened.put(run=run)
            st.toast(say("ui.runs_kept.resumed"), icon=":material/play_arrow:")
            st.rerun(scope="app")


def completeness(found: Board) -> None:
    """Say which models of a run that ended too early have all their folds, and which do not."""
    if found.is_going or found.job.state == "finished":
        return
    done = {row["model"] for row in found.standing.rows if row["rank"] is not None}
    failed = {row["model"] for row in found.standing.rows if row["status"] == "failed"}
    names = {model: plain(say(found.title(model))) for model in found.plan["models"] if model not in failed}
    if complete := [name for model, name in names.items() if model in done]:
        st.markdown(say("ui.runs_kept.complete", models=complete))
    if rest := [name for model, name in names.items() if model not in done]:
        st.markdown(say("ui.runs_kept.incomplete", models=rest))


def log(job: Job) -> None:
    """Draw what happened, the newest first, and the memory that it takes."""
    found = actions.run_log.told(job.id, by=who())
    if found.taken is not None:
        figures = {"taken": found.taken / GB, "limit": found.memory.limit / GB, "free": found.memory.available / GB}
        st.caption(say("ui.runs_kept.memory" if job.state in live.GOING else "ui.runs_kept.memory_then", **figures))
    if not found.lines:
        return
    with st.expander(say("ui.runs_kept.log"), icon=":material/list:"), st.container(height=HEIGHT, border=False):
        newest = reversed(found.lines[-MOST_LINES:])
        st.markdown("  \n".join(f"`{clock(line.at)}` {plain(say(line.text))}" for line in newest))
