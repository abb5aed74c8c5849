"""The form of a comparison's plan, filled from a recipe or with what the columns' roles suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from workbench import actions
from workbench.errors import WorkbenchError
from workbench.ui import places, resources
from workbench.ui.language import say
from workbench.ui.people import who
from workbench.ui.plan import advanced, recipe_files, said
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.data import Dataset


def form(dataset: Dataset) -> dict[str, Any] | None:
    """Draw a comparison's plan, filled from a recipe or with what the columns' roles suggest; None until it is submitted."""
    recipe_files.draw(dataset)
    base, version = begun_with(dataset), recipe_files.form(dataset)
    assert base.task is not None
    assert base.sort is not None
    titles, metrics = actions.compare.candidates(base.task, by=who()), resources.metrics(base.task)
    target = Text("ui.plan.event", target=base.target, event=base.event) if base.event is not None else base.target
    st.markdown(say("ui.plan.goal", target=target, task=Text(f"ui.task.{base.task}"), rows=f"{dataset.rows:,}"))
    said.draw(dataset, actions.plan_said.of(dataset.id, base, by=who()))
    with st.form(f"compare.plan.{version}"):
        models = st.multiselect(
            say("ui.plan.models"), list(titles), [m for m in base.models if m in titles], format_func=lambda m: say(titles[m]),
            placeholder=say("ui.plan.default_models"), key=f"compare.models.{version}",
        )  # fmt: skip
        left, right = st.columns(2)
        sort = left.selectbox(
            say("ui.plan.sort"),
            metrics,
            metrics.index(base.sort),
            format_func=lambda m: say(f"metric.{m}.title"),
            key=f"compare.sort.{version}",
        )
        name = right.text_input(
            say("ui.plan.name"), base.name, max_chars=80, help=say("ui.plan.name_help"), key=f"compare.name.{version}"
        )
        settings: dict[str, Any] = {"preprocessing": advanced.preparation(base, version)}
        with st.expander(say("ui.plan.advanced")):
            settings |= plan_settings(base, version) | advanced.rows_and_columns(base, dataset, version)
        with st.expander(say("ui.plan.switches")):
            settings["switches"] = advanced.switches(base, version)
        submitted = st.form_submit_button(say("ui.plan.start"), type="primary", icon=":material/play_arrow:")
    chosen = {"models": models, "sort": sort, "name": name, **settings}
    return {**recipe_files.wishes(dataset), **chosen} if submitted else None


def begun_with(dataset: Dataset) -> Any:
    """Return the plan that the form begins with; where there can be none, lead to where the columns' roles are changed."""
    try:
        return recipe_files.base(dataset)
    except WorkbenchError:
        places.link("data", say("ui.plan.to_roles"), dataset=dataset.id)
        raise


def plan_settings(base: Any, dataset_id: str) -> dict[str, Any]:
    """Draw what most people leave as it is."""
    left, middle, right = st.columns(3)
    minutes = left.number_input(
        say("ui.plan.budget"),
        1,
        None,
        max(1, round(base.budget / 60)) if base.budget else None,
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
