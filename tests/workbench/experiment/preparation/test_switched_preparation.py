"""Every switch is learnt from the training rows of a fold alone, and the bundle's replay says exactly what the fold had."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PowerTransformer, RobustScaler, StandardScaler

from workbench.bundle.preparation import check_program
from workbench.bundle.replay import prepare
from workbench.data.kinds import kinds_of
from workbench.experiment import preparation
from workbench.experiment.candidates import Family, candidate
from workbench.experiment.plan import Plan
from workbench.experiment.plan.estimators import estimator_settings
from workbench.experiment.plan.switches import Switches
from workbench.experiment.race import fit, matrix, prepared
from workbench.experiment.table import Learnt, Table, table_of
from workbench.task import Task

FAMILIES: tuple[Family, ...] = ("linear", "tree", "native")
EVERY = (
    *({"numbers_missing": value} for value in ("mean", "median", "mode", "zero")),
    *({"categories_missing": value} for value in ("mode", "own")),
    *({"scaling": value} for value in ("none", "standard", "minmax", "maxabs", "robust")),
    {"most_one_hot": 2},
    {"rare": 0.1},
    {"transformation": "yeo-johnson"},
    {"transformation": "quantile", "scaling": "minmax"},
    {"low_variance": True},
    {"multicollinearity": 0.5},
    {"pca": 3},
    {"pca": 0.8, "low_variance": True, "transformation": "yeo-johnson"},
    {"outliers": 0.1},
    {"imbalance": "oversample"},
    {"imbalance": "smote"},
)


@pytest.fixture
def table(make_table: Callable[..., pl.DataFrame]) -> Callable[..., Table]:
    """The table of a plan with some switches, always of the same rows."""
    frame = make_table(240, 3).drop("顧客番号", "ランク", "売上")

    def of(**switches: Any) -> Table:
        return table_of(frame, Plan("解約", folds=3, switches=Switches(**switches)).checked(frame))

    return of


SPLIT = (np.arange(160), np.arange(160, 240))


@pytest.mark.parametrize("switches", EVERY, ids=str)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_replay_of_the_stored_program_equals_what_the_fold_had(
    table: Callable[..., Table], family: Family, switches: dict[str, Any]
) -> None:
    made = table(**switches)
    fold = prepared(made, family, SPLIT)
    stored = check_program(json.loads(json.dumps(fold.program, allow_nan=False)))
    np.testing.assert_array_equal(prepare(stored, made.features[SPLIT[1]]), fold.valid)
    if made.switches.outliers is None and made.switches.imbalance == "none":
        np.testing.assert_array_equal(prepare(stored, made.features[SPLIT[0]]), fold.train)
        assert fold.y is None


@pytest.mark.parametrize("switches", EVERY, ids=str)
def test_nothing_is_learnt_from_the_rows_that_judge(table: Callable[..., Table], switches: dict[str, Any]) -> None:
    made = table(**switches)
    judges = made.features[SPLIT[1]].reverse().with_columns(収入=pl.lit(1e9))
    other = pl.concat([made.features[SPLIT[0]], judges], how="vertical_relaxed")
    changed = Table(**{**vars(made), "features": other})
    for family in FAMILIES:
        assert prepared(changed, family, SPLIT).program == prepared(made, family, SPLIT).program


@pytest.mark.parametrize(
    ("scaling", "scaler"),
    [("standard", StandardScaler()), ("minmax", MinMaxScaler()), ("maxabs", MaxAbsScaler()), ("robust", RobustScaler())],
)
@pytest.mark.parametrize("filler", ["mean", "median", "mode", "zero"])
def test_scaled_numbers_equal_scikit_learn(scaling: str, scaler: Any, filler: str) -> None:
    frame = pl.DataFrame({"x": [1.0, None, 3.0, 8.0, 3.0], "z": [5.0, 5.0, -2.0, None, 1.0]})
    program = preparation.fit("tree", frame, kinds_of(frame), Switches(numbers_missing=filler, scaling=scaling))
    fills = {"mean": (3.75, 2.25), "median": (3.0, 3.0), "mode": (3.0, 5.0), "zero": (0.0, 0.0)}[filler]
    filled = frame.with_columns(pl.col("x").fill_null(fills[0]), pl.col("z").fill_null(fills[1])).to_numpy()
    np.testing.assert_allclose(prepare(program, frame), scaler.fit_transform(filled).astype("float32"), rtol=1e-6, atol=1e-7)


def test_bent_and_mixed_numbers_equal_scikit_learn() -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"x": random.exponential(3, 80), "z": random.normal(size=80), "w": random.normal(size=80) ** 3})
    bent = PowerTransformer(standardize=True).fit_transform(frame.to_numpy())
    program = preparation.fit("linear", frame, kinds_of(frame), Switches(transformation="yeo-johnson"))
    np.testing.assert_allclose(prepare(program, frame), bent, rtol=1e-9, atol=1e-9)
    program = preparation.fit("tree", frame, kinds_of(frame), Switches(pca=2))
    mixed = PCA(2, svd_solver="full").fit_transform(StandardScaler().fit_transform(frame.to_numpy()))
    np.testing.assert_allclose(prepare(program, frame), mixed, rtol=1e-9, atol=1e-9)


def test_of_two_columns_that_say_the_same_the_better_one_stays() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=200)
    frame = pl.DataFrame({"noisy": x + random.normal(size=200) * 0.3, "x": x, "other": random.normal(size=200)})
    program = preparation.fit("tree", frame, kinds_of(frame), Switches(multicollinearity=0.9), y=(x > 0).astype(int))
    assert program["ops"] == [{"op": "take", "at": [1, 2]}]


def test_categories_follow_their_switches() -> None:
    frame = pl.DataFrame({"c": ["a"] * 60 + ["b"] * 30 + ["d"] * 4 + [None] * 6})
    new = pl.DataFrame({"c": ["a", "b", "d", "new", None]})

    def rows(family: Family, **switches: Any) -> list[list[float]]:
        return prepare(preparation.fit(family, frame, kinds_of(frame), Switches(**switches)), new).tolist()

    assert rows("linear", most_one_hot=1, rare=0.02, categories_missing="own") == [
        [1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 1, 0],
    ]  # fmt: skip
    assert rows("linear", rare=0.02, categories_missing="mode") == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert rows("tree", rare=0.1, categories_missing="mode") == [[0], [1], [2], [2], [0]]
    assert rows("native", categories_missing="own")[-1] == [4]


def test_outliers_leave_the_training_rows_only(table: Callable[..., Table]) -> None:
    fold = prepared(table(outliers=0.1), "tree", SPLIT)
    assert fold.y is not None
    assert len(fold.train) == len(fold.y) == 144
    assert len(fold.valid) == 80


@pytest.mark.parametrize("imbalance", ["oversample", "smote"])
@pytest.mark.parametrize("family", FAMILIES)
def test_rare_classes_are_filled_up_in_the_training_rows_only(
    table: Callable[..., Table], family: Family, imbalance: str
) -> None:
    made = table(imbalance=imbalance)
    fold = prepared(made, family, SPLIT)
    counts = np.bincount(made.y[SPLIT[0]])
    assert fold.y is not None
    assert np.bincount(fold.y).tolist() == [counts.max()] * 2
    np.testing.assert_array_equal(fold.train[:160], prepare(fold.program, made.features[SPLIT[0]]))
    assert len(fold.valid) == 80
    for place, column in enumerate(fold.program["columns"]):
        if column["kind"] == "table":  # no row is made up between two labels
            assert set(np.unique(np.nan_to_num(fold.train[160:, place], nan=-9))) <= set(
                np.unique(np.nan_to_num(fold.train[:160, place], nan=-9))
            )


class Weighed:
    """An estimator that keeps what it was fitted with."""

    def fit(self, matrix: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Weighed:
        self.y, self.weight = y, sample_weight
        return self


def test_balanced_weights_give_every_class_the_same_sum_but_not_to_the_baseline() -> None:
    y = np.array([0] * 9 + [1] * 3)
    made = Learnt({"columns": []}, np.zeros((12, 1)), np.zeros((0, 1)))
    found = fit(Weighed(), candidate(Task.BINARY, "dt"), made, y, is_weighted=True)
    assert found.weight[y == 0].sum() == pytest.approx(found.weight[y == 1].sum()) == 6
    assert fit(Weighed(), candidate(Task.BINARY, "dummy"), made, y, is_weighted=True).weight is None
    assert fit(Weighed(), candidate(Task.BINARY, "dt"), made, y).weight is None


def test_the_forest_is_calm_only_where_that_suits_and_was_not_switched() -> None:
    suited, shared = Plan("y"), Plan("y", preprocessing="pycaret")
    assert estimator_settings(suited, 5_000) == {"rf": {"min_samples_leaf": 10, "max_samples": 0.5}}
    assert estimator_settings(suited, 500) == {}
    assert estimator_settings(shared, 5_000) == {}
    assert estimator_settings(Plan("y", switches=Switches(forest="library")), 5_000) == {}


def test_a_sample_keeps_the_shares_of_the_classes_and_whole_groups(make_table: Callable[..., pl.DataFrame]) -> None:
    frame = make_table(600, 5).with_columns(g=pl.Series(np.arange(600) // 3))
    whole = table_of(frame, Plan("解約", folds=3).checked(frame))
    part = table_of(frame, Plan("解約", folds=3, sample=200).checked(frame))
    assert len(part.y) == 200
    assert part.y.mean() == pytest.approx(whole.y.mean(), abs=0.01)
    np.testing.assert_array_equal(part.features["年齢"].to_numpy(), frame["年齢"].to_numpy()[part.rows])
    grouped = table_of(frame, Plan("解約", folds=3, sample=200, group="g").checked(frame))
    assert grouped.group is not None
    assert set(np.unique(grouped.group, return_counts=True)[1]) == {3}


def test_linear_matrices_stay_in_rows_for_their_solvers(table: Callable[..., Table]) -> None:
    made = table()
    program = preparation.fit("linear", made.features, made.kinds)
    assert matrix(program, "linear", made.features).flags.c_contiguous
