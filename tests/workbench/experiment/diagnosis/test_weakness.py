"""Segments get scikit-learn's figures, also of all other rows; few rows get none, and every look is paid for."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from workbench.experiment.diagnosis.confusion import Chosen
from workbench.experiment.diagnosis.weakness import FEWEST, OfAreas, OfNumbers, OfRates, Segment, by_column, weakest
from workbench.words import Text

ROWS = 400


def made(seed: int, steps: int = 30) -> tuple[Chosen, pl.Series]:
    """Rows with scores, of which many are equal, and a column of labels; one of them rare, some blank."""
    chance = np.random.default_rng(seed)
    hits = chance.random(ROWS) < 0.4
    score = np.round(np.clip(chance.normal(0.4 + 0.2 * hits, 0.25), 0, 1) * steps) / steps
    labels = chance.choice(["東京", "大阪", "京都", "奈良", None], ROWS, p=[0.4, 0.3, 0.2, 0.03, 0.07])
    return Chosen(hits, score >= 0.5, score, np.arange(ROWS) % 5, True), pl.Series("都市", labels.tolist(), dtype=pl.String)


def rows_of(column: pl.Series, one: Segment) -> np.ndarray:
    """Which rows are a segment's."""
    wanted = None if isinstance(one.name, Text) else one.name
    return column.is_null().to_numpy() if wanted is None else (column == wanted).fill_null(False).to_numpy()


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 9_999), steps=st.integers(1, 200))
def test_areas_of_segments_and_of_all_others_equal_scikit_learns(seed: int, steps: int) -> None:
    one, column = made(seed, steps)
    found = by_column(OfAreas(one), column)
    assert found
    assert sum(segment.rows for segment in found) == ROWS
    for segment in found:
        own = rows_of(column, segment)
        assert segment.rows == own.sum()
        assert segment.hits == one.hits[own].sum()
        if segment.is_enough:
            assert segment.value.value == pytest.approx(metrics.roc_auc_score(one.hits[own], one.score[own]))  # type: ignore[index]
            assert segment.rest == pytest.approx(metrics.roc_auc_score(one.hits[~own], one.score[~own]))  # type: ignore[index]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 9_999), threshold=st.sampled_from([0.3, 0.5, 0.7]))
def test_rates_of_segments_and_of_all_others_equal_scikit_learns(seed: int, threshold: float) -> None:
    one, column = made(seed)
    said = one.flagged(threshold)
    measures = {
        "Recall": metrics.recall_score,
        "Prec.": metrics.precision_score,
        "Accuracy": metrics.accuracy_score,
    }
    for measure, figure in measures.items():
        for segment in by_column(OfRates(one, measure, threshold=threshold), column) or []:  # type: ignore[arg-type]
            own = rows_of(column, segment)
            if segment.is_enough:
                assert segment.value.value == pytest.approx(figure(one.hits[own], said[own]))
                assert segment.rest == pytest.approx(figure(one.hits[~own], said[~own]))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 9_999), offset=st.sampled_from([0.0, 1e6]))
def test_errors_of_segments_and_their_chances_equal_welchs(seed: int, offset: float) -> None:
    chance = np.random.default_rng(seed)
    _, column = made(seed)
    apart = offset + chance.normal(0, 3, ROWS)
    found = by_column(OfNumbers(apart), column) or []
    chances = []
    for segment in found:
        own = rows_of(column, segment)
        if segment.is_enough:
            assert segment.value.value == pytest.approx(np.abs(apart[own]).mean())
            assert segment.rest == pytest.approx(np.abs(apart[~own]).mean())
            assert segment.bias.value == pytest.approx(apart[own].mean())
            chances.append(stats.ttest_ind(np.abs(apart[own]), np.abs(apart[~own]), equal_var=False).pvalue)
    smallest = min(segment.chance for segment in found if segment.chance is not None)
    assert smallest == pytest.approx(min(1.0, min(chances) * len(chances)), rel=1e-6)


def test_too_few_rows_have_no_figure_and_come_last() -> None:
    one, column = made(1)
    found = by_column(OfAreas(one), column) or []
    assert not found[-1].is_enough
    assert found[-1].chance is found[-1].rest is None
    values = [segment.value.value for segment in found if segment.value.value is not None]
    assert values == sorted(values)
    assert all(segment.rows >= FEWEST for segment in found if segment.is_enough and segment.name == "奈良")


def test_free_text_has_no_segments() -> None:
    one, _ = made(1)
    assert by_column(OfAreas(one), pl.Series("id", [f"n{i}" for i in range(ROWS)])) is None


def test_luck_is_not_called_weak_however_many_columns_are_looked_through() -> None:
    called = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        one, _ = made(seed)
        columns = [pl.Series(f"c{i}", chance.choice(["a", "b", "c"], ROWS)) for i in range(20)]
        found, looked = weakest(OfAreas(one), columns)
        assert looked == 60
        called += any(segment.chance is not None and segment.chance < 0.05 for segment in found)
    assert called <= 4


def test_a_segment_where_the_model_knows_nothing_is_found_among_many_columns() -> None:
    chance = np.random.default_rng(5)
    hits = chance.random(2_000) < 0.5
    where = chance.choice(["a", "b", "c"], 2_000)
    score = np.where(where == "b", chance.random(2_000), 0.5 * chance.random(2_000) + 0.5 * hits)
    one = Chosen(hits, score >= 0.5, score, np.zeros(2_000, dtype=int), True)
    columns = [*(pl.Series(f"n{i}", chance.normal(size=2_000)) for i in range(10)), pl.Series("where", where)]
    found, looked = weakest(OfAreas(one), columns)
    assert (found[0].column, found[0].name) == ("where", "b")
    assert found[0].chance is not None
    assert found[0].chance < 1e-6
    assert looked == 53


def test_accuracy_of_several_classes_is_about_all_of_them() -> None:
    one, column = made(2)
    right = np.arange(ROWS) % 4 > 0
    found = by_column(OfRates(one, "Accuracy", right=right), column) or []
    assert sum(float(s.value.value or 0) * s.rows for s in found if s.is_enough) <= right.sum()
    big = next(s for s in found if s.name == "東京")
    assert big.value.value == pytest.approx(right[rows_of(column, big)].mean())
