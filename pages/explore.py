"""Explore page: what the table holds, what stands out, and one column at a time."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import findings, lang, opened, say, who
from workbench.ui.feedback import chart, reported

st.title(say("page.explore.title"))
dataset = opened.dataset()

with reported(or_stop=True), st.spinner(say("page.explore.working")):
    profile = actions.profile.of(dataset.id, by=who())

findings.overview(profile)

st.subheader(say("page.explore.alerts"))
findings.alerts(profile)

st.subheader(say("page.explore.columns"))
findings.columns(profile)

st.subheader(say("page.explore.one"))
first = findings.first_column(profile)
column = st.selectbox(say("page.explore.column"), dataset.columns, first, key=f"explore.column.{dataset.id}")
with reported():
    left, right = st.columns(2)
    with left:
        chart(actions.profile.column_chart(dataset.id, column, lang(), by=who()), key="explore.column_chart")
    if dataset.roles.target and column != dataset.roles.target:
        with right:
            chart(actions.profile.target_chart(dataset.id, column, lang(), by=who()), key="explore.target_chart")
    elif not dataset.roles.target:
        right.info(say("page.explore.no_target"), icon=":material/info:")
