"""New data on the checks page: choose a table, ask, and read whether it may be scored, why, and what moved in each column."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.figure import file_name
from workbench.ui import address, findings, grids, opened
from workbench.ui.feedback import reported
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.runs import live

if TYPE_CHECKING:
    from workbench.actions.arrival import Arrival
    from workbench.data import DatasetRecord
    from workbench.jobs import Job

LOOKS = {
    "go": (st.success, ":material/check_circle:"),
    "look": (st.warning, ":material/visibility:"),
    "stop": (st.error, ":material/block:"),
}


def panel(dataset: DatasetRecord) -> None:
    """Offer the tables that may be new data, follow the run, and tell the verdict."""
    st.markdown(say("ui.arrival.about"))
    choice(dataset)
    run_id = opened.run_of(dataset.id, "arrival", lambda: actions.arrival.latest(dataset.id, by=who()))
    if run_id:
        live.follow(run_id, "arrival", partial(draw, dataset))


def choice(dataset: DatasetRecord) -> None:
    """Draw the choice of the table that arrived, and the button that looks at it."""
    offered = {one.id: (one, common) for one, common in actions.arrival.offered(dataset.id, by=who())}
    if not offered:
        st.info(say("ui.arrival.no_table"), icon=":material/info:")
        return

    def name_of(dataset_id: str) -> str:
        one, common = offered[dataset_id]
        return say("ui.difference.table_name", name=one.name, version=one.version, rows=one.rows, common=common)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("ui.arrival.table"), list(offered), format_func=name_of, key=f"checks.arrival.table.{dataset.id}"
        )
        if st.button(say("ui.arrival.start"), icon=":material/move_to_inbox:", key=f"checks.arrival.{dataset.id}"):
            with reported():
                address.put(arrival=actions.arrival.start(dataset.id, str(chosen), by=who()))
                st.rerun()


def draw(dataset: DatasetRecord, run_id: str, job: Job) -> None:
    """Draw how far a run is, and what it found."""
    live.head(job)
    if job.state != "finished":
        return
    found = actions.arrival.of_run(run_id, by=who())
    if found is None:
        st.info(say("ui.arrival.old"), icon=":material/history:")
        return
    if job.spec["roles"] != dataset.roles.to_dict():
        st.warning(say("ui.arrival.other_roles"), icon=":material/rule:")
    verdict(found)
    take_away(run_id, found)
    findings.listed(found.report.findings, key="checks.arrival.finding", beside=run_id)
    abstained(found)
    columns(found)


def verdict(found: Arrival) -> None:
    """Draw the verdict large, and its reasons."""
    said = found.report.arrival or {}
    tell, icon = LOOKS[said["verdict"]]
    reasons = findings.bullets([findings.plain(say(reason)) for reason in said["reasons"]])
    headline = say(f"check.arrival.verdict.{said['verdict']}")
    tell(f"### {headline}\n\n{reasons}", icon=icon)
    st.caption(say("ui.arrival.rows", count=said["rows"], name=findings.plain(found.new_name)))


def take_away(run_id: str, found: Arrival) -> None:
    """Draw the button for the printable page; it is made when somebody asks for it."""
    st.download_button(
        say("ui.arrival.print"),
        partial(actions.arrival.printable, run_id, by=who(), lang=lang()),
        f"{file_name(say('ui.arrival.file_name', table=PurePath(found.new_name).stem))}.html",
        "text/html",
        icon=":material/print:",
        on_click="ignore",
        key=f"checks.arrival.print.{run_id}",
    )


def abstained(found: Arrival) -> None:
    """List the checks that had nothing to look at, and those that broke."""
    silent = [*found.report.not_applicable, *found.report.failed]
    if silent:
        with st.expander(say("ui.checks.not_applicable", count=len(silent))):
            lines = [f"**{check.code} {findings.plain(say(check.title))}** {findings.plain(say(why))}" for check, why in silent]
            st.markdown(findings.bullets(lines))


def columns(found: Arrival) -> None:
    """Draw a line for each column that both tables have, the most shifted first."""
    listed: list[dict[str, Any]] = (found.report.arrival or {}).get("columns", [])
    if not listed:
        return
    st.subheader(say("check.arrival.columns"))
    ordered = sorted(listed, key=lambda column: -(column["psi"] or 0.0))
    grids.show(
        [column | {"before": cell(column["before"]), "after": cell(column["after"])} for column in ordered],
        {
            "column": grids.words("check.arrival.column", pinned=True),
            "psi": grids.number("check.arrival.psi", digits=3, help=say("ui.difference.psi_help")),
            "adjusted": grids.p_value("check.arrival.p", help=say("ui.difference.adjusted_help")),
            "missing_before": grids.share("check.arrival.missing_before"),
            "missing_after": grids.share("check.arrival.missing_after"),
            "before": grids.words("check.arrival.typical_before"),
            "after": grids.words("check.arrival.typical_after"),
            "unseen": grids.number("ui.arrival.unseen"),
            "outside": grids.number("ui.arrival.outside"),
            "unread": grids.number("ui.arrival.unread"),
        },
        key="checks.arrival.columns",
        alt=say("check.arrival.columns"),
    )
    st.caption(say("ui.arrival.how"))


def cell(value: Any) -> str | None:
    """Return a median or a label as it is read."""
    return None if value is None else findings.cell(value)
