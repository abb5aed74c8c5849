"""WB121: rows that are equal in every feature and have different targets."""

from __future__ import annotations

import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.rows import ConflictingLabels


def test_it_fires_and_says_the_best_that_any_model_can_do() -> None:
    frame = pl.DataFrame({"性別": ["男", "男", "男", "女"] * 25, "y": ["a", "a", "b", "a"] * 25})
    (found,) = ConflictingLabels().run(Context(frame, "y"))
    assert (found.facts["rows"], found.facts["best"]) == (75, 0.75)
    assert found.examples[0] == {"#": 1, "y": "a", "性別": "男"}


def test_a_few_conflicts_are_a_note() -> None:
    frame = pl.DataFrame({"x": [*range(500), 0], "y": [0, 1] * 250 + [1]})
    (found,) = ConflictingLabels().run(Context(frame, "y"))
    assert (found.severity, found.facts["rows"]) == ("info", 2)


def test_it_stays_quiet_where_equal_rows_agree() -> None:
    assert ConflictingLabels().run(Context(pl.DataFrame({"x": [1, 1, 2, 2], "y": [0, 0, 1, 1]}), "y")) == []


def test_it_abstains_from_numbers_and_constants() -> None:
    numbers = pl.DataFrame({"x": [1, 1] * 50, "y": [i / 7 for i in range(100)]})
    assert isinstance(ConflictingLabels().run(Context(numbers, "y")), NotApplicable)
    assert isinstance(ConflictingLabels().run(Context(pl.DataFrame({"x": [1, 1], "y": [0, 1]}), "y")), NotApplicable)


def test_the_rows_are_numbered_as_in_the_file_where_targets_are_missing() -> None:
    frame = pl.DataFrame({"a": [9, 1, 1, *range(10, 30)], "y": [None, "x", "z", *["x"] * 20]})
    (found,) = ConflictingLabels().run(Context(frame, "y"))
    assert [row["#"] for row in found.examples] == [2, 3]
