"""One candidate of a comparison that is over: the same hold-out score, and a model of every row to hand over."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench.bundle.replay import Replay
from workbench.errors import ExperimentError
from workbench.experiment import engine
from workbench.experiment.engine import alone
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan

pytestmark = pytest.mark.slow  # PyCaret is imported


def told(kind: str, **fields: Any) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    random = np.random.default_rng(3)
    x = random.normal(size=(400, 3))
    pull = x[:, 0] - x[:, 1] + random.normal(size=400)
    return pl.DataFrame({f"x{i}": x[:, i] for i in range(3)} | {"y": np.where(pull > 0, "yes", "no")})


@pytest.fixture(scope="module")
def compared(frame: pl.DataFrame) -> Comparison:
    return engine.compare(frame, Plan("y", models=("lr", "dt"), folds=2, name="kept", sample=300), emit=told)


def test_the_best_scores_on_the_hold_out_what_it_scored_in_the_comparison(frame: pl.DataFrame, compared: Comparison) -> None:
    assert compared.fitted is not None
    assert compared.best == "lr"
    assert alone.judged(frame, compared.plan, "lr") == compared.fitted.holdout


def test_any_row_is_judged_on_the_same_rows(frame: pl.DataFrame, compared: Comparison) -> None:
    found = alone.judged(frame, compared.plan, "dt")
    assert 0 < found["AUC"] < compared.fitted.holdout["AUC"]  # type: ignore[index,operator,union-attr]


def test_a_row_that_is_not_the_best_is_handed_over_with_its_own_scores(frame: pl.DataFrame, compared: Comparison) -> None:
    row = next(row for row in compared.leaderboard if row["model"] == "dt")
    made = alone.handed_over(frame, compared.plan, row, "chosen")
    assert made.fitted is not None
    assert (made.plan.name, made.best, made.fitted.estimator) == ("chosen", "dt", "dt")
    assert made.fitted.metrics == row["metrics"]
    assert made.fitted.folds == row["folds"]
    assert made.fitted.holdout == alone.judged(frame, compared.plan, "dt")
    assert made.splits == compared.splits
    assert made.rows == compared.rows == 300
    outputs = Replay(made.fitted.program, made.fitted.model, task=made.fitted.task, labels=made.fitted.labels).outputs(
        frame.select(made.features)
    )
    assert set(outputs.prediction) <= {"yes", "no"}


def test_what_cannot_be_fitted_is_a_sentence(
    frame: pl.DataFrame, compared: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, model: str) -> None:
        raise RuntimeError("no such leaf")

    monkeypatch.setattr(engine.Comparer, "judged", broken)
    with pytest.raises(ExperimentError, match=r"could not be judged on the hold-out\. .*no such leaf"):
        alone.judged(frame, compared.plan, "dt")
