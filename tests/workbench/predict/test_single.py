"""The short way of one row and the long one agree on everything the short one takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.predict import Predictor
from workbench.predict.single import SingleRow

Predictors = Callable[..., Predictor]

NUMBERS = st.none() | st.integers(-(2**60), 2**60) | st.floats() | st.sampled_from(["3", "abc", True])
LABELS = st.none() | st.sampled_from(["会社員", "学生", "?", "", " 学生", 5, True, '京都府 "洛中" [北]'])
DATES = st.none() | st.dates().map(str) | st.sampled_from(["2021-02-30", "2021/03/01", "2021-03-01T10:00", 20210301])
BOOLEANS = st.none() | st.booleans() | st.sampled_from(["true", 1, 0, "はい"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.fixed_dictionaries(
        {"年齢": NUMBERS, "収入": NUMBERS, "職業": LABELS, "都道府県": LABELS, "登録日": DATES, "会員": BOOLEANS}
    )
)
def test_both_ways_read_a_row_alike(row: dict[str, Any], make_predictor: Predictors) -> None:
    signature = make_predictor().signature
    plain = SingleRow(signature).read(row)
    if plain is None:
        return
    values, doubtful = plain
    long = signature.conform(signature.from_rows([row]))
    assert long.wrong == ()
    assert values == long.frame.row(0, named=True)
    assert SingleRow(signature).frame(values).equals(long.frame)
    assert [p for f in doubtful for p in f.problems()] == long.warnings


def test_a_value_that_could_be_read_in_two_ways_takes_the_long_way(make_predictor: Predictors) -> None:
    reader = SingleRow(make_predictor().signature)
    assert reader.read({"年齢": "40"}) is None
    assert reader.read({"年齢": True}) is None
    assert reader.read({"職業": 5}) is None
    assert reader.read({"登録日": "2021/03/01"}) is None


def test_a_row_of_the_right_kinds_takes_the_short_way(
    make_predictor: Predictors, customers: Callable[[int, int], pl.DataFrame]
) -> None:
    row = customers(1, 3).with_columns(pl.col("登録日").cast(pl.String)).to_dicts()[0]
    assert SingleRow(make_predictor().signature).read(row) is not None


def test_reading_a_date_that_is_none_is_left_to_the_long_way(make_predictor: Predictors) -> None:
    assert SingleRow(make_predictor().signature).read({"登録日": "2021-02-30"}) is None


@pytest.mark.parametrize("reasons", [0, 2])
def test_the_predictor_gives_the_same_answer_either_way(
    reasons: int, make_predictor: Predictors, customers: Callable[[int, int], pl.DataFrame]
) -> None:
    predictor = make_predictor("lightgbm")
    row = customers(1, 3).with_columns(pl.col("登録日").cast(pl.String)).to_dicts()[0]
    assert predictor.rows([row], reasons=reasons) == predictor.rows([row | {"収入": str(row["収入"])}], reasons=reasons)
