"""A learning curve's parts grow, keep classes and groups, and what is said of them is what they show."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.experiment.diagnosis import learning_chart, learning_curve
from workbench.experiment.diagnosis.learning_curve import SHARES, Point, chosen_folds, curve, parts, run, verdict
from workbench.task import Task
from workbench.words import Lang


def some(gain: float, noise: float = 0.0, folds: int = 5) -> list[Point]:
    """Points whose metric grows from half the rows to all."""
    chance = np.random.default_rng(0)
    return [
        Point(share, fold, int(1000 * share), 0.95, 0.7 + gain * share + noise * chance.normal())
        for share in SHARES
        for fold in range(folds)
    ]


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 9_999), rows=st.integers(60, 400), rate=st.floats(0.05, 0.5))
def test_each_part_holds_the_one_before_and_keeps_the_classes(seed: int, rows: int, rate: float) -> None:
    chance = np.random.default_rng(seed)
    y = (chance.random(rows) < rate).astype(int)
    train = np.sort(chance.permutation(rows)[: rows * 3 // 4])
    found = parts(train, y, Task.BINARY, seed, group=None, time=None)
    for (_, small), (_, large) in itertools.pairwise(found):
        assert set(small) <= set(large)
    for _, part in found:
        assert set(part) <= set(train)
        assert len(part) >= learning_curve.FEWEST
        assert abs(y[part].sum() - y[train].mean() * len(part)) <= 1.5
    if len(found):
        assert found[-1][0] == 1.0
        assert np.array_equal(found[-1][1], train)


def test_groups_come_whole() -> None:
    group = np.repeat(np.arange(40), 5)
    found = parts(np.arange(200), np.zeros(200), Task.REGRESSION, 1, group=group, time=None)
    for _, part in found:
        assert all((group[part] == name).sum() == 5 for name in set(group[part]))


def test_over_time_the_latest_rows_come_first() -> None:
    time = np.random.default_rng(0).permutation(200)
    found = parts(np.arange(200), np.zeros(200), Task.REGRESSION, 1, group=None, time=time)
    share, part = found[0]
    assert time[part].min() == 200 - round(share * 200)


def test_a_part_without_one_of_the_classes_is_left_out() -> None:
    y = np.zeros(300, dtype=int)
    y[:2] = 1
    found = parts(np.arange(300), y, Task.BINARY, 1, group=None, time=None)
    assert all(len(set(y[part])) == 2 for _, part in found)


def test_small_parts_come_first_and_nothing_begins_after_the_time() -> None:
    folds = [(np.arange(100), np.arange(100, 150)), (np.arange(50, 150), np.arange(50))]
    y = np.arange(150.0)
    heard: list[tuple[int, float]] = []

    def sizes(train: np.ndarray, fold: int) -> list[tuple[float, np.ndarray]]:
        return parts(train, y, Task.REGRESSION, fold, group=None, time=None)

    found, is_whole = run(
        folds,
        sizes,
        lambda train, valid: (1.0, len(train) / len(valid)),
        seconds=60,
        told=lambda p, d: heard.append((p.rows, d)),
    )
    assert is_whole
    assert [point.share for point in found] == sorted(point.share for point in found)
    assert heard[-1] == (100, pytest.approx(1.0))
    none, is_whole = run(folds, sizes, lambda *_: (1.0, 1.0), seconds=-1, told=lambda *_: None)
    assert (none, is_whole) == ([], False)


def test_the_curve_is_the_mean_of_the_folds_and_only_of_whole_shares() -> None:
    points = some(0.1)[:-1]
    found = curve(points)
    assert [one.share for one in found] == list(SHARES[:-1])
    assert found[0].judged == pytest.approx(0.7 + 0.1 * SHARES[0])
    assert Point.of(points[0].to_dict()) == points[0]


@pytest.mark.parametrize(
    ("gain", "noise", "metric", "said"),
    [
        (0.1, 0.001, "AUC", "still helped"),
        (0.001, 0.05, "AUC", "cannot be told"),
        (-0.1, 0.001, "RMSE", "still helped"),
        (-0.1, 0.001, "AUC", "on the contrary"),
        (0.1, 0.001, "RMSE", "on the contrary"),
    ],
)
def test_whether_rows_helped_is_said_in_the_metrics_own_direction(gain: float, noise: float, metric: str, said: str) -> None:
    found = verdict(some(gain, noise), metric, folds=5)
    assert found is not None
    assert said in found.say("en")
    assert verdict([], metric, folds=5) is None


def test_over_time_the_last_folds_are_taken() -> None:
    folds = [(np.array([i]), np.array([i])) for i in range(8)]
    assert chosen_folds(folds, has_time=False)[0][0][0] == 0  # type: ignore[index]
    assert chosen_folds(folds, has_time=True)[-1][0][0] == 7  # type: ignore[index]
    assert len(chosen_folds(folds, has_time=True)) == learning_curve.FOLDS


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_curve_is_drawn_with_both_lines_and_nothing_with_the_reason(lang: Lang) -> None:
    drawn = learning_chart.learning(curve(some(0.1)), "AUC", lang)
    assert len(drawn.data) == 2
    assert drawn.layout.xaxis.title.text
    assert drawn.layout.yaxis.title.text
    assert learning_chart.learning([], "AUC", lang).layout.annotations
