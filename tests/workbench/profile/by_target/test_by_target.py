"""The target's rate or mean per bin equals plain arithmetic, and its intervals those of the textbooks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy import stats

from workbench.profile.by_target import goal_of, story, wilson

Y = pl.Series("y", ["yes"] * 30 + ["no"] * 70)


def test_wilson_equals_scipy() -> None:
    theirs = stats.binomtest(7, 40).proportion_ci(0.95, method="wilson")

    ours = wilson(7, 40)

    assert (ours["low"], ours["high"]) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert ours["value"] == 7 / 40


def test_the_event_is_the_last_label_unless_named() -> None:
    assert goal_of(Y).labels == ("yes",)
    assert goal_of(Y, event="no").labels == ("no",)
    assert goal_of(Y).overall == [0.3]


def test_rates_per_category_with_missing_as_a_bin_of_its_own() -> None:
    column = pl.Series("c", ["a"] * 20 + [None] * 10 + ["b"] * 70)

    found = story(column, "category", goal_of(Y))

    bins = {b.get("value", b["kind"]): b for b in found["bins"]}
    assert bins["a"]["estimates"][0]["value"] == 1.0
    assert bins["missing"]["estimates"][0]["value"] == 1.0
    assert bins["b"]["estimates"][0] == {"value": 0.0, "low": 0.0, "high": pytest.approx(wilson(0, 70)["high"])}
    assert [bins[name]["rows"] for name in ("a", "missing", "b")] == [20, 10, 70]
    assert found["strength"] == pytest.approx(1.0)


def test_means_carry_students_interval() -> None:
    random = np.random.default_rng(0)
    values = random.normal(5, 2, 60)
    column = pl.Series("c", ["a", "b", "c"] * 20)

    found = story(column, "category", goal_of(pl.Series("y", values)))

    for i, name in enumerate("abc"):
        part = values[i::3]
        theirs = stats.t.interval(0.95, len(part) - 1, loc=part.mean(), scale=stats.sem(part))
        ours = next(b for b in found["bins"] if b["value"] == name)["estimates"][0]
        assert (ours["value"], ours["low"], ours["high"]) == pytest.approx((part.mean(), *theirs))


def test_a_bin_of_one_row_has_no_interval() -> None:
    y = pl.Series("y", np.arange(30.0) * 1.5)
    column = pl.Series("c", ["lonely"] + ["b"] * 29)

    bins = {b["value"]: b["estimates"][0] for b in story(column, "category", goal_of(y))["bins"]}

    assert bins["lonely"] == {"value": 0.0, "low": None, "high": None}


def test_numbers_are_cut_at_their_deciles_and_every_row_counts_once() -> None:
    y = pl.Series("y", ["a", "b"] * 500)
    column = pl.Series("x", np.random.default_rng(1).normal(size=1000))

    found = story(column, "number", goal_of(y))

    assert [b["rows"] for b in found["bins"]] == [100] * 10
    assert found["bins"][0]["low"] == column.min()
    assert found["bins"][-1]["high"] == column.max()


def test_noise_explains_nothing_and_a_copy_everything() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=2000)
    goal = goal_of(pl.Series("y", np.where(x > 0, "p", "n")))

    assert story(pl.Series("noise", random.normal(size=2000)), "number", goal)["strength"] < 0.02
    assert story(pl.Series("x", x), "number", goal)["strength"] > 0.95


def test_several_classes_are_told_one_by_one() -> None:
    y = pl.Series("y", ["low", "mid", "high"] * 20)

    found = story(pl.Series("c", ["a"] * 30 + ["b"] * 30), "category", goal_of(y))

    assert found["labels"] == ["high", "low", "mid"]
    assert [e["value"] for e in found["bins"][0]["estimates"]] == pytest.approx([1 / 3] * 3)


def test_dates_are_cut_into_stretches_of_time() -> None:
    days = pl.Series("d", [date(1960, 1, 1) + timedelta(days=i) for i in range(100)])

    found = story(days, "date", goal_of(Y))

    assert len(found["bins"]) == 10
    assert found["bins"][0]["low"].startswith("1960-01-01")


@pytest.mark.parametrize("values", [[None] * 100, [float("inf")] * 100, [float("inf"), -float("inf")] * 50, [1.0] * 100])
def test_odd_numbers_still_have_a_story(values: list[float | None]) -> None:
    found = story(pl.Series("x", values, dtype=pl.Float64), "number", goal_of(Y))

    assert sum(b["rows"] for b in found["bins"]) == 100


def test_free_text_has_no_story_and_an_empty_target_no_goal() -> None:
    assert story(pl.Series("t", [f"{i}" for i in range(100)]), "text", goal_of(Y)) is None
    assert goal_of(pl.Series("y", [None, None], dtype=pl.String)) is None
    assert goal_of(pl.Series("y", [None, None], dtype=pl.Float64)) is None
