"""What must outlive a change of page, in one place of Streamlit's session; everything worth keeping is in the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from workbench.actions.forget import Receipt

KEY = "workbench"


@dataclass
class Session:
    """What one open tab remembers between pages."""

    is_new: bool = True
    """Nothing was drawn in it yet: the tab may have come from a server that is gone, and knows what was open there."""
    ids: dict[str, str] = field(default_factory=dict)
    """What is open, by the names of `opened.IDS`: written back to the URL after a change of page."""
    arrived: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Uploads that are whole and wait to be read, by the control's purpose."""
    receipt: Receipt | None = None
    """What was deleted last, until it has been read."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """The last upload each control has told us about, by purpose: the control repeats itself until it sees its own id here."""
    drafts: dict[str, Any] = field(default_factory=dict)
    """Sheets of roles that are being edited and not saved yet, by dataset."""
    bounds: dict[str, Any] = field(default_factory=dict)
    """What values are allowed, while that is being edited and not saved yet, by dataset."""
    charts: dict[str, Any] = field(default_factory=dict)
    """What was chosen for the free chart, by dataset."""
    recipes: dict[str, Any] = field(default_factory=dict)
    """Recipes that fill the form of a comparison, by dataset."""
    beside: dict[str, Any] = field(default_factory=dict)
    """What each table is compared with, by dataset."""


def session() -> Session:
    """Return the tab's session, made at the first look."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
    found: Session = st.session_state[KEY]
    return found
