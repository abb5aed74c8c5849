"""WB306: dates after the row's own moment, and columns that the sheet says are known only after something."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import Finding, NotApplicable
from workbench.checks.context import Context
from workbench.checks.leaks.moments import AfterMoment

N = 200
RANDOM = np.random.default_rng(6)
APPLIED = [date(2024, 1, 1) + timedelta(days=int(day)) for day in RANDOM.integers(0, 300, N)]
Y = RANDOM.integers(0, 2, N)


def run(time: str | None = "申込日", **more: object) -> list[Finding]:
    roles = {name: more.pop(name) for name in ("known", "when") if name in more}
    found = AfterMoment().run(Context(pl.DataFrame({"申込日": APPLIED, **more, "y": Y}), "y", time=time, **roles))
    assert not isinstance(found, NotApplicable)
    return list(found)


def after(days: int, rows: object = None) -> list[date | None]:
    kept = range(N) if rows is None else set(np.flatnonzero(rows).tolist())
    return [day + timedelta(days=days + i % 5) if i in kept else None for i, day in enumerate(APPLIED)]


def test_a_date_after_the_moment_in_most_rows_is_a_question() -> None:
    (found,) = run(完了日=after(30))

    assert (found.severity, found.columns, found.exclude) == ("warning", ("完了日",), ())
    assert "200 of 200 rows (100.0%), by 32 days" in found.evidence.say("en")
    assert found.examples[0].keys() >= {"#", "申込日", "完了日", "y"}
    assert found.chart is not None
    assert found.chart["kind"] == "lines"


def test_a_later_date_whose_gaps_tell_the_target_is_an_error() -> None:
    (found,) = run(手続日=after(30, Y == 1))

    assert (found.severity, found.exclude) == ("error", ("手続日",))
    assert "written down with the outcome" in found.evidence.say("en")


def test_a_planned_date_that_is_marked_as_known_becomes_a_note() -> None:
    (found,) = run(満期日=after(365), known=("満期日",))

    assert found.severity == "info"
    assert "予定日" in found.action.say("ja")


def test_an_error_stays_whatever_was_marked() -> None:
    assert [found.severity for found in run(手続日=after(30, Y == 1), known=("手続日",))] == ["error"]


@pytest.mark.parametrize("days", [-400, -5])
def test_it_stays_quiet_about_earlier_dates(days: int) -> None:
    assert run(生年月日=after(days)) == []


def test_the_same_day_with_a_time_of_day_is_not_later() -> None:
    stamps = [pl.datetime(day.year, day.month, day.day, 15) for day in APPLIED]

    assert run(受付=pl.select(pl.concat_list(stamps)).to_series().explode()) == []


def test_a_few_late_entries_are_no_ground() -> None:
    dates = [late if i % 4 == 0 else early for i, (late, early) in enumerate(zip(after(9), after(-9), strict=True))]

    assert run(更新日=dates) == []


@pytest.mark.parametrize("when", ["解約後", "審査の翌月", "after the contract ends", "30 days later", "結果が出てから"])
def test_what_the_sheet_says_is_later_is_a_question(when: str) -> None:
    (found,) = run(time=None, 理由=["a", "b"] * 100, when={"理由": when})

    assert (found.severity, found.columns) == ("warning", ("理由",))
    assert when in found.evidence.say("ja")


@pytest.mark.parametrize("when", ["申込時", "at application", "月の前半・後半", "before, not after, the call", "契約前"])
def test_it_stays_quiet_about_what_the_sheet_says_is_in_time(when: str) -> None:
    assert run(time=None, 理由=["a", "b"] * 100, when={"理由": when}) == []


def test_a_column_that_is_marked_as_known_needs_no_question_about_its_note() -> None:
    assert run(time=None, 点数=["a", "b"] * 100, when={"点数": "審査後"}, known=("点数",)) == []


@pytest.mark.parametrize("time", [None, "申込日"])
def test_it_abstains_without_a_second_date_or_a_note(time: str | None) -> None:
    outcome = AfterMoment().run(Context(pl.DataFrame({"申込日": APPLIED, "y": Y}), "y", time=time))

    assert isinstance(outcome, NotApplicable)
    assert "role sheet" in outcome.reason.say("en")


def test_a_time_column_of_numbers_has_no_days_to_compare() -> None:
    table = pl.DataFrame({"年": [2020, 2021] * 100, "日付": APPLIED, "y": Y})

    assert isinstance(AfterMoment().run(Context(table, "y", time="年")), NotApplicable)
