"""WB702: a column that gives a sensitive one away."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.sensitive import Proxy

RANDOM = np.random.default_rng(10)
AGE = RANDOM.uniform(20, 70, 400)


def context(**columns: object) -> Context:
    return Context(pl.DataFrame({"年齢": AGE, **columns, "y": [0, 1] * 200}), "y", sensitive=("年齢",))


def test_it_fires_on_what_tells_the_age() -> None:
    (found,) = Proxy().run(context(勤続年数=AGE - 20 + RANDOM.normal(size=400), 色=RANDOM.integers(0, 3, 400)))
    assert found.columns == ("勤続年数",)
    assert "年齢" in found.action.say("ja")


def test_a_label_that_stands_for_a_label_is_told() -> None:
    sex = np.array(["男", "女"])[RANDOM.integers(0, 2, 400)]
    frame = pl.DataFrame({"性別": sex, "敬称": np.where(sex == "男", "Mr", "Ms"), "x": AGE, "y": [0, 1] * 200})
    (found,) = Proxy().run(Context(frame, "y", sensitive=("性別",)))
    assert found.columns == ("敬称",)


def test_it_stays_quiet_where_nothing_tells_and_abstains_where_nothing_is_marked() -> None:
    assert Proxy().run(context(x=RANDOM.normal(size=400))) == []
    assert isinstance(Proxy().run(Context(pl.DataFrame({"x": [1, 2], "y": [0, 1]}), "y")), NotApplicable)
