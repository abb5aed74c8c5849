"""Checks page: whether this table can be trusted, what to do about it, and what the score would be then."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import checking, honest, opened, say, who
from workbench.ui.feedback import nothing, reported

st.title(say("page.checks.title"))
dataset = opened.record()
if not dataset.roles.target:
    nothing("page.checks.no_target", to="data")
    st.stop()

with reported(or_stop=True), st.spinner(say("page.checks.working")):
    shown = actions.checks.shown(dataset.id, by=who())

checking.head(dataset, shown)
checking.running(dataset.id, shown)

found, asked, arrived, labelled, agreed = checking.TABS.draw()
if found.open:
    with found, reported():
        checking.panel(dataset, shown)
if asked.open:
    with asked, reported():
        honest.panel(dataset, shown.report)
if arrived.open:
    with arrived, reported():
        checking.arrival(dataset)
if labelled.open:
    with labelled, reported():
        checking.labels(dataset)
if agreed.open:
    with agreed, reported():
        checking.contract(dataset)
