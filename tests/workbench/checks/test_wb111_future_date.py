"""WB111: a date that has not come yet, or lies before anybody's records."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.columns.ranges import FutureDate
from workbench.checks.context import Context

TODAY = date(2024, 4, 1)


def context(days: list[object]) -> Context:
    return Context(pl.DataFrame({"登録日": days, "y": [0, 1] * (len(days) // 2)}), "y", today=TODAY)


def test_it_fires_on_dates_after_today_and_before_1900() -> None:
    future, ancient = FutureDate().run(context([date(2024, 4, 2), TODAY, date(1899, 12, 30), None]))
    assert future.examples == ({"#": 1, "登録日": "2024-04-02"},)
    assert "1899-12-30" in ancient.evidence.say("ja")


def test_this_evening_is_not_the_future() -> None:
    assert list(FutureDate().run(context([datetime(2024, 4, 1, 23, 59), datetime(2024, 3, 1)]))) == []


def test_it_abstains_without_dates() -> None:
    assert isinstance(FutureDate().run(Context(pl.DataFrame({"x": [1, 2], "y": [0, 1]}), "y")), NotApplicable)
