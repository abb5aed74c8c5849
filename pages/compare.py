"""Compare page: plan a comparison, start it, watch it, keep the best."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import leaderboard, opened, plan, say, who
from workbench.ui.feedback import nothing, reported
from workbench.ui.leaderboard import beside

st.title(say("page.compare.title"))
dataset = opened.dataset_or_none()
run = opened.get("run")

if dataset and dataset.roles.target:
    if not run:
        actions.compare.expect(by=who())
    with reported(), st.expander(say("page.compare.plan"), expanded=not run, icon=":material/edit_note:"):
        if wishes := plan.form(dataset):
            run = actions.compare.start(wishes, dataset_id=dataset.id, by=who())
            opened.put(run=run)
            st.rerun()
elif dataset:
    nothing("page.compare.no_target", to="data", table=dataset.name)
elif not run:
    nothing("ui.empty.dataset", to="data")

if dataset:
    beside.earlier(dataset, run)
if run:
    leaderboard.show(run)
elif dataset and dataset.roles.target:
    st.caption(say("page.compare.no_run"))
