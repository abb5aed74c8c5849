"""The watcher of the sign-in: says so when it ends, and how to go on; it is one script for the whole tab."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import streamlit as st

from workbench.ui.feedback import reported
from workbench.ui.language import say
from workbench.ui.people import who


@functools.cache
def component() -> Any:
    """Register the watcher, at its first use: the registry belongs to the running server."""
    return st.components.v2.component("workbench_watch", js=Path(__file__).with_name("watch.js").read_text(encoding="utf-8"))


def session() -> None:
    """Watch the sign-in of this tab."""
    component()(data={"who": st.user.get("email"), "expired": say("ui.watch.expired")}, key="frame.watch")


def identity() -> None:
    """Say who is signed in, and as what."""
    with reported(or_stop=True):
        person = who()
        st.caption(say(f"ui.identity.{person.role}", who=person.who))
