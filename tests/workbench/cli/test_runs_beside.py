"""`runs show` and `runs compare` as they are typed."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from workbench import actions
from workbench.cli import runs_beside
from workbench.cli.flags import build
from workbench.cli.usage import UsageError

APART = {"mean": 0.2, "low": 0.1, "high": 0.3, "p": 0.01}
ANSWER: dict[str, Any] = {
    "first": "A",
    "second": "B",
    "conclusion": "This run is better.",
    "why": "Same folds.",
    "models": [
        {"model": "lr", "title": "Logistic regression", "first": 0.6, "second": 0.8, "difference": APART, "verdict": "better"},
        {"model": "dt", "title": "決定木", "first": None, "second": 0.5, "difference": None, "verdict": None},
    ],
    "differences": ["Class weights: none in the other run, balanced in this one."],
}


def asked(*arguments: str) -> argparse.Namespace:
    return build("en").parse_args(["runs", *arguments])


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []

    def beside(*arguments: Any, **named: Any) -> dict[str, Any]:
        calls.append((*arguments, named["metric"]))
        return ANSWER

    monkeypatch.setattr(actions.run_answer, "beside", beside)
    return calls


def test_two_runs_are_printed_beside_each_other(answered: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    assert runs_beside.compare(asked("compare", "A", "B", "--sort", "F1"), "en") == 0
    assert answered == [("A", "B", "en", "F1")]
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == ["The other run: A", "This run: B", "This run is better.", "Same folds."]
    assert "+0.2000 (+0.1000 – +0.3000)  better" in lines[4]
    assert "only in one run" in lines[5]
    assert lines[6] == "- Class weights: none in the other run, balanced in this one."


def test_two_runs_are_json_alone_on_standard_output(
    answered: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert runs_beside.compare(asked("compare", "A", "B", "--json", "-"), "en") == 0
    assert json.loads(capsys.readouterr().out) == ANSWER


def test_one_run_alone_is_not_enough() -> None:
    with pytest.raises(UsageError, match="Name two runs"):
        runs_beside.compare(asked("compare", "A"), "en")


def test_a_leaderboard_is_printed_with_what_it_comes_down_to(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"model": "lr", "rank": 1, "metrics": {"AUC": 0.9}, "metrics_std": {"AUC": 0.01}, "reason": None, "difference": None}
    failed = row | {"rank": None, "model": "dt", "metrics": {"AUC": None}, "metrics_std": {"AUC": None}}
    failed["reason"] = "There was not enough memory."
    board = {"leaderboard": [row, failed], "sort": "AUC", "conclusion": "Take it.", "too_good": None}
    runs_beside.print_rows(board)
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["1", "lr", "0.9000", "±", "0.0100"]
    assert "–" in out[1]
    assert out[-1] == "Take it."


def test_japanese_names_are_padded_by_what_they_take() -> None:
    assert len(runs_beside.padded("決定木", 10)) == 7
    assert len(runs_beside.padded("tree", 10)) == 10
