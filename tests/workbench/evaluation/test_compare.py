"""The corrected t-test is more careful than the plain one, and knows a tie."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.compare import LEVEL, apart_t, corrected_t, difference, interval


def test_without_overlap_it_is_the_paired_t_test() -> None:
    a, b = [0.7, 0.8, 0.9, 0.75], [0.6, 0.8, 0.8, 0.7]
    assert corrected_t(a, b, test_share=0).p == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_it_is_the_hand_calculated_value() -> None:
    # Differences 1, 2, 3, 4, 5 hundredths: mean 0.03, variance 0.00025; ten-fold-like overlap 1/4.
    a, b = [0.51, 0.62, 0.73, 0.84, 0.95], [0.50, 0.60, 0.70, 0.80, 0.90]
    found = corrected_t(a, b, test_share=1 / 4)
    error = math.sqrt(0.00025 * (1 / 5 + 1 / 4))
    assert found.mean == pytest.approx(0.03)
    assert found.high - found.mean == pytest.approx(2.7764451 * error, rel=1e-6)
    assert found.mean - found.low == pytest.approx(2.7764451 * error, rel=1e-6)
    assert found.p == pytest.approx(2 * stats.t.sf(0.03 / error, 4))


def test_overlapping_folds_make_it_more_careful() -> None:
    a, b = [0.7, 0.8, 0.9, 0.75], [0.6, 0.8, 0.8, 0.7]
    careful = corrected_t(a, b, test_share=1 / 3)
    assert careful.p > corrected_t(a, b, test_share=0).p
    assert careful.low < careful.mean < careful.high


def test_a_constant_difference_is_a_difference_and_none_is_none() -> None:
    assert corrected_t([0.5, 0.5], [0.25, 0.25], test_share=0.5).p == 0
    assert corrected_t([0.5, 0.4], [0.5, 0.4], test_share=0.5).p == 1


def test_the_last_digits_of_the_arithmetic_are_no_difference() -> None:
    # Two solvers of one problem: on every fold the same side is ahead by a rounding.
    a = [0.81, 0.79, 0.83, 0.80]
    b = [value * (1 - 1e-14 * (1 + place)) for place, value in enumerate(a)]
    assert corrected_t(a, b, test_share=1 / 3).p == 1
    assert corrected_t([value * 1e-7 for value in a], [value * 0.9e-7 for value in a], test_share=1 / 3).p < 1


def test_equal_models_tie_and_a_clearly_worse_one_does_not() -> None:
    random = np.random.default_rng(0)
    best = 0.8 + random.normal(0, 0.01, 10)
    twin, worse = best + random.normal(0, 0.005, 10), best - 0.2
    assert corrected_t(twin, best, test_share=1 / 9).p > 1 - LEVEL
    assert corrected_t(worse, best, test_share=1 / 9).p < 1 - LEVEL


def test_folds_without_a_value_are_left_out_and_one_is_not_enough() -> None:
    found = difference([0.7, None, 0.8, 0.9], [0.6, 0.5, 0.6, 0.9], test_share=0.5)
    assert found == corrected_t([0.7, 0.8, 0.9], [0.6, 0.6, 0.9], test_share=0.5)
    assert difference([0.7, None], [0.6, 0.5], test_share=0.5) is None


def test_the_interval_of_a_mean_lies_around_it() -> None:
    found = interval([0.7, 0.8, 0.9], test_share=0.5)
    assert found is not None
    assert found.mean == pytest.approx(0.8)
    assert found.high - 0.8 == pytest.approx(0.8 - found.low)


def test_apart_without_overlap_is_welchs_t_test() -> None:
    a, b = [0.7, 0.8, 0.9, 0.75], [0.6, 0.85, 0.8]
    assert apart_t(a, b, test_share_a=0, test_share_b=0).p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)


def test_folds_that_are_the_same_tell_more_than_folds_that_are_not() -> None:
    b = np.array([0.60, 0.80, 0.75, 0.70])
    a = b + np.array([0.02, 0.03, 0.02, 0.03])
    same, apart = corrected_t(a, b, test_share=1 / 3), apart_t(a, b, test_share_a=1 / 3, test_share_b=1 / 3)
    assert same.mean == pytest.approx(apart.mean)
    assert same.high - same.low < apart.high - apart.low
