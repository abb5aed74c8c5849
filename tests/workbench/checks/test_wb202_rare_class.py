"""WB202: a label with few rows."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.target import RareClass


def context(values: list) -> Context:
    return Context(pl.DataFrame({"y": values}), "y")


def test_it_fires_on_labels_too_few_for_folds() -> None:
    (found,) = RareClass().run(context(["a"] * 200 + ["b"] * 150 + ["c"] * 4 + ["d"]))

    assert found.severity == "warning"
    assert found.facts["labels"] == {"d": 1, "c": 4}
    assert "2 labels have fewer than 10 rows: d (1), c (4)." in found.evidence.say("en")


def test_a_small_share_is_a_note_with_the_accuracy_of_doing_nothing() -> None:
    (found,) = RareClass().run(context(["good"] * 920 + ["bad"] * 80))

    assert found.severity == "info"
    assert "'bad' is 80 of 1,000 rows (8.0%)." in found.evidence.say("en")
    assert "92.0%" in found.action.say("en")


@pytest.mark.parametrize("values", [["a", "b"] * 50, list("abcdefgh") * 20 + list("ab") * 40])
def test_it_stays_quiet_about_balanced_labels(values: list) -> None:
    assert RareClass().run(context(values)) == []


@pytest.mark.parametrize("values", [[float(i) * 1.1 for i in range(50)], ["a"] * 20])
def test_it_abstains_from_numbers_and_from_one_label(values: list) -> None:
    assert isinstance(RareClass().run(context(values)), NotApplicable)


def test_of_several_labels_the_accuracy_to_beat_is_that_of_the_commonest() -> None:
    frame = pl.DataFrame({"x": range(200), "y": ["1"] * 120 + ["2"] * 65 + ["3"] * 15})
    (found,) = RareClass().run(Context(frame, "y"))
    assert "always saying '1' already scores 60.0%" in found.action.say("en")
    assert "「1」と答えるだけで60.0%" in found.action.say("ja")
