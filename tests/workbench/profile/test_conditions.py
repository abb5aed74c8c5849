"""A condition is true for the rows it says, missing values for none of them, and a wrong one is refused with what is wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args

import polars as pl
import pytest

from workbench.errors import ColumnNotFound, DataError
from workbench.profile.conditions import OF_KIND, Condition, end_of, facts, months
from workbench.words import Lang

TABLE = pl.DataFrame(
    {
        "数": [1.0, 2.0, 3.0, float("nan"), None],
        "整数": [1, 2, 3, 4, None],
        "職": ["a", "b", "b", "c", None],
        "会員": [True, False, True, False, None],
        "日": [date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1), date(1969, 1, 1), None],
        "時": [datetime(2026, 8, 1), datetime(2026, 8, 31, 23, 59), datetime(2026, 9, 1), datetime(2026, 9, 2), None],
    }
)


def chosen(column: str, op: Any, *values: Any) -> list[int]:
    """The numbers of the rows that fit."""
    return [i for i, fits in enumerate(Condition(column, op, values).true_for(TABLE)) if fits]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (("数", "below", 2), [0]),
        (("数", "at_least", 2), [1, 2]),
        (("数", "between", 2, 3), [1, 2]),
        (("数", "is", 2), [1]),
        (("数", "is_not", 2), [0, 2]),
        (("数", "missing"), [3, 4]),
        (("整数", "is", 2, 3.0), [1, 2]),
        (("整数", "at_least", 2.5), [2, 3]),
        (("職", "is", "b", "c"), [1, 2, 3]),
        (("職", "is_not", "b"), [0, 3]),
        (("職", "not_missing"), [0, 1, 2, 3]),
        (("会員", "is", True), [0, 2]),
        (("会員", "is_not", True), [1, 3]),
        (("日", "between", date(2026, 8, 1), date(2026, 8, 31)), [0, 1]),
        (("日", "before", "2026-08-31"), [0, 3]),
        (("日", "from", date(2026, 8, 31)), [1, 2]),
        (("時", "between", date(2026, 8, 1), date(2026, 8, 31)), [0, 1]),
        (("時", "from", date(2026, 9, 1)), [2, 3]),
        (("時", "before", date(2026, 8, 31)), [0]),
    ],
    ids=str,
)
def test_the_rows_that_fit(condition: tuple[Any, ...], rows: list[int]) -> None:
    assert chosen(*condition) == rows


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (("職", "below", 3), "cannot be split"),
        (("職", "is"), "Choose a value for '職'"),
        (("数", "between", 1), "Choose a value for '数'"),
        (("数", "between", 3, 1), "begins at 3 and ends at 1"),
        (("数", "is", "abc"), "'abc' is no value of '数', which is a number"),
        (("数", "below", float("nan")), "is no value"),
        (("会員", "is", "yes"), "is no value"),
        (("日", "from", "yesterday"), "'yesterday' is no value of '日', which is a date"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(condition: tuple[Any, ...], told: str) -> None:
    with pytest.raises(DataError, match=told):
        chosen(*condition)


def test_an_unknown_column_is_named_with_the_closest() -> None:
    with pytest.raises(ColumnNotFound, match="Closest names: 整数"):
        chosen("整", "missing")


def test_every_condition_is_said_in_both_languages() -> None:
    values = {"number": (1.0, 2.0), "date": (date(2026, 8, 3), date(2026, 8, 9)), "boolean": (True,)}
    for kind, ops in OF_KIND.items():
        for op in ops:
            some = values.get(kind, ("a", "b"))
            for lang in get_args(Lang):
                assert "列" in Condition("列", op, some).text().say(lang)


def test_a_whole_month_is_said_as_one() -> None:
    assert Condition("日", "between", (date(2026, 2, 1), date(2026, 2, 28))).text().say("en") == "日 in 2026-02"
    assert (
        Condition("日", "between", (date(2026, 2, 1), date(2026, 2, 27))).text().say("en") == "日 from 2026-02-01 to 2026-02-27"
    )


def days(*texts: str) -> pl.Series:
    """A column of days."""
    return pl.Series([date.fromisoformat(text) for text in texts])


@pytest.mark.parametrize(
    ("column", "last"),
    [
        (days("2026-07-02", "2026-08-31", "2026-07-09"), "2026-08-01"),
        (days("2026-06-02", "2026-07-09", "2026-08-30"), "2026-07-01"),
        (days("2025-12-02", "2026-01-09", "2026-02-01"), "2026-01-01"),
        (days("2026-06-02", "2026-07-09", "2026-08-30", "9999-12-31"), "2026-08-01"),
        (days("2026-06-02", "2026-08-31"), None),
        (days("0001-01-31"), None),
        (pl.Series([None], dtype=pl.Date), None),
    ],
)
def test_the_latest_complete_month_with_rows_in_the_month_before(column: pl.Series, last: str | None) -> None:
    found = months(column)
    assert (found[0].isoformat() if found else None) == last
    if found:
        assert end_of(found[1]) < found[0]


def test_facts_tell_what_a_condition_can_be_made_of() -> None:
    assert facts(TABLE["職"])["labels"] == ["b", "a", "c"]
    assert facts(TABLE["整数"]) == {"kind": "number", "labels": [], "low": 1.0, "middle": 3.0, "high": 4.0}
    assert facts(pl.Series([0, 0, 0, 0, 7, 9]))["middle"] == 7
    assert facts(TABLE["時"])["high"] == date(2026, 9, 2)
    assert facts(pl.Series([None], dtype=pl.Date))["low"] is None
