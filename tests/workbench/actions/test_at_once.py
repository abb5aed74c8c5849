"""Comparisons at the same time: real children, each with the numbers it has alone, to the last bit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbench import actions, jobs
from workbench.actions import held
from workbench.principal import LOCAL
from workbench.settings import get_settings

pytestmark = pytest.mark.slow

PLANS: list[dict[str, Any]] = [
    {"models": ["lr", "dt", "lightgbm", "gbc"], "folds": 5, "name": "one", "event": "はい"},
    {"models": ["lr", "dt", "lightgbm", "gbc"], "folds": 5, "name": "two", "event": "いいえ", "seed": 7},
]


def start(plan: dict[str, Any], dataset: str) -> str:
    return actions.compare.start(plan, dataset_id=dataset, by=LOCAL)


def ended(run: str, seconds: float = 300) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = actions.compare.state(run, by=LOCAL)
        if state["job"].is_settled:
            assert state["job"].state == "finished", state["job"].error
            return state
        time.sleep(0.2)
    raise AssertionError(f"{run} is still going")


def numbers(run: str) -> Any:
    """Everything a comparison says that is not a time."""
    state = ended(run)
    names = ("model", "rank", "metrics", "metrics_std", "folds", "difference", "holdout", "tied_with_best")
    return [
        [{name: row[name] for name in names} for row in state["rows"]],
        state["recommended"],
        state["splits"],
        state["holdout"],
    ]


def times(run: str) -> list[str]:
    """The moments at which a comparison told of its folds."""
    return [event["at"] for event in jobs.events(held.store(), run) if event["kind"] == "fold"]


def were_at_once(one: str, other: str) -> bool:
    """Whether each had begun before the other ended."""
    return times(one)[0] < times(other)[-1] and times(other)[0] < times(one)[-1]


def test_two_at_once_equal_the_same_two_alone_bit_for_bit(bring: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_MAX_COMPARISONS", "2")
    get_settings.cache_clear()
    dataset = bring(1200)
    alone = []
    for plan in PLANS:
        run = start(plan, dataset)
        alone.append((run, numbers(run)))
    at_once = [start(plan, dataset) for plan in PLANS]
    assert [numbers(run) for run in at_once] == [found for _, found in alone]
    assert alone[0][1] != alone[1][1]
    assert were_at_once(*at_once)
    for run, (before, _) in zip(at_once, alone, strict=True):
        for model in PLANS[0]["models"]:
            one, two = actions.compare.oof(before, model, by=LOCAL), actions.compare.oof(run, model, by=LOCAL)
            for name in ("rows", "y", "prediction", "probabilities", "fold"):
                assert np.array_equal(getattr(one, name), getattr(two, name)), (model, name)
    # What each registered is what its own run was about.
    for run, plan in zip(at_once, PLANS, strict=True):
        state = actions.compare.state(run, by=LOCAL)
        known = actions.predict.predictor(state["registered"], by=LOCAL).bundle.manifest
        assert (known.name, known.event, known.plan["seed"]) == (plan["name"], plan["event"], plan.get("seed", 123))
