"""Checks page: whether this table can be trusted, and how to split it."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import findings, honest, lang, opened, places, say, who
from workbench.ui.feedback import nothing, reported

st.title(say("page.checks.title"))
dataset = opened.dataset()
if not dataset.roles.target:
    nothing("page.checks.no_target", to="data")
    st.stop()

with reported(or_stop=True), st.spinner(say("page.checks.working")):
    report = actions.checks.run(dataset.id, by=who()).to_dict(lang())

st.markdown(say("page.checks.about", table=dataset.name, target=dataset.roles.target))
findings.by_severity(report)

st.subheader(say("ui.honest.title"))
honest.panel(dataset)

st.subheader(say("page.checks.advice"))
findings.advice(report["advice"])
findings.not_applicable(report)
places.link("compare")
