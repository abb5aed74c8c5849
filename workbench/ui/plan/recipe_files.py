"""Recipes on the compare page: a run's as a file to download, and a file that fills the plan's form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import upload
from workbench.ui.feedback import reported
from workbench.ui.findings import plain
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.session import session

if TYPE_CHECKING:
    from workbench.actions.recipes import Filled
    from workbench.data import Dataset
    from workbench.jobs import Job

PURPOSE = "recipe"


@dataclass(frozen=True)
class Taken:
    """A recipe that fills a table's form."""

    id: str
    """Of its upload: another recipe is another form, or its widgets would keep what they hold."""
    name: str
    filled: Filled


def base(dataset: Dataset) -> Any:
    """Return the plan that the form begins with: of the recipe that was opened, else what the columns' roles suggest."""
    taken = session().recipes.get(dataset.id)
    return taken.filled.plan if taken else actions.compare.defaults(dataset.id, by=who())


def form(dataset: Dataset) -> str:
    """Return what the keys of the form's widgets end with."""
    taken = session().recipes.get(dataset.id)
    return f"{dataset.id}.{taken.id}" if taken else dataset.id


def wishes(dataset: Dataset) -> dict[str, Any]:
    """Return what the recipe asks for beyond what the form shows."""
    taken = session().recipes.get(dataset.id)
    return dict(taken.filled.wishes) if taken else {}


def take(dataset: Dataset) -> None:
    """Read a file that has arrived, before anything is drawn of it."""
    if not (arrived := upload.session().arrived.get(PURPOSE)):
        return
    upload.dealt_with(PURPOSE)
    session().recipes.pop(dataset.id, None)
    filled = actions.recipes.from_upload(dataset.id, arrived["id"], by=who())
    session().recipes[dataset.id] = Taken(arrived["id"], arrived["name"], filled)


def draw(dataset: Dataset) -> None:
    """Draw the control for a file, and what the form was filled from."""
    with reported():
        take(dataset)
    taken = session().recipes.get(dataset.id)
    if taken is None:
        with st.popover(say("ui.recipe.upload"), icon=":material/menu_book:", help=say("ui.recipe.upload_help")):
            upload.control(PURPOSE)
        return
    lines = [say("ui.recipe.filled", name=taken.name), *(f"- {say(text)}" for text in taken.filled.texts)]
    st.info(plain("\n".join(lines)), icon=":material/menu_book:")
    if st.button(say("ui.recipe.leave"), icon=":material/close:", key=f"compare.recipe.leave.{dataset.id}"):
        session().recipes.pop(dataset.id)
        st.rerun()


def download(job: Job) -> None:
    """Draw the button that writes a run's recipe; a run whose table is gone has none."""
    name = actions.recipes.file_name(job.id, by=who(), lang=lang())
    if name is None:
        return
    # Made when somebody clicks, outside the page's run: who asks and in which language is settled here.
    st.download_button(
        say("ui.recipe.download"),
        partial(actions.recipes.yaml_of_run, job.id, by=who(), lang=lang()),
        name,
        "application/yaml",
        icon=":material/menu_book:",
        help=say("ui.recipe.help"),
        on_click="ignore",
        key=f"compare.recipe.{job.id}",
    )
