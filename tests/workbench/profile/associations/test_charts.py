"""Charts of associations and blanks show the profile's numbers and say why where there are none."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import polars as pl
import pytest

from workbench import profile
from workbench.profile.associations import charts


@pytest.fixture
def profiled(make_table: Callable[..., pl.DataFrame]) -> dict:
    return profile.profile(make_table(), target="解約")


def wide(columns: int) -> dict:
    table = pl.DataFrame(
        {
            f"とても長い名前の列 <b>{i}</b>": [None if (row + i) % 9 == 0 else float(row * i % 13) for row in range(60)]
            for i in range(1, columns)
        }
    )
    return profile.profile(table)


def said(chart: go.Figure) -> str:
    return chart.to_json()


def test_missing_values_are_ranked(profiled: dict) -> None:
    chart = charts.missing_chart(profiled, "en")

    assert list(chart.layout.yaxis.ticktext) == ["年齢", "職業"]
    assert chart.layout.title.text == "Missing values: 2 of 10 columns"


def test_correlations_are_a_matrix_of_the_numbers(profiled: dict) -> None:
    chart = charts.associations_chart(profiled, "en")

    assert list(chart.layout.yaxis.ticktext) == ["年齢 · 1", "収入 · 2", "売上 · 3"]
    assert list(chart.layout.xaxis.ticktext) == ["1", "2", "3"]
    assert chart.data[0].z[0][0] == pytest.approx(1.0)
    assert chart.data[0].colorbar.orientation == "h"


def test_the_matrix_holds_no_more_columns_than_can_be_read() -> None:
    chart = charts.associations_chart(wide(40), "ja")

    assert len(chart.data[0].z) == 25
    assert "25列" in chart.layout.title.text


def test_names_are_short_beside_the_cells_whole_in_the_hover_and_never_html() -> None:
    chart = charts.associations_chart(wide(6), "ja")

    assert chart.layout.yaxis.ticktext[0].endswith("… · 1")
    assert chart.data[0].customdata[0][1].startswith("とても長い名前の列 &lt;b>1")
    assert "<b>" not in said(chart)


def test_a_table_of_labels_shows_its_closest_pairs() -> None:
    labels = profile.profile(pl.DataFrame({"a": ["x", "y", "z"] * 10, "b": ["u", "v", "w"] * 10, "c": ["s", "t"] * 15}))

    chart = charts.associations_chart(labels, "en")

    assert chart.data[0].x[0] == pytest.approx(1.0)
    assert chart.data[0].customdata[0] == "a × b<br>Cramér's V: 1.000<br>Rows: 30"


def test_patterns_have_a_line_each_and_a_cell_for_every_blank(profiled: dict) -> None:
    chart = charts.missing_pattern_chart(profiled, "en")

    found = profiled["missingness"]
    assert [sum(line) for line in chart.data[0].z] == [len(p["columns"]) for p in found["patterns"]]
    assert list(chart.layout.yaxis.ticktext) == [f"{p['rows']:,}" for p in found["patterns"]]
    assert list(chart.layout.xaxis.ticktext) == found["columns"]
    assert {trace.name for trace in chart.data[1:]} == {"(missing)", "not missing"}
    assert "nothing missing in" in chart.data[0].customdata[0][0][1]


def test_what_a_pattern_chart_leaves_out_is_said() -> None:
    found = wide(40)
    found["missingness"]["rest"] = 1_234

    chart = charts.missing_pattern_chart(found, "en")

    assert "1,234 rows have other patterns." in chart.layout.xaxis.title.text
    assert "25 of 39 columns" in chart.layout.xaxis.title.text.replace("<br>", " ")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_charts_without_marks_say_why(lang: str) -> None:
    empty = profile.profile(pl.DataFrame({"a": []}, schema={"a": pl.Float64}))

    for draw in (charts.missing_chart, charts.associations_chart, charts.missing_pattern_chart, charts.pairs_chart):
        assert draw(empty, lang).layout.annotations[0].text


def test_no_chart_needs_webgl(profiled: dict) -> None:
    drawn = [charts.associations_chart(profiled, "en"), charts.missing_pattern_chart(profiled, "ja")]

    assert not [trace for chart in drawn for trace in chart.data if trace.type.endswith("gl")]
