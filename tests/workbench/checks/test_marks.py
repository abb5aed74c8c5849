"""What small charts are made of: the figures of the table, few enough to read, plain enough for JSON."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from workbench.checks import charts, marks
from workbench.checks.arrival import MoreMissing, OutOfRange, Schema, UnseenCategories
from workbench.checks.check import Finding, NotApplicable
from workbench.checks.columns import Constant, DisguisedMissing, DuplicateColumn, IdLike, NearConstant
from workbench.checks.columns.copies import NearDuplicateColumn
from workbench.checks.columns.ranges import FutureDate, ImpossibleRange
from workbench.checks.columns.texts import FreeText, MixedTypes, SpecialCharacters
from workbench.checks.context import Context
from workbench.checks.leaks import ExactLeak, Leak, MissingnessLeak
from workbench.checks.leaks.moments import KnownLater
from workbench.checks.relations import RepeatedEntity, TimeOrder
from workbench.checks.relations.over_time import DriftAlongTime, TimeGaps
from workbench.checks.rows import ConflictingLabels, DuplicateRows, NearDuplicateRows
from workbench.checks.rows.order import OrderCarriesTarget
from workbench.checks.target import RareClass, SkewedTarget, TargetMissing

N = 200
RANDOM = np.random.default_rng(7)
DAYS = [date(2024, 1, 1) + timedelta(days=i) for i in range(N)]
Y = RANDOM.integers(0, 2, N)
PERSON = np.arange(N) // 4
NUMBER = RANDOM.normal(size=N)
# A check, a table on which it speaks, and how.
SPOKEN = {
    "WB101": (Constant(), {"a": [1] * N, "y": Y}, {}),
    "WB102": (NearConstant(), {"a": [0] * (N - 1) + [1], "y": Y}, {}),
    "WB103": (IdLike(), {"a": [f"K{i}" for i in range(N)], "b": Y, "y": Y}, {}),
    "WB104 labels": (DuplicateColumn(), {"a": PERSON % 3, "b": [f"v{i}" for i in PERSON % 3], "y": Y}, {}),
    "WB104 numbers": (DuplicateColumn(), {"a": NUMBER, "b": NUMBER, "y": Y}, {}),
    "WB105 word": (DisguisedMissing(), {"a": ["不明", "東京", "大阪", "京都"] * 50, "y": Y}, {}),
    "WB105 extreme": (DisguisedMissing(), {"a": [365243.0] * 20 + [-float(i) for i in range(N - 20)], "y": Y}, {}),
    "WB105 lowest": (DisguisedMissing(), {"a": [-999.0] * 20 + [float(i) for i in range(N - 20)], "y": Y}, {}),
    "WB106": (FreeText(), {"a": [f"a long sentence of words, number {i * i}" for i in range(N)], "y": Y}, {}),
    "WB107 dates": (MixedTypes(), {"a": ["2024-04-01", "2024/4/1"] * 100, "y": Y}, {}),
    "WB107 numbers": (MixedTypes(), {"a": [str(i * 10) for i in range(N - 10)] + ["以上", "未満"] * 5, "y": Y}, {}),
    "WB107 spellings": (MixedTypes(), {"a": ["東京", "東京 ", "大阪", "京都"] * 50, "y": Y}, {}),
    "WB108 numbers": (NearDuplicateColumn(), {"a": NUMBER, "b": 3 * NUMBER + 1e-4 * Y, "y": Y}, {}),
    "WB108 labels": (
        NearDuplicateColumn(),
        {"a": PERSON % 3, "b": ["z", *[f"v{i}" for i in PERSON[1:] % 3]], "y": Y},
        {},
    ),
    "WB109 above": (ImpossibleRange(), {"age": [*range(20, 20 + N - 100), *[30] * 99, 999], "y": Y}, {}),
    "WB109 below": (ImpossibleRange(), {"price": [-1.0, *range(1, N)], "y": Y}, {}),
    "WB111 future": (FutureDate(), {"d": [*DAYS[1:], date(2999, 1, 1)], "y": Y}, {}),
    "WB111 ancient": (FutureDate(), {"d": [date(1899, 12, 30)] * N, "y": Y}, {}),
    "WB112 labels": (SpecialCharacters(), {"a": ["東\n京", "大阪", "京都", "奈良"] * 50, "y": Y}, {}),
    "WB120": (NearDuplicateRows(), {f"x{i}": PERSON * (i + 1) for i in range(6)} | {"店": NUMBER, "y": Y}, {}),
    "WB121": (ConflictingLabels(), {"a": PERSON, "y": Y}, {}),
    "WB122 labels": (OrderCarriesTarget(), {"a": NUMBER, "y": ["x"] * 100 + ["y"] * 100}, {}),
    "WB122 numbers": (OrderCarriesTarget(), {"a": NUMBER, "y": np.arange(N) + NUMBER}, {}),
    "WB110": (DuplicateRows(), {"a": PERSON % 3, "b": PERSON % 2, "y": [0] * N}, {}),
    "WB201 missing": (TargetMissing(), {"a": NUMBER, "y": [None] * 5 + Y[5:].tolist()}, {}),
    "WB201 single": (TargetMissing(), {"a": NUMBER, "y": [1] * N}, {}),
    "WB202 scarce": (RareClass(), {"a": NUMBER, "y": ["x"] * (N - 3) + ["y"] * 3}, {}),
    "WB202 rare": (RareClass(), {"a": NUMBER, "y": [0] * (N - 12) + [1] * 12}, {}),
    "WB203": (SkewedTarget(), {"a": NUMBER, "y": np.exp(3 * NUMBER)}, {}),
    "WB301": (Leak(), {"a": Y + 0.01 * NUMBER, "b": NUMBER, "y": Y}, {}),
    "WB302 labels": (MissingnessLeak(), {"a": [None if hit else 1.0 for hit in Y], "y": Y}, {}),
    "WB302 numbers": (MissingnessLeak(), {"a": [None if x > 0 else 1.0 for x in NUMBER], "y": NUMBER}, {}),
    "WB303 renamed": (ExactLeak(), {"a": [f"v{hit}" for hit in Y], "y": Y}, {}),
    "WB303 sum": (ExactLeak(), {"a": NUMBER, "b": NUMBER**2, "y": NUMBER + NUMBER**2}, {}),
    "WB303 linear": (ExactLeak(), {"a": NUMBER, "y": 3 * NUMBER + 1}, {}),
    "WB304 marked": (KnownLater(), {"a": NUMBER, "y": Y}, {"unknown": ("a",)}),
    "WB304 named": (KnownLater(), {"判定結果": NUMBER, "y": Y}, {}),
    "WB401": (RepeatedEntity(), {"p": PERSON, "born": PERSON % 5, "town": PERSON % 7, "x": NUMBER, "y": Y}, {}),
    "WB401 declared": (RepeatedEntity(), {"p": PERSON, "y": Y}, {"group": "p"}),
    "WB401 unique": (RepeatedEntity(), {"p": range(N), "y": Y}, {"group": "p"}),
    "WB402": (TimeOrder(), {"d": DAYS, "y": Y}, {}),
    "WB402 numbers": (TimeOrder(), {"d": range(N), "y": Y}, {"time": "d"}),
    "WB402 unordered": (TimeOrder(), {"d": DAYS[::2] + DAYS[::-2], "y": Y}, {}),
    "WB403": (TimeGaps(), {"d": DAYS[:150] + [day + timedelta(days=90) for day in DAYS[150:]], "y": Y}, {"time": "d"}),
    "WB404": (DriftAlongTime(), {"d": DAYS * 3, "a": [*NUMBER] * 3, "p": [*NUMBER + np.arange(N) / 60] * 3, "y": [*Y] * 3}, {}),
    "WB404 trend": (DriftAlongTime(), {"d": DAYS, "a": Y[::-1], "level": np.arange(N) + NUMBER / 9, "y": Y}, {}),
    "WB501 kind": (Schema(), {"a": NUMBER, "y": Y}, {"new": {"a": ["x", "z"] * 50}}),
    "WB501 cells": (Schema(), {"a": NUMBER, "y": Y}, {"new": {"a": ["1.5"] * 95 + ["?"] * 5}}),
    "WB502": (UnseenCategories(), {"a": [f"v{i}" for i in PERSON % 3], "y": Y}, {"new": {"a": ["v0", "v9"] * 50}}),
    "WB503": (OutOfRange(), {"a": NUMBER, "y": Y}, {"new": {"a": NUMBER + 9}}),
    "WB504": (MoreMissing(), {"a": NUMBER, "y": Y}, {"new": {"a": [None, 1.0] * 50}}),
}


def spoken(name: str) -> Finding:
    check, columns, roles = SPOKEN[name]
    new = {"new": pl.DataFrame(roles["new"])} if "new" in roles else {}
    outcome = check.run(Context(pl.DataFrame(columns), "y", **roles | new))
    assert not isinstance(outcome, NotApplicable)
    return outcome[0]


@pytest.mark.parametrize("name", SPOKEN)
def test_every_finding_shows_rows_and_a_chart_that_can_be_kept_and_drawn(name: str) -> None:
    found = spoken(name)

    assert found.code == name.split()[0]
    assert 1 <= len(found.examples) <= 3
    assert found.chart is not None
    assert json.loads(json.dumps([found.chart, found.examples, found.facts], allow_nan=False))
    assert len(found.chart.get("labels") or found.chart["x"]) <= charts.MOST_MARKS
    assert all(charts.chart(found.chart, lang) is not None for lang in ("ja", "en"))


def test_the_accused_stands_out_among_the_strongest_columns() -> None:
    chart = spoken("WB301").chart

    assert chart is not None
    assert (chart["labels"], chart["highlight"], chart["x"]) == (["a", "b"], [0], "check.chart.power_auc")
    assert chart["values"][0] > 0.99


@pytest.mark.parametrize(("name", "place"), [("WB105 extreme", marks.BINS - 1), ("WB105 lowest", 0)])
def test_the_bin_of_a_stand_in_value_stands_out(name: str, place: int) -> None:
    chart = spoken(name).chart

    assert chart is not None
    assert chart["highlight"] == [place]
    assert chart["values"][place] == 20


def test_rows_of_one_entity_are_shown_with_what_never_changes_there() -> None:
    rows = spoken("WB401").examples

    assert {row["p"] for row in rows} == {rows[0]["p"]}
    assert list(rows[0])[:4] == ["#", "p", "born", "town"]


def test_gaps_are_held_against_known_values() -> None:
    chart = spoken("WB302 labels").chart

    assert chart is not None
    share = dict(zip(chart["labels"], chart["first"], strict=True))
    assert share == {"0": 0.0, "1": 1.0}


def test_the_target_by_a_column_is_the_mean_of_its_quantiles() -> None:
    context = Context(pl.DataFrame({"a": np.arange(400.0), "y": np.arange(400.0)}), "y")

    chart = marks.outcome(context, "a")

    assert chart is not None
    assert len(chart["labels"]) == marks.QUANTILES
    assert chart["values"] == sorted(chart["values"])
    assert sum(chart["values"]) / marks.QUANTILES == pytest.approx(199.5)


@pytest.mark.parametrize("times", [[1, 2, 2], list(range(1, 60))])
def test_how_often_values_repeat_counts_every_value_once(times: list[int]) -> None:
    series = pl.Series([f"v{i}" for i, n in enumerate(times) for _ in range(n)])

    assert sum(marks.repeats(series, "check.chart.groups")["values"]) == len(times)


@pytest.mark.parametrize("values", [[], [None, None], [datetime(2024, 1, 1)]])
def test_there_is_no_line_over_one_moment(values: list) -> None:
    assert marks.over_time(pl.Series("d", values, dtype=pl.Datetime("us"))) is None


@pytest.mark.parametrize("values", [[], [3.0, 3.0], [np.nan, np.inf]])
def test_there_is_no_histogram_of_one_value(values: list[float]) -> None:
    assert marks.spread(np.array(values)) is None
    assert marks.along(np.array(values), "a") is None


def test_missing_numbers_have_a_bar_of_their_own() -> None:
    series = pl.Series([None, *range(50)])

    assert marks.binned(series).null_count() == 1


def test_moments_within_days_keep_their_hours_so_that_no_line_runs_back() -> None:
    hours = pl.Series("t", [datetime(2024, 5, 1) + timedelta(hours=i) for i in range(N)])

    chart = marks.over_time(hours)

    assert chart is not None
    assert len(set(chart["x"])) == marks.MOST_POINTS
    assert chart["x"] == sorted(chart["x"])
    assert charts.chart(chart, "ja").layout.xaxis.tickformat == "%m-%d %H:%M"  # type: ignore[union-attr]
