"""Charts of the diagnosis stay small however many rows there are, while every figure comes from all of them."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.experiment import diagnosis
from workbench.experiment.diagnosis import charts as diagnosis_charts
from workbench.experiment.diagnosis import matrix_chart
from workbench.experiment.diagnosis import number_charts as diagnosis_number_charts
from workbench.experiment.diagnosis.confusion import Chosen
from workbench.experiment.diagnosis.numbers import MOST_POINTS as MOST_ROWS
from workbench.experiment.race.oof import Oof

VIEWS = ("threshold", "roc", "pr", "calibration", "gain", "scores")


@pytest.fixture(scope="module")
def many() -> Chosen:
    """Forty thousand rows whose scores are all different."""
    chance = np.random.default_rng(0)
    hits = chance.random(40_000) < 0.1
    score = np.clip(chance.normal(0.4 + 0.1 * hits, 0.15), 0, 1)
    return Chosen(hits, score >= 0.5, score, np.arange(40_000) % 5, True)


@pytest.mark.parametrize("view", VIEWS)
def test_no_line_has_more_points_than_a_page_can_carry(many: Chosen, view: str) -> None:
    drawn = diagnosis_charts.chart(view, many, 0.5, "解約 = はい", "ja")
    assert all(len(trace.x) <= diagnosis_charts.MOST_POINTS + 2 for trace in drawn.data)
    assert drawn.layout.title.text.startswith("解約")


def test_a_thinned_curve_keeps_its_ends_and_lies_on_the_whole_one(many: Chosen) -> None:
    whole = diagnosis.roc(many).pooled
    x, y, _ = diagnosis_charts.thinned(whole)
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert len(whole.x) > 10 * len(x)
    assert np.abs(np.interp(whole.x, x, y) - whole.y).max() < 0.01


@pytest.mark.parametrize("view", VIEWS)
def test_one_class_alone_is_an_empty_chart_with_the_reason(view: str) -> None:
    alone = Chosen(np.ones(30, dtype=bool), np.ones(30, dtype=bool), np.linspace(0, 1, 30), np.zeros(30, dtype=int), True)
    assert "of one kind" in diagnosis_charts.chart(view, alone, 0.5, "x", "en").layout.annotations[0].text.replace("<br>", " ")


def test_labels_are_text_and_never_markup() -> None:
    chance = np.random.default_rng(0)
    hits = chance.random(100) < 0.5
    given = Chosen(hits, hits, chance.random(100), np.zeros(100, dtype=int), True)
    for view in VIEWS:
        assert "<img" not in diagnosis_charts.chart(view, given, 0.5, "<img src=x>", "en").to_json(), view
    assert "<img" not in matrix_chart.matrix(np.eye(2, dtype=int), ["<img src=x>", "b"], "en").to_json()


def test_many_predicted_numbers_are_drawn_by_chance_and_the_title_says_so() -> None:
    y = np.random.default_rng(0).normal(size=30_000)
    drawn = diagnosis_number_charts.chart(
        "actual", Oof(np.arange(30_000), y, y / 2, None, np.zeros(30_000, dtype=int)), "predicted", "en", target="売上", seed=1
    )
    assert len(drawn.data[0].x) == MOST_ROWS
    assert "2,000 of 30,000" in drawn.layout.title.text.replace("<br>", " ")


def test_of_many_classes_the_most_frequent_are_drawn_and_the_title_says_so() -> None:
    counts = np.diag(np.arange(1, 41))
    drawn = matrix_chart.matrix(counts, [f"c{i}" for i in range(40)], "en")
    assert len(drawn.data[0].x) == matrix_chart.MOST_CLASSES
    assert "20 most frequent of 40" in drawn.layout.title.text.replace("<br>", " ")
    assert drawn.layout.xaxis.ticktext[-1] == "c39"


def test_between_two_scores_thresholds_and_precision_go_in_steps() -> None:
    # A tree that is sure of everything: at every threshold up to 1 it flags the same rows.
    hits = np.array([True, False] * 20)
    given = Chosen(hits, hits, hits.astype(float), np.zeros(40, dtype=int), True)
    precision = diagnosis_charts.chart("threshold", given, 0.5, "y", "en").data[0]
    assert list(zip(precision.x, precision.y, strict=True)) == [(0.0, 0.5), (1.0, 1.0)]
    assert precision.line.shape == "vh"
    assert {trace.line.shape for trace in diagnosis_charts.chart("pr", given, None, "y", "en").data[:2]} == {"hv"}
    assert diagnosis_charts.chart("roc", given, None, "y", "en").data[0].line.shape == "linear"
