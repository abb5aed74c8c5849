"""Runs as they go: a fragment that asks once a second while something runs, and stands still when it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.errors import JobNotFound
from workbench.ui import address, belongings, feedback
from workbench.ui.data import reading as reader
from workbench.ui.data import sources
from workbench.ui.language import say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.profile import Shown
    from workbench.actions.shared_runs import Standing
    from workbench.jobs import Job

# Seconds between two looks at a run that goes, and at one that nobody hears of any more.
EVERY, SELDOM = 1.0, 10.0
GOING = ("waiting", "running")
ICONS = {
    "waiting": ":material/hourglass_empty:",
    "running": ":material/progress_activity:",
    "finished": ":material/check_circle:",
    "failed": ":material/error:",
    "stopped": ":material/stop_circle:",
    "lost": ":material/help:",
}


def batch(run_id: str) -> None:
    """Show a file being scored, and the link to the result when it is there."""
    follow(run_id, "batch", draw_batch)


def reading(run_id: str) -> None:
    """Show a large file being read, and open the table when it is there."""
    follow(run_id, "reading", draw_reading)


def follow(run_id: str, name: str, draw: Any) -> None:
    """Draw a run once when it has ended; else again and again, and the whole page once at the end."""
    try:
        job = actions.runs.find(run_id, by=who())
    except JobNotFound as problem:
        feedback.show(problem)
        address.put(**{name: None})
        return
    if job.state not in GOING:
        draw(run_id, job)
        if job.state == "lost":
            heard_again(run_id, name)
        return

    @st.fragment(run_every=EVERY)
    def again() -> None:
        with feedback.guarded(name):
            now = actions.runs.find(run_id, by=who())
            if now.state not in GOING:
                st.rerun()
            draw(run_id, now)

    again()


def heard_again(run_id: str, name: str) -> None:
    """Draw the page again should a run be heard of after all: its machine may only have slept, or been very busy."""

    @st.fragment(run_every=SELDOM)
    def again() -> None:
        with feedback.guarded(name):
            if actions.runs.find(run_id, by=who()).state != "lost":
                st.rerun()

    again()


def head(job: Job) -> None:
    """Say what runs and how far it is; with a button to stop it while it goes."""
    st.subheader(job.title, divider="gray")
    if job.state in GOING:
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.progress(min(max(job.progress or 0.0, 0.0), 1.0), say(f"ui.run.{job.state}"))
        is_mine = job.owner == who().who
        if is_mine and right.button(say("ui.run.stop"), icon=":material/stop:", key=f"run.stop.{job.id}", width="stretch"):
            actions.runs.stop(job.id, by=who())
            st.toast(say("ui.run.stopping"), icon=":material/stop_circle:")
        return
    tell = {"finished": st.success, "failed": st.error, "lost": st.error, "stopped": st.warning}[job.state]
    tell(say(job.error) if job.error else say(f"ui.run.{job.state}"), icon=ICONS[job.state])
    with st.container(horizontal=True, vertical_alignment="center"):
        belongings.share_run(job)
        belongings.delete_run(job)


def draw_reading(run_id: str, job: Job) -> None:
    """Draw a file's reading as it stands; where it failed, the file is still there and may be read otherwise."""
    head(job)
    if job.state in GOING:
        return
    if job.state == "finished":
        address.put(dataset=(job.result or {})["dataset"], reading=None)
        st.rerun()
    if job.spec.get("upload"):
        read_again(job)
    if st.button(say("ui.sources.close"), icon=":material/close:", key=f"data.reading.close.{run_id}"):
        address.put(reading=None)
        st.rerun()


def read_again(job: Job) -> None:
    """Draw the settings with which a file that could not be read is tried again: it is still here."""
    with st.form(f"data.reading.{job.id}"):
        st.caption(say("ui.sources.try_again", file=job.title))
        wishes = reader.settings(job.spec.get("settings") or {}, {}, key=f"data.reading.{job.id}")
        if st.form_submit_button(say("ui.reading.again"), icon=":material/restart_alt:"):
            with feedback.reported():
                sources.open_upload(job.spec["upload"], wishes)


def profiling(dataset_id: str, shown: Shown) -> None:
    """Show a large table's profile being made, and draw the page again as more of it is there; say when nothing more comes."""
    if shown.whole:
        return
    if not shown.is_going:
        draw_profile_end(dataset_id, shown)
        return

    @st.fragment(run_every=EVERY)
    def again() -> None:
        with feedback.guarded("explore"):
            now = actions.profile.shown(dataset_id, by=who())
            if now.whole or not now.is_going or there(now) != there(shown):
                st.rerun()
            draw_standing(now, doing(now), key="explore.stop")

    again()


def there(shown: Shown) -> tuple[int, set[str]]:
    """Return how much of a profile is there: its columns, and its parts."""
    return len(shown.profile["columns"]), {name for name, part in shown.profile.items() if part is not None}


def draw_standing(shown: Standing, doing: str, *, key: str) -> None:
    """Draw how far a result is that everybody with the table may watch, and a button to stop what makes it."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.progress(min(max(shown.progress or 0.0, 0.0), 1.0), doing)
    stop = shown.may_stop and shown.run
    if stop and right.button(say("ui.run.stop"), icon=":material/stop:", key=key, width="stretch"):
        actions.runs.stop(str(shown.run), by=who())
        st.toast(say("ui.run.stopping"), icon=":material/stop_circle:")


def doing(shown: Standing) -> str:
    """Return what a run that makes a result is at."""
    return say(shown.note) if shown.note else say(f"ui.run.{shown.state}")


def draw_profile_end(dataset_id: str, shown: Shown) -> None:
    """Say why there is no more of a profile, and offer to make it again; what is there stays below."""
    tell = st.warning if shown.state == "stopped" else st.error
    tell(say(shown.error) if shown.error else say(f"ui.explore.ended.{shown.state}"), icon=ICONS[shown.state])
    if st.button(say("ui.explore.again"), icon=":material/restart_alt:", key="explore.again"):
        actions.profile.again(dataset_id, by=who())
        st.rerun()


def draw_batch(run_id: str, job: Job) -> None:
    """Draw a file's scoring as it stands."""
    head(job)
    result = job.result or {}
    if job.state != "finished" or not result:
        return
    report = result["report"]
    for column, name in zip(st.columns(3), ("rows_in", "rows_out", "held"), strict=True):
        column.metric(say(f"ui.batch.{name}"), f"{report[name]:,}", border=True)
    noted(report)
    if result.get("file"):
        st.link_button(
            say("ui.batch.download", file=result["file"]),
            f"/api/v1/results/{run_id}",
            type="primary",
            icon=":material/download:",
        )


def noted(report: dict[str, Any]) -> None:
    """Show what the scoring noticed, in sentences."""
    for name in ("warnings", "drift"):
        if texts := [text_of(entry) for entry in report.get(name) or []]:
            with st.expander(say(f"ui.batch.{name}", count=len(texts)), expanded=name == "warnings"):
                st.markdown("\n".join(f"- {text}" for text in texts))


def text_of(entry: Any) -> str:
    """Return the sentence of a report's entry."""
    return str(entry.get("text", entry)) if isinstance(entry, dict) else str(entry)
