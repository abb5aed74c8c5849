"""WB105: a value that stands for "not known"."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from workbench.checks.check import NotApplicable
from workbench.checks.columns import DisguisedMissing
from workbench.checks.context import Context

RANDOM = np.random.default_rng(2)
AGES = RANDOM.integers(20, 80, 190).astype(float)
JOBS = ["会社員", "公務員", "学生", "自営業", "主婦"]


@pytest.mark.parametrize("value", [-1.0, 999.0, 365243.0, -200.0])
def test_it_fires_on_a_repeated_extreme_far_from_the_rest(value: float) -> None:
    values = AGES if value != -1.0 else AGES / 1000
    table = pl.DataFrame({"age": np.r_[values, np.full(10, value)], "y": [0, 1] * 100})

    (found,) = DisguisedMissing().run(Context(table, "y"))

    assert found.columns == ("age",)
    assert f"{value:g}" in found.evidence.say("en")
    assert "10 rows (5.0%)" in found.evidence.say("en")


@pytest.mark.parametrize("word", ["不明", "?", "XNA", " Unknown "])
def test_it_fires_on_a_placeholder_word(word: str) -> None:
    (found,) = DisguisedMissing().run(Context(pl.DataFrame({"職業": JOBS * 38 + [word] * 10, "y": [0, 1] * 100}), "y"))

    assert found.facts["rows"] == 10
    assert word.strip() in found.evidence.say("ja")


def test_it_stays_quiet_about_honest_values() -> None:
    table = pl.DataFrame(
        {
            "age": np.r_[AGES, [90.0] * 10],
            "outlier": np.r_[AGES, AGES[:9], [5000.0]],
            "flag": [0, 1] * 100,
            "airport": ["LAX", "JFK", "SFO", "XNA"] * 50,
            "job": JOBS * 40,
            "y": [0, 1] * 100,
        }
    )

    assert DisguisedMissing().run(Context(table, "y")) == []


def test_it_abstains_without_rows() -> None:
    table = pl.DataFrame({"a": [], "y": []}, schema={"a": pl.String, "y": pl.Int64})

    assert isinstance(DisguisedMissing().run(Context(table, "y")), NotApplicable)
