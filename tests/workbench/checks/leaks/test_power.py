"""Single-column power is honest: out of fold, blind to ids, equal to what scikit-learn measures."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from workbench.checks.context import Context
from workbench.checks.leaks import power

N = 500
RANDOM = np.random.default_rng(12)
Y = RANDOM.integers(0, 2, N)


def measured(**columns: object) -> power.Powers:
    found = power.measure(Context(pl.DataFrame(columns), "y"))
    assert found is not None
    return found


def test_noise_and_ids_know_nothing() -> None:
    values = measured(noise=RANDOM.normal(size=N), ids=[f"k{i}" for i in range(N)], y=Y).values

    assert values["noise"] == pytest.approx(0.5, abs=0.08)
    assert values["ids"] == pytest.approx(0.5, abs=0.01)


def test_an_honest_number_scores_at_most_its_auc() -> None:
    x = Y + RANDOM.normal(0, 1, N)

    # A tree of few rows loses some of what a straight ranking keeps.
    assert 0.65 < measured(x=x, y=Y).values["x"] < roc_auc_score(Y, x) + 0.02


def test_the_screen_finds_the_strongest_of_many() -> None:
    columns = {f"c{i}": RANDOM.normal(size=N) for i in range(40)}

    found = measured(**columns, strong=Y + RANDOM.normal(0, 0.3, N), y=Y)

    assert max(found.values, key=lambda name: found.values[name]) == "strong"


def test_the_bins_auc_equals_scikit_learns() -> None:
    x = RANDOM.integers(0, 5, N)
    rate = np.array([Y[x == k].mean() for k in range(5)])
    hits = np.array([Y[x == k].sum() for k in range(5)], float)
    others = np.array([(1 - Y[x == k]).sum() for k in range(5)], float)

    assert power.binned_auc(hits, others) == pytest.approx(roc_auc_score(Y, rate[x]))


def test_texts_that_name_rows_are_no_rivals() -> None:
    found = measured(ids=[f"k{i}" for i in range(N)], x=RANDOM.normal(size=N), y=Y)

    assert found.rivals == {"x"}


def test_flags_that_sum_to_one_are_one_category() -> None:
    kind = RANDOM.integers(0, 3, N)
    table = pl.DataFrame({"x": Y, "a": kind == 0, "b": kind == 1, "c": kind == 2, "z": Y}).cast(pl.Int64)

    assert power.one_hot_groups(table) == [["a", "b", "c"]]
    assert power.folded(table, ["a", "b", "c"]).to_list() == ["abc"[k] for k in kind]


def test_a_target_too_large_to_square_is_measured_all_the_same() -> None:
    x = RANDOM.normal(size=N)
    y = x + RANDOM.normal(size=N)

    assert measured(x=x, y=y * 2.0**1000).values == measured(x=x, y=y).values
