"""How a file of predictions is to look: its format, and how many reasons stand beside each prediction."""

from __future__ import annotations

from typing import Any

import streamlit as st

from workbench.ui.language import say

# Each choice with its format and, of a CSV file, its encoding.
FORMATS = {
    "xlsx": {"out": "xlsx"},
    "csv": {"out": "csv"},
    "cp932": {"out": "csv", "encoding_out": "cp932"},
    "parquet": {"out": "parquet"},
}
MOST_REASONS = 10


def form(source_is_ready: bool) -> dict[str, Any] | None:
    """Draw how the scored file is to look; None until it is submitted."""
    with st.form("predict.file", border=False):
        left, right = st.columns(2)
        chosen = left.selectbox(
            say("ui.batch.format"), list(FORMATS), format_func=lambda name: say(f"ui.batch.{name}"), key="predict.format"
        )
        reasons = right.number_input(
            say("ui.batch.reasons"), 0, MOST_REASONS, 3, help=say("ui.batch.reasons_help"), key="predict.reasons"
        )
        submitted = st.form_submit_button(
            say("ui.batch.start"), type="primary", icon=":material/play_arrow:", disabled=not source_is_ready
        )
    return {**FORMATS[chosen], "reasons": int(reasons)} if submitted else None
