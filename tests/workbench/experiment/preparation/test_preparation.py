"""The preparation of each family, fitted as a program and followed by the bundle's replay."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from sklearn.preprocessing import StandardScaler

from workbench.bundle.preparation import check_program
from workbench.bundle.replay import prepare
from workbench.data.kinds import kinds_of
from workbench.experiment import preparation
from workbench.experiment.candidates import Family

FAMILIES: tuple[Family, ...] = ("linear", "tree", "native")


def fitted(family: Family, frame: pl.DataFrame) -> dict:
    return preparation.fit(family, frame, kinds_of(frame))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_program_is_json_that_the_bundle_accepts(family: Family, make_table: Callable[..., pl.DataFrame]) -> None:
    frame = make_table(200).drop("顧客番号")
    program = fitted(family, frame)
    assert check_program(json.loads(json.dumps(program, allow_nan=False))) == program
    matrix = prepare(program, frame)
    assert np.isfinite(matrix).all() or family == "native"
    assert matrix.dtype == ("float32" if family == "tree" else "float64")


def test_linear_numbers_are_filled_scaled_and_flagged() -> None:
    frame = pl.DataFrame({"x": [1.0, None, 3.0, 8.0]})
    matrix = prepare(fitted("linear", frame), frame)
    expected = StandardScaler().fit_transform([[1, 0], [4, 1], [3, 0], [8, 0]])
    assert matrix == pytest.approx(expected)


def test_linear_categories_share_a_column_when_rare_or_unseen() -> None:
    frame = pl.DataFrame({"c": ["a, [x]"] * 60 + ["b"] * 38 + ["rare", None]})
    program = fitted("linear", frame)
    rows = prepare(program, pl.DataFrame({"c": ["a, [x]", "b", "rare", "unseen", None]}))
    assert rows.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]]


def test_linear_common_blanks_have_a_column_of_their_own() -> None:
    frame = pl.DataFrame({"c": ["a"] * 50 + [None] * 50})
    assert prepare(fitted("linear", frame), pl.DataFrame({"c": ["a", None]})).tolist() == [[1, 0], [0, 1]]


def test_a_thousand_categories_do_not_make_a_thousand_columns() -> None:
    frame = pl.DataFrame({"c": [f"c{i % 200}" for i in range(4000)]})
    assert len(fitted("linear", frame)["columns"]) == preparation.MOST_COLUMNS + 1


def test_trees_get_the_median_and_one_code_a_category() -> None:
    frame = pl.DataFrame({"x": [1.0, None, 3.0, 80.0], "c": ["b", "b", "a", None]})
    rows = prepare(fitted("tree", frame), pl.DataFrame({"x": [None, 2.0], "c": ["unseen", None]}))
    assert rows.tolist() == [[3, 2], [2, -1]]


def test_native_keeps_blanks_and_names_its_categories() -> None:
    frame = pl.DataFrame({"x": [1.0, None, 3.0, 80.0], "c": ["b", "b", "a", None]})
    program = fitted("native", frame)
    rows = prepare(program, pl.DataFrame({"x": [None, 2.0], "c": ["unseen", "b"]}))
    assert preparation.categorical(program) == [1]
    assert np.isnan(rows[0]).all()
    assert rows[1].tolist() == [2, 0]


def test_dates_become_days_month_and_weekday() -> None:
    frame = pl.DataFrame({"d": [date(2024, 2, 29), date(1970, 1, 1)]})
    assert prepare(fitted("native", frame), frame).tolist() == [[19782, 2, 3], [0, 1, 3]]


def test_constants_and_blank_columns_of_a_fold_do_no_harm() -> None:
    frame = pl.DataFrame({"x": [0.1] * 6, "blank": [None] * 6, "c": [None] * 6}, schema_overrides={"c": pl.String})
    frame = frame.with_columns(pl.col("blank").cast(pl.Float64))
    for family in FAMILIES[:2]:
        assert np.isfinite(prepare(fitted(family, frame), frame)).all()
