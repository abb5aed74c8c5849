"""WB203: a target of which a few rows make most of every squared error."""

from __future__ import annotations

import numpy as np
import polars as pl

from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.target import SkewedTarget

RANDOM = np.random.default_rng(3)
CLAIMS = np.exp(RANDOM.normal(8, 2, 500))


def context(y: np.ndarray) -> Context:
    return Context(pl.DataFrame({"x": np.arange(len(y)), "保険金": y}), "保険金")


def test_it_fires_and_advises_the_logarithm_where_that_helps() -> None:
    (found,) = SkewedTarget().run(context(CLAIMS))
    assert found.facts["skew"] == pl.Series(CLAIMS).skew(bias=False)
    assert "logarithm" in found.action.say("en")
    assert found.examples[0]["保険金"] == CLAIMS.max()


def test_the_share_is_that_of_the_farthest_hundredth() -> None:
    apart = np.sort((CLAIMS - CLAIMS.mean()) ** 2)[::-1]
    (found,) = SkewedTarget().run(context(CLAIMS))
    assert f"make {apart[:5].sum() / apart.sum():.0%} of" in found.evidence.say("en")


def test_it_advises_no_logarithm_of_negative_numbers() -> None:
    (found,) = SkewedTarget().run(context(-CLAIMS))
    assert "logarithm" not in found.action.say("en")


def test_it_stays_quiet_about_a_bell_and_abstains_from_classes() -> None:
    assert SkewedTarget().run(context(RANDOM.normal(size=500))) == []
    assert isinstance(SkewedTarget().run(context(np.array([0, 1] * 50))), NotApplicable)


def test_numbers_too_large_to_square_are_measured_all_the_same() -> None:
    huge = CLAIMS * 2.0**1000
    (found,), (plain,) = SkewedTarget().run(context(huge)), SkewedTarget().run(context(CLAIMS))
    assert found.facts["skew"] == plain.facts["skew"]
    assert "nan" not in found.evidence.say("en")
    assert SkewedTarget().run(context(np.linspace(-1.7, 1.7, 100) * 1e308)) == []


def test_the_rows_are_numbered_as_in_the_file_where_targets_are_missing() -> None:
    y = np.concatenate([[np.nan] * 7, CLAIMS])
    (found,) = SkewedTarget().run(context(y))
    assert found.examples[0]["#"] == int(np.nanargmax(y)) + 1
