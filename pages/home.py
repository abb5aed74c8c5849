"""Home page: what this is, three finished examples, my tables and my runs; never empty."""

from __future__ import annotations

import streamlit as st

from workbench.ui import cards, say
from workbench.ui.feedback import reported

st.title(say("page.home.heading"))
st.markdown(say("page.home.about"))

st.subheader(say("page.home.samples"))
cards.samples()

left, right = st.columns(2, gap="large")
with left:
    st.subheader(say("page.home.datasets"))
    with reported():
        cards.datasets()
with right:
    st.subheader(say("page.home.runs"))
    with reported():
        cards.runs()
