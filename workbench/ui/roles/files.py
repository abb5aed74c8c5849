"""Files about roles on the page: a data dictionary or a saved sheet read into the draft, and the draft as a CSV."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.data import Roles
from workbench.ui import upload
from workbench.ui.feedback import reported
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset
    from workbench.data.dictionary import Dictionary
    from workbench.ui.roles.draft import Draft

PURPOSE = "roles"
# Names that were not found are listed up to here.
MOST_LISTED = 10


def take(dataset_id: str, draft: Draft, key: str) -> None:
    """Read a file that has arrived into the draft, before anything is drawn of it."""
    if not (arrived := upload.session().arrived.get(PURPOSE)):
        return
    upload.dealt_with(PURPOSE)
    draft.told = []
    with reported():
        found = actions.roles.from_upload(dataset_id, arrived["id"], by=who())
        if isinstance(found, Roles):
            draft.offered = {}
            draft.take_over(found)
            draft.told = [Text("ui.roles.sheet_read", file=arrived["name"])]
        else:
            counts = draft.fill(found, overwrite=bool(st.session_state.get(f"{key}.overwrite")))
            draft.told = said(found, counts, arrived["name"])


def said(found: Dictionary, counts: dict[str, int], name: str) -> list[Text]:
    """Put into words what came of a data dictionary."""
    matched, columns = len(found.entries), len(found.entries) + len(found.unmatched)
    told = [Text("ui.roles.dictionary_read", file=name, matched=matched, columns=columns, header=found.holds["name"])]
    told.append(Text("ui.roles.dictionary_filled", **{what: counts[what] for what in ("meaning", "unit", "known", "when")}))
    for column, near in list(found.unmatched.items())[:MOST_LISTED]:
        told.append(Text("ui.roles.near", name=column, near=near) if near else Text("ui.roles.not_near", name=column))
    if (more := len(found.unmatched) - MOST_LISTED) > 0:
        told.append(Text("ui.roles.more_unmatched", number=more))
    if found.others:
        told.append(Text("ui.roles.others", number=len(found.others)))
    return told


def draw(dataset: Dataset, draft: Draft, key: str, event: str | None) -> None:
    """Draw the control for a file, what came of the last one, and the draft as a file."""
    with st.expander(say("ui.roles.files"), icon=":material/menu_book:", expanded=bool(draft.told)):
        st.markdown(say("ui.roles.files_about"))
        upload.control(PURPOSE)
        st.checkbox(say("ui.roles.overwrite"), help=say("ui.roles.overwrite_help"), key=f"{key}.overwrite")
        if draft.told:
            st.markdown("\n".join(f"- {say(text)}" for text in draft.told))
        # Made when somebody clicks, outside the page's run: who asks and in which language is settled here.
        made = partial(actions.roles.sheet, dataset.id, lang=lang(), by=who())
        with reported():
            st.download_button(
                say("ui.roles.download"),
                lambda: made(roles=draft.plain_with(event)),
                say("ui.roles.file_name", table=PurePath(dataset.name).stem),
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
                key=f"{key}.download",
            )
