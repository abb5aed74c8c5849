"""Data page: open a sample or a file, see how it was read, repair it in the open, give the columns their roles."""

from __future__ import annotations

import streamlit as st

from workbench import actions
from workbench.ui import belongings, lang, opened, places, roles, say, upload, who
from workbench.ui.data import reading, repairs, sources
from workbench.ui.feedback import reported
from workbench.ui.runs import live

st.title(say("page.data.title"))
belongings.receipt()

with st.container(border=True):
    st.subheader(say("page.data.open"))
    chosen = upload.control("data")
    wishes = reading.wishes()
    if chosen:
        with reported(), st.spinner(say("page.data.reading", file=chosen["name"])):
            sources.open_upload(chosen["id"], wishes)
        sources.give_up(chosen)
    sources.samples()
    with reported():
        sources.inbox()
        sources.mine()
    belongings.unfinished()

if run := opened.get("reading"):
    live.reading(run)

dataset = opened.dataset_or_none()
if dataset is None:
    if not run:
        st.info(say("page.data.nothing_open"), icon=":material/arrow_upward:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.header(dataset.name, width="content")
    with st.container(horizontal=True, vertical_alignment="center", width="content"), reported():
        belongings.share(dataset)
        belongings.delete(dataset)
sources.versions(dataset)
goal = dataset.roles.target
st.markdown(say("page.data.goal", target=goal) if goal else say("page.data.no_goal"))

# Only what is looked at is drawn: a table of a hundred columns has several long grids here.
names = [say(f"page.data.tab_{name}") for name in ("table", "how", "repairs", "roles")]
table, how, repair, role = st.tabs(names, key=f"data.tab.{lang()}", on_change="rerun")
if table.open:
    with table:
        reading.summary(dataset)
        sources.preview(dataset)
if how.open:
    with how, reported():
        reading.misfits(dataset)
        if (settings := reading.again(dataset)) is not None:
            with st.spinner(say("page.data.reading", file=dataset.name)):
                sources.arrive(*actions.datasets.start_revision(dataset.id, by=who(), settings=settings))
if repair.open:
    with repair, reported():
        if (steps := repairs.choice(dataset)) is not None:
            with st.spinner(say("page.data.repairing")):
                sources.arrive(*actions.datasets.start_revision(dataset.id, by=who(), repairs=steps))
if role.open:
    with role:
        st.markdown(say("page.data.roles_about"))
        if wanted := roles.editor(dataset):
            with reported():
                roles.save(dataset, wanted)

with st.container(horizontal=True):
    for place in ("explore", "checks", "compare"):
        places.link(place)
