"""The closed loop on the checks page: what the score would be without a suspect, asked on its card or for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.errors import JobNotFound
from workbench.ui import address, feedback, findings
from workbench.ui.feedback import reported
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.runs import live

if TYPE_CHECKING:
    from workbench.actions.check_report import Answer, CheckReport, Finding
    from workbench.actions.honest import Told
    from workbench.data import DatasetRecord
    from workbench.jobs import Job

Columns = tuple[str, ...]

# Runs of this tab that are asked for their answers, newest first.
MOST_RUNS = 6
RUNS = "checks.honest.runs"


@dataclass
class Asked:
    """What was asked about a dataset, newest first, and whether the one that goes is drawn already."""

    dataset: str
    runs: tuple[Told, ...]
    is_drawn: bool = field(default=False)

    @property
    def going(self) -> Told | None:
        """The newest run that has not ended."""
        return next((one for one in self.runs if one.job.state in live.GOING), None)

    def answer(self, columns: Columns) -> tuple[Told, Answer] | None:
        """Return the newest answer about a suspect; about the split where there are no columns."""
        found = ((run, one) for run in self.runs for one in run.answers if one.columns == columns)
        return next(found, None)

    def is_asking(self, columns: Columns) -> bool:
        """Tell whether the run that goes will answer about a suspect."""
        return self.going is not None and (not columns or columns in self.going.asked)


def asked(dataset: DatasetRecord) -> Asked:
    """Return what was asked about a dataset: in this tab, by the address, and at the first look also before."""
    known: dict[str, list[str]] = st.session_state.setdefault(RUNS, {})
    if dataset.id not in known:
        known[dataset.id] = list(actions.honest.recent(dataset.id, by=who()))[:MOST_RUNS]
    opened = address.get("honest")
    runs = []
    for run_id in dict.fromkeys([*([opened] if opened else []), *known[dataset.id]]):
        try:
            run = actions.honest.told(run_id, by=who())
        except JobNotFound as problem:
            if run_id == opened:
                feedback.show(problem)
                address.put(honest=None)
            continue
        if run.job.spec["dataset"] == dataset.id:
            runs.append(run)
        elif run_id == opened:
            address.put(honest=None)
    runs.sort(key=lambda one: one.job.created, reverse=True)
    known[dataset.id] = [one.job.id for one in runs][:MOST_RUNS]
    return Asked(dataset.id, tuple(runs))


def ask(dataset_id: str, columns: Sequence[str] | None = None) -> None:
    """Start a run and draw the page again."""
    with reported():
        run_id = actions.honest.start(dataset_id, by=who(), columns=columns)
        st.session_state.setdefault(RUNS, {}).setdefault(dataset_id, []).insert(0, run_id)
        address.put(honest=run_id)
        st.rerun()


def suspect(finding: Finding) -> Columns | None:
    """Return what to ask about on a finding's card: a suspect's columns, none for a split; None where nothing can be asked."""
    if finding.severity == "info":
        return None
    if finding.code.startswith("WB3") and finding.columns:
        return tuple(sorted(finding.columns))
    return () if finding.facts.get("group") or finding.facts.get("time") else None


def on_card(finding: Finding, known: Asked) -> None:
    """Draw on a finding's card what was answered about it, or that it is being computed."""
    columns = suspect(finding)
    if columns is None:
        return
    if found := known.answer(columns):
        draw_answer(*found, key=f"checks.honest.card.{finding.code}.{'.'.join(columns)}")
    elif known.is_asking(columns):
        st.caption(f":material/hourglass_empty: {say('ui.honest.asking')}")
        follow(known)


def draw_answer(run: Told, answer: Answer, *, key: str) -> None:
    """Draw one answer: the sentence, and before and after with their intervals."""
    st.markdown(f":material/balance: {findings.plain(say(answer.text))}")
    if drawn := actions.check_report.loop_chart([answer], lang(), by=who()):
        feedback.chart(drawn, key=key)
    if not run.is_current:
        st.caption(say("ui.honest.before_roles"))


def follow(known: Asked) -> None:
    """Draw the run that goes, once on a page: how far it is, and a button to stop it."""
    if known.is_drawn or known.going is None:
        return
    known.is_drawn = True
    live.follow(known.going.job.id, "honest", draw_going)


def draw_going(_: str, job: Job) -> None:
    """Draw how far a run is."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    doing = say(job.note) if job.note else say(f"ui.run.{job.state}")
    left.progress(min(max(job.progress or 0.0, 0.0), 1.0), doing)
    stop = job.state in live.GOING and job.owner == who().who
    if stop and right.button(say("ui.run.stop"), icon=":material/stop:", key=f"run.stop.{job.id}", width="stretch"):
        actions.runs.stop(job.id, by=who())
        st.toast(say("ui.run.stopping"), icon=":material/stop_circle:")


def optimism(known: Asked) -> bool:
    """Say how optimistic a random split is on this table, if that was asked, and return whether it was."""
    found = known.answer(())
    if found:
        draw_answer(*found, key="checks.honest.advice")
    elif known.is_asking(()):
        st.caption(f":material/hourglass_empty: {say('ui.honest.asking')}")
        follow(known)
    return found is not None or known.is_asking(())


def panel(dataset: DatasetRecord, report: CheckReport | None = None) -> None:
    """Offer the refits of a dataset, follow them, and tell the answers."""
    st.subheader(say("ui.honest.title"))
    st.markdown(say("ui.honest.about"))
    known = asked(dataset)
    if report is not None:
        named = [findings.plain(" + ".join(columns)) for columns in actions.check_report.suspects(report, by=who())]
        st.markdown(say("ui.honest.suspects", count=len(named), columns=named) if named else say("ui.honest.no_suspects"))
    if known.going:
        live.follow(known.going.job.id, "honest", draw)
    elif known.runs:
        draw(known.runs[0].job.id, known.runs[0].job)
    key, label = f"checks.honest.{dataset.id}", "ui.honest.again" if known.runs else "ui.honest.start"
    if actions.honest.may_start(by=who()) and st.button(
        say(label), icon=":material/balance:", key=key, disabled=known.going is not None
    ):
        ask(dataset.id)


def draw(run_id: str, job: Job) -> None:
    """Draw a run with its answers as they stand: a chart of all, and each as a sentence."""
    live.head(job)
    told = actions.honest.told(run_id, by=who())
    if not told.answers:
        return
    if not told.is_current:
        st.info(say("ui.honest.before_roles"), icon=":material/history:")
    if drawn := actions.check_report.loop_chart(told.answers, lang(), by=who()):
        feedback.chart(drawn, key=f"checks.honest.chart.{run_id}")
    st.markdown(findings.bullets([findings.plain(say(answer.text)) for answer in told.answers]))
    st.caption(say("ui.honest.caption", rows=told.answers[0].rows))
