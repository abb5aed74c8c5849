"""The closed loop on the checks page: what the score would be without each suspect, asked with one click, told as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.errors import JobNotFound
from workbench.ui import address, findings, live
from workbench.ui.feedback import reported
from workbench.ui.language import say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.data import DatasetRecord
    from workbench.jobs import Job


def panel(dataset: DatasetRecord) -> None:
    """Offer the refits of a dataset, follow them, and tell the answers."""
    st.markdown(say("ui.honest.about"))
    run_id = of_dataset(dataset)
    if run_id:
        live.follow(run_id, "honest", draw)
    key = f"checks.honest.{dataset.id}"
    if st.button(say("ui.honest.again" if run_id else "ui.honest.start"), icon=":material/balance:", key=key):
        with reported():
            address.put(honest=actions.honest.start(dataset.id, by=who()))
            st.rerun()


def of_dataset(dataset: DatasetRecord) -> str | None:
    """Return the run in the address, if it is one of this dataset."""
    run_id = address.get("honest")
    if not run_id:
        return None
    try:
        is_ours = actions.runs.find(run_id, by=who()).spec.get("dataset") == dataset.id
    except JobNotFound:
        is_ours = False
    if not is_ours:
        address.put(honest=None)
    return run_id if is_ours else None


def draw(run_id: str, job: Job) -> None:
    """Draw the answers as they stand."""
    live.head(job)
    answers = actions.honest.so_far(run_id, by=who())
    if answers:
        st.markdown(findings.bullets([findings.plain(say(answer.text)) for answer in answers]))
        st.caption(say("ui.honest.caption", rows=answers[0].rows))
