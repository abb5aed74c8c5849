"""A plan is filled from its table, and what cannot work is said before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from workbench.errors import ColumnNotFound, ExperimentError
from workbench.experiment.candidates import default_models
from workbench.experiment.plan import Plan
from workbench.task import Task

MakeTable = Callable[..., pl.DataFrame]


def test_what_is_not_said_is_filled_from_the_target(make_table: MakeTable) -> None:
    plan = Plan("解約").checked(make_table(200))
    assert (plan.task, plan.event, plan.sort) == (Task.BINARY, "はい" if "はい" > "いいえ" else "いいえ", "AUC")
    assert plan.models == default_models(Task.BINARY)
    assert Plan("売上").checked(make_table(200)).sort == "R2"
    assert Plan("ランク").checked(make_table(200)).task is Task.MULTICLASS


def test_a_plan_survives_json(make_table: MakeTable) -> None:
    plan = Plan("解約", models=("lr", "dt"), ignore=("売上",), folds=3, budget=5.0).checked(make_table(200))
    assert Plan.from_dict(plan.to_dict()) == plan


def test_unknown_target_names_the_closest_column(make_table: MakeTable) -> None:
    with pytest.raises(ColumnNotFound, match=r"Column '解約率' is not in the table\. Closest names: 解約"):
        Plan("解約率").checked(make_table(100))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"preprocessing": "neighbours"}, "'neighbours' is not a choice for preprocessing. Available: suited, pycaret"),
        ({"models": ("lgbm",)}, "no candidate 'lgbm'.*lightgbm"),
        ({"sort": "R2"}, "no metric 'R2' for this task. Available: Accuracy, AUC"),
        ({"folds": 1}, "folds is 1; it must lie between 2 and 50"),
        ({"train_size": float("nan")}, "train_size is nan"),
        ({"budget": 0.0}, "more than 0"),
        ({"event": "解約"}, "'解約' is not a label of the target '解約'. Its labels: いいえ, はい|はい, いいえ"),
        ({"task": Task.REGRESSION}, "'解約' is not a number"),
        ({"ignore": ("解約",)}, "'解約' is the target"),
        ({"group": "会員"}, "'会員' has 2 different values, too few for 10 folds"),
        ({"time": "職業"}, "'職業' is neither a date nor a number"),
        ({"time": "年齢"}, "rows have no value in '年齢'"),
        ({"folds": 50}, "50 folds need at least 143"),
    ],
)
def test_a_setting_that_cannot_work_is_one_clear_line(make_table: MakeTable, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        Plan("解約", **settings).checked(make_table(120))


def over_time(day: list[int], y: list[object], shop: list[int] | None = None) -> pl.DataFrame:
    """A table with a moment, a target and a shop for each row."""
    return pl.DataFrame({"day": day, "y": y, "shop": shop or list(range(len(day))), "x": range(len(day))})


@pytest.mark.parametrize(
    ("frame", "settings", "sentence"),
    [
        # Every shop is open to the last day: without the shops of the hold-out no row is left.
        (
            over_time(list(range(600)), [i % 7 for i in range(600)], [i % 30 for i in range(600)]),
            {"group": "shop"},
            "the time, not both",
        ),
        (
            over_time([0] * 580 + list(range(1, 21)), [i / 7 for i in range(600)]),
            {},
            "Nearly all rows stand at one moment of 'day'",
        ),
        (
            over_time([i // 140 if i < 560 else i for i in range(600)], [i / 7 for i in range(600)]),
            {},
            "cut into [23] folds, not 10",
        ),
        (
            over_time(list(range(600)), ["no"] * 200 + ["no", "yes"] * 200),
            {},
            "The earliest rows by 'day' all have the same value of 'y'",
        ),
    ],
)
def test_a_split_over_time_without_rows_to_learn_from_is_refused_before_it_runs(
    frame: pl.DataFrame, settings: dict[str, Any], sentence: str
) -> None:
    task = Task.BINARY if frame["y"].dtype == pl.String else Task.REGRESSION
    with pytest.raises(ExperimentError, match=sentence):
        Plan("y", task=task, time="day", **settings).checked(frame)


@pytest.mark.parametrize(
    ("values", "task", "sentence"),
    [
        ([None] * 60, None, "blank in every row"),
        (["a"] * 60, None, "only one value"),
        (["a", "b", "c"] * 20, Task.BINARY, "has 3 different values"),
        ([f"id {i}" for i in range(300)], None, "300 different labels.*not written as numbers"),
        (["a"] * 59 + ["b"], None, "label 'b' occurs in 1 rows; at least 3 are needed"),
        ([str(i % 10) for i in range(40)], None, "Even the most frequent label '.' occurs in only 4 rows"),
        (["a", "b"] * 5, None, "10 rows have a target; 10 folds need at least 29"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(values: list[Any], task: Task | None, sentence: str) -> None:
    frame = pl.DataFrame({"t": values, "x": range(len(values))}, schema_overrides={"t": pl.String})
    with pytest.raises(ExperimentError, match=sentence):
        Plan("t", task=task).checked(frame)


def test_a_date_is_no_target(make_table: MakeTable) -> None:
    with pytest.raises(ExperimentError, match="'登録日' is a date"):
        Plan("登録日").checked(make_table(100))


def test_the_event_may_be_written_in_other_case_and_for_booleans_and_numbers() -> None:
    frame = pl.DataFrame({"t": [True, False] * 40, "n": [0.0, 1.0] * 40, "x": range(80)})
    assert Plan("t", event="True").checked(frame).event == "true"
    assert Plan("n", event="0").checked(frame).event == "0"
    assert Plan("n").checked(frame).event == "1"


def test_an_event_of_several_classes_is_refused(make_table: MakeTable) -> None:
    with pytest.raises(ExperimentError, match="event '低' can be named only"):
        Plan("ランク", event="低").checked(make_table(100))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"target": "t", "fold": 3}, "no setting 'fold'.*folds"),
        ({"target": "t", "folds": "many"}, "'many' cannot be used as folds"),
        ({"target": "t", "task": "clustering"}, "'clustering' cannot be used as task"),
        ({"folds": 3}, "needs a target"),
    ],
)
def test_plain_data_that_is_no_plan_is_refused(data: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        Plan.from_dict(data)


def test_the_metric_may_be_written_in_other_case(make_table: MakeTable) -> None:
    assert Plan("解約", sort="prec").checked(make_table(100)).sort == "Prec."


def test_a_part_needs_a_group_and_a_separator_that_its_values_hold() -> None:
    frame = pl.DataFrame({"key": [f"m{i // 4}_{i % 4}" for i in range(80)], "x": range(80), "y": [i % 2 for i in range(80)]})
    part = {"part": "before", "separator": "_"}
    plan = Plan.from_dict({"target": "y", "folds": 3, "group": "key", "group_part": part}).checked(frame)
    assert plan.group_part == part
    with pytest.raises(ExperimentError, match="A part of the group was named, but no group"):
        Plan.from_dict({"target": "y", "folds": 3, "group_part": part}).checked(frame)
    wrong = {"target": "y", "folds": 3, "group": "key", "group_part": {"part": "after", "separator": "#"}}
    with pytest.raises(ExperimentError, match=r"holds the separator “#”, so no part of it names a group\. An example: m0_0"):
        Plan.from_dict(wrong).checked(frame)
