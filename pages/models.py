"""Models page: every model with its versions, how good it is, and which version is used."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import contract, places, say, who
from workbench.ui.feedback import reported
from workbench.ui.models import pickers, registry

st.title(say("page.models.title"))
known = pickers.models()
registry.table(known)
record = pickers.model("models", known)

with reported(or_stop=True):
    details = actions.models.show(pickers.reference_of(record), by=who())

st.header(record.name)
registry.facts(details)
with st.container(horizontal=True):
    for place in ("explain", "what_if", "predict", "api"):
        places.link(place, model=pickers.reference_of(record))
contract.of_model(pickers.reference_of(record), record.name)

st.subheader(say("page.models.scores"))
registry.scores(details)

st.subheader(say("page.models.versions"))
versions = actions.models.versions(record.name, by=who())
registry.versions(versions)
if version := registry.promotion(versions):
    with reported():
        actions.models.promote(record.name, version, by=who())
        st.toast(say("page.models.promoted", version=version), icon=":material/check_circle:")
        st.rerun()

with st.expander(say("page.models.card")):
    st.markdown(details["card"])
