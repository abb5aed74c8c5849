"""What is compared with what: a segment with the rest of its table, two periods, or two tables; kept in the tab's session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.actions.difference import OF_KIND, Condition, Op, Side, Suggestion
from workbench.ui.language import say
from workbench.ui.models import fields
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.data import DatasetRecord

SEGMENT, PERIODS, TABLE = "segment", "periods", "table"
# More suggestions than this are a wall; every other table can be chosen from a list.
MOST_SUGGESTED = 4
FORMAT = "YYYY-MM-DD"

Span = tuple[date, ...]


@dataclass
class Beside:
    """One tab's comparison of a table: what is being chosen, what was asked for last, and where one looks."""

    way: str = SEGMENT
    column: str | None = None
    op: Op | None = None
    values: tuple[Any, ...] = ()
    time: str | None = None
    before: Span = ()
    after: Span = ()
    table: str | None = None
    asked: tuple[Side, Side | None] | None = None
    looked_at: str | None = None
    search: str = ""

    def ask(self, first: Side, second: Side | None) -> None:
        """Compare these from now on, and begin with the column that differs most."""
        self.asked, self.looked_at, self.search = (first, second), None, ""

    def go(self, way: str | None) -> None:
        """Choose in another way."""
        self.way = way or self.way

    def choose_column(self, name: str) -> None:
        """Choose the rows by another column."""
        self.column, self.op, self.values = name, None, ()

    def choose_op(self, op: Op) -> None:
        """Ask something else of the column."""
        self.op, self.values = op, ()

    def choose_value(self, place: int, value: Any) -> None:
        """Say one of the values."""
        values = [*self.values, *[None] * (place + 1 - len(self.values))]
        values[place] = value
        self.values = tuple(values)

    def choose_values(self, values: Any) -> None:
        """Say all of the values."""
        self.values = tuple(values)

    def choose_time(self, name: str) -> None:
        """Choose periods of another column."""
        self.time, self.before, self.after = name, (), ()

    def choose_before(self, span: Any) -> None:
        """Say the first period."""
        self.before = tuple(span)

    def choose_after(self, span: Any) -> None:
        """Say the second period."""
        self.after = tuple(span)

    def choose_table(self, dataset_id: str) -> None:
        """Choose another table."""
        self.table = dataset_id

    def look_for(self, text: str) -> None:
        """Look for columns."""
        self.search = text

    def take(self, suggestion: Suggestion, here: str) -> None:
        """Take over what was suggested for a table, and compare it."""
        first, second = suggestion.first, suggestion.second
        if first.condition and second.condition:
            self.way, self.time = PERIODS, first.condition.column
            self.before, self.after = first.condition.values, second.condition.values  # type: ignore[assignment]
        else:
            self.way, self.table = TABLE, first.dataset if second.dataset == here else second.dataset
        self.ask(first, second)


def controlled(widget: Callable[..., Any], key: str, value: Any, take: Callable[[Any], None], **options: Any) -> None:
    """Draw a widget that shows what is kept, and keeps what is chosen.

    The value is set at every run: a browser that gets two runs at once, as when a tab comes back, would miss it otherwise, show
    the first option and later send that as if somebody had chosen it.
    """
    st.session_state[key] = value
    widget(**options, key=key, on_change=lambda: take(st.session_state[key]))


def suggested(dataset: DatasetRecord, state: Beside) -> None:
    """Draw the comparisons that suggest themselves, one button each."""
    found = actions.difference.suggestions(dataset.id, by=who())[:MOST_SUGGESTED]
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(say("ui.difference.suggested"), width="content")
        for i, suggestion in enumerate(found):
            st.button(
                say(suggestion.text),
                key=f"explore.beside.suggested.{dataset.id}.{i}",
                icon=":material/compare_arrows:",
                on_click=state.take,
                args=(suggestion, dataset.id),
            )


def choice(dataset: DatasetRecord, state: Beside) -> None:
    """Draw the choice of what is compared, and the button that compares it."""
    key = f"explore.beside.{dataset.id}"
    ways: dict[str, Callable[..., tuple[Side, Side | None] | None]] = {SEGMENT: segment, TABLE: table}
    if times(dataset):
        ways = {SEGMENT: segment, PERIODS: periods, TABLE: table}
    if state.way not in ways:
        state.way = SEGMENT
    with st.container(border=True):
        controlled(
            st.segmented_control,
            f"{key}.way",
            state.way,
            state.go,
            label=say("ui.difference.way"),
            options=list(ways),
            required=True,
            format_func=lambda way: say(f"ui.difference.way_{way}"),
        )
        sides = ways[state.way](dataset, state, key)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                say("ui.difference.compare"),
                type="primary",
                icon=":material/compare_arrows:",
                disabled=sides is None,
                key=f"{key}.compare",
                on_click=state.ask,
                args=sides or (),
            )
            if sides is None:
                st.caption(say("ui.difference.incomplete"), width="content")
            elif state.asked is not None and state.asked != sides:
                st.caption(say("ui.difference.changed"), width="content")


def times(dataset: DatasetRecord) -> list[str]:
    """Return the columns of dates, the time column first."""
    names = [name for name in dataset.columns if dataset.kinds[name] == "date"]
    return sorted(names, key=lambda name: name != dataset.roles.time)


def segment(dataset: DatasetRecord, state: Beside, key: str) -> tuple[Side, Side | None] | None:
    """Draw a condition on a column; its rows are compared with all others."""
    if state.column not in dataset.columns:
        state.column = first_column(dataset)
    name = str(state.column)
    left, middle, right = st.columns([3, 2, 4], vertical_alignment="bottom")
    with left:
        controlled(
            st.selectbox, f"{key}.column", name, state.choose_column,
            label=say("ui.difference.column"), options=list(dataset.columns),
        )  # fmt: skip
    known = actions.difference.facts(dataset.id, name, by=who())
    ops = OF_KIND[known["kind"]]
    if state.op not in ops:
        state.op, state.values = ops[0], ()
    with middle:
        controlled(
            st.selectbox, f"{key}.op.{name}", state.op, state.choose_op, label=say("ui.difference.op"), options=list(ops),
            format_func=lambda op: say(f"profile.difference.op_name.{op}"),
        )  # fmt: skip
    if not state.values:
        state.values = beginning(state.op, known)
    with right:
        values(state, known, f"{key}.value.{name}.{state.op}")
    if state.op in ("missing", "not_missing"):
        return Side(dataset.id, Condition(name, state.op)), None
    if not is_complete(state):
        return None
    return Side(dataset.id, Condition(name, state.op, state.values)), None


def first_column(dataset: DatasetRecord) -> str:
    """Return the column to begin with: the first of few labels that is not the target."""
    names = [
        name for name in dataset.columns if dataset.kinds[name] in ("category", "boolean") and name != dataset.roles.target
    ]
    return next(iter(names), next((name for name in dataset.columns if name != dataset.roles.target), dataset.columns[0]))


def beginning(op: Op, known: dict[str, Any]) -> tuple[Any, ...]:
    """Return the values to begin with: the middle, the most frequent label, the whole range."""
    if op in ("missing", "not_missing"):
        return ()
    if known["kind"] == "boolean":
        return (True,)
    if known["kind"] == "category":
        return tuple(known["labels"][:1])
    if known["middle"] is None:
        return ()
    return (known["middle"], known["high"]) if op == "between" else (known["middle"],)


def is_complete(state: Beside) -> bool:
    """Tell whether every value is there."""
    wanted = 2 if state.op == "between" else 1
    return len(state.values) >= wanted and all(value not in (None, "") for value in state.values)


def values(state: Beside, known: dict[str, Any], key: str) -> None:
    """Draw the values of a condition by the kind of its column."""
    if state.op in ("missing", "not_missing"):
        return
    kind, label = known["kind"], say("ui.difference.value")
    if kind == "category":
        chosen = [value for value in state.values if value in known["labels"]]
        controlled(st.multiselect, key, chosen, state.choose_values, label=label, options=known["labels"])
    elif kind == "boolean":
        names = {True: say("ui.yes"), False: say("ui.no")}
        controlled(
            st.selectbox, key, state.values[0], partial(state.choose_value, 0), label=label, options=list(names),
            format_func=lambda value: names[value],
        )  # fmt: skip
    elif kind == "text":
        controlled(st.text_input, key, first_of(state) or "", partial(state.choose_value, 0), label=label)
    elif state.op == "between":
        ends = (say("ui.difference.low"), say("ui.difference.high"))
        for place, (column, end) in enumerate(zip(st.columns(2), ends, strict=True)):
            with column:
                one_value(state, known, place, f"{key}.{place}", end)
    else:
        one_value(state, known, 0, key, label)


def first_of(state: Beside) -> Any:
    """Return the first value, if there is one."""
    return state.values[0] if state.values else None


def one_value(state: Beside, known: dict[str, Any], place: int, key: str, label: str) -> None:
    """Draw one number or day."""
    now = state.values[place] if place < len(state.values) else None
    take = partial(state.choose_value, place)
    if known["kind"] == "date":
        controlled(st.date_input, key, now, take, label=label, format=FORMAT, **calendar(known))
        return
    step = fields.step(known["low"], known["high"]) if known["low"] is not None else 1.0
    controlled(st.number_input, key, now, take, label=label, format="%g", step=step, placeholder=say("ui.fields.blank"))


def calendar(known: dict[str, Any]) -> dict[str, date]:
    """Return the first and last day that a calendar offers."""
    low, high = known["low"] or fields.EARLIEST, known["high"] or fields.LATEST
    return {"min_value": min(low, fields.EARLIEST), "max_value": max(high, fields.LATEST)}


def periods(dataset: DatasetRecord, state: Beside, key: str) -> tuple[Side, Side | None] | None:
    """Draw two periods of a column of dates: the latest complete month and the month before, to begin with."""
    names = times(dataset)
    if state.time not in names:
        state.choose_time(names[0])
    name = str(state.time)
    known = actions.difference.facts(dataset.id, name, by=who())
    if not state.before and not state.after and (spans := actions.difference.two_months(dataset.id, name, by=who())):
        state.before, state.after = spans
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        controlled(
            st.selectbox, f"{key}.time", name, state.choose_time, label=say("ui.difference.time"), options=names
        )  # fmt: skip
    both = (middle, "before", state.before, state.choose_before), (right, "after", state.after, state.choose_after)
    for place, side, now, take in both:
        with place:
            controlled(
                st.date_input, f"{key}.{side}.{name}", now, take,
                label=say(f"ui.difference.{side}"), format=FORMAT, **calendar(known),
            )  # fmt: skip
    if len(state.before) < 2 or len(state.after) < 2:
        return None
    first, second = (Side(dataset.id, Condition(name, "between", span)) for span in (state.before, state.after))
    return first, second


def table(dataset: DatasetRecord, state: Beside, key: str) -> tuple[Side, Side | None] | None:
    """Draw the choice of another table or version; the older of the two is the first."""
    offered = {one.id: (one, common) for one, common in actions.difference.tables(dataset.id, by=who())}
    if not offered:
        st.info(say("ui.difference.no_table"), icon=":material/info:")
        return None
    if state.table not in offered:
        state.table = next(iter(offered))

    def name_of(dataset_id: str) -> str:
        one, common = offered[dataset_id]
        return say("ui.difference.table_name", name=one.name, version=one.version, rows=one.rows, common=common)

    controlled(
        st.selectbox, f"{key}.table", state.table, state.choose_table,
        label=say("ui.difference.table"), options=list(offered), format_func=name_of,
    )  # fmt: skip
    one = offered[str(state.table)][0]
    is_before = (one.created, one.id) < (dataset.created, dataset.id)
    return (Side(one.id), Side(dataset.id)) if is_before else (Side(dataset.id), Side(one.id))
