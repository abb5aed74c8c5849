"""Charts are built from the profile's plain data, in SVG, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl
import pytest

from workbench import profile
from workbench.profile import charts


@pytest.fixture
def profiled(make_table: Callable[..., pl.DataFrame]) -> dict:
    return profile.profile(make_table(), target="解約")


def column(profiled: dict, name: str) -> dict:
    return next(c for c in profiled["columns"] if c["name"] == name)


def test_a_histogram_shows_the_profiles_counts(profiled: dict) -> None:
    income = column(profiled, "収入")

    chart = charts.column_chart(income, "ja")

    assert list(chart.data[0].y) == income["histogram"]["counts"]
    assert "パーセンタイル" in chart.layout.xaxis.title.text


def test_labels_are_bars_with_missing_apart(profiled: dict) -> None:
    chart = charts.column_chart(column(profiled, "職業"), "ja")

    assert chart.layout.yaxis.ticktext[-1] == "(欠損)"
    assert sum(chart.data[0].x) == profiled["rows"]


def test_dates_are_bars_per_period(profiled: dict) -> None:
    chart = charts.column_chart(column(profiled, "登録日"), "en")

    assert sum(chart.data[0].y) == profiled["rows"]
    assert chart.layout.xaxis.title.text == "Month"


def test_the_target_is_drawn_with_intervals_and_support(profiled: dict) -> None:
    age = column(profiled, "年齢")

    chart = charts.target_chart(age, "ja")

    bins = age["by_target"]["bins"]
    assert list(chart.data[0].y) == [b["estimates"][0]["value"] for b in bins]
    assert list(chart.data[0].customdata) == [b["rows"] for b in bins]
    assert chart.data[0].error_y.array[0] > 0
    assert chart.layout.xaxis.ticktext[-1] == "(欠損)"
    assert "はい" in chart.layout.yaxis.title.text


@pytest.mark.parametrize("target", ["ランク", "売上", "会員"])
def test_every_kind_of_target_is_drawn(make_table: Callable[..., pl.DataFrame], target: str) -> None:
    profiled = profile.profile(make_table(), target=target)

    chart = charts.target_chart(column(profiled, "職業"), "en")

    assert len(chart.data) == (3 if target == "ランク" else 1)


def test_what_cannot_be_drawn_says_why(profiled: dict) -> None:
    unique = charts.column_chart(column(profiled, "顧客番号"), "en")
    story = charts.target_chart(column(profiled, "解約"), "en")

    assert "All 400 values" in unique.layout.annotations[0].text
    assert "no groups" in story.layout.annotations[0].text


def test_charts_of_an_empty_table_say_so() -> None:
    profiled = profile.profile(pl.DataFrame({"a": []}, schema={"a": pl.Float64}))

    for chart in (
        charts.column_chart(profiled["columns"][0], "ja"),
        charts.target_chart(profiled["columns"][0], "ja"),
    ):
        assert chart.layout.annotations[0].text


def test_no_chart_needs_webgl(profiled: dict) -> None:
    drawn = [charts.column_chart(c, "en") for c in profiled["columns"]]
    drawn += [charts.target_chart(c, "en") for c in profiled["columns"]]

    assert not [trace for chart in drawn for trace in chart.data if trace.type.endswith("gl")]


def test_texts_that_all_differ_are_drawn_by_their_length() -> None:
    table = pl.DataFrame({"note": [f"{i}{'字' * (i % 13)}" for i in range(300)]})
    note = profile.profile(table)["columns"][0]

    chart = charts.column_chart(note, "en")

    assert list(chart.data[0].y) == note["length"]["histogram"]["counts"]
    assert "all 300 values differ" in chart.layout.xaxis.title.text.replace("<br>", " ")


def test_blank_labels_have_a_name() -> None:
    blank = profile.profile(pl.DataFrame({"c": ["", "x", "x", "\u3000"]}))["columns"][0]

    chart = charts.column_chart(blank, "ja")

    assert list(chart.layout.yaxis.ticktext) == ["x", "(空白の文字列)", "(空白の文字列)"]


def test_hours_of_one_day_are_told_apart() -> None:
    moments = [datetime(2024, 4, 1, 8) + timedelta(minutes=i) for i in range(600)]
    table = pl.DataFrame({"at": moments, "y": ["a", "b"] * 300})

    chart = charts.target_chart(profile.profile(table, target="y")["columns"][0], "en")

    assert chart.data[0].x[0] == 0
    assert charts.stretch("2024-04-01T08:00:00", "2024-04-01T08:59:54") == "2024-04-01 08:00 – 08:59"
    assert charts.stretch("2024-04-01T08:00:00", "2024-04-02T08:00:00") == "2024-04-01 – 2024-04-02"
    assert charts.stretch(1000.0, 2000.5) == "1,000 – 2,000.50"


def test_a_mean_that_cannot_be_computed_is_a_sentence() -> None:
    table = pl.DataFrame({"a": ["x", "y"] * 15, "y": [1e308 + i * 1e305 for i in range(30)]})

    chart = charts.target_chart(profile.profile(table, target="y")["columns"][0], "en")

    assert "too large" in chart.layout.annotations[0].text
