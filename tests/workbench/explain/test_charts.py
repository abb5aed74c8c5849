"""The charts are built from the numbers, hold their sum, and speak the reader's language."""

from __future__ import annotations

import pytest

from workbench.explain import importance_chart, reasons_chart

ROW = {
    "prediction": "はい",
    "class": "はい",
    "output": 0.62,
    "base": 0.30,
    "reasons": [{"feature": f"列{i}<b>", "value": i if i else None, "effect": 0.32 / 14} for i in range(14)],
}


def test_importance_is_drawn_largest_first_in_points() -> None:
    chart = importance_chart([{"feature": "年齢", "importance": 0.2}, {"feature": "職業", "importance": 0.05}], "ja", rows=200)
    assert list(chart.data[0].x) == [20.0, 5.0]
    assert list(chart.layout.yaxis.ticktext) == ["年齢", "職業"]
    assert "200行" in chart.layout.title.text
    assert "20ポイント" in chart.data[0].hovertext[0]


def test_importance_of_a_number_keeps_its_units() -> None:
    chart = importance_chart([{"feature": "age", "importance": 12.5}], "en", is_probability=False)
    assert list(chart.data[0].x) == [12.5]
    assert "pt" not in chart.data[0].hovertext[0]


def test_nothing_that_matters_is_an_empty_chart_that_says_so() -> None:
    chart = importance_chart([{"feature": "age", "importance": 0.0}], "en")
    assert not chart.data
    assert chart.layout.annotations[0].text == "No column moves this model's prediction."


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_rows_steps_lead_from_base_to_output(lang: str) -> None:
    chart = reasons_chart(ROW, lang)  # type: ignore[arg-type]
    trace = chart.data[0]
    assert len(trace.x) == 10 + 3  # base, ten columns, the others, output
    assert sum(trace.x[:-1]) == pytest.approx(trace.x[-1])
    assert "4" in chart.layout.yaxis.ticktext[-2]
    assert "<b>" not in chart.layout.yaxis.ticktext[1]


def test_a_predicted_number_is_not_a_percentage() -> None:
    row = {
        "prediction": 120.0,
        "class": None,
        "output": 120.0,
        "base": 100.0,
        "reasons": [{"feature": "age", "value": 40.0, "effect": 20.0}],
    }
    chart = reasons_chart(row, "en")
    assert list(chart.data[0].x) == [100.0, 20.0, 120.0]
    assert [note.text for note in chart.layout.annotations] == ["100", "+20", "120"]
