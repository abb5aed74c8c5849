"""The advice names the split and what to leave out, from the findings and the roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from workbench import checks

N = 240
RANDOM = np.random.default_rng(11)
Y = RANDOM.integers(0, 2, N)
X = RANDOM.normal(size=N)
DAYS = [date(2022, 1, 1) + timedelta(days=i) for i in range(N)]
PERSON = np.repeat(np.arange(40), 6)
STEADY = {"person": PERSON, "sex": RANDOM.integers(0, 2, 40)[PERSON], "town": RANDOM.integers(0, 4, 40)[PERSON]}


def advised(**columns: object) -> dict:
    roles = {name: columns.pop(name) for name in ("group", "time") if isinstance(columns.get(name), str)}
    return checks.run(pl.DataFrame(columns), target="y", **roles).advice


def test_classes_are_stratified_and_numbers_split_at_random() -> None:
    assert advised(x=X, y=Y)["folds"] == "stratified"
    assert advised(x=RANDOM.normal(size=N), y=X)["folds"] == "random"


def test_rows_in_time_order_are_split_by_time() -> None:
    found = advised(day=DAYS, x=X, y=Y)

    assert (found["folds"], found["time"]) == ("time", "day")
    assert found["exclude"] == []


def test_repeated_entities_are_kept_on_one_side() -> None:
    found = advised(**STEADY, x=X, y=Y)

    assert (found["folds"], found["group"], found["group_part"]) == ("grouped", "person", None)


def test_groups_that_come_one_after_another_are_split_by_group_and_time() -> None:
    found = advised(**STEADY, day=DAYS, x=X, y=Y, group="person")

    assert (found["folds"], found["group"], found["time"]) == ("grouped_time", "person", "day")
    assert "keep every group of 'person' on one side" in found["reasons"][0].say("en")


def test_groups_that_are_there_from_the_first_day_to_the_last_cannot_be_split_by_time_as_well() -> None:
    always = np.arange(N) % 6

    by_group = advised(person=always, day=DAYS, x=X, y=Y, group="person")
    by_time = advised(person=always, day=DAYS, x=X, y=Y, group="person", time="day")

    assert (by_group["folds"], by_group["group"], by_group["time"]) == ("grouped", "person", None)
    assert (by_time["folds"], by_time["group"], by_time["time"]) == ("time", None, "day")
    assert all("too few rows to train on" in found["reasons"][1].say("en") for found in (by_group, by_time))


def test_a_time_of_few_moments_cannot_be_split_with_groups() -> None:
    found = advised(**STEADY, year=np.repeat([2021, 2022], N // 2), x=X, y=Y, group="person", time="year")

    assert found["folds"] == "time"


def test_leaks_ids_and_constants_are_left_out_in_the_tables_order() -> None:
    found = advised(row=range(N), one=["x"] * N, copy=np.where(Y == 1, "p", "q"), x=X, y=Y)

    assert found["exclude"] == ["row", "one", "copy"]


def test_the_reasons_are_sentences_in_both_languages(make_table: Callable[..., pl.DataFrame]) -> None:
    report = checks.run(make_table(), target="解約")

    assert report.to_dict("en")["advice"]["reasons"] == [
        "Split at random, each fold with the same share of every label.",
        "Leave out 1 column: 顧客番号.",
    ]
    assert "1列を除外します" in report.to_dict("ja")["advice"]["reasons"][1]
