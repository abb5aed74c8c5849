"""Wrong labels and outliers on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Six hundred rows, three of them with the other label."""
    x = np.random.default_rng(1).normal(size=(600, 4))
    y = np.where(x[:, 0] + x[:, 1] > 0, "a", "b")
    y[[3, 77, 200]] = np.where(y[[3, 77, 200]] == "a", "b", "a")
    path = tmp_path / "t.csv"
    path.write_text(pl.DataFrame(x, schema=list("pqrs")).with_columns(y=pl.Series(y)).write_csv())
    return path


def test_labels_are_looked_at_on_demand_and_the_worst_rows_come_first(spawn: Call, table: Path) -> None:
    done = spawn("check", table, "--target", "y", "--fast", "--labels", "--json", "-")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {row["row"] for row in answer["labels"]["wrong"][:3]} == {4, 78, 201}
    assert answer["labels"]["wrong_count"] >= 3
    assert "WB601" in [found["code"] for found in answer["findings"]]


def test_without_the_flag_they_are_skipped_and_nothing_is_added(call: Call, table: Path) -> None:
    answer = json.loads(call("check", table, "--target", "y", "--fast", "--json", "-").stdout)
    assert {"WB601", "WB602"} <= set(answer["skipped"])
    assert "labels" not in answer


def test_the_rows_are_said_in_the_readers_language(call: Call, table: Path) -> None:
    done = call("check", table, "--target", "y", "--fast", "--labels", lang="ja")
    assert "78 行目" in done.stdout
