"""The replay gives what the model itself gives, whatever the cut, the order and the way in."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.bundle import Fitted, Replay, prepare, replay
from workbench.bundle.matrix import Preparation
from workbench.task import Task

MakeTable = Callable[..., pl.DataFrame]
Fit = Callable[..., Fitted]
CASES = [
    (Task.BINARY, "lr"),
    (Task.BINARY, "lightgbm"),
    (Task.MULTICLASS, "lr"),
    (Task.MULTICLASS, "lightgbm"),
    (Task.REGRESSION, "linear"),
    (Task.REGRESSION, "lightgbm_number"),
]


def replay_of(fitted: Fitted) -> Replay:
    return Replay(fitted.program, fitted.model, task=fitted.task, labels=fitted.labels, event=fitted.event)


@pytest.mark.parametrize(("task", "model"), CASES)
def test_outputs_are_the_models_own(make_table: MakeTable, fitted: Fit, task: Task, model: str) -> None:
    made = fitted(make_table(300, 1), task, model)
    new = make_table(200, 2)
    found = replay_of(made).outputs(new)
    matrix = prepare(made.program, new)
    if task is Task.REGRESSION:
        np.testing.assert_allclose(found.prediction, made.model.predict(matrix), rtol=0, atol=1e-12)
        assert found.probabilities is None
    else:
        expected = made.model.predict_proba(matrix)
        np.testing.assert_allclose(found.probabilities, expected, rtol=0, atol=1e-12)
        assert found.prediction.tolist() == [made.labels[i] for i in expected.argmax(axis=1)]


@pytest.mark.parametrize(("task", "model"), CASES)
def test_one_row_gives_what_the_frame_gives(make_table: MakeTable, fitted: Fit, task: Task, model: str) -> None:
    made = replay_of(fitted(make_table(300, 1), task, model))
    new = spoiled(make_table(40, 2))
    whole = made.outputs(new)
    for i, row in enumerate(new.iter_rows(named=True)):
        one = made.outputs_of_row(row)
        np.testing.assert_array_equal(made.preparation.row(row), made.matrix(new.slice(i, 1)))
        assert one.prediction.tolist() == whole.prediction[i : i + 1].tolist() or task is Task.REGRESSION
        if one.probabilities is not None:
            np.testing.assert_allclose(one.probabilities[0], whole.probabilities[i], rtol=0, atol=1e-12)


def spoiled(frame: pl.DataFrame) -> pl.DataFrame:
    """Blanks everywhere, an unseen category and an extreme number."""
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise(pl.col(c)).alias(c)
        for c in ("年齢", "収入", "登録日", "会員")
    ).with_columns(
        pl.when(pl.int_range(pl.len()) % 7 == 0).then(pl.lit('新 "種", [x]')).otherwise(pl.col("都道府県")).alias("都道府県")
    )


def test_a_model_without_probabilities_gives_its_score(make_table: MakeTable, fitted: Fit) -> None:
    made = fitted(make_table(300, 1), Task.BINARY, "svm")
    new = make_table(50, 2)
    found = replay_of(made).outputs(new)
    assert found.probabilities is None
    np.testing.assert_allclose(found.score, made.model.decision_function(prepare(made.program, new)))
    assert found.prediction.tolist() == [made.labels[int(s > 0)] for s in found.score]


def test_a_long_frame_is_cut_and_put_together_in_order(
    make_table: MakeTable, fitted: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replay_of(fitted(make_table(300, 1), Task.BINARY, "lightgbm"))
    new = make_table(1_000, 3)
    whole = made.outputs(new)
    monkeypatch.setattr(replay, "WORTH_TWO_THREADS", 10)
    monkeypatch.setattr(replay, "CHUNK", 64)
    cut = made.outputs(new)
    np.testing.assert_array_equal(cut.probabilities, whole.probabilities)
    assert cut.prediction.tolist() == whole.prediction.tolist()


def test_no_rows_give_no_outputs(make_table: MakeTable, fitted: Fit) -> None:
    found = replay_of(fitted(make_table(100, 1), Task.MULTICLASS, "lr")).outputs(make_table(5, 1).clear())
    assert len(found) == 0
    assert found.probabilities is not None
    assert found.probabilities.shape == (0, 3)


def test_a_label_the_model_never_saw_has_probability_zero(make_table: MakeTable, fitted: Fit) -> None:
    made = fitted(make_table(300, 1), Task.BINARY, "lr")
    wider = Replay(made.program, made.model, task=Task.MULTICLASS, labels=["いいえ", "はい", "不明"])
    assert wider.outputs(make_table(5, 2)).probabilities[:, 2].tolist() == [0.0] * 5


def test_columns_are_traced_to_their_source(make_table: MakeTable, fitted: Fit) -> None:
    made = replay_of(fitted(make_table(100, 1), Task.BINARY, "lr"))
    assert len(made.sources) == made.matrix(make_table(3, 1)).shape[1]
    assert made.sources[:3] == [None, "年齢", "年齢"]


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
VALUES = st.lists(st.one_of(st.none(), st.sampled_from(['東京, "都"', "大阪 [x]", "a", "", "unseen"])), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=VALUES,
    name=NAMES,
    size=st.integers(1, 31),
    order=st.randoms(use_true_random=False),
    number=st.one_of(st.none(), st.floats(-1e6, 1e6)),
)
def test_rows_do_not_depend_on_their_neighbours(
    values: list[str | None], name: str, size: int, order: object, number: float | None
) -> None:
    program = {
        "dtype": "float64",
        "columns": [
            {
                "kind": "table",
                "source": name,
                "values": ['東京, "都"', "大阪 [x]", "a", ""],
                "outputs": [1.0, 2.0, None, 4.0],
                "unseen": 9.0,
                "missing": number,
            },
            {"kind": "number", "source": name + "数", "missing": number, "shift": 3.0, "scale": 7.0},
            {"kind": "missing", "source": name + "数", "shift": 0.5, "scale": 0.5},
        ],
    }
    lengths = [None if v is None else float(len(v)) * 0.1 for v in values]
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String), name + "数": pl.Series(lengths, dtype=pl.Float64)})
    whole = prepare(program, frame)
    parts = [prepare(program, frame.slice(i, size)) for i in range(0, frame.height, size)]
    np.testing.assert_array_equal(np.vstack(parts), whole)
    places = list(range(frame.height))
    order.shuffle(places)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(prepare(program, frame[places]), whole[places])


def test_parts_of_dates_before_and_after_1970() -> None:
    import datetime as dt

    days = pl.Series("d", [dt.date(1969, 12, 31), None, dt.date(2024, 2, 29)])
    moments = pl.Series("t", [dt.datetime(1969, 12, 31, 23, 5), None, dt.datetime(2024, 2, 29, 1)])
    parts = ("days", "month", "weekday", "hour")
    columns = [
        {"kind": "date", "source": s, "part": p, "missing": None, "shift": 0.0, "scale": 1.0} for s in ("d", "t") for p in parts
    ]
    found = prepare({"dtype": "float64", "columns": columns}, pl.DataFrame([days, moments]))
    blank = [np.nan] * 8
    np.testing.assert_array_equal(found, [[-1, 12, 2, 0, -1, 12, 2, 23], blank, [19_782, 2, 3, 0, 19_782, 2, 3, 1]])


def test_the_matrix_is_contiguous_by_column_in_the_programs_type() -> None:
    column = {"kind": "number", "source": "a", "missing": 0.1, "shift": 0.0, "scale": 1.0}
    found = prepare({"dtype": "float32", "columns": [column, column]}, pl.DataFrame({"a": [1, None, 3]}))
    assert found.flags.f_contiguous
    assert found.dtype == np.float32
    assert found[:, 0].tolist() == [1.0, np.float32(0.1), 3.0]


@pytest.mark.parametrize(
    ("dtype", "scale", "seen"),
    [
        ("float64", 1.0, [1e200, -1.7e308, 1e300]),
        ("float64", 0.5, [1e100, -1e100, 1e100]),
        ("float32", 1.0, [np.finfo(np.float32).max, -np.finfo(np.float32).max, np.finfo(np.float32).max]),
    ],
)
def test_a_huge_number_stays_finite_and_one_that_is_not_scaled_as_large_as_it_is(
    dtype: str, scale: float, seen: list[float]
) -> None:
    column = {"kind": "number", "source": "a", "missing": 1e300, "shift": 0.0, "scale": scale}
    program = {"dtype": dtype, "columns": [column]}
    table = pl.DataFrame({"a": [1e200, -1.7e308, None]})
    assert prepare(program, table)[:, 0].tolist() == seen
    assert [float(Preparation(program).row(row)[0, 0]) for row in table.to_dicts()] == seen


@pytest.mark.parametrize("model", ["lr", "lightgbm"])
def test_one_row_takes_well_below_a_millisecond(make_table: MakeTable, fitted: Fit, model: str) -> None:
    made = replay_of(fitted(make_table(300, 1), Task.BINARY, model))
    row = make_table(1, 2).row(0, named=True)
    seconds = []
    for _ in range(300):
        start = time.perf_counter()
        made.outputs_of_row(row)
        seconds.append(time.perf_counter() - start)
    assert np.median(seconds) < 0.001  # 0.1 ms on a quiet machine; a busy one must not fail
