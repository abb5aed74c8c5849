"""The table of a comparison: rows with a target, columns worth learning from."""

from __future__ import annotations

import math
from collections.abc import Callable

import polars as pl
import pytest

from workbench.errors import ExperimentError
from workbench.experiment.plan import Plan
from workbench.experiment.table import table_of
from workbench.words import Text


def test_rows_without_a_target_are_counted_and_set_aside(make_table: Callable[..., pl.DataFrame]) -> None:
    frame = make_table(200).with_columns(pl.when(pl.int_range(200) < 7).then(None).otherwise(pl.col("解約")).alias("解約"))
    table = table_of(frame, Plan("解約").checked(frame))
    assert table.set_aside == 7
    assert len(table.y) == table.features.height == 193


def test_the_event_is_1_and_last_whatever_its_sort_order(make_table: Callable[..., pl.DataFrame]) -> None:
    frame = make_table(100)
    for event, other in (("はい", "いいえ"), ("いいえ", "はい")):
        table = table_of(frame, Plan("解約", event=event).checked(frame))
        assert table.labels == [other, event]
        assert table.event == event
        assert table.y.tolist() == (frame["解約"] == event).cast(pl.Int64).to_list()


def test_columns_that_teach_nothing_are_left_out_with_the_reason(make_table: Callable[..., pl.DataFrame]) -> None:
    frame = make_table(200).with_columns(pl.lit(None, pl.Float64).alias("空"), pl.lit("同じ").alias("定数"))
    # groups one after the other in time, or no row would be left to train on
    frame = frame.with_columns((pl.int_range(200) // 10).cast(pl.String).alias("都道府県"), pl.col("登録日").sort())
    plan = Plan("解約", group="都道府県", time="登録日", ignore=("売上",), folds=2).checked(frame)
    table = table_of(frame, plan)
    reasons = {one["column"]: Text.from_dict(one["reason"]).key.rsplit(".", 1)[1] for one in table.excluded}
    assert reasons == {"顧客番号": "text", "空": "blank", "定数": "constant", "都道府県": "group", "登録日": "time"}
    assert table.features.columns == ["年齢", "収入", "職業", "会員", "ランク"]


def test_numbers_that_are_none_are_blanks() -> None:
    frame = pl.DataFrame({"t": ["a", "b"] * 40, "x": [math.inf, math.nan, 1.0, 2.0] * 20, "bad": [math.nan] * 80})
    table = table_of(frame, Plan("t").checked(frame))
    assert table.features["x"].null_count() == 40
    assert [one["column"] for one in table.excluded] == ["bad"]


def test_a_table_with_nothing_to_learn_from_is_refused() -> None:
    frame = pl.DataFrame({"t": ["a", "b"] * 40, "x": [1] * 80})
    with pytest.raises(ExperimentError, match="No column is left to learn 't' from"):
        table_of(frame, Plan("t").checked(frame))
