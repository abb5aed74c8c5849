"""Tabs whose open one is kept in the address, so that a link or a reload finds it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench.ui import address
from workbench.ui.language import lang, say


@dataclass(frozen=True)
class Tabs:
    """The tabs of a page."""

    page: str
    names: tuple[str, ...]
    """The first one is open where the address says nothing."""
    query: str = "tab"
    """Under which name the address says which one is open."""

    def draw(self) -> Any:
        """Draw the tabs, the one of the address open; only an open one is worth drawing."""
        key, names = self.key(), self.said()
        st.session_state.setdefault(key, names[self.open()])
        self.remember(self.open())
        return st.tabs(list(names.values()), key=key, on_change=self.turned)

    def key(self) -> str:
        """Return the key of the tabs; they are told apart by their words, so each language has its own."""
        return f"{self.page}.tab.{lang()}"

    def said(self) -> dict[str, str]:
        """Return what each tab is called."""
        return {name: say(f"ui.{self.page}.tab.{name}") for name in self.names}

    def open(self) -> str:
        """Return the open tab; one that the address misspells is the first."""
        codes = {said: name for name, said in self.said().items()}
        if (now := st.session_state.get(self.key())) in codes:
            return codes[now]
        wanted = address.view(self.query)
        return wanted if wanted in self.names else self.names[0]

    def turned(self) -> None:
        """Write the tab that was turned to into the address."""
        address.put(**{self.query: self.open()})

    def remember(self, tab: str) -> None:
        """Let the address say what is shown, where it is not what a plain address shows."""
        if address.get(self.query) != tab and (address.get(self.query) or tab != self.names[0]):
            address.put(**{self.query: tab})

    def to(self, tab: str) -> None:
        """Turn to a tab; for what is called before the page is drawn again."""
        tab = tab if tab in self.names else self.names[0]
        st.session_state[self.key()] = self.said()[tab]
        address.put(**{self.query: tab})
