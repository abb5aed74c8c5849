"""The small charts: drawn from plain data alone, in both languages, whatever labels the table has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench import figure
from workbench.checks import charts
from workbench.checks.advice.loop import Answer
from workbench.words import LANGUAGES, Lang

BARS: dict[str, Any] = {
    "kind": "bars",
    "labels": ["解約手続日", "年齢", None],
    "values": [0.98, 0.61, 0.5],
    "low": [0.97, 0.55, None],
    "high": [0.99, 0.66, None],
    "share": False,
    "x": "metric.roc_auc.title",
    "highlight": [0],
}
TWO: dict[str, Any] = {
    "kind": "two",
    "labels": ["東京", "大阪"],
    "first": [0.4, 0.6],
    "second": [0.7, 0.3],
    "names": ["metric.roc_auc.title", "学習<data>"],
    "share": True,
}
LINES: dict[str, Any] = {
    "kind": "lines",
    "x": ["2024-01-01", "2024-02-01", "2024-03-01"],
    "values": [0.1, 0.2, 0.4],
    "low": [0.05, 0.15, 0.3],
    "high": [0.15, 0.25, 0.5],
    "x_title": "申込日",
    "y": None,
}


def answer(*columns: str, before: float | None = 0.98, after: float | None = 0.71) -> Answer:
    pairs = ((-0.3, -0.2), (0.97, 0.99), (0.65, 0.77)) if before is not None else (None, None, None)
    return Answer(columns, ("WB301",), "AUC", before, after, *pairs, rows=500)


@pytest.mark.parametrize("data", [BARS, TWO, LINES], ids=lambda data: str(data["kind"]))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_is_drawn_small_and_leaves_the_paper_to_the_page(data: dict[str, Any], lang: Lang) -> None:
    drawn = charts.chart(data, lang)
    assert drawn is not None
    assert 90 <= drawn.layout.height <= 250
    assert drawn.layout.template.layout.paper_bgcolor == "rgba(0, 0, 0, 0)", "light or dark, as the page is"
    json.loads(drawn.to_json())


def test_data_that_went_through_json_is_drawn_alike() -> None:
    for data in (BARS, TWO, LINES):
        assert charts.chart(json.loads(json.dumps(data)), "ja") == charts.chart(data, "ja")


def test_the_accused_bar_stands_out_from_quiet_ones() -> None:
    drawn = charts.chart(BARS, "en")
    assert list(drawn.data[0].marker.color) == [figure.UP, figure.QUIET, figure.QUIET]
    assert set(charts.chart(BARS | {"highlight": None}, "en").data[0].marker.color) == {figure.MAIN}


def test_intervals_are_whiskers_and_are_said_when_pointed_at() -> None:
    bars = charts.chart(BARS, "ja").data[0]
    assert bars.error_x.array[0] == pytest.approx(0.01)
    assert bars.error_x.array[2] == 0, "a missing end draws no whisker"
    assert bars.customdata[0] == "解約手続日<br>0.98 (0.97 – 0.99)"


def test_labels_from_the_table_are_no_markup_and_may_repeat() -> None:
    drawn = charts.chart(BARS | {"labels": ["<b>同じ</b>", "<b>同じ</b>", "a" * 99]}, "ja")
    assert drawn.layout.yaxis.ticktext[0].startswith("&lt;b>")
    assert list(drawn.data[0].y) == [0, 1, 2], "each has a place of its own"
    assert len(drawn.layout.yaxis.ticktext[2]) < 30
    assert "a" * 99 in drawn.data[0].customdata[2]
    assert charts.chart(TWO, "ja").data[1].name == "学習&lt;data>"


def test_a_key_of_ours_is_said_and_a_column_keeps_its_name() -> None:
    assert charts.named("check.loop_chart.before", "en") == "As it is"
    assert charts.named("check.loop_chart.before", "ja") == "そのまま"
    assert charts.named("売上.2024", "en") == "売上.2024"


def test_many_bars_stand_upright_so_that_the_chart_stays_small() -> None:
    many = BARS | {"labels": [str(i) for i in range(30)], "values": [i / 30 for i in range(30)], "low": None, "high": None}
    drawn = charts.chart(many, "en")
    assert drawn.data[0].orientation is None
    assert drawn.layout.height <= 230
    assert len(drawn.layout.xaxis.tickvals) <= 15


def test_a_kind_of_a_later_version_and_an_empty_chart_are_not_drawn() -> None:
    assert charts.chart({"kind": "cloud", "labels": ["a"]}, "en") is None
    assert charts.chart(BARS | {"labels": [], "values": []}, "en") is None


def test_dates_are_written_in_digits() -> None:
    assert charts.chart(LINES, "ja").layout.xaxis.tickformat == "%Y-%m-%d"
    assert charts.chart(LINES | {"x": [1, 2, 3]}, "ja").layout.xaxis.tickformat is None


def test_the_loop_shows_before_and_after_with_both_intervals() -> None:
    drawn = charts.loop([answer(), answer("解約手続日"), answer("a", "b", "c")], "ja")
    before, after = drawn.data
    assert list(before.x) == [0.98] * 3
    assert list(after.x) == [0.71] * 3
    assert after.error_x.array[0] == pytest.approx(0.06)
    assert "解約手続日" in drawn.layout.yaxis.ticktext[1]
    assert "2" in drawn.layout.yaxis.ticktext[2], "how many more columns"


def test_answers_without_figures_are_not_drawn() -> None:
    assert charts.loop([answer("x", before=None, after=None)], "en") is None
    assert len(charts.loop([answer(), answer("x", before=None, after=None)], "en").data[0].x) == 1
