"""How to split a table and what to leave out: the advice, how much it matters here, and one confirmation to adopt it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui import findings, places
from workbench.ui.checks import finding_actions, honest
from workbench.ui.checks.finding_actions import Done
from workbench.ui.feedback import reported
from workbench.ui.language import say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.check_report import CheckReport
    from workbench.data import DatasetRecord


def panel(dataset: DatasetRecord, report: CheckReport, asked: honest.Asked, *, whole: bool) -> None:
    """Show the advice; once all checks have run it can be adopted."""
    told = actions.check_report.advised(report, dataset.id, by=who())
    reasons = [findings.plain(say(reason)) for reason in told]
    if not reasons:
        return
    with st.container(border=True, key="checks.advice"):
        st.markdown(f"#### {say('page.checks.advice')}")
        st.markdown(findings.bullets(reasons))
        is_asked = honest.optimism(asked) if whole else True
        may = whole and finding_actions.may_decide(dataset)
        with st.container(horizontal=True):
            adopting(dataset, report, may=may)
            if may and not is_asked and (report.advice["group"] or report.advice["time"]):
                label = say("ui.advice.how_optimistic")
                if st.button(label, icon=":material/balance:", key="checks.optimism", disabled=asked.going is not None):
                    honest.ask(dataset.id, ())
            places.link("compare", say("ui.advice.compare"))


def adopting(dataset: DatasetRecord, report: CheckReport, *, may: bool) -> None:
    """Draw the button that adopts the advice, or say that the roles follow it already."""
    if not may:
        return
    with reported():
        if actions.decisions.advised(dataset.id, report.advice, by=who()).is_empty:
            st.badge(say("ui.advice.adopted"), icon=":material/check_circle:", color="green")
        elif st.button(say("ui.advice.adopt"), icon=":material/task_alt:", type="primary", key="checks.adopt"):
            confirm(dataset, report)


def confirm(dataset: DatasetRecord, report: CheckReport) -> None:
    """Open the dialog that lists what changes; one click does it all."""

    @st.dialog(say("ui.advice.title"), width="medium")
    def asking() -> None:
        with reported(or_stop=True):
            change = actions.decisions.advised(dataset.id, report.advice, by=who())
        st.markdown(say("ui.advice.about", table=findings.plain(dataset.name)))
        st.markdown(findings.bullets([findings.plain(say(line)) for line in change.lines]))
        st.caption(say("ui.advice.kept"))
        with st.container(horizontal=True):
            if st.button(say("ui.advice.confirm"), type="primary", icon=":material/check:", key="checks.adopt.confirm"):
                adopt(dataset, report)
            if st.button(say("ui.advice.cancel"), key="checks.adopt.cancel"):
                st.rerun()

    asking()


def adopt(dataset: DatasetRecord, report: CheckReport) -> None:
    """Adopt the advice, and draw the page again with what was done and the way back."""
    with reported():
        before = {(one.action, one.key, one.when) for one in actions.decisions.of(dataset.id, by=who())}
        actions.decisions.adopt(dataset.id, report.advice, by=who())
        after = actions.decisions.of(dataset.id, by=who())
        made = tuple(one.key for one in after if (one.action, one.key, one.when) not in before)
        finding_actions.said(Done(dataset.id, say("ui.advice.done"), made))
        st.rerun()
