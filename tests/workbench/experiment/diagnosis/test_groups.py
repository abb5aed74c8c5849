"""A sensitive column's groups get scikit-learn's error rates, their calibration, and the gaps between them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from workbench.evaluation import intervals
from workbench.experiment.diagnosis.confusion import Chosen
from workbench.experiment.diagnosis.groups import apart, by_group, by_group_of_numbers


def made(seed: int, rows: int = 600, lift: float = 0.0) -> tuple[Chosen, pl.Series]:
    """Rows of two groups and a small third, the second of which gets higher scores."""
    chance = np.random.default_rng(seed)
    group = chance.choice(["男", "女", "他"], rows, p=[0.5, 0.47, 0.03])
    hits = chance.random(rows) < 0.4
    score = np.clip(chance.normal(0.4 + 0.2 * hits + lift * (group == "女"), 0.2), 0, 1)
    return Chosen(hits, score >= 0.5, score, np.zeros(rows, dtype=int), True), pl.Series("性別", group)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 9_999), threshold=st.none() | st.sampled_from([0.3, 0.6]))
def test_the_rates_of_groups_equal_scikit_learns(seed: int, threshold: float | None) -> None:
    one, column = made(seed)
    said = one.flagged(threshold)
    for group in by_group(one, column, threshold) or []:
        own = (column == group.name).to_numpy()
        tn, fp, fn, tp = metrics.confusion_matrix(one.hits[own], said[own], labels=[False, True]).ravel()
        assert group.rate("recall").value == pytest.approx(tp / (tp + fn) if tp + fn else None)
        assert group.rate("false_alarms").value == pytest.approx(fp / (fp + tn) if fp + tn else None)
        assert group.rate("flagged").value == pytest.approx((tp + fp) / own.sum())
        assert group.rate("precision").value == pytest.approx(tp / (tp + fp) if tp + fp else None)
        assert group.said == pytest.approx(one.score[own].mean())  # type: ignore[index]
        assert group.observed.value == pytest.approx(one.hits[own].mean())
        assert group.bias is not None
        assert group.bias.value == pytest.approx((one.hits[own] - one.score[own]).mean())  # type: ignore[index]


def test_the_intervals_of_rates_are_wilsons() -> None:
    one, column = made(1)
    for group in by_group(one, column, 0.5) or []:
        found = group.rate("flagged")
        expected = stats.binomtest(round((found.value or 0) * group.rows), group.rows).proportion_ci(method="wilson")
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_group_that_is_favoured_stands_out_and_small_ones_take_no_part() -> None:
    one, column = made(2, lift=0.25)
    found = by_group(one, column, 0.5) or []
    assert [group.is_small for group in found if group.name == "他"] == [True]
    gaps = {gap.rate: gap for gap in apart(found)}
    assert gaps["flagged"].high.name == gaps["false_alarms"].high.name == "女"
    assert gaps["flagged"].is_clear
    assert gaps["false_alarms"].is_clear


def test_groups_that_are_treated_alike_lie_apart_by_chance_alone() -> None:
    clear = sum(gap.is_clear for seed in range(20) for gap in apart(by_group(*made(seed), 0.5) or []))
    assert clear <= 10


def test_the_extremes_of_many_groups_are_not_said_to_differ_by_more_than_luck() -> None:
    # Twelve prefectures, none of which the model treats otherwise: the highest and the lowest still lie apart.
    clear = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        hits = chance.random(1_800) < 0.4
        score = np.clip(chance.normal(0.4 + 0.2 * hits, 0.2), 0, 1)
        given = Chosen(hits, score >= 0.5, score, np.zeros(1_800, dtype=int), True)
        column = pl.Series("都道府県", chance.integers(0, 12, 1_800).astype(str))
        clear += any(gap.is_clear for gap in apart(by_group(given, column, 0.5) or []) if gap.rate == "flagged")
    assert clear <= 4


def test_of_two_groups_the_gap_has_newcombes_interval() -> None:
    one, column = made(5)
    gap = {found.rate: found for found in apart(by_group(one, column, 0.5) or [])}["flagged"]
    assert gap.gap == intervals.gap(gap.high.rate("flagged"), gap.low.rate("flagged"))


def test_groups_of_numbers_have_their_error_and_its_direction() -> None:
    _, column = made(3)
    off = np.random.default_rng(0).normal(size=600) + 2 * (column == "女").to_numpy()
    for group in by_group_of_numbers(off, column) or []:
        own = (column == group.name).to_numpy()
        assert group.error is not None
        assert group.bias is not None
        assert group.error.value == pytest.approx(np.abs(off[own]).mean())
        assert group.bias.value == pytest.approx(off[own].mean())
    assert apart([]) == []


def test_free_text_has_no_groups() -> None:
    one, _ = made(4)
    assert by_group(one, pl.Series("id", [f"n{i}" for i in range(600)]), 0.5) is None
