"""What-if page: change a row's values and see what the model says then."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import say, who
from workbench.ui.feedback import reported
from workbench.ui.models import fields, pickers, results

st.title(say("page.what_if.title"))
record = pickers.model("what_if")
reference = pickers.reference_of(record)

with reported(or_stop=True):
    schema = actions.models.schema(reference, by=who())
    details = actions.models.show(reference, by=who())
    order = [entry["feature"] for entry in actions.explain.overview(reference, by=who())["global"]]

start, name = pickers.start_row("what_if", schema)
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader(say("page.what_if.row"))
    row = fields.form(schema, start, key=f"what_if.{reference}.{name}", first=order, label=say("page.what_if.predict"))
with right, reported():
    st.subheader(say("page.what_if.answer"))
    before, now = results.of_rows(reference, [start, row])
    results.changes(start, row)
    results.prediction(now, details, start=before)
with reported():
    results.reasons(reference, row, key="what_if.reasons")
