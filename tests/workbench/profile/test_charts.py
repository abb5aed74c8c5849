"""Charts are built from the profile's plain data, in SVG, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

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


def test_missing_values_are_ranked(profiled: dict) -> None:
    chart = charts.missing_chart(profiled, "en")

    assert list(chart.layout.yaxis.ticktext) == ["年齢", "職業"]
    assert chart.layout.title.text == "Missing values: 2 of 10 columns"


def test_the_ranking_is_the_profiles(profiled: dict) -> None:
    chart = charts.ranking_chart(profiled, "en")

    assert list(chart.data[0].x) == [entry["strength"] for entry in profiled["target"]["ranking"]]


def test_correlations_are_a_matrix_of_the_numbers(profiled: dict) -> None:
    chart = charts.associations_chart(profiled, "en")

    assert list(chart.layout.xaxis.ticktext) == ["年齢", "収入", "売上"]
    assert chart.data[0].z[0][0] == pytest.approx(1.0)


def test_charts_of_an_empty_table_say_so() -> None:
    profiled = profile.profile(pl.DataFrame({"a": []}, schema={"a": pl.Float64}))

    for chart in (
        charts.missing_chart(profiled, "ja"),
        charts.associations_chart(profiled, "ja"),
        charts.ranking_chart(profiled, "ja"),
        charts.column_chart(profiled["columns"][0], "ja"),
        charts.target_chart(profiled["columns"][0], "ja"),
    ):
        assert chart.layout.annotations[0].text


def test_no_chart_needs_webgl(profiled: dict) -> None:
    drawn = [charts.column_chart(c, "en") for c in profiled["columns"]]
    drawn += [charts.target_chart(c, "en") for c in profiled["columns"]]

    assert not [trace for chart in drawn for trace in chart.data if trace.type.endswith("gl")]
