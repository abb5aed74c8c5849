"""Likely wrong labels and outliers on the checks page: asked with one click, told with the rows to look through."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

import streamlit as st

from workbench import actions
from workbench.figure import file_name
from workbench.ui import address, findings, grids, opened
from workbench.ui.feedback import reported
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.runs import live

if TYPE_CHECKING:
    from workbench.actions.label_rows import Said, Told, Which
    from workbench.data import DatasetRecord
    from workbench.jobs import Job

Form = Literal["csv", "xlsx"]

# A person looks through so many on screen; the file has the rest.
MOST_ROWS = 50
MEDIA: dict[Form, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ICONS: dict[Form, str] = {"csv": ":material/csv:", "xlsx": ":material/table_chart:"}


def panel(dataset: DatasetRecord) -> None:
    """Offer the search in a dataset, follow it, and tell what it found."""
    st.markdown(say("ui.labels.about"))
    run_id = opened.run_of(dataset.id, "labels", lambda: actions.labels.latest(dataset.id, by=who()))
    if st.button(
        say("ui.labels.again" if run_id else "ui.labels.start"), icon=":material/rule:", key=f"checks.labels.{dataset.id}"
    ):
        with reported():
            address.put(labels=actions.labels.start(dataset.id, by=who()))
            st.rerun()
    if run_id:
        live.follow(run_id, "labels", partial(draw, dataset))


def draw(dataset: DatasetRecord, run_id: str, job: Job) -> None:
    """Draw how far a search is, and what it found."""
    live.head(job)
    if job.state != "finished":
        return
    told = actions.label_rows.told(run_id, by=who())
    if told is None:
        st.info(say("ui.labels.old"), icon=":material/history:")
        return
    if job.spec["roles"] != dataset.roles.to_dict():
        st.warning(say("ui.labels.other_roles"), icon=":material/rule:")
    for said in told.outcomes:
        st.subheader(findings.plain(say(said.title)))
        one(said)
        if told.listed[said.which]:
            rows(run_id, said.which, told, dataset)


def one(said: Said) -> None:
    """Draw what one of the two checks said."""
    if said.reason:
        st.info(findings.plain(say(said.reason)), icon=":material/block:")
        return
    if not said.findings:
        st.success(say(f"ui.labels.none_{said.which}"), icon=":material/check_circle:")
    for found in said.findings:
        findings.card(found, key=f"checks.labels.{said.code}")


def rows(run_id: str, which: Which, told: Told, dataset: DatasetRecord) -> None:
    """Draw the worst rows, and buttons for a file with all of them."""
    shown = actions.label_rows.table(run_id, which, lang(), by=who(), most=MOST_ROWS)
    if which == "wrong":
        st.caption(say("ui.labels.caution"))
    # Each by its place: a column may be called like another thing of the grid's.
    heads = {str(place): grids.titled(name) for place, name in enumerate(shown.columns)}
    cells = [
        {str(place): None if value is None else findings.cell(value) for place, value in enumerate(row)}
        for row in shown.iter_rows()
    ]
    grids.show(cells, heads, key=f"checks.labels.{which}", alt=say(f"ui.labels.rows_{which}"))
    if told.counts[which] > shown.height:
        listed = told.listed[which]
        st.caption(say("ui.labels.first", shown=shown.height, count=told.counts[which], listed=listed))
    downloads(run_id, which, dataset)


def downloads(run_id: str, which: Which, dataset: DatasetRecord) -> None:
    """Draw a button for each form; a file is made when somebody asks for it."""
    stem = file_name(say(f"ui.labels.file_{which}", table=PurePath(dataset.name).stem))
    with st.container(horizontal=True):
        for form, media in MEDIA.items():
            st.download_button(
                say(f"ui.labels.{form}"),
                partial(actions.label_rows.file, run_id, which, form, lang(), by=who()),
                f"{stem}.{form}",
                media,
                icon=ICONS[form],
                on_click="ignore",
                key=f"checks.labels.{which}.{form}.{dataset.id}",
            )
