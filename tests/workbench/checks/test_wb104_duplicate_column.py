"""WB104: a column that repeats another."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.columns import DuplicateColumn
from workbench.checks.context import Context

RANDOM = np.random.default_rng(1)
Y = RANDOM.integers(0, 2, 1200)
X = RANDOM.normal(size=1200)
LEVEL = RANDOM.integers(0, 4, 1200)


def test_it_fires_on_equal_columns_and_advises_to_leave_one_out() -> None:
    (found,) = DuplicateColumn().run(Context(pl.DataFrame({"a": X, "b": X, "y": Y}), "y"))

    assert found.columns == ("a", "b")
    assert found.exclude == ("b",)
    assert found.evidence.say("en") == "'b' equals 'a' in all 1,200 rows."


def test_it_fires_on_a_renamed_column_with_gaps() -> None:
    names = pl.Series(["low", "mid", None, "high"])[LEVEL.tolist()]
    table = pl.DataFrame({"education": names, "education-num": pl.Series([7, 3, None, 9])[LEVEL.tolist()], "y": Y})

    (found,) = DuplicateColumn().run(Context(table, "y"))

    assert found.columns == ("education", "education-num")
    assert found.exclude == ()
    assert "3 values" in found.evidence.say("en")


def test_it_stays_quiet_about_two_measurements_and_a_late_difference() -> None:
    late = LEVEL.copy()
    late[-1] = (late[-1] + 1) % 4
    table = pl.DataFrame({"a": X, "b": RANDOM.normal(size=1200), "c": LEVEL, "d": late, "y": Y})

    assert DuplicateColumn().run(Context(table, "y")) == []


def test_it_abstains_from_one_feature() -> None:
    assert isinstance(DuplicateColumn().run(Context(pl.DataFrame({"a": X, "y": Y}), "y")), NotApplicable)


def test_two_rows_say_nothing_about_other_words() -> None:
    frame = pl.DataFrame({"a": [1.5, None], "b": ["x", None], "y": ["yes", "no"]})
    assert DuplicateColumn().run(Context(frame, "y")) == []
