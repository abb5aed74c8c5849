"""Where a table comes from: samples, uploads and my own; and what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from workbench import actions
from workbench.ui import address, grids, places, upload
from workbench.ui.feedback import reported
from workbench.ui.language import moment, say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset, DatasetRecord
    from workbench.store import Stat

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


def inbox() -> None:
    """Draw the choice among the files that were put into the store's inbox, where there are any."""
    waiting = {stat.name: stat for stat in actions.datasets.inbox(by=who())}
    if not waiting:
        return
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    name = left.selectbox(
        say("ui.sources.inbox"),
        list(waiting),
        index=None,
        format_func=lambda n: waiting_file(waiting[n]),
        placeholder=say("ui.sources.choose_file"),
        key="data.inbox",
    )
    if right.button(say("ui.sources.take"), icon=":material/input:", width="stretch", disabled=name is None, key="data.take"):
        with reported(), st.spinner(say("page.data.reading", file=own_name(str(name)))):
            open_upload(actions.datasets.from_inbox(str(name), by=who()), {})


def waiting_file(stat: Stat) -> str:
    """Return a file of the inbox as a choice shows it; the smallest has a tenth of a MB."""
    size = f"{max(stat.size / 1_000_000, 0.1):,.1f}"
    return say("ui.sources.waiting", name=own_name(stat.name), size=size, at=moment(stat.updated))


def own_name(name: str) -> str:
    """Return a file's name within the inbox."""
    return name.removeprefix(actions.datasets.INBOX)


def open_upload(upload_id: str, wishes: dict[str, Any]) -> NoReturn:
    """Make a table of a file that is whole: at once, or as a run when it is large."""
    kind, made = actions.datasets.open_upload(upload_id, by=who(), settings=wishes)
    upload.dealt_with("data")
    arrive(kind, made)


def arrive(kind: str, made: str) -> NoReturn:
    """Open the table that was made, or follow the run that makes it."""
    if kind == "dataset":
        places.go("data", dataset=made, reading=None)
    places.go("data", reading=made)


def mine() -> None:
    """Draw the choice among my tables and those the team shares."""
    own = actions.datasets.mine(by=who())
    records = {record.id: record for record in [*own, *actions.datasets.shared(by=who())]}
    if not records:
        return
    now = address.get("dataset")
    chosen = st.selectbox(
        say("ui.sources.mine"),
        list(records),
        index=list(records).index(now) if now in records else None,
        format_func=lambda i: name_of(records[i]),
        placeholder=say("ui.sources.choose"),
        key=f"data.mine.{now}",
    )
    if chosen and chosen != now:
        places.go("data", dataset=chosen)


def name_of(record: DatasetRecord) -> str:
    """Return a table as a choice shows it; somebody else's with its owner."""
    said = say("ui.sources.record", name=record.name, rows=f"{record.rows:,}", at=moment(record.created))
    return said if record.owner == who().who else say("ui.sources.of", record=said, owner=record.owner)


def versions(dataset: Dataset) -> None:
    """Draw the choice among a table's versions, where there are several."""
    known = {record.id: record for record in actions.datasets.versions(dataset.id, by=who())}
    if len(known) < 2:
        return
    chosen = st.selectbox(
        say("ui.sources.version"),
        list(known),
        index=list(known).index(dataset.id),
        format_func=lambda i: say(
            "ui.sources.version_of",
            number=known[i].version,
            at=moment(known[i].created),
            repairs=Text("ui.sources.repairs", count=len(known[i].repairs.steps)),
        ),
        key=f"data.version.{dataset.id}",
    )
    if chosen != dataset.id:
        places.go("data", dataset=chosen)


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
    if dataset.rows > PREVIEW:
        st.caption(say("ui.sources.preview", count=PREVIEW))
    with st.expander(say("ui.sources.kinds"), icon=":material/category:"):
        grids.show(
            [{"name": name, "kind": say(f"profile.kind.{kind}")} for name, kind in dataset.kinds.items()],
            {"name": grids.words("ui.column.name"), "kind": grids.words("ui.column.kind")},
            key=f"data.kinds.{dataset.id}",
        )


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
