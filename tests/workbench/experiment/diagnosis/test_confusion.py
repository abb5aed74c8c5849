"""Counts at a threshold and what follows from them are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from workbench.experiment.diagnosis.confusion import Chosen, Confusion, along, cheapest, chosen, confusion, matrix
from workbench.experiment.race.oof import Oof
from workbench.task import Task

# Few different scores, so that many are equal.
pairs = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=4, max_size=80)


def one_class(rows: list[tuple[bool, int]]) -> Chosen:
    """Rows with their scores as a class against the rest."""
    hits = np.array([hit for hit, _ in rows])
    score = np.array([place / 20 for _, place in rows])
    return Chosen(hits, score >= 0.5, score, np.arange(len(rows)) % 2, True)


@given(rows=pairs, threshold=st.floats(0, 1))
def test_rates_at_any_threshold_equal_scikit_learns(rows: list[tuple[bool, int]], threshold: float) -> None:
    made = one_class(rows)
    assert made.score is not None
    said = made.score >= threshold
    found = confusion(made, threshold)

    expected = metrics.confusion_matrix(made.hits, said, labels=[False, True])
    assert [[found.true_negative, found.false_positive], [found.false_negative, found.true_positive]] == expected.tolist()
    values = {"labels": [False, True], "pos_label": True, "average": "binary", "zero_division": np.nan}
    assert same(found.precision.value, metrics.precision_score(made.hits, said, **values))
    assert same(found.recall.value, metrics.recall_score(made.hits, said, **values))
    assert same(found.f1, metrics.f1_score(made.hits, said, **values))
    assert found.accuracy.value == pytest.approx(metrics.accuracy_score(made.hits, said))
    assert found.rows == len(rows)


def same(found: float | None, expected: float) -> bool:
    """Whether a figure is scikit-learn's, where none of ours is a nan of its."""
    return bool(np.isnan(expected)) if found is None else found == pytest.approx(expected)


@given(rows=pairs)
def test_the_counts_along_the_thresholds_are_those_at_each(rows: list[tuple[bool, int]]) -> None:
    made = one_class(rows)
    found = along(made)
    assert found == [confusion(made, one.threshold) for one in found]
    assert [one.threshold for one in found] == sorted(set(made.score.tolist()))  # type: ignore[union-attr]


@settings(deadline=None)
@given(rows=pairs, false_alarm=st.integers(0, 9), miss=st.integers(0, 9))
def test_no_threshold_is_cheaper_than_the_cheapest(rows: list[tuple[bool, int]], false_alarm: int, miss: int) -> None:
    made = one_class(rows)
    least = cheapest(made, false_alarm, miss).cost(false_alarm, miss)
    tried = [confusion(made, cut).cost(false_alarm, miss) for cut in (*np.linspace(0, 1.01, 200), np.inf)]
    assert least == min(tried)


def test_a_row_at_the_threshold_is_flagged() -> None:
    made = one_class([(True, 10), (False, 9), (True, 11), (False, 0)])
    assert confusion(made, 0.5) == Confusion(0.5, 2, 0, 0, 2)


def test_without_a_threshold_the_model_is_left_to_itself() -> None:
    made = one_class([(True, 10), (False, 9), (True, 1), (False, 0)])
    assert confusion(made, None) == Confusion(None, 1, 0, 1, 2)


def test_a_rate_of_no_rows_has_no_value() -> None:
    nobody = confusion(one_class([(False, 1), (False, 2), (False, 3), (False, 4)]), 0.9)
    assert nobody.precision.value is nobody.recall.value is nobody.f1 is None


def test_a_decision_function_of_two_classes_ranks_either_of_them() -> None:
    score = np.array([-1.0, 0.5, 2.0, -0.2])
    oof = Oof(np.arange(4), np.array([0, 1, 1, 0]), np.array([0, 1, 1, 0]), None, np.zeros(4, dtype=int), score)
    event, other = chosen(oof, 1, Task.BINARY), chosen(oof, 0, Task.BINARY)
    assert event.score is not None
    assert other.score is not None
    assert not event.is_probability
    assert np.array_equal(event.score, -other.score)
    assert metrics.roc_auc_score(event.hits, event.score) == metrics.roc_auc_score(other.hits, other.score) == 1.0


def test_a_model_that_only_names_a_class_has_counts_but_no_curve() -> None:
    oof = Oof(np.arange(4), np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]), None, np.zeros(4, dtype=int))
    made = chosen(oof, 1, Task.BINARY)
    assert not made.is_whole
    assert confusion(made, 0.3) == Confusion(0.3, 1, 0, 1, 2)


@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_the_matrix_of_several_classes_equals_scikit_learns(rows: list[tuple[int, int]]) -> None:
    y, said = np.array(rows).T
    oof = Oof(np.arange(len(y)), y, said, None, np.zeros(len(y), dtype=int))
    found = matrix(oof, 4)
    assert np.array_equal(found, metrics.confusion_matrix(y, said, labels=range(4)))
    each = [confusion(chosen(oof, code, Task.MULTICLASS), None) for code in range(4)]
    expected = metrics.precision_recall_fscore_support(y, said, labels=range(4), zero_division=np.nan)
    assert all(same(one.precision.value, value) for one, value in zip(each, expected[0], strict=True))
    assert all(same(one.recall.value, value) for one, value in zip(each, expected[1], strict=True))
    assert all(same(one.f1, value) for one, value in zip(each, expected[2], strict=True))


def test_at_a_half_the_counts_are_those_of_the_model_s_own_predictions() -> None:
    # Two of a forest's trees against two: it names the first class, and so does the model that is kept.
    hits, score = np.array([True, False, True, False]), np.array([0.5, 0.5, 0.75, 0.25])
    one = Chosen(hits, score > 0.5, score, np.zeros(4, dtype=int), is_probability=True)
    own, at_half = confusion(one, None), confusion(one, 0.5)
    assert (at_half.true_positive, at_half.false_positive) == (own.true_positive, own.false_positive) == (1, 0)
    assert confusion(one, 0.4).true_positive == 2
