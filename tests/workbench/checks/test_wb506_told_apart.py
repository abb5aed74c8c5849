"""WB506: new rows that a small model tells from the training rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from workbench.checks.arrival import adversary
from workbench.checks.arrival.resemblance import ToldApart
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context

RANDOM = np.random.default_rng(0)


@pytest.fixture
def train(make_table: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return make_table(400)


def run(train: pl.DataFrame, new: pl.DataFrame, **roles: str) -> list:
    return list(ToldApart().run(Context(train, "解約", new=new, **roles)))


def test_shifted_rows_are_told_apart_and_the_columns_named(
    train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]
) -> None:
    new = make_table(300, seed=4).with_columns(pl.col("収入") * 1.8)

    (found,) = run(train, new)

    assert (found.severity, found.columns[0]) == ("warning", "収入")
    assert found.facts["low"] < found.facts["auc"] < found.facts["high"]
    assert "95% interval" in found.evidence.say("en")
    assert found.chart["labels"][0] == "収入"


def test_the_answer_is_the_same_every_time(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    new = make_table(300, seed=4).with_columns(pl.col("収入") * 1.8)

    assert run(train, new)[0].facts == run(train, new)[0].facts


@pytest.mark.parametrize("rows", [50, 80, 300])
def test_more_rows_of_the_same_kind_stay_quiet(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame], rows: int) -> None:
    assert run(train, make_table(rows, seed=rows + 3)) == []


def test_dates_and_names_of_rows_give_nothing_away(train: pl.DataFrame, make_table: Callable[..., pl.DataFrame]) -> None:
    new = make_table(300, seed=8).with_columns(pl.col("登録日").dt.offset_by("9y"))

    assert run(train, new) == []


def test_entities_that_are_new_are_no_drift() -> None:
    def people(count: int, start: int) -> pl.DataFrame:
        who = np.repeat(np.arange(count), 8)
        height, weight = RANDOM.normal(size=count)[who], RANDOM.normal(size=count)[who]
        y = RANDOM.integers(0, 2, 8 * count)
        return pl.DataFrame({"person": who + start, "height": height, "weight": weight, "y": y})

    train, new = people(60, 0), people(40, 60)

    assert list(ToldApart().run(Context(train, "y", new=new, group="person"))) == []


def test_the_sample_is_said(monkeypatch: pytest.MonkeyPatch, train: pl.DataFrame) -> None:
    monkeypatch.setattr(adversary, "MOST_ROWS", 250)

    (found,) = run(train, train.with_columns(pl.col("収入") * 3))

    assert "Measured on 500 of 800 rows" in found.evidence.say("en")


def test_it_abstains_with_few_rows_nothing_fair_or_no_new_data(train: pl.DataFrame) -> None:
    only_date = train.select("登録日", "解約")

    assert isinstance(ToldApart().run(Context(train, "解約", new=train.head(20))), NotApplicable)
    assert isinstance(ToldApart().run(Context(only_date, "解約", new=only_date)), NotApplicable)
    assert isinstance(ToldApart().run(Context(train, "解約")), NotApplicable)


def test_the_interval_is_hanley_and_mcneils_at_least() -> None:
    """Their own example: area 0.893 with 51 and 58 cases, standard error 0.032."""
    assert adversary.hanley_mcneil(0.893, 51, 58) == pytest.approx(0.032, abs=0.001)
