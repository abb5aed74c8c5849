"""The pages by name: their files, titles and icons, the menu, and links from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from workbench.settings import PROJECT
from workbench.ui import address
from workbench.ui.language import say

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

# By absolute path: with relative ones, or an entry beside this folder, Streamlit would run a deep link without the frame.
PAGES = PROJECT / "pages"
SECTIONS = {
    "start": ("home",),
    "data": ("data", "explore", "checks"),
    "model": ("compare", "explain", "models"),
    "use": ("what_if", "predict", "api"),
    "system": ("status",),
}
ICONS = {
    "home": ":material/home:",
    "data": ":material/table:",
    "explore": ":material/bar_chart:",
    "checks": ":material/fact_check:",
    "compare": ":material/leaderboard:",
    "explain": ":material/lightbulb:",
    "models": ":material/inventory_2:",
    "what_if": ":material/tune:",
    "predict": ":material/online_prediction:",
    "api": ":material/api:",
    "status": ":material/monitor_heart:",
}


def menu() -> StreamlitPage:
    """Draw the menu and return the page that was asked for."""
    return st.navigation({say(f"section.{name}"): [page(p) for p in pages] for name, pages in SECTIONS.items()}, expanded=True)


def page(name: str) -> StreamlitPage:
    """Return a page by its name."""
    return st.Page(PAGES / f"{name}.py", title=say(f"page.{name}.title"), icon=ICONS[name], default=name == "home")


def link(name: str, label: str | None = None, **ids: str | None) -> None:
    """Draw a link to a page that opens something there."""
    st.page_link(
        str(PAGES / f"{name}.py"),
        label=label or say(f"page.{name}.title"),
        icon=ICONS[name],
        query_params=address.query(**ids),
    )


def go(name: str, **ids: str | None) -> NoReturn:
    """Change to a page that opens something there."""
    address.put(**ids)
    st.switch_page(str(PAGES / f"{name}.py"), query_params=address.query(**ids))
