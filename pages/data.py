"""Data page: open a sample or a file, see how it was read, give the columns their roles."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import forms, opened, places, say, sources, upload, who
from workbench.ui.feedback import reported

st.title(say("page.data.title"))

with st.container(border=True):
    st.subheader(say("page.data.open"))
    chosen = upload.control("data")
    reading = forms.reading()
    if chosen:
        with reported(), st.spinner(say("page.data.reading", file=chosen["name"])):
            dataset_id = actions.datasets.from_upload(chosen["id"], by=who(), **reading)
            upload.dealt_with("data")
            places.go("data", dataset=dataset_id)
        sources.give_up(chosen)
    sources.samples()
    sources.mine()

dataset = opened.dataset_or_none()
if dataset is None:
    st.info(say("page.data.nothing_open"), icon=":material/arrow_upward:")
    st.stop()

st.header(dataset.name)
sources.preview(dataset)

st.subheader(say("page.data.roles"))
st.markdown(say("page.data.roles_about"))
if roles := forms.roles(dataset):
    with reported():
        actions.datasets.set_roles(dataset.id, roles, by=who())
        st.toast(say("page.data.roles_saved"), icon=":material/check_circle:")
        st.rerun()

if dataset.roles.target:
    st.markdown(say("page.data.goal", target=dataset.roles.target))
with st.container(horizontal=True):
    for place in ("explore", "checks", "compare"):
        places.link(place)
