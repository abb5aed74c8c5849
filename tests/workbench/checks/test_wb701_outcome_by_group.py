"""WB701: a target that comes out differently for the groups of a sensitive column."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from workbench.checks import charts, page
from workbench.checks.check import NotApplicable
from workbench.checks.context import Context
from workbench.checks.sensitive import OutcomeByGroup

RANDOM = np.random.default_rng(9)
SEX = np.array(["男", "女"])[np.arange(400) % 2]


def context(y: object, **more: object) -> Context:
    return Context(pl.DataFrame({"性別": SEX, "y": y}), "y", sensitive=("性別",), **more)  # type: ignore[arg-type]


def test_rates_are_told_with_wilsons_interval_and_their_ratio() -> None:
    y = (RANDOM.random(400) < np.where(SEX == "男", 0.5, 0.2)).astype(int)
    (found,) = OutcomeByGroup().run(context(y))
    hits = int(y[SEX == "女"].sum())
    ends = stats.binomtest(hits, 200).proportion_ci(0.95, method="wilson")
    assert found.severity == "warning"
    assert f"{hits / 200:.1%} ({ends.low:.1%} to {ends.high:.1%})" in found.evidence.say("en")
    assert found.facts["ratio"] == pytest.approx(hits / y[SEX == "男"].sum())


def test_the_event_is_the_one_that_was_named() -> None:
    y = np.where(RANDOM.random(400) < np.where(SEX == "男", 0.5, 0.2), "承認", "否決")
    (found,) = OutcomeByGroup().run(context(y, event="承認"))
    assert "承認" in found.evidence.say("ja")
    assert found.chart is not None
    assert found.chart["labels"][0] == "男"


def test_means_of_a_number_are_told() -> None:
    y = RANDOM.normal(np.where(SEX == "男", 10.0, 5.0))
    (found,) = OutcomeByGroup().run(context(y))
    assert f"{y[SEX == '男'].mean():,.4g}" in found.evidence.say("en")


def test_a_difference_within_chance_is_a_note() -> None:
    (found,) = OutcomeByGroup().run(context(np.tile([0, 0, 1, 1], 100)))
    assert found.severity == "info"


def test_groups_of_a_few_rows_are_not_told() -> None:
    few = pl.DataFrame({"性別": ["男"] * 380 + ["女"] * 20, "y": [0, 1] * 200})
    assert OutcomeByGroup().run(Context(few, "y", sensitive=("性別",))) == []


def test_it_abstains_where_nothing_is_marked_or_there_are_several_classes() -> None:
    frame = pl.DataFrame({"性別": SEX, "y": np.arange(400) % 3})
    assert isinstance(OutcomeByGroup().run(Context(frame, "y")), NotApplicable)
    assert isinstance(OutcomeByGroup().run(Context(frame, "y", sensitive=("性別",))), NotApplicable)


def test_an_event_that_occurs_in_no_group_large_enough_is_nothing_to_compare() -> None:
    few = pl.DataFrame({"性別": ["男"] * 50 + ["女"] * 50 + [None] * 10, "y": [0] * 100 + [1] * 10})
    assert OutcomeByGroup().run(Context(few, "y", sensitive=("性別",))) == []


def test_yes_and_no_are_said_in_the_readers_language() -> None:
    member = np.arange(400) % 2 == 0
    y = (RANDOM.random(400) < np.where(member, 0.5, 0.2)).astype(int)
    (found,) = OutcomeByGroup().run(Context(pl.DataFrame({"会員": member, "y": y}), "y", sensitive=("会員",)))
    assert "「会員」が はい の行" in found.evidence.say("ja")
    assert found.chart is not None
    drawn = {lang: charts.chart(found.chart, lang).layout.yaxis.ticktext for lang in ("ja", "en")}  # type: ignore[union-attr]
    assert drawn == {"ja": ("はい", "いいえ"), "en": ("yes", "no")}
    assert page.examples(found, "ja")["rows"][0][1] == "はい"
