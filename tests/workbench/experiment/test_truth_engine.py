"""The honest score by the real engine: noise is worth nothing, groups stay together, and the hold-out is seen once."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench.evaluation.compare import interval
from workbench.experiment import engine
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan

pytestmark = pytest.mark.slow


def compared(frame: pl.DataFrame, **settings: Any) -> Comparison:
    plan = Plan("y", **{"models": ("nb", "dt", "lightgbm"), "folds": 5, **settings})
    return engine.compare(frame, plan, emit=lambda kind, **fields: None)


def mice(subjects: int = 30, each: int = 12) -> pl.DataFrame:
    """Rows of a subject resemble each other, as repeated measurements of a mouse do; its label has nothing to do with them."""
    random = np.random.default_rng(11)
    own = random.normal(size=(subjects, 8)).repeat(each, axis=0)
    rows = own + 0.05 * random.normal(size=own.shape)
    label = random.permutation(np.arange(subjects) % 2).repeat(each)
    ids = [f"M{i:02d}" for i in range(subjects) for _ in range(each)]
    return pl.DataFrame(
        {f"p{i}": rows[:, i] for i in range(8)} | {"mouse": ids, "y": np.where(label == 1, "treated", "control")}
    )


def test_random_noise_scores_a_half_within_its_interval() -> None:
    random = np.random.default_rng(4)
    noise = pl.DataFrame(
        {f"x{i}": random.normal(size=600) for i in range(5)}
        | {"c": random.choice(["a", "b", "c"], 600), "y": random.choice(["no", "yes"], 600)}
    )
    found = compared(noise)
    assert found.test_share is not None
    for row in found.leaderboard:
        score = interval([fold["AUC"] for fold in row["folds"]], test_share=found.test_share)
        assert score is not None
        assert score.low < 0.5 < score.high, (row["model"], score)
    assert found.baseline["metrics"]["AUC"] == 0.5


def test_rows_of_one_mouse_are_never_on_both_sides_and_the_score_is_the_honest_one() -> None:
    frame = mice()
    at_random, by_mouse = compared(frame, ignore=("mouse",)), compared(frame, group="mouse")
    assert at_random.leaderboard[0]["metrics"]["AUC"] > 0.95
    assert by_mouse.test_share is not None
    for row in by_mouse.leaderboard:
        score = interval([fold["AUC"] for fold in row["folds"]], test_share=by_mouse.test_share)
        assert score is not None
        assert score.low < 0.5 < score.high, (row["model"], score)
    table, splits = engine.splits(frame, Plan("y", folds=5, group="mouse"))
    assert table.group is not None
    for train, judged in (*splits.folds, (splits.train, splits.test)):
        assert not set(table.group[train]) & set(table.group[judged])
    assert "mouse" not in by_mouse.features


@pytest.mark.parametrize("settings", [{}, {"group": "mouse"}], ids=["at random", "by group"])
def test_nothing_of_the_hold_out_reaches_the_folds(settings: dict[str, Any]) -> None:
    frame = mice() if settings else mice().drop("mouse")
    plan = Plan("y", folds=3, models=("nb", "dt"), **settings)
    _, splits = engine.splits(frame, plan)
    assert not set(splits.test) & {row for part in splits.folds for rows in part for row in rows}
    assert sorted((*splits.train, *splits.test)) == list(range(frame.height))
    # Whatever stands in the hold-out's rows, the folds say the same to the last bit, and the hold-out does not.
    is_test = pl.Series(np.isin(np.arange(frame.height), splits.test))
    names = [f"p{i}" for i in range(8)]
    spoiled = frame.with_columns(pl.when(is_test).then(1e6 * (1 + pl.col(n))).otherwise(pl.col(n)).alias(n) for n in names)
    one, two = (compared(each, models=plan.models, folds=3, **settings) for each in (frame, spoiled))
    assert {row["model"]: row["folds"] for row in one.leaderboard} == {row["model"]: row["folds"] for row in two.leaderboard}
    assert one.fitted is not None
    assert two.fitted is not None
    assert one.fitted.holdout != two.fitted.holdout
