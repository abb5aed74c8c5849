"""Two comparisons beside each other: paired where the folds are the same, else apart, and in what they differ."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.errors import ExperimentError
from workbench.evaluation.compare import apart_t, corrected_t
from workbench.evaluation.metrics import nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard.beside import Side, beside
from workbench.experiment.leaderboard.beside_said import Data, changes, data_said
from workbench.task import Task

FIRST, SECOND = [0.70, 0.72, 0.68, 0.74], [0.74, 0.77, 0.72, 0.79]
PLAN = {"target": "解約", "task": "binary", "event": "はい", "folds": 4, "models": ["lr"], "sort": "AUC", "seed": 123}
TABLE = Data("顧客.csv", "f1", "family", 400, ["年齢", "職業"], ())


def side(values: dict[str, list[float]], data: Data = TABLE, splits: str | None = "s", **plan: Any) -> Side:
    rows = [
        leaderboard.finished(model, Task.BINARY, [nothing(Task.BINARY) | {"AUC": value} for value in each], 1.0)
        for model, each in values.items()
    ]
    return Side(rows, PLAN | plan, data, splits, 1 / 3)


def test_on_the_same_folds_models_are_compared_fold_by_fold() -> None:
    two = beside(side({"lr": FIRST}), side({"lr": SECOND}), "AUC")
    assert two.is_paired
    assert two.lines[0].difference == corrected_t(SECOND, FIRST, test_share=1 / 3)
    assert two.lines[0].verdict == "better"
    assert "This run is better" in two.conclusion.say("en")
    assert "fold by fold" in two.why.say("en")
    assert "同じ 4 分割" in two.why.say("ja")


def test_an_error_that_fell_is_better() -> None:
    rows = [
        leaderboard.finished("lr", Task.REGRESSION, [nothing(Task.REGRESSION) | {"MAE": v * k} for v in FIRST], 1.0)
        for k in (1.0, 0.5)
    ]
    plan = PLAN | {"task": "regression", "event": None}
    a, b = (Side([row], plan, TABLE, "s", 1 / 3) for row in rows)
    assert beside(a, b, "MAE").lines[0].verdict == "better"


@pytest.mark.parametrize(
    ("data", "splits", "why"),
    [
        (TABLE, "other", "split the rows differently"),
        (TABLE, None, "does not say how its rows were split"),
        (Data("x.csv", "f2", "another", 400), "s", "saw different tables"),
        (Data("x.csv", "f2", "family", 399), "s", "saw different tables"),
    ],
)
def test_other_folds_are_not_paired_and_why_is_said(data: Data, splits: str | None, why: str) -> None:
    two = beside(side({"lr": FIRST}), side({"lr": SECOND}, data, splits), "AUC")
    assert not two.is_paired
    assert why in two.why.say("en")
    assert two.lines[0].difference == apart_t(SECOND, FIRST, test_share_a=1 / 3, test_share_b=1 / 3)


def test_a_repaired_version_of_the_table_has_the_same_rows_and_is_paired() -> None:
    repaired = Data("顧客.csv", "f2", "family", 400, ["年齢", "職業"], (("年齢", "missing"),))
    two = beside(side({"lr": FIRST}), side({"lr": SECOND}, repaired), "AUC")
    assert two.is_paired
    assert [text.say("en") for text in two.data][-1].startswith("Only in this run repaired: 年齢 (")


def test_a_model_of_one_run_only_has_no_difference() -> None:
    two = beside(side({"lr": FIRST, "dt": FIRST}), side({"lr": SECOND, "rf": SECOND}), "AUC")
    assert [(line.model, line.a is None, line.b is None, line.verdict) for line in two.lines[1:]] == [
        ("dt", False, True, None),
        ("rf", True, False, None),
    ]


def test_runs_that_predict_something_else_are_refused() -> None:
    with pytest.raises(ExperimentError, match="do not predict the same thing"):
        beside(side({"lr": FIRST}), side({"lr": SECOND}, target="売上"), "AUC")
    with pytest.raises(ExperimentError, match="no model has a score"):
        beside(side({"lr": FIRST}), side({}), "AUC")


def test_settings_that_differ_are_said_and_names_and_budgets_are_not() -> None:
    a = PLAN | {"name": "a", "budget": 5, "switches": {"scaling": "suited", "pca": None}}
    b = PLAN | {"name": "b", "budget": 9, "switches": {"scaling": "robust", "pca": 0.9}, "class_weight": "balanced"}
    found = {change.name: change.text for change in changes(a, b)}
    assert set(found) == {"scaling", "pca", "class_weight"}
    assert found["scaling"].say("en") == ("Scaling: what suits each model in the other run, median and quartiles in this one.")
    assert found["class_weight"].say("ja") == "クラスの重み: もう一方はなし、この実行は均等。"


def test_a_plan_from_before_the_switches_differs_in_nothing() -> None:
    assert changes(PLAN, PLAN | {"switches": {"scaling": "suited"}, "class_weight": "none", "sample": None}) == []


def test_tables_that_differ_are_said_in_words() -> None:
    other = Data("新.csv", "f9", "else", 500, ["年齢", "収入"], (("収入", "thousands"),))
    said = [text.say("en") for text in data_said(TABLE, other)]
    assert said[0] == "The tables are different: '顧客.csv' and '新.csv'."
    assert said[1] == "The other run saw 400 rows, this one 500."
    assert said[2:4] == ["Only the other run learned from: 職業.", "Only this run learned from: 収入."]
    assert data_said(TABLE, TABLE) == []
    assert all(text.say("ja") for text in data_said(TABLE, other))


def test_a_run_that_was_repeated_is_the_same_on_every_fold() -> None:
    two = beside(side({"lr": FIRST}), side({"lr": FIRST}), "AUC")
    assert [line.verdict for line in two.lines] == ["equal"]
    assert "On every fold" in two.conclusion.say("en")
