"""The task is read off the target's values."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.task import Task, infer


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 1, None] * 20, Task.BINARY),
        (["はい", "いいえ"] * 10, Task.BINARY),
        ([True, False], Task.BINARY),
        (["低", "中", "高"] * 3, Task.MULTICLASS),
        ([1, 2, 3] * 100, Task.MULTICLASS),
        ([1.0, 2.0, 3.0] * 100, Task.MULTICLASS),
        ([1, 2, 3, 4], Task.REGRESSION),
        ([1.5, 2.5, 3.5] * 100, Task.REGRESSION),
        (list(range(500)), Task.REGRESSION),
    ],
)
def test_the_task_is_read_off_the_target(values: list[object], expected: Task) -> None:
    assert infer(pl.Series(values)) is expected
