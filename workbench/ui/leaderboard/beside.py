"""Comparisons beside each other: the runs of a table, and two of them model by model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from workbench import actions
from workbench.figure import number
from workbench.ui import grids, places
from workbench.ui.feedback import reported
from workbench.ui.findings import plain
from workbench.ui.language import moment, say
from workbench.ui.leaderboard import rows
from workbench.ui.people import who
from workbench.ui.runs import live
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.leaderboards import Beside, Board, Earlier
    from workbench.data import DatasetRecord


def earlier(dataset: DatasetRecord, run: str | None) -> None:
    """List my comparisons of a table, newest first, each a link."""
    found = actions.leaderboards.earlier(dataset.id, by=who())
    if not found or [one.run for one in found] == [run]:
        return
    with st.expander(say("ui.leaderboard.earlier", count=len(found)), icon=":material/history:", expanded=not run):
        for one in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(live.ICONS[one.state], width="content")
                places.link("compare", label(one), dataset=dataset.id, run=one.run)
                if one.run == run:
                    st.badge(say("ui.leaderboard.opened"))


def label(one: Earlier, dataset: str | None = None) -> str:
    """Return a comparison as a list names it; beside one of another table with its table's name."""
    if dataset is not None and one.dataset != dataset:
        return say("ui.leaderboard.run_label_table", label=label(one), title=one.title)
    at = moment(one.created)
    if one.best is None:
        return say("ui.leaderboard.run_label_no_score", at=at, state=Text(f"ui.run.{one.state}_short"))
    metric = Text(f"metric.{one.metric}.title")
    return say("ui.leaderboard.run_label", at=at, best=one.best, score=number(one.score), metric=metric)


def panel(found: Board) -> None:
    """Draw the choice of another run, and the two beside each other."""
    with st.expander(say("ui.leaderboard.beside"), icon=":material/compare_arrows:"):
        others = {one.run: one for one in actions.leaderboards.comparable(found.job.id, by=who())}
        if not others:
            st.markdown(say("ui.leaderboard.beside_none"))
            return
        other = st.selectbox(
            say("ui.leaderboard.beside_with"),
            list(others),
            None,
            format_func=lambda run: label(others[run], found.job.spec["dataset"]),
            placeholder=say("ui.leaderboard.beside_choose"),
            key=f"compare.beside.{found.job.id}",
        )
        if other:
            with reported():
                metric = found.standing.sort
                draw(actions.leaderboards.beside(other, found.job.id, by=who(), metric=metric), found.job.id)


def draw(two: Beside, run: str) -> None:
    """Draw two comparisons model by model, and which settings differ."""
    st.info(plain(say(two.conclusion)), icon=":material/compare_arrows:")
    st.caption(say(two.why))
    shown = [
        {
            "title": say(line.title),
            "a": line.a,
            "b": line.b,
            "difference": rows.difference(vars(line.difference), [line.a, line.b]) if line.difference else None,
            "verdict": say(f"ui.leaderboard.verdict.{line.verdict or 'only_one'}"),
        }
        for line in two.lines
    ]
    columns = {
        "title": grids.words("ui.compare.model", width="medium", pinned=True),
        "a": grids.measure(say("ui.leaderboard.other_run"), [line.a for line in two.lines]),
        "b": grids.measure(say("ui.leaderboard.this_run"), [line.b for line in two.lines]),
        "difference": grids.words("ui.leaderboard.difference_of_runs", width="medium"),
        "verdict": grids.words("ui.leaderboard.verdict_of"),
    }
    st.markdown(f"**{rows.directed(two.metric, is_up=two.is_higher_better)}**")
    grids.show(shown, columns, key=f"compare.beside_rows.{run}", height="content")
    changes(two, run)


def changes(two: Beside, run: str) -> None:
    """List the settings that are not the same."""
    if two.data:
        st.markdown(f"**{say('ui.leaderboard.data_differs')}**")
        st.markdown("\n".join(f"- {plain(say(text))}" for text in two.data))
    if not two.changes:
        st.caption(say("ui.leaderboard.no_changes"))
        return
    st.markdown(f"**{say('ui.leaderboard.changes', count=len(two.changes))}**")
    grids.show(
        [{"name": say(one.title), "a": cell(one.first), "b": cell(one.second)} for one in two.changes],
        {
            "name": grids.words("ui.leaderboard.setting_name"),
            "a": grids.words("ui.leaderboard.other_run"),
            "b": grids.words("ui.leaderboard.this_run"),
        },
        key=f"compare.beside_settings.{run}",
        height="content",
    )


def cell(value: Text | str) -> str:
    """Return a setting's value as a cell shows it."""
    return say(value) if isinstance(value, Text) else value
