"""API page: how programs call the same predictor, ready to copy."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import say, who
from workbench.ui.feedback import reported
from workbench.ui.models import pickers, registry, snippets

st.title(say("page.api.title"))
st.markdown(say("page.api.about"))
record = pickers.model("api")

with reported(or_stop=True):
    schema = actions.models.schema(record.name, by=who())

st.subheader(say("page.api.call"))
calls = snippets.snippets(record.name, schema)
for tab, (text, language) in zip(st.tabs([say(f"page.api.{name}") for name in calls]), calls.values(), strict=True):
    tab.code(text, language=language, wrap_lines=True)
st.markdown(say("page.api.token"))

st.subheader(say("page.api.columns"))
registry.schema(schema)

st.subheader(say("page.api.more"))
st.link_button(say("page.api.gradio_app"), "/gradio/", icon=":material/open_in_new:")
st.markdown(say("page.api.endpoints", base=snippets.base()))
