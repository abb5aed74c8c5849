"""Streamlit's entry: language, menu, who is there, what is open, and a net under the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from workbench.ui import address, feedback, language, pictures, places, watch
from workbench.ui.language import say

address.restore()
# Before the menu: a page's Material icon would become the favicon, fetched from another origin.
st.set_page_config(page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide", menu_items={"About": say("ui.about")})
page = places.menu()
st.set_page_config(page_title=f"{page.title} · {say('ui.name')}")
with st.sidebar:
    language.choice()
    watch.session()
    watch.identity()
    pictures.buttons()
with feedback.guarded(page.url_path or "home"):
    page.run()
