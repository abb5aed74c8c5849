"""A form with one field for each column of a model, filled with a row to begin with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import streamlit as st

from workbench.data import Field
from workbench.ui.language import say

# As many as a person looks through; a wide model's other columns stand folded below, with the values of the row begun with.
SHOWN = 12
ACROSS = 3
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def form(schema: dict[str, Any], start: dict[str, Any], *, key: str, first: Sequence[str] = (), label: str) -> dict[str, Any]:
    """Draw the form and return its values as they were last submitted: the row begun with, until then.

    Parameters
    ----------
    schema : dict
        The model's columns.
    start : dict
        The values to begin with.
    key : str
        Unlike for each model and row begun with, so that their widgets do not mix.
    first : sequence of str
        Columns in order of weight: the first of them stand on top, the others are folded.
    label : str
        What the button says.
    """
    place = {name: i for i, name in enumerate(first)}
    columns = sorted(schema["columns"], key=lambda column: place.get(column["name"], len(place)))
    with st.form(key):
        row = grid(columns[:SHOWN], start, key)
        if columns[SHOWN:]:
            with st.expander(say("ui.fields.more", count=len(columns) - SHOWN)):
                row |= grid(columns[SHOWN:], start, key)
        st.form_submit_button(label, type="primary", icon=":material/play_arrow:")
    return {column["name"]: row[column["name"]] for column in schema["columns"]}


def grid(columns: list[dict[str, Any]], start: dict[str, Any], key: str) -> dict[str, Any]:
    """Draw fields in rows of three, and return their values by column."""
    values: dict[str, Any] = {}
    for begin in range(0, len(columns), ACROSS):
        for place, column in zip(st.columns(ACROSS), columns[begin : begin + ACROSS], strict=False):
            with place:
                values[column["name"]] = field(column, start.get(column["name"]), f"{key}.{column['name']}")
    return values


def field(column: dict[str, Any], value: Any, key: str) -> Any:
    """Draw one field by the column's kind, and return its value."""
    draw = {"number": number, "boolean": boolean, "date": day, "category": category}.get(column["kind"], words)
    return draw(column, value, key)


def number(column: dict[str, Any], value: Any, key: str) -> float | None:
    """Draw a number; blank is allowed, and so is a value outside the training range, which the answer warns about."""
    low, high = column["range"] or (None, None)
    return st.number_input(
        column["name"],
        value=float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None,
        step=step(low, high),
        format="%g",
        help=about(column),
        placeholder=say("ui.fields.blank"),
        key=key,
    )


def step(low: float | None, high: float | None) -> float:
    """Return a step of the size a person would take within a range."""
    span = (high - low) if low is not None and high is not None else 0
    return 10.0 ** math.floor(math.log10(span / 20)) if span > 0 and math.isfinite(span) else 1.0


def boolean(column: dict[str, Any], value: Any, key: str) -> bool | None:
    """Draw yes, no and blank."""
    names = {None: say("ui.fields.blank"), True: say("ui.yes"), False: say("ui.no")}
    return st.selectbox(
        column["name"],
        list(names),
        index=list(names).index(value),
        format_func=lambda v: names[v],
        help=about(column),
        key=key,
    )


def category(column: dict[str, Any], value: Any, key: str) -> str | None:
    """Draw the labels of the training, most frequent first, and blank."""
    known = list(column["categories"] or [])
    options = [None, *known, *([value] if value is not None and value not in known else [])]
    return st.selectbox(
        column["name"],
        options,
        index=options.index(value),
        format_func=lambda label: say("ui.fields.blank") if label is None else str(label),
        help=about(column),
        key=key,
    )


def day(column: dict[str, Any], value: Any, key: str) -> str | None:
    """Draw a day; a moment with hours is text, as the calendar would lose them."""
    start = None
    with suppress(ValueError, TypeError):
        start = date.fromisoformat(value)
    if start is None and value is not None:
        return words(column, value, key)
    chosen = st.date_input(column["name"], value=start, min_value=EARLIEST, max_value=LATEST, help=about(column), key=key)
    return chosen.isoformat() if isinstance(chosen, date) else None


def words(column: dict[str, Any], value: Any, key: str) -> str | None:
    """Draw text; an empty one is blank."""
    shown = "" if value is None else str(value)
    given = st.text_input(column["name"], value=shown, placeholder=say("ui.fields.blank"), help=about(column), key=key)
    return given or None


def about(column: dict[str, Any]) -> str | None:
    """Say what a column held in training, its unit, and what the contract asks of it; None where there is nothing to say."""
    field = Field.from_dict(column)
    told = [say(text) for text in field.asked]
    if field.range is not None:
        low, high = (end if field.kind == "date" else f"{end:g}" for end in field.range)
        told.insert(0, say("ui.fields.range", low=low, high=high))
    if field.unit:
        told.append(say("ui.fields.unit", unit=field.unit))
    return "  \n".join(told) or None
