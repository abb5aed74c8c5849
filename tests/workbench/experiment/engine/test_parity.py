"""PyCaret's own preparation: its numbers are PyCaret's, and what is registered predicts as PyCaret's own pipeline."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from workbench.bundle.preparation import check_program
from workbench.bundle.replay import Replay, prepare
from workbench.errors import ExperimentError
from workbench.experiment import engine
from workbench.experiment.engine import caret, parity
from workbench.experiment.leaderboard import Comparison
from workbench.experiment.plan import Plan
from workbench.experiment.plan.switches import Switches
from workbench.experiment.table import Table, table_of

pytestmark = pytest.mark.slow
MODELS = {"結果": ("lr", "dt", "rf", "lightgbm"), "額": ("dt", "lightgbm")}
ROWS = 400


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Numbers with fractions and blanks, 60 towns, two and four labels, dates, a boolean, a constant."""
    chance = np.random.default_rng(0)
    x, age = chance.normal(size=ROWS), chance.integers(18, 80, ROWS).astype(float)
    two, flag = chance.integers(0, 2, ROWS), chance.random(ROWS) < 0.4
    kind = chance.integers(0, 4, ROWS)
    pull = age / 30 + x + (kind == 3) * 1.5 + flag + chance.normal(size=ROWS)
    whole = pl.DataFrame(
        {
            "x": x,
            "年齢": age,
            "count": chance.integers(0, 300, ROWS),
            "市": [f"市{place:03d}" for place in chance.integers(0, 60, ROWS)],
            "kind": np.array(["e", "g", "い", "ろ"])[kind].tolist(),
            "two": np.array(["はい", "いいえ"])[two].tolist(),
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(chance.integers(0, 900, ROWS), unit="D"),
            "flag": flag,
            "same": 1.0,
            "結果": np.where(pull > np.median(pull), "good", "bad"),
            "段階": np.digitize(pull, np.quantile(pull, [0.3, 0.7])),
            "額": pull * 1000,
        }
    )
    blank = chance.random((ROWS, 3)) < 0.07
    return whole.with_columns(
        pl.col("when").cast(pl.Date),
        *(
            pl.when(pl.Series(blank[:, place])).then(None).otherwise(pl.col(name)).alias(name)
            for place, name in enumerate(("年齢", "市", "kind"))
        ),
    )


TARGETS = {"結果": ("段階", "額"), "段階": ("結果", "額"), "額": ("結果", "段階")}


def compared(frame: pl.DataFrame, target: str, **settings: Any) -> Comparison:
    """Compare with PyCaret's own preparation."""
    event = {"event": "good"} if target == "結果" else {}
    plan = Plan(target, folds=3, ignore=TARGETS[target], preprocessing="pycaret", **event, **settings)
    return engine.compare(frame, plan, emit=engine.ignored)


def as_shipped(frame: pl.DataFrame, target: str) -> pd.DataFrame:
    """The table as an analyst hands it to PyCaret, the event as 1."""
    whole = frame.drop(TARGETS[target]).to_pandas().replace({None: np.nan})
    whole["when"] = pd.to_datetime(whole["when"])
    return whole.assign(**{target: (whole[target] == "good").astype(int)}) if target == "結果" else whole


def theirs(frame: pl.DataFrame, target: str) -> Any:
    """PyCaret's own experiment."""
    experiment = caret.experiment_class(target != "額")()
    experiment._check_environment = lambda: None
    with caret.quiet():
        return experiment.setup(
            as_shipped(frame, target), target=target, session_id=123, train_size=0.7, fold=3,
            verbose=False, html=False, n_jobs=1, system_log=False, memory=False,
        )  # fmt: skip


@pytest.mark.parametrize("target", ["結果", "額"])
def test_every_metric_equals_pycaret_s_own_comparison(frame: pl.DataFrame, target: str) -> None:
    found = compared(frame, target, models=MODELS[target])
    experiment = theirs(frame, target)
    with caret.quiet():
        experiment.compare_models(include=list(MODELS[target]), verbose=False)
        shown = experiment.pull()
    for row in found.leaderboard:
        for metric, value in row["metrics"].items():
            if value is not None and metric in shown.columns:
                # PyCaret shows four digits; it has the target in float32, and its logistic regression may stop early.
                close = 1e-3 if row["model"] == "lr" else 1e-4
                assert math.isclose(value, shown.loc[row["model"], metric], rel_tol=1e-6, abs_tol=close), (row["model"], metric)
    assert {row["status"] for row in found.leaderboard} == {"finished"}


def test_what_is_registered_predicts_as_pycaret_s_pipeline(frame: pl.DataFrame) -> None:
    found = compared(frame, "結果", models=("rf",))
    made = found.fitted
    assert made is not None
    experiment = theirs(frame, "結果")
    whole = as_shipped(frame, "結果")
    with caret.quiet():
        order = experiment.X.sort_index().index
        pipeline = clone(experiment.pipeline)
        prepared, y = pipeline.fit_transform(experiment.X.loc[order], experiment.y.loc[order])
        model = caret.make_estimator(experiment, "rf").fit(prepared.to_numpy("float64"), y)
        rows = whole.drop(columns="結果").assign(
            市=lambda given: given["市"].where(given.index % 7 > 0, "新しい市"), x=lambda given: given["x"] * 9
        )
        rows["x"], rows["年齢"] = rows["x"].astype("float32"), rows["年齢"].astype("float32")
        expected = model.predict_proba(pipeline.transform(rows).to_numpy("float64"))
    program = check_program(json.loads(json.dumps(made.program, allow_nan=False)))
    replay = Replay(program, made.model, task=made.task, labels=made.labels, event=made.event)
    new = frame.with_columns(
        pl.when(pl.int_range(ROWS) % 7 > 0).then("市").otherwise(pl.lit("新しい市")).alias("市"), pl.col("x") * 9
    )
    np.testing.assert_allclose(replay.outputs(new).probabilities, expected, rtol=0, atol=1e-12)


def own_of(frame: pl.DataFrame, target: str = "結果", **settings: Any) -> tuple[Any, Any]:
    """A table with PyCaret's preparation, and its splits."""
    plan = Plan(target, folds=3, preprocessing="pycaret", models=("lr",), **settings).checked(frame)
    with caret.quiet():
        table = table_of(frame, plan)
        splits = caret.splits_of(caret.set_up(table, plan), table, plan)
        return caret.with_own(table, plan, splits), splits


def pipeline_of(table: Any, rows: np.ndarray) -> np.ndarray:
    """What PyCaret's own pipeline makes of rows that it is fitted on, wrappers and all."""
    with caret.quiet():
        prepared, _ = clone(table.own.pipeline).fit_transform(table.own.features.iloc[rows], table.own.y.iloc[rows])
    return np.asarray(prepared.to_numpy("float64"))


@pytest.fixture(scope="module")
def prepared_by(frame: pl.DataFrame) -> Callable[..., tuple[Table, Any]]:
    """A table with PyCaret's preparation under some switches, and its splits."""

    def of(*without: str, **switches: Any) -> tuple[Table, Any]:
        return own_of(frame, ignore=(*TARGETS["結果"], *without), switches=Switches(**switches))

    return of


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"numbers_missing": "zero", "categories_missing": "own"},
        {"most_one_hot": 100, "multicollinearity": 0.5, "scaling": "minmax"},
        {"transformation": "quantile", "scaling": "robust"},
        {
            "rare": 0.02,
            "scaling": "standard",
            "transformation": "yeo-johnson",
            "low_variance": True,
            "multicollinearity": 0.9,
            "outliers": 0.05,
            "pca": 4,
            "imbalance": "smote",
        },
    ],
    ids=str,
)
def test_pycaret_s_own_switches_end_in_a_program_that_says_the_same(
    prepared_by: Callable[..., tuple[Table, Any]], switches: dict[str, Any]
) -> None:
    table, splits = prepared_by(**switches)
    assert isinstance(table.own, parity.Parity)
    assert list(table.own.features.columns) == [f"c{place}" for place in range(9)]
    labels = {str(value) for name in ("c3", "c4", "c5") for value in table.own.features[name].dropna().unique()}
    assert all(label.startswith("v") and label[1:].isdigit() for label in labels)  # PyCaret sees no name and no label
    train, valid = splits.folds[1]
    with caret.quiet():
        made = table.own.prepared(table, splits.folds[1])
        pipeline = clone(table.own.pipeline)
        pipeline.fit(table.own.features.iloc[train], table.own.y.iloc[train])
        expected = pipeline.transform(table.own.features.iloc[valid]).to_numpy("float64")
        learnt = pipeline.transform(table.own.features.iloc[train]).to_numpy("float64")
    np.testing.assert_allclose(made.valid, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(prepare(made.program, table.features[valid]), made.valid)
    assert check_program(json.loads(json.dumps(made.program, allow_nan=False))) == made.program
    if "outliers" in switches:
        assert made.y is not None
        assert len(made.y) == len(made.train)
    else:
        np.testing.assert_allclose(made.train, learnt, rtol=1e-12, atol=1e-12)


def test_pycaret_decides_which_steps_there_are_and_fits_none_of_them(prepared_by: Callable[..., tuple[Table, Any]]) -> None:
    table, _ = prepared_by(scaling="standard")
    assert isinstance(table.own, parity.Parity)
    names = [name for name, _ in table.own.pipeline.steps]
    assert names == [
        "date_feature_extractor", "numerical_imputer", "categorical_imputer", "ordinal_encoding", "onehot_encoding",
        "rest_encoding", "normalize",
    ]  # fmt: skip
    assert not any(hasattr(step.transformer, "statistics_") for _, step in table.own.pipeline.steps)
    assert "fit" not in vars(table.own.pipeline)


@pytest.mark.parametrize("every", [4, 13])
def test_a_date_s_parts_are_there_where_pycaret_has_them(frame: pl.DataFrame, every: int) -> None:
    some_blank = pl.when(pl.int_range(ROWS) % every == 0).then(None).otherwise(pl.col("when")).alias("when")
    table, splits = own_of(frame.with_columns(some_blank), ignore=TARGETS["結果"])
    made, expected = table.own.prepared(table, splits.folds[0]), pipeline_of(table, splits.folds[0][0])
    assert any(column["kind"] == "date" for column in made.program["columns"]) is (every == 13)
    np.testing.assert_array_equal(made.train, expected)


def test_wide_tables_of_every_kind_are_prepared_to_the_last_bit_as_pycaret_does() -> None:
    chance = np.random.default_rng(3)
    frame = pl.DataFrame(
        {f"g{place}": chance.normal(size=80) for place in range(200)}
        | {f"n{place}": chance.integers(0, 10**place, 80) for place in range(1, 10)}
        | {f"k{place}": chance.choice([*"abcdefgh"[: place + 2], None], 80).tolist() for place in range(6)}
        | {"same": 3.0, "y": chance.choice(["p", "q"], 80).tolist()}
    ).with_columns(pl.when(pl.int_range(80) % 7 == 0).then(None).otherwise(pl.col("g3")).alias("g3"))
    table, splits = own_of(frame, "y")
    for split in splits.folds:
        np.testing.assert_array_equal(table.own.prepared(table, split).train, pipeline_of(table, split[0]))


def test_a_step_over_columns_of_several_kinds_is_refused(prepared_by: Callable[..., tuple[Table, Any]]) -> None:
    table, splits = prepared_by()
    assert isinstance(table.own, parity.Parity)
    table.own.pipeline.steps[1][1].set_params(include=["c0", "c3"])
    with pytest.raises(ExperimentError, match=r"cannot be repeated outside of it \(SimpleImputer\)"):
        table.own.prepared(table, splits.folds[0])


def test_numbers_that_all_fit_into_float32_are_filled_as_pycaret_fills_them(
    prepared_by: Callable[..., tuple[Table, Any]],
) -> None:
    table, splits = prepared_by("count", scaling="standard")
    assert isinstance(table.own, parity.Parity)
    made = [table.own.prepared(table, split) for split in splits.folds]
    blank = table.features.head(3).with_columns(when=pl.lit(None, pl.Date), flag=pl.lit(None, pl.Boolean))
    assert all(np.isfinite(prepare(one.program, blank)).all() for one in made)  # PyCaret met no such row and has no answer


def test_columns_that_are_the_same_in_every_row_stay_because_a_forest_counts_them(frame: pl.DataFrame) -> None:
    plan = Plan("結果", folds=3, ignore=TARGETS["結果"])
    assert "same" not in table_of(frame, plan.checked(frame)).features.columns
    shared = Plan("結果", folds=3, ignore=TARGETS["結果"], preprocessing="pycaret").checked(frame)
    assert "same" in table_of(frame, shared).features.columns


def test_groups_stay_whole_and_several_classes_are_compared(frame: pl.DataFrame) -> None:
    found = compared(frame.with_columns(g=pl.int_range(ROWS) // 4), "段階", models=("dt", "lightgbm"), group="g")
    assert [row["status"] for row in found.leaderboard] == ["finished"] * 2
    assert found.leaderboard[0]["metrics"]["AUC"] > 0.6
