"""Curves, calibration, gain and scores are scikit-learn's on the same rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from workbench.experiment import diagnosis
from workbench.experiment.diagnosis.confusion import Chosen


def made(seed: int, rows: int = 200, steps: int = 40, folds: int = 3, rate: float = 0.3) -> Chosen:
    """Rows whose scores, of which many are equal, say something of their class."""
    chance = np.random.default_rng(seed)
    hits = chance.random(rows) < rate
    hits[:2] = True, False
    score = np.round(np.clip(chance.normal(0.4 + 0.15 * hits, 0.2), 0, 1) * steps) / steps
    return Chosen(hits, score >= 0.5, score, np.arange(rows) % folds, True)


seeds = st.integers(0, 10_000)


@settings(deadline=None, max_examples=20)
@given(seed=seeds, rows=st.integers(12, 300), steps=st.integers(1, 60))
def test_areas_and_curves_equal_scikit_learns(seed: int, rows: int, steps: int) -> None:
    one = made(seed, rows, steps)
    roc, precision = diagnosis.roc(one), diagnosis.precision_recall(one)
    assert roc.pooled.area == roc.interval.value == pytest.approx(metrics.roc_auc_score(one.hits, one.score))
    assert roc.pooled.area == pytest.approx(metrics.auc(roc.pooled.x, roc.pooled.y))
    assert precision.pooled.area == pytest.approx(metrics.average_precision_score(one.hits, one.score))
    for fold, curve in enumerate(roc.folds):
        own = one.fold == fold
        expected = metrics.roc_auc_score(one.hits[own], one.score[own]) if len(set(one.hits[own])) == 2 else None  # type: ignore[index]
        assert (curve and curve.area) == (expected and pytest.approx(expected))


@settings(deadline=None, max_examples=40)
@given(seed=seeds)
def test_gain_equals_counting_from_the_top(seed: int) -> None:
    chance = np.random.default_rng(seed)
    hits = chance.random(200) < 0.3
    one = Chosen(hits, hits, chance.permutation(200) + 50.0 * hits + 0.1 * hits, np.zeros(200, dtype=int), False)
    assert one.score is not None
    found = diagnosis.gain(one)
    order = np.argsort(-one.score, kind="stable")
    for count in (1, 20, 57, 200):
        top = one.hits[order[:count]].sum() / one.hits.sum()
        assert found.at(count / 200) == pytest.approx(top, abs=1e-6)
    assert found.lift[-1] == pytest.approx(1.0)


def test_rows_of_equal_score_come_into_the_gain_evenly() -> None:
    same = Chosen(np.arange(100) < 30, np.ones(100, dtype=bool), np.full(100, 0.7), np.zeros(100, dtype=int), True)
    found = diagnosis.gain(same)
    assert found.at(0.5) == pytest.approx(0.5)


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_calibration_equals_scikit_learns(seed: int) -> None:
    one = made(seed, steps=10)
    found = diagnosis.calibration(one)
    observed, predicted = calibration_curve(one.hits, one.score, n_bins=10, strategy="quantile")
    assert [bin_.observed.value for bin_ in found.bins] == pytest.approx(observed.tolist())
    assert [bin_.predicted for bin_ in found.bins] == pytest.approx(predicted.tolist())
    assert found.brier == pytest.approx(metrics.brier_score_loss(one.hits, one.score))
    assert sum(bin_.rows for bin_ in found.bins) == 200
    base = np.full(200, one.hits.mean())
    assert found.base_brier == pytest.approx(metrics.brier_score_loss(one.hits, base))


def test_of_many_calibrated_models_few_have_a_bin_that_is_said_to_be_off() -> None:
    marked = 0
    for seed in range(100):
        chance = np.random.default_rng(seed)
        score = chance.random(1_000)
        given = Chosen(chance.random(1_000) < score, score >= 0.5, score, np.zeros(1_000, dtype=int), True)
        marked += any(one.is_off for one in diagnosis.calibration(given).bins)
    # One look in twenty errs; of ten plain 95 % intervals four charts in ten would show an orange point.
    assert marked <= 12


def test_true_probabilities_are_rarely_said_to_be_off() -> None:
    chance = np.random.default_rng(3)
    score = chance.random(20_000)
    true = Chosen(chance.random(20_000) < score, score >= 0.5, score, np.zeros(20_000, dtype=int), True)
    assert sum(one.is_off for one in diagnosis.calibration(true).bins) <= 2
    wrong = Chosen(true.hits, true.said, score**3, true.fold, True)
    assert sum(one.is_off for one in diagnosis.calibration(wrong).bins) >= 8


def test_noise_has_an_area_of_a_half_within_its_interval() -> None:
    inside = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        noise = Chosen(chance.random(300) < 0.3, np.zeros(300, dtype=bool), chance.random(300), np.zeros(300, dtype=int), True)
        found = diagnosis.roc(noise).interval
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.5 <= found.high
    assert inside >= 35


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_every_row_is_counted_once_among_the_scores(seed: int) -> None:
    one = made(seed)
    found = diagnosis.scores(one)
    assert found.hits.sum() == one.hits.sum()
    assert found.others.sum() == (~one.hits).sum()


def test_what_was_computed_is_kept_beside_the_class() -> None:
    one = made(1)
    assert diagnosis.roc(one) is diagnosis.roc(one)
    assert diagnosis.roc(one.part(one.fold == 0)) is not diagnosis.roc(one)
