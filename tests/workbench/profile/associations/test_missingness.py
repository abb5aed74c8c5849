"""Patterns of blanks equal pandas' counts, and columns that are blank together are found whatever the order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.profile.associations.missingness import missingness


@pytest.fixture
def frame() -> pd.DataFrame:
    random = np.random.default_rng(8)
    table = pd.DataFrame(random.normal(size=(500, 5)), columns=list("abcde"))
    building = random.random(500) < 0.4
    table.loc[building, ["a", "b"]] = np.nan
    table.loc[random.random(500) < 0.3, "c"] = np.nan
    table.loc[3, "d"] = np.nan
    return table


def test_every_pattern_equals_pandas(frame: pd.DataFrame) -> None:
    found = missingness(pl.from_pandas(frame))

    theirs = frame.isna().value_counts()
    mine = {frozenset(pattern["columns"]): pattern["rows"] for pattern in found["patterns"]}
    assert mine == {frozenset(np.array(list("abcde"))[list(key)]): n for key, n in theirs.items()}
    assert found["rest"] == 0
    assert found["columns"] == sorted("abcd", key=lambda name: -frame[name].isna().sum())


def test_only_the_most_frequent_patterns_are_listed_and_the_rest_is_counted() -> None:
    random = np.random.default_rng(9)
    frame = pd.DataFrame(np.where(random.random((2_000, 70)) < 0.05, np.nan, 1.0)).rename(columns=str)

    found = missingness(pl.from_pandas(frame))

    theirs = frame.isna().value_counts()
    assert [p["rows"] for p in found["patterns"]] == theirs.head(20).to_list()
    assert found["rest"] == 2_000 - theirs.head(20).sum()
    assert {"columns": [], "rows": int(frame.notna().all(axis=1).sum())} in found["patterns"]


def test_patterns_of_more_than_sixty_four_columns_stay_apart() -> None:
    table = pl.DataFrame({f"x{i}": [None if i == j else 1 for j in range(130)] for i in range(130)})

    found = missingness(table)

    assert len(found["patterns"]) == 20
    assert all(len(p["columns"]) == 1 and p["rows"] == 1 for p in found["patterns"])
    assert found["rest"] == 110


def test_columns_that_are_missing_together_are_named(frame: pd.DataFrame) -> None:
    (group,) = missingness(pl.from_pandas(frame))["groups"]

    assert group == {"columns": ["a", "b"], "rows": int(frame["a"].isna().sum()), "same": 1.0}


def test_nearly_the_same_rows_are_told_with_their_share(frame: pd.DataFrame) -> None:
    some = frame.index[frame["a"].isna()][:5]
    frame.loc[some, "b"] = 0.0

    (group,) = missingness(pl.from_pandas(frame))["groups"]

    blank = frame["a"].isna(), frame["b"].isna()
    assert group["rows"] == int((blank[0] & blank[1]).sum())
    assert group["same"] == pytest.approx((blank[0] & blank[1]).sum() / (blank[0] | blank[1]).sum())


def test_every_two_columns_of_a_group_are_close() -> None:
    # Each is like the next, but the first is not like the last.
    table = pl.DataFrame({f"x{i}": [None if 3 * i <= row < 3 * i + 100 else 1.0 for row in range(200)] for i in range(3)})

    found = missingness(table)["groups"]

    assert found == []
    nearer = pl.DataFrame({f"x{i}": [None if 2 * i <= row < 2 * i + 100 else 1.0 for row in range(200)] for i in range(3)})
    (group,) = missingness(nearer)["groups"]
    assert len(group["columns"]) == 2
    assert group["same"] == pytest.approx(98 / 102)


def test_a_few_blanks_are_together_by_accident() -> None:
    table = pl.DataFrame({"a": [None] * 19 + [1] * 81, "b": [None] * 19 + [1] * 81})

    assert missingness(table)["groups"] == []
    assert missingness(table.with_columns(pl.when(pl.int_range(100) > 19).then(pl.all())))["groups"] != []


def test_tables_without_blanks_or_rows_or_values() -> None:
    assert missingness(pl.DataFrame()) == {"columns": [], "patterns": [], "rest": 0, "groups": []}
    assert missingness(pl.DataFrame({"a": []})) == {"columns": [], "patterns": [], "rest": 0, "groups": []}
    assert missingness(pl.DataFrame({"a": [1, 2]}))["patterns"] == [{"columns": [], "rows": 2}]
    assert missingness(pl.DataFrame({"a": [None]}))["patterns"] == [{"columns": ["a"], "rows": 1}]
    gone = missingness(pl.DataFrame({"a": [None] * 50, "b": ["x"] * 50, "c": [None] * 50}))
    assert gone["patterns"] == [{"columns": ["a", "c"], "rows": 50}]
    assert gone["groups"] == [{"columns": ["a", "c"], "rows": 50, "same": 1.0}]


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_shuffling_rows_changes_nothing(seed: int) -> None:
    random = np.random.default_rng(10)
    table = pl.DataFrame({str(i): np.where(random.random(60) < 0.4, None, 1.0).astype(float) for i in range(9)})
    table = table.with_columns(pl.when(pl.col("0").is_not_null()).then(pl.lit("x")).alias("like 0"))
    table = pl.DataFrame({s.name: s.fill_nan(None) if s.dtype.is_float() else s for s in table})

    assert missingness(table.sample(fraction=1, shuffle=True, seed=seed)) == missingness(table)
