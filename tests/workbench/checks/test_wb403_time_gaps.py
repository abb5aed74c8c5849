"""WB403: stretches of time without a row."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.relations.over_time import TimeGaps

RANDOM = np.random.default_rng(0)
DAYS = [date(2023, 1, 1) + timedelta(days=i) for i in range(200)]


def run(moments: list, **roles: str) -> list:
    frame = pl.DataFrame({"日付": moments, "y": [i % 2 for i in range(len(moments))]})
    return list(TimeGaps().run(Context(frame, "y", **roles)))


def test_a_missing_month_of_daily_rows_is_a_warning_with_its_ends() -> None:
    (found,) = run([*DAYS[:80], *DAYS[110:]])

    assert (found.severity, found.columns) == ("warning", ("日付",))
    assert "2023-03-21 – 2023-04-21" in found.evidence.say("en")
    assert "the usual step is 1 day)" in found.evidence.say("en")
    assert found.chart["kind"] == "lines"


def test_a_missing_month_of_monthly_rows_is_found() -> None:
    months = [date(2019 + i // 12, i % 12 + 1, 1) for i in range(48) if i != 20]

    (found,) = run(months)

    assert found.facts["gaps"] == 1


def test_a_single_missing_day_is_a_note() -> None:
    assert [found.severity for found in run([*DAYS[:80], *DAYS[81:]])] == ["info"]


def test_hours_and_numbers_have_gaps_as_well() -> None:
    hours = [datetime(2024, 1, 1) + timedelta(hours=i) for i in range(100) if not 40 <= i < 60]

    assert run(hours)[0].facts["gaps"] == 1
    assert run([*range(50), *range(90, 140)], time="日付")[0].facts["gaps"] == 1


def test_it_stays_quiet_about_regular_rows_weekends_and_repeated_days() -> None:
    assert run(DAYS) == []
    assert run([day for day in DAYS if day.weekday() < 5]) == []
    assert run(sorted(DAYS * 3)) == []


@pytest.mark.parametrize("seed", range(5))
def test_it_stays_quiet_about_rows_that_come_by_chance(seed: int) -> None:
    waits = np.random.default_rng(seed).exponential(5, 400).cumsum()

    assert run([datetime(2020, 1, 1) + timedelta(days=float(wait)) for wait in waits]) == []


def test_it_abstains_without_an_order_in_time_or_with_a_handful_of_moments() -> None:
    shuffled = [DAYS[i] for i in RANDOM.permutation(200)]
    frame = pl.DataFrame({"日付": shuffled, "名": ["a", "b"] * 100, "y": [0, 1] * 100})

    assert isinstance(TimeGaps().run(Context(frame, "y")), NotApplicable)
    assert isinstance(TimeGaps().run(Context(frame, "y", time="名")), NotApplicable)
    assert isinstance(TimeGaps().run(Context(frame.head(5), "y", time="日付")), NotApplicable)
