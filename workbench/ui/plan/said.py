"""What a comparison would do, above its form: the split, the columns left out with reasons, and where to change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench.ui import places
from workbench.ui.findings import plain
from workbench.ui.language import say

if TYPE_CHECKING:
    from workbench.actions.plan_said import Said
    from workbench.data import DatasetRecord


def draw(dataset: DatasetRecord, said: Said) -> None:
    """Draw it, with links to where it is changed."""
    with st.container(border=True):
        st.markdown(f"**{say('ui.plan.split')}**  \n{plain(say(said.split))}")
        if said.left_out:
            with st.expander(say("ui.plan.left_out", count=said.count), icon=":material/visibility_off:"):
                st.markdown("\n".join(f"- {plain(say(one.text))}" for one in said.left_out))
        with st.expander(say("ui.plan.prepared_as"), icon=":material/tune:"):
            st.markdown("\n".join(f"- {plain(say(text))}" for text in said.prepared))
        st.caption(say("ui.plan.left_out_later"))
        with st.container(horizontal=True):
            places.link("checks", say("ui.plan.to_checks"), dataset=dataset.id)
            places.link("data", say("ui.plan.to_roles"), dataset=dataset.id)
