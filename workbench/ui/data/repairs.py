"""Repairs on screen: each proposal with its cells and examples, to be accepted or refused; and kinds of columns set by hand."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import grids
from workbench.ui.language import say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset, Proposal, Repair

ARROW = " → "
ROW, HEAD, TALLEST = 35, 38, 460
# High enough for three examples, one below the other, and for the reason with what would be lost.
TALL_ROW, TALLEST_OFFERED = 104, 700
# The choice that leaves the kind of a column to the reader.
FOUND = "found"


def choice(dataset: Dataset) -> list[Repair] | None:
    """Draw the proposals and the columns' types; None until they are submitted.

    Returns
    -------
    list of Repair or None
        Everything that was accepted: the table is made anew with exactly these.
    """
    proposals = actions.datasets.proposals(dataset.id, by=who())
    done(dataset)
    with st.form(f"data.repairs.{dataset.id}", border=True):
        accepted = accept(dataset, proposals)
        with st.expander(say("ui.repairs.types"), icon=":material/category:"):
            st.caption(say("ui.repairs.types_about"))
            typed = types(dataset, {p.repair.column for p in proposals if p.repair.rule == "type"})
        submitted = st.form_submit_button(say("ui.repairs.apply"), type="primary", icon=":material/build:")
    by_hand = {step.column for step in typed}
    kept = [step for step in accepted if step.rule != "type" or step.column not in by_hand]
    return [*kept, *typed] if submitted else None


def done(dataset: Dataset) -> None:
    """Say what was repaired in this version already, and what was lost by it; offer the steps as a file."""
    steps = dataset.repairs.steps
    if not steps:
        st.caption(say("ui.repairs.untouched"))
        return
    counted = {(entry["column"], entry["rule"]): entry for entry in dataset.counts}
    lines = []
    for step in steps:
        entry = counted.get((step.column, step.rule), {})
        lines.append(say("ui.repairs.done", column=step.column, rule=title(step), count=entry.get("cells", 0)))
        if entry.get("lost"):
            lines.append(say("ui.repairs.lost", column=step.column, count=entry["lost"], examples=entry["examples"]))
        if entry.get("trimmed"):
            lines.append(say("prepare.trimmed", column=step.column, count=entry["trimmed"], examples=entry["codes"]))
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.download_button(
        say("ui.repairs.file"),
        json.dumps(dataset.repairs.to_list(), ensure_ascii=False, indent=1),
        say("ui.repairs.file_name", table=PurePath(dataset.name).stem),
        "application/json",
        help=say("ui.repairs.file_help"),
        icon=":material/download:",
        on_click="ignore",
        key=f"data.repairs.file.{dataset.id}",
    )


def accept(dataset: Dataset, offered: list[Proposal]) -> list[Repair]:
    """Draw one line for each proposal, those that are recommended or in force ticked, and return those that stay ticked."""
    if not offered:
        st.info(say("ui.repairs.nothing"), icon=":material/check_circle:")
        return []
    in_force = {(step.column, step.rule) for step in dataset.repairs.steps}
    st.markdown(say("ui.repairs.about", count=len(offered)))
    edited: Any = st.data_editor(
        {
            "accept": [((p.repair.column, p.repair.rule) in in_force) if in_force else p.recommended for p in offered],
            "column": [p.repair.column for p in offered],
            "rule": [title(p.repair) for p in offered],
            "cells": [p.cells for p in offered],
            "examples": ["\n".join(map(example, p.examples)) for p in offered],
            "why": [say(p.why) for p in offered],
        },
        column_config={
            "accept": grids.flag("ui.repairs.accept", width=78),
            "column": grids.words("ui.column.name", pinned=True),
            "rule": grids.words("ui.repairs.rule", width=105),
            "cells": grids.number("ui.repairs.cells", width=60),
            "examples": grids.words("ui.repairs.examples", width=242),
            "why": grids.words("ui.repairs.why", width=230),
        },
        disabled=["column", "rule", "cells", "examples", "why"],
        hide_index=True,
        row_height=TALL_ROW,
        height=min(HEAD + TALL_ROW * len(offered), TALLEST_OFFERED),
        key=f"data.repairs.{dataset.id}.offered",
    )
    return [p.repair for p, yes in zip(offered, edited["accept"], strict=True) if yes]


def title(repair: Repair) -> str:
    """Return a rule's name; of a type the kind."""
    if repair.rule == "type":
        return say("ui.repairs.type_to", kind=Text(f"profile.kind.{repair.options['kind']}"))
    return say(f"repair.rule.{repair.rule}")


def example(pair: tuple[str, str | None]) -> str:
    """Return one cell before and after; spaces are made visible, and nothing is named."""
    before, after = pair
    return f"「{before}」{ARROW}" + (say("ui.fields.blank") if after is None else f"「{after}」")


def types(dataset: Dataset, proposed: set[str]) -> list[Repair]:
    """Draw every column with its kind and the kind it is to have, and return the changes as steps.

    Parameters
    ----------
    dataset : Dataset
        The open table.
    proposed : set of str
        Columns whose type is among the proposals: it is accepted or refused there.
    """
    from workbench.data import KINDS, Repair

    labels: dict[str, str] = {FOUND: say("ui.repairs.kind_found")}
    labels |= {kind: say(f"profile.kind.{kind}") for kind in KINDS}
    wanted = {step.column: step.options["kind"] for step in dataset.repairs.steps if step.rule == "type"}
    wanted = {column: kind for column, kind in wanted.items() if column not in proposed}
    edited: Any = st.data_editor(
        {
            "column": list(dataset.columns),
            "kind": [labels[dataset.kinds[name]] for name in dataset.columns],
            "wanted": [labels[wanted.get(name, FOUND)] for name in dataset.columns],
        },
        column_config={
            "column": grids.words("ui.column.name", pinned=True),
            "kind": grids.words("ui.repairs.kind_now"),
            "wanted": st.column_config.SelectboxColumn(
                say("ui.repairs.kind_wanted"), options=list(labels.values()), required=True
            ),
        },
        disabled=["column", "kind"],
        hide_index=True,
        height=min(HEAD + ROW * len(dataset.columns), TALLEST),
        key=f"data.repairs.{dataset.id}.types",
    )
    kinds = {label: kind for kind, label in labels.items()}
    pairs = zip(edited["column"], edited["wanted"], strict=True)
    return [Repair(column, "type", {"kind": kinds[label]}) for column, label in pairs if kinds[label] != FOUND]
