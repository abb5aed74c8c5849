"""The leaderboard to take away: as CSV that Excel opens, and as an Excel file with every fold."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from workbench.figure import file_name
from workbench.ui.language import lang, say
from workbench.ui.plan import recipe_files

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Board, Form

MEDIA: dict[Form, str] = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def downloads(found: Board) -> None:
    """Draw a button for each form; a file is made when somebody asks for it, not when the page runs."""
    table = PurePath(found.job.title.partition(": ")[0]).stem
    stem = file_name(f"{table} {found.plan['target']} {found.standing.sort}")
    with st.container(horizontal=True):
        for form, media in MEDIA.items():
            st.download_button(
                say(f"ui.leaderboard.download_{form}"),
                partial(found.file, form, lang()),
                f"{stem}.{form}",
                media,
                icon=":material/download:",
                on_click="ignore",
                key=f"compare.download.{form}.{found.job.id}",
            )
        recipe_files.download(found.job)
