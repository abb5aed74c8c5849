"""Checks page: whether this table can be trusted, what to do about it, and what the score would be then."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import checks, contract, opened, say, who
from workbench.ui.checks import arrival, honest, labels
from workbench.ui.feedback import nothing, reported

st.title(say("page.checks.title"))
dataset = opened.record()
if not dataset.roles.target:
    nothing("page.checks.no_target", to="data")
    st.stop()

with reported(or_stop=True), st.spinner(say("page.checks.working")):
    shown = actions.checks.shown(dataset.id, by=who())

checks.head(dataset, shown)
checks.running(dataset.id, shown)

found, asked, arrived, labelled, agreed = checks.TABS.draw()
if found.open:
    with found, reported():
        checks.panel(dataset, shown)
if asked.open:
    with asked, reported():
        honest.panel(dataset, shown.report)
if arrived.open:
    with arrived, reported():
        arrival.panel(dataset)
if labelled.open:
    with labelled, reported():
        labels.panel(dataset)
if agreed.open:
    with agreed, reported():
        contract.panel(dataset)
