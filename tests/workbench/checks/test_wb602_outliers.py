"""WB602: rows unlike all others."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.actions import labels
from workbench.checks import NotApplicable
from workbench.checks.context import Context
from workbench.checks.labels import LabelScores
from workbench.checks.labels.checks import Outliers
from workbench.data import Roles


def table(rows: int = 600) -> pl.DataFrame:
    x = np.random.default_rng(1).normal(size=(rows, 4))
    return pl.DataFrame({f"x{i}": x[:, i] for i in range(4)} | {"y": np.where(x[:, 0] > 0, "a", "b")})


def outcome(frame: pl.DataFrame) -> object:
    return Outliers().run(Context(frame, "y", labels=labels.scores(frame, Roles(target="y"))))


def test_a_slip_of_the_decimal_point_is_found_with_its_column() -> None:
    frame = table()
    frame = frame.with_columns(x2=pl.when(pl.int_range(600) == 41).then(50.0).otherwise(pl.col("x2")))
    made = labels.scores(frame, Roles(target="y"))
    first = made.strangers[0]  # type: ignore[index]
    assert (first.row, first.columns) == (41, ("x2",))
    assert first.plain()["row"] == 42
    (found,) = Outliers().run(Context(frame, "y", labels=made))  # type: ignore[misc]
    assert found.severity == "info"
    assert found.examples[0]["#"] == 42
    assert found.chart is not None


def test_few_rows_of_a_normal_cloud_are_listed() -> None:
    assert len(labels.scores(table(2_000), Roles(target="y")).strangers or []) <= 20


def test_a_table_of_repeated_rows_abstains() -> None:
    frame = pl.DataFrame({"x": [i % 5 for i in range(300)], "y": [["a", "b"][i % 5 > 2] for i in range(300)]})
    said = outcome(frame)
    assert isinstance(said, NotApplicable)
    assert "equal others" in said.reason.say("en")


def test_it_abstains_where_nobody_asked_or_nothing_can_be_judged() -> None:
    assert isinstance(Outliers().run(Context(table(), "y")), NotApplicable)
    assert isinstance(outcome(table(20)), NotApplicable)
    assert LabelScores().can_judge is False


def test_blanks_and_categories_are_no_obstacle() -> None:
    frame = table().with_columns(
        c=pl.Series(["東京", "大阪", None] * 200), x1=pl.when(pl.int_range(600) % 7 == 0).then(None).otherwise(pl.col("x1"))
    )
    assert not isinstance(outcome(frame), NotApplicable)


def test_a_large_table_is_sampled_and_says_so(monkeypatch: object) -> None:
    monkeypatch.setattr(labels, "MOST_POINTS", 300)  # type: ignore[attr-defined]
    frame = table().with_columns(x2=pl.when(pl.int_range(600) < 30).then(pl.int_range(600) * 40.0).otherwise(pl.col("x2")))
    (found,) = outcome(frame)  # type: ignore[misc]
    assert "300 of 600 rows" in found.evidence.say("en")
