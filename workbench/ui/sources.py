"""Where a table comes from: samples, uploads and my own; and what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import address, grids, places, upload
from workbench.ui.feedback import reported
from workbench.ui.language import moment, say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset

# What a person looks through; the page has to come at once.
PREVIEW = 100


def samples() -> None:
    """Draw a button for each sample."""
    st.markdown(say("ui.sources.samples"))
    with st.container(horizontal=True):
        for sample in actions.datasets.samples(by=who()):
            if st.button(
                say(sample.title), help=say(sample.about), icon=":material/dataset:", key=f"data.sample.{sample.name}"
            ):
                with reported():
                    places.go("data", dataset=actions.datasets.open_sample(sample.name, by=who()))


def mine() -> None:
    """Draw the choice among my tables, and the way to delete the one that is open."""
    records = {record.id: record for record in actions.datasets.mine(by=who())}
    if not records:
        return
    now = address.get("dataset")
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        say("ui.sources.mine"),
        list(records),
        index=list(records).index(now) if now in records else None,
        format_func=lambda i: say(
            "ui.sources.record", name=records[i].name, rows=f"{records[i].rows:,}", at=moment(records[i].created)
        ),
        placeholder=say("ui.sources.choose"),
        key=f"data.mine.{now}",
    )
    if chosen and chosen != now:
        address.put(dataset=chosen)
        st.rerun()
    if now is not None and now in records:
        with right.popover(say("ui.sources.delete"), icon=":material/delete:", width="stretch"):
            st.markdown(say("ui.sources.delete_sure", name=records[now].name))
            if st.button(say("ui.sources.delete_yes"), type="primary", key=f"data.delete.{now}"):
                delete(now)


def delete(dataset_id: str) -> None:
    """Delete a table and close it."""
    with reported():
        actions.datasets.delete(dataset_id, by=who())
        address.put(dataset=None)
        st.rerun()


def give_up(arrived: dict[str, Any]) -> None:
    """Draw what to do about a file that could not be read: other settings above, or another file."""
    st.caption(say("ui.sources.try_settings", file=arrived["name"]))
    if st.button(say("ui.sources.give_up"), icon=":material/close:", key="data.give_up"):
        upload.dealt_with("data")
        with reported():
            actions.uploads.abort(arrived["id"], by=who())
        st.rerun()


def preview(dataset: Dataset) -> None:
    """Show a table's size, how it was read, and its first rows."""
    st.markdown(say("ui.sources.size", rows=f"{dataset.rows:,}", columns=f"{len(dataset.columns):,}"))
    days = [name for name, dtype in dataset.frame.schema.items() if str(dtype) == "Date"]
    st.dataframe(
        dataset.frame.head(PREVIEW),
        column_config={name: st.column_config.DateColumn(format="YYYY-MM-DD") for name in days},
        hide_index=True,
        placeholder="",
        key=f"data.preview.{dataset.id}",
    )
    st.caption(say("ui.sources.preview", count=min(PREVIEW, dataset.rows)))
    with st.expander(say("ui.sources.how"), icon=":material/info:"):
        how(dataset.reading)
        grids.show(
            [{"name": name, "kind": say(f"profile.kind.{kind}")} for name, kind in dataset.kinds.items()],
            {"name": grids.words("ui.column.name"), "kind": grids.words("ui.column.kind")},
            key=f"data.kinds.{dataset.id}",
        )


def how(reading: dict[str, Any]) -> None:
    """Say how a file was read, and what was noticed."""
    named = {name: reading.get(name) for name in ("encoding", "delimiter", "header_rows", "sheet")}
    lines = [f"- {say(f'ui.reading.{name}')}: `{visible(value)}`" for name, value in named.items() if value is not None]
    notes = [f"- {say(Text.from_dict(note)) if isinstance(note, dict) else note}" for note in reading.get("notes") or []]
    st.markdown("\n".join([*lines, *notes]))


def visible(value: Any) -> str:
    """Return a value that can be seen: a tab is written as such."""
    return str(value).replace("\t", "\\t")


def to_score(arrived: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is to be scored, as `start_file` takes it: the file that has arrived, else the open table, else nothing."""
    now = address.get("dataset")
    if arrived:
        st.success(say("ui.sources.arrived", file=arrived["name"]), icon=":material/check_circle:")
        return {"upload_id": arrived["id"]}
    if not now:
        st.caption(say("ui.sources.no_source"))
        return {}
    table = {record.id: record.name for record in actions.datasets.mine(by=who())}.get(now, now)
    if st.checkbox(say("ui.sources.use_open", table=table), key=f"predict.use.{now}"):
        return {"dataset_id": now}
    return {}
