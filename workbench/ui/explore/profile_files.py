"""A profile, or two tables beside each other, to take away: a page that stands alone, the data, and the numbers for Excel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

import streamlit as st

from workbench import actions
from workbench.figure import file_name
from workbench.ui.language import lang, say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.difference import Side
    from workbench.data import DatasetRecord

Form = Literal["html", "json", "xlsx"]

MEDIA: dict[Form, str] = {
    "html": "text/html",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ICONS: dict[Form, str] = {"html": ":material/web:", "json": ":material/data_object:", "xlsx": ":material/table_chart:"}


def downloads(dataset: DatasetRecord) -> None:
    """Draw a button for each form of a profile."""
    stem = file_name(say("profile.export.file_name", table=PurePath(dataset.name).stem))
    helps = {form: say(f"profile.export.{form}_help") for form in MEDIA}
    buttons(stem, {form: made(form, dataset.id) for form in MEDIA}, helps, key=f"explore.download.{dataset.id}")


def of_difference(dataset: DatasetRecord, first: Side, second: Side | None) -> None:
    """Draw a button for each form of two tables beside each other."""
    stem = file_name(say("profile.difference.page.file_name", table=PurePath(dataset.name).stem))
    helps = {form: say(f"profile.difference.page.{form}_help") for form in MEDIA}
    files = actions.difference_files
    makers: dict[Form, Callable[..., str | bytes]] = {"html": files.html, "json": files.json_data, "xlsx": files.xlsx}
    whole = {form: partial(make, first, second, lang(), by=who()) for form, make in makers.items()}
    buttons(stem, whole, helps, key=f"explore.beside.download.{dataset.id}")


def buttons(stem: str, makers: Mapping[Form, Callable[[], str | bytes]], helps: Mapping[Form, str], *, key: str) -> None:
    """Draw a button for each form; a file is made when somebody asks for it, not when the page runs."""
    with st.container(horizontal=True):
        for form, media in MEDIA.items():
            st.download_button(
                say(f"profile.export.{form}"),
                makers[form],
                f"{stem}.{form}",
                media,
                help=helps[form],
                icon=ICONS[form],
                on_click="ignore",
                key=f"{key}.{form}",
            )


def made(form: Form, dataset_id: str) -> Callable[[], str | bytes]:
    """Return what makes a file later, outside the page's run: who asks and in which language is settled here."""
    makers: dict[Form, Callable[..., str | bytes]] = {
        "html": actions.profile.html,
        "json": actions.profile.json_data,
        "xlsx": actions.profile.xlsx,
    }
    return partial(makers[form], dataset_id, lang(), by=who())
