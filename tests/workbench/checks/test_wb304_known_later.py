"""WB304: marked as unknown at prediction time, or named like an outcome."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.checks.context import Context
from workbench.checks.leaks.moments import KnownLater


def context(column: str, target: str, **roles: tuple[str, ...]) -> Context:
    return Context(pl.DataFrame({column: [1, 2], target: [0, 1]}), target, **roles)


def test_it_reports_a_marked_column_and_leaves_it_out() -> None:
    (found,) = KnownLater().run(context("arr_time", "delay", unknown=("arr_time",)))

    assert (found.severity, found.exclude) == ("warning", ("arr_time",))
    assert "arr_time" in found.evidence.say("ja")


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ("解約理由", "解約"),
        ("churn_date", "Churn"),
        ("predicted_score", "sales"),
        ("判定", "y"),
        ("closed_at", "y"),
        ("退会理由", "離反"),
    ],
)
def test_a_telling_name_is_a_note(column: str, target: str) -> None:
    (found,) = KnownLater().run(context(column, target))

    assert (found.severity, found.columns, found.exclude) == ("info", (column,), ())


@pytest.mark.parametrize(
    ("column", "target"),
    [("income", "y"), ("契約日", "解約"), ("classification", "class"), ("tv", "sales"), ("enclosed", "y"), ("満期日", "y")],
)
def test_it_stays_quiet_about_ordinary_names(column: str, target: str) -> None:
    assert KnownLater().run(context(column, target)) == []


def test_a_name_that_was_answered_for_needs_no_question() -> None:
    assert KnownLater().run(context("判定", "y", known=("判定",))) == []
