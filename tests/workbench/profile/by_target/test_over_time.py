"""The target per period equals pandas' resampling of the same rows; every period from the first to the last is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from workbench.profile.by_target import goal_of, wilson
from workbench.profile.by_target.over_time import by_time

N = 500
RANDOM = np.random.default_rng(0)
DAYS = [date(2021, 1, 15) + timedelta(days=int(d)) for d in RANDOM.integers(0, 700, N)]
LEFT = RANDOM.random(N) < 0.3
RATE = goal_of(pl.Series("y", np.where(LEFT, "yes", "no")))


def told(times: list[Any], goal: Any = RATE, dtype: Any = pl.Date) -> dict[str, Any] | None:
    return by_time(pl.Series("日付", times, dtype=dtype), goal)


def test_rates_per_month_are_pandas_with_wilsons_interval() -> None:
    found = told(DAYS)

    theirs = pl.DataFrame({"d": DAYS, "y": LEFT}).to_pandas().set_index("d")
    theirs.index = theirs.index.astype("datetime64[ns]")
    theirs = theirs["y"].resample("MS").agg(["size", "sum"])
    assert (found["column"], found["unit"], found["measure"], found["labels"]) == ("日付", "month", "rate", ["yes"])
    assert [b["start"] for b in found["bins"]] == [f"{d:%Y-%m-%d}" for d in theirs.index]
    assert [b["rows"] for b in found["bins"]] == theirs["size"].tolist()
    assert [b["estimates"][0] for b in found["bins"]] == [wilson(h, n) for n, h in theirs.to_numpy()]


def test_means_carry_students_interval() -> None:
    y = RANDOM.normal(5, 2, N)

    first = told(DAYS, goal_of(pl.Series("y", y)))["bins"][0]

    part = y[[d < date(2021, 2, 1) for d in DAYS]]
    interval = stats.t.interval(0.95, len(part) - 1, loc=part.mean(), scale=stats.sem(part))
    estimate = first["estimates"][0]
    assert (estimate["value"], estimate["low"], estimate["high"]) == pytest.approx((part.mean(), *interval))


def test_rows_without_a_time_or_a_target_are_left_out_and_counted() -> None:
    goal = goal_of(pl.Series("y", ["a", "b", None, "a"] * 25))

    found = told([date(2024, 1, 1), None, date(2024, 1, 2), date(2024, 1, 3)] * 25, goal)

    assert [b["rows"] for b in found["bins"]] == [25, 0, 25]
    assert found["bins"][1]["estimates"] == [{"value": None, "low": None, "high": None}]
    assert found["missing"] == 25


def test_one_moment_is_one_period_and_none_is_nothing() -> None:
    assert [b["rows"] for b in told([date(2024, 5, 5)] * N)["bins"]] == [N]
    assert told([None] * N) is None
    assert told([1] * N, dtype=pl.Int64) is None


def test_dates_before_1970_are_in_their_own_periods() -> None:
    found = told([date(1868, 1, 25), date(1969, 12, 31), date(1970, 1, 1), date(2024, 6, 1)] * 125)

    assert (found["unit"], found["step"]) == ("year", 5)
    rows = {b["start"]: b["rows"] for b in found["bins"] if b["rows"]}
    assert rows == {"1865-01-01": 125, "1965-01-01": 125, "1970-01-01": 125, "2020-01-01": 125}


def test_moments_are_told_by_the_hour_of_their_own_clock() -> None:
    times = pl.Series("t", [datetime(2024, 3, 31, 0, 10), datetime(2024, 3, 31, 5, 59)] * 250)

    plain, zoned = by_time(times, RATE), by_time(times.dt.replace_time_zone("Asia/Tokyo"), RATE)

    assert plain["unit"] == "hour"
    assert [b["start"] for b in plain["bins"]][:2] == ["2024-03-31T00:00:00", "2024-03-31T01:00:00"]
    assert plain == zoned


def test_several_classes_are_told_one_by_one() -> None:
    found = told(DAYS, goal_of(pl.Series("y", RANDOM.choice(["低", "中", "高"], N))))

    assert found["labels"] == ["中", "低", "高"]
    assert all(sum(e["value"] for e in b["estimates"]) == pytest.approx(1.0) for b in found["bins"] if b["rows"])


def test_the_order_of_rows_changes_nothing() -> None:
    y, order = RANDOM.normal(size=N), RANDOM.permutation(N)

    first = by_time(pl.Series("t", DAYS), goal_of(pl.Series("y", y)))
    second = by_time(pl.Series("t", DAYS).gather(order), goal_of(pl.Series("y", y[order])))

    assert first["bins"] == [
        {**b, "estimates": [{k: pytest.approx(v, rel=1e-12) for k, v in e.items()} for e in b["estimates"]]}
        for b in second["bins"]
    ]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(some.lists(some.datetimes() | some.dates().map(lambda d: datetime(d.year, d.month, d.day)), min_size=1, max_size=30))
def test_there_are_never_more_than_sixty_periods_and_every_row_is_in_one(times: list[datetime]) -> None:
    goal = goal_of(pl.Series("y", range(len(times))))

    for series in (pl.Series("t", times, dtype=pl.Datetime("us")), pl.Series("t", [t.date() for t in times])):
        found = by_time(series, goal)
        assert len(found["bins"]) <= 60
        assert sum(b["rows"] for b in found["bins"]) == len(times)
        assert found["bins"][0]["rows"]
        assert found["bins"][-1]["rows"]


def test_no_span_of_dates_is_too_long() -> None:
    found = by_time(pl.Series("t", [-(2**31) + 5, 2**31 - 6] * 250, dtype=pl.Int32).cast(pl.Date), RATE)

    assert len(found["bins"]) <= 60
