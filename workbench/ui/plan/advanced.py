"""The parts of a comparison's form that most people leave alone: rows and columns, and every switch of the preparation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui.language import say
from workbench.ui.people import who

if TYPE_CHECKING:
    from workbench.actions.plan_choices import Switch
    from workbench.data import Dataset

PREPARATIONS = ("suited", "pycaret")
FEWEST_ROWS = 50
# A share is typed to this many digits.
SHARE = "%.4g"


def preparation(base: Any, form: str) -> str:
    """Draw whose preparation the models get."""
    return str(
        st.radio(
            say("ui.plan.preprocessing"),
            PREPARATIONS,
            PREPARATIONS.index(base.preprocessing),
            format_func=lambda name: say(f"ui.plan.preprocessing_{name}"),
            horizontal=True,
            help=say("ui.plan.preprocessing_help"),
            key=f"compare.preprocessing.{form}",
        )
    )


def rows_and_columns(base: Any, dataset: Dataset, form: str) -> dict[str, Any]:
    """Draw which rows and columns are used, and what the rows weigh."""
    left, right = st.columns(2)
    sample = left.number_input(
        say("ui.plan.sample"),
        FEWEST_ROWS,
        None,
        base.sample,
        placeholder=say("ui.plan.all_rows"),
        help=say("ui.plan.sample_help"),
        key=f"compare.sample.{form}",
    )
    taken = {base.target, base.group, base.time, *base.ignore}
    more = right.multiselect(
        say("ui.plan.ignore"),
        [column for column in dataset.columns if column not in taken],
        placeholder=say("ui.plan.none"),
        help=say("ui.plan.ignore_help"),
        key=f"compare.ignore.{form}",
    )
    settings: dict[str, Any] = {"sample": None if sample is None else int(sample), "ignore": [*base.ignore, *more]}
    if base.task.is_classification:
        is_balanced = left.checkbox(
            say("ui.plan.balanced"),
            base.class_weight == "balanced",
            help=say("ui.plan.balanced_help"),
            key=f"compare.balanced.{form}",
        )
        settings["class_weight"] = "balanced" if is_balanced else "none"
    return settings


def switches(base: Any, form: str) -> dict[str, Any]:
    """Draw every switch of the preparation; return what each is set to."""
    st.caption(say("ui.plan.switches_help"))
    known = [one for one in actions.plan_choices.switches(by=who()) if base.task.is_classification or not one.is_for_classes]
    chosen = {}
    # In pairs, so that on a narrow screen the order stays.
    for pair in (known[place : place + 2] for place in range(0, len(known), 2)):
        for side, one in zip(st.columns(2, vertical_alignment="bottom"), pair, strict=False):
            with side:
                chosen[one.name] = switch(one, getattr(base.switches, one.name), f"compare.switch.{one.name}.{form}")
    return chosen


def switch(one: Switch, value: Any, key: str) -> Any:
    """Draw one switch."""
    settings: dict[str, Any] = {"help": say(one.help), "key": key}
    blank = say("ui.plan.left_to_models" if one.is_left_to_models else "ui.plan.none")
    if one.kind == "choice":
        at = one.choices.index(value)
        return st.selectbox(say(one.title), one.choices, at, format_func=lambda name: say(one.choice(name)), **settings)
    if one.kind == "truth":
        return st.checkbox(say(one.title), value, **settings)
    if one.kind == "whole":
        assert one.low is not None
        assert one.high is not None
        return st.number_input(say(one.title), int(one.low), int(one.high), value, placeholder=blank, **settings)
    step = 1.0 if one.high is not None and one.high > 1 else 0.01
    # Streamlit takes numbers of one type only.
    low, high, value = (None if number is None else float(number) for number in (one.low, one.high, value))
    return st.number_input(say(one.title), low, high, value, step, SHARE, placeholder=blank, **settings)
