"""Folds keep classes, groups and time apart as they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.evaluation.folds import folds, holdout
from workbench.task import Task

ROWS = 120


@pytest.fixture
def y() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2, ROWS)


def test_every_row_judges_once_and_classes_are_spread_evenly(y: np.ndarray) -> None:
    made = folds(y, k=5, seed=1, task=Task.BINARY)
    assert sorted(np.concatenate([valid for _, valid in made])) == list(range(ROWS))
    shares = [y[valid].mean() for _, valid in made]
    assert max(shares) - min(shares) < 0.1


def test_the_seed_decides_the_folds(y: np.ndarray) -> None:
    one, same, other = (folds(y, k=3, seed=seed, task=Task.BINARY)[0][1].tolist() for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
def test_a_group_is_never_on_both_sides(y: np.ndarray, task: Task) -> None:
    group = np.repeat(np.arange(ROWS // 4), 4)
    splits = [*folds(y, k=4, seed=1, task=task, group=group), holdout(y, train_size=0.7, seed=1, task=task, group=group)]
    assert all(not set(group[train]) & set(group[valid]) for train, valid in splits)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=40, max_size=80).filter(lambda times: len(set(times)) > 10))
def test_by_time_every_judged_row_is_later_than_all_it_was_trained_on(times: list[int]) -> None:
    time = np.array(times)
    splits = folds(time, k=4, seed=1, task=Task.REGRESSION, time=time)
    splits.append(holdout(time, train_size=0.7, seed=1, task=Task.REGRESSION, time=time))
    assert all(time[train].max() < time[valid].min() for train, valid in splits)


def test_by_time_with_groups_a_training_part_leaves_out_the_groups_it_is_judged_on(y: np.ndarray) -> None:
    time, group = np.arange(ROWS), np.arange(ROWS) % 20
    for train, valid in folds(y, k=3, seed=1, task=Task.BINARY, group=np.where(time < 60, 99, group), time=time):
        assert not set(np.where(time < 60, 99, group)[train]) & set(np.where(time < 60, 99, group)[valid])


def test_the_hold_out_keeps_the_shares_of_the_classes(y: np.ndarray) -> None:
    train, test = holdout(y, train_size=0.7, seed=1, task=Task.BINARY)
    assert len(train) == 84
    assert abs(y[train].mean() - y[test].mean()) < 0.03
