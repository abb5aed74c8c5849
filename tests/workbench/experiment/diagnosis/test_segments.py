"""Columns are cut into segments that hold every row once and are named as a person reads them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from workbench.experiment.diagnosis.segments import MOST_LABELS, RANGES, segments_of
from workbench.words import Text


@given(values=st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.integers(0, 3), min_size=1, max_size=60))
def test_every_row_of_a_number_is_in_one_named_segment(values: list[float | None]) -> None:
    found = segments_of(pl.Series("n", values, dtype=pl.Float64, strict=False))
    assert found is not None
    assert len(found.code) == len(values)
    assert found.code.min() >= 0
    assert found.code.max() < len(found.names)
    assert len(found.names) <= RANGES + 1


def test_numbers_are_cut_into_ranges_of_like_many_rows() -> None:
    found = segments_of(pl.Series("n", range(1, 101)))
    assert found is not None
    assert found.names == ["1 – 19", "20 – 39", "40 – 59", "60 – 79", "80 – 100"]
    assert np.bincount(found.code).tolist() == [19, 20, 20, 20, 21]


def test_rare_labels_are_one_segment_and_blanks_another() -> None:
    labels = [f"l{i % 20:02}" for i in range(400)] + ["l00"] * 5 + [None] * 7
    found = segments_of(pl.Series("c", labels))
    assert found is not None
    assert len(found.names) == MOST_LABELS + 2
    others, blank = found.names[-2:]
    assert isinstance(others, Text)
    assert isinstance(blank, Text)
    assert (others.say("en"), blank.say("ja")) == ("(8 other values)", "(空欄)")
    assert (found.code == MOST_LABELS).sum() == 160
    assert (found.code == MOST_LABELS + 1).sum() == 7


def test_few_whole_numbers_are_a_segment_each() -> None:
    found = segments_of(pl.Series("pclass", [1, 2, 3, 3, None] * 20))
    assert found is not None
    assert found.names[:3] == ["3", "1", "2"]


def test_dates_are_named_as_dates() -> None:
    found = segments_of(pl.Series("d", [date(2024, 1, 1) + timedelta(days=i) for i in range(100)]))
    assert found is not None
    assert str(found.names[0]).startswith("2024-01-01 – 2024-01-")


def test_booleans_are_labels_and_ids_are_nothing() -> None:
    found = segments_of(pl.Series("b", [True, False, None] * 5))
    assert found is not None
    assert found.names[:2] == ["false", "true"]
    assert segments_of(pl.Series("id", [f"x{i}" for i in range(200)])) is None


def test_a_column_of_blanks_alone_is_one_segment() -> None:
    found = segments_of(pl.Series("n", [None] * 5, dtype=pl.Float64))
    assert found is not None
    assert len(found.names) == 1
