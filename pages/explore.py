"""Explore page: what goes with the target, what looks wrong, every column, what goes together, a free chart, two tables."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import explore, explore_columns, explore_together, live, looking, opened, say, who
from workbench.ui.feedback import reported

st.title(say("page.explore.title"))
dataset = opened.record()

with reported(or_stop=True), st.spinner(say("page.explore.working")):
    shown = actions.profile.shown(dataset.id, by=who())

explore.head(dataset, shown)
live.profiling(dataset.id, shown)

# Only what is looked at is drawn: a large table's charts would take seconds together.
story, alerts, columns, together, chart, compare = looking.tabs()
if story.open:
    with story, reported():
        explore.story(dataset, shown)
if alerts.open:
    with alerts, reported():
        explore.alerts(dataset, shown)
if columns.open:
    with columns, reported():
        explore_columns.panel(dataset, shown)
if together.open:
    with together, reported():
        explore_together.panel(dataset, shown)
if chart.open:
    with chart, reported():
        explore.free_chart(dataset)
if compare.open:
    with compare, reported():
        explore.difference(dataset)
