"""The leaderboard's charts: means with intervals beside the baseline, differences around 0, folds as lines."""

from __future__ import annotations

import pytest

from workbench.evaluation.compare import interval
from workbench.evaluation.metrics import nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import charts as leaderboard_charts
from workbench.experiment.leaderboard import standing
from workbench.task import Task
from workbench.words import Lang

VALUES = {"lr": [0.80, 0.82, 0.78], "dt": [0.70, 0.75, 0.66], "rf": [0.79, 0.83, 0.77]}


def row(model: str, values: list[float]) -> dict:
    return leaderboard.finished(model, Task.BINARY, [nothing(Task.BINARY) | {"AUC": value} for value in values], 1.0)


@pytest.fixture
def found() -> standing.Standing:
    rows = [row(model, values) for model, values in VALUES.items()]
    return standing.standing(rows, row("dummy", [0.5] * 3), "AUC", task=Task.BINARY, test_share=0.5)


def names(chart: object) -> list[str]:
    return [trace.name for trace in chart.data]  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_scores_have_their_corrected_intervals_and_the_baseline_a_line(found: standing.Standing, lang: Lang) -> None:
    chart = leaderboard_charts.scores(found, Task.BINARY, lang, test_share=0.5)
    points = {name: (x, bar) for t in chart.data[1:] for name, x, bar in zip(t.y, t.x, t.error_x.array, strict=True)}
    wanted = interval(VALUES["dt"], test_share=0.5)
    assert wanted is not None
    name = leaderboard_charts.name_of(found.rows[-1], Task.BINARY, lang)
    assert points[name] == pytest.approx((wanted.mean, wanted.high - wanted.mean))
    assert [line.x0 for line in chart.layout.shapes] == [0.5]
    assert len(chart.data[0].x) == 9, "every fold is a dot"


def test_differences_begin_at_the_best_and_a_tie_reaches_it(found: standing.Standing) -> None:
    chart = leaderboard_charts.differences(found, Task.BINARY, "en")
    assert names(chart)[0] == "Best"
    assert list(chart.data[0].x) == [0.0]
    assert sum(len(trace.x) for trace in chart.data) == 3


def test_folds_are_lines_best_first_and_the_baseline_is_dashed(found: standing.Standing) -> None:
    chart = leaderboard_charts.folds(found, Task.BINARY, "en")
    assert names(chart) == ["Logistic regression", "Random forest", "Decision tree", "Baseline"]
    assert chart.data[-1].line.dash == "dash"
    assert list(chart.data[0].x) == [1, 2, 3]


def test_without_a_score_the_chart_says_so() -> None:
    nobody = standing.Standing("AUC", [], None, None, None, None)
    for chart in (
        leaderboard_charts.scores(nobody, Task.BINARY, "en", test_share=0.5),
        leaderboard_charts.folds(nobody, Task.BINARY, "en"),
        leaderboard_charts.differences(nobody, Task.BINARY, "en"),
    ):
        assert not chart.data
        assert chart.layout.annotations[0].text


def test_one_that_is_far_behind_the_baseline_does_not_stretch_the_axis() -> None:
    rows = [row("lr", [0.80, 0.82, 0.78]), row("dt", [-9.0, -8.0, -9.5])]
    far = standing.standing(rows, row("dummy", [0.5] * 3), "AUC", task=Task.BINARY, test_share=0.5)
    chart = leaderboard_charts.scores(far, Task.BINARY, "en", test_share=0.5)
    assert chart.layout.xaxis.range[0] > 0
    assert any("beyond the axis" in note.text for note in chart.layout.annotations)
