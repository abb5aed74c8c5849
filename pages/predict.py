"""Predict page: one row, or a whole file that comes back with predictions and reasons."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import lang, opened, resources, say, upload, who
from workbench.ui.data import sources
from workbench.ui.feedback import reported
from workbench.ui.models import fields, pickers, results, scored_file
from workbench.ui.runs import live

st.title(say("page.predict.title"))
record = pickers.model("predict")
reference = pickers.reference_of(record)

with reported(or_stop=True):
    schema = actions.models.schema(reference, by=who())
    details = actions.models.show(reference, by=who())

batch = opened.get("batch")
file_tab, row_tab = say("page.predict.file"), say("page.predict.row")
one, many = st.tabs([row_tab, file_tab], default=file_tab if batch else row_tab)
with one:
    row, name = pickers.start_row("predict", schema)
    row = fields.form(schema, row, key=f"predict.{reference}.{name}", label=say("page.predict.predict"))
    with reported():
        results.prediction(results.of_rows(reference, [row])[0], details)
        results.reasons(reference, row, key="predict.reasons")
with many:
    st.markdown(say("page.predict.file_about"))
    with reported():
        book, file_name = resources.template(reference, lang(), _by=who())
        st.download_button(
            say("page.predict.template"), book, file_name, icon=":material/table:", on_click="ignore", key="predict.template"
        )
    source = sources.to_score(upload.control("predict"))
    with reported():
        if wishes := scored_file.form(bool(source)):
            batch = actions.predict.start_file(reference, by=who(), lang=lang(), **source, **wishes)
            upload.dealt_with("predict")
            opened.put(batch=batch)
            st.rerun()
    if batch:
        live.batch(batch)
