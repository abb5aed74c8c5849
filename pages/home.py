"""Home page: what this is, three finished examples, my tables and my runs, what the team shares; never empty."""

from __future__ import annotations

import streamlit as st

from workbench.ui import belongings, say
from workbench.ui.belongings import cards
from workbench.ui.feedback import reported

st.title(say("page.home.heading"))
st.markdown(say("page.home.about"))
belongings.receipt()

st.subheader(say("page.home.samples"))
cards.samples()

with reported():
    belongings.unfinished()
    cards.mine()
    cards.shared()
