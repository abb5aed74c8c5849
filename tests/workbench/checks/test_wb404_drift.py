"""WB404: rows of the end that do not look like those of the beginning."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from workbench.checks.arrival import adversary
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.relations.over_time import DriftAlongTime

RANDOM = np.random.default_rng(0)
N = 600
DAYS = [date(2022, 1, 1) + timedelta(days=i) for i in range(N)]


def table(**columns: object) -> pl.DataFrame:
    more = {"a": RANDOM.normal(size=N), "b": RANDOM.choice(list("pqr"), N), "y": RANDOM.integers(0, 2, N)}
    return pl.DataFrame({"day": DAYS} | more | columns)


def run(frame: pl.DataFrame, **roles: str) -> list:
    return list(DriftAlongTime().run(Context(frame, "y", **roles)))


def test_a_column_that_moves_is_a_warning_and_named() -> None:
    (found,) = run(table(price=RANDOM.normal(size=N) + np.linspace(0, 2.5, N)))

    assert (found.severity, found.columns[0]) == ("warning", "price")
    assert found.facts["low"] < found.facts["auc"] < found.facts["high"]
    assert "2022-07-20" in found.evidence.say("en")


@pytest.mark.parametrize("seed", range(4))
def test_it_stays_quiet_where_nothing_moves(seed: int) -> None:
    random = np.random.default_rng(seed)

    assert run(table(a=random.normal(size=N), c=random.lognormal(size=N))) == []


def test_neighbours_that_are_alike_are_no_drift() -> None:
    """A level that wanders around the same mean, and returns, is known by its neighbours to a model that saw them."""
    wave = np.sin(np.arange(N) / 6) + 0.01 * RANDOM.normal(size=N)

    assert run(table(wave=wave)) == []


def test_the_calendar_and_counters_are_left_out_and_a_trend_is_a_note() -> None:
    years = [day.year for day in DAYS]
    months = [day.month for day in DAYS]

    (found,) = run(table(year=years, month=months, row=range(N), level=np.linspace(0, 1, N) + 0.01 * RANDOM.normal(size=N)))

    assert (found.severity, found.columns) == ("info", ("level",))
    assert "rises or falls with 'day' throughout" in found.evidence.say("en")


def test_entities_that_only_live_for_a_while_are_no_drift() -> None:
    who = np.repeat(np.arange(60), 10)
    size = RANDOM.normal(size=60)[who]

    assert run(table(who=who, size=size), group="who") == []


def test_the_sample_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversary, "MOST_ROWS", 120)

    (found,) = run(table(price=RANDOM.normal(size=N) + np.linspace(0, 3, N)))

    assert "Measured on 240 of" in found.evidence.say("en")


def test_it_abstains_without_order_rows_or_columns() -> None:
    frame = table()

    assert isinstance(DriftAlongTime().run(Context(frame.sample(fraction=1, shuffle=True, seed=1), "y")), NotApplicable)
    assert isinstance(DriftAlongTime().run(Context(frame.head(90), "y")), NotApplicable)
    assert isinstance(DriftAlongTime().run(Context(frame.select("day", "y"), "y")), NotApplicable)
    assert isinstance(DriftAlongTime().run(Context(frame.with_columns(day=pl.lit(DAYS[0])), "y", time="day")), NotApplicable)
