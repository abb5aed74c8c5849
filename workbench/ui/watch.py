"""The watcher of a tab: says when the sign-in ends and how to go on, and keeps what is open while a server is replaced."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import streamlit as st

from workbench.ui import address
from workbench.ui.feedback import reported
from workbench.ui.language import say
from workbench.ui.people import who
from workbench.ui.session import session as current

KEY = "frame.watch"


@functools.cache
def component() -> Any:
    """Register the watcher, at its first use: the registry belongs to the running server."""
    return st.components.v2.component("workbench_watch", js=Path(__file__).with_name("watch.js").read_text(encoding="utf-8"))


def session() -> None:
    """Watch the sign-in of this tab, and let it remember what is open.

    Streamlit's menu takes the ids out of the URL at the very moment a tab first speaks to a new server, which has no session of
    it yet: then only the tab itself still knows them.
    """
    told = {"who": st.user.get("email"), "expired": say("ui.watch.expired")}
    component()(data=told | {"ids": address.opened(), "isNew": current().is_new}, key=KEY, on_ids_change=take)
    current().is_new = False


def take() -> None:
    """Open again what the tab remembers."""
    ids = st.session_state[KEY]["ids"] or {}
    address.put(**{name: str(value) for name, value in ids.items() if name in address.OPENED})


def identity() -> None:
    """Say who is signed in, and as what."""
    with reported(or_stop=True):
        person = who()
        st.caption(say(f"ui.identity.{person.role}", who=person.who))
