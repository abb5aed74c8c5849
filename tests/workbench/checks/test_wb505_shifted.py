"""WB505: columns whose distribution shifted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy import stats

from workbench.checks.arrival import shift
from workbench.checks.arrival.resemblance import ShiftedColumn
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context

RANDOM = np.random.default_rng(0)


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(400)


def run(train: pl.DataFrame, new: pl.DataFrame) -> list:
    return list(ShiftedColumn().run(Context(train, "解約", new=new)))


def test_a_shifted_number_is_a_warning_with_index_p_and_medians(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]
) -> None:
    (found,) = run(train, make_table(300, seed=4).with_columns(pl.col("収入") * 1.6))

    assert (found.severity, found.columns) == ("warning", ("収入",))
    assert "(PSI)" in found.evidence.say("en")
    assert "adjusted p < 0.001" in found.evidence.say("en")
    assert "The median was" in found.evidence.say("en")
    assert len(found.chart["labels"]) == len(found.chart["first"]) == len(found.chart["second"]) == 10


def test_labels_in_other_shares_are_a_warning_with_both_distributions(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]
) -> None:
    (found,) = run(train, make_table(300, seed=4).with_columns(会員=pl.int_range(pl.len()) % 10 == 0))

    assert (found.severity, found.columns) == ("warning", ("会員",))
    assert "The most frequent value was yes and is no." in found.evidence.say("en")
    assert sum(found.chart["second"]) == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [1, 5, 20, 60, 300])
def test_small_and_large_samples_of_the_same_kind_stay_quiet(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame], rows: int
) -> None:
    assert run(train, make_table(rows, seed=rows + 40)) == []


def test_hundreds_of_columns_cry_no_drift_by_chance() -> None:
    def noise(rows: int) -> pl.DataFrame:
        return pl.DataFrame({f"c{i}": RANDOM.normal(size=rows) for i in range(300)} | {"y": RANDOM.integers(0, 2, rows)})

    assert sum(len(list(ShiftedColumn().run(Context(noise(63), "y", new=noise(30))))) for _ in range(4)) <= 1


def test_dates_texts_and_names_of_rows_are_not_compared(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    new = make_table(200, seed=9).with_columns(pl.col("登録日").dt.offset_by("9y"))

    assert run(train, new) == []


def test_the_sample_is_said(monkeypatch: pytest.MonkeyPatch, train: pl.DataFrame) -> None:
    monkeypatch.setattr("workbench.checks.arrival.arrived.MOST_ROWS", 200)

    (found,) = run(train, train.with_columns(pl.col("収入") * 3))

    assert "drawn at random with seed 0" in found.evidence.say("en")


def test_it_abstains_without_anything_to_compare(train: pl.DataFrame) -> None:
    assert isinstance(ShiftedColumn().run(Context(train, "解約")), NotApplicable)
    assert isinstance(ShiftedColumn().run(Context(train, "解約", new=train.clear())), NotApplicable)


def test_the_index_is_the_sum_over_the_bins() -> None:
    assert shift.index(np.array([[50, 50], [70, 30]])) == pytest.approx(0.2 * np.log(1.4) - 0.2 * np.log(0.6))


def test_the_index_of_two_random_parts_is_what_chance_is_said_to_make() -> None:
    drawn = [shift.of_numbers(pl.Series(RANDOM.normal(size=400)), pl.Series(RANDOM.normal(size=100))) for _ in range(60)]

    assert np.mean([one.psi for one in drawn]) == pytest.approx(drawn[0].noise, rel=0.2)


def test_tests_are_scipys() -> None:
    x, y = pl.Series(RANDOM.normal(size=80)), pl.Series(RANDOM.normal(0.4, size=50))
    assert shift.of_numbers(x, y).p == stats.ks_2samp(x, y, method="asymp").pvalue

    counts = np.array([[30, 50, 20], [10, 20, 40]])
    assert shift.chi_square(counts) == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue)
    assert shift.chi_square(np.array([[3, 1], [1, 3]])) == pytest.approx(stats.fisher_exact([[3, 1], [1, 3]]).pvalue)
