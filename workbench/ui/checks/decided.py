"""What was decided about a table's findings: accepted ones with their reasons, and everything else with the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui import findings
from workbench.ui.checks import finding_actions
from workbench.ui.language import moment, say

if TYPE_CHECKING:
    from workbench.actions.check_report import CheckReport, Finding
    from workbench.data import DatasetRecord
    from workbench.data.decisions import Decision, Key


def apart(report: CheckReport, accepted: Mapping[Key, Decision]) -> tuple[list[Finding], list[tuple[Finding, Decision]]]:
    """Return the open findings, and the accepted ones with the decision."""
    open_ones, settled = [], []
    for finding in report.findings:
        decision = accepted.get((finding.code, tuple(sorted(finding.columns))))
        if decision is None:
            open_ones.append(finding)
        else:
            settled.append((finding, decision))
    return open_ones, settled


def accepted_ones(dataset: DatasetRecord, settled: Sequence[tuple[Finding, Decision]]) -> None:
    """Show accepted findings: the reason first, who gave it and when, and the evidence as it was."""
    if not settled:
        return
    may = finding_actions.may_decide(dataset)
    with st.expander(say("ui.checks.accepted", count=len(settled)), icon=":material/check:", key="checks.accepted"):
        for i, (finding, decision) in enumerate(settled):
            with st.container(border=True):
                findings.heading(finding)
                st.markdown(say("ui.checks.reason", reason=findings.plain(decision.reason)))
                st.caption(byline(decision))
                st.markdown(findings.plain(say(finding.evidence)))
                take_back(dataset, decision, key=f"checks.withdraw.{i}", may=may)


def others(dataset: DatasetRecord, decisions: Sequence[Decision]) -> None:
    """Show what else was decided because of a finding, newest first, each with the way back."""
    made = [one for one in reversed(decisions) if one.action in ("exclude", "role", "split")]
    if not made:
        return
    may = finding_actions.may_decide(dataset)
    with st.expander(say("ui.checks.decided", count=len(made)), icon=":material/gavel:", key="checks.decided"):
        for i, one in enumerate(made):
            with st.container(horizontal=True, vertical_alignment="center", key=f"checks.decision.{i}"):
                with st.container(width="stretch"):
                    st.markdown(findings.plain(sentence(one)))
                    st.caption(byline(one))
                take_back(dataset, one, key=f"checks.back.{i}", may=may)


def sentence(one: Decision) -> str:
    """Return a decision as a sentence, with its reason where one was given."""
    columns = list(one.columns)
    if one.action == "role":
        said = say("ui.checks.done.in_time" if one.detail.get("known") == "yes" else "ui.checks.done.later", columns=columns)
    elif one.action == "split":
        said = say("ui.checks.done.group" if one.detail.get("group") else "ui.checks.done.time", column=columns[0])
    else:
        said = say("ui.checks.done.exclude", count=len(columns), columns=columns)
    return f"{said} {say('ui.checks.reason_plain', reason=one.reason)}" if one.reason else said


def byline(one: Decision) -> str:
    """Return who decided and when, and because of what."""
    return say("ui.checks.byline", who=findings.plain(one.who), when=moment(one.when), code=one.code or "–")


def take_back(dataset: DatasetRecord, one: Decision, *, key: str, may: bool) -> None:
    """Draw the way back of a decision."""
    if may and st.button(say("ui.checks.undo"), icon=":material/undo:", key=key):
        finding_actions.take_back(dataset, [(one.code, one.columns)])


def of(dataset: DatasetRecord) -> tuple[tuple[Decision, ...], dict[Key, Decision]]:
    """Return everything that was decided about a table, and the accepted findings."""
    from workbench.data.decisions import latest
    from workbench.ui.people import who

    decisions = actions.decisions.of(dataset.id, by=who())
    return decisions, latest(decisions, "accept")
