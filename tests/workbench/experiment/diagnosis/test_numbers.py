"""The errors of predicted numbers are scikit-learn's, whole and by range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from workbench.experiment.diagnosis import numbers as diagnosis_numbers
from workbench.experiment.race.oof import Oof


def made(seed: int, rows: int = 300) -> Oof:
    """Numbers and what a model says of them."""
    chance = np.random.default_rng(seed)
    y = chance.lognormal(3, 1, rows)
    return Oof(np.arange(rows), y, y * 0.7 + chance.normal(8, 4, rows), None, np.arange(rows) % 5)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 9_999), rows=st.integers(5, 400))
def test_the_metrics_equal_scikit_learns(seed: int, rows: int) -> None:
    oof = made(seed, rows)
    found = diagnosis_numbers.pooled(oof)
    assert found["MAE"] == pytest.approx(metrics.mean_absolute_error(oof.y, oof.prediction))
    assert found["R2"] == pytest.approx(metrics.r2_score(oof.y, oof.prediction))
    assert found["RMSE"] == pytest.approx(metrics.mean_squared_error(oof.y, oof.prediction) ** 0.5)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 9_999), rows=st.integers(5, 400), of=st.sampled_from(["predicted", "actual"]))
def test_the_ranges_hold_every_row_once_and_add_up(seed: int, rows: int, of: diagnosis_numbers.Of) -> None:
    oof = made(seed, rows)
    found = diagnosis_numbers.by_range(oof, of)
    assert sum(one.rows for one in found) == rows
    error = sum(one.rows * float(one.error.value or 0.0) for one in found) / rows
    assert error == pytest.approx(metrics.mean_absolute_error(oof.y, oof.prediction))
    squares = sum(one.rows * one.rmse**2 for one in found) / rows
    assert squares == pytest.approx(metrics.mean_squared_error(oof.y, oof.prediction))


def test_the_mean_difference_has_students_interval() -> None:
    oof = made(1)
    found = diagnosis_numbers.residuals(oof)
    expected = stats.ttest_1samp(oof.y - oof.prediction, 0).confidence_interval()
    assert (found.mean.low, found.mean.high) == pytest.approx((expected.low, expected.high))
    assert found.median == pytest.approx(np.median(oof.y - oof.prediction))


def test_a_huge_error_does_not_squeeze_the_histogram_and_is_counted() -> None:
    oof = made(2)
    oof.y[0] = 1e9
    found = diagnosis_numbers.residuals(oof)
    assert found.edges[-1] < 1e4
    assert found.counts.sum() + found.outside == 300
    assert found.outside >= 1


def test_equal_predictions_are_one_range() -> None:
    oof = Oof(np.arange(50), np.arange(50.0), np.full(50, 3.0), None, np.zeros(50, dtype=int))
    assert [one.rows for one in diagnosis_numbers.by_range(oof, "predicted")] == [50]


def test_few_rows_are_drawn_all_and_many_by_chance() -> None:
    assert len(diagnosis_numbers.drawn(100, 1)) == 100
    many = diagnosis_numbers.drawn(100_000, 1)
    assert len(set(many.tolist())) == len(many) == diagnosis_numbers.MOST_POINTS
