"""Status page: whether everything works that the workbench needs."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import say, who
from workbench.ui.feedback import reported
from workbench.ui.models import registry

st.title(say("page.status.title"))
st.markdown(say("page.status.about"))

with reported(), st.spinner(say("page.status.working")):
    registry.status(actions.status.report(by=who()))

if st.button(say("page.status.again"), icon=":material/refresh:", key="status.again"):
    st.rerun()
