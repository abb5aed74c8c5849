"""WB402: rows that stand in the order of a date."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.relations import TimeOrder

DAYS = [date(2023, 1, 1) + timedelta(days=i) for i in range(100)]


def table(days: list) -> pl.DataFrame:
    return pl.DataFrame({"日付": days, "y": [0, 1] * 50})


@pytest.mark.parametrize("days", [DAYS, DAYS[::-1], [None, *DAYS[1:]]])
def test_it_fires_on_rows_in_either_order(days: list) -> None:
    (found,) = TimeOrder().run(Context(table(days), "y"))

    assert (found.severity, found.facts["time"]) == ("warning", "日付")
    assert "2023-04-10" in found.evidence.say("en")


def test_dates_without_order_are_a_note() -> None:
    (found,) = TimeOrder().run(Context(table(DAYS).sample(fraction=1.0, shuffle=True, seed=0), "y"))

    assert found.severity == "info"
    assert "time" not in found.facts


def test_a_named_time_column_is_used_whatever_its_kind() -> None:
    frame = pl.DataFrame({"week": list(range(50)) * 2, "y": [0, 1] * 50})

    (found,) = TimeOrder().run(Context(frame, "y", time="week"))

    assert (found.severity, found.facts["time"]) == ("info", "week")


def test_it_stays_quiet_about_a_handful_of_dates() -> None:
    assert TimeOrder().run(Context(table([DAYS[0]] * 50 + [DAYS[1]] * 50), "y")) == []


def test_it_abstains_without_dates() -> None:
    assert isinstance(TimeOrder().run(Context(pl.DataFrame({"x": [1], "y": [1]}), "y")), NotApplicable)
