"""Explain page: which columns move a model's predictions, over all rows and for one."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import findings, lang, places, say, who
from workbench.ui.feedback import chart, reported
from workbench.ui.models import pickers, results

st.title(say("page.explain.title"))
record = pickers.model("explain")
reference = pickers.reference_of(record)

with reported(or_stop=True), st.spinner(say("page.explain.working")):
    overview = actions.explain.overview(reference, by=who())
    schema = actions.models.schema(reference, by=who())

if overview["why_not"]:
    st.info(say(overview["why_not"]), icon=":material/info:")
    places.link("what_if", model=record.name)
    st.stop()

st.subheader(say("page.explain.overall"))
st.markdown(say("page.explain.overall_about", rows=overview["rows"]))
chart(actions.explain.importance_chart(reference, lang(), by=who()), key="explain.importance")
findings.importance(overview, is_probability=record.task != "regression")

st.subheader(say("page.explain.one"))
st.markdown(say("page.explain.one_about"))
row, name = pickers.start_row("explain", schema)
with reported():
    answer = results.of_rows(reference, [row])[0]
    results.prediction(answer, actions.models.show(reference, by=who()))
    results.reasons(reference, row, key="explain.row")
places.link("what_if", say("page.explain.try"), model=record.name)
