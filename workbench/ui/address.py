"""The ids in the URL's query, so that what is open survives a reload, another tab and another instance."""

from __future__ import annotations

import streamlit as st

from workbench.ui.session import session

OPENED = ("dataset", "run", "model", "batch", "reading", "honest", "labels", "arrival")
IDS = (*OPENED, "lang")


def get(name: str) -> str | None:
    """Return the id of what is open under a name, or None."""
    return st.query_params.get(name) or None


def view(name: str) -> str | None:
    """Return what the page shows by its address; after a round through the menu, what it showed before."""
    return get(name) or session().ids.get(name)


def put(**ids: str | None) -> None:
    """Open something, or close it with None."""
    remembered = session().ids
    for name, value in ids.items():
        if value:
            remembered[name] = value
            if get(name) != value:
                st.query_params[name] = value
        else:
            remembered.pop(name, None)
            st.query_params.pop(name, None)


def restore() -> None:
    """Write back what Streamlit's menu took out of the URL; what the URL says itself is remembered."""
    remembered = session().ids
    for name in IDS:
        if value := get(name):
            remembered[name] = value
        elif name in remembered:
            st.query_params[name] = remembered[name]


def opened() -> dict[str, str]:
    """Return the ids of everything that is open."""
    return {name: value for name in OPENED if (value := get(name))}


def query(**ids: str | None) -> dict[str, str]:
    """Return the query of a link: what it opens, beside what is open."""
    now = {name: get(name) for name in IDS}
    return {name: value for name, value in (now | ids).items() if value}
