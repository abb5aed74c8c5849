"""WB302: whether a column is missing tells the target."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.leaks import MissingnessLeak

N = 400
RANDOM = np.random.default_rng(6)
Y = RANDOM.integers(0, 2, N)


def gaps(is_missing: np.ndarray) -> pl.Series:
    return pl.Series([None if gap else 1.5 for gap in is_missing], dtype=pl.Float64)


def test_a_field_filled_only_after_the_outcome_is_an_error() -> None:
    (found,) = MissingnessLeak().run(Context(pl.DataFrame({"解約理由": gaps(Y == 0), "y": Y}), "y"))

    assert (found.severity, found.exclude) == ("error", ("解約理由",))
    assert "AUC 1.000" in found.evidence.say("en")


def test_a_strong_tendency_is_a_warning_for_all_columns_missing_together() -> None:
    gap = np.where(RANDOM.random(N) < 0.3, RANDOM.random(N) < 0.5, Y == 1)

    (found,) = MissingnessLeak().run(Context(pl.DataFrame({"a": gaps(gap), "b": gaps(gap), "y": Y}), "y"))

    assert (found.severity, found.columns, found.exclude) == ("warning", ("a", "b"), ())


def test_it_measures_r2_for_a_number() -> None:
    y = RANDOM.normal(size=N)

    (found,) = MissingnessLeak().run(Context(pl.DataFrame({"a": gaps(y > 0), "y": y}), "y"))

    apart = np.corrcoef(y > 0, y)[0, 1] ** 2
    assert abs(found.facts["power"] - apart) < 1e-9


def test_it_stays_quiet_about_gaps_at_random() -> None:
    table = pl.DataFrame({"a": gaps(RANDOM.random(N) < 0.3), "y": Y})

    assert MissingnessLeak().run(Context(table, "y")) == []


def test_it_abstains_without_gaps() -> None:
    assert isinstance(MissingnessLeak().run(Context(pl.DataFrame({"a": Y, "y": Y}), "y")), NotApplicable)
