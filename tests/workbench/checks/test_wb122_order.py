"""WB122: the order of the rows tells the target."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.rows.order import OrderCarriesTarget

RANDOM = np.random.default_rng(6)


def context(y: object, **roles: str) -> Context:
    return Context(pl.DataFrame({"y": y}).with_row_index("x"), "y", **roles)  # type: ignore[arg-type]


def test_a_sorted_table_is_a_note_as_folds_shuffle_it() -> None:
    (found,) = OrderCarriesTarget().run(context(["a"] * 50 + ["b"] * 50))
    assert found.severity == "info"
    assert "sorted" in found.evidence.say("en")


def test_answers_that_come_in_clusters_are_a_warning() -> None:
    y = np.repeat(RANDOM.integers(0, 2, 200), 3)
    (found,) = OrderCarriesTarget().run(context(y))
    assert found.severity == "warning"
    assert found.facts["alike"] == pytest.approx(cohen_kappa_score(y[1:], y[:-1]), abs=0.01)


def test_a_number_that_wanders_is_a_warning_and_a_note_once_time_is_named() -> None:
    y = np.cumsum(RANDOM.normal(size=300)) + RANDOM.normal(scale=8, size=300)
    assert OrderCarriesTarget().run(context(y))[0].severity == "warning"  # type: ignore[index]
    assert OrderCarriesTarget().run(context(y, time="x"))[0].severity == "info"  # type: ignore[index]


@pytest.mark.parametrize("y", [RANDOM.integers(0, 3, 400), RANDOM.normal(size=400)])
def test_it_stays_quiet_about_shuffled_rows(y: np.ndarray) -> None:
    assert OrderCarriesTarget().run(context(y)) == []


def test_it_abstains_from_few_rows_and_one_answer() -> None:
    assert isinstance(OrderCarriesTarget().run(context([0, 1] * 5)), NotApplicable)
    assert isinstance(OrderCarriesTarget().run(context([1] * 100)), NotApplicable)
