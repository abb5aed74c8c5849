"""Distances equal scipy's and plain arithmetic, intervals those of the textbooks, and noise what random parts lie apart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from workbench.profile.difference import measures

COUNTS = np.array([[50, 30, 20], [20, 30, 100]])


def ordered(*values: object) -> tuple[np.ndarray, np.ndarray]:
    """Two samples in order."""
    one, two = (np.sort(np.asarray(v)) for v in values)
    return one, two


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("sizes", [(200, 300), (300, 200), (1, 50), (50, 1), (7, 7)])
def test_kolmogorov_smirnov_equals_scipy(seed: int, sizes: tuple[int, int]) -> None:
    random = np.random.default_rng(seed)
    x, y = ordered(random.normal(size=sizes[0]).round(1), random.normal(0.3, 2, size=sizes[1]).round(1))

    ours, theirs = measures.kolmogorov_smirnov(x, y), stats.ks_2samp(x, y, method="asymp")

    assert ours.distance == pytest.approx(theirs.statistic, abs=1e-12)
    assert ours.rows == sizes
    if min(sizes) > 1:
        assert ours.p == pytest.approx(theirs.pvalue)


def test_kolmogorov_smirnov_of_infinite_values_equals_scipy() -> None:
    x, y = ordered([-np.inf, 0, 1, np.inf, np.inf], [0, 0, 2, 3, np.inf, np.inf, np.inf])
    assert measures.kolmogorov_smirnov(x, y).distance == pytest.approx(stats.ks_2samp(x, y).statistic)


def test_kolmogorov_smirnov_of_whole_numbers_beyond_floats() -> None:
    x, y = ordered(np.array([2**53, 2**53 + 1]), np.array([2**53, 2**53]))
    assert measures.kolmogorov_smirnov(x, y).distance == 0.5


def test_few_values_have_the_p_of_the_chi_square_test() -> None:
    x, y = ordered([0] * 990 + [1] * 10, [0] * 960 + [1] * 40)
    counts = np.array([[990, 10], [960, 40]])

    found = measures.kolmogorov_smirnov(x, y, few=counts)

    assert found.p == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue)
    assert found.distance == pytest.approx(0.03)
    assert found.noise == pytest.approx(np.sqrt(2 / np.pi) * np.sqrt(0.025 * 0.975 * 2 / 1000))


def test_total_variation_is_half_the_sum_of_the_differences() -> None:
    p, q = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    found = measures.total_variation(COUNTS)
    assert found.distance == pytest.approx(np.abs(p - q).sum() / 2)
    assert found.p == pytest.approx(stats.chi2_contingency(COUNTS, correction=False).pvalue)


def test_the_noise_of_labels_is_what_random_parts_lie_apart() -> None:
    labels = np.repeat(np.arange(30), np.random.default_rng(1).integers(1, 40, 30))
    random, parts = np.random.default_rng(2), []
    n = len(labels) // 3
    for _ in range(400):
        random.shuffle(labels)
        counts = np.array([np.bincount(part, minlength=30) for part in (labels[:n], labels[n:])])
        parts.append(measures.total_variation(counts).distance)
    assert measures.labels_noise(np.bincount(labels), n, len(labels) - n) == pytest.approx(np.mean(parts), rel=0.05)


def test_the_noise_of_numbers_is_what_random_samples_lie_apart() -> None:
    random = np.random.default_rng(3)
    found = [measures.kolmogorov_smirnov(*ordered(random.random(300), random.random(500))) for _ in range(200)]
    assert found[0].noise == pytest.approx(np.mean([gap.distance for gap in found]), rel=0.1)


def test_the_noise_of_text_is_what_random_parts_lie_apart() -> None:
    random, n = np.random.default_rng(4), 120
    values, found = np.r_[np.repeat(np.arange(60), 3), np.arange(60, 200)], []
    for _ in range(200):
        random.shuffle(values)
        counts = np.array([np.bincount(part, minlength=200) for part in (values[:n], values[n:])])
        alone = [int(counts[i][counts[1 - i] == 0].sum()) for i in (0, 1)]
        found.append(alone)
    counts = np.bincount(values)[None, :]
    expected, p = measures.dealt(counts.sum(axis=0), n, len(values) - n, sum(found[0]))
    assert expected == pytest.approx(np.mean(found, axis=0), rel=0.05)
    assert 0.01 < p <= 1


def test_rare_labels_are_tested_exactly() -> None:
    counts = np.array([[3, 0], [1, 4]])
    assert measures.chi_square(counts) == pytest.approx(stats.fisher_exact(counts).pvalue)
    assert measures.chi_square(np.array([[3], [2]])) == 1.0


def test_rare_labels_count_together_in_the_chi_square_test() -> None:
    counts = np.array([[100, 60, 4, 3, 1], [80, 90, 2, 4, 2]])
    together = np.array([[100, 60, 8], [80, 90, 8]])
    assert measures.chi_square(counts) == pytest.approx(stats.chi2_contingency(together, correction=False).pvalue)


def test_newcombe_equals_the_published_example() -> None:
    found = measures.newcombe(48, 80, 56, 70)  # Newcombe 1998, table II (a), method 10
    assert (round(found["low"], 4), round(found["high"], 4)) == (0.0524, 0.3339)
    assert measures.newcombe(1, 0, 1, 2) == {"value": None, "low": None, "high": None}


def test_newcombe_holds_the_truth_in_about_95_of_100_samples() -> None:
    random = np.random.default_rng(5)
    pairs = zip(random.binomial(200, 0.08, 1000), random.binomial(300, 0.12, 1000), strict=True)
    inside = [f["low"] <= 0.04 <= f["high"] for f in (measures.newcombe(a, 200, b, 300) for a, b in pairs)]
    assert 0.93 <= np.mean(inside) <= 0.975


def test_welch_equals_scipy() -> None:
    random = np.random.default_rng(6)
    x, y = random.normal(5, 1, 30), random.normal(6, 3, 12)

    found = measures.welch(x, y)

    theirs = stats.ttest_ind(y, x, equal_var=False).confidence_interval(0.95)
    assert (found["low"], found["high"]) == pytest.approx((theirs.low, theirs.high))
    assert found["value"] == pytest.approx(y.mean() - x.mean())


def test_welch_of_one_row_has_no_interval() -> None:
    found = measures.welch(np.array([1.0]), np.array([2.0, 3.0]))
    assert found == {"value": 1.5, "low": None, "high": None}
    assert measures.welch(np.array([]), np.array([1.0]))["value"] is None


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.3])
def test_the_interval_of_a_distance_holds_the_truth(shift: float) -> None:
    random, inside = np.random.default_rng(7), []
    for _ in range(200):  # the distance of two uniform distributions is their shift
        gap = measures.kolmogorov_smirnov(*ordered(random.random(400), random.random(300) + shift))
        inside.append(gap.bounds[0] <= shift <= gap.bounds[1])
    assert np.mean(inside) >= 0.94


def test_the_interval_of_a_total_variation_holds_the_truth() -> None:
    random, inside = np.random.default_rng(8), []
    p, q = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.3, 0.3, 0.2, 0.2])
    for _ in range(400):
        gap = measures.total_variation(np.array([random.multinomial(400, p), random.multinomial(300, q)]))
        inside.append(gap.bounds[0] <= 0.1 <= gap.bounds[1])
    assert np.mean(inside) >= 0.94


def test_the_stability_index_is_the_direct_sum() -> None:
    p, q = (np.maximum(row / row.sum(), 1e-4) for row in np.array([[10, 90, 0], [30, 60, 10]]))
    expected = sum((b - a) * np.log(b / a) for a, b in zip(p, q, strict=True))
    assert measures.stability_index(np.array([[10, 90, 0], [30, 60, 10]])) == pytest.approx(expected)
    assert measures.stability_index(np.array([[0], [3]])) is None


def test_adjusted_equals_scipy_and_keeps_what_is_not_known() -> None:
    p = np.random.default_rng(9).random(25) ** 3
    assert measures.adjusted(p.tolist()) == pytest.approx(stats.false_discovery_control(p))
    assert measures.adjusted([None, 0.02, None]) == [None, 0.02, None]
    assert measures.adjusted([]) == []


def test_unseen_text_counts_rows_whose_value_the_other_lacks() -> None:
    first, second = Counter("aabbc"), Counter("abdd")
    values = sorted({*first, *second})
    found = measures.unseen(np.array([[side[v] for v in values] for side in (first, second)]), (0, 0))
    assert found.measure == "unseen"
    assert found.distance == pytest.approx(2 / 4)


def test_ids_that_never_repeat_are_unseen_but_by_no_more_than_chance() -> None:
    found = measures.unseen(np.array([[1] * 50 + [0] * 70, [0] * 50 + [1] * 70]), (0, 0))
    assert found.distance == 1.0
    assert found.noise == pytest.approx(1.0)
    assert found.p == 1.0


def test_more_missing_text_counts_with_the_unseen() -> None:
    found = measures.unseen(np.array([[5, 5, 0], [5, 0, 5]]), (0, 10))
    assert found.distance == pytest.approx(5 / 20 + 0.5)
