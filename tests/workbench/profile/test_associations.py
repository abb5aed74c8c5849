"""Correlations equal pandas' pairwise complete ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from workbench.profile import associations


@pytest.fixture
def numbers() -> pd.DataFrame:
    random = np.random.default_rng(5)
    base = random.normal(size=300)
    table = pd.DataFrame(
        {
            "a": base,
            "b": base * 3e6 + random.normal(0, 1e6, 300),
            "c": 1e5 + random.normal(size=300),
            "d": -base,
            "e": random.integers(0, 3, 300).astype(float),
        }
    )
    return table.mask(random.random(table.shape) < 0.2)


def test_every_correlation_equals_pandas(numbers: pd.DataFrame) -> None:
    found = associations.correlations(pl.from_pandas(numbers))

    theirs = numbers.corr(min_periods=10)
    assert found["columns"] == list(numbers.columns)
    np.testing.assert_allclose(np.array(found["matrix"], dtype=float), theirs.to_numpy(), rtol=0, atol=1e-9)


def test_blocks_of_rows_change_nothing(numbers: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pl.from_pandas(numbers)
    whole = associations.correlations(table)
    monkeypatch.setattr(associations, "BLOCK", 7)

    blocks = associations.correlations(table)

    np.testing.assert_allclose(np.array(blocks["matrix"], float), np.array(whole["matrix"], float), atol=1e-12)


def test_constants_infinities_and_too_few_rows_are_not_correlated() -> None:
    table = pl.DataFrame(
        {
            "x": [float(i) for i in range(20)],
            "constant": [0.1] * 20,
            "infinite": [float("inf")] * 20,
            "few": [1.0, 2.0] + [None] * 18,
            "empty": pl.Series([None] * 20, dtype=pl.Float64),
        }
    )

    matrix = associations.correlations(table)["matrix"]

    assert matrix[0][0] == pytest.approx(1.0)
    assert matrix[0][1:] == [None] * 4


def test_strong_pairs_come_strongest_first(numbers: pd.DataFrame) -> None:
    found = associations.pairs(associations.correlations(pl.from_pandas(numbers)), at_least=0.9)

    assert found[0] == ("a", "d", pytest.approx(-1.0))
    assert [abs(r) for *_, r in found] == sorted((abs(r) for *_, r in found), reverse=True)


def test_a_table_without_numbers_has_no_correlations() -> None:
    assert associations.correlations(pl.DataFrame({"a": ["x"]})) == {"columns": [], "matrix": [], "left_out": 0}
