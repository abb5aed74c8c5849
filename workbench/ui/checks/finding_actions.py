"""What an analyst can do about a finding on its card: leave columns out, say when they are known, split by them, accept it.

After each the page is drawn again with the roles as they are then; it says what was done, and offers the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.ui import findings, places
from workbench.ui.checks import honest
from workbench.ui.feedback import reported
from workbench.ui.language import say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.check_report import Finding
    from workbench.data import DatasetRecord

DONE = "checks.done"
# Names of columns on a button.
MOST_NAMES = 2
# Checks whose last column can go without a model losing much, also where they do not advise it; and those a repair can mend.
LEAVABLE = ("WB101", "WB102", "WB103", "WB104", "WB106", "WB108")
REPAIRABLE = ("WB105", "WB107", "WB109", "WB111", "WB112")


@dataclass(frozen=True)
class Done:
    """What was just done, and what takes it back."""

    dataset: str
    text: str
    undo: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())
    """Codes and columns of the decisions."""


def may_decide(dataset: DatasetRecord) -> bool:
    """Tell whether the reader may decide about a table."""
    return actions.decisions.may_decide(dataset, by=who())


def row(dataset: DatasetRecord, finding: Finding, asked: honest.Asked, *, key: str) -> None:
    """Draw the buttons of a finding that make sense for it."""
    with st.container(horizontal=True, gap="small"):
        closed_loop(dataset, finding, asked, key=key)
        leave_out(dataset, finding, key=key)
        when_known(dataset, finding, key=key)
        split(dataset, finding, key=key)
        repair(finding)
        accept(dataset, finding, key=key)


def closed_loop(dataset: DatasetRecord, finding: Finding, asked: honest.Asked, *, key: str) -> None:
    """Offer to ask what the score would be without this suspect, or with this split."""
    columns = honest.suspect(finding)
    if columns is None or asked.answer(columns) or asked.is_asking(columns):
        return
    label = "ui.checks.do.score_without" if columns else "ui.checks.do.score_split"
    if st.button(say(label), icon=":material/balance:", key=f"{key}.score", disabled=asked.going is not None):
        honest.ask(dataset.id, columns)


def leave_out(dataset: DatasetRecord, finding: Finding, *, key: str) -> None:
    """Offer to learn nothing from the columns that a finding advises to leave out."""
    roles = dataset.roles
    held = {*roles.aside(), roles.target, roles.group, roles.time}
    columns = [name for name in offered(finding) if name not in held]
    if not columns:
        return
    if st.button(say("ui.checks.do.exclude", columns=short(columns)), icon=":material/block:", key=f"{key}.exclude"):
        text = say("ui.checks.done.exclude", count=len(columns), columns=columns)
        do(dataset, finding, columns, text, lambda: actions.decisions.exclude(dataset.id, columns, code=finding.code, by=who()))


def offered(finding: Finding) -> Sequence[str]:
    """Return the columns that may be left out: the advised ones, else the one that repeats another or cannot be learned."""
    if finding.exclude or finding.code not in LEAVABLE:
        return finding.exclude
    return finding.columns[-1:]


def repair(finding: Finding) -> None:
    """Show the way to the repairs, where one mends what was found."""
    if finding.code in REPAIRABLE:
        places.link("data", say("ui.checks.do.repair"))


def when_known(dataset: DatasetRecord, finding: Finding, *, key: str) -> None:
    """Ask of a suspect whether it is known when a prediction is made; who says so may say why."""
    fixed = {dataset.roles.target, *dataset.roles.unknown_at_prediction}
    columns = [name for name in finding.columns if name not in fixed]
    if not finding.code.startswith("WB3") or not columns:
        return
    with st.popover(say("ui.checks.do.known"), icon=":material/schedule:", width="content", key=f"{key}.known"):
        st.markdown(say("ui.checks.known.ask", columns=[findings.plain(name) for name in columns]))
        if st.button(say("ui.checks.known.later"), icon=":material/event_busy:", key=f"{key}.later", width="stretch"):
            text = say("ui.checks.done.later", columns=columns)
            do(
                dataset,
                finding,
                columns,
                text,
                lambda: actions.decisions.known_later(dataset.id, columns, code=finding.code, by=who()),
            )
        with st.form(f"{key}.in_time", border=False):
            reason = st.text_input(say("ui.checks.known.why"), placeholder=say("ui.checks.known.why_hint"), key=f"{key}.why")
            is_sent = st.form_submit_button(say("ui.checks.known.in_time"), icon=":material/event_available:", width="stretch")
        if is_sent:
            text = say("ui.checks.done.in_time", columns=columns)
            do(
                dataset,
                finding,
                columns,
                text,
                lambda: actions.decisions.known_in_time(dataset.id, columns, code=finding.code, reason=reason, by=who()),
            )


def split(dataset: DatasetRecord, finding: Finding, *, key: str) -> None:
    """Offer the group or the time that a finding proposes, where it is not the table's already."""
    roles, facts = dataset.roles, finding.facts
    group, part, time = facts.get("group"), facts.get("group_part"), facts.get("time")
    part = {name: part[name] for name in ("part", "separator")} if part else None
    if group and (roles.group, roles.group_part) != (group, part) and group not in (roles.target, roles.time):
        label = "ui.checks.do.group_part" if part else "ui.checks.do.group"
        if st.button(say(label, column=group), icon=":material/group_work:", key=f"{key}.group"):
            text = say("ui.checks.done.group", column=group)
            do(
                dataset,
                finding,
                [group],
                text,
                lambda: actions.decisions.use_group(dataset.id, group, part, code=finding.code, by=who()),
            )
    if not time or time in (roles.time, roles.target, roles.group):
        return
    if st.button(say("ui.checks.do.time", column=time), icon=":material/schedule:", key=f"{key}.time"):
        text = say("ui.checks.done.time", column=time)
        do(dataset, finding, [time], text, lambda: actions.decisions.use_time(dataset.id, time, code=finding.code, by=who()))


def accept(dataset: DatasetRecord, finding: Finding, *, key: str) -> None:
    """Let a finding stand, with the reason why; what was typed stays where it is refused."""
    with st.popover(say("ui.checks.do.accept"), icon=":material/check:", width="content", key=f"{key}.accept"):
        with st.form(f"{key}.accepting", border=False):
            reason = st.text_input(
                say("ui.checks.accept.reason"),
                placeholder=say("ui.checks.accept.hint"),
                max_chars=actions.decisions.MOST_REASON,
                key=f"{key}.reason",
            )
            is_sent = st.form_submit_button(say("ui.checks.accept.confirm"), type="primary")
        if is_sent:
            text = say("ui.checks.done.accept", title=say(finding.title))
            columns = finding.columns
            do(
                dataset,
                finding,
                columns,
                text,
                lambda: actions.decisions.accept(dataset.id, finding.code, columns, reason, by=who()),
            )


def do(dataset: DatasetRecord, finding: Finding, columns: Sequence[str], text: str, act: Callable[[], object]) -> None:
    """Do something about a finding; then draw the page again and say it there, or say here why it did not work."""
    with reported():
        act()
        said(Done(dataset.id, text, ((finding.code, tuple(columns)),)))
        st.rerun()


def said(done: Done) -> None:
    """Remember what to say at the top of the page's next run."""
    st.session_state[DONE] = done
    st.toast(done.text, icon=":material/done:")


def last_done(dataset: DatasetRecord) -> None:
    """Say what was done last, with the way back, until something else is done or it is put away."""
    done: Done | None = st.session_state.get(DONE)
    if done is None or done.dataset != dataset.id:
        return
    with st.container(border=True, key="checks.done"), st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[:material/done:] {findings.plain(done.text)}", width="stretch")
        if done.undo and st.button(say("ui.checks.undo"), icon=":material/undo:", key="checks.undo"):
            take_back(dataset, done.undo)
        places.link("data", say("ui.checks.roles"))
        st.button(
            say("ui.checks.put_away"),
            icon=":material/close:",
            type="tertiary",
            key="checks.put_away",
            on_click=lambda: st.session_state.pop(DONE, None),
        )


def take_back(dataset: DatasetRecord, made: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Take decisions back, and draw the page again."""
    with reported():
        for code, columns in made:
            actions.decisions.withdraw(dataset.id, code, columns, by=who())
        st.session_state.pop(DONE, None)
        st.toast(say("ui.checks.taken_back"), icon=":material/undo:")
        st.rerun()


def short(columns: Sequence[str]) -> list[str]:
    """Return names that fit a button."""
    from workbench.figure import shorten

    names = [shorten(name, 24) for name in columns[:MOST_NAMES]]
    return [*names, "…"] if columns[MOST_NAMES:] else names
