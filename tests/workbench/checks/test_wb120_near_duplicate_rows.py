"""WB120: rows that repeat another in every feature but one."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.rows import NearDuplicateRows

RANDOM = np.random.default_rng(4)
ROWS = 300


def table() -> pl.DataFrame:
    numbers = {f"x{i}": RANDOM.normal(size=ROWS) for i in range(6)}
    return pl.DataFrame({**numbers, "店": RANDOM.integers(0, 5, ROWS), "y": RANDOM.integers(0, 2, ROWS)})


def test_it_fires_on_rows_recorded_again_with_one_thing_changed() -> None:
    first = table()
    again = first.head(30).with_columns((pl.col("店") + 1) % 5)
    (found,) = NearDuplicateRows().run(Context(pl.concat([first, again]), "y"))
    assert found.facts["near"] == 60
    assert len(found.examples) == 3


def test_equal_rows_are_another_check() -> None:
    first = table()
    assert NearDuplicateRows().run(Context(pl.concat([first, first.head(30)]), "y")) == []


def test_it_stays_quiet_where_one_fine_column_tells_coarse_rows_apart() -> None:
    coarse = {f"c{i}": RANDOM.integers(0, 2, ROWS) for i in range(6)}
    frame = pl.DataFrame({**coarse, "bmi": RANDOM.normal(size=ROWS), "y": RANDOM.integers(0, 2, ROWS)})
    assert NearDuplicateRows().run(Context(frame, "y")) == []


def test_it_abstains_from_few_columns() -> None:
    assert isinstance(NearDuplicateRows().run(Context(table().select("x0", "y"), "y")), NotApplicable)
