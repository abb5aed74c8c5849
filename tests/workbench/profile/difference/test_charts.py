"""Charts and sentences of two tables beside each other hold the numbers they were made of, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import plotly.io
import polars as pl
import pytest

from workbench.profile.difference import charts, difference, words
from workbench.words import Lang

Make = Callable[..., pl.DataFrame]
NAMES = ("8月の<b>会員</b>", "9月 $x$")


def two(first: list[Any], second: list[Any], name: str = "列 <b>1</b> $x$") -> dict[str, Any]:
    """What two tables of one column show."""
    return difference(pl.DataFrame({name: first}), pl.DataFrame({name: second}))


@pytest.mark.parametrize("lang", get_args(Lang))
def test_every_column_and_the_ranking_are_drawn(make_table: Make, lang: Lang) -> None:
    found = difference(make_table(300, seed=1), make_table(200, seed=2))
    for column in found["columns"]:
        chart = charts.column_chart(column, NAMES, lang)
        assert [trace.name for trace in chart.data] == ["8月の&lt;b>会員&lt;/b>", "9月 $x$"], column["name"]
        assert {trace.type for trace in chart.data} <= {"scatter", "bar"}
        assert plotly.io.to_json(chart)
    ranking = charts.ranking_chart(found, lang)
    assert sum(len(trace.x) for trace in ranking.data) == len(found["columns"]) - 1  # all but the ids


def test_bars_and_outlines_show_the_shares() -> None:
    labels = two(["a"] * 3 + ["b"], ["a", "b", "b", "b"])["columns"][0]
    chart = charts.column_chart(labels, NAMES, "en")
    assert [list(trace.x) for trace in chart.data] == [[0.75, 0.25], [0.25, 0.75]]
    numbers = two([i / 7 for i in range(70)], [i / 9 for i in range(70)])["columns"][0]
    outline = charts.column_chart(numbers, NAMES, "en").data[0]
    inner = [entry["shares"][0] for entry in numbers["bins"] if entry["low"] is not None and entry["high"] is not None]
    assert list(outline.y) == [0.0, *inner, inner[-1], 0.0]


def test_dates_are_drawn_on_a_calendar() -> None:
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(60)]
    chart = charts.column_chart(two(days, days[:30])["columns"][0], NAMES, "ja")
    assert chart.data[0].x[1].startswith("2026-01-0")


def test_a_column_without_values_says_why_nothing_is_drawn() -> None:
    chart = charts.column_chart(two([float("nan")] * 2, [float("nan")])["columns"][0], NAMES, "en")
    assert not chart.data
    assert "has no values to draw" in chart.layout.annotations[0].text.replace("<br>", " ")
    assert not charts.ranking_chart({"columns": []}, "en").data


def test_a_side_without_values_is_drawn_as_nothing_and_says_so() -> None:
    chart = charts.column_chart(two([i / 3 for i in range(50)], [None] * 50)["columns"][0], NAMES, "en")
    assert chart.data[1].name.endswith("(all missing)")
    assert set(chart.data[1].y) == {0.0}


def test_the_target_is_told_in_points() -> None:
    first = pl.DataFrame({"TARGET": [1] * 810 + [0] * 9190})
    second = pl.DataFrame({"TARGET": [1] * 930 + [0] * 9070})
    found = difference(first, second, target="TARGET")
    assert words.target_sentences(found, is_rest=False)[0].say("en") == (
        "TARGET = 1: 8.1% → 9.3%, +1.2 points (95% interval +0.4 to +2.0)"
    )
    assert words.target_sentences(found, is_rest=True)[0].say("en") == (
        "TARGET = 1: 8.1% here, 9.3% in the rest: -1.2 points (95% interval -2.0 to -0.4)"
    )
    unsure = difference(first.sample(50, seed=1), second.sample(50, seed=1), target="TARGET")
    assert "perhaps no change" in words.target_sentences(unsure, is_rest=False)[0].say("en")


def test_a_mean_is_told_and_a_row_without_interval_too() -> None:
    first, second = pl.DataFrame({"y": [float(i) for i in range(90)]}), pl.DataFrame({"y": [100.5]})
    assert "too few rows" in words.target_sentences(difference(first, second, target="y"), is_rest=False)[0].say("en")
    more = pl.DataFrame({"y": [i + 100.5 for i in range(90)]})
    assert words.target_sentences(difference(first, more, target="y"), is_rest=False)[0].say("ja").startswith("yの平均: 44.5 →")
    assert words.target_sentences({"target": None}, is_rest=False) == []


def test_the_verdict_says_what_differs() -> None:
    same = [float(i % 17) for i in range(200)]
    assert "Nothing differs: the one column" in words.verdict(two(same, same)).say("en")
    assert "Nothing differs beyond chance" in words.verdict(two(same, same[:-3])).say("en")
    assert words.verdict(two(same, [v + 5 for v in same])).say("en").startswith("1 of 1 columns differs beyond chance")
    assert words.verdict({"columns": []}).say("ja") == "比べる列が残っていません。"


def test_what_only_one_table_has_is_said() -> None:
    first = pl.DataFrame({"a": [1, 2], "b": ["x", "y"], "k": [1, 2]})
    second = pl.DataFrame({"c": [1, 2], "b": ["x", "z"], "k": ["1", "u"]})
    found = difference(first, second)
    said = " ".join(text.say("en") for text in words.notes(found))
    for part in ("first table only: a.", "second table only: c.", "compared as text: k."):
        assert part in said
    column = next(column for column in found["columns"] if column["name"] == "b")
    told = " ".join(text.say("en") for text in words.column_sentences(column))
    assert "New in the second table: z (1 label)" in told
    assert "In the first table only: y (1 label)" in told


@pytest.mark.parametrize("lang", get_args(Lang))
def test_every_column_is_told(make_table: Make, lang: Lang) -> None:
    for column in difference(make_table(300, seed=1), make_table(200, seed=2))["columns"]:
        assert all(text.say(lang) for text in words.column_sentences(column))
        assert all(words.typical(column, side).say(lang) for side in (0, 1))
