"""The second button of every chart's bar, SVG, and white paper behind every picture: plotly's own bar knows one format only."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import streamlit as st

from workbench.ui.language import say

KEY = "frame.pictures"


@functools.cache
def component() -> Any:
    """Register the script, at its first use: the registry belongs to the running server."""
    script = Path(__file__).with_name("pictures.js").read_text(encoding="utf-8")
    return st.components.v2.component("workbench_pictures", js=script)


def buttons() -> None:
    """Give the charts of this tab their second button."""
    component()(data={"svg": say("figure.plotly.svg")}, key=KEY)
