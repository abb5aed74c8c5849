"""What of the group's column names the group, on the sheet of roles: all of it, or a part of a compound key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.data.roles import part_of
from workbench.ui.language import say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.roles import Naming
    from workbench.data import Dataset
    from workbench.ui.roles.draft import Draft


def draw(dataset: Dataset, draft: Draft, key: str) -> None:
    """Draw the choice where there is one: the key is compound, or somebody chose a part already."""
    if (group := draft.group) is None:
        return
    chosen = part_of(group.group_part)
    found = {one.text: one for one in actions.roles.namings(dataset.id, group.column, also=chosen, by=who())}
    if len(found) < 2:
        return
    widget = f"{key}.part.{group.column}"
    # Set anew at every run: the draft says what is chosen, also after a file was read or the changes were taken back.
    st.session_state[widget] = group.group_part
    st.selectbox(
        say("ui.roles.group_part.label", column=group.column),
        list(found),
        format_func=lambda text: words(found[text]),
        help=say("ui.roles.group_part.help"),
        key=widget,
        on_change=lambda: draft.choose_part(st.session_state[widget]),
    )


def words(naming: Naming) -> str:
    """Return one choice as a person reads it."""
    count, part = f"{naming.count:,}", naming.part
    if part is None:
        return say("ui.roles.group_part.whole", count=count)
    return say(f"ui.roles.group_part.{part['part']}", count=count, separator=part["separator"], example=naming.example)
