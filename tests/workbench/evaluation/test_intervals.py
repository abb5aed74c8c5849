"""Intervals are SciPy's where it has them, and hold what they promise where it has none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from workbench.evaluation import intervals
from workbench.evaluation.intervals import NOTHING, Estimate


@given(rows=st.integers(1, 500), share=st.floats(0, 1))
def test_the_interval_of_a_rate_is_wilsons(rows: int, share: float) -> None:
    hits = round(rows * share)
    found = intervals.rate(hits, rows)
    expected = stats.binomtest(hits, rows).proportion_ci(method="wilson")
    assert found.value == hits / rows
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_no_rows_have_no_rate_and_one_value_no_interval() -> None:
    assert intervals.rate(0, 0) == NOTHING
    assert intervals.mean(np.array([])) == NOTHING
    assert intervals.mean(np.array([2.0])) == Estimate(2.0)


@given(seed=st.integers(0, 9_999), n=st.integers(3, 60), m=st.integers(3, 60))
def test_two_means_differ_by_chance_as_often_as_welch_says(seed: int, n: int, m: int) -> None:
    chance = np.random.default_rng(seed)
    a, b = chance.normal(0, 1, n), chance.normal(0.3, 2, m)
    found = intervals.moments_differ((a.mean(), a.var(ddof=1), n), (b.mean(), b.var(ddof=1), m))
    assert found == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)


def test_the_gap_of_two_rates_is_newcombes() -> None:
    # Newcombe (1998), table II, contrast (a), method 10: 56/70 against 48/80.
    found = intervals.gap(intervals.rate(56, 70), intervals.rate(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


@given(auc=st.floats(0.5, 1), events=st.integers(5, 300), others=st.integers(5, 300))
def test_the_interval_of_an_area_holds_it_and_stays_within_its_bounds(auc: float, events: int, others: int) -> None:
    found = intervals.area(auc, events, others)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= auc <= found.high <= 1 + 1e-12


def test_every_look_is_paid_for_and_the_order_stays() -> None:
    assert intervals.holm([0.04, None, 0.01, 0.03]) == pytest.approx([0.06, None, 0.03, 0.06])
