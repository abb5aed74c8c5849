"""Explore page: what goes with the target, what looks wrong, every column, what goes together, a free chart, two tables."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import difference, explore, opened, say, who
from workbench.ui.explore import columns, free_chart, looking, together
from workbench.ui.feedback import reported
from workbench.ui.runs import live

st.title(say("page.explore.title"))
dataset = opened.record()

with reported(or_stop=True), st.spinner(say("page.explore.working")):
    shown = actions.profile.shown(dataset.id, by=who())

explore.head(dataset, shown)
live.profiling(dataset.id, shown)

# Only what is looked at is drawn: a large table's charts would take seconds together.
story, alerts, each, pairs, chart, beside = looking.tabs()
if story.open:
    with story, reported():
        explore.story(dataset, shown)
if alerts.open:
    with alerts, reported():
        explore.alerts(dataset, shown)
if each.open:
    with each, reported():
        columns.panel(dataset, shown)
if pairs.open:
    with pairs, reported():
        together.panel(dataset, shown)
if chart.open:
    with chart, reported():
        free_chart.panel(dataset)
if beside.open:
    with beside, reported():
        difference.panel(dataset)
