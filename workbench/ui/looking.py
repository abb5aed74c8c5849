"""Where on the explore page one looks: the open tab and the column, kept in the address so that a link finds them again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

from workbench.ui import address
from workbench.ui.language import lang, say

TABS = ("story", "alerts", "columns", "together", "chart", "compare")


def tabs() -> Any:
    """Draw the tabs, the one of the address open; only an open one is worth drawing."""
    key, names = tab_key(), tab_names()
    st.session_state.setdefault(key, names[open_tab()])
    remember(open_tab())
    return st.tabs(list(names.values()), key=key, on_change=turned)


def tab_key() -> str:
    """Return the key of the tabs; they are told apart by their words, so each language has its own."""
    return f"explore.tab.{lang()}"


def tab_names() -> dict[str, str]:
    """Return what each tab is called."""
    return {name: say(f"ui.explore.tab.{name}") for name in TABS}


def open_tab() -> str:
    """Return the open tab; one that the address misspells is the first."""
    codes = {said: name for name, said in tab_names().items()}
    if (now := st.session_state.get(tab_key())) in codes:
        return codes[now]
    wanted = address.view("tab")
    return wanted if wanted in TABS else TABS[0]


def turned() -> None:
    """Write the tab that was turned to into the address."""
    address.put(tab=open_tab())


def remember(tab: str) -> None:
    """Let the address say what is shown, where it is not what a plain address shows."""
    if address.get("tab") != tab and (address.get("tab") or tab != TABS[0]):
        address.put(tab=tab)


def column(names: Collection[str], first: str) -> str:
    """Return the column that is looked at: the address's, where the table has it, else the one to begin with."""
    wanted = address.view("column")
    return wanted if wanted is not None and wanted in names else first


def pick(name: str) -> None:
    """Look at a column from now on."""
    address.put(column=name)


def to(tab: str, name: str | None = None) -> None:
    """Turn to a tab, and there to a column; for what is called before the page is drawn again."""
    if tab == "target":  # its chart along a column stands with the column
        tab = "columns" if name else "story"
    tab = tab if tab in TABS else TABS[0]
    st.session_state[tab_key()] = tab_names()[tab]
    address.put(tab=tab, **({"column": name} if name else {}))
