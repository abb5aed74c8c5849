"""A plan says how every model it compares gets its columns, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from workbench.actions import plan_choices, plan_said
from workbench.experiment.plan import Plan
from workbench.experiment.plan.switches import BOUNDS, Switches
from workbench.principal import LOCAL
from workbench.words import LANGUAGES


@pytest.fixture
def said(make_table: Callable[..., pl.DataFrame]) -> Callable[..., list[str]]:
    """What a plan says in English about a table of so many rows."""

    def of(rows: int = 5_000, **settings: Any) -> list[str]:
        plan = Plan("解約", **settings).checked(make_table(200))
        return [text.say("en") for text in plan_said.prepared(plan, rows)]

    return of


def test_only_families_that_are_compared_are_described(said: Callable[..., list[str]]) -> None:
    assert [text.split(":")[0] for text in said(models=("lr", "lightgbm"))] == [
        "Linear, distance and support vector models, discriminant analysis, Bayes and neural networks",
        "LightGBM, XGBoost and CatBoost",
    ]


def test_the_forest_s_leaves_are_said_where_they_are_so(said: Callable[..., list[str]]) -> None:
    assert any("leaves of ten" in text for text in said(models=("rf",)))
    assert not any("leaves of ten" in text for text in said(200, models=("rf",)))
    assert not any("leaves of ten" in text for text in said(models=("rf",), switches=Switches(forest="library"))[:-1])
    assert not any("leaves of ten" in text for text in said(models=("rf",), preprocessing="pycaret"))


def test_what_was_switched_is_said(said: Callable[..., list[str]]) -> None:
    switches = Switches(scaling="robust", rare=0.01, low_variance=True)
    found = said(models=("lr",), preprocessing="pycaret", switches=switches, class_weight="balanced")
    assert found[0].startswith("All models: PyCaret's own preparation.")
    assert sorted(found[1:]) == [
        "Every class counts the same in training.",
        "Leave out columns that hardly vary: yes",
        "Rare below a share of: 0.01",
        "Scaling of numbers: by median and quartiles",
    ]


def test_every_switch_has_its_words_and_says_why_three_ways_of_filling_are_missing() -> None:
    for one in plan_choices.switches(by=LOCAL):
        for lang in LANGUAGES:
            assert one.title.say(lang)
            assert one.help.say(lang)
            assert all(one.choice(value).say(lang) for value in one.choices)
        assert (one.low, one.high) == BOUNDS.get(one.name, (None, None))
    missing = plan_choices.switch("numbers_missing").help
    assert "the most similar rows" in missing.say("en")
    assert "似た行" in missing.say("ja")
