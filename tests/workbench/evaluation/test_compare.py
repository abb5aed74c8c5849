"""The corrected t-test is more careful than the plain one, and knows a tie."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.compare import corrected_t, tie_group


def test_without_overlap_it_is_the_paired_t_test() -> None:
    a, b = [0.7, 0.8, 0.9, 0.75], [0.6, 0.8, 0.8, 0.7]
    assert corrected_t(a, b, test_share=0).p == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_overlapping_folds_make_it_more_careful() -> None:
    a, b = [0.7, 0.8, 0.9, 0.75], [0.6, 0.8, 0.8, 0.7]
    careful = corrected_t(a, b, test_share=1 / 3)
    assert careful.p > corrected_t(a, b, test_share=0).p
    assert careful.low < careful.mean < careful.high


def test_a_constant_difference_is_a_difference_and_none_is_none() -> None:
    assert corrected_t([0.5, 0.5], [0.25, 0.25], test_share=0.5).p == 0
    assert corrected_t([0.5, 0.4], [0.5, 0.4], test_share=0.5).p == 1


def test_equal_models_tie_and_a_clearly_worse_one_does_not() -> None:
    random = np.random.default_rng(0)
    best = 0.8 + random.normal(0, 0.01, 10)
    scores = {"best": best, "twin": best + random.normal(0, 0.005, 10), "worse": best - 0.2, "partly": [None] * 10}
    assert tie_group({k: list(v) for k, v in scores.items()}, "best", test_share=1 / 9) == {"best", "twin"}
