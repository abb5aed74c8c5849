"""Who looks at this page, from the identity that the gate verified."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.principal import Principal


def who() -> Principal:
    """Return the principal of this tab; `st.user` is the only source, never a header.

    Raises
    ------
    AccessDenied
        If the settings give this person no role.
    """
    email = st.user.get("email")
    return actions.people.principal(str(email) if email else None)
