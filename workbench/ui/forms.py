"""The forms that are more than one widget: how to read a file, the columns' roles, a comparison's plan, a batch's output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.ui import grids, resources
from workbench.ui.language import say
from workbench.ui.people import who
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset, Roles

AUTO = "auto"
ENCODINGS = (AUTO, "utf-8", "cp932", "euc_jp", "cp1252")
FORMATS = ("xlsx", "csv", "parquet")
MOST_REASONS = 10


def reading() -> dict[str, Any]:
    """Draw how a file is to be read, and return what differs from finding it out."""
    with st.expander(say("ui.reading.label")):
        left, middle, right = st.columns(3)
        encoding = left.selectbox(say("ui.reading.encoding"), ENCODINGS, format_func=encoding_name, key="data.encoding")
        header = middle.number_input(
            say("ui.reading.header"),
            0,
            50,
            None,
            placeholder=say("ui.reading.auto"),
            help=say("ui.reading.header_help"),
            key="data.header",
        )
        sheet = right.text_input(say("ui.reading.sheet"), placeholder=say("ui.reading.first_sheet"), key="data.sheet")
    return {"encoding": None if encoding == AUTO else encoding, "header": header, "sheet": sheet or None}


def encoding_name(encoding: str) -> str:
    """Return an encoding as a person knows it."""
    return say("ui.reading.auto") if encoding == AUTO else encoding


def roles(dataset: Dataset) -> Roles | None:
    """Draw the roles of the columns; None until they are submitted."""
    now, names, key = dataset.roles, [None, *dataset.columns], f"data.roles.{dataset.id}"
    target = st.selectbox(
        say("ui.roles.target"),
        names,
        index=names.index(now.target),
        format_func=column_name,
        help=say("ui.roles.target_help"),
        key=f"{key}.target",
    )
    with st.form(key, border=False):
        left, middle, right = st.columns(3)
        with left:
            event = event_of(dataset, target, key)
        group = middle.selectbox(
            say("ui.roles.group"),
            names,
            index=names.index(now.group),
            format_func=column_name,
            help=say("ui.roles.group_help"),
            key=f"{key}.group",
        )
        time = right.selectbox(
            say("ui.roles.time"),
            names,
            index=names.index(now.time),
            format_func=column_name,
            help=say("ui.roles.time_help"),
            key=f"{key}.time",
        )
        used = column_uses(dataset, key)
        submitted = st.form_submit_button(say("ui.roles.save"), type="primary", icon=":material/save:")
    if not submitted:
        return None
    return type(now)(target=target, event=event if target else None, group=group, time=time, **used)


def column_name(name: str | None) -> str:
    """Return a column, or the choice of none."""
    return say("ui.none") if name is None else name


def event_of(dataset: Dataset, target: str | None, key: str) -> str | None:
    """Draw which label of a two-class target counts as the event."""
    labels = resources.two_labels(dataset, target)
    if not labels:
        st.selectbox(
            say("ui.roles.event"),
            [say("ui.roles.no_event")],
            disabled=True,
            help=say("ui.roles.event_help"),
            key=f"{key}.no_event",
        )
        return None
    now = dataset.roles.event if target == dataset.roles.target else None
    return st.selectbox(
        say("ui.roles.event"),
        labels,
        index=labels.index(now) if now in labels else len(labels) - 1,
        help=say("ui.roles.event_help"),
        key=f"{key}.event.{target}",
    )


def column_uses(dataset: Dataset, key: str) -> dict[str, tuple[str, ...]]:
    """Draw one line for each column: is it used, is it known when predicting; return the exceptions."""
    now = dataset.roles
    edited: Any = st.data_editor(
        {
            "column": list(dataset.columns),
            "kind": [say(f"profile.kind.{dataset.kinds[name]}") for name in dataset.columns],
            "used": [name not in now.exclude for name in dataset.columns],
            "known": [name not in now.unknown_at_prediction for name in dataset.columns],
        },
        column_config={
            "column": grids.words("ui.column.name", pinned=True),
            "kind": grids.words("ui.column.kind"),
            "used": grids.flag("ui.roles.used", help=say("ui.roles.used_help")),
            "known": grids.flag("ui.roles.known", help=say("ui.roles.known_help")),
        },
        disabled=["column", "kind"],
        hide_index=True,
        height=min(38 + 35 * len(dataset.columns), 400),
        key=f"{key}.columns",
    )
    names = list(edited["column"])
    return {
        "exclude": tuple(name for name, used in zip(names, edited["used"], strict=True) if not used),
        "unknown_at_prediction": tuple(name for name, known in zip(names, edited["known"], strict=True) if not known),
    }


def plan(dataset: Dataset) -> dict[str, Any] | None:
    """Draw a comparison's plan, filled with the defaults of the columns' roles; None until it is submitted."""
    base = actions.compare.defaults(dataset.id, by=who())
    assert base.task is not None
    assert base.sort is not None
    titles, metrics = actions.compare.candidates(base.task, by=who()), resources.metrics(base.task)
    target = Text("ui.plan.event", target=base.target, event=base.event) if base.event is not None else base.target
    st.markdown(say("ui.plan.goal", target=target, task=Text(f"ui.task.{base.task}"), rows=f"{dataset.rows:,}"))
    with st.form(f"compare.plan.{dataset.id}"):
        models = st.multiselect(
            say("ui.plan.models"), list(titles), [m for m in base.models if m in titles], format_func=lambda m: say(titles[m]),
            placeholder=say("ui.plan.default_models"), key=f"compare.models.{dataset.id}",
        )  # fmt: skip
        left, right = st.columns(2)
        sort = left.selectbox(
            say("ui.plan.sort"),
            metrics,
            metrics.index(base.sort),
            format_func=lambda m: say(f"metric.{m}.title"),
            key=f"compare.sort.{dataset.id}",
        )
        name = right.text_input(
            say("ui.plan.name"), base.name, max_chars=80, help=say("ui.plan.name_help"), key=f"compare.name.{dataset.id}"
        )
        with st.expander(say("ui.plan.advanced")):
            settings = plan_settings(base, dataset.id)
        submitted = st.form_submit_button(say("ui.plan.start"), type="primary", icon=":material/play_arrow:")
    return {"models": models, "sort": sort, "name": name, **settings} if submitted else None


def plan_settings(base: Any, dataset_id: str) -> dict[str, Any]:
    """Draw what most people leave as it is."""
    left, middle, right = st.columns(3)
    minutes = left.number_input(
        say("ui.plan.budget"),
        1,
        None,
        int(base.budget / 60) if base.budget else None,
        placeholder=say("ui.plan.no_budget"),
        key=f"compare.budget.{dataset_id}",
    )
    return {
        "folds": int(
            middle.number_input(
                say("ui.plan.folds"), 2, 50, base.folds, help=say("ui.plan.folds_help"), key=f"compare.folds.{dataset_id}"
            )
        ),
        "train_size": right.number_input(
            say("ui.plan.train_size"),
            0.1,
            0.95,
            base.train_size,
            0.05,
            help=say("ui.plan.train_size_help"),
            key=f"compare.train_size.{dataset_id}",
        ),
        "seed": int(
            left.number_input(
                say("ui.plan.seed"), 0, 2**31 - 1, base.seed, help=say("ui.plan.seed_help"), key=f"compare.seed.{dataset_id}"
            )
        ),
        "budget": minutes * 60.0 if minutes else None,
    }


def batch(source_is_ready: bool) -> dict[str, Any] | None:
    """Draw how the scored file is to look; None until it is submitted."""
    with st.form("predict.file", border=False):
        left, right = st.columns(2)
        out = left.selectbox(
            say("ui.batch.format"), FORMATS, format_func=lambda name: say(f"ui.batch.{name}"), key="predict.format"
        )
        reasons = right.number_input(
            say("ui.batch.reasons"), 0, MOST_REASONS, 3, help=say("ui.batch.reasons_help"), key="predict.reasons"
        )
        submitted = st.form_submit_button(
            say("ui.batch.start"), type="primary", icon=":material/play_arrow:", disabled=not source_is_ready
        )
    return {"out": out, "reasons": int(reasons)} if submitted else None
