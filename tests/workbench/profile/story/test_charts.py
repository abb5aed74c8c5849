"""The target's charts are built from the profile's plain data, and say why where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from workbench import profile
from workbench.profile.by_target import goal_of
from workbench.profile.by_target.over_time import by_time
from workbench.profile.story.charts import ranking_chart, time_chart


def over_time(y: list[Any], days: list[int], name: str = "登録日", target: str = "解約") -> dict[str, Any]:
    times = pl.Series(name, [date(2024, 1, 1) + timedelta(days=d) for d in days])
    return {"target": {"name": target}, "by_time": by_time(times, goal_of(pl.Series(target, y)))}


def test_the_ranking_is_the_profiles(make_table: Callable[..., pl.DataFrame]) -> None:
    profiled = profile.profile(make_table(), target="解約")

    chart = ranking_chart(profiled, "en")

    assert list(chart.data[0].x) == [entry["strength"] for entry in profiled["target"]["ranking"]]


@pytest.mark.parametrize("target", [None, {"name": "y", "task": None, "ranking": []}, {"name": "y", "task": None}])
def test_a_ranking_without_a_target_says_so(target: Any) -> None:
    assert "target" in ranking_chart({"target": target}, "en").layout.annotations[0].text


def test_rates_over_time_are_a_line_in_a_band_above_the_rows() -> None:
    profiled = over_time(["はい", "いいえ"] * 30, [d // 2 for d in range(60)])

    chart = time_chart(profiled, "ja")

    band, line, rows = chart.data
    bins = profiled["by_time"]["bins"]
    assert list(line.x) == [b["start"] for b in bins]
    assert list(line.y) == [b["estimates"][0]["value"] for b in bins]
    assert list(band.y)[: len(bins)] == [b["estimates"][0]["high"] for b in bins]
    assert list(rows.y) == [b["rows"] for b in bins] == [2] * 30
    assert line.customdata[0][3] == "2"
    assert "解約" in chart.layout.title.text
    assert chart.layout.xaxis.title.text == "日"
    assert chart.layout.yaxis.tickformat == ".0%"
    assert chart.layout.yaxis2.domain[1] < chart.layout.yaxis.domain[0]


def test_the_line_and_the_band_break_where_a_period_is_empty() -> None:
    chart = time_chart(over_time(list(np.arange(12.0)), [0, 0, 1, 1, 1, 3, 3, 4, 4, 4, 6, 6]), "en")

    band, line, _ = chart.data
    assert [value is None or value != value for value in line.y] == [False, False, True, False, False, True, False]
    assert list(band.x).count(None) == 2


def test_classes_are_lines_with_names() -> None:
    random = np.random.default_rng(0)
    profiled = over_time(random.choice(["低", "<b>中", "高"], 400).tolist(), list(range(400)))

    chart = time_chart(profiled, "ja")

    lines = [trace for trace in chart.data if trace.type == "scatter" and trace.mode == "lines+markers"]
    assert [trace.name for trace in lines] == ["&lt;b>中", "低", "高"]
    assert not [trace for trace in chart.data if trace.type.endswith("gl")]


def test_a_time_chart_without_times_says_what_is_needed() -> None:
    for profiled in ({"target": None}, {"target": {"name": "y"}, "by_time": None}):
        for lang in ("ja", "en"):
            assert time_chart(profiled, lang).layout.annotations[0].text


def test_awkward_names_are_safe() -> None:
    chart = time_chart(over_time([True, False] * 30, list(range(60)), name="<b>t$", target="<i>{y}"), "en")

    assert "<b>" not in chart.layout.title.text
    assert "<i>" not in chart.layout.title.text


def test_steps_of_several_years_are_said() -> None:
    chart = time_chart(over_time(["a", "b"] * 30, [d * 900 for d in range(60)]), "en")

    assert chart.layout.xaxis.title.text == "Year (each point stands for 5 years)"


def test_columns_that_explain_nothing_have_short_bars() -> None:
    noise = {"target": {"name": "y", "ranking": [{"column": "a", "strength": 0.00004}]}}
    axis = ranking_chart(noise, "en").layout.xaxis.range
    assert axis == (0, 0.05)
