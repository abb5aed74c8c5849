"""The sheet of the columns' roles on screen: the target on top, then every column, to search, filter and change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.data import role_sheet
from workbench.data.roles import FACTS, ROLES
from workbench.ui import feedback, grids, resources
from workbench.ui.language import lang, say
from workbench.ui.people import who
from workbench.ui.roles import files, group, saving
from workbench.ui.roles.draft import SHOW, Draft
from workbench.ui.roles.saving import save as save
from workbench.ui.session import session
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset, Roles

# Tall enough for a good dozen columns; the rest is scrolled, filtered or searched.
ROW, HEAD, TALLEST = 35, 38, 500
# The words of a choice that leaves things as they are.
KEEP = "keep"
# What can be said of many columns at once: the words for it, and which there are.
TOGETHER = {
    "role": ("roles.role.", role_sheet.MANY),
    "known": ("roles.known.", role_sheet.KNOWN),
    "sensitive": ("roles.known.", ("yes", "no")),
}
MOST_OPEN = 8
MOST_REASONS = 6


def editor(dataset: Dataset) -> Roles | None:
    """Draw the sheet of a table's roles; None until somebody asks to save it.

    Edits live in the tab's session, so that neither a rerun nor a change of page loses them; they are stored by whoever gets
    the answer.
    """
    draft = draft_of(dataset)
    wanted, draft.wanted = draft.wanted, None
    sheet(dataset)
    return wanted


def draft_of(dataset: Dataset) -> Draft:
    """Return this tab's draft of a table's roles; what was saved elsewhere is taken over where nothing would be lost."""
    drafts: dict[str, Draft] = session().drafts
    found = drafts.pop(dataset.id, None)
    if found is None or found.columns != dataset.columns:
        found = Draft.of(dataset.roles, dataset.columns, actions.roles.seen(dataset.id, by=who()))
    elif found.base == dataset.roles:
        found.newer = None
    elif is_saved(found, dataset) or not found.is_touched():
        found.settle(dataset.roles)
    else:
        found.newer = dataset.roles
    drafts[dataset.id] = found
    while len(drafts) > MOST_OPEN:
        drafts.pop(next(iter(drafts)))
    return found


def is_saved(draft: Draft, dataset: Dataset) -> bool:
    """Tell whether what is saved is what the draft says."""
    return not role_sheet.problems(draft.rows) and draft.roles(dataset.roles.event) == dataset.roles


@st.fragment
def sheet(dataset: Dataset) -> None:
    """Draw everything about roles; edits run only this part of the page again."""
    draft, key = session().drafts[dataset.id], f"data.roles.{dataset.id}"
    with feedback.guarded("data"):
        files.take(dataset.id, draft, key)
        event = goal(dataset, draft, key)
        group.draw(dataset, draft, key)
        suggested(draft, key)
        filters(draft, key)
        grid(dataset, draft, key)
        with st.container(horizontal=True, vertical_alignment="center"):
            many(draft, key)
            about(draft, key)
        files.draw(dataset, draft, key, event)
        saving.draw(draft, key, event)


def goal(dataset: Dataset, draft: Draft, key: str) -> str | None:
    """Draw the choice of the target and of its event, and return the event."""
    left, right = st.columns(2)
    with left:
        controlled(
            st.selectbox,
            f"{key}.target",
            draft.target,
            draft.choose_target,
            label=say("ui.roles.target"),
            options=[None, *dataset.columns],
            format_func=column_name,
            placeholder=say("ui.roles.choose"),
            help=say("ui.roles.target_help"),
        )
    with right:
        event = event_of(dataset, draft, key)
    if draft.target is None and draft.seen.targets:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(say("ui.roles.offered"), width="content")
            for name in draft.seen.targets:
                st.button(name, key=f"{key}.offer.{name}", on_click=draft.choose_target, args=(name,))
    return event


def event_of(dataset: Dataset, draft: Draft, key: str) -> str | None:
    """Draw which label of a two-class target counts as the event; the last in sort order until somebody chooses."""
    labels = resources.two_labels(dataset, draft.target)
    if not labels:
        nothing, about = [say("ui.roles.no_event")], say("ui.roles.event_help")
        st.selectbox(say("ui.roles.event"), nothing, disabled=True, help=about, key=f"{key}.no_event")
        return None
    now = draft.event if draft.event in labels else labels[-1]
    chosen: str = controlled(
        st.selectbox,
        f"{key}.event.{draft.target}",
        now,
        draft.choose_event,
        label=say("ui.roles.event"),
        options=labels,
        help=say("ui.roles.event_help"),
    )
    return chosen


def controlled(widget: Callable[..., Any], key: str, value: Any, take: Callable[[Any], None], **options: Any) -> Any:
    """Draw a widget that shows what the draft says, and tells the draft what is chosen."""
    # Set anew at every run: where two runs follow each other quickly, a browser may have missed the first one's value.
    st.session_state[key] = value
    return widget(**options, key=key, on_change=lambda: take(st.session_state[key]))


def column_name(name: str | None) -> str:
    """Return a column, or the choice of none."""
    return say("ui.none") if name is None else name


def suggested(draft: Draft, key: str) -> None:
    """Say what was filled in from what the table shows and why, and how to be rid of it."""
    if not (standing := draft.standing()):
        return
    lines = [
        say("ui.roles.because", name=name, role=Text(f"roles.role.{draft.offered[name]}"), why=reason)
        for name, reason in standing.items()
    ]
    if (more := len(lines) - MOST_REASONS) > 0:
        lines = [*lines[:MOST_REASONS], say("ui.roles.more_suggested", number=more)]
    with st.container(border=True):
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.markdown("\n".join([say("ui.roles.suggested", count=len(standing)), "", *(f"- {line}" for line in lines)]))
        right.button(
            say("ui.roles.refuse"), key=f"{key}.refuse", on_click=draft.refuse, icon=":material/undo:", width="stretch"
        )


def filters(draft: Draft, key: str) -> None:
    """Draw what is looked for among the columns."""
    view = draft.view
    counts = {
        "all": len(draft.rows),
        "unanswered": sum(map(role_sheet.unanswered, draft.rows)),
        "suggested": len(draft.standing()),
    }
    counts |= {"changed": len(draft.changes()), "ticked": len(draft.ticked)}
    left, middle, right = st.columns([2, 1, 1])
    with left:
        controlled(
            st.text_input, f"{key}.search", view.search, lambda text: draft.look_at(replace(draft.view, search=text)),
            label=say("ui.roles.search"), placeholder=say("ui.roles.search_hint"), icon=":material/search:",
        )  # fmt: skip
    with middle:
        controlled(
            st.selectbox, f"{key}.of_role", view.role, lambda role: draft.look_at(replace(draft.view, role=role)),
            label=say("ui.roles.of_role"), options=[None, *ROLES], placeholder=say("ui.roles.any"),
            format_func=lambda role: say(f"roles.role.{role}") if role else say("ui.roles.any"),
        )  # fmt: skip
    with right:
        controlled(
            st.selectbox, f"{key}.show", view.show, lambda show: draft.look_at(replace(draft.view, show=show)),
            label=say("ui.roles.show"), options=SHOW,
            format_func=lambda show: say(f"ui.roles.show_{show}", number=counts[show]),
        )  # fmt: skip


def grid(dataset: Dataset, draft: Draft, key: str) -> None:
    """Draw the rows of the sheet that are looked for."""
    if f"{key}.grid.{draft.drawing}.{lang()}" not in st.session_state:
        draft.redraw()  # the grid of before is gone with what was typed into it: begin with what the draft holds
    rows, now = draft.drawn, f"{key}.grid.{draft.drawing}.{lang()}"
    if not rows:
        st.info(say("ui.roles.none_shown"), icon=":material/filter_alt_off:")
        return
    standing = {column: say(reason) for column, reason in draft.standing().items()} if draft.offered else {}
    why = {"why": [standing.get(row.column, "") for row in rows]} if standing else {}
    st.data_editor(
        {
            "tick": [row.column in draft.drawn_ticks for row in rows],
            "column": [row.column for row in rows],
            "kind": [say(f"profile.kind.{dataset.kinds[row.column]}") for row in rows],
            **{name: [getattr(row, name) for row in rows] for name in role_sheet.EDITABLE},
        }
        | why,
        column_config=columns_of_grid(),
        column_order=["tick", "column", "kind", *role_sheet.EDITABLE, *why],
        disabled=["column", "kind", "why"],
        hide_index=True,
        height=min(HEAD + ROW * len(rows), TALLEST),
        key=now,
        on_change=lambda: draft.take(st.session_state[now]["edited_rows"], rows),
    )


def columns_of_grid() -> dict[str, Any]:
    """Return how the columns of the sheet look and what they take."""
    return {
        "tick": grids.flag("ui.roles.tick", help=say("ui.roles.tick_help"), width=50, pinned=True),
        "column": grids.words("roles.header.column", pinned=True, width="medium"),
        "kind": grids.words("ui.column.kind", width="small"),
        "role": choice_of("roles.header.role", "roles.role.", ROLES, help=say("ui.roles.role_help"), width=115),
        "known": choice_of("roles.header.known", "roles.known.", role_sheet.KNOWN, help=say("ui.roles.known_help"), width=185),
        "sensitive": grids.flag("roles.header.sensitive", help=say("ui.roles.sensitive_help"), width=100),
        "meaning": grids.words("roles.header.meaning", width=280),
        "unit": grids.words("roles.header.unit", width="small"),
        "when": grids.words("roles.header.when", help=say("ui.roles.when_help"), width="medium"),
        "why": grids.words("ui.roles.why", width="large"),
    }


def choice_of(header: str, prefix: str, options: Sequence[str], **more: Any) -> Any:
    """Return a column of the sheet that takes one of a few words."""
    words = {option: say(prefix + option) for option in options}
    return st.column_config.SelectboxColumn(
        say(header), options=options, format_func=lambda option: words[str(option)], required=True, **more
    )


def many(draft: Draft, key: str) -> None:
    """Draw the change of many columns at once: those that are ticked, else all that are shown."""
    reach = draft.reach()
    with st.popover(say("ui.roles.many", number=len(reach)), icon=":material/checklist:", disabled=not reach):
        st.markdown(say("ui.roles.many_ticked" if draft.ticked else "ui.roles.many_shown", number=len(reach)))
        with st.form(f"{key}.many", border=False):
            for name, (prefix, options) in TOGETHER.items():
                st.selectbox(
                    say(f"roles.header.{name}"),
                    [KEEP, *options],
                    format_func=partial(word_of, prefix),
                    key=f"{key}.many.{name}",
                )
            st.form_submit_button(
                say("ui.roles.apply"), type="primary", key=f"{key}.many.apply", on_click=lambda: apply(draft, key, reach)
            )


def word_of(prefix: str, word: str) -> str:
    """Return one of our words as a person reads it."""
    return say("ui.roles.keep") if word == KEEP else say(prefix + word)


def apply(draft: Draft, key: str, columns: list[str]) -> None:
    """Change many columns as the form says."""
    chosen = {name: st.session_state[f"{key}.many.{name}"] for name in TOGETHER}
    values = {name: word for name, word in chosen.items() if word != KEEP}
    if "sensitive" in values:
        values["sensitive"] = values["sensitive"] == "yes"
    draft.change(columns, values)
    for name in chosen:
        st.session_state[f"{key}.many.{name}"] = KEEP


def about(draft: Draft, key: str) -> None:
    """Draw what is said of the whole table."""
    filled = sum(bool(text) for text in draft.facts.values())
    with st.popover(say("ui.roles.about_table", filled=filled, of=len(FACTS)), icon=":material/table_view:"):
        for name in FACTS:
            controlled(
                st.text_input,
                f"{key}.{name}",
                draft.facts.get(name, ""),
                partial(draft.state, name),
                label=say(f"roles.header.{name}"),
                placeholder=say(f"ui.roles.{name}_hint"),
                max_chars=200,
            )
