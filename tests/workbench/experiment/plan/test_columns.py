"""A table without anything to learn from is refused in the plan already, with every column that is left out and why."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.errors import ExperimentError
from workbench.experiment.plan import Plan
from workbench.words import LANGUAGES

ROWS = 200
NOTHING = {
    "id": pl.Series([f"C{i:05}" for i in range(ROWS)]),
    "氏名": pl.Series([f"氏名 {i}" for i in range(ROWS)]),
    "空": pl.Series([None] * ROWS, dtype=pl.Float64),
    "無限": pl.Series([float("inf")] * ROWS),
    "国": pl.Series(["日本"] * ROWS),
    "組": pl.Series([f"{i % 40}" for i in range(ROWS)]),
    "除外": pl.Series(range(ROWS)),
    "y": pl.Series(["はい" if i % 3 else "いいえ" for i in range(ROWS)]),
}


def plan(**settings: object) -> Plan:
    return Plan.of({"target": "y", "group": "組", "ignore": ["除外"], "folds": 3, **settings}, pl.DataFrame(NOTHING))


def test_every_column_that_is_left_out_is_named_with_its_reason() -> None:
    with pytest.raises(ExperimentError) as told:
        plan()
    said = told.value.say("en")
    assert "id, 氏名 (free text or ids), 空, 無限 (blank in every row), 国 (the same value in every row)" in said
    assert "組 (says which rows belong together)" in said
    assert "除外 (left out by you or by the columns' roles)" in said
    assert "id、氏名(自由記述または ID)、空、無限(すべての行が空)" in told.value.say("ja")


def test_it_is_said_together_with_whatever_else_is_wrong() -> None:
    with pytest.raises(ExperimentError, match="3 settings cannot work") as told:
        plan(train_size=7, seed=-1)
    assert all(problem in str(told.value) for problem in ("train_size", "seed", "No column is left"))


@pytest.mark.parametrize("preprocessing", ["suited", "pycaret"])
def test_a_table_of_constants_has_nothing_to_learn_from_whoever_prepares_it(preprocessing: str) -> None:
    frame = pl.DataFrame({name: NOTHING[name] for name in ("国", "y")})
    with pytest.raises(ExperimentError, match=r"国 \(the same value in every row\)"):
        Plan.of({"target": "y", "folds": 3, "preprocessing": preprocessing}, frame)


def test_many_columns_of_one_reason_are_not_all_listed() -> None:
    frame = pl.DataFrame({**{f"c{i}": NOTHING["国"] for i in range(30)}, "y": NOTHING["y"]})
    with pytest.raises(ExperimentError) as told:
        Plan.of({"target": "y", "folds": 3}, frame)
    for lang in LANGUAGES:
        assert "c7" in told.value.say(lang)
        assert "c8" not in told.value.say(lang)


def test_one_column_that_can_be_learned_from_is_enough() -> None:
    frame = pl.DataFrame({**NOTHING, "x": pl.Series(range(ROWS))})
    assert Plan.of({"target": "y", "group": "組", "ignore": ["除外"], "folds": 3}, frame).task is not None
    alone = pl.DataFrame({"y": NOTHING["y"]})
    with pytest.raises(ExperimentError, match="the table has no other one"):
        Plan.of({"target": "y", "folds": 3}, alone)
