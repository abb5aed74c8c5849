"""Quick refits: honest where a column knows the answer, and where rows are related."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from workbench.experiment.plan import Plan
from workbench.experiment.quick import Quick

ROWS, MICE = 600, 40


def table() -> pl.DataFrame:
    """Forty mice with fifteen rows each; what is measured tells the mouse, and the class is the mouse's."""
    chance = np.random.default_rng(5)
    mouse = np.repeat(np.arange(MICE), ROWS // MICE)
    tells = chance.normal(size=(MICE, 4))[mouse] + chance.normal(scale=0.05, size=(ROWS, 4))
    y = chance.integers(0, 2, MICE)[mouse]
    return pl.DataFrame(
        {f"x{i}": tells[:, i] for i in range(4)}
        | {"key": [f"m{m}_{i % 15}" for i, m in enumerate(mouse)], "y": y, "leak": y + chance.normal(scale=0.01, size=ROWS)}
    )


def plan(frame: pl.DataFrame, **wishes: object) -> Plan:
    return Plan.from_dict({"target": "y", "folds": 5, "ignore": ["leak"], **wishes}).checked(frame)


def test_a_random_split_is_optimistic_where_rows_are_related() -> None:
    frame = table()
    quick = Quick(frame, plan(frame, group="key", group_part={"part": "before", "separator": "_"}))
    random, advised = (quick.scores(how=how) for how in ("random", "advised"))  # type: ignore[arg-type]
    assert np.mean(random.folds) > 0.95
    assert np.mean(advised.folds) < 0.75


def test_without_the_column_that_knows_the_answer_the_score_falls() -> None:
    frame = table().with_columns(pl.col("x0").shuffle(seed=1), pl.col("x1").shuffle(seed=2)).drop("x2", "x3", "key")
    quick = Quick(frame, plan(frame, ignore=[]))
    assert np.mean(quick.scores().folds) > 0.99
    assert abs(np.mean(quick.scores(without=["leak"]).folds) - 0.5) < 0.15


def test_without_any_column_there_is_no_score() -> None:
    frame = table().select("leak", "y")
    found = Quick(frame, plan(frame, ignore=[])).scores(without=["leak"])
    assert set(found.folds) == {None}


def test_the_same_seed_gives_the_same_scores_and_every_fold_is_told() -> None:
    frame, told = table(), []
    first = Quick(frame, plan(frame)).scores(told=lambda: told.append(1))
    assert Quick(frame, plan(frame)).scores() == first
    assert len(told) == len(first.folds) == 5


@pytest.mark.parametrize("group", [None, "key"])
def test_a_large_table_is_thinned_by_chance_and_whole_groups(group: str | None) -> None:
    frame = table()
    part = {"part": "before", "separator": "_"} if group else None
    quick = Quick(frame, plan(frame, group=group, group_part=part), most_rows=200)
    assert 150 < quick.rows <= 200
    assert group is None or set(np.unique(quick.table.group, return_counts=True)[1]) == {15}
    assert quick.scores().rows == quick.rows


def test_every_row_is_predicted_by_models_that_have_not_seen_it() -> None:
    frame, told = table(), []
    frame = frame.with_columns(y=pl.when(pl.int_range(ROWS) < 50).then(None).otherwise(pl.col("y")))
    found = Quick(frame, plan(frame)).out_of_fold(told=lambda: told.append(1))
    assert found.rows.tolist() == list(range(50, ROWS)), "in the order of the table, those with a target"
    assert found.given.tolist() == frame["y"][50:].to_list()
    np.testing.assert_allclose(found.predicted.sum(axis=1), 1)
    assert len(told) == found.folds == 5
    assert sum(found.weights.values()) == pytest.approx(1)


def test_out_of_fold_a_group_is_never_known() -> None:
    frame = table()
    part = {"part": "before", "separator": "_"}
    alone = Quick(frame, plan(frame)).out_of_fold()
    grouped = Quick(frame, plan(frame, group="key", group_part=part)).out_of_fold()
    right = [float((one.predicted.argmax(axis=1) == one.given).mean()) for one in (alone, grouped)]
    assert grouped.is_grouped
    assert right[0] > right[1] + 0.1


def test_out_of_fold_numbers_come_back_as_numbers_and_samples_know_their_places() -> None:
    frame = table().with_columns(y=pl.col("x0") * 3)
    quick = Quick(frame, plan(frame, ignore=["leak", "key"]), most_rows=200)
    found = quick.out_of_fold()
    assert found.labels == []
    assert len(found.rows) == 200
    np.testing.assert_allclose(found.given, frame["y"].to_numpy()[found.rows])
    assert np.corrcoef(found.given, found.predicted)[0, 1] > 0.9
    space = quick.space(50)
    assert space.points.shape == (50, len(space.sources))
    assert set(space.rows) <= set(found.rows)
