"""Saving a sheet of roles: what is not saved yet, what stands in the way, and what somebody else saved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.data import role_sheet
from workbench.errors import RolesChanged
from workbench.ui.language import say
from workbench.ui.people import who
from workbench.ui.session import session
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset, Roles
    from workbench.ui.roles.draft import Draft

# Names of what was changed elsewhere are listed up to here.
MOST_LISTED = 10


def save(dataset: Dataset, roles: Roles) -> None:
    """Store what a person asked to save; what was saved elsewhere meanwhile is not overwritten, the sheet says it."""
    draft: Draft = session().drafts[dataset.id]
    try:
        actions.datasets.set_roles(dataset.id, roles, by=who(), instead_of=draft.base)
        st.toast(say("page.data.roles_saved"), icon=":material/check_circle:")
    except RolesChanged:
        pass  # the next run knows what is saved now, and asks
    st.rerun()


def draw(draft: Draft, key: str, event: str | None) -> None:
    """Draw what is not saved yet, what stands in the way, and the button that saves."""
    found = role_sheet.problems(draft.rows)
    for problem in found:
        st.error(say(problem), icon=":material/error:")
    if draft.newer is not None:
        st.warning(said(draft), icon=":material/sync_problem:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if draft.newer is not None:
            st.button(say("ui.roles.on_top"), icon=":material/merge:", key=f"{key}.on_top", on_click=draft.put_on_top)
        closed = bool(found) or draft.newer is not None
        if st.button(say("ui.roles.save"), type="primary", icon=":material/save:", disabled=closed, key=f"{key}.save"):
            draft.wanted = draft.roles(event)
            st.rerun()
        if draft.is_dirty():
            label = say("ui.roles.discard" if draft.newer is None else "ui.roles.take_theirs")
            st.button(label, icon=":material/undo:", key=f"{key}.discard", on_click=draft.discard)
            st.caption(say("ui.roles.unsaved", count=len(draft.changes())), width="content")


def said(draft: Draft) -> str:
    """Say what somebody else saved meanwhile."""
    names = draft.changed_there()
    listed = [name if name in draft.columns else Text(f"roles.header.{name}") for name in names[:MOST_LISTED]]
    return say("ui.roles.meanwhile", names=[*listed, *["…"] * (len(names) > MOST_LISTED)])
