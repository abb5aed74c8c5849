"""Operations on whole matrices say what scikit-learn says, are refused when they cannot be followed, and raise the format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PowerTransformer, QuantileTransformer

from workbench.bundle import prepare, read, read_manifest
from workbench.bundle.manifest import FORMAT, FORMATS, OPERATING, REPAIRING
from workbench.bundle.matrix import Preparation
from workbench.bundle.operations import checked_width, compiled
from workbench.bundle.preparation import check_program, finished, is_mixed, sources
from workbench.errors import BundleError
from workbench.task import Task

MakeTable = Callable[..., pl.DataFrame]
RANDOM = np.random.default_rng(7)
MATRIX = np.column_stack([RANDOM.normal(size=300), RANDOM.exponential(9, 300), RANDOM.integers(0, 3, 300), np.ones(300)])
NUMBERS = [
    {"kind": "number", "source": f"x{place}", "missing": 0.0, "shift": 0.0, "scale": 1.0, "float32": place == 1}
    for place in range(4)
]


def one(operation: dict[str, Any], matrix: np.ndarray = MATRIX) -> np.ndarray:
    """Do one operation."""
    return compiled([operation])[0](matrix.copy())


def test_yeo_johnson_equals_scikit_learn_on_both_sides_of_zero() -> None:
    matrix = MATRIX[:, :3]
    made = PowerTransformer(standardize=False).fit(matrix)
    made.lambdas_[2] = 0.0
    found = one({"op": "yeo-johnson", "at": [0, 1, 2], "lambdas": made.lambdas_.tolist()}, matrix)
    np.testing.assert_array_equal(found, made.transform(matrix))
    made.lambdas_[0] = 2.0
    found = one({"op": "yeo-johnson", "at": [0, 1, 2], "lambdas": made.lambdas_.tolist()}, matrix)
    np.testing.assert_array_equal(found, made.transform(matrix))


def test_quantiles_equal_scikit_learn_for_ties_constants_and_values_beyond() -> None:
    made = QuantileTransformer(n_quantiles=50, output_distribution="normal").fit(MATRIX)
    new = np.vstack([MATRIX, MATRIX[:5] * 40 - 30])
    found = one({"op": "quantile", "at": [0, 1, 2, 3], "quantiles": made.quantiles_.T.tolist()}, new)
    np.testing.assert_allclose(found, made.transform(new), rtol=0, atol=1e-12)


def test_components_equal_scikit_learn() -> None:
    made = PCA(2).fit(MATRIX)
    found = one({"op": "project", "mean": made.mean_.tolist(), "components": made.components_.tolist()})
    np.testing.assert_allclose(found, made.transform(MATRIX), rtol=1e-12, atol=1e-12)


def test_a_blank_stays_one() -> None:
    matrix = np.array([[np.nan, 1.0], [2.0, np.nan]])
    for operation in (
        {"op": "scale", "at": [0, 1], "shift": [1, 1], "scale": [2, 2]},
        {"op": "yeo-johnson", "at": [0, 1], "lambdas": [0.5, 0.5]},
        {"op": "quantile", "at": [0, 1], "quantiles": [[0, 3], [0, 3]]},
    ):
        np.testing.assert_array_equal(np.isnan(one(operation, matrix)), np.isnan(matrix))


@pytest.mark.parametrize(
    "operations",
    [
        {"op": "take"},
        [{"op": "import os", "at": [0]}],
        [{"op": "take", "at": []}],
        [{"op": "take", "at": [4]}],
        [{"op": "take", "at": [-1]}],
        [{"op": "take", "at": [1, 1]}],
        [{"op": "take", "at": [True]}],
        [{"op": "scale", "at": [0], "shift": [0.0], "scale": [0.0]}],
        [{"op": "scale", "at": [0, 1], "shift": [0.0], "scale": [1.0]}],
        [{"op": "yeo-johnson", "at": [0], "lambdas": ["1"]}],
        [{"op": "quantile", "at": [0], "quantiles": [[2.0, 1.0]]}],
        [{"op": "project", "mean": [0.0], "components": [[1.0]]}],
        [{"op": "take", "at": [0]}, {"op": "scale", "at": [1], "shift": [0.0], "scale": [1.0]}],
    ],
)
def test_operations_that_cannot_be_followed_are_refused(operations: Any) -> None:
    assert checked_width(operations, 4) is None
    with pytest.raises(BundleError, match="ops"):
        check_program({"dtype": "float64", "columns": NUMBERS, "ops": operations})


def test_a_row_becomes_what_it_becomes_among_others() -> None:
    program = {
        "dtype": "float32",
        "columns": NUMBERS,
        "ops": [
            {"op": "take", "at": [2, 1, 0]},
            {"op": "yeo-johnson", "at": [1], "lambdas": [0.3]},
            {"op": "scale", "at": [0, 2], "shift": [1.0, 0.5], "scale": [2.0, 3.0]},
        ],
    }
    frame = pl.DataFrame({f"x{place}": MATRIX[:, place] for place in range(4)}).with_columns(x1=pl.lit(None, pl.Float64))
    frame = frame.with_columns(x1=pl.Series(MATRIX[:, 1]).round(9))
    whole, preparation = prepare(program, frame), Preparation(program)
    assert whole.dtype == np.float32
    assert whole.shape == (300, 3)
    for place, row in enumerate(frame.head(20).to_dicts()):
        np.testing.assert_array_equal(preparation.row(row)[0], whole[place])
    assert sources(program) == ["x2", "x1", "x0"]


def test_a_mixture_comes_from_no_single_column() -> None:
    mixed = {"columns": NUMBERS, "ops": [{"op": "project", "mean": [0] * 4, "components": [[1, 0, 0, 0]]}]}
    assert is_mixed(mixed)
    assert finished(mixed) == [None]


def bundle_of(folder: Path, fitted: Any, write_bundle: Any, make_table: MakeTable, change: Callable[[dict], dict]) -> Any:
    """Write a bundle whose program was changed, with a model of its own."""
    frame = make_table(300, 1)
    made = fitted(frame, Task.BINARY, "lr")
    program = change(made.program)
    y = np.array([["いいえ", "はい"].index(value) for value in frame["解約"]])
    model = LogisticRegression(max_iter=300).fit(prepare(program, frame), y)
    return write_bundle(folder, type(made)(**{**vars(made), "program": program, "model": model}), frame)


def test_only_what_an_older_reader_could_not_follow_raises_the_format(
    tmp_path: Path, make_table: MakeTable, fitted: Any, write_bundle: Any
) -> None:
    plain = bundle_of(tmp_path / "plain", fitted, write_bundle, make_table, lambda program: program)
    assert plain.format == FORMAT == 1
    operating = bundle_of(
        tmp_path / "ops",
        fitted,
        write_bundle,
        make_table,
        lambda program: program | {"ops": [{"op": "take", "at": [1, 2, 3]}]},
    )
    assert operating.format == OPERATING
    rounding = bundle_of(
        tmp_path / "float32",
        fitted,
        write_bundle,
        make_table,
        lambda program: (
            program | {"columns": [c | {"float32": True} if c["kind"] == "number" else c for c in program["columns"]]}
        ),
    )
    assert rounding.format == OPERATING
    assert FORMATS == (FORMAT, REPAIRING, OPERATING)
    for name in ("plain", "ops", "float32"):
        found, new = read(tmp_path / name), make_table(80, 2)
        expected = found.model.predict_proba(prepare(found.program, new))
        np.testing.assert_allclose(found.replay.outputs(new).probabilities, expected, rtol=1e-12)
    stored = json.loads((tmp_path / "plain" / "preparation.json").read_text("utf-8"))
    assert "ops" not in stored
    assert read_manifest(tmp_path / "ops").format == OPERATING
