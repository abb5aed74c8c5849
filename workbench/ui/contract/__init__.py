"""The data contract on screen: a line for each column, what is allowed in it to be changed, and the contract as files."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.data.bounds import ON_BREAK
from workbench.ui import grids
from workbench.ui.contract.draft import SHOW, Draft
from workbench.ui.feedback import guarded, reported
from workbench.ui.language import lang, moment, say
from workbench.ui.models import registry
from workbench.ui.people import who
from workbench.ui.session import session

if TYPE_CHECKING:
    from workbench.data import DatasetRecord
    from workbench.data.contract import Clause, Contract

ROW, HEAD, TALLEST = 35, 38, 560
MOST_OPEN = 8
FILES = {"yaml": ":material/description:", "pandera": ":material/data_object:"}


def panel(dataset: DatasetRecord) -> None:
    """Draw the contract of a table, its bounds to be edited by its owner."""
    st.markdown(say("ui.contract.about"))
    sheet(dataset)


@st.fragment
def sheet(dataset: DatasetRecord) -> None:
    """Draw everything about the contract; edits run only this part of the page again."""
    key = f"checks.contract.{dataset.id}"
    with guarded("checks"), reported():
        found = actions.contract.of_dataset(dataset.id, by=who())
        draft = draft_of(dataset, found)
        may_edit = dataset.owner == who().who and who().role == "analyst"
        filters(draft, key)
        grid(draft, key, may_edit=may_edit)
        saving(dataset, draft, key, may_edit=may_edit)
        downloads(found, PurePath(dataset.name).stem, key)
        left_out(found, key)


def draft_of(dataset: DatasetRecord, found: Contract) -> Draft:
    """Return this tab's draft; what was saved elsewhere is taken over where nothing would be lost."""
    drafts: dict[str, Draft] = session().bounds
    known = drafts.pop(dataset.id, None)
    if known is None or [one.name for one in known.clauses] != [one.name for one in found.clauses]:
        known = Draft(found.clauses)
    elif known.clauses != found.clauses and not known.changes():
        known.settle(found.clauses)
    drafts[dataset.id] = known
    while len(drafts) > MOST_OPEN:
        drafts.pop(next(iter(drafts)))
    return known


def filters(draft: Draft, key: str) -> None:
    """Draw what is looked for among the columns."""
    counts = {
        "all": len(draft.clauses),
        "bound": sum(one.bounds is not None for one in draft.clauses),
        "changed": len(draft.changes()),
    }
    left, right = st.columns([2, 1])
    st.session_state[f"{key}.search"], st.session_state[f"{key}.show"] = draft.search, draft.show
    left.text_input(
        say("ui.contract.search"),
        placeholder=say("ui.contract.search_hint"),
        icon=":material/search:",
        key=f"{key}.search",
        on_change=lambda: draft.look(search=st.session_state[f"{key}.search"]),
    )
    right.selectbox(
        say("ui.contract.show"),
        SHOW,
        format_func=lambda show: say(f"ui.contract.show_{show}", number=counts[show]),
        key=f"{key}.show",
        on_change=lambda: draft.look(show=st.session_state[f"{key}.show"]),
    )


def grid(draft: Draft, key: str, *, may_edit: bool) -> None:
    """Draw the columns that are looked for, with what is allowed in each."""
    if f"{key}.grid.{draft.drawing}.{lang()}" not in st.session_state:
        draft.redraw()  # the grid of before is gone with what was typed into it: begin with what the draft holds
    now = f"{key}.grid.{draft.drawing}.{lang()}"
    if not draft.drawn:
        st.info(say("ui.contract.none_shown"), icon=":material/filter_alt_off:")
        return
    clauses = {one.name: one for one in draft.clauses}
    rows = [row | line(clauses[row["column"]]) for row in draft.drawn]
    columns = columns_of_grid()
    st.data_editor(
        {name: [row[name] for row in rows] for name in columns},
        column_config=columns,
        column_order=list(columns),
        disabled=["column", "kind", "seen", "known", "meaning", "agreed"] if may_edit else True,
        hide_index=True,
        height=min(HEAD + ROW * len(rows), TALLEST),
        key=now,
        on_change=lambda: draft.take(st.session_state[now]["edited_rows"]),
    )


def line(clause: Clause) -> dict[str, Any]:
    """Return what the grid says of a column that is not edited here."""
    seen = {"categories": clause.categories, "range": clause.range}
    return {
        "kind": say(f"profile.kind.{clause.kind}"),
        "seen": registry.values(seen),
        "known": say("ui.contract.known_yes" if clause.known else "ui.contract.known_open"),
        "meaning": " ".join(part for part in (clause.meaning, clause.unit and f"[{clause.unit}]") if part),
        "agreed": decided(clause.who, clause.since),
    }


def decided(by: str | None, when: str | None) -> str:
    """Say who decided, and when."""
    return say("ui.contract.agreed_by", who=by, day=moment(datetime.fromisoformat(when))) if by and when else ""


def columns_of_grid() -> dict[str, Any]:
    """Return how the columns of the grid look and what they take."""
    words: dict[str, str] = {word: say(f"ui.contract.{word}") for word in ON_BREAK}
    return {
        "column": grids.words("ui.contract.column", pinned=True, width=130),
        "kind": grids.words("ui.contract.kind", width=85),
        "seen": grids.words("ui.contract.seen", width=140),
        "minimum": grids.words("ui.contract.minimum", help=say("ui.contract.end_help"), width=100),
        "maximum": grids.words("ui.contract.maximum", help=say("ui.contract.end_help"), width=100),
        "blank": grids.flag("ui.contract.blank", width=90),
        "on_break": st.column_config.SelectboxColumn(
            say("ui.contract.on_break"),
            options=ON_BREAK,
            format_func=lambda word: words[str(word)],
            required=True,
            help=say("ui.contract.on_break_help"),
            width=120,
        ),
        "known": grids.words("ui.contract.known", width="small"),
        "meaning": grids.words("ui.contract.meaning", width="medium"),
        "agreed": grids.words("ui.contract.agreed", width="medium"),
    }


def saving(dataset: DatasetRecord, draft: Draft, key: str, *, may_edit: bool) -> None:
    """Draw what is not saved yet and the button that saves all of it."""
    if not may_edit:
        st.caption(say("ui.contract.read_only"))
        return
    changes = draft.changes()
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button(say("ui.contract.save"), type="primary", icon=":material/save:", key=f"{key}.save")
        if changes:
            back = partial(draft.settle, draft.clauses)
            st.button(say("ui.contract.discard"), icon=":material/undo:", key=f"{key}.discard", on_click=back)
            st.caption(say("ui.contract.unsaved", count=len(changes)), width="content")
    if wanted and not changes:
        st.caption(say("ui.contract.nothing_new"))
    elif wanted:
        with reported():
            news = actions.contract.set_bounds(dataset.id, changes, by=who())
            draft.settle(actions.contract.of_dataset(dataset.id, by=who()).clauses)
            st.toast(say("ui.contract.saved", count=len(news)), icon=":material/check_circle:")
            st.rerun()


def downloads(found: Contract, name: str, key: str) -> None:
    """Draw the contract as files; each is made when somebody clicks."""
    with st.container(horizontal=True):
        for form, icon in FILES.items():
            # Made outside of the page's run: who asks is settled here.
            st.download_button(
                say(f"ui.contract.{form}"),
                partial(actions.contract.written, found, form, by=who()),
                say(f"ui.contract.{form}_name", name=name),
                "application/yaml",
                icon=icon,
                on_click="ignore",
                key=f"{key}.{form}",
            )


def of_model(reference: str, name: str) -> None:
    """Draw the contract of a model as files."""
    with reported():
        downloads(actions.contract.of_model(reference, by=who()), name, f"models.contract.{reference}")


def left_out(found: Contract, key: str) -> None:
    """List the columns that nothing is learned from, and who said so for which reason."""
    if not found.left_out:
        return
    with st.expander(say("ui.contract.left_out", count=len(found.left_out))):
        grids.show(
            [
                {
                    "column": one.name,
                    "why": say(f"ui.contract.because.{one.why}"),
                    "code": one.code,
                    "reason": one.reason,
                    "agreed": decided(one.who, one.when),
                }
                for one in found.left_out
            ],
            {
                "column": grids.words("ui.contract.column", pinned=True),
                "why": grids.words("ui.contract.why"),
                "code": grids.words("ui.contract.code"),
                "reason": grids.words("ui.contract.reason"),
                "agreed": grids.words("ui.contract.agreed"),
            },
            key=f"{key}.left_out",
        )
