"""What belongs to somebody: deleting a table with everything made from it, and sharing tables and runs with the team."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui import address, resources
from workbench.ui.feedback import reported
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.session import session

if TYPE_CHECKING:
    from workbench.actions.forget import Choice, Consequences
    from workbench.data import DatasetRecord
    from workbench.jobs import Job

CHOICES: tuple[Choice, ...] = ("delete", "replace")


def delete(dataset: DatasetRecord) -> None:
    """Draw the way to delete a table of mine: a dialog says what goes with it, and asks what becomes of models."""
    if not is_kept(dataset) or dataset.owner != who().who:
        return
    if st.button(say("ui.belongings.delete"), icon=":material/delete:", key=f"belongings.delete.{dataset.id}"):
        ask(dataset)


def is_kept(dataset: DatasetRecord) -> bool:
    """Tell whether a table is in the store; a sample that somebody only looks at is not."""
    return not dataset.id.startswith(actions.datasets.UNKEPT)


def ask(dataset: DatasetRecord) -> None:
    """Open the dialog."""

    @st.dialog(say("ui.belongings.title", name=dataset.name), width="medium")
    def asking() -> None:
        with reported(or_stop=True):
            found = actions.forget.consequences(dataset.id, by=who())
        tell(found)
        choice = choose(found, key=f"belongings.choice.{dataset.id}") if found.models else None
        is_open = bool(found.models) and choice is None
        if is_open:
            st.caption(say("ui.belongings.choice_none"))
        if st.button(say("ui.belongings.confirm"), type="primary", disabled=is_open, key=f"belongings.confirm.{dataset.id}"):
            carry_out(dataset.id, choice)

    asking()


def tell(found: Consequences) -> None:
    """Say what goes."""
    lines = [say("ui.belongings.versions", count=len(found.records))]
    if made := len(found.runs) + len(found.batches):
        lines.append(say("ui.belongings.made", count=made))
    if found.models:
        lines.append(say("ui.belongings.models", models=[model.reference for model in found.models]))
    if found.irreplaceable:
        lines.append(say("ui.belongings.irreplaceable", models=list(found.irreplaceable)))
    if found.others:
        lines.append(say("ui.belongings.others", models=[model.reference for model in found.others]))
    st.markdown("\n".join(f"- {line}" for line in lines))


def choose(found: Consequences, *, key: str) -> Choice | None:
    """Draw the choice of what becomes of the models; where none can be replaced, there is none."""
    if len(found.irreplaceable) == len(found.models):
        return "delete"
    return st.radio(
        say("ui.belongings.choice"),
        CHOICES,
        index=None,
        format_func=lambda choice: say(f"ui.belongings.choice_{choice}"),
        captions=[say(f"ui.belongings.choice_{choice}_about") for choice in CHOICES],
        key=key,
    )


def carry_out(dataset_id: str, choice: Choice | None) -> None:
    """Delete, keep the receipt for the page, and close what is gone."""
    with reported(), st.spinner(say("ui.belongings.working")):
        session().receipt = actions.forget.forget(dataset_id, by=who(), models=choice)
        resources.labels.clear()
        resources.template.clear()
        if address.get("dataset") == dataset_id:
            address.put(dataset=None)
        st.rerun()


def receipt() -> None:
    """Show what was deleted last, until it has been read."""
    found = session().receipt
    if found is None:
        return
    with st.container(border=True):
        st.success("\n".join(f"- {say(text)}" for text in found.texts()), icon=":material/delete_forever:")
        with st.container(horizontal=True):
            if st.button(say("ui.belongings.read"), icon=":material/check:", key="belongings.read"):
                session().receipt = None
                st.rerun()
            st.download_button(
                say("ui.belongings.receipt"),
                json.dumps(found.to_dict(lang()), ensure_ascii=False, indent=1),
                f"deleted-{found.at[:10]}.json",
                "application/json",
                on_click="ignore",
                icon=":material/receipt_long:",
                key="belongings.receipt",
            )


def unfinished() -> None:
    """Say which of my deletions were interrupted, and finish them where asked."""
    for dataset_id, name in actions.forget.unfinished(by=who()).items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(say("ui.belongings.unfinished", name=name))
            if st.button(say("ui.belongings.finish"), icon=":material/delete_forever:", key=f"belongings.finish.{dataset_id}"):
                carry_out(dataset_id, None)


def share(dataset: DatasetRecord) -> None:
    """Draw the switch that shares a table of mine with the team, or whose it is."""
    if not is_kept(dataset):
        return
    switch(
        dataset.owner,
        dataset.shared,
        lambda shared: actions.datasets.share(dataset.id, by=who(), shared=shared),
        about=say("ui.belongings.share_help"),
        key=f"belongings.share.{dataset.id}",
    )


def share_run(job: Job) -> None:
    """Draw the switch that shares a run of mine with the team, or whose it is."""
    switch(
        job.owner,
        job.shared,
        lambda shared: actions.runs.share(job.id, by=who(), shared=shared),
        about=say("ui.belongings.share_run_help"),
        key=f"belongings.share_run.{job.id}",
    )


def switch(owner: str, is_shared: bool, change: Callable[[bool], None], *, about: str, key: str) -> None:
    """Draw a switch that shows what the store says, also after another tab changed it."""
    if owner != who().who:
        st.caption(say("ui.belongings.shared_by", owner=owner))
        return

    def changed() -> None:
        with reported():
            change(st.session_state[key])
            st.toast(say("ui.belongings.team" if st.session_state[key] else "ui.belongings.private"), icon=":material/group:")

    st.session_state[key] = is_shared
    st.toggle(say("ui.belongings.share"), help=about, key=key, on_change=changed)


def delete_run(job: Job) -> None:
    """Draw the way to delete a run of mine that has ended."""
    if job.owner != who().who or not (job.is_settled or job.state == "lost"):
        return
    with st.popover(say("ui.belongings.delete_run"), icon=":material/delete:"):
        st.markdown(say("ui.belongings.delete_run_sure", title=job.title))
        if st.button(say("ui.belongings.confirm"), type="primary", key=f"belongings.delete_run.{job.id}"):
            with reported():
                actions.runs.delete(job.id, by=who())
                address.put(**{name: None for name in ("run", "batch") if address.get(name) == job.id})
                st.rerun()
