"""Choosing what a page is about: a model, and the row to start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.errors import RegistryError
from workbench.ui import address, feedback
from workbench.ui.language import say
from workbench.ui.opened import dataset_or_none
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.actions.models import ModelRecord
    from workbench.data import Dataset

EXAMPLE, ROW = "example", "row"


def model(page: str, among: Sequence[ModelRecord] | None = None) -> ModelRecord:
    """Draw the choice of a model and return it; without any model, point to the comparison and stop."""
    records = {record.name: record for record in (models() if among is None else among)}
    if not records:
        feedback.nothing("ui.empty.models", to="compare")
        st.stop()
    wanted = asked_for(records)
    key = f"{page}.model"
    chosen = st.selectbox(
        say("ui.model.label"),
        list(records),
        index=list(records).index(wanted),
        format_func=lambda reference: name_of(records[reference]),
        key=key,
        on_change=lambda: address.put(model=st.session_state[key]),
    )
    return records[chosen]


def models() -> Sequence[ModelRecord]:
    """Return the models to choose from; where the store cannot be reached, that is said, and those that ship remain."""
    with feedback.reported():
        return actions.models.list(by=who())
    return actions.models.shipped(by=who())


def asked_for(records: dict[str, ModelRecord]) -> str:
    """Return which model the URL names; one that is not a champion joins the list, one that is gone is said."""
    reference = address.get("model")
    if reference and reference not in records:
        try:
            records[reference] = actions.models.resolve(reference, by=who())
        except RegistryError as problem:
            feedback.show(problem)
            address.put(model=None)
    return reference if reference in records else next(iter(records))


def reference_of(record: ModelRecord) -> str:
    """Return ``NAME@VERSION`` of a model: what was looked at stays the same when another version becomes champion."""
    return f"{record.name}@{record.version}"


def name_of(record: ModelRecord) -> str:
    """Return a model as a choice shows it: its name (and version, where the name stands for none), what it predicts and how."""
    name = record.name if record.aliases else record.reference
    return say("ui.model.name", name=name, target=record.target, task=Text(f"ui.task.{record.task}"))


def start_row(page: str, schema: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Draw the choice of the row to begin with.

    Returns
    -------
    dict
        A value for each of the model's columns.
    str
        What this row is called, and so which widgets belong to it.
    """
    example = {column["name"]: column["example"] for column in schema["columns"]}
    table = dataset_or_none()
    if table is None or table.rows == 0 or not set(example) <= set(table.columns):
        return example, EXAMPLE
    left, right = st.columns(2, vertical_alignment="bottom")
    source = left.segmented_control(
        say("ui.start.label"),
        (EXAMPLE, ROW),
        default=EXAMPLE,
        required=True,
        format_func=lambda name: say(f"ui.start.{name}", table=table.name),
        key=f"{page}.start",
    )
    if source != ROW:
        return example, EXAMPLE
    number = int(right.number_input(say("ui.start.number", rows=table.rows), 1, table.rows, 1, key=f"{page}.row"))
    return row_of(table, number - 1, list(example)), f"{table.id}.{number}"


def row_of(table: Dataset, position: int, names: list[str]) -> dict[str, Any]:
    """Return one row of a table as the model's columns, dates as text."""
    row = table.frame.row(position, named=True)
    return {name: value.isoformat() if hasattr(value := row[name], "isoformat") else value for name in names}
