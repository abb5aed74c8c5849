"""Switches are read from plain names, and what cannot work is said, all of it at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from workbench.errors import ExperimentError
from workbench.experiment.plan import Plan
from workbench.experiment.plan.switches import BOUNDS, CHOICES, READERS, Switches

MakeTable = Callable[..., pl.DataFrame]


def test_switches_survive_json_and_text_as_a_command_line_gives_it() -> None:
    switches = Switches(scaling="robust", rare=0.01, most_one_hot=5, pca=0.9, low_variance=True)
    plan = Plan("y", switches=switches, sample=500, class_weight="balanced")
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan
    assert Switches.from_dict({"rare": "0.01", "pca": "3", "low_variance": "yes", "most_one_hot": "5"}) == Switches(
        rare=0.01, pca=3, low_variance=True, most_one_hot=5
    )
    assert Switches.from_dict({"rare": "none", "outliers": ""}) == Switches()


def test_a_plan_of_before_the_switches_is_still_read() -> None:
    old = {"target": "y", "models": ["lr"], "preprocessing": "suited", "seed": 1, "budget": None}
    assert Plan.from_dict(old).switches.is_default
    assert Plan.from_dict(old).class_weight == "none"


def test_only_what_differs_from_the_defaults_is_a_change() -> None:
    assert Switches().changed() == {}
    assert Switches(pca=3, forest="library").changed() == {"pca": 3, "forest": "library"}


def test_every_switch_has_a_reader_and_every_choice_a_default() -> None:
    assert set(READERS) == set(vars(Switches()))
    for name, known in CHOICES.items():
        assert getattr(Switches(), name) == known[0]
    assert all(getattr(Switches(), name) is None for name in BOUNDS)


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        ({"scale": "standard"}, "no switch 'scale'.*scaling"),
        ({"scaling": "knn"}, "'knn' is not a choice for switches.scaling. Available: suited, none, standard"),
        ({"numbers_missing": "iterative"}, "'iterative' is not a choice for switches.numbers_missing"),
        ({"rare": "many"}, "'many' cannot be used as switches.rare"),
        ({"rare": 0.9}, "switches.rare is 0.9; it must lie between"),
        ({"outliers": float("nan")}, "switches.outliers is nan"),
        ({"pca": 1.5}, r"\(pca\): 1.5 is neither a share below 1 nor a whole number"),
        ({"most_one_hot": 2.5}, "'2.5' cannot be used as switches.most_one_hot"),
        ({"low_variance": "perhaps"}, "'perhaps' cannot be used as switches.low_variance"),
    ],
)
def test_a_switch_that_cannot_work_is_one_clear_line(make_table: MakeTable, switches: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        Plan.of({"target": "解約", "switches": switches}, make_table(120))


def test_everything_that_is_wrong_is_said_at_once(make_table: MakeTable) -> None:
    wishes = {
        "target": "解約",
        "folds": "many",
        "sample": 3,
        "class_weight": "heavy",
        "ignore": ["年令"],
        "models": ["lgbm"],
        "switches": {"scaling": "big"},
    }
    with pytest.raises(ExperimentError) as caught:
        Plan.of(wishes, make_table(120))
    told = str(caught.value)
    assert told.startswith("6 settings cannot work.")
    for part in ("'many' cannot be used as folds", "sample is 3", "'heavy'", "年令", "no candidate 'lgbm'", "'big'"):
        assert part in told
    assert {field["field"] for field in caught.value.fields} >= {"folds", "class_weight", "switches.scaling"}


def test_what_needs_classes_is_refused_for_a_number(make_table: MakeTable) -> None:
    with pytest.raises(ExperimentError, match=r"2 settings cannot work.*imbalance works only.*class_weight works only"):
        Plan.of({"target": "売上", "class_weight": "balanced", "switches": {"imbalance": "smote"}}, make_table(120))


def test_a_sample_too_small_for_its_rarest_class_is_refused_before_anything_runs() -> None:
    frame = pl.DataFrame({"x": range(1000), "y": ["rare"] * 5 + ["often"] * 995})
    assert Plan.of({"target": "y", "folds": 3}, frame).task == "binary"
    with pytest.raises(ExperimentError, match="'rare' occurs in 0 rows"):
        Plan.of({"target": "y", "folds": 3, "sample": 100}, frame)
